package dev.orograph.cli;

import dev.orograph.model.BundledCheckpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code orograph completion}: a script for bash and zsh. */
@Command(
    name = "completion",
    description = "Prints a completion script for bash and zsh.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  source <(orograph completion)"})
final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    // The library numbers its variables in the digits of the default locale.
    Locale before = Locale.getDefault(Locale.Category.FORMAT);
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    try {
      System.out.print(AutoComplete.bash("orograph", spec.root().commandLine()));
      System.out.print(own());
    } finally {
      Locale.setDefault(Locale.Category.FORMAT, before);
    }
    return 0;
  }

  /** What only files and names can tell: the ids of a run, and models that come along. */
  private static String own() {
    try (InputStream in = CompletionCommand.class.getResourceAsStream("completion.bash")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replace(
              "@SAMPLES@",
              Arrays.stream(BundledCheckpoint.values())
                  .map(BundledCheckpoint::id)
                  .collect(Collectors.joining(" ")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
