package dev.orograph.report;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A headless Chromium for tests, where one is installed: one process, whose tabs tests open. */
final class Chromium implements AutoCloseable {
  private static final Pattern LISTENING = Pattern.compile("DevTools listening on ws://(\\S+?)/");

  private final Process process;
  private final String address;

  private Chromium(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  /**
   * Starts the first one found.
   *
   * @param profile an empty folder
   */
  static Optional<Chromium> start(Path profile) throws IOException {
    List<Path> candidates = new ArrayList<>(List.of(Path.of("/usr/bin/chromium")));
    String path = System.getenv().getOrDefault("PATH", "");
    for (String folder : path.split(File.pathSeparator, -1)) {
      for (String name : List.of("chromium", "chromium-browser", "google-chrome")) {
        if (!folder.isEmpty()) {
          candidates.add(Path.of(folder, name));
        }
      }
    }
    Optional<Path> program = candidates.stream().filter(Files::isExecutable).findFirst();
    return program.isPresent() ? Optional.of(start(program.get(), profile)) : Optional.empty();
  }

  private static Chromium start(Path program, Path profile) throws IOException {
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + profile,
                "--remote-debugging-port=0",
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      BufferedReader lines = process.errorReader(StandardCharsets.UTF_8);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher m = LISTENING.matcher(line);
        if (m.find()) {
          drain(lines);
          return new Chromium(process, m.group(1));
        }
      }
      throw new IOException("Chromium ended before it listened");
    } catch (IOException | RuntimeException e) {
      end(process);
      throw e;
    }
  }

  /** What it complains of is not kept; a full pipe would stop it. */
  private static void drain(BufferedReader lines) {
    Thread reader =
        new Thread(
            () -> {
              try (lines) {
                String line = lines.readLine();
                while (line != null) {
                  line = lines.readLine();
                }
              } catch (IOException ended) {
                // It was closed with the process.
              }
            });
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Opens a file in a tab of its own and waits until its scripts have run.
   *
   * @param file the page
   * @param fragment what stands behind {@code #}, or nothing
   * @param width width of the window in pixels
   * @param height height of the window in pixels
   */
  Page open(Path file, String fragment, int width, int height)
      throws IOException, InterruptedException {
    return new Page(address, file.toUri() + fragment, width, height);
  }

  @Override
  public void close() {
    end(process);
  }

  /** Ends it with all it started. */
  private static void end(Process process) {
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
