package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.geometry.Spectrum;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.weights.QkFigures.Draw;
import dev.orograph.instrument.weights.QkFigures.Head;
import dev.orograph.instrument.weights.QkFigures.Layer;
import dev.orograph.instrument.weights.QkFigures.Whole;
import dev.orograph.linalg.BilinearForm;
import dev.orograph.linalg.LayerForm;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Scope;
import dev.orograph.linalg.SquareForm;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.model.StackSpec;
import dev.orograph.random.Generator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Measures the forms of one attention. */
final class QkMeasurement {
  private static final int TOP = 5;

  private final Work context;
  private final QkPair pair;
  private final OutputRows queries;
  private final OutputRows keys;
  private final int blocks;
  private final int width;
  private final int groups;
  private final int threads;

  private QkMeasurement(Work context, Task<QkPair> task, OutputRows queries, OutputRows keys) {
    this.context = context;
    this.pair = task.detail();
    this.queries = queries;
    this.keys = keys;
    this.blocks = Math.max(1, pair.heads());
    this.width = pair.inner() / blocks;
    this.groups = pair.heads() == 0 ? 1 : pair.keyHeads();
    this.threads = task.sideBySide();
  }

  static QkFigures measure(Work work, WeightSettings settings, Task<QkPair> task) {
    Model model = work.model();
    QkPair pair = task.detail();
    if (!pair.obstacle().isEmpty()) {
      return new QkFigures(task, 0, null, null, List.of(), List.of());
    }
    Parameter query = model.parameter(pair.query()).orElseThrow();
    Parameter key = model.parameter(pair.key()).orElseThrow();
    try (TensorData q = model.checkpoint().map(query.tensor());
        TensorData k = model.checkpoint().map(key.tensor())) {
      OutputRows queries = new OutputRows(q, query.transposed());
      OutputRows keys = new OutputRows(k, key.transposed());
      long broken = queries.nonFinite() + keys.nonFinite();
      if (broken > 0) {
        return new QkFigures(task, broken, null, null, List.of(), List.of());
      }
      QkMeasurement m = new QkMeasurement(work, task, queries, keys);
      Generator generator = work.generator(task);
      List<Head> heads = new ArrayList<>();
      List<Draw> draws = new ArrayList<>();
      Layer layer = null;
      if (settings.sound() && pair.heads() > 0) {
        List<int[]> orders = new ArrayList<>();
        for (int i = 0; i < pair.draws(); i++) {
          orders.add(generator.permutation(pair.dModel()));
        }
        m.heads(orders, heads, draws);
        layer = pair.layer() ? m.layer(orders) : null;
      }
      return new QkFigures(task, 0, pair.seed() ? m.whole(generator) : null, layer, heads, draws);
    }
  }

  /** All heads together; null where they are zero. */
  private Layer layer(List<int[]> orders) {
    try (Scope scope = new Scope()) {
      LayerForm form =
          LayerForm.of(
              h -> {
                context.checkCancelled();
                return queries.read(h * width, width);
              },
              h -> keys.read(group(h) * width, width),
              blocks,
              pair.dModel(),
              scope);
      return form.zero()
          ? null
          : new Layer(
              form.score(), form.expectedScore(), orders.stream().map(form::score).toList());
    }
  }

  private void heads(List<int[]> orders, List<Head> heads, List<Draw> draws) {
    double[] key = new double[0];
    int held = -1;
    for (int h = 0; h < blocks; h++) {
      context.checkCancelled();
      int g = group(h);
      if (g != held) {
        key = keys.read(g * width, width);
        held = g;
      }
      try (Scope scope = new Scope()) {
        BilinearForm form =
            BilinearForm.of(queries.read(h * width, width), key, pair.dModel(), scope);
        heads.add(head(h, g, form));
        // Eigenvalues cost most: a few heads, evenly spread, speak for the attention.
        boolean full = (long) h * pair.fullDraws() % blocks < pair.fullDraws();
        for (int i = 0; i < orders.size() && form.frobenius() > 0; i++) {
          BilinearForm permuted = form.permuted(orders.get(i));
          Energies e = full && i < pair.fullOrders() ? new Energies(permuted.eigenvalues()) : null;
          draws.add(
              new Draw(
                  h,
                  i,
                  permuted.score(),
                  e == null ? null : e.positive(),
                  e == null ? null : e.balance()));
        }
      }
    }
  }

  private Head head(int h, int g, BilinearForm form) {
    double frobenius = form.frobenius();
    if (frobenius == 0) {
      return new Head(h, g, null, null, null, null, null, null, null, null, null);
    }
    double score = form.score();
    double[] values = form.eigenvalues();
    Energies e = new Energies(values);
    double s1 = form.spectralNorm();
    return new Head(
        h,
        g,
        score,
        form.expectedScore(),
        2 * Math.sqrt(Math.max(0, (1 - score) / 2)),
        e.positive(),
        e.balance(),
        frobenius / s1 * (frobenius / s1),
        inOwnUnits(s1),
        inOwnUnits(values[values.length - 1]),
        inOwnUnits(values[0]));
  }

  /** What the signs of eigenvalues say, as shares. */
  private static final class Energies {
    private double positive;
    private double all;
    private double sum;
    private double magnitude;

    Energies(double[] eigenvalues) {
      double largest = Math.max(-eigenvalues[0], eigenvalues[eigenvalues.length - 1]);
      for (double v : eigenvalues) {
        double x = v / largest;
        all += x * x;
        positive += x > 0 ? x * x : 0;
        sum += x;
        magnitude += Math.abs(x);
      }
    }

    /** Null for an antisymmetric form, whose symmetric part is zero. */
    Double positive() {
      return all > 0 ? positive / all : null;
    }

    Double balance() {
      return magnitude > 0 ? sum / magnitude : null;
    }
  }

  private int group(int head) {
    return StackSpec.keyHead(head, blocks, groups);
  }

  /** A product of a query and a key in the units of the weights; may be beyond float64. */
  private double inOwnUnits(double product) {
    return Math.scalb(product, queries.exponent() + keys.exponent());
  }

  private Whole whole(Generator generator) {
    try (Scope scope = new Scope()) {
      SquareForm a = form(scope, ones(), null);
      Spectrum s = new Spectrum(a.singularValues());
      SquareForm.Symmetric symmetric = a.symmetric();
      List<Double> values = symmetric.eigenvalues();
      int n = values.size();
      List<Double> top = new ArrayList<>();
      for (int i = n - 1; i >= Math.max(0, n - TOP); i--) {
        top.add(inOwnUnits(values.get(i)));
      }
      return new Whole(
          s.stableRank(),
          s.participationRatio(),
          s.largest() > 0 ? symmetric.asymmetry() : 0,
          positive(values),
          (int) values.stream().filter(v -> v < 0).count(),
          top,
          pair.probe() && groups > 1 ? rescaled(generator) : null,
          pair.probe() ? permuted(generator) : null);
    }
  }

  private static int positive(List<Double> values) {
    return (int) values.stream().filter(v -> v > 0).count();
  }

  /** Positive eigenvalues after queries were scaled and keys scaled back, by key heads. */
  private int rescaled(Generator generator) {
    double[] scales = new double[groups];
    for (int g = 0; g < groups; g++) {
      scales[g] = Math.exp(generator.standardNormal());
    }
    try (Scope scope = new Scope()) {
      return positive(form(scope, scales, null).symmetric().eigenvalues());
    }
  }

  /** Positive eigenvalues with the inputs of the keys in another order. */
  private int permuted(Generator generator) {
    try (Scope scope = new Scope()) {
      SquareForm a = form(scope, ones(), generator.permutation(pair.dModel()));
      return positive(a.symmetric().eigenvalues());
    }
  }

  private double[] ones() {
    double[] ones = new double[groups];
    Arrays.fill(ones, 1);
    return ones;
  }

  private SquareForm form(Scope owner, double[] scales, int[] order) {
    int d = pair.dModel();
    try (Scope scope = new Scope()) {
      Matrix transposedKeys = scope.matrix(d, pair.inner());
      double[] row = new double[d];
      for (int h = 0; h < blocks; h++) {
        double[] key = keys.read(group(h) * width, width);
        for (int i = 0; i < width; i++) {
          for (int c = 0; c < d; c++) {
            row[c] = key[i * d + (order == null ? c : order[c])] / scales[group(h)];
          }
          transposedKeys.put(0, h * width + i, row, 0, d);
        }
      }
      return SquareForm.of(
          (from, count) -> {
            double[] rows = queries.read(from, count);
            for (int i = 0; i < rows.length; i++) {
              rows[i] *= scales[group((from + i / d) / width)];
            }
            return rows;
          },
          transposedKeys,
          threads,
          owner);
    }
  }
}
