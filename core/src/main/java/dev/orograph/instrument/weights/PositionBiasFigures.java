package dev.orograph.instrument.weights;

import dev.orograph.instrument.Task;
import dev.orograph.model.RelativeBuckets;
import dev.orograph.random.Generator;
import dev.orograph.stats.Samples;
import dev.orograph.stats.Spearman;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The relative position bias of one table, head by head.
 *
 * @param task which table
 * @param nonFinite entries that are NaN, infinite or beyond float32
 * @param mostDistance distance from which all keys share a bucket
 * @param heads the heads; none where there are such entries or more than {@value #MOST_ENTRIES} in
 *     all
 */
public record PositionBiasFigures(
    Task<StoredTensor> task, long nonFinite, int mostDistance, List<Head> heads)
    implements Serializable {
  /** Most entries of a table; T5's have a few hundred. */
  static final int MOST_ENTRIES = 1 << 16;

  /** Random orders behind a p-value. */
  static final int DRAWS = 9_999;

  /** Fewest buckets of a direction that can follow a distance. */
  private static final int FEWEST = 3;

  /** What the seed calls a head by its peak. */
  enum Kind {
    /** Its peak is at bucket 0, 1 or 2. */
    LOCAL,
    /** Its peak is one of the last three buckets. */
    GLOBAL,
    /** Anything else. */
    MIXED;

    String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One head.
   *
   * @param values its bias by bucket
   * @param falling share of steps in the first n/2 buckets that do not rise; null for no step
   * @param correlation correlation of bias and bucket number; null where all are equal
   * @param peak bucket of the largest value, the first of several
   * @param before rank correlation of bias and distance over keys before the query
   * @param after the same after it; null, as {@code before}, where there are too few buckets or all
   *     are equal
   */
  public record Head(
      List<Double> values,
      Double falling,
      Double correlation,
      int peak,
      Direction before,
      Direction after)
      implements Serializable {
    Kind kind() {
      return peak <= 2 ? Kind.LOCAL : peak >= values.size() - 3 ? Kind.GLOBAL : Kind.MIXED;
    }

    double low() {
      return values.stream().min(Double::compare).orElseThrow();
    }

    double high() {
      return values.stream().max(Double::compare).orElseThrow();
    }

    /** Its values at these buckets, less their mean: what softmax can see. */
    List<Double> seen(List<Integer> buckets) {
      List<Double> at = buckets.stream().map(values::get).toList();
      double mean = Samples.mean(at);
      return at.stream().map(v -> v - mean).toList();
    }
  }

  /**
   * How bias follows distance in one direction.
   *
   * @param correlation rank correlation
   * @param buckets how many buckets it has
   * @param p two-sided p-value by random orders; null where only the seed's figures were asked for
   */
  public record Direction(double correlation, int buckets, Double p) implements Serializable {}

  /**
   * Measures a table.
   *
   * @param values {@code (buckets, heads)}, row by row
   * @param generator of the random orders; asked only where the piece has draws
   */
  static PositionBiasFigures of(
      Task<StoredTensor> task, double[] values, int mostDistance, Supplier<Generator> generator) {
    long broken = Arrays.stream(values).filter(v -> !(Math.abs(v) <= Float.MAX_VALUE)).count();
    if (broken > 0) {
      return new PositionBiasFigures(task, broken, mostDistance, List.of());
    }
    int n = (int) task.detail().rows();
    List<double[]> heads = new ArrayList<>();
    for (int h = 0; h < task.detail().columns(); h++) {
      double[] head = new double[n];
      for (int b = 0; b < n; b++) {
        head[b] = values[b * (int) task.detail().columns() + h];
      }
      heads.add(head);
    }
    RelativeBuckets buckets =
        new RelativeBuckets(n, PositionBias.bidirectional(task), mostDistance);
    Generator g = task.detail().draws() > 0 ? generator.get() : null;
    List<Direction> before = directions(heads, buckets.before(), task.detail().draws(), g);
    List<Direction> after = directions(heads, buckets.after(), task.detail().draws(), g);
    List<Head> measured = new ArrayList<>();
    for (int h = 0; h < heads.size(); h++) {
      measured.add(head(heads.get(h), before.get(h), after.get(h)));
    }
    return new PositionBiasFigures(task, 0, mostDistance, measured);
  }

  private static List<Direction> directions(
      List<double[]> heads, List<Integer> buckets, int draws, Generator generator) {
    List<double[]> at = new ArrayList<>();
    for (double[] head : heads) {
      at.add(buckets.stream().mapToDouble(b -> head[b]).toArray());
    }
    boolean enough = buckets.size() >= FEWEST;
    List<Double> p = enough && draws > 0 ? Spearman.p(at, draws, generator) : null;
    List<Direction> directions = new ArrayList<>();
    for (int h = 0; h < at.size(); h++) {
      double r = enough ? Spearman.ofOrder(at.get(h)) : Double.NaN;
      directions.add(
          Double.isNaN(r) ? null : new Direction(r, buckets.size(), p == null ? null : p.get(h)));
    }
    return directions;
  }

  private static Head head(double[] values, Direction before, Direction after) {
    int n = values.length;
    int steps = n / 2 - 1;
    int falling = 0;
    for (int b = 0; b < steps; b++) {
      falling += values[b + 1] <= values[b] ? 1 : 0;
    }
    int peak = 0;
    for (int b = 1; b < n; b++) {
      peak = values[b] > values[peak] ? b : peak;
    }
    return new Head(
        Arrays.stream(values).boxed().toList(),
        steps > 0 ? (Double) ((double) falling / steps) : null,
        correlation(values),
        peak,
        before,
        after);
  }

  /** Pearson's correlation of values and their positions; null where all are equal. */
  private static Double correlation(double[] values) {
    int n = values.length;
    if (Arrays.stream(values).allMatch(v -> v == values[0])) {
      return null;
    }
    double mean = Arrays.stream(values).sum() / n;
    double middle = (n - 1) / 2.0;
    double product = 0;
    double own = 0;
    double positions = 0;
    for (int b = 0; b < n; b++) {
      product += (values[b] - mean) * (b - middle);
      own += (values[b] - mean) * (values[b] - mean);
      positions += (b - middle) * (b - middle);
    }
    return own > 0 ? (Double) (product / Math.sqrt(own * positions)) : null;
  }

  /** What the buckets stand for. */
  RelativeBuckets buckets() {
    return new RelativeBuckets(
        (int) task.detail().rows(), PositionBias.bidirectional(task), mostDistance);
  }
}
