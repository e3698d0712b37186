package dev.orograph.instrument;

import java.io.Serializable;

/**
 * One piece of an analysis's work: what the engine must know before it runs it, and what the
 * analysis itself needs to run it. All of it follows from the models and the settings, never from
 * the machine.
 *
 * @param label names the task within its analysis; also keys its random generator and its folders
 * @param place which part of the model it is about
 * @param work rough cost in multiplications, for the order and the time left
 * @param bytes upper bound on anonymous memory in bytes while it is measured
 * @param nativeThreads threads of native code: part of what fixes the digits
 * @param detail what the analysis itself needs
 * @param <D> type of the detail; {@link Nothing} where the place says all
 */
public record Task<D extends Record & Serializable>(
    String label, Place place, double work, long bytes, int nativeThreads, D detail)
    implements Serializable {
  /** Checks what an engine divides by and counts. */
  public Task {
    if (label.isEmpty() || !(work > 0) || bytes < 1 || nativeThreads < 1) {
      throw new IllegalArgumentException(
          "task '" + label + "': work " + work + ", bytes " + bytes + ", threads " + nativeThreads);
    }
  }

  /** A task for one native thread. */
  public static <D extends Record & Serializable> Task<D> of(
      String label, Place place, double work, long bytes, D detail) {
    return new Task<>(label, place, work, bytes, 1, detail);
  }

  /**
   * Threads for work that is cut into pieces of one native thread each, so that their number
   * changes no digit: those of the task, but no more than there are.
   */
  public int sideBySide() {
    return Math.min(nativeThreads, Runtime.getRuntime().availableProcessors());
  }

  /**
   * Where in a model.
   *
   * @param stack which stack, such as "encoder"; "" for the model as a whole
   * @param component what it does there, such as "self_attn_q", or a pattern of names where the
   *     model is of no known family; "" for all of it
   * @param layer number of the block; {@value #NO_LAYER} outside the blocks
   */
  public record Place(String stack, String component, int layer) implements Serializable {
    /** Outside the blocks. */
    public static final int NO_LAYER = -1;

    /** The model as a whole. */
    public static final Place MODEL = new Place("", "", NO_LAYER);

    /** The number of the block for a table, or null outside the blocks. */
    public Object layerOrNull() {
      return layer == NO_LAYER ? null : (Object) (long) layer;
    }
  }

  /** The detail of a task whose place says all. */
  public record Nothing() implements Serializable {}
}
