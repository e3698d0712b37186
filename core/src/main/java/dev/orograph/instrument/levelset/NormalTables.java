package dev.orograph.instrument.levelset;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.levelset.NormalFigures.Ends;
import dev.orograph.instrument.levelset.NormalFigures.Near;
import dev.orograph.instrument.levelset.NormalFigures.Normal;
import dev.orograph.instrument.levelset.NormalFigures.Part;
import dev.orograph.instrument.levelset.NormalFigures.Step;
import dev.orograph.instrument.levelset.NormalFigures.Whole;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The tables of normals: by point, by component, along a walk, and what the estimators took. */
final class NormalTables {
  private static final int TOP = 10;

  private final Whole r;
  private final List<Part> parts;
  private final List<Estimators> estimators;
  private final List<Finding> findings = new ArrayList<>();

  NormalTables(Whole r, List<Part> parts, List<Estimators> estimators) {
    this.r = r;
    this.parts = parts;
    this.estimators = estimators;
  }

  private record Row(int point, Normal normal, Estimators of) {}

  private record Component(int point, int rank, int dimension, double value, Row row) {}

  /** All tables. */
  List<Finding> all() {
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
    if (!r.curved().isEmpty() || !r.ends().isEmpty()) {
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
    if (!r.ends().isEmpty()) {
      ends();
    }
    if (!r.walk().isEmpty()) {
      walk();
    }
    if (!parts.isEmpty()) {
      calls();
    }
    return findings;
  }

  private record End(int point, String end, int rank, double curvature, double residual) {}

  private void ends() {
    List<End> rows = new ArrayList<>();
    for (int i = 0; i < r.ends().size(); i++) {
      Ends e = r.ends().get(i);
      for (int k = 0; k < e.low().size(); k++) {
        rows.add(new End(i, "low", k + 1, e.low().get(k), e.lowResiduals().get(k)));
      }
      for (int k = 0; k < e.high().size(); k++) {
        rows.add(new End(i, "high", k + 1, e.high().get(k), e.highResiduals().get(k)));
      }
    }
    findings.add(
        Table.of(
            "normal.curvature_ends",
            "Smallest and largest principal curvatures",
            List.of(
                new Column<>("point", "row of the arrays", e -> (long) e.point()),
                new Column<>("end", "of the spectrum", End::end),
                new Column<>("rank", "from that end", e -> (long) e.rank()),
                new Column<>("curvature", "1 / length", End::curvature),
                new Column<>(
                    "residual",
                    "a principal curvature is no farther away than this",
                    End::residual)),
            rows));
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
    if (r.curved().isEmpty()) {
      Ends e = r.ends().get(point);
      List<Double> end = high ? e.high() : e.low();
      return end.isEmpty() ? null : end.get(0);
    }
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
}
