package dev.orograph.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What the buckets of T5's relative position bias stand for. A causal stack has one direction, keys
 * at or before the query; a bidirectional one uses buckets 0 to n/2 - 1 for these and n/2 to n - 1
 * for keys after it, of which n/2 is distance 0 and never met. The first half of a direction's m
 * buckets are the distances themselves, the others spaced evenly in their logarithm: bucket m/2 +
 * floor(ln(d / (m/2)) / ln(most / (m/2)) (m - m/2)), at most m - 1.
 *
 * <p>Source: Raffel et al. 2020, section 2.1; the transformers library.
 *
 * @param count buckets, n
 * @param bidirectional whether keys after the query have buckets of their own
 * @param most distance from which all keys share the last bucket; 0 where it is not known
 */
public record RelativeBuckets(int count, boolean bidirectional, int most) {
  /** Buckets of one direction. */
  public int perDirection() {
    return bidirectional ? count / 2 : count;
  }

  /** Buckets for keys at or before the query, from near to far. */
  public List<Integer> before() {
    return range(0, perDirection());
  }

  /** Buckets that are met for keys after the query, from near to far. */
  public List<Integer> after() {
    return bidirectional ? range(perDirection() + 1, 2 * perDirection()) : List.of();
  }

  /** All buckets that are met, from the farthest key before the query to the farthest after it. */
  public List<Integer> inOrder() {
    List<Integer> order = new ArrayList<>(before());
    java.util.Collections.reverse(order);
    order.addAll(after());
    return order;
  }

  private static List<Integer> range(int from, int to) {
    List<Integer> range = new ArrayList<>();
    for (int i = from; i < to; i++) {
      range.add(i);
    }
    return range;
  }

  /**
   * The signed distances of a bucket, key minus query: "-3", "+8..11", "-91..", or "bucket 5" where
   * distances are not known.
   */
  public String label(int bucket) {
    int m = perDirection();
    int exact = m / 2;
    if (most <= exact || exact < 1) {
      return "bucket " + bucket;
    }
    String sign = bucket < m ? "-" : "+";
    int at = bucket % m;
    long first = first(at);
    if (at == m - 1) {
      return sign + first + "..";
    }
    long last = first(at + 1) - 1;
    if (last < first) {
      return "bucket " + bucket;
    }
    return at == 0 ? "0" : last == first ? sign + first : sign + first + ".." + last;
  }

  /** The smallest distance in bucket {@code at} of a direction, or in a later one. */
  private long first(int at) {
    int m = perDirection();
    int exact = m / 2;
    if (at <= exact) {
      return at;
    }
    // Near where the logarithm puts it, then as the library rounds.
    long d =
        (long) (exact * Math.pow((double) most / exact, (double) (at - exact) / (m - exact))) - 1;
    while (bucket(d) < at) {
      d++;
    }
    return d;
  }

  /** The bucket of a key at that signed distance from the query, key minus query. */
  public int of(long distance) {
    if (!bidirectional) {
      return bucket(Math.max(0, -distance));
    }
    return bucket(Math.abs(distance)) + (distance > 0 ? perDirection() : 0);
  }

  private int bucket(long d) {
    int m = perDirection();
    int exact = m / 2;
    if (d < exact) {
      return (int) d;
    }
    double share = Math.log((double) d / exact) / Math.log((double) most / exact);
    return (int) Math.min(m - 1, exact + (long) (share * (m - exact)));
  }
}
