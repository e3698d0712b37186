package dev.orograph.report;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A headless Chromium for tests, where one is installed. */
final class Chromium {
  private static final int TIMEOUT_SECONDS = 600;

  private final Path program;

  private Chromium(Path program) {
    this.program = program;
  }

  /** The first one found. */
  static Optional<Chromium> find() {
    List<Path> candidates = new ArrayList<>(List.of(Path.of("/usr/bin/chromium")));
    String path = System.getenv().getOrDefault("PATH", "");
    for (String folder : path.split(File.pathSeparator, -1)) {
      for (String name : List.of("chromium", "chromium-browser", "google-chrome")) {
        if (!folder.isEmpty()) {
          candidates.add(Path.of(folder, name));
        }
      }
    }
    return candidates.stream().filter(Files::isExecutable).findFirst().map(Chromium::new);
  }

  /**
   * The document after its scripts have run, with nothing folded.
   *
   * @param page the file to open
   * @param width width of the window in pixels
   * @param height height of the window in pixels
   * @param budget virtual milliseconds until the document is taken
   * @param scratch a folder for the profile and the output
   */
  String dom(Path page, int width, int height, int budget, Path scratch)
      throws IOException, InterruptedException {
    Path output = scratch.resolve("dom.html");
    Process process =
        start(
            scratch,
            List.of(
                "--window-size=" + width + "," + height,
                "--virtual-time-budget=" + budget,
                "--dump-dom",
                page.toUri() + "#all"),
            b -> b.redirectOutput(output.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD));
    try {
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("Chromium did not finish within " + TIMEOUT_SECONDS + " s");
      }
    } finally {
      end(process);
    }
    return Files.readString(output, StandardCharsets.UTF_8);
  }

  /** The page to type and click in. */
  Page open(Path page, Path scratch) throws IOException, InterruptedException {
    Process process =
        start(
            scratch,
            List.of("--remote-debugging-port=0", "--window-size=1200,1000", "about:blank"),
            b -> b.redirectOutput(ProcessBuilder.Redirect.DISCARD));
    try {
      return new Page(process, page);
    } catch (IOException | InterruptedException | RuntimeException e) {
      end(process);
      throw e;
    }
  }

  private Process start(Path scratch, List<String> more, Consumer<ProcessBuilder> streams)
      throws IOException {
    Path profile = Files.createTempDirectory(scratch, "profile");
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + profile));
    command.addAll(more);
    ProcessBuilder builder = new ProcessBuilder(command);
    streams.accept(builder);
    return builder.start();
  }

  /** Ends it with all it started. */
  static void end(Process process) {
    try (Stream<ProcessHandle> children = process.descendants()) {
      children.forEach(ProcessHandle::destroyForcibly);
    }
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
