package dev.orograph.model.train;

import dev.orograph.model.forward.Scored;
import java.util.Arrays;

/**
 * A sequence that a model learns from: what it reads, and at each position of the stack that scores
 * the token that should come next ({@link Scored#IGNORED} where none counts). Labels stand where
 * they are scored; nothing is shifted later.
 */
public final class Example {
  private final int[] ids;
  private final int[] decoder;
  private final int[] labels;

  private Example(int[] ids, int[] decoder, int[] labels) {
    this.ids = ids;
    this.decoder = decoder;
    this.labels = labels;
    int read = (decoder == null ? ids : decoder).length;
    if (ids.length == 0 || read != labels.length) {
      throw new IllegalArgumentException(
          labels.length + " labels for " + read + " positions, " + ids.length + " ids");
    }
  }

  /** For a model of one stack: ids and a label for each. */
  public static Example of(int[] ids, int[] labels) {
    return new Example(ids.clone(), null, labels.clone());
  }

  /** For a model of one stack: every token but the last is read, every one but the first scored. */
  public static Example text(int... tokens) {
    return text(0, tokens);
  }

  /** The same where tokens before {@code from} are read but not scored: a question. */
  public static Example text(int from, int... tokens) {
    int n = Math.max(0, tokens.length - 1);
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = i + 1 < from ? Scored.IGNORED : tokens[i + 1];
    }
    return new Example(Arrays.copyOf(tokens, n), null, labels);
  }

  /**
   * For a model with an encoder: the decoder reads {@code start} and all of the target but its last
   * token, and is scored on the target.
   *
   * @param start what a decoder starts with: {@code design().start()}
   */
  public static Example pair(int[] source, int[] target, int start) {
    int[] read = new int[target.length];
    for (int i = 0; i < read.length; i++) {
      read[i] = i == 0 ? start : target[i - 1];
    }
    return new Example(source.clone(), read, target.clone());
  }

  /**
   * The same where the decoder reads what is given; position t is scored on the t-th label.
   *
   * @param read what the decoder reads, as long as the labels
   */
  public static Example pair(int[] source, int[] read, int[] labels) {
    return new Example(source.clone(), read.clone(), labels.clone());
  }

  /** What the first stack reads. */
  int[] ids() {
    return ids;
  }

  /** What the decoder reads; null where there is one stack. */
  int[] decoder() {
    return decoder;
  }

  /** What should be scored highest. */
  int[] labels() {
    return labels;
  }

  /** Positions that are computed. */
  int length() {
    return ids.length + (decoder == null ? 0 : decoder.length);
  }
}
