package dev.orograph.spark;

import dev.orograph.instrument.Task;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Tasks that travel together: one partition of a Spark job. Tens of thousands of small tensors
 * would otherwise cost more to hand out than to measure; what is large travels alone.
 *
 * @param tasks in the order in which they are measured
 * @param <D> detail of a task
 */
record Piece<D extends Record & Serializable>(List<Task<D>> tasks) implements Serializable {
  /** Turns of each core: what the last piece of all leaves idle is a share of one in so many. */
  private static final int TURNS = 32;

  /**
   * Cuts tasks into pieces of about equal work, the most expensive first. A task that is more than
   * such a share is a piece by itself.
   *
   * @param cores that measure side by side
   */
  static <D extends Record & Serializable> List<Piece<D>> cut(List<Task<D>> tasks, int cores) {
    double share = tasks.stream().mapToDouble(Task::work).sum() / ((double) TURNS * cores);
    List<Piece<D>> pieces = new ArrayList<>();
    double filled = 0;
    for (Task<D> task : byWork(tasks)) {
      if (pieces.isEmpty() || filled + task.work() > share) {
        pieces.add(new Piece<>(new ArrayList<>()));
        filled = 0;
      }
      pieces.get(pieces.size() - 1).tasks().add(task);
      filled += task.work();
    }
    return pieces;
  }

  /** Deals tasks out to so many pieces in turn; fewer where there are fewer tasks. */
  static <D extends Record & Serializable> List<Piece<D>> deal(List<Task<D>> tasks, int count) {
    List<Piece<D>> pieces = new ArrayList<>();
    for (int i = 0; i < Math.min(count, tasks.size()); i++) {
      pieces.add(new Piece<>(new ArrayList<>()));
    }
    int next = 0;
    for (Task<D> task : byWork(tasks)) {
      pieces.get(next++ % pieces.size()).tasks().add(task);
    }
    return pieces;
  }

  /** Those of equal work stay in their order. */
  private static <D extends Record & Serializable> List<Task<D>> byWork(List<Task<D>> tasks) {
    List<Task<D>> sorted = new ArrayList<>(tasks);
    sorted.sort(Comparator.comparingDouble((Task<D> t) -> -t.work()));
    return sorted;
  }
}
