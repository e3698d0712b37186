package dev.orograph.instrument.rows;

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
  public static final List<Integer> PERCENTILES = List.of(1, 5, 25, 50, 75, 95, 99);

  private static final double[] SHARES = PERCENTILES.stream().mapToDouble(p -> p / 100.0).toArray();

  private static final int BINS = 80;
  private static final int MEDIAN = 3;
  private static final int CHUNK = 4096;

  /** Of these values, at least one, all finite. */
  public static Spread of(float[] values) {
    return of(
        values.length,
        (from, into, n) -> {
          for (int i = 0; i < n; i++) {
            into[i] = values[from + i];
          }
        },
        Quantiles.of(values, SHARES));
  }

  /** The same for float64. */
  public static Spread of(double[] values) {
    return of(
        values.length,
        (from, into, n) -> System.arraycopy(values, from, into, 0, n),
        Quantiles.of(values, SHARES));
  }

  private static Spread of(int n, Values values, double[] quantiles) {
    double[] some = new double[Math.min(n, CHUNK)];
    values.read(0, some, 1);
    Level level = new Level(some[0]);
    for (int from = 0; from < n; from += CHUNK) {
      int count = Math.min(CHUNK, n - from);
      values.read(from, some, count);
      level.add(some, count);
    }
    Places places = new Places(level, n);
    for (int from = 0; from < n; from += CHUNK) {
      int count = Math.min(CHUNK, n - from);
      values.read(from, some, count);
      places.add(some, count);
    }
    List<Double> percentiles = Arrays.stream(quantiles).boxed().toList();
    Double[] edges = new Double[BINS + 1];
    Arrays.setAll(edges, i -> places.min + i * places.width);
    return new Spread(
        n,
        places.mean,
        places.most * Math.sqrt(places.squares / n),
        level.min,
        level.max,
        percentiles.get(MEDIAN),
        percentiles,
        List.of(edges),
        Arrays.stream(places.counts).mapToObj(count -> (double) count / n).toList());
  }

  /** Values of either width. */
  private interface Values {
    void read(int from, double[] into, int n);
  }

  /** The first pass: sum and range. */
  private static final class Level {
    private final double first;
    private double sum;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;

    Level(double first) {
      this.first = first;
    }

    void add(double[] values, int n) {
      double s = sum;
      double low = min;
      double high = max;
      for (int i = 0; i < n; i++) {
        double v = values[i];
        s += v - first;
        low = v < low ? v : low;
        high = v > high ? v : high;
      }
      sum = s;
      min = low;
      max = high;
    }
  }

  /** The second pass: how far from the mean, and in which bin. */
  private static final class Places {
    private final double mean;
    private final double min;
    private final double most;
    private final double width;
    private final long[] counts = new long[BINS];
    private double squares;

    Places(Level level, int n) {
      mean = level.first + level.sum / n;
      min = level.min;
      most = Math.max(Math.abs(level.min), Math.abs(level.max));
      // As wide as a float apart at least, so that edges ascend where all values are one.
      width = Math.max(level.max - level.min, most > 0 ? 1e-6 * most : 1e-30) / BINS;
    }

    void add(double[] values, int n) {
      // In units of the largest, so that no square leaves the range.
      double unit = most > 0 ? most : 1;
      double s = squares;
      for (int i = 0; i < n; i++) {
        double off = (values[i] - mean) / unit;
        s += off * off;
        counts[Math.min(BINS - 1, (int) ((values[i] - min) / width))]++;
      }
      squares = s;
    }
  }

  /** Standard deviation over mean; 0 where all values are 0. */
  public double variation() {
    return deviation == 0 ? 0 : deviation / mean;
  }
}
