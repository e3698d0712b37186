package dev.orograph.cli;

import dev.orograph.input.BoundedJson;
import dev.orograph.linalg.Lapack;
import dev.orograph.report.HtmlReport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Loads what every measuring command needs while its options and its model are still read. */
final class Ahead {
  private Ahead() {}

  /** Starts to load, in the order of need; whoever needs a part waits for it. */
  static void start() {
    Thread t = new Thread(Ahead::load, "orograph-ahead");
    t.setDaemon(true);
    t.start();
  }

  private static void load() {
    try {
      BoundedJson.parse("{}".getBytes(StandardCharsets.UTF_8), Path.of(""), "");
      Lapack.kernels();
      HtmlReport.prepare();
    } catch (RuntimeException | LinkageError e) {
      // It arises again, and is told, where it is needed.
    }
  }
}
