package dev.orograph.instrument.weights;

import dev.orograph.finding.Figure;
import dev.orograph.finding.Table.Column;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

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

  /** What becomes of the base's matrices. */
  static List<Column<LowRankFigures>> ofBase() {
    List<Column<LowRankFigures>> c = new ArrayList<>();
    c.add(new Column<>("base", "the base's matrix W", r -> r.task().detail().base()));
    c.add(
        updated(
            "relative_size",
            "Frobenius norm of the update over W's",
            (r, m) -> m.frobenius() > 0 ? (Double) (r.frobenius() / m.frobenius()) : null));
    c.add(updated("base_frobenius", "Frobenius norm of W", (r, m) -> m.frobenius()));
    c.add(updated("updated_frobenius", "of W + D", (r, m) -> m.updatedFrobenius()));
    c.add(updated("base_s1", "largest singular value of W", (r, m) -> m.largest()));
    c.add(updated("updated_s1", "of W + D", (r, m) -> m.updatedLargest()));
    c.add(updated("base_stable_rank", "stable rank of W", (r, m) -> m.stableRank()));
    c.add(updated("updated_stable_rank", "of W + D", (r, m) -> m.updatedStableRank()));
    c.add(
        updated(
            "left_share",
            "share of |D|^2 in the span of W's 16 leading left singular directions",
            (r, m) -> m.left() == null ? null : (Double) m.left().value()));
    c.add(
        updated(
            "left_share_null",
            "of an update in a random orientation",
            (r, m) -> m.left() == null ? null : m.left().expected()));
    c.add(
        updated(
            "left_share_z",
            "deviations from it",
            (r, m) -> m.left() == null ? null : m.left().z()));
    c.add(
        updated(
            "right_share",
            "the same of right ones",
            (r, m) -> m.right() == null ? null : (Double) m.right().value()));
    c.add(
        updated(
            "right_share_null",
            "of an update in a random orientation",
            (r, m) -> m.right() == null ? null : m.right().expected()));
    c.add(
        updated(
            "right_share_z",
            "deviations from it",
            (r, m) -> m.right() == null ? null : m.right().z()));
    c.add(
        updated(
            "left_best",
            "best match of the leading left directions of W and W + D; 1 where none is new",
            (r, m) -> m.directions() == null ? null : (Double) m.directions().leftBest()));
    c.add(
        updated(
            "right_best",
            "of the right ones",
            (r, m) -> m.directions() == null ? null : (Double) m.directions().rightBest()));
    return c;
  }

  private static Column<LowRankFigures> updated(
      String name, String about, BiFunction<LowRankFigures, UpdatedMatrix, Double> cell) {
    return new Column<>(name, about, r -> r.updated() == null ? null : cell.apply(r, r.updated()));
  }

  static List<Column<LowRankFigures>> columns() {
    List<Column<LowRankFigures>> c = new ArrayList<>();
    c.add(new Column<>("update", "what is updated", r -> r.task().label()));
    c.add(
        new Column<>(
            "kind",
            "last part of the name, or what is behind its last number",
            r -> r.task().place().component()));
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
      Figure<LowRankFigures> figure, Function<LowRankFigures, List<Double>> draws) {
    return new Column<>(
        figure.chance(),
        "mean over products of factors whose entries are shuffled",
        r -> draws.apply(r).isEmpty() ? null : (Double) Samples.mean(draws.apply(r)));
  }
}
