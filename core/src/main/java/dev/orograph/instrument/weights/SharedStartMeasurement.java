package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.linalg.InnerProduct;
import dev.orograph.model.Model;
import dev.orograph.random.Generator;
import dev.orograph.stats.Estimate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/** Measures one task of {@link SharedStart}. */
final class SharedStartMeasurement {
  private static final int PANEL = 1 << 18;
  private static final int DRAWS = 19;

  private final Work work;
  private final boolean sound;
  private final Task<SharedStart.Pair> task;
  private final List<String> names;

  SharedStartMeasurement(Work work, WeightSettings settings, Task<SharedStart.Pair> task) {
    this.work = work;
    this.sound = settings.sound();
    this.task = task;
    this.names = List.of(work.model(0).name(), work.model(1).name());
  }

  SharedStartFigures figures() {
    return task.detail().attention() != null
        ? heads()
        : task.detail().tensor().isEmpty() ? layers() : tensors();
  }

  private static TensorData map(Model model, String name) {
    return model.checkpoint().map(model.parameter(name).orElseThrow().tensor());
  }

  /** What one pass over the two adds up. */
  private static final class Sums {
    private final int columns;
    private final double[] byColumn;
    private final double[] byColumn2;
    private final double[] drawn = new double[DRAWS];
    private final int[][] orders;
    private double aa;
    private double bb;
    private double ab;
    private double apart;
    private double sumA;
    private double sumB;
    private double rowsA;
    private double rowsB;
    private long nonFinite;

    Sums(int columns, int[][] orders) {
      this.columns = columns;
      this.orders = orders;
      this.byColumn = new double[columns];
      this.byColumn2 = new double[columns];
    }

    /** Adds a row. */
    void row(double[] a, double[] b, int at) {
      double x = 0;
      double y = 0;
      for (int j = 0; j < columns; j++) {
        double p = a[at + j];
        double q = b[at + j];
        if (!Double.isFinite(p) || !Double.isFinite(q)) {
          nonFinite++;
        }
        aa += p * p;
        bb += q * q;
        ab += p * q;
        apart += (p - q) * (p - q);
        x += p;
        y += q;
        byColumn[j] += p;
        byColumn2[j] += q;
      }
      sumA += x;
      sumB += y;
      rowsA += x * x;
      rowsB += y * y;
      for (int d = 0; d < orders.length; d++) {
        int[] order = orders[d];
        double dot = 0;
        for (int j = 0; j < columns; j++) {
          dot += a[at + j] * b[at + order[j]];
        }
        drawn[d] += dot;
      }
    }
  }

  private SharedStartFigures tensors() {
    String name = task.detail().tensor();
    try (TensorData first = map(work.model(0), name);
        TensorData second = map(work.model(1), name)) {
      List<Long> shape = first.info().shape();
      boolean vector = shape.size() == 1;
      long rows = vector ? 1 : shape.get(0);
      int columns = Math.toIntExact(first.info().count() / rows);
      int[][] orders = new int[task.detail().named() && sound ? DRAWS : 0][];
      Generator g = work.generator(task);
      for (int d = 0; d < orders.length; d++) {
        orders[d] = g.permutation(columns);
      }
      Sums s = new Sums(columns, orders);
      int most = (int) Math.max(1, Math.min(rows, PANEL / columns));
      double[] a = new double[Math.multiplyExact(most, columns)];
      double[] b = new double[a.length];
      for (long from = 0; from < rows; from += most) {
        work.checkCancelled();
        int n = (int) Math.min(most, rows - from);
        first.read(from * columns, a, 0, n * columns);
        second.read(from * columns, b, 0, n * columns);
        for (int i = 0; i < n; i++) {
          s.row(a, b, i * columns);
        }
      }
      SharedStartFigures f = of(s, shape, rows);
      // Of matrices begun apart a difference says nothing.
      return shape.size() == 2 && rows > 1 && columns > 1 && f.counts() && f.shared()
          ? f.with(MovedMatrix.of(new TensorEntries(first), new TensorEntries(second), sound))
          : f;
    }
  }

  private SharedStartFigures of(Sums s, List<Long> shape, long rows) {
    double scale = Math.sqrt(s.aa) * Math.sqrt(s.bb);
    if (s.nonFinite > 0 || !(scale > 0) || !Double.isFinite(scale)) {
      return new SharedStartFigures(
          task,
          names,
          shape,
          s.nonFinite,
          null,
          null,
          null,
          null,
          null,
          null,
          List.of(),
          List.of(),
          List.of());
    }
    Estimate e = Estimate.of(s.ab / scale);
    if (sound && s.orders.length > 0) {
      e = e.among(Arrays.stream(s.drawn).map(v -> v / scale).boxed().toList());
    } else if (sound) {
      e = permuted(e, s, rows, scale);
    }
    return new SharedStartFigures(
        task,
        names,
        shape,
        0,
        e,
        Math.sqrt(s.aa),
        Math.sqrt(s.bb),
        Math.sqrt(s.apart / (s.aa + s.bb)),
        Math.sqrt(s.apart / s.aa),
        null,
        List.of(),
        List.of(),
        List.of());
  }

  /**
   * Rows and columns of the second in random orders. With a = mean + row + column + rest, the sum
   * of a b has the mean m n mean(a) mean(b), and the three parts vary on their own: n^2 |row a|^2
   * |row b|^2 / (m - 1), m^2 |column a|^2 |column b|^2 / (n - 1), |rest a|^2 |rest b|^2 / ((m - 1)
   * (n - 1)).
   */
  static Estimate permuted(Estimate e, double[][] a, double[][] b) {
    Sums s = new Sums(a[0].length, new int[0][]);
    for (int i = 0; i < a.length; i++) {
      s.row(a[i], b[i], 0);
    }
    return permuted(e, s, a.length, Math.sqrt(s.aa) * Math.sqrt(s.bb));
  }

  private static Estimate permuted(Estimate e, Sums s, long rows, double scale) {
    double m = rows;
    double n = s.columns;
    double meanA = s.sumA / (m * n);
    double meanB = s.sumB / (m * n);
    double rowA = Math.max(0, s.rowsA / (n * n) - m * meanA * meanA);
    double rowB = Math.max(0, s.rowsB / (n * n) - m * meanB * meanB);
    double columnA = Math.max(0, squares(s.byColumn) / (m * m) - n * meanA * meanA);
    double columnB = Math.max(0, squares(s.byColumn2) / (m * m) - n * meanB * meanB);
    double restA = Math.max(0, s.aa - m * n * meanA * meanA - n * rowA - m * columnA);
    double restB = Math.max(0, s.bb - m * n * meanB * meanB - n * rowB - m * columnB);
    double variance = 0;
    variance += m > 1 ? n * rowA * (n * rowB) / (m - 1) : 0;
    variance += n > 1 ? m * columnA * (m * columnB) / (n - 1) : 0;
    variance += m > 1 && n > 1 ? restA * restB / ((m - 1) * (n - 1)) : 0;
    return e.against(m * n * meanA * meanB / scale, Math.sqrt(variance) / scale);
  }

  private static double squares(double[] values) {
    return Arrays.stream(values).map(v -> v * v).sum();
  }

  private SharedStartFigures layers() {
    SharedStart.Pair pair = task.detail();
    List<double[]> own = leading(work.model(0), pair.layers().values());
    List<double[]> theirs = leading(work.model(1), pair.others().values());
    List<List<Double>> cosines = new ArrayList<>();
    for (double[] a : own) {
      List<Double> row = new ArrayList<>();
      for (double[] b : theirs) {
        double cosine =
            InnerProduct.of(a, b)
                / Math.sqrt(InnerProduct.of(a, a))
                / Math.sqrt(InnerProduct.of(b, b));
        row.add(Double.isFinite(cosine) ? (Double) cosine : null);
      }
      cosines.add(row);
    }
    return new SharedStartFigures(
        task,
        names,
        List.of(),
        0,
        null,
        null,
        null,
        null,
        null,
        null,
        List.copyOf(pair.layers().keySet()),
        List.copyOf(pair.others().keySet()),
        cosines);
  }

  private SharedStartFigures heads() {
    List<List<Double>> cosines = new HeadForms(work, task.detail().attention()).cosines();
    List<Integer> numbers = IntStream.range(0, cosines.size()).boxed().toList();
    return new SharedStartFigures(
        task, names, List.of(), 0, null, null, null, null, null, null, numbers, numbers, cosines);
  }

  private static List<double[]> leading(Model model, Collection<String> tensors) {
    List<double[]> all = new ArrayList<>();
    for (String name : tensors) {
      try (TensorData data = map(model, name)) {
        double[] some = new double[(int) Math.min(SharedStartFigures.LEADING, data.info().count())];
        data.read(0, some, 0, some.length);
        all.add(some);
      }
    }
    return all;
  }
}
