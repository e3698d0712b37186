package dev.orograph.instrument.levelset;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Scatter;
import dev.orograph.instrument.levelset.NormalFigures.Slice;
import dev.orograph.instrument.levelset.NormalFigures.Step;
import dev.orograph.stats.Gaussian;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * The pictures of normals: the plane, spectra, the walk, and what the seed's estimator measures.
 */
final class NormalCharts {
  private static final double[] LEVELS = {0.25, 0.5, 1, 2, 4};
  private static final int MOST_LINES = 8;
  private static final int MOST_DOTS = 4000;

  private final NormalSettings settings;
  private final NormalFigures.Whole r;
  private final List<Estimators> estimators;
  private final List<Finding> all = new ArrayList<>();

  NormalCharts(NormalSettings settings, NormalFigures.Whole r, List<Estimators> estimators) {
    this.settings = settings;
    this.r = r;
    this.estimators = estimators;
  }

  List<Finding> all() {
    if (r.slice() != null) {
      levels(r.slice());
      heat(r.slice());
    }
    spectrum();
    curvature();
    unsigned();
    walk();
    return all;
  }

  private void levels(Slice s) {
    List<Curve.Line> lines = new ArrayList<>();
    for (double level : LEVELS) {
      Curve.Line line =
          LevelLines.of(
              name(level * r.epsilon()), s.across(), s.up(), s.values(), level * r.epsilon());
      if (!line.x().isEmpty()) {
        lines.add(line);
      }
    }
    double reach = s.up().get(s.up().size() - 1);
    lines.add(new Curve.Line("normal", List.of(0.0, 0.0), List.of(0.0, reach / 3), false));
    double away = Math.max(Math.abs(s.tokenAcross()), Math.abs(s.tokenUp()));
    double part = away > reach ? reach / away : 1;
    lines.add(
        new Curve.Line(
            "to token " + (s.text().isBlank() ? s.token() : "'" + s.text() + "'"),
            List.of(0.0, part * s.tokenAcross()),
            List.of(0.0, part * s.tokenUp()),
            true));
    all.add(
        new Curve(
            "normal.levels",
            "Level lines around point 0",
            Axis.linear("along the tangent"),
            Axis.linear("along the normal"),
            List.of(new Curve.Panel(r.divergence() + " in nats", lines, List.of())),
            "Lines of equal divergence in the plane of the point (at 0, 0), its normal and the"
                + " nearest token, which lies "
                + name(Math.hypot(s.tokenAcross(), s.tokenUp()))
                + " away on the line with hollow marks. The line of "
                + name(r.epsilon())
                + " nats is the set; the normal stands on it and points to where f grows."));
  }

  private static String name(double level) {
    return String.format(Locale.ROOT, "%.3g", level);
  }

  private void heat(Slice s) {
    List<List<Double>> values = new ArrayList<>();
    for (int i = s.values().size() - 1; i >= 0; i--) {
      List<Double> row = new ArrayList<>();
      for (double v : s.values().get(i)) {
        row.add(v > 0 ? (Double) Math.log10(v / r.epsilon()) : null);
      }
      values.add(row);
    }
    List<String> up = new ArrayList<>(s.up().stream().map(NormalCharts::place).toList());
    Collections.reverse(up);
    all.add(
        new Heatmap(
            "normal.slice",
            "The divergence around point 0",
            s.across().stream().map(NormalCharts::place).toList(),
            up,
            values,
            Axis.linear("along the tangent"),
            Axis.linear("along the normal"),
            new Axis("log10(f / epsilon)", "", false),
            0.0,
            "The same plane in colours: the neutral colour is the set, below 0 is its inside."));
  }

  private static String place(double v) {
    return String.format(Locale.ROOT, "%.2f", v);
  }

  private void spectrum() {
    List<Curve.Line> lines = new ArrayList<>();
    int d = r.normals().get(0).gradient().size();
    List<Double> places = new ArrayList<>();
    List<Double> low = new ArrayList<>();
    List<Double> high = new ArrayList<>();
    for (int k = 0; k < d; k++) {
      places.add(k + 1.0);
      // The k-th largest of d half-normal values, and twice its deviation.
      double p = 1 - (k + 0.5) / d;
      double q = Gaussian.quantile((1 + p) / 2);
      double density = Math.sqrt(2 / Math.PI) * Math.exp(-q * q / 2);
      double half = 2 * Math.sqrt(p * (1 - p) / d) / density;
      low.add(Math.max(q - half, 1e-3) / Math.sqrt(d));
      high.add((q + half) / Math.sqrt(d));
    }
    for (int i = 0; i < Math.min(MOST_LINES, r.normals().size()); i++) {
      double[] n = Landscape.unit(r.normals().get(i).array());
      List<Double> sorted =
          Arrays.stream(n).map(Math::abs).boxed().sorted(Collections.reverseOrder()).toList();
      lines.add(new Curve.Line("point " + i, places, sorted, false));
    }
    all.add(
        new Curve(
            "normal.spectrum",
            "Components of the normals",
            new Axis("dimensions in order of size", "", true),
            new Axis("|component|", "", true),
            List.of(
                new Curve.Panel(
                    "by point",
                    lines,
                    List.of(new Curve.Band("a random direction", places, low, high)))),
            "Where a line stands above the grey band, a few dimensions carry more of the normal than"
                + " chance gives them.",
            "point"));
  }

  private void curvature() {
    if (r.curved().isEmpty()) {
      return;
    }
    List<Curve.Line> lines = new ArrayList<>();
    for (int i = 0; i < Math.min(MOST_LINES, r.curved().size()); i++) {
      List<Double> k = new ArrayList<>(r.curved().get(i).principal());
      Collections.reverse(k);
      List<Double> places = new ArrayList<>();
      for (int j = 0; j < k.size(); j++) {
        places.add(j + 1.0);
      }
      lines.add(new Curve.Line("point " + i, places, k, false));
    }
    all.add(
        new Curve(
            "normal.curvatures",
            "Principal curvatures",
            Axis.linear("in order of size"),
            new Axis("curvature", "1 / length", false),
            List.of(new Curve.Panel("by point", lines, List.of())),
            "1 / r for a ball of radius r; 0 where the set is flat, below 0 where it bends the other"
                + " way.",
            "point"));
  }

  /** The finding about the seed's estimator. */
  private void unsigned() {
    List<Estimators> told = estimators.stream().filter(e -> e.predicted() != null).toList();
    if (told.isEmpty()) {
      return;
    }
    List<Long> ids = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    int each = Math.max(1, MOST_DOTS / told.size());
    double[][] columns = new double[3][];
    List<Function<Estimators, double[]>> of =
        List.of(Estimators::unsigned, Estimators::predicted, e -> firstOrder(e));
    for (int c = 0; c < columns.length; c++) {
      int which = c;
      columns[c] =
          told.stream()
              .flatMapToDouble(e -> Arrays.stream(of.get(which).apply(e)).limit(each))
              .toArray();
    }
    for (int p = 0; p < told.size(); p++) {
      for (int i = 0; i < Math.min(each, told.get(p).unsigned().length); i++) {
        ids.add((long) i);
        labels.add("point " + p + ", dimension " + i);
      }
    }
    all.add(
        new Scatter(
            "normal.unsigned.second_order",
            "What the notebook's estimator measures",
            "component",
            ids,
            labels,
            List.of(
                Scatter.Layout.between(
                    "against its second-order formula",
                    Axis.linear("-sign(g) delta^2 H / |g|"),
                    Axis.linear("|b| - |a|"),
                    columns[1],
                    columns[0],
                    "On the diagonal: the notebook's number is a second derivative."),
                Scatter.Layout.between(
                    "against the gradient",
                    Axis.linear("2 delta g / |g|"),
                    Axis.linear("|b| - |a|"),
                    columns[2],
                    columns[0],
                    "On the diagonal it would be a component of the normal.")),
            List.of(),
            "A dot is a dimension at a point. The difference of unsigned distances follows the"
                + " second derivative, not the gradient."));
  }

  private double[] firstOrder(Estimators e) {
    double length = Landscape.length(e.gradient());
    return Arrays.stream(e.gradient()).map(g -> 2 * settings.delta() * g / length).toArray();
  }

  private void walk() {
    if (r.walk().isEmpty()) {
      return;
    }
    List<Double> arc = r.walk().stream().map(Step::arc).toList();
    List<Curve.Line> lines =
        List.of(
            new Curve.Line("along the tangent", arc, values(Step::stepped), false),
            new Curve.Line("back on the set", arc, values(Step::value), false),
            new Curve.Line("random step", arc, values(Step::random), false));
    all.add(
        new Curve(
            "normal.walked",
            "A walk on the set",
            Axis.linear("length of the way"),
            new Axis(r.divergence(), "nats", true),
            List.of(new Curve.Panel("from point 0", lines, List.of())),
            "After each step along the tangent the point is brought back; a step as long in a random"
                + " direction leaves the set by more."));
  }

  private List<Double> values(Function<Step, Double> of) {
    List<Double> values = new ArrayList<>();
    for (Step s : r.walk()) {
      double v = of.apply(s);
      values.add(v > 0 && Double.isFinite(v) ? (Double) v : null);
    }
    return values;
  }
}
