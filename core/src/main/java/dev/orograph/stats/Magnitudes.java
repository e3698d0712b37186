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

  /** From so many numbers on, counting is faster. */
  private static final int FEWEST_COUNTED = 1 << 20;

  /** Last bits of a pattern that groups leave out. */
  private static final int SHIFT = 10;

  private static final int REST = (1 << SHIFT) - 1;
  private static final double NEGLIGIBLE = 1e-8;
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

  /**
   * Adds {@code count} numbers in any order; NaN and infinite ones are passed over. The order
   * within groups of neighbouring patterns (2^-13 apart) is not looked at where it cannot matter:
   * where the Gini coefficient is then off by less than {@value #NEGLIGIBLE}, and usually by 1e-13.
   */
  public void addAll(long count, Source source) {
    if (seen == 0 && count >= FEWEST_COUNTED && counted(count, source)) {
      return;
    }
    if (count <= GROUP) {
      addRange(count, source, 0, INFINITE, (int) count);
      return;
    }
    split(count, source, 0, INFINITE);
  }

  /** Adds all of them by counting patterns without their last bits; false where that is not fit. */
  private boolean counted(long count, Source source) {
    int[] counts = new int[(INFINITE >>> SHIFT) + 1];
    long[] rests = new long[counts.length];
    float[] chunk = new float[CHUNK];
    int[] bounds = new int[limits.length];
    for (int k = 0; k < bounds.length; k++) {
      // a < limit for a float a means a < the smallest float that is not below the limit.
      float up = (float) limits[k];
      bounds[k] = Float.floatToRawIntBits(up < limits[k] ? Math.nextUp(up) : up);
    }
    long[] smaller = new long[bounds.length];
    double sums = 0;
    for (long at = 0; at < count; at += CHUNK) {
      int n = (int) Math.min(CHUNK, count - at);
      source.read(at, chunk, 0, n);
      for (int i = 0; i < n; i++) {
        int bits = Float.floatToRawIntBits(chunk[i]) & 0x7fffffff;
        int group = Math.min(bits, INFINITE) >>> SHIFT;
        counts[group]++;
        rests[group] += bits & REST;
      }
      sums += squares(chunk, n);
      for (int k = 0; k < bounds.length; k++) {
        int less = 0;
        for (int i = 0; i < n; i++) {
          less += ((Float.floatToRawIntBits(chunk[i]) & 0x7fffffff) - bounds[k]) >>> 31;
        }
        smaller[k] += less;
      }
    }
    double blurred = 0;
    double total = 0;
    double weighted = 0;
    long before = 0;
    for (int g = 0; g < counts.length - 1; g++) {
      if (counts[g] > 0) {
        double n = counts[g];
        double base = Float.intBitsToFloat(g << SHIFT);
        double step = Float.intBitsToFloat((g << SHIFT) + 1) - base;
        double part = n * base + rests[g] * step;
        double width = step * (REST + 1);
        total += part;
        // In order, n random numbers within the width rise by width / (n + 1) each on average.
        weighted += part * (before + (n + 1) / 2) + width * n * (n - 1) / 12;
        blurred += width * n * n / 6;
        before += counts[g];
      }
    }
    if (2 * blurred > NEGLIGIBLE * total * before) {
      return false;
    }
    sum = total;
    squares = sums;
    ranked = weighted;
    seen = before;
    System.arraycopy(smaller, 0, below, 0, below.length);
    return true;
  }

  /** Sum of squares of the finite ones among the first n. */
  private static double squares(float[] chunk, int n) {
    double even = 0;
    double odd = 0;
    for (int i = 0; i + 1 < n; i += 2) {
      even += (double) chunk[i] * chunk[i];
      odd += (double) chunk[i + 1] * chunk[i + 1];
    }
    if (n % 2 == 1) {
      even += (double) chunk[n - 1] * chunk[n - 1];
    }
    if (Double.isFinite(even + odd)) {
      return even + odd;
    }
    double finite = 0;
    for (int i = 0; i < n; i++) {
      finite += Float.isFinite(chunk[i]) ? (double) chunk[i] * chunk[i] : 0;
    }
    return finite;
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
