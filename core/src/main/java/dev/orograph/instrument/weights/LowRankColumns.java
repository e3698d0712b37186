package dev.orograph.instrument.weights;

import dev.orograph.finding.Figure;
import dev.orograph.finding.Table.Column;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.List;

/** The figures of an adapter's updates, and the columns of their table. */
final class LowRankColumns {
  /** A row per update. */
  static final String UPDATES = "adapter.updates";

  static final Figure<LowRankFigures> FROBENIUS =
      Figure.of(
          UPDATES,
          "frobenius",
          "Frobenius norm of an update",
          "Frobenius norm of scale B A",
          LowRankFigures::frobenius);
  static final Figure<LowRankFigures> STABLE_RANK =
      Figure.of(
              UPDATES,
              "stable_rank",
              "stable rank of an update",
              "Frobenius norm squared over s1 squared, from 1 to the rank",
              LowRankFigures::stableRank)
          .against("stable_rank_shuffled");
  static final Figure<LowRankFigures> EFFECTIVE_RANK =
      Figure.of(
              UPDATES,
              "effective_rank",
              "effective rank of an update",
              "exponential of the entropy of s / sum s, from 1 to the rank",
              LowRankFigures::effectiveRank)
          .against("effective_rank_shuffled");

  private LowRankColumns() {}

  static List<Column<LowRankFigures>> columns() {
    List<Column<LowRankFigures>> c = new ArrayList<>();
    c.add(new Column<>("update", "what is updated", r -> r.task().label()));
    c.add(new Column<>("kind", "last part of the name", r -> r.task().place().component()));
    c.add(
        new Column<>(
            "layer",
            "first number in the name, empty where there is none",
            r -> r.task().place().layerOrNull()));
    c.add(new Column<>("rows", "outputs", r -> r.task().detail().rows()));
    c.add(new Column<>("columns", "inputs", r -> r.task().detail().columns()));
    c.add(new Column<>("rank", "rank of the factors", r -> (long) r.task().detail().rank()));
    c.add(
        new Column<>(
            "scale",
            "what the product B A is multiplied with",
            r -> (Double) r.task().detail().scale()));
    c.add(FROBENIUS.column());
    c.add(new Column<>("s1", "largest singular value", r -> r.largest()));
    c.add(STABLE_RANK.column());
    c.add(shuffled(STABLE_RANK, r -> r.stableRanks()));
    c.add(EFFECTIVE_RANK.column());
    c.add(shuffled(EFFECTIVE_RANK, r -> r.effectiveRanks()));
    c.add(new Column<>("non_finite", "NaN or infinite entries", r -> r.nonFinite()));
    return c;
  }

  private static Column<LowRankFigures> shuffled(
      Figure<LowRankFigures> figure,
      java.util.function.Function<LowRankFigures, List<Double>> draws) {
    return new Column<>(
        figure.chance(),
        "mean over products of factors whose entries are shuffled",
        r -> draws.apply(r).isEmpty() ? null : (Double) Samples.mean(draws.apply(r)));
  }
}
