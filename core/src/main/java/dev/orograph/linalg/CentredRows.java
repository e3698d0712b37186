package dev.orograph.linalg;

import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Points {@code (n, d)} made ready for products: a copy in float32 of {@code z = (x - c) u}, c
 * their mean, u a power of two that keeps squares in range, and {@code |z|^2 / 2} in float64.
 * Differences of points do not change when all are moved, and what all share would drown them in
 * rounding. Where the points are few they are kept in float64 too: each is read again for dozens of
 * others.
 */
final class CentredRows {
  /** Unit roundoff of float32. */
  static final double FLOAT = 0x1p-24;

  /** Unit roundoff of float64. */
  static final double DOUBLE = 0x1p-53;

  /** Roundings of an entry, of a norm and of their sum, and what the bounds leave out in u^2. */
  private static final int ROUNDINGS = 8;

  /** Largest magnitudes between 2^-30 and 2^30 have squares in range as they are. */
  private static final int USUAL = 30;

  /** Most numbers that are kept in float64: 128 MiB. */
  private static final long KEPT = 1L << 24;

  private final Entries rows;
  private final int n;
  private final int d;
  private final double unit;
  private final double[] centre;
  private final double[] half;
  private final FloatPointer z;

  /** The points themselves; null where they are many. */
  private final DoubleBuffer kept;

  /**
   * Reads the points, many of them twice. Not to be called inside of {@link Lapack#with}.
   *
   * @param rows must allow reading by several threads
   * @param threads threads to use, the caller's included; they change no bit
   * @throws IllegalArgumentException where one is not finite, or farther from another than float64
   *     can say
   */
  CentredRows(Entries rows, int threads, Scope scope) {
    this.rows = rows;
    n = Math.toIntExact(rows.rows());
    d = Math.toIntExact(rows.columns());
    centre = new double[d];
    half = new double[n];
    kept =
        isKept(n, d)
            ? scope
                .doubles((long) n * d)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder())
                .asDoubleBuffer()
            : null;
    unit = unit(threads);
    z = scope.floats((long) n * d);
    RowParts.forEach(
        Entries.of(n, d, this::stored),
        threads,
        (part, from, count, block) -> {
          centre(count, block);
          for (int i = 0; i < count; i++) {
            half[from + i] = squares(block, i * d, d) / 2;
          }
          float[] rounded = new float[count * d];
          for (int i = 0; i < rounded.length; i++) {
            rounded[i] = (float) block[i];
          }
          new FloatPointer(z).position((long) from * d).put(rounded, 0, rounded.length);
        });
  }

  /** Bytes that n points of d dimensions take. */
  static long bytes(long n, long d) {
    return Math.addExact((isKept(n, d) ? 12 : 4) * Math.multiplyExact(n, d), 8 * n)
        + 24L * (2 + RowParts.COUNT) * d
        + 3 * RowParts.bytes(d, 1);
  }

  private static boolean isKept(long n, long d) {
    return n * d <= KEPT;
  }

  /** The mean, and the unit from the farthest that an entry lies from it. */
  private double unit(int threads) {
    double[][] sums = new double[RowParts.COUNT][d];
    double[][] lows = new double[RowParts.COUNT][d];
    double[][] highs = new double[RowParts.COUNT][d];
    for (int part = 0; part < RowParts.COUNT; part++) {
      Arrays.fill(lows[part], Double.POSITIVE_INFINITY);
      Arrays.fill(highs[part], Double.NEGATIVE_INFINITY);
    }
    double share = 1.0 / n;
    RowParts.forEach(
        rows,
        threads,
        (part, from, count, block) -> {
          if (kept != null) {
            kept.put(from * d, block, 0, count * d);
          }
          double[] sum = sums[part];
          double[] low = lows[part];
          double[] high = highs[part];
          for (int i = 0; i < count; i++) {
            for (int j = 0; j < d; j++) {
              double v = block[i * d + j];
              sum[j] += v * share;
              low[j] = Math.min(low[j], v);
              high[j] = Math.max(high[j], v);
            }
          }
        });
    double[] low = lows[0];
    double[] high = highs[0];
    for (int part = 0; part < RowParts.COUNT; part++) {
      for (int j = 0; j < d; j++) {
        centre[j] += sums[part][j];
        low[j] = Math.min(low[j], lows[part][j]);
        high[j] = Math.max(high[j], highs[part][j]);
      }
    }
    double largest = 0;
    for (int j = 0; j < d; j++) {
      // Twice the distance: what lies between two points must be a number too.
      double far = 2 * Math.max(high[j] - centre[j], centre[j] - low[j]);
      if (!Double.isFinite(far)) {
        throw new IllegalArgumentException(
            "column " + j + " holds NaN, infinity or numbers too far apart");
      }
      largest = Math.max(largest, far / 2);
    }
    int exponent = largest == 0 ? 0 : Math.getExponent(largest);
    return Math.abs(exponent) <= USUAL ? 1 : Math.scalb(1.0, Math.min(1000, -exponent));
  }

  int count() {
    return n;
  }

  int dimensions() {
    return d;
  }

  /** The unit u: a distance between rows of {@link #read} is u times that of the points. */
  double inUnits() {
    return unit;
  }

  /** {@code |z|^2 / 2} of a point. */
  double half(int row) {
    return half[row];
  }

  /** The float32 copy from that row on. */
  FloatPointer from(int row) {
    return new FloatPointer(z).position((long) row * d);
  }

  /** Reads a point itself, not centred, times u. */
  void read(int row, double[] into) {
    stored((long) row * d, into, 0, d);
    for (int j = 0; unit != 1 && j < d; j++) {
      into[j] *= unit;
    }
  }

  /** Reads centred points, times u, in float64. */
  void centred(int from, int count, double[] into) {
    stored((long) from * d, into, 0, count * d);
    centre(count, into);
  }

  private void stored(long from, double[] into, int offset, int length) {
    if (kept == null) {
      rows.read(from, into, offset, length);
    } else {
      kept.get((int) from, into, offset, length);
    }
  }

  private void centre(int count, double[] block) {
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < d; j++) {
        block[i * d + j] = (block[i * d + j] - centre[j]) * unit;
      }
    }
  }

  /**
   * The largest value that a rounded {@code |z_i|^2/2 + |z_j|^2/2 - z_i . z_j} can have for a point
   * j whose squared distance from i, as {@link #squared} computes it, is at most {@code squared}.
   *
   * <p>A sum of d + 1 terms, in any order, with or without fused operations, is off by at most
   * gamma(m) times the sum of their magnitudes (Higham 2002, section 4.2), gamma(m) = m e / (1 - m
   * e), e the unit roundoff, m = d + 1 and a few more for what was rounded before. The magnitudes
   * add up to at most {@code |z_i|^2 + |z_j|^2}, and {@code |z_j|} is at most {@code |z_i|} and the
   * distance. The last term is for products below the range.
   *
   * @param roundoff {@link #FLOAT} or {@link #DOUBLE}
   */
  double reach(int i, double squared, double roundoff) {
    double m = (d + ROUNDINGS) * roundoff;
    // A sum of squares is off by a few roundings per term of its own value.
    double most = squared * (1 + 2 * (d + ROUNDINGS) * DOUBLE);
    double norm = Math.sqrt(2 * half[i]) + Math.sqrt(most);
    return most / 2 + m / (1 - m) * (2 * half[i] + norm * norm) + d * 0x1p-140;
  }

  /** Sum of squares of d numbers. */
  private static double squares(double[] a, int at, int d) {
    double sum = 0;
    for (int j = at; j < at + d; j++) {
      sum += a[j] * a[j];
    }
    return sum;
  }

  /** Squared distance of two points as {@link #read} gives them, in four interleaved sums. */
  static double squared(double[] a, double[] b) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int j = 0;
    for (; j + 3 < a.length; j += 4) {
      double d0 = a[j] - b[j];
      double d1 = a[j + 1] - b[j + 1];
      double d2 = a[j + 2] - b[j + 2];
      double d3 = a[j + 3] - b[j + 3];
      s0 += d0 * d0;
      s1 += d1 * d1;
      s2 += d2 * d2;
      s3 += d3 * d3;
    }
    for (; j < a.length; j++) {
      s0 += (a[j] - b[j]) * (a[j] - b[j]);
    }
    return s0 + s1 + (s2 + s3);
  }
}
