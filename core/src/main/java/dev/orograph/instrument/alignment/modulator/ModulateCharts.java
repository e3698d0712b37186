package dev.orograph.instrument.alignment.modulator;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Bars;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Curve.Line;
import dev.orograph.finding.Curve.Panel;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Band;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Health;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Measured;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Point;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Said;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;

/** What modulators did, as tables and charts. */
final class ModulateCharts {
  private final ModulateSettings settings;
  private final List<ModulateFigures> results;
  private final String main;
  private final List<ModulateFigures> trained;
  private final List<Finding> all = new ArrayList<>();

  ModulateCharts(ModulateSettings settings, List<ModulateFigures> results, String main) {
    this.settings = settings;
    this.results = results;
    this.main = main;
    trained = results.stream().filter(r -> r.trained() != null).toList();
  }

  List<Finding> all() {
    if (!trained.isEmpty()) {
      alphas();
      losses();
      runs();
    }
    List<ModulateFigures> swept = results.stream().filter(r -> !r.sweep().isEmpty()).toList();
    if (!swept.isEmpty()) {
      sweeps(swept);
    }
    ModulateFigures first = results.get(0);
    if (first.after() != null) {
      bands(first);
    }
    built();
    said();
    return all;
  }

  /** What a training is called beside others. */
  private String name(ModulateFigures r) {
    return r.piece().start() == settings.start()
        ? r.piece().variant()
        : r.piece().variant() + " from " + r.piece().start();
  }

  private void alphas() {
    List<Panel> panels = new ArrayList<>();
    for (ModulateFigures r : trained) {
      if (r.piece().seed() != settings.seed() || r.piece().variant().equals(Variant.LOW_RANK)) {
        continue;
      }
      List<Double> x = r.trained().alphaSteps().stream().map(s -> (Double) (double) s).toList();
      int layers = r.trained().alphas().isEmpty() ? 0 : r.trained().alphas().get(0).size();
      List<Line> lines = new ArrayList<>();
      for (int l = 0; l < layers; l++) {
        int layer = l;
        lines.add(
            new Line(
                "layer " + l,
                x,
                r.trained().alphas().stream().map(a -> a.get(layer)).toList(),
                false));
      }
      lines.add(
          new Line(
              "0.29154",
              List.of(1.0, (double) Math.max(1, r.trained().steps())),
              List.of(ModulateSettings.CONSTANT, ModulateSettings.CONSTANT),
              true));
      panels.add(new Panel(name(r), lines, List.of()));
    }
    all.add(
        new Curve(
            "modulate.alpha_history",
            "Alpha of each layer over training",
            Axis.linear("step"),
            Axis.linear("alpha"),
            panels,
            "Alphas that found one number of their own would end there from every start; the hollow"
                + " line is the notebook's constant.",
            "layer"));
  }

  private void losses() {
    Map<String, List<ModulateFigures>> groups = new LinkedHashMap<>();
    trained.forEach(r -> groups.computeIfAbsent(name(r), k -> new ArrayList<>()).add(r));
    List<Line> learned = new ArrayList<>();
    List<Line> heldOut = new ArrayList<>();
    groups.forEach(
        (name, runs) -> {
          learned.add(mean(name, 1, runs, r -> r.trained().losses()));
          heldOut.add(mean(name, 0, runs, r -> r.trained().heldOut()));
        });
    double frozen =
        trained.stream().mapToDouble(r -> r.trained().frozen()).average().orElse(Double.NaN);
    heldOut.add(
        new Line(
            "no modulator",
            List.of(0.0, (double) settings.epochs()),
            List.of(frozen, frozen),
            false));
    all.add(
        new Curve(
            "modulate.loss_curves",
            "Loss over training, means over seeds",
            Axis.linear("epoch"),
            new Axis("loss", "nats per token", false),
            List.of(
                new Panel("words held out", heldOut, List.of()),
                new Panel("words trained on", learned, List.of())),
            "Geometry helps where its line lies below those of random and shuffled geometry on words"
                + " held out."));
  }

  private static Line mean(
      String name,
      int first,
      List<ModulateFigures> runs,
      Function<ModulateFigures, List<Double>> values) {
    int n = runs.stream().mapToInt(r -> values.apply(r).size()).min().orElse(0);
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int at = i;
      x.add((double) (first + i));
      y.add(runs.stream().mapToDouble(r -> values.apply(r).get(at)).average().orElseThrow());
    }
    return new Line(name, List.copyOf(x), List.copyOf(y), false);
  }

  private static <T> Column<T> column(String name, String about, Function<T, Object> of) {
    return new Column<>(name, about, of);
  }

  private void runs() {
    all.add(
        Table.of(
            "modulate.runs",
            "Trainings",
            List.of(
                column("variant", "whose geometry", r -> r.piece().variant()),
                column("seed", "of split, order and drawn numbers", r -> r.piece().seed()),
                column("start", "alpha at first", r -> r.piece().start()),
                column("learned", "numbers that learn", r -> r.built().learned()),
                column("steps", "done", r -> r.trained().steps()),
                column(
                    "loss_frozen",
                    "held-out loss without a modulator, nats per token",
                    r -> r.trained().frozen()),
                column("loss_before", "with it before training", r -> r.trained().heldOut().get(0)),
                column("loss_after", "behind the last epoch", r -> r.trained().loss()),
                column(
                    "loss_trained",
                    "on words trained on, mean of the last epoch",
                    r ->
                        r.trained().losses().isEmpty()
                            ? null
                            : r.trained().losses().get(r.trained().losses().size() - 1)),
                column(
                    "alpha", "mean over layers (low rank: its factor)", r -> r.trained().alpha()),
                column(
                    "alpha_low",
                    "least of a layer",
                    r -> r.trained().last().stream().min(Double::compare).orElse(null)),
                column(
                    "alpha_high",
                    "greatest of a layer",
                    r -> r.trained().last().stream().max(Double::compare).orElse(null)),
                column(
                    "preservation",
                    "mean cosine of states with and without",
                    r -> r.after().preservation()),
                column(
                    "pearson", "with path similarity, notebook's pairs", r -> r.after().pearson()),
                column("spearman", "of ranks", r -> r.after().spearman()),
                column("gradient", "near less far pairs", r -> r.after().gradient()),
                column(
                    "nouns",
                    "Pearson over all pairs of nouns",
                    r -> r.after().nouns() == null ? null : r.after().nouns().value()),
                column("cv", "of volumes of five states", r -> r.after().cv()),
                column(
                    "ended",
                    "why it ended early",
                    r -> r.trained().ended().isEmpty() ? null : r.trained().ended())),
            trained));
  }

  /** A figure of a sweep. */
  private record Swept(String name, Function<Measured, Double> of) {}

  private void sweeps(List<ModulateFigures> swept) {
    List<Swept> figures =
        List.of(
            new Swept("preservation", Measured::preservation),
            new Swept("Pearson", Measured::pearson),
            new Swept("Spearman", Measured::spearman),
            new Swept("gradient", Measured::gradient),
            new Swept("Pearson over nouns", m -> m.nouns() == null ? null : m.nouns().value()),
            new Swept("CV", Measured::cv));
    List<Panel> panels = new ArrayList<>();
    for (Swept f : figures) {
      List<Line> lines = new ArrayList<>();
      for (ModulateFigures r : swept) {
        lines.add(
            new Line(
                r.piece().variant(),
                r.sweep().stream().map(Point::alpha).toList(),
                values(r.sweep(), f.of()),
                false));
      }
      panels.add(new Panel(f.name(), lines, List.of()));
    }
    all.add(
        new Curve(
            "modulate.sweep_curves",
            "The same modulator at other alphas",
            Axis.linear("alpha"),
            Axis.linear("figure"),
            panels,
            "Something special at 0.29154 would be a corner there, in WordNet's line and in no"
                + " other."));
    record At(String variant, Point point) {}
    List<At> rows = new ArrayList<>();
    swept.forEach(r -> r.sweep().forEach(p -> rows.add(new At(r.piece().variant(), p))));
    List<Column<At>> columns = new ArrayList<>();
    columns.add(column("variant", "whose geometry", a -> a.variant()));
    columns.add(column("alpha", "of every layer", a -> a.point().alpha()));
    for (Swept f : figures) {
      columns.add(
          column(
              f.name().toLowerCase(java.util.Locale.ROOT).replace(' ', '_'),
              f.name() + " of the states of glosses",
              a -> f.of().apply(a.point().measured())));
    }
    all.add(Table.of("modulate.sweep", "Sweep", columns, rows));
  }

  /** With gaps where there is no figure. */
  private static List<Double> values(List<Point> points, Function<Measured, Double> of) {
    List<Double> all = new ArrayList<>();
    points.forEach(p -> all.add(of.apply(p.measured())));
    return Collections.unmodifiableList(all);
  }

  private void bands(ModulateFigures r) {
    List<Band> before = r.before().bands();
    List<Band> after = r.after().bands();
    List<String> names = before.stream().map(b -> b.low() + " to " + b.high()).toList();
    all.add(
        new Bars(
            "modulate.band_bars",
            "Mean cosine of glosses by path similarity, before and after",
            Axis.linear("mean cosine"),
            names,
            List.of(
                new Bars.Group("without", before.stream().map(Band::cosine).toList(), null, false),
                new Bars.Group("with", after.stream().map(Band::cosine).toList(), null, false)),
            "Words that WordNet puts close should be closer with the modulator, the others not."));
    all.add(
        Table.of(
            "modulate.bands",
            "Bands",
            List.of(
                column("low", "path similarity from", i -> before.get(i).low()),
                column("high", "below", i -> before.get(i).high()),
                column("pairs", "of the notebook's 50,000", i -> before.get(i).n()),
                column("without", "mean cosine", i -> before.get(i).cosine()),
                column("with", "mean cosine", i -> after.get(i).cosine())),
            IntStream.range(0, before.size()).boxed().toList()));
  }

  private void built() {
    record Named(String variant, Health health) {}
    List<Named> rows = new ArrayList<>();
    for (ModulateFigures r : results) {
      if (r.built() == null
          || rows.stream().anyMatch(n -> n.variant().equals(r.piece().variant()))) {
        continue;
      }
      String v = r.piece().variant();
      rows.add(new Named(v, new Health("words", r.built().words())));
      rows.add(new Named(v, new Health("anchors", r.built().anchors())));
      rows.add(new Named(v, new Health("parameters", r.built().parameters())));
      rows.add(new Named(v, new Health("learned", r.built().learned())));
      rows.add(new Named(v, new Health("frozen_weights", r.built().frozen())));
      add(rows, v, "reconstruction", r.built().reconstruction(), Named::new);
      add(rows, v, "procrustes_scale", r.built().scale(), Named::new);
      add(rows, v, "alignment_cosine", r.built().alignment(), Named::new);
      add(rows, v, "alignment_sd", r.built().alignmentDeviation(), Named::new);
      for (int i = 0; i < r.built().eigenvalues().size(); i++) {
        rows.add(new Named(v, new Health("eigenvalue_" + (i + 1), r.built().eigenvalues().get(i))));
      }
      r.built().health().forEach(h -> rows.add(new Named(v, h)));
    }
    if (!rows.isEmpty()) {
      all.add(
          Table.of(
              "modulate.health",
              "How modulators begin",
              List.of(
                  column("variant", "whose geometry", n -> n.variant()),
                  column("figure", "of its own numbers", n -> n.health().name()),
                  column("value", "value", n -> n.health().value())),
              rows));
    }
  }

  private static <T> void add(
      List<T> rows,
      String variant,
      String name,
      Double value,
      java.util.function.BiFunction<String, Health, T> make) {
    if (value != null) {
      rows.add(make.apply(variant, new Health(name, value)));
    }
  }

  private void said() {
    List<Said> rows =
        results.stream()
            .filter(r -> r.piece().variant().equals(main))
            .map(ModulateFigures::said)
            .filter(s -> !s.isEmpty())
            .findFirst()
            .orElse(List.of());
    if (rows.stream().allMatch(Objects::nonNull) && !rows.isEmpty()) {
      all.add(
          Table.of(
              "modulate.talk",
              "Answers",
              List.of(
                  column("prompt", "what both read", s -> s.prompt()),
                  column("plain", "without the modulator", s -> s.plain()),
                  column("modulated", "with it", s -> s.modulated()),
                  column("differences", "tokens that differ by place", s -> (long) s.differences()),
                  column("tokens", "of the longer answer", s -> (long) s.of())),
              rows));
    }
  }
}
