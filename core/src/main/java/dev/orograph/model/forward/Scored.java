package dev.orograph.model.forward;

import java.util.List;

/**
 * What a model reads, and which token it should score highest at each position of the stack that
 * scores.
 *
 * @param in the input; with an encoder also what the decoder reads
 * @param labels token ids in the shape of what the scoring stack reads; {@value #IGNORED} where a
 *     position does not count
 */
public record Scored(Inputs in, List<int[]> labels) {
  /** The label of a position that does not count. */
  public static final int IGNORED = -100;

  /** Copies the list. */
  public Scored {
    labels = List.copyOf(labels);
  }

  /** Positions that count. */
  public long count() {
    return labels.stream().mapToLong(Scored::count).sum();
  }

  private static long count(int[] row) {
    long count = 0;
    for (int label : row) {
      count += label == IGNORED ? 0 : 1;
    }
    return count;
  }
}
