package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.instrument.Task;
import dev.orograph.stats.Magnitudes;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures {@link EntryFigures}. Tensors of a 16-bit type are reduced to a table of 65,536 counts
 * in one pass, from which every figure follows; others are read up to three times, in loops without
 * branches, since where a weight lies among the thresholds cannot be predicted.
 */
final class EntryStatistics {
  /** The seed's thresholds. */
  static final float[] THRESHOLDS = {1e-6f, 1e-4f, 1e-3f, 1e-2f, 1e-1f};

  /** The sound thresholds, in standard deviations. */
  static final double[] IN_DEVIATIONS = {0.01, 0.1, 0.5};

  private static final int CHUNK = 1 << 13;

  /** Deviation over mean below which it is looked up whether there is any at all. */
  private static final double NEARLY_CONSTANT = 1e-9;

  private EntryStatistics() {}

  static EntryFigures of(Task<StoredTensor> task, TensorData data, boolean sound) {
    Values values = data.info().dtype().elementBytes() == 2 ? new Table(data) : new Stream(data);
    Totals t = values.totals();
    List<Long> below = new ArrayList<>();
    for (long b : t.below) {
      below.add(b);
    }
    long n = t.count - t.nonFinite;
    double mean = n == 0 ? 0 : t.sum / n;
    Double deviation = null;
    if (n > 0 && sound) {
      double[] central = values.central(mean, t.nonFinite > 0);
      double variance = central[0] / n;
      deviation = Math.sqrt(variance);
      if (deviation < NEARLY_CONSTANT * Math.abs(mean) && values.constant()) {
        // A rounded mean, not a spread.
        deviation = 0.0;
      } else if (variance > 0) {
        Magnitudes m = new Magnitudes(n, deviation, IN_DEVIATIONS);
        values.ascending(m);
        List<Double> shares = new ArrayList<>();
        for (double share : m.shares()) {
          shares.add(share);
        }
        double kurtosis = central[1] / n / (variance * variance);
        return new EntryFigures(
            task,
            t.nonFinite,
            t.zeros,
            below,
            mean,
            deviation,
            t.largest,
            shares,
            kurtosis,
            m.hoyer(),
            m.gini(),
            LineNorms.unlike(task, data));
      }
    }
    return new EntryFigures(
        task,
        t.nonFinite,
        t.zeros,
        below,
        mean,
        deviation,
        t.largest,
        null,
        null,
        null,
        null,
        List.of());
  }

  /** Whether a value counts: finite, also as float32. */
  private static boolean finite(double v) {
    return (float) Math.abs(v) <= Float.MAX_VALUE;
  }

  private static final class Totals {
    long count;
    long nonFinite;
    long zeros;
    double sum;
    double largest;
    final long[] below = new long[THRESHOLDS.length];
  }

  private interface Values {
    Totals totals();

    /** Sums of squares and fourth powers of differences from the mean. */
    double[] central(double mean, boolean someNotFinite);

    /** Whether all finite values are one and the same. */
    boolean constant();

    void ascending(Magnitudes m);
  }

  /** A tensor of a 16-bit type as counts of its 65,536 patterns. */
  private static final class Table implements Values {
    private final long[] counts = new long[1 << 16];
    private final double[] decoded = new double[1 << 16];
    private final long n;

    Table(TensorData data) {
      n = data.info().count();
      int[] recent = new int[1 << 16];
      short[] raw = new short[1 << 16];
      int since = 0;
      for (long at = 0; at < n; at += raw.length) {
        int length = (int) Math.min(raw.length, n - at);
        data.readRaw(at, raw, 0, length);
        for (int i = 0; i < length; i++) {
          recent[raw[i] & 0xffff]++;
        }
        if (++since == 1 << 14) {
          since = 0;
          drain(recent);
        }
      }
      drain(recent);
      for (int i = 0; i < decoded.length; i++) {
        decoded[i] = data.info().dtype().decode(i);
      }
    }

    private void drain(int[] recent) {
      for (int i = 0; i < counts.length; i++) {
        counts[i] += recent[i];
        recent[i] = 0;
      }
    }

    @Override
    public Totals totals() {
      Totals t = new Totals();
      t.count = n;
      for (int i = 0; i < counts.length; i++) {
        double v = decoded[i];
        if (!finite(v)) {
          t.nonFinite += counts[i];
        } else if (counts[i] > 0) {
          t.sum += v * counts[i];
          double a = Math.abs(v);
          t.largest = Math.max(t.largest, a);
          t.zeros += a == 0 ? counts[i] : 0;
          for (int k = 0; k < THRESHOLDS.length; k++) {
            t.below[k] += (float) a < THRESHOLDS[k] ? counts[i] : 0;
          }
        }
      }
      return t;
    }

    @Override
    public double[] central(double mean, boolean someNotFinite) {
      double[] sums = new double[2];
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] > 0 && finite(decoded[i])) {
          double d = decoded[i] - mean;
          sums[0] += d * d * counts[i];
          sums[1] += d * d * (d * d) * counts[i];
        }
      }
      return sums;
    }

    @Override
    public boolean constant() {
      int different = 0;
      for (int i = 0; i < counts.length; i++) {
        different += counts[i] > 0 && finite(decoded[i]) ? 1 : 0;
      }
      return different == 1;
    }

    @Override
    public void ascending(Magnitudes m) {
      // The lower 15 bits of F16 and BF16 order magnitudes.
      for (int i = 0; i < 1 << 15; i++) {
        long times = counts[i] + counts[i | (1 << 15)];
        if (times > 0 && finite(decoded[i])) {
          m.add(decoded[i], times);
        }
      }
    }
  }

  /** A tensor of any other type, decoded chunk by chunk. */
  private static final class Stream implements Values {
    private static final int INFINITE = 0x7f800000;
    private final TensorData data;
    private final long n;
    private final double[] chunk = new double[CHUNK];

    Stream(TensorData data) {
      this.data = data;
      this.n = data.info().count();
    }

    @Override
    public Totals totals() {
      Totals t = new Totals();
      t.count = n;
      int[] bits = new int[CHUNK];
      int[] limits = new int[THRESHOLDS.length];
      for (int k = 0; k < limits.length; k++) {
        limits[k] = Float.floatToRawIntBits(THRESHOLDS[k]);
      }
      for (long at = 0; at < n; at += CHUNK) {
        int length = (int) Math.min(CHUNK, n - at);
        data.read(at, chunk, 0, length);
        int largest = 0;
        for (int i = 0; i < length; i++) {
          bits[i] = Float.floatToRawIntBits((float) chunk[i]) & 0x7fffffff;
          largest = Math.max(largest, bits[i]);
        }
        // Counted on the float64 values: a tiny one is no zero for being one as float32.
        t.zeros += zeros(length);
        if (largest >= INFINITE) {
          dropNonFinite(t, bits, length);
        }
        t.sum += sum(length);
        t.largest = Math.max(t.largest, largest(length, largest));
        for (int k = 0; k < limits.length; k++) {
          t.below[k] += below(bits, length, limits[k]);
        }
      }
      return t;
    }

    /** Counts non-finite entries and turns them into something that no threshold counts. */
    private void dropNonFinite(Totals t, int[] bits, int length) {
      for (int i = 0; i < length; i++) {
        if (bits[i] >= INFINITE) {
          t.nonFinite++;
          chunk[i] = 0;
        }
      }
    }

    private int zeros(int length) {
      int count = 0;
      for (int i = 0; i < length; i++) {
        count += chunk[i] == 0 ? 1 : 0;
      }
      return count;
    }

    private static int below(int[] bits, int length, int limit) {
      int count = 0;
      for (int i = 0; i < length; i++) {
        count += (bits[i] - limit) >>> 31;
      }
      return count;
    }

    private double sum(int length) {
      double a = 0;
      double b = 0;
      double c = 0;
      double d = 0;
      int i = 0;
      for (; i + 3 < length; i += 4) {
        a += chunk[i];
        b += chunk[i + 1];
        c += chunk[i + 2];
        d += chunk[i + 3];
      }
      for (; i < length; i++) {
        a += chunk[i];
      }
      return a + b + (c + d);
    }

    /** Largest magnitude; of the 4-byte types it is known from the largest pattern. */
    private double largest(int length, int bits) {
      if (bits < INFINITE && data.info().dtype().elementBytes() <= Float.BYTES) {
        return Float.intBitsToFloat(bits);
      }
      double most = 0;
      for (int i = 0; i < length; i++) {
        most = Math.max(most, Math.abs(chunk[i]));
      }
      return most;
    }

    @Override
    public double[] central(double mean, boolean someNotFinite) {
      double[] sums = new double[2];
      for (long at = 0; at < n; at += CHUNK) {
        int length = (int) Math.min(CHUNK, n - at);
        data.read(at, chunk, 0, length);
        if (someNotFinite) {
          for (int i = 0; i < length; i++) {
            chunk[i] = finite(chunk[i]) ? chunk[i] : mean;
          }
        }
        double second = 0;
        double fourth = 0;
        for (int i = 0; i < length; i++) {
          double d = chunk[i] - mean;
          second += d * d;
          fourth += d * d * (d * d);
        }
        sums[0] += second;
        sums[1] += fourth;
      }
      return sums;
    }

    @Override
    public boolean constant() {
      double first = Double.NaN;
      for (long at = 0; at < n; at += CHUNK) {
        int length = (int) Math.min(CHUNK, n - at);
        data.read(at, chunk, 0, length);
        for (int i = 0; i < length; i++) {
          if (finite(chunk[i])) {
            first = Double.isNaN(first) ? chunk[i] : first;
            if (chunk[i] != first) {
              return false;
            }
          }
        }
      }
      return true;
    }

    @Override
    public void ascending(Magnitudes m) {
      m.addAll(n, data::read);
    }
  }
}
