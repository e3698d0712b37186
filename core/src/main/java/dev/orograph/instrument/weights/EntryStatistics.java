package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.stats.Magnitudes;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures {@link EntryFigures}. Tensors of a 16-bit type are reduced to a table of 65,536 counts
 * in one pass, from which every figure follows exactly; others are read three times.
 */
final class EntryStatistics {
  /** The seed's thresholds. */
  static final float[] THRESHOLDS = {1e-6f, 1e-4f, 1e-3f, 1e-2f, 1e-1f};

  /** The sound thresholds, in standard deviations. */
  static final double[] IN_DEVIATIONS = {0.01, 0.1, 0.5};

  private static final int CHUNK = 1 << 13;

  private EntryStatistics() {}

  static EntryFigures of(WeightPiece piece, TensorData data, boolean sound) {
    Values values =
        data.info().dtype().bytes() == 2 ? new Table(data) : new Stream(data, data.info().count());
    Totals t = new Totals();
    values.forEach(t);
    long n = t.count;
    if (n == 0) {
      List<Long> none = List.of(0L, 0L, 0L, 0L, 0L);
      return new EntryFigures(piece, t.nonFinite, 0, none, 0, null, 0, null, null, null, null);
    }
    double mean = t.sum / n;
    List<Long> below = new ArrayList<>();
    for (long b : t.below) {
      below.add(b);
    }
    if (!sound) {
      return new EntryFigures(
          piece, t.nonFinite, t.zeros, below, mean, null, t.largest, null, null, null, null);
    }
    Centred c = new Centred(mean);
    values.forEach(c);
    double variance = c.second / n;
    double deviation = Math.sqrt(variance);
    if (variance == 0) {
      return new EntryFigures(
          piece, t.nonFinite, t.zeros, below, mean, deviation, t.largest, null, null, null, null);
    }
    Magnitudes m = new Magnitudes(n, deviation, IN_DEVIATIONS);
    values.ascending(m);
    List<Double> shares = new ArrayList<>();
    for (double share : m.shares()) {
      shares.add(share);
    }
    return new EntryFigures(
        piece,
        t.nonFinite,
        t.zeros,
        below,
        mean,
        deviation,
        t.largest,
        shares,
        c.fourth / n / (variance * variance),
        m.hoyer(),
        m.gini());
  }

  /** Receives values with how often each occurs. */
  private interface Visitor {
    void visit(double value, long count);

    default void endOfChunk() {}
  }

  private interface Values {
    void forEach(Visitor v);

    void ascending(Magnitudes m);
  }

  private static final class Totals implements Visitor {
    long count;
    long nonFinite;
    long zeros;
    double sum;
    double largest;
    final long[] below = new long[THRESHOLDS.length];
    private double chunk;

    @Override
    public void visit(double value, long times) {
      double a = Math.abs(value);
      if (!((float) a <= Float.MAX_VALUE)) {
        nonFinite += times;
        return;
      }
      count += times;
      chunk += value * times;
      if (a > largest) {
        largest = a;
      }
      if (a == 0) {
        zeros += times;
      }
      float f = (float) a;
      for (int i = THRESHOLDS.length - 1; i >= 0 && f < THRESHOLDS[i]; i--) {
        below[i] += times;
      }
    }

    @Override
    public void endOfChunk() {
      sum += chunk;
      chunk = 0;
    }
  }

  private static final class Centred implements Visitor {
    private final double mean;
    double second;
    double fourth;
    private double chunk2;
    private double chunk4;

    Centred(double mean) {
      this.mean = mean;
    }

    @Override
    public void visit(double value, long times) {
      double d = value - mean;
      double d2 = d * d;
      if ((float) Math.abs(value) <= Float.MAX_VALUE) {
        chunk2 += d2 * times;
        chunk4 += d2 * d2 * times;
      }
    }

    @Override
    public void endOfChunk() {
      second += chunk2;
      fourth += chunk4;
      chunk2 = 0;
      chunk4 = 0;
    }
  }

  /** A tensor of a 16-bit type as counts of its 65,536 patterns. */
  private static final class Table implements Values {
    private final long[] counts = new long[1 << 16];
    private final double[] decoded = new double[1 << 16];

    Table(TensorData data) {
      int[] chunkCounts = new int[1 << 16];
      short[] raw = new short[1 << 16];
      long n = data.info().count();
      int since = 0;
      for (long at = 0; at < n; at += raw.length) {
        int length = (int) Math.min(raw.length, n - at);
        data.readRaw(at, raw, 0, length);
        for (int i = 0; i < length; i++) {
          chunkCounts[raw[i] & 0xffff]++;
        }
        if (++since == 1 << 14) {
          since = 0;
          drain(chunkCounts);
        }
      }
      drain(chunkCounts);
      for (int i = 0; i < decoded.length; i++) {
        decoded[i] = data.info().dtype().decode(i);
      }
    }

    private void drain(int[] chunkCounts) {
      for (int i = 0; i < counts.length; i++) {
        counts[i] += chunkCounts[i];
        chunkCounts[i] = 0;
      }
    }

    @Override
    public void forEach(Visitor v) {
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] > 0) {
          v.visit(decoded[i], counts[i]);
        }
        if ((i & 0xff) == 0xff) {
          v.endOfChunk();
        }
      }
    }

    @Override
    public void ascending(Magnitudes m) {
      // The lower 15 bits of F16 and BF16 order magnitudes.
      for (int i = 0; i < 1 << 15; i++) {
        long times = counts[i] + counts[i | 1 << 15];
        if (times > 0 && Double.isFinite(decoded[i])) {
          m.add(decoded[i], times);
        }
      }
    }
  }

  /** A tensor of any other type, decoded chunk by chunk. */
  private static final class Stream implements Values {
    private final TensorData data;
    private final long count;
    private final double[] chunk = new double[CHUNK];

    Stream(TensorData data, long count) {
      this.data = data;
      this.count = count;
    }

    @Override
    public void forEach(Visitor v) {
      for (long at = 0; at < count; at += CHUNK) {
        int n = (int) Math.min(CHUNK, count - at);
        data.read(at, chunk, 0, n);
        for (int i = 0; i < n; i++) {
          v.visit(chunk[i], 1);
        }
        v.endOfChunk();
      }
    }

    @Override
    public void ascending(Magnitudes m) {
      m.addAll(count, data::read);
    }
  }
}
