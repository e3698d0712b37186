package dev.orograph.survey;

/** Hears how far a survey is. Called from several threads. */
public interface Progress {
  /** Says nothing. */
  Progress SILENT = (instrument, label, done, total, tasks, of) -> {};

  /**
   * A task has been begun.
   *
   * @param instrument title of the instrument
   * @param label the task
   */
  default void begun(String instrument, String label) {}

  /**
   * A task has ended.
   *
   * @param instrument title of the instrument
   * @param label the task
   * @param done work done in this survey, in the tasks' own units, resumed tasks included
   * @param total work known so far
   * @param tasks tasks done
   * @param of tasks known so far
   */
  void task(String instrument, String label, double done, double total, int tasks, int of);
}
