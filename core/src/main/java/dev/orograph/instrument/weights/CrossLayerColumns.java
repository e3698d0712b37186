package dev.orograph.instrument.weights;

import dev.orograph.finding.Figure;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.weights.CrossLayerFigures.Pair;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The figures of cosines between layers, and the columns of their tables. */
public final class CrossLayerColumns {
  /** A row per matrix that several layers have. */
  public static final String COMPONENTS = "cross_layer.components";

  /** A row per pair of layers. */
  public static final String PAIRS = "cross_layer.pairs";

  /** Mean cosine of neighbouring layers. */
  public static final Figure<CrossLayerFigures> ADJACENT_MEAN =
      Figure.of(
          COMPONENTS,
          "adjacent_mean",
          "cosine of weights between neighbouring layers",
          "mean cosine of adjacent layers; sound",
          r -> adjacent(r, Samples::mean));

  /** Cosine of a pair of layers. */
  public static final Figure<Pair> COSINE =
      Figure.<Pair>of(PAIRS, "cosine", "cosine", "a.b / (|a| |b|); sound", Pair::cosine)
          .on(Scale.BOUNDED);

  /** The cosine over the deviation that random directions have. */
  public static final Figure<Pair> Z =
      Figure.of(PAIRS, "z", "z of the cosine", "cosine sqrt(entries)", Pair::z);

  private CrossLayerColumns() {}

  private static Double adjacent(CrossLayerFigures r, Function<List<Double>, Double> of) {
    List<Double> v = r.known().stream().filter(Pair::adjacent).map(Pair::cosine).toList();
    return v.isEmpty() ? null : of.apply(v);
  }

  /** A row per matrix that several layers have. */
  static List<Column<CrossLayerFigures>> ofComponents(boolean sound) {
    List<Column<CrossLayerFigures>> c = new ArrayList<>();
    c.add(new Column<>("component", "what the matrices do", r -> r.task().place().component()));
    c.add(new Column<>("stack", "which stack", r -> r.task().place().stack()));
    c.add(new Column<>("layers", "how many are compared", r -> (long) r.layers()));
    c.add(new Column<>("rows", "rows as stored", r -> r.task().detail().rows()));
    c.add(new Column<>("columns", "columns as stored", r -> r.task().detail().columns()));
    c.add(ADJACENT_MEAN.column());
    adjacent(
        c,
        "adjacent_low",
        "smallest of them; sound",
        v -> v.stream().min(Double::compare).orElseThrow());
    adjacent(
        c,
        "adjacent_high",
        "largest of them; sound",
        v -> v.stream().max(Double::compare).orElseThrow());
    if (sound) {
      c.add(
          new Column<>(
              "null_sd",
              "1/sqrt(entries), standard deviation of a cosine of random directions",
              CrossLayerSection::deviation));
      c.add(
          new Column<>(
              "farthest_z",
              "cosine / null_sd of the pair farthest from 0",
              r -> CrossLayerSection.farthest(List.of(r)).map(Pair::z).orElse(null)));
      c.add(
          new Column<>(
              "clear_pairs",
              "pairs more than 4 null_sd from 0",
              r -> r.known().stream().filter(p -> Math.abs(p.z()) >= Words.CLEAR).count()));
    }
    c.add(new Column<>("non_finite", "layers with NaN or infinity", r -> r.nonFinite()));
    return c;
  }

  private static void adjacent(
      List<Column<CrossLayerFigures>> c,
      String name,
      String about,
      Function<List<Double>, Double> of) {
    c.add(new Column<>(name, about, r -> adjacent(r, of)));
  }

  /** A row per pair of layers. */
  static List<Column<Pair>> ofPairs(boolean sound) {
    List<Column<Pair>> c = new ArrayList<>();
    c.add(new Column<>("component", "what it does", p -> p.figures().task().place().component()));
    c.add(new Column<>("stack", "which stack", p -> p.figures().task().place().stack()));
    c.add(new Column<>("layer_a", "the earlier layer", p -> (long) p.layerA()));
    c.add(new Column<>("layer_b", "the later layer", p -> (long) p.layerB()));
    c.add(COSINE.column());
    c.add(new Column<>("seed_cosine", "a.b / (|a| |b| + 1e-8); seed", Pair::seed, true));
    if (sound) {
      c.add(Z.column());
    }
    return c;
  }
}
