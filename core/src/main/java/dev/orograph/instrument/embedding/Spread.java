package dev.orograph.instrument.embedding;

import dev.orograph.stats.Quantiles;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

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
  static final List<Integer> PERCENTILES = List.of(1, 5, 25, 50, 75, 95, 99);

  private static final int BINS = 80;
  private static final int MEDIAN = 3;

  /** Of these values, at least one, all finite. */
  static Spread of(float[] values) {
    double sum = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (float v : values) {
      sum += v;
      min = Math.min(min, v);
      max = Math.max(max, v);
    }
    double mean = sum / values.length;
    // As wide as a float apart at least, so that edges ascend where all values are one.
    double width = Math.max(max - min, 1e-6 * Math.max(Math.abs(max), 1e-30)) / BINS;
    long[] counts = new long[BINS];
    double squares = 0;
    for (float v : values) {
      squares += (v - mean) * (v - mean);
      counts[(int) Math.min(BINS - 1, (v - min) / width)]++;
    }
    double[] at = PERCENTILES.stream().mapToDouble(p -> p / 100.0).toArray();
    List<Double> percentiles = Arrays.stream(Quantiles.of(values, at)).boxed().toList();
    Double[] edges = new Double[BINS + 1];
    double low = min;
    Arrays.setAll(edges, i -> low + i * width);
    return new Spread(
        values.length,
        mean,
        Math.sqrt(squares / values.length),
        min,
        max,
        percentiles.get(MEDIAN),
        percentiles,
        List.of(edges),
        Arrays.stream(counts).mapToObj(n -> (double) n / values.length).toList());
  }

  /** Standard deviation over mean. */
  double variation() {
    return deviation / mean;
  }
}
