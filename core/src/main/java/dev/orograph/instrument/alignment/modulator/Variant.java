package dev.orograph.instrument.alignment.modulator;

import dev.orograph.geometry.ParticipationRatio;
import dev.orograph.geometry.Simplex;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Built;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Health;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Piece;
import dev.orograph.linalg.Lapack;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Points;
import dev.orograph.linalg.Scope;
import dev.orograph.linalg.SymmetricEigenvalues;
import dev.orograph.model.Model;
import dev.orograph.model.design.ModulatorDesign;
import dev.orograph.model.design.ModulatorDesign.Entry;
import dev.orograph.model.forward.Modulator;
import dev.orograph.model.forward.Precision;
import dev.orograph.random.Generator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Modulators as they begin: WordNet's, and the controls beside it. */
final class Variant {
  static final String WORDNET = "wordnet";
  static final String RANDOM = "random";
  static final String SHUFFLED = "shuffled";
  static final String ALPHA_ONLY = "alpha only";
  static final String LOW_RANK = "low rank";
  static final String FIELD = "field";
  static final String GIVEN = "given";

  /** Deviation of the notebook's P before anything is known. */
  private static final double SMALL = 0.01;

  private static final int SAMPLED = 5000;

  private final Work work;
  private final Bench bench;
  private final ModulateSettings settings;
  private final Model model;

  Variant(Work work, Bench bench, ModulateSettings settings) {
    this.work = work;
    this.bench = bench;
    this.settings = settings;
    this.model = work.model();
  }

  /** The one that is not a control. */
  static String main(ModulateSettings s) {
    return s.kind().equals("field") ? FIELD : s.geometry().isEmpty() ? WORDNET : GIVEN;
  }

  /** A modulator with what it was made of. */
  record Made(Modulator modulator, Geometry.Facts facts) {}

  /** The modulator that a task begins with. */
  Made make(Piece piece) {
    int layers = model.spec().stacks().get(0).layers();
    int d = model.spec().stacks().get(0).dModel();
    int rows = Math.toIntExact(model.tokenMatrices().get(0).tensor().rows());
    if (piece.variant().equals(FIELD)) {
      ModulatorDesign design = ModulatorDesign.field(layers, d, settings.scattered());
      return new Made(modulator(design, field(design, piece.seed()), piece.start()), null);
    }
    long seed = settings.seed();
    Geometry geometry =
        switch (piece.variant()) {
          case RANDOM -> Geometry.random(bench, Geometry.width(model), seed, piece.seed());
          case SHUFFLED -> Geometry.wordNet(work, bench, seed).shuffled(bench, seed, piece.seed());
          case GIVEN -> Geometry.given(Path.of(settings.geometry()), model, bench, seed);
          default -> Geometry.wordNet(work, bench, seed);
        };
    int width = geometry.vectors()[0].length;
    if (piece.variant().equals(LOW_RANK)) {
      ModulatorDesign design = ModulatorDesign.lowRank(layers, d, rows, width);
      Map<String, double[]> values = new HashMap<>();
      Generator g = Generator.keyed(piece.seed(), "modulate", "low rank");
      double[] table = new double[rows * width];
      g.normal(0, 1 / Math.sqrt(width), table);
      values.put(ModulatorDesign.TABLE, table);
      values.put(ModulatorDesign.PROJECTION, new double[d * width]); // begins as the model itself
      double[] scale = new double[layers];
      Arrays.fill(scale, 1);
      values.put(ModulatorDesign.ALPHA, scale);
      return new Made(Modulator.of(design, values, Precision.FLOAT32), null);
    }
    ModulatorDesign design = ModulatorDesign.lerp(layers, d, rows, width);
    if (piece.variant().equals(ALPHA_ONLY)) {
      design = design.learning(ModulatorDesign.Scope.ALPHAS);
    }
    return new Made(
        modulator(design, lerp(design, geometry, piece.seed()), piece.start()), geometry.facts());
  }

  private static Modulator modulator(
      ModulatorDesign design, Map<String, double[]> values, double alpha) {
    double[] logits = new double[design.layers() * Math.max(1, design.experts().size())];
    Arrays.fill(logits, Math.log(alpha / (1 - alpha)));
    values.put(ModulatorDesign.ALPHA, logits);
    return Modulator.of(design, values, Precision.FLOAT32);
  }

  /** Rows of tokens that are no words stay 0; the notebook leaves N(0, 1) there. */
  private Map<String, double[]> lerp(ModulatorDesign design, Geometry geometry, long seed) {
    Map<String, double[]> values = new HashMap<>();
    int width = design.width();
    double[] table = new double[Math.multiplyExact(design.vocabulary(), width)];
    Generator g = Generator.keyed(seed, "modulate", "table");
    if (settings.asSeed()) {
      g.standardNormal(table);
    }
    for (int i = 0; i < geometry.vectors().length; i++) {
      System.arraycopy(geometry.vectors()[i], 0, table, bench.words().tokens(i)[0] * width, width);
    }
    values.put(ModulatorDesign.TABLE, table);
    double[] projection = geometry.projection();
    if (projection == null) {
      projection = new double[design.dModel() * width];
      g.normal(0, SMALL, projection);
    }
    values.put(ModulatorDesign.PROJECTION, projection);
    return values;
  }

  /** PyTorch's: uniform within 1 / sqrt(inputs) for both weights and biases of a layer. */
  private Map<String, double[]> field(ModulatorDesign design, long seed) {
    Map<String, double[]> values = new HashMap<>();
    Generator g = Generator.keyed(seed, "modulate", "field");
    for (int k : design.experts()) {
      values.put(
          ModulatorDesign.expert(k, "_template"),
          settings.asSeed()
              ? Simplex.seedTemplate(k, design.width())
              : Simplex.regular(k, design.width()));
      double[] ones = new double[ModulatorDesign.features(k)];
      Arrays.fill(ones, 1);
      values.put(ModulatorDesign.expert(k, "_norm.weight"), ones);
      values.put(ModulatorDesign.expert(k, "_norm.bias"), new double[ones.length]);
    }
    int d = design.dModel();
    double[] active =
        Arrays.stream(
                design.scattered()
                    ? Arrays.stream(Generator.of(seed).permutation(d))
                        .skip(design.free())
                        .sorted()
                        .toArray()
                    : java.util.stream.IntStream.range(0, design.active()).toArray())
            .asDoubleStream()
            .toArray();
    values.put(ModulatorDesign.ACTIVE, active);
    for (int k : design.experts()) {
      int features = ModulatorDesign.features(k);
      for (Entry e : design.entries()) {
        boolean own =
            e.name().startsWith("experts.k" + k) || e.name().startsWith("gate_projs.k" + k);
        if (own && !values.containsKey(e.name())) {
          int inputs = e.name().contains("_to_deform") ? design.active() : features;
          double[] v = new double[e.count()];
          g.random(v);
          Arrays.setAll(v, i -> (2 * v[i] - 1) / Math.sqrt(inputs));
          values.put(e.name(), v);
        }
      }
    }
    return values;
  }

  /** What a modulator is, in figures. */
  Built built(Made made) {
    Modulator m = made.modulator();
    Geometry.Facts f = made.facts();
    long learned =
        m.design().entries().stream().filter(e -> e.rate() > 0).mapToLong(Entry::count).sum();
    return new Built(
        bench.words().size(),
        f == null ? 0 : f.anchors(),
        f == null ? null : f.reconstruction(),
        f == null ? List.of() : f.eigenvalues(),
        f == null ? null : f.scale(),
        f == null ? null : f.alignment(),
        f == null ? null : f.deviation(),
        m.design().parameters(),
        learned,
        model.count(),
        health(m));
  }

  /** What its own numbers say, without the model: the notebook's health report. */
  List<Health> health(Modulator m) {
    List<Health> all = new ArrayList<>();
    double[] a = m.alphas();
    all.add(new Health("alpha_mean", Arrays.stream(a).average().orElseThrow()));
    all.add(new Health("alpha_min", Arrays.stream(a).min().orElseThrow()));
    all.add(new Health("alpha_max", Arrays.stream(a).max().orElseThrow()));
    if (m.design().kind() == ModulatorDesign.Kind.FIELD) {
      for (int k : m.design().experts()) {
        double volume =
            new Simplex(k, m.design().width())
                .volume(m.get(ModulatorDesign.expert(k, "_template")));
        all.add(new Health("template_vol2_k" + k, volume * volume));
        all.add(
            new Health(
                "deform_norm_k" + k, norm(m.get(ModulatorDesign.expert(k, "_to_deform.weight")))));
        double[] v = m.squaredVolumes(k, states());
        all.add(
            new Health(
                "valid_k" + k, (double) Arrays.stream(v).filter(x -> x > 0).count() / v.length));
      }
      return all;
    }
    int width = m.design().width();
    double[] table = m.get(ModulatorDesign.TABLE);
    double[] norms = new double[m.design().vocabulary()];
    Arrays.setAll(norms, i -> norm(Arrays.copyOfRange(table, i * width, (i + 1) * width)));
    double mean = Arrays.stream(norms).average().orElseThrow();
    all.add(new Health("norm_mean", mean));
    all.add(
        new Health(
            "norm_std",
            Math.sqrt(
                Arrays.stream(norms).map(x -> (x - mean) * (x - mean)).sum()
                    / Math.max(1, norms.length - 1))));
    all.add(new Health("pr_over_dim", participation(table, width) / width));
    cosines(all, table, width, norms);
    return all;
  }

  private double[] states() {
    double[] rows = null;
    int n = Math.min(500, bench.words().size());
    for (int i = 0; i < n; i++) {
      double[] x = bench.plain().get(i);
      rows = rows == null ? new double[n * x.length] : rows;
      System.arraycopy(x, 0, rows, i * x.length, x.length);
    }
    return rows;
  }

  private static double participation(double[] table, int width) {
    try (Scope scope = new Scope()) {
      Matrix points = scope.matrix(width, table.length / width);
      for (int i = 0; i < points.columns(); i++) {
        points.put(0, i, table, i * width, width);
      }
      Points.centre(points);
      Matrix covariance = Lapack.with(1, () -> Points.covariance(points, scope));
      return ParticipationRatio.of(SymmetricEigenvalues.of(covariance, 1));
    }
  }

  /** Over pairs of at most 5,000 rows; rows of zeros have none. */
  private void cosines(List<Health> all, double[] table, int width, double[] norms) {
    int[] order = Generator.keyed(settings.seed(), "modulate", "health").permutation(norms.length);
    int[] some = Arrays.stream(order).filter(i -> norms[i] > 0).limit(SAMPLED).toArray();
    double n = some.length;
    double[] sum = new double[width];
    double[][] products = new double[width][width];
    for (int i : some) {
      for (int a = 0; a < width; a++) {
        double x = table[i * width + a] / norms[i];
        sum[a] += x;
        for (int b = 0; b < width; b++) {
          products[a][b] += x * table[i * width + b] / norms[i];
        }
      }
    }
    // Sums over pairs from sums over rows: each row with itself has cosine 1.
    double first = Arrays.stream(sum).map(x -> x * x).sum();
    double second = Arrays.stream(products).flatMapToDouble(Arrays::stream).map(x -> x * x).sum();
    double pairs = n * (n - 1);
    double mean = (first - n) / pairs;
    all.add(new Health("cos_mean", mean));
    all.add(new Health("cos_std", Math.sqrt(Math.max(0, (second - n) / pairs - mean * mean))));
  }

  private static double norm(double[] v) {
    return Math.sqrt(Arrays.stream(v).map(x -> x * x).sum());
  }
}
