package dev.orograph.cli;

import dev.orograph.survey.Survey;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Supplier;

/**
 * Ctrl-C and a polite kill: one line that says how to go on, then exit code 3 at once. Nothing
 * needs to be tidied up, since every finished piece is already on disk as a whole.
 *
 * <p>They may be nested: the innermost, which knows most, says it.
 */
final class Interrupt implements AutoCloseable {
  private static final Deque<Interrupt> OPEN = new ConcurrentLinkedDeque<>();

  private final Thread hook;
  private volatile String stage;

  private Interrupt(String stage, Supplier<String> kept) {
    this.stage = stage;
    hook =
        new Thread(
            () -> {
              if (OPEN.peekFirst() == this) {
                leave(kept.get());
              }
            },
            "orograph-interrupt");
  }

  /** Around a whole command, also where it measures nothing just now. */
  static Interrupt aroundCommand() {
    return on("preparing", () -> "what was measured is kept");
  }

  static Interrupt on(Survey survey) {
    return on(
        "measuring",
        () -> {
          String done =
              survey.tasks()[0] == 0
                  ? "no piece was finished yet; its folder is "
                  : survey.tasks()[0] + " of " + survey.tasks()[1] + " pieces are kept in ";
          return done + survey.folder().path();
        });
  }

  /** What is said when it happens: in which stage, and what is kept where. */
  static Interrupt on(String stage, Supplier<String> kept) {
    Interrupt i = new Interrupt(stage, kept);
    OPEN.addFirst(i);
    Runtime.getRuntime().addShutdownHook(i.hook);
    return i;
  }

  private void leave(String kept) {
    System.err.println();
    System.err.println(
        Terminal.beside(
            "orograph: interrupted while "
                + stage
                + "; "
                + kept
                + ": give the same command again to go on"));
    Runtime.getRuntime().halt(Main.INTERRUPTED);
  }

  void stage(String name) {
    stage = name;
  }

  @Override
  public void close() {
    // While the hook runs it stays the innermost, and ends the process.
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
      OPEN.remove(this);
    } catch (IllegalStateException e) {
      // The hook is running.
    }
  }
}
