package dev.orograph.instrument.weights;

import dev.orograph.finding.Figure;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.weights.NeuronFigures.Own;
import dev.orograph.instrument.weights.NeuronFigures.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The figures of neurons, and the columns of their table. */
public final class NeuronColumns {
  /** A row per layer. */
  public static final String LAYERS = "neurons.layers";

  /** Neurons whose importance is below 1 % of the layer's mean. */
  public static final Figure<Own> DEAD =
      Figure.<Own>of(
              LAYERS,
              "dead",
              "dead neurons",
              "importances below 1 % of their mean; seed and sound",
              Own::dead)
          .against("dead_null");

  /** Coefficient of variation of the importances. */
  public static final Figure<Own> CV =
      Figure.<Own>of(
              LAYERS,
              "cv",
              "spread of the neurons' importances",
              "std (ddof 0) / mean of the importances; sound",
              Own::cv)
          .against("cv_null");

  /** Neurons of a layer, d_ff. */
  public static final Figure<MlpWeights> D_FF =
      Figure.of(LAYERS, "d_ff", "neurons", "neurons", MlpWeights::neurons);

  private NeuronColumns() {}

  /** A row per layer. */
  static List<Column<NeuronFigures>> ofLayers(boolean sound) {
    List<Column<NeuronFigures>> c = new ArrayList<>(MlpWeights.columns(NeuronFigures::task));
    c.add(DEAD.column(NeuronFigures::own));
    own(c, "weak", "importances below 10 % of their mean; seed and sound", Own::weak);
    own(c, "zero", "importances that are exactly 0", Own::zero);
    own(c, "min_over_mean", "smallest importance / mean; sound", Own::least);
    own(c, "max_over_mean", "largest importance / mean; sound", Own::most);
    c.add(CV.column(NeuronFigures::own));
    if (sound) {
      own(c, CV.chance(), "expected of shuffled matrices, first order", Own::shuffledCv);
      own(c, "cv_null_sd", "standard deviation of that", Own::shuffledDeviation);
      own(
          c,
          "cv_z",
          "(cv - cv_null) / cv_null_sd",
          o -> o.cv() == null ? null : (o.cv() - o.shuffledCv()) / o.shuffledDeviation());
      chance(
          c,
          "min_null",
          "expected smallest of shuffled matrices",
          r -> NeuronsSection.extreme(r, false));
      chance(
          c,
          "max_null",
          "expected largest of shuffled matrices",
          r -> NeuronsSection.extreme(r, true));
      chance(c, DEAD.chance(), "expected dead of shuffled matrices", r -> r.expectedBelow(0.01));
      chance(c, "weak_null", "expected weak of shuffled matrices", r -> r.expectedBelow(0.1));
    }
    for (String matrix : List.of("gate", "up", "down")) {
      norm(c, matrix, "mean", "mean norm", Spread::mean);
      norm(c, matrix, "std", "standard deviation of norms, ddof 1", Spread::deviation);
      norm(c, matrix, "min", "smallest norm", Spread::min);
      norm(c, matrix, "max", "largest norm", Spread::max);
    }
    c.add(new Column<>("non_finite", "NaN, infinite or beyond float32", r -> r.nonFinite()));
    return c;
  }

  private static void own(
      List<Column<NeuronFigures>> c, String name, String about, Function<Own, Object> of) {
    c.add(new Column<>(name, about, r -> r.own() == null ? null : of.apply(r.own())));
  }

  private static void chance(
      List<Column<NeuronFigures>> c,
      String name,
      String about,
      Function<NeuronFigures, Object> of) {
    c.add(new Column<>(name, about, r -> r.own() == null ? null : of.apply(r)));
  }

  private static void norm(
      List<Column<NeuronFigures>> c,
      String matrix,
      String name,
      String about,
      Function<Spread, Object> of) {
    c.add(
        new Column<>(
            matrix + "_norm_" + name,
            about + " of a neuron's weights in " + matrix + "; seed",
            r -> {
              if (r.own() == null || (matrix.equals("gate") && !r.task().detail().gated())) {
                return null;
              }
              int from = r.task().detail().gated() ? 0 : 1;
              return of.apply(
                  r.own().norms().get(List.of("gate", "up", "down").indexOf(matrix) - from));
            }));
  }
}
