package dev.orograph.cli;

import dev.orograph.cli.serve.Door;
import dev.orograph.input.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code orograph serve}: a page for all runs. */
@Command(
    name = "serve",
    description =
        "A local page for all runs of a folder: sort and filter them, open and compare them, search"
            + " neighbours and analogies.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph serve                       the runs in orograph-runs",
      "  orograph serve runs --port 8123      those in another folder, always at the same port",
      "  orograph serve --allow-runs          the page may start surveys too",
      "",
      "Only this machine can open it, and only with the whole address that is printed. It reads and",
      "writes nothing but for surveys that --allow-runs lets it start. Ctrl-C ends it (exit code 3",
      "where a survey was running).",
    })
final class ServeCommand implements Callable<Integer> {
  private static final int PORTS = 65_535;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FOLDER",
      arity = "0..1",
      description = "Where runs lie, or one run (default: orograph-runs).")
  private Path folder = RunOptions.RUNS;

  @Option(
      names = "--port",
      defaultValue = "0",
      description = "The port to listen on (default: any that is free).")
  private int port;

  @Option(names = "--allow-runs", description = "Let the page start surveys into the folder.")
  private boolean runs;

  @Override
  public Integer call() throws InterruptedException {
    if (port < 0 || port > PORTS) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--port must be 0 to " + PORTS + ", not " + port);
    }
    if (!Files.isDirectory(folder) && !(runs && Files.notExists(folder))) {
      throw InputException.at(folder)
          .expected("should be a folder of runs")
          .found(Files.exists(folder) ? "it is a file" : "it does not exist")
          .remedy("survey a model first, or name the folder where runs lie")
          .build();
    }
    CountDownLatch never = new CountDownLatch(1);
    Door door = new Door(folder, port, runs);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  List<String> cut = door.surveying();
                  door.close();
                  if (cut.isEmpty()) {
                    Runtime.getRuntime().halt(CommandLine.ExitCode.OK);
                  }
                  System.err.println();
                  System.err.println(
                      Terminal.beside(
                          "orograph: interrupted while surveying "
                              + String.join(", ", cut)
                              + "; what was measured is kept in "
                              + folder
                              + ": start the same survey again to go on"));
                  Runtime.getRuntime().halt(Main.INTERRUPTED);
                }));
    System.out.println("Open " + door.address());
    System.out.println("Ctrl-C ends it.");
    System.out.flush();
    never.await();
    return CommandLine.ExitCode.OK;
  }
}
