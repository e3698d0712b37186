package dev.orograph.samples;

import java.util.Arrays;
import java.util.List;

/**
 * What counting alone knows of lines of tokens: how likely a token is by itself, and behind the
 * token before it. The first token of a line is context only, as it is for the models.
 *
 * <p>Alone: (n(w) + 1) / (N + V). Behind v: interpolated Kneser-Ney (Chen and Goodman 1999, section
 * 2.7) with one discount per order, D = n1 / (n1 + 2 n2):
 *
 * <pre>{@code
 * P(w | v) = (max(n(v w) - D, 0) + D N(v .) P(w)) / n(v .)
 * P(w) = (max(N(. w) - D', 0) + D' S / V) / N(. .)
 * }</pre>
 *
 * <p>n counts pairs, N kinds of pairs, S the tokens that follow something, V the vocabulary; n1 and
 * n2 are kinds that occur once and twice, for D' tokens behind one and two others. Behind a token
 * that nothing followed it is P(w).
 */
final class Counts {
  /** Where nothing occurs once, so that what was never seen keeps a share. */
  private static final double DISCOUNT = 0.5;

  private final int vocabulary;
  private final long[] single;

  /** How often w followed v; null for a v that nothing followed. */
  private final int[][] pairs;

  private final long[] followed;
  private final int[] followers;
  private final double[] continuation;
  private final double discount;
  private final long all;

  /**
   * Counts.
   *
   * @param lines token ids below {@code vocabulary}
   */
  Counts(List<int[]> lines, int vocabulary) {
    this.vocabulary = vocabulary;
    single = new long[vocabulary];
    pairs = new int[vocabulary][];
    followed = new long[vocabulary];
    followers = new int[vocabulary];
    for (int[] line : lines) {
      for (int i = 1; i < line.length; i++) {
        count(line[i - 1], line[i]);
      }
    }
    all = Arrays.stream(single).sum();
    int[] before = new int[vocabulary];
    long[] kinds = new long[3];
    for (int[] row : pairs) {
      for (int w = 0; row != null && w < vocabulary; w++) {
        if (row[w] > 0) {
          before[w]++;
          kinds[Math.min(row[w], 3) % 3]++;
        }
      }
    }
    discount = discount(kinds[1], kinds[2]);
    continuation = continuation(before);
  }

  private void count(int v, int w) {
    single[w]++;
    if (pairs[v] == null) {
      pairs[v] = new int[vocabulary];
    }
    followers[v] += pairs[v][w]++ == 0 ? 1 : 0;
    followed[v]++;
  }

  private double[] continuation(int[] before) {
    double d = discount(occurring(before, 1), occurring(before, 2));
    double seen = vocabulary - occurring(before, 0);
    double sum = Arrays.stream(before).asLongStream().sum();
    return Arrays.stream(before)
        .mapToDouble(
            n -> sum == 0 ? 1.0 / vocabulary : (Math.max(n - d, 0) + d * seen / vocabulary) / sum)
        .toArray();
  }

  private static long occurring(int[] counts, int times) {
    return Arrays.stream(counts).filter(n -> n == times).count();
  }

  private static double discount(long once, long twice) {
    return once == 0 ? DISCOUNT : once / (once + 2.0 * twice);
  }

  int vocabulary() {
    return vocabulary;
  }

  /** D of pairs. */
  double discount() {
    return discount;
  }

  /** Probability of a token by itself. */
  double alone(int w) {
    return (single[w] + 1.0) / (all + vocabulary);
  }

  /** Probability of a token behind another. */
  double behind(int v, int w) {
    return pairs[v] == null
        ? continuation[w]
        : (Math.max(pairs[v][w] - discount, 0) + discount * followers[v] * continuation[w])
            / followed[v];
  }

  /** Whether a token occurs anywhere, first tokens of lines included. */
  boolean met(int token) {
    return single[token] > 0 || followed[token] > 0;
  }

  /** Negative log-likelihood in nats of all tokens of a line but the first, each by itself. */
  double alone(int[] line) {
    double sum = 0;
    for (int i = 1; i < line.length; i++) {
      sum -= Math.log(alone(line[i]));
    }
    return sum;
  }

  /** The same, each behind the one before it. */
  double behind(int[] line) {
    double sum = 0;
    for (int i = 1; i < line.length; i++) {
      sum -= Math.log(behind(line[i - 1], line[i]));
    }
    return sum;
  }
}
