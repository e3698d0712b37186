package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.geometry.MarchenkoPastur;
import dev.orograph.geometry.PowerLaw;
import dev.orograph.geometry.Spectrum;
import dev.orograph.geometry.TailComparison;
import dev.orograph.geometry.TracyWidom;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.weights.SpectrumFigures.Figures;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.Scope;
import dev.orograph.linalg.SingularValues;
import dev.orograph.random.Generator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** Measures the spectrum of one matrix and of its shuffled copies. */
final class SpectrumMeasurement {
  private static final int CHUNK = 1 << 13;
  private static final int POINTS = 33;

  /** Singular values that a result holds itself: to make and delete a file takes longer. */
  private static final int FEW_VALUES = 32;

  /** Values up to which the bootstrap has so many draws. */
  private static final int MANY_UP_TO = 512;

  private static final int MANY = 100;
  private static final int FEW_UP_TO = 1024;
  private static final int FEW = 40;

  private SpectrumMeasurement() {}

  static SpectrumFigures measure(
      Work work, WeightSettings settings, Task<StoredTensor> task, TensorData data) {
    if (!task.detail().matrix()) {
      return SpectrumFigures.none(task, 0, 0);
    }
    Entries w = new TensorEntries(data);
    Pass pass = new Pass(w, 1);
    if (pass.nonFinite > 0) {
      return SpectrumFigures.none(task, pass.nonFinite, pass.zeroRows);
    }
    double scale = SingularValues.scale(pass.largest);
    if (scale != 1) {
      pass = new Pass(w, scale);
    }
    SingularValues decomposed = SingularValues.of(w, scale, task.nativeThreads());
    double[] s = decomposed.values();
    Edges edges =
        new Edges(
            MarchenkoPastur.edge(pass.deviation(), w.rows(), w.columns()),
            TracyWidom.edge(pass.deviation(), w.rows(), w.columns()));
    double floor = floor(data.info(), s[0]);
    Figures own = figures(s, edges, floor, settings.sound());
    List<Figures> shuffled = new ArrayList<>();
    List<Double> shuffledQuantiles = List.of();
    List<double[]> copies = new ArrayList<>();
    Generator generator = work.generator(task);
    if (task.detail().draws() > 0) {
      try (Scope scope = new Scope()) {
        ShuffledEntries copy = new ShuffledEntries(data, scope);
        for (int i = 0; i < task.detail().draws(); i++) {
          work.checkCancelled();
          copy.shuffle(generator);
          double[] values = SingularValues.of(copy, scale, task.nativeThreads()).values();
          shuffled.add(figures(values, edges, floor, true));
          copies.add(values);
          if (i == 0) {
            shuffledQuantiles = quantiles(values, s[0]);
          }
        }
      }
    }
    TailComparison tails =
        own.tail() == null
            ? null
            : TailComparison.of(s, floor, own.tail(), resamples(s.length), generator);
    List<Double> few = List.of();
    if (s.length <= FEW_VALUES) {
      few = Arrays.stream(s).boxed().toList();
    } else {
      Path file = work.arrays().resolve("singular_values.safetensors");
      SafetensorsWriter.writeUnforced(file, List.of(array(task, s)));
    }
    return new SpectrumFigures(
        task,
        0,
        pass.zeroRows,
        decomposed.direct(),
        own,
        shuffled,
        (int) Arrays.stream(s).filter(v -> v > floor).count(),
        tails,
        distance(s, copies, -1),
        apart(copies),
        pass.mean(),
        pass.deviation(),
        quantiles(s, s[0]),
        shuffledQuantiles,
        few);
  }

  /** The singular values of a task as an array under its tensor's name. */
  static Entry array(Task<StoredTensor> task, double[] s) {
    return Entry.of(SafetensorsWriter.arrayName(task.label(), task.detail().index()), s, s.length);
  }

  /**
   * What singular values are not told from rounding: those below the unit roundoff of float32 times
   * s1, or for float64 entries of float64 times the longer side.
   */
  private static double floor(TensorInfo t, double largest) {
    return t.dtype() == DType.F64
        ? largest * Math.ulp(1.0) * Math.max(t.rows(), t.columns())
        : largest * 0x1p-24;
  }

  /** Up to where noise reaches: the Marchenko-Pastur and the Tracy-Widom edge. */
  private record Edges(double bulk, double soft) {}

  /** How often the power law is drawn anew and fitted, which costs the square of the values. */
  private static int resamples(int values) {
    return values <= MANY_UP_TO ? MANY : values <= FEW_UP_TO ? FEW : 0;
  }

  /** How far each copy is from the others; empty where there are none, or all are zero. */
  private static List<Double> apart(List<double[]> copies) {
    return IntStream.range(0, copies.size() < 2 ? 0 : copies.size())
        .mapToObj(i -> distance(copies.get(i), copies, i))
        .filter(Objects::nonNull)
        .toList();
  }

  /**
   * Mean Wasserstein-1 distance of the squares of singular values from those of copies, over their
   * mean: of as many values as there are it is the mean distance of those of one rank.
   *
   * @param but the copy that the values are, or -1
   */
  private static Double distance(double[] s, List<double[]> copies, int but) {
    double squares = 0;
    for (double v : s) {
      squares += v / s[0] * (v / s[0]);
    }
    if (copies.isEmpty() || !(squares > 0)) {
      return null;
    }
    double sum = 0;
    for (int c = 0; c < copies.size(); c++) {
      for (int i = 0; i < s.length && c != but; i++) {
        double own = s[i] / s[0];
        double other = copies.get(c)[i] / s[0];
        sum += Math.abs(own * own - other * other);
      }
    }
    return sum / squares / (but < 0 ? copies.size() : copies.size() - 1);
  }

  private static Figures figures(double[] s, Edges edges, double floor, boolean sound) {
    Spectrum spectrum = new Spectrum(s);
    PowerLaw tail = sound ? PowerLaw.ofSquares(s, floor) : null;
    return new Figures(
        spectrum.stableRank(),
        spectrum.participationRatio(),
        spectrum.activeShare(),
        spectrum.rankAt(0.9),
        spectrum.largest(),
        spectrum.smallest(),
        spectrum.condition(),
        spectrum.frobenius(),
        spectrum.effectiveRank(),
        edges.bulk(),
        MarchenkoPastur.spikes(s, edges.bulk()),
        edges.soft(),
        MarchenkoPastur.spikes(s, edges.soft()),
        tail);
  }

  private static List<Double> quantiles(double[] s, double unit) {
    List<Double> q = new ArrayList<>();
    for (int i = 0; i < POINTS; i++) {
      double at = (double) i * (s.length - 1) / (POINTS - 1);
      int k = (int) at;
      double next = s[Math.min(k + 1, s.length - 1)];
      q.add(unit > 0 ? (s[k] + (at - k) * (next - s[k])) / unit : 0);
    }
    return q;
  }

  /** One reading pass: what is not finite, zero rows, mean and variance about the first entry. */
  private static final class Pass {
    private final double scale;
    private final double count;
    private double shift;
    private double sum;
    private double squares;
    private long nonFinite;
    private long zeroRows;
    private double largest;

    Pass(Entries w, double scale) {
      this.scale = scale;
      long n = w.rows() * w.columns();
      count = n;
      double[] chunk = new double[CHUNK];
      double rowLargest = 0;
      long column = 0;
      for (long at = 0; at < n; at += CHUNK) {
        int length = (int) Math.min(CHUNK, n - at);
        w.read(at, chunk, 0, length);
        shift = at == 0 && Double.isFinite(chunk[0]) ? chunk[0] * scale : shift;
        for (int i = 0; i < length; ) {
          int end = (int) Math.min(length, i + w.columns() - column);
          column += end - i;
          rowLargest = Math.max(rowLargest, segment(chunk, i, end));
          i = end;
          if (column == w.columns()) {
            zeroRows += rowLargest == 0 ? 1 : 0;
            rowLargest = 0;
            column = 0;
          }
        }
      }
    }

    private double segment(double[] chunk, int from, int to) {
      // Several chains side by side: one alone would wait for every addition.
      double sumA = 0;
      double sumB = 0;
      double squaresA = 0;
      double squaresB = 0;
      double largestA = 0;
      double largestB = 0;
      int i = from;
      for (; i + 1 < to; i += 2) {
        double v = chunk[i] * scale;
        double w = chunk[i + 1] * scale;
        sumA += v - shift;
        sumB += w - shift;
        squaresA += (v - shift) * (v - shift);
        squaresB += (w - shift) * (w - shift);
        largestA = Math.abs(v) > largestA ? Math.abs(v) : largestA;
        largestB = Math.abs(w) > largestB ? Math.abs(w) : largestB;
      }
      for (; i < to; i++) {
        double v = chunk[i] * scale;
        sumA += v - shift;
        squaresA += (v - shift) * (v - shift);
        largestA = Math.max(largestA, Math.abs(v));
      }
      double partSum = sumA + sumB;
      double partSquares = squaresA + squaresB;
      double partLargest = Math.max(largestA, largestB);
      if (!Double.isFinite(partSum)) {
        for (int k = from; k < to; k++) {
          nonFinite += Double.isFinite(chunk[k]) ? 0 : 1;
        }
      }
      sum += partSum;
      squares += partSquares;
      largest = Math.max(largest, partLargest);
      return partLargest;
    }

    double mean() {
      return (shift + sum / count) / scale;
    }

    double deviation() {
      double offset = sum / count;
      return Math.sqrt(Math.max(0, squares / count - offset * offset)) / scale;
    }
  }
}
