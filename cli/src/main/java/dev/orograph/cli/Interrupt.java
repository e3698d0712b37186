package dev.orograph.cli;

import dev.orograph.survey.Survey;

/**
 * Ctrl-C and a polite kill: one line that says how to go on, then exit code 3 at once. Nothing
 * needs to be tidied up, since every finished piece is already on disk as a whole.
 */
final class Interrupt implements AutoCloseable {
  private final Thread hook;
  private volatile String stage = "measuring";

  private Interrupt(Survey survey) {
    hook = new Thread(() -> leave(survey), "orograph-interrupt");
  }

  static Interrupt on(Survey survey) {
    Interrupt i = new Interrupt(survey);
    Runtime.getRuntime().addShutdownHook(i.hook);
    return i;
  }

  private void leave(Survey survey) {
    int[] pieces = survey.pieces();
    System.err.println();
    System.err.println(
        "orograph: interrupted while "
            + stage
            + "; "
            + pieces[0]
            + " of "
            + pieces[1]
            + " pieces are kept in "
            + survey.folder().path()
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
