package dev.orograph.instrument.rows;

import dev.orograph.stats.Quantiles;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * How many values lie where.
 *
 * @param count how many
 * @param mean mean
 * @param deviation standard deviation, ddof 0
 * @param min smallest
 * @param max largest
 * @param median middle value
 * @param percentiles those of {@link #PERCENTILES}
 * @param edges edges of the bins of a histogram
 * @param shares share of the values in each bin
 */
public record Spread(
    long count,
    double mean,
    double deviation,
    double min,
    double max,
    double median,
    List<Double> percentiles,
    List<Double> edges,
    List<Double> shares)
    implements Serializable {
  /** The percentiles that the seeds print. */
  public static final List<Integer> PERCENTILES = List.of(1, 5, 25, 50, 75, 95, 99);

  private static final double[] SHARES = PERCENTILES.stream().mapToDouble(p -> p / 100.0).toArray();

  private static final int BINS = 80;
  private static final int MEDIAN = 3;

  /** Of these values, at least one, all finite. */
  public static Spread of(float[] values) {
    return of(values.length, i -> values[i], Quantiles.of(values, SHARES));
  }

  /** The same for float64. */
  public static Spread of(double[] values) {
    return of(values.length, i -> values[i], Quantiles.of(values, SHARES));
  }

  private static Spread of(int n, IntToDoubleFunction values, double[] quantiles) {
    double first = values.applyAsDouble(0);
    double sum = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      double v = values.applyAsDouble(i);
      sum += v - first;
      min = Math.min(min, v);
      max = Math.max(max, v);
    }
    double mean = first + sum / n;
    double most = Math.max(Math.abs(min), Math.abs(max));
    // As wide as a float apart at least, so that edges ascend where all values are one.
    double width = Math.max(max - min, most > 0 ? 1e-6 * most : 1e-30) / BINS;
    long[] counts = new long[BINS];
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double v = values.applyAsDouble(i);
      // In units of the largest, so that no square leaves the range.
      double off = most > 0 ? (v - mean) / most : 0;
      squares += off * off;
      counts[(int) Math.min(BINS - 1, (v - min) / width)]++;
    }
    List<Double> percentiles = Arrays.stream(quantiles).boxed().toList();
    Double[] edges = new Double[BINS + 1];
    double low = min;
    Arrays.setAll(edges, i -> low + i * width);
    return new Spread(
        n,
        mean,
        most * Math.sqrt(squares / n),
        min,
        max,
        percentiles.get(MEDIAN),
        percentiles,
        List.of(edges),
        Arrays.stream(counts).mapToObj(count -> (double) count / n).toList());
  }

  /** Standard deviation over mean; 0 where all values are 0. */
  public double variation() {
    return deviation == 0 ? 0 : deviation / mean;
  }
}
