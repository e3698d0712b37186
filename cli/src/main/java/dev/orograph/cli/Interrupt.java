package dev.orograph.cli;

import dev.orograph.survey.Survey;
import java.util.function.Supplier;

/**
 * Ctrl-C and a polite kill: one line that says how to go on, then exit code 3 at once. Nothing
 * needs to be tidied up, since every finished piece is already on disk as a whole.
 */
final class Interrupt implements AutoCloseable {
  private final Thread hook;
  private volatile String stage;

  private Interrupt(String stage, Supplier<String> kept) {
    this.stage = stage;
    hook = new Thread(() -> leave(kept.get()), "orograph-interrupt");
  }

  static Interrupt on(Survey survey) {
    return on(
        "measuring",
        () ->
            survey.tasks()[0]
                + " of "
                + survey.tasks()[1]
                + " pieces are kept in "
                + survey.folder().path());
  }

  /** What is said when it happens: in which stage, and what is kept where. */
  static Interrupt on(String stage, Supplier<String> kept) {
    Interrupt i = new Interrupt(stage, kept);
    Runtime.getRuntime().addShutdownHook(i.hook);
    return i;
  }

  private void leave(String kept) {
    System.err.println();
    System.err.println(
        "orograph: interrupted while "
            + stage
            + "; "
            + kept
            + ": give the same command again to go on");
    Runtime.getRuntime().halt(Main.INTERRUPTED);
  }

  void stage(String name) {
    stage = name;
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The hook is running: it ends the process.
    }
  }
}
