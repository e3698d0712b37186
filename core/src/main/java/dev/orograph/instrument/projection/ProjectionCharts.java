package dev.orograph.instrument.projection;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Histogram;
import dev.orograph.finding.Scatter;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.projection.ProjectionFigures.Pair;
import dev.orograph.instrument.projection.ProjectionFigures.Ranked;
import dev.orograph.instrument.projection.ProjectionFigures.Simplices;
import dev.orograph.instrument.projection.ProjectionFigures.Stretch;
import dev.orograph.instrument.projection.ProjectionFigures.Volume;
import dev.orograph.instrument.rows.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Pictures and tables of a projection. */
final class ProjectionCharts {
  private static final int EIGENVALUES = 200;

  private final ProjectionSettings settings;
  private final ProjectionFigures r;
  private final List<Finding> all = new ArrayList<>();

  ProjectionCharts(ProjectionSettings settings, ProjectionFigures r) {
    this.settings = settings;
    this.r = r;
  }

  List<Finding> all() {
    relations();
    histogram();
    residual();
    byId();
    digits();
    volumes();
    tables();
    return all;
  }

  private void relations() {
    List<Pair> pairs = r.pairs();
    if (pairs.isEmpty()) {
      return;
    }
    all.add(
        new Scatter(
            "project.relations",
            "Cosines of pairs of tokens",
            "pair",
            LongStream.range(0, pairs.size()).boxed().toList(),
            pairs.stream().map(Pair::texts).toList(),
            List.of(
                Scatter.Layout.between(
                    "relations",
                    Axis.linear("cosine in " + r.small()),
                    Axis.linear("cosine of the projected rows of " + r.large()),
                    pairs.stream().mapToDouble(Pair::nativeCosine).toArray(),
                    pairs.stream().mapToDouble(Pair::projected).toArray(),
                    "Drawn pairs of held-out tokens; on the diagonal both have the same cosine.")),
            List.of(),
            "A narrow cloud along the diagonal says that tokens that are close in one model are"
                + " close in the other."));
  }

  private void histogram() {
    Spread s = r.all();
    List<Histogram.Mark> marks = new ArrayList<>();
    marks.add(new Histogram.Mark("held-out mean", r.estimates().cosine().value(), false));
    if (r.estimates().cosine().expected() != null) {
      marks.add(new Histogram.Mark("shuffled anchors", r.estimates().cosine().expected(), false));
    }
    if (r.lying() != null && settings.sound()) {
      marks.add(new Histogram.Mark("no rotation", r.lying().cosine(), false));
    }
    all.add(
        new Histogram(
            "project.cosines",
            "Cosine of each token's projected row with its own",
            Axis.linear("cosine"),
            s.edges(),
            List.of(new Histogram.Series("all tokens", s.shares(), s.count(), false)),
            marks,
            "Share of all tokens, anchors included, by the cosine of the projected row with the"
                + " token's own."));
  }

  private static Curve.Line line(String name, List<Double> values) {
    int n = Math.min(EIGENVALUES, values.size());
    List<Double> y = values.subList(0, n).stream().map(v -> v > 0 ? v : (Double) null).toList();
    return new Curve.Line(
        name,
        IntStream.rangeClosed(1, n).mapToObj(i -> (Double) (double) i).toList(),
        nulls(y),
        false);
  }

  private static List<Double> nulls(List<Double> values) {
    return java.util.Collections.unmodifiableList(new ArrayList<>(values));
  }

  private void residual() {
    List<Curve.Line> lines = new ArrayList<>();
    lines.add(line("left over", r.residual().own()));
    if (settings.sound()) {
      lines.add(line("own rows", r.residual().native_()));
      if (!r.residual().shuffled().isEmpty()) {
        lines.add(line("left over, shuffled anchors", r.residual().shuffled()));
      }
    }
    all.add(
        new Curve(
            "project.residual",
            "What the projection leaves",
            Axis.linear("component"),
            Axis.log("variance"),
            List.of(new Curve.Panel("", lines, List.of())),
            "Eigenvalues of the mean of (own - projected)(own - projected)' over held-out tokens;"
                + " a line well below that of the own rows says that most of them is explained."));
    all.add(
        Table.of(
            "project.residual_spectrum",
            "Residual spectrum",
            List.of(
                new Column<Integer>("component", "from 1", i -> (long) i + 1),
                new Column<Integer>(
                    "left_over",
                    "eigenvalue of what is left, held-out tokens; seed",
                    i -> r.residual().own().get(i),
                    true),
                new Column<Integer>(
                    "own",
                    "of the own rows about the anchors' mean",
                    i -> r.residual().native_().get(i)),
                new Column<Integer>(
                    "shuffled",
                    "of what a rotation fitted to shuffled anchors leaves",
                    i ->
                        r.residual().shuffled().isEmpty() ? null : r.residual().shuffled().get(i))),
            IntStream.range(0, Math.min(EIGENVALUES, r.residual().own().size())).boxed().toList()));
  }

  private void byId() {
    if (r.byId().size() < 2) {
      return;
    }
    all.add(
        new Curve(
            "project.by_id",
            "Agreement along the vocabulary",
            Axis.linear("token id in " + r.small()),
            Axis.linear("mean cosine"),
            List.of(
                new Curve.Panel(
                    "",
                    List.of(
                        new Curve.Line(
                            "all tokens",
                            r.byId().stream().map(Stretch::id).toList(),
                            r.byId().stream().map(Stretch::cosine).toList(),
                            false)),
                    List.of())),
            "Mean cosine of hundredths of the vocabulary; where ids are ranks of frequency it says"
                + " whether rare tokens agree less."));
  }

  private void digits() {
    if (r.digits() == null) {
      return;
    }
    List<String> names = IntStream.range(0, 10).mapToObj(Integer::toString).toList();
    List<List<Double>> less =
        IntStream.range(0, 10)
            .mapToObj(
                i ->
                    IntStream.range(0, 10)
                        .mapToObj(
                            j ->
                                (Double)
                                    (r.digits().nativeCosines().get(i).get(j)
                                        - r.digits().projected().get(i).get(j)))
                        .toList())
            .toList();
    all.add(
        new Heatmap(
            "project.digits_less",
            "Digits: cosine of own rows less that of projected ones",
            names,
            names,
            less,
            Axis.ordinal("digit"),
            Axis.ordinal("digit"),
            Axis.linear("difference of cosines"),
            0.0,
            "Neutral where the two models set digits equally far apart."));
    all.add(
        Table.of(
            "project.digits_cosines",
            "Digits",
            List.of(
                new Column<Integer>("digit", "which", i -> (long) i),
                new Column<Integer>(
                    "cosine",
                    "of its projected row with its own; seed",
                    i -> r.digits().cosines().get(i),
                    true)),
            IntStream.range(0, 10).boxed().toList()));
  }

  private void volumes() {
    Simplices s = r.simplices();
    if (s.volumes().size() < 2) {
      return;
    }
    all.add(
        new Scatter(
            "project.volumes",
            "Volumes of five tokens",
            "set",
            LongStream.range(0, s.volumes().size()).boxed().toList(),
            s.volumes().stream().map(Volume::texts).toList(),
            List.of(
                Scatter.Layout.between(
                    "volumes",
                    Axis.log("volume of own rows"),
                    Axis.log("volume of projected rows"),
                    s.volumes().stream().mapToDouble(Volume::nativeVolume).toArray(),
                    s.volumes().stream().mapToDouble(Volume::projected).toArray(),
                    "Sets of five tokens drawn from all, anchors included.")),
            List.of(),
            "A line says that the same tokens span large volumes in both."));
  }

  private void tables() {
    all.add(
        Table.of(
            "project.tokens",
            "Worst and best tokens",
            List.of(
                new Column<Ranked>("order", "worst or best", Ranked::order),
                new Column<Ranked>(
                    "among",
                    "all (the notebook's, anchors included) or held out only (sound)",
                    Ranked::among),
                new Column<Ranked>("rank", "from 1", t -> (long) t.rank()),
                new Column<Ranked>("token", "id in the smaller model", t -> (long) t.small()),
                new Column<Ranked>("token_large", "id in the larger model", t -> (long) t.large()),
                new Column<Ranked>("text", "what it stands for", Ranked::text),
                new Column<Ranked>("cosine", "of its projected row with its own", Ranked::cosine)),
            r.tokens()));
    List<Row> rows = new ArrayList<>();
    spread(rows, "held-out cosine", r.heldOut());
    spread(rows, "held-out distance", r.distances());
    rows.add(new Row("mean cosine of all tokens", r.all().mean()));
    rows.add(new Row("median cosine of all tokens", r.all().median()));
    for (int t = 0; t < r.above().size(); t++) {
      rows.add(new Row("share of all tokens above 0." + t, r.above().get(t)));
    }
    Simplices s = r.simplices();
    if (s.native_() != null && s.projected() != null) {
      rows.add(new Row("mean volume of five tokens, own rows", s.native_().mean()));
      rows.add(new Row("mean volume of five tokens, projected", s.projected().mean()));
    }
    all.add(
        Table.of(
            "project.seed",
            "As the notebook prints it",
            List.of(
                new Column<Row>("figure", "what", Row::figure),
                new Column<Row>("section_13b", "seed 003 section 13b", Row::value, true)),
            rows));
  }

  /** A line of the seed's output. */
  private record Row(String figure, double value) {}

  private static void spread(List<Row> rows, String what, Spread s) {
    rows.add(new Row(what + ", mean", s.mean()));
    rows.add(new Row(what + ", std", s.deviation()));
    rows.add(new Row(what + ", median", s.median()));
    rows.add(new Row(what + ", smallest", s.min()));
    rows.add(new Row(what + ", largest", s.max()));
    for (int i = 0; i < Spread.PERCENTILES.size(); i++) {
      rows.add(new Row(what + ", " + Spread.PERCENTILES.get(i) + " %", s.percentiles().get(i)));
    }
  }
}
