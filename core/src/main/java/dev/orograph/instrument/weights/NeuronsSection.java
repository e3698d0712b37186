package dev.orograph.instrument.weights;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.weights.NeuronFigures.Own;
import dev.orograph.stats.Binomial;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Gaussian;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What the norms of neurons say: scalars by stack, sorted importances, one row per layer. */
final class NeuronsSection {
  /** Most layers drawn. */
  private static final int MOST_LAYERS = 12;

  private final Card card;
  private final WeightSettings settings;
  private final List<NeuronFigures> all;
  private final List<NeuronFigures> measured;
  private final Map<String, List<NeuronFigures>> stacks;
  private final List<Finding> findings = new ArrayList<>();

  NeuronsSection(Card card, WeightSettings settings, List<NeuronFigures> results) {
    this.card = card;
    this.settings = settings;
    this.all = results;
    this.measured = results.stream().filter(r -> r.own() != null).toList();
    this.stacks = Groups.by(measured, r -> r.task().place().stack());
  }

  Section section() {
    notes();
    stacks.forEach(this::stack);
    curves();
    findings.add(
        Table.of(
            NeuronColumns.LAYERS, "Every layer", NeuronColumns.ofLayers(settings.sound()), all));
    return card.section(summary(), findings);
  }

  private String summary() {
    if (measured.isEmpty()) {
      return "No MLP could be measured.";
    }
    long neurons = measured.stream().mapToLong(r -> r.task().detail().neurons()).sum();
    return total(measured, Own::dead)
        + " of "
        + neurons
        + " MLP neurons in "
        + measured.size()
        + " layers are dead by their weights (below 1 % of the layer's mean importance), "
        + total(measured, Own::weak)
        + " are weak (below 10 %)."
        + (settings.sound()
            ? " Shuffled matrices have "
                + Spelling.number(Math.rint(below(measured, 0.1)))
                + " weak ones; whether a neuron ever fires is another question."
            : "");
  }

  private void notes() {
    List<NeuronFigures> faults =
        all.stream().filter(r -> !r.task().detail().fault().isEmpty()).toList();
    if (!faults.isEmpty()) {
      Task<MlpWeights> first = faults.get(0).task();
      findings.add(
          new Note(
              "neurons.faults",
              "Not measured: matrices that do not belong together",
              faults.size()
                  + " layers have no pair of matrices that fit; the first is "
                  + first.label()
                  + ": "
                  + first.detail().fault()
                  + "."));
    }
    List<NeuronFigures> broken = all.stream().filter(r -> r.nonFinite() > 0).toList();
    if (!broken.isEmpty()) {
      findings.add(
          new Note(
              "neurons.non_finite",
              "Not measured: NaN or infinity",
              broken.size()
                  + " layers hold entries that are NaN, infinite or beyond float32; the first is "
                  + broken.get(0).task().label()
                  + " with "
                  + broken.get(0).nonFinite()
                  + " of them."));
    }
    long zero = total(measured, Own::zero);
    if (zero > 0) {
      findings.add(
          new Note(
              "neurons.zero",
              "Neurons without weights",
              zero
                  + " neurons have an importance of exactly 0; they count as dead where their layer"
                  + " has others, and a layer of nothing else has no mean to compare with."));
    }
  }

  private void stack(String stack, List<NeuronFigures> layers) {
    long neurons = layers.stream().mapToLong(r -> r.task().detail().neurons()).sum();
    count(stack, layers, neurons, NeuronColumns.DEAD.name(), 0.01, Own::dead);
    count(stack, layers, neurons, "weak", 0.1, Own::weak);
    List<NeuronFigures> spread = layers.stream().filter(r -> r.own().cv() != null).toList();
    if (spread.isEmpty()) {
      return;
    }
    Estimate e =
        Samples.meanOf(spread.stream().map(r -> r.own().cv()).toList())
            .inside(0, Double.POSITIVE_INFINITY);
    if (settings.sound()) {
      double variances =
          spread.stream().mapToDouble(r -> Math.pow(r.own().shuffledDeviation(), 2)).sum();
      e =
          e.against(
              Samples.mean(spread.stream().map(r -> r.own().shuffledCv()).toList()),
              Math.sqrt(variances) / spread.size());
      findings.add(
          Scalar.of(
              "neurons." + stack + ".cv",
              stack + " MLP: coefficient of variation of importance",
              e,
              null,
              "1",
              "neurons.cv",
              "The importances of "
                  + stack
                  + " neurons have on average a coefficient of variation of "
                  + Spelling.number(e.value())
                  + Words.against(
                      e,
                      "shuffled matrices give ",
                      "neurons are more alike than their entries explain",
                      "some neurons are built larger than others")));
    }
    extreme(stack, spread, "max_over_mean", "largest", Own::most);
    extreme(stack, spread, "min_over_mean", "smallest", Own::least);
  }

  private void count(
      String stack,
      List<NeuronFigures> layers,
      long neurons,
      String name,
      double share,
      Function<Own, Long> of) {
    double value = total(layers, of);
    double expected = below(layers, share);
    Estimate e = Estimate.of(value);
    if (settings.sound()) {
      e = e.beside(expected, Math.sqrt(expected), Binomial.poissonTwoSided(value, expected), null);
    }
    findings.add(
        Scalar.of(
            "neurons." + stack + "." + name,
            stack + " MLP: " + name + " neurons",
            e,
            value,
            "neurons",
            null,
            Spelling.number(value)
                + " of "
                + neurons
                + " "
                + stack
                + " neurons are below "
                + Spelling.percent(share)
                + " of their layer's mean importance"
                + (settings.sound()
                    ? "; shuffled matrices have " + Spelling.number(expected) + "."
                    : ".")));
  }

  private void extreme(
      String stack,
      List<NeuronFigures> layers,
      String name,
      String words,
      Function<Own, Double> of) {
    boolean largest = name.startsWith("max");
    Estimate e =
        Samples.meanOf(layers.stream().map(r -> of.apply(r.own())).toList())
            .inside(largest ? 1 : 0, largest ? Double.POSITIVE_INFINITY : 1);
    String chance = "";
    if (settings.sound()) {
      double expected = Samples.mean(layers.stream().map(r -> extreme(r, largest)).toList());
      e = e.from(expected);
      chance = "; shuffled matrices give about " + Spelling.number(expected);
    }
    findings.add(
        Scalar.of(
            "neurons." + stack + "." + name,
            stack + " MLP: " + words + " importance over mean",
            e,
            null,
            "1",
            null,
            "The "
                + words
                + " neuron of a layer of the "
                + stack
                + " has on average "
                + Spelling.number(e.value())
                + " times the mean importance"
                + chance
                + "."));
  }

  /** Smallest or largest importance over mean that shuffled matrices are expected to have. */
  static double extreme(NeuronFigures r, boolean largest) {
    double n = r.task().detail().neurons();
    return r.shuffled(Gaussian.ordered(largest ? n : 1, n));
  }

  private static long total(List<NeuronFigures> layers, Function<Own, Long> of) {
    return layers.stream().mapToLong(r -> of.apply(r.own())).sum();
  }

  private static double below(List<NeuronFigures> layers, double share) {
    return layers.stream().mapToDouble(r -> r.expectedBelow(share)).sum();
  }

  private void curves() {
    List<Curve.Panel> panels = new ArrayList<>();
    stacks.forEach(
        (stack, layers) -> {
          List<NeuronFigures> drawn =
              layers.stream().filter(r -> !r.own().quantiles().isEmpty()).toList();
          for (NeuronFigures r : Groups.spread(drawn, MOST_LAYERS / stacks.size())) {
            panels.add(panel(r));
          }
        });
    if (!panels.isEmpty()) {
      findings.add(
          new Curve(
              "neurons.importance",
              "Sorted importance of neurons",
              Axis.linear("share of neurons"),
              Axis.log("importance / mean"),
              panels,
              "Neurons of a layer from the least to the most important; the grey band is where"
                  + " those of shuffled matrices lie (95 %). Above it at the right end a few"
                  + " neurons stand out, below it at the left end some are hardly built.",
              "layer"));
    }
  }

  private Curve.Panel panel(NeuronFigures r) {
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    List<Double> low = new ArrayList<>();
    List<Double> high = new ArrayList<>();
    double n = r.task().detail().neurons();
    for (int i = 0; i < NeuronFigures.POINTS; i++) {
      double q = (double) i / (NeuronFigures.POINTS - 1);
      double v = r.own().quantiles().get(i);
      x.add(q);
      // A logarithmic axis has no zero.
      y.add(v > 0 ? v : null);
      double p = (q * (n - 1) + 1 - 0.375) / (n + 0.25);
      double at = Gaussian.quantile(p);
      double density = Math.exp(-at * at / 2) / Math.sqrt(2 * Math.PI);
      double half = 1.96 * Math.sqrt(p * (1 - p) / n) / density;
      low.add(r.shuffled(at - half));
      high.add(r.shuffled(at + half));
    }
    List<Curve.Band> bands =
        settings.sound() ? List.of(new Curve.Band("shuffled, 95 %", x, low, high)) : List.of();
    return new Curve.Panel(
        r.task().label(),
        List.of(new Curve.Line("layer " + r.task().place().layer(), x, y, false)),
        bands);
  }
}
