package dev.orograph.instrument.density;

import java.util.Arrays;

/** Which tokens are measured, and which point each has: tokens with equal rows share one. */
final class Sample {
  private final int[] tokens;
  private final int[] point;
  private final int[] first;
  private final int[] copies;
  private final int[] places;
  private final int count;

  /**
   * From tokens in their order.
   *
   * @param tokens their numbers
   * @param stands for each place in {@code tokens} the first place that it equals
   * @param at what {@link Distances} calls each token; null where it knows one of each point only,
   *     in their order
   */
  Sample(int[] tokens, int[] stands, int[] at) {
    this.tokens = tokens;
    int n = tokens.length;
    point = new int[n];
    first = new int[n];
    copies = new int[n];
    places = new int[n];
    int points = 0;
    for (int t = 0; t < n; t++) {
      if (stands[t] == t) {
        first[points] = t;
        places[points] = at == null ? points : at[t];
        point[t] = points++;
      } else {
        point[t] = point[stands[t]];
      }
      copies[point[t]]++;
    }
    count = points;
  }

  /** Numbers of the tokens; not to be changed. */
  int[] tokens() {
    return tokens;
  }

  /** Different points. */
  int points() {
    return count;
  }

  /** The point of the t-th token. */
  int point(int t) {
    return point[t];
  }

  /** The first token at a point. */
  int token(int p) {
    return tokens[first[p]];
  }

  /** The place in the tokens of the first token at each point. */
  int[] firsts() {
    return Arrays.copyOf(first, count);
  }

  /** How many tokens each point stands for. */
  int[] copies() {
    return Arrays.copyOf(copies, count);
  }

  /** What {@link Distances} calls each point. */
  int[] places() {
    return Arrays.copyOf(places, count);
  }
}
