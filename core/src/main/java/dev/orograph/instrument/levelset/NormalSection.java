package dev.orograph.instrument.levelset;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.levelset.NormalFigures.Near;
import dev.orograph.instrument.levelset.NormalFigures.Normal;
import dev.orograph.instrument.levelset.NormalFigures.Part;
import dev.orograph.instrument.levelset.NormalFigures.Shared;
import dev.orograph.instrument.levelset.NormalFigures.Step;
import dev.orograph.instrument.levelset.NormalFigures.Whole;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import dev.orograph.stats.Spearman;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;

/** What is told of the normals of a level-set. */
final class NormalSection {
  private static final int TOP = 10;

  private final Card card;
  private final NormalSettings settings;
  private final Whole r;
  private final List<Part> parts;
  private final List<Estimators> estimators;
  private final List<Finding> findings = new ArrayList<>();

  NormalSection(Card card, NormalSettings settings, List<NormalFigures> results) {
    this.card = card;
    this.settings = settings;
    r =
        results.stream()
            .map(NormalFigures::whole)
            .filter(Objects::nonNull)
            .findFirst()
            .orElseThrow();
    parts = results.stream().map(NormalFigures::part).filter(Objects::nonNull).toList();
    estimators =
        IntStream.range(0, r.normals().size())
            .mapToObj(
                i ->
                    Estimators.of(
                        i,
                        r.normals().get(i),
                        r.curved().isEmpty() ? null : r.curved().get(i),
                        parts,
                        settings.delta()))
            .toList();
  }

  Section section() {
    findings.add(
        Scalar.plain(
            "normal.gradient",
            "mean length of the gradient",
            r.normals().stream().mapToDouble(n -> Landscape.length(n.array())).average().orElse(0),
            "nats",
            "Over "
                + points(r.normals().size())
                + " the gradient of "
                + r.divergence()
                + " is "
                + Spelling.number(
                    r.normals().stream()
                        .mapToDouble(n -> Landscape.length(n.array()))
                        .average()
                        .orElse(0))
                + " nats per unit of length in the mean."));
    differences();
    shared();
    near("embedding", "the embedding", r.embedding());
    near("head", "the readout", r.head());
    curvature();
    radius();
    findings.addAll(new NormalCharts(settings, r, estimators).all());
    tables();
    notes();
    return card.section(summary(), findings);
  }

  private static String points(int n) {
    return n + (n == 1 ? " point" : " points");
  }

  private List<Double> cosines(Function<Estimators, double[]> which) {
    return estimators.stream().map(e -> e.cosine(which.apply(e))).filter(Objects::nonNull).toList();
  }

  /** The cosine of a random direction with the gradient: mean 0, deviation 1 / sqrt(d). */
  private Estimate cosine(List<Double> values) {
    double d = estimators.get(0).gradient().length;
    return Samples.meanOf(values).inside(-1, 1).against(0, 1 / Math.sqrt(d * values.size()));
  }

  private void differences() {
    List<Double> signed = cosines(Estimators::signed);
    if (!signed.isEmpty()) {
      findings.add(
          Scalar.of(
              "normal.signed.cosine",
              "signed differences and the gradient",
              cosine(signed),
              null,
              "1",
              null,
              "Signed central differences have a cosine of "
                  + Spelling.number(Samples.mean(signed))
                  + " with the gradient in the mean, the smallest "
                  + String.format(
                      java.util.Locale.ROOT,
                      "%.8f",
                      signed.stream().mapToDouble(v -> v).min().orElse(Double.NaN))
                  + "."));
    }
    List<Double> unsigned = cosines(Estimators::unsigned);
    if (!unsigned.isEmpty()) {
      Estimate e = cosine(unsigned);
      findings.add(
          Scalar.of(
              "normal.unsigned.cosine",
              "the notebook's unsigned differences and the gradient",
              e,
              e.value(),
              "1",
              null,
              "The reference notebook's differences of unsigned distances have a cosine of "
                  + Spelling.number(e.value())
                  + " with the gradient in the mean ("
                  + Spelling.number(unsigned.stream().mapToDouble(v -> v).min().orElse(0))
                  + " to "
                  + Spelling.number(unsigned.stream().mapToDouble(v -> v).max().orElse(0))
                  + "), even where every moved point is brought back exactly."));
      double share =
          estimators.stream()
              .mapToDouble(e2 -> Landscape.length(e2.unsigned()) / Landscape.length(e2.signed()))
              .average()
              .orElse(Double.NaN);
      findings.add(
          Scalar.plain(
              "normal.unsigned.length",
              "length of unsigned over signed differences",
              share,
              "1",
              "Unsigned differences are "
                  + Spelling.percent(share)
                  + " as long as signed ones: the first order cancels."));
      List<Double> explained =
          estimators.stream()
              .filter(x -> x.predicted() != null)
              .map(x -> Landscape.cosine(x.unsigned(), x.predicted()))
              .filter(Double::isFinite)
              .toList();
      if (!explained.isEmpty()) {
        findings.add(
            Scalar.of(
                "normal.unsigned.explained",
                "unsigned differences and their second-order formula",
                Samples.meanOf(explained).inside(-1, 1),
                null,
                "1",
                null,
                "What the notebook's estimator measures is -sign(g_i) delta^2 H_ii / |g|: the cosine of"
                    + " the two is "
                    + Spelling.number(Samples.mean(explained))
                    + " in the mean."));
      }
    }
    List<Double> seed = cosines(Estimators::seed);
    if (estimators.get(0).seed() != null) {
      double dims = estimators.get(0).gradient().length;
      double zeros = estimators.stream().mapToDouble(e -> e.zeros() / dims).average().orElse(0);
      findings.add(
          Scalar.seed(
              "normal.seed.zeros",
              "components that the notebook's program leaves 0",
              zeros,
              "1",
              "In "
                  + Spelling.percent(zeros)
                  + " of the dimensions both moved points count as on the set already, so that the"
                  + " notebook's program gives 0."));
      if (!seed.isEmpty()) {
        Estimate e = cosine(seed);
        findings.add(
            Scalar.of(
                "normal.seed.cosine",
                "the notebook's program and the gradient",
                e,
                e.value(),
                "1",
                null,
                "The reference notebook's program, Adam included, has a cosine of "
                    + Spelling.number(e.value())
                    + " with the gradient in the mean."));
      }
    }
  }

  private void shared() {
    Shared s = r.shared();
    if (s == null) {
      return;
    }
    Estimate e = Estimate.of(s.participation()).among(s.random());
    findings.add(
        Scalar.of(
            "normal.shared.participation",
            "directions that the normals fill",
            e,
            null,
            "1",
            "normals share a subspace",
            "The normals at "
                + points(r.normals().size())
                + " fill "
                + Spelling.number(s.participation())
                + " directions (participation ratio), as many random ones "
                + Spelling.number(e.expected())
                + "."));
    if (!s.shuffled().isEmpty()) {
      Estimate o = Estimate.of(s.participation()).among(s.shuffled());
      findings.add(
          Scalar.of(
              "normal.shared.target",
              "directions that the normals fill, against other targets",
              o,
              null,
              "1",
              "normals of this target share a subspace",
              "Gradients at the same points for targets with shuffled tokens fill "
                  + Spelling.number(o.expected())
                  + ": what those share is the model's, not the target's."));
    }
  }

  private void near(String id, String what, Near n) {
    if (n == null) {
      return;
    }
    double mean = Samples.mean(n.cosines());
    Estimate e = Estimate.of(mean).among(n.random(), 1.0 / n.cosines().size());
    findings.add(
        Scalar.of(
                "normal." + id + ".cosine",
                "normal and the nearest row of " + what,
                e,
                null,
                "1",
                "normals point at rows of " + what,
                "The row of "
                    + what
                    + " that is nearest to a normal has a |cosine| of "
                    + Spelling.number(mean)
                    + " with it in the mean; that nearest to a random direction "
                    + Spelling.number(e.expected())
                    + ".")
            .on(Scale.BOUNDED));
  }

  /** The rank correlation of |n_i| with how much the set bends towards axis i, by point. */
  private List<Double> ranks() {
    List<Double> all = new ArrayList<>();
    for (int i = 0; i < r.curved().size(); i++) {
      double[] n = r.normals().get(i).array();
      List<Double> axes = r.curved().get(i).axes();
      int[] kept = IntStream.range(0, n.length).filter(k -> Double.isFinite(axes.get(k))).toArray();
      all.add(
          Spearman.of(
                  IntStream.of(kept).mapToDouble(k -> Math.abs(n[k])).toArray(),
                  IntStream.of(kept).mapToDouble(k -> Math.abs(axes.get(k))).toArray())
              .value());
    }
    return all;
  }

  private void curvature() {
    if (r.curved().isEmpty()) {
      return;
    }
    List<Double> all = r.curved().stream().flatMap(c -> c.principal().stream()).sorted().toList();
    double negative = all.stream().filter(v -> v < 0).count() / (double) all.size();
    findings.add(
        Scalar.plain(
            "normal.curvature.negative",
            "principal curvatures below 0",
            negative,
            "1",
            Spelling.percent(negative)
                + " of the principal curvatures are below 0, so that the set bends away from its"
                + " inside there; a ball has none. They run from "
                + Spelling.number(all.get(0))
                + " to "
                + Spelling.number(all.get(all.size() - 1))
                + ", median "
                + Spelling.number(Samples.median(all))
                + "."));
    List<Double> ranks = ranks();
    // Points share their axes, so the mean of them is judged as one of them would be.
    Estimate e =
        Samples.meanOf(ranks)
            .inside(-1, 1)
            .against(0, Spearman.deviation(r.normals().get(0).gradient().size()));
    findings.add(
        Scalar.of(
            "normal.curvature.components",
            "large components and strong curvature",
            e,
            null,
            "1",
            null,
            "The rank correlation of the size of a component with how much the set bends towards"
                + " its axis is "
                + Spelling.number(e.value())
                + " in the mean over "
                + points(ranks.size())
                + "."));
  }

  private void radius() {
    if (r.radius() == null) {
      return;
    }
    double share = r.radius().inside() / (double) r.radius().of();
    findings.add(
        Scalar.plain(
            "normal.radius.inside",
            "tokens inside the set",
            share,
            "1",
            r.radius().inside()
                + " of "
                + r.radius().of()
                + " tokens have a divergence below epsilon from the target; the smallest, "
                + Spelling.number(r.radius().best())
                + " nats, has "
                + r.radius().bestToken()
                + " '"
                + r.radius().bestText()
                + "'."));
    List<Double> logs = r.radius().tokens().stream().map(Math::log).toList();
    List<Double> nulls = r.radius().drawn().stream().map(Math::log).toList();
    if (logs.size() >= Samples.FEWEST && nulls.size() >= Samples.FEWEST) {
      Estimate mean = Samples.meanOf(logs);
      Estimate e = mean.among(nulls, 1.0 / logs.size());
      findings.add(
          Scalar.of(
              "normal.radius.log_ratio",
              "radius of the set around a token over the distance to the next",
              e,
              null,
              "nats",
              null,
              "Around a token's own answer the set {f = epsilon} reaches "
                  + Spelling.number(Math.exp(e.value()))
                  + " times as far as the next token (geometric mean over "
                  + logs.size()
                  + " tokens of the median over directions); around points drawn among the tokens "
                  + Spelling.number(Math.exp(e.expected()))
                  + " times as far as the nearest token. The figure is the logarithm."));
    }
  }

  private record Row(int point, Normal normal, Estimators of) {}

  private record Component(int point, int rank, int dimension, double value, Row row) {}

  private void tables() {
    List<Row> rows = new ArrayList<>();
    List<Component> top = new ArrayList<>();
    for (int i = 0; i < r.normals().size(); i++) {
      Row row = new Row(i, r.normals().get(i), estimators.get(i));
      rows.add(row);
      double[] n = Landscape.unit(row.normal().array());
      List<Integer> order =
          IntStream.range(0, n.length)
              .boxed()
              .sorted(Comparator.comparingDouble(k -> -Math.abs(n[k])))
              .toList();
      for (int k = 0; k < Math.min(TOP, n.length); k++) {
        top.add(new Component(i, k + 1, order.get(k), n[order.get(k)], row));
      }
    }
    List<Column<Row>> columns = new ArrayList<>();
    columns.add(new Column<>("point", "row of the arrays", x -> (long) x.point()));
    columns.add(new Column<>("divergence", "f there, nats", x -> x.normal().value()));
    columns.add(new Column<>("gradient", "|grad f|", x -> Landscape.length(x.normal().array())));
    columns.add(
        new Column<>(
            "dimensions",
            "participation ratio of the squared components; d/3 for a random direction",
            x -> spread(x.normal().array())));
    columns.add(
        new Column<>(
            "signed", "cosine of signed differences", x -> x.of().cosine(x.of().signed())));
    columns.add(
        new Column<>(
            "unsigned",
            "cosine of the notebook's unsigned differences",
            x -> x.of().cosine(x.of().unsigned()),
            true));
    columns.add(
        new Column<>(
            "seed", "cosine of the notebook's program", x -> x.of().cosine(x.of().seed()), true));
    near(columns, "embedding", r.embedding());
    near(columns, "head", r.head());
    if (!r.curved().isEmpty()) {
      columns.add(
          new Column<>(
              "curvature_low", "smallest principal curvature", x -> bend(x.point(), false)));
      columns.add(
          new Column<>(
              "curvature_high", "largest principal curvature", x -> bend(x.point(), true)));
    }
    findings.add(Table.of("normal.points", "Normals", columns, rows));
    findings.add(
        Table.of(
            "normal.components",
            "Largest components",
            List.of(
                new Column<>("point", "row of the arrays", c -> (long) c.point()),
                new Column<>("rank", "by size", c -> (long) c.rank()),
                new Column<>("dimension", "of the embedding, from 0", c -> (long) c.dimension()),
                new Column<>("component", "of the unit normal", Component::value),
                new Column<>(
                    "bend",
                    "how the set bends towards this axis, t'Ht/|g|",
                    c ->
                        r.curved().isEmpty()
                            ? null
                            : r.curved().get(c.point()).axes().get(c.dimension()))),
            top));
    if (!r.walk().isEmpty()) {
      walk();
    }
    if (!parts.isEmpty()) {
      calls();
    }
  }

  private void walk() {
    findings.add(
        Table.of(
            "normal.walk",
            "A walk along a tangent of point 0",
            List.<Column<Step>>of(
                new Column<>("arc", "length so far", Step::arc),
                new Column<>("away", "distance from the start", Step::away),
                new Column<>("stepped", "f after the step along the tangent, nats", Step::stepped),
                new Column<>("random", "f after a random step as long, nats", Step::random),
                new Column<>("divergence", "f back on the set, nats", Step::value),
                new Column<>("calls", "calls of the model for that", s -> (long) s.calls()),
                new Column<>("token", "nearest row of the embedding", s -> (long) s.token()),
                new Column<>("text", "what that stands for", Step::text),
                new Column<>("distance", "to it", Step::distance)),
            r.walk()));
  }

  private record Effort(String method, long calls, long moved, long back) {}

  private void calls() {
    List<Effort> rows = new ArrayList<>();
    rows.add(new Effort("gradient", r.normals().size(), 0, 0));
    for (boolean seed : new boolean[] {false, true}) {
      List<Part> own = parts.stream().filter(p -> p.seed() == seed).toList();
      if (!own.isEmpty()) {
        rows.add(
            new Effort(
                seed ? "seed" : "central",
                own.stream().mapToLong(Part::calls).sum(),
                own.stream().mapToLong(p -> 2L * p.up().size()).sum(),
                own.stream().mapToLong(Part::back).sum()));
      }
    }
    findings.add(
        Table.of(
            "normal.effort",
            "What the estimators took",
            List.of(
                new Column<>(
                    "method", "gradient, central differences, the notebook's", Effort::method),
                new Column<>("calls", "of the model, each forward and back", Effort::calls),
                new Column<>("moved", "points that were moved off the set", Effort::moved),
                new Column<>("back", "of which came back within the tolerance", Effort::back)),
            rows));
  }

  private Object bend(int point, boolean high) {
    List<Double> all = r.curved().get(point).principal();
    return all.get(high ? all.size() - 1 : 0);
  }

  private static void near(List<Column<Row>> columns, String id, Near n) {
    if (n != null) {
      columns.add(new Column<>(id, "nearest row", x -> (long) n.tokens().get(x.point())));
      columns.add(new Column<>(id + "_text", "its text", x -> n.texts().get(x.point())));
      columns.add(new Column<>(id + "_cosine", "its |cosine|", x -> n.cosines().get(x.point())));
    }
  }

  private static double spread(double[] g) {
    double two = 0;
    double four = 0;
    for (double v : g) {
      two += v * v;
      four += v * v * v * v;
    }
    return two * two / four;
  }

  private void notes() {
    if (r.left() > 0) {
      findings.add(
          new Note(
              "normal.left",
              "Points left out",
              r.left() + " points of the run are not on the set, or beyond --most."));
    }
    if (r.curved().isEmpty() && settings.sound()) {
      findings.add(
          new Note(
              "normal.plain",
              "No curvature",
              "Curvature takes 2 d gradients a point and is left out for this model; --curvature"
                  + " full takes it."));
    }
  }

  private String summary() {
    StringBuilder text = new StringBuilder();
    text.append("Normals of ")
        .append(r.divergence())
        .append(" = ")
        .append(Spelling.number(r.epsilon()))
        .append(" nats for ")
        .append(r.target())
        .append(" at ")
        .append(points(r.normals().size()))
        .append('.');
    for (Finding f : List.copyOf(findings)) {
      if (f instanceof Scalar s
          && List.of(
                  "normal.signed.cosine",
                  "normal.unsigned.cosine",
                  "normal.seed.cosine",
                  "normal.shared.participation")
              .contains(s.id())) {
        text.append(' ').append(s.sentence());
      }
    }
    return text.toString();
  }
}
