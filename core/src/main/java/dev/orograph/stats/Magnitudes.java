package dev.orograph.stats;

import java.util.Arrays;

/**
 * Figures of the magnitudes a = |w| of N numbers that need them in ascending order: Gini, Hoyer,
 * and shares below multiples of a standard deviation. Numbers are ordered as float32.
 *
 * <ul>
 *   <li>Gini G = 2 sum_i i a_(i) / (N sum a) - (N + 1) / N; a centred Gaussian's is sqrt 2 - 1.
 *   <li>Hoyer H = (sqrt N - |a|_1 / |a|_2) / (sqrt N - 1); Hoyer 2004. A centred Gaussian's tends
 *       to 1 - sqrt(2 / pi) = 0.2021.
 * </ul>
 */
public final class Magnitudes {
  /** Most numbers sorted at once: 2 x 16 MiB. */
  private static final int GROUP = 1 << 22;

  private static final int CHUNK = 1 << 13;
  private static final int INFINITE = 0x7f800000;

  private final long total;
  private final double[] limits;
  private final long[] below;
  private long seen;
  private double sum;
  private double squares;
  private double ranked;

  /** Reads float32 values. */
  public interface Source {
    /** Copies values. */
    void read(long from, float[] into, int offset, int length);
  }

  /**
   * Starts empty.
   *
   * @param total how many numbers there will be
   * @param deviation their standard deviation
   * @param multiples shares are asked for below these multiples of it
   */
  public Magnitudes(long total, double deviation, double[] multiples) {
    this.total = total;
    this.limits = multiples.clone();
    this.below = new long[multiples.length];
    for (int i = 0; i < limits.length; i++) {
      limits[i] *= deviation;
    }
  }

  /** Adds {@code times} numbers of magnitude {@code a}, not smaller than any before. */
  public void add(double a, long times) {
    sum += a * times;
    squares += a * a * times;
    ranked += a * ((double) seen * times + 0.5 * times * (times + 1.0));
    seen += times;
    for (int i = 0; i < limits.length; i++) {
      if (a < limits[i]) {
        below[i] += times;
      }
    }
  }

  /** Adds {@code count} numbers in any order; NaN and infinite ones are passed over. */
  public void addAll(long count, Source source) {
    if (count <= GROUP) {
      addRange(count, source, 0, INFINITE, (int) count);
      return;
    }
    split(count, source, 0, INFINITE);
  }

  /** Cuts [low, high) of float32 patterns into groups that can be sorted at once. */
  private void split(long count, Source source, int low, int high) {
    int shift = Math.max(0, 32 - Integer.numberOfLeadingZeros(high - low - 1) - 12);
    long[] histogram = new long[((high - low - 1) >>> shift) + 1];
    scan(count, source, low, high, bits -> histogram[(bits - low) >>> shift]++);
    int bin = 0;
    while (bin < histogram.length) {
      int first = bin;
      long size = histogram[bin++];
      while (bin < histogram.length && size + histogram[bin] <= GROUP) {
        size += histogram[bin++];
      }
      int from = low + (first << shift);
      int to = bin == histogram.length ? high : low + (bin << shift);
      if (size == 0) {
        continue;
      }
      if (size <= GROUP) {
        addRange(count, source, from, to, (int) size);
      } else if (shift == 0) {
        add(Float.intBitsToFloat(from), size);
      } else {
        split(count, source, from, to);
      }
    }
  }

  private void addRange(long count, Source source, int low, int high, int most) {
    int[] gathered = new int[most];
    int[] n = {0};
    scan(count, source, low, high, bits -> gathered[n[0]++] = bits);
    RadixSort.sort(gathered, n[0]);
    for (int i = 0; i < n[0]; i++) {
      add(Float.intBitsToFloat(gathered[i]), 1);
    }
  }

  private interface Bits {
    void accept(int bits);
  }

  private static void scan(long count, Source source, int low, int high, Bits sink) {
    float[] chunk = new float[CHUNK];
    for (long at = 0; at < count; at += CHUNK) {
      int n = (int) Math.min(CHUNK, count - at);
      source.read(at, chunk, 0, n);
      for (int i = 0; i < n; i++) {
        int bits = Float.floatToRawIntBits(chunk[i]) & 0x7fffffff;
        if (bits >= low && bits < high) {
          sink.accept(bits);
        }
      }
    }
  }

  /** Shares below the limits. */
  public double[] shares() {
    return Arrays.stream(below).mapToDouble(b -> (double) b / complete()).toArray();
  }

  /** Gini coefficient; 0 of all zeros. */
  public double gini() {
    double n = complete();
    return sum == 0 ? 0 : 2 * ranked / (n * sum) - (n + 1) / n;
  }

  /** Hoyer's sparseness; 0 of all zeros or a single number. */
  public double hoyer() {
    double root = Math.sqrt((double) complete());
    return sum == 0 || root == 1 ? 0 : (root - sum / Math.sqrt(squares)) / (root - 1);
  }

  private long complete() {
    if (seen != total) {
      throw new IllegalStateException(seen + " of " + total + " numbers were added");
    }
    return total;
  }
}
