package dev.orograph.instrument.weights;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.weights.CrossLayerFigures.Pair;
import dev.orograph.stats.Binomial;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Gaussian;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/** What the cosines between layers say: scalars by component, maps, one row per pair. */
final class CrossLayerSection {
  /** What rounds to 0.000 or 0.001 in the seed's three decimals. */
  private static final double SEED_ZERO = 0.0015;

  private final Card card;
  private final WeightSettings settings;
  private final List<CrossLayerFigures> all;
  private final List<Pair> known;
  private final List<Finding> findings = new ArrayList<>();

  CrossLayerSection(Card card, WeightSettings settings, List<CrossLayerFigures> results) {
    this.card = card;
    this.settings = settings;
    this.all = results;
    this.known = results.stream().flatMap(r -> r.known().stream()).toList();
  }

  Section section() {
    notes();
    if (settings.sound() && !known.isEmpty()) {
      clear();
    }
    all.forEach(this::adjacent);
    if (settings.sound()) {
      all.forEach(this::farthest);
    }
    adjacentMap();
    fullMaps();
    findings.add(
        Table.of(
            CrossLayerColumns.COMPONENTS,
            "By component",
            CrossLayerColumns.ofComponents(settings.sound()),
            all));
    findings.add(
        Table.of(
            CrossLayerColumns.PAIRS,
            "Every pair of layers",
            CrossLayerColumns.ofPairs(settings.sound()),
            all.stream().flatMap(r -> r.pairs().stream()).toList()));
    return card.section(summary(), findings);
  }

  private String summary() {
    if (known.isEmpty()) {
      return "No pair of layers has a cosine.";
    }
    long zero = known.stream().filter(p -> Math.abs(p.seed()) < SEED_ZERO).count();
    String text =
        "The reference notebook prints three decimals, in which "
            + zero
            + " of "
            + known.size()
            + " pairs of layers read 0.000 or 0.001. ";
    if (!settings.sound()) {
      return text;
    }
    double least = all.stream().mapToDouble(r -> deviation(r)).min().orElseThrow();
    double most = all.stream().mapToDouble(r -> deviation(r)).max().orElseThrow();
    return text
        + "That is what chance gives: matrices of this size in random directions differ from 0 by "
        + Spelling.number(least)
        + (most > least ? " to " + Spelling.number(most) : "")
        + ". "
        + (clearPairs() == 0 ? "None" : clearPairs())
        + " of "
        + known.size()
        + " pairs lie more than "
        + Spelling.number(Words.CLEAR)
        + " of these deviations out"
        + (clearPairs() == 0 ? "." : " and are not zero, however few decimals show it.");
  }

  private long clearPairs() {
    return known.stream().filter(p -> Math.abs(p.z()) >= Words.CLEAR).count();
  }

  static double deviation(CrossLayerFigures r) {
    return 1 / Math.sqrt(r.task().detail().entries());
  }

  private void notes() {
    count(
        "non_finite",
        "Not measured: NaN or infinity",
        CrossLayerFigures::nonFinite,
        "hold NaN, infinity or numbers whose squares overflow");
    count("zero", "Zero matrices", CrossLayerFigures::zeros, "are zero throughout");
    count(
        "shapes",
        "Not compared: another shape",
        r -> r.task().detail().odd(),
        "have another shape than the layers that they would be compared with, or are beyond the"
            + " first "
            + CrossLayer.MOST_LAYERS
            + " of them,");
  }

  private void count(
      String id, String title, Function<CrossLayerFigures, ? extends Number> of, String words) {
    long n = all.stream().mapToLong(r -> of.apply(r).longValue()).sum();
    if (n > 0) {
      CrossLayerFigures first =
          all.stream().filter(r -> of.apply(r).longValue() > 0).findFirst().orElseThrow();
      findings.add(
          new Note(
              "cross_layer." + id,
              title,
              n
                  + " matrices "
                  + words
                  + " and have no cosine there; the first are among "
                  + first.place()
                  + "."));
    }
  }

  private void clear() {
    double share = (double) clearPairs() / known.size();
    double expected = 2 * Gaussian.cumulative(-Words.CLEAR);
    findings.add(
        Scalar.of(
            "cross_layer.model.clear_pairs",
            "Share of pairs of layers that are not at right angles",
            Estimate.of(share)
                .beside(
                    expected,
                    null,
                    Binomial.twoSided((int) clearPairs(), known.size(), expected),
                    null),
            null,
            "1",
            null,
            clearPairs()
                + " of "
                + known.size()
                + " pairs have a cosine more than "
                + Spelling.number(Words.CLEAR)
                + " standard deviations of chance away from 0."));
  }

  private void adjacent(CrossLayerFigures r) {
    List<Pair> pairs = r.known().stream().filter(Pair::adjacent).toList();
    if (pairs.isEmpty()) {
      return;
    }
    Estimate e = Samples.meanOf(pairs.stream().map(Pair::cosine).toList()).inside(-1, 1);
    if (settings.sound()) {
      e = e.against(0, deviation(r) / Math.sqrt(pairs.size()));
    }
    findings.add(
        Scalar.of(
                id(r, CrossLayerColumns.ADJACENT_MEAN.name()),
                r.place() + ": mean cosine of adjacent layers",
                e,
                Samples.mean(pairs.stream().map(Pair::seed).toList()),
                "1",
                "cross_layer." + CrossLayerColumns.ADJACENT_MEAN.name(),
                "Adjacent layers of "
                    + r.place()
                    + " have a mean cosine of "
                    + Spelling.number(e.value())
                    + Words.against(
                        e,
                        "random directions give ",
                        "neighbours point away from each other",
                        "neighbours point the same way"))
            .on(Scale.BOUNDED));
  }

  private void farthest(CrossLayerFigures r) {
    Optional<Pair> far = farthest(List.of(r));
    if (far.isEmpty()) {
      return;
    }
    Pair p = far.get();
    int pairs = r.known().size();
    findings.add(
        Scalar.of(
            id(r, "farthest"),
            r.place() + ": cosine farthest from 0",
            Estimate.of(p.cosine())
                .beside(
                    Math.copySign(
                        Gaussian.ordered(2.0 * pairs, 2.0 * pairs) * deviation(r), p.cosine()),
                    null,
                    -Math.expm1(pairs * Math.log1p(-Gaussian.beyond(p.z()))),
                    null),
            p.seed(),
            "1",
            null,
            "Layers "
                + p.layerA()
                + " and "
                + p.layerB()
                + " of "
                + r.place()
                + " have the cosine farthest from 0, "
                + Spelling.number(p.cosine())
                + ", which is "
                + Spelling.number(Math.abs(p.z()))
                + " standard deviations; the farthest of "
                + pairs
                + (pairs == 1 ? " pair" : " pairs")
                + " in random directions is about "
                + Spelling.number(Gaussian.ordered(2.0 * pairs, 2.0 * pairs))
                + "."));
  }

  static Optional<Pair> farthest(List<CrossLayerFigures> of) {
    return of.stream()
        .flatMap(r -> r.known().stream())
        .max(Comparator.comparingDouble(p -> Math.abs(p.z())));
  }

  private static String id(CrossLayerFigures r, String figure) {
    return "cross_layer." + r.place().replace(' ', '.') + "." + figure;
  }

  /** Every component's neighbours at a glance; against chance, so that sizes compare. */
  private void adjacentMap() {
    Function<Pair, Double> of = settings.sound() ? Pair::z : Pair::seed;
    TreeSet<Integer> first = new TreeSet<>();
    Map<String, Map<Integer, Double>> rows = new LinkedHashMap<>();
    for (CrossLayerFigures r : all.stream().limit(Groups.MOST_PANELS).toList()) {
      Map<Integer, Double> row = new LinkedHashMap<>();
      for (Pair p : r.known()) {
        if (p.adjacent()) {
          row.put(p.layerA(), of.apply(p));
          first.add(p.layerA());
        }
      }
      rows.put(r.place(), row);
    }
    if (!first.isEmpty()) {
      findings.add(
          new Heatmap(
              "cross_layer.adjacent",
              "Cosine of each layer with the next",
              first.stream().map(String::valueOf).toList(),
              new ArrayList<>(rows.keySet()),
              rows.values().stream().map(row -> first.stream().map(row::get).toList()).toList(),
              Axis.ordinal("layer"),
              Axis.linear(
                  settings.sound()
                      ? "cosine with the next layer / chance's deviation"
                      : "cosine with the next layer"),
              0.0,
              settings.sound()
                  ? "In standard deviations of random directions: within 2 or 3 of 0 there is nothing"
                      + " but chance to see."
                  : "0 is what random directions give; see the sound figures for how closely."));
    }
  }

  /** Every component's full matrix. */
  private void fullMaps() {
    all.stream()
        .filter(r -> r.layers() > 2 && !r.known().isEmpty())
        .limit(Groups.MOST_PANELS)
        .forEach(this::fullMap);
  }

  private void fullMap(CrossLayerFigures r) {
    Double[][] values = new Double[r.layers()][r.layers()];
    for (Pair p : r.known()) {
      values[p.a()][p.b()] = p.cosine();
      values[p.b()][p.a()] = p.cosine();
    }
    List<List<Double>> rows = new ArrayList<>();
    for (Double[] row : values) {
      // The diagonal is 1 and would take the whole scale; List.of takes no null.
      rows.add(java.util.Arrays.asList(row));
    }
    List<String> names = r.task().detail().layers().stream().map(String::valueOf).toList();
    findings.add(
        new Heatmap(
            id(r, "map"),
            "All pairs of layers: " + r.place(),
            names,
            names,
            rows,
            Axis.ordinal("layer"),
            Axis.ordinal("layer"),
            Axis.linear("cosine"),
            0.0,
            "Chance gives 0 with a standard deviation of 1/sqrt(entries), in the table of components;"
                + " the diagonal, 1, is left out.",
            new Heatmap.Group("All pairs of layers", r.place())));
  }
}
