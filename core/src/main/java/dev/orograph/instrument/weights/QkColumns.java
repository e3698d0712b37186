package dev.orograph.instrument.weights;

import dev.orograph.finding.Figure;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.weights.QkFigures.Draw;
import dev.orograph.instrument.weights.QkFigures.Head;
import dev.orograph.instrument.weights.QkFigures.Whole;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

/** The figures of query-key forms, and the columns of their tables. */
public final class QkColumns {
  /** A row per attention. */
  public static final String LAYERS = "qk.layers";

  /** A row per head. */
  public static final String HEADS = "qk.heads";

  /** Symmetry of one head's form. */
  public static final Figure<Head> HEAD_SCORE =
      Figure.<Head>of(HEADS, "score", "symmetry score", "tr(MM) / tr(MM^T)", Head::score)
          .against("score_null")
          .on(Scale.BOUNDED);

  /** Share of energy that one head's positive eigenvalues have. */
  public static final Figure<Head> HEAD_POSITIVE_ENERGY =
      Figure.<Head>of(
              HEADS,
              "positive_energy",
              "positive energy",
              "share of squared eigenvalues of (M + M^T)/2 that belongs to positive ones",
              Head::positiveEnergy)
          .on(Scale.SHARE);

  /** Sum of one head's eigenvalues over that of their magnitudes. */
  public static final Figure<Head> HEAD_SIGNED_BALANCE =
      Figure.of(
          HEADS,
          "signed_balance",
          "signed balance",
          "sum of eigenvalues / sum of magnitudes",
          Head::signedBalance);

  /** Gain of one head's form in its strongest direction. */
  public static final Figure<Head> HEAD_S1 =
      Figure.of(
          HEADS,
          "s1",
          "largest singular value of the form",
          "largest singular value of M",
          Head::s1);

  /** Mean over heads of the symmetry 2r - 1. */
  public static final Figure<QkFigures> SCORE =
      Figure.<QkFigures>of(
              LAYERS,
              HEAD_SCORE.name(),
              "query-key symmetry 2r - 1, mean over heads",
              "mean over heads of tr(MM) / tr(MM^T); sound",
              r -> mean(r, HEAD_SCORE::number))
          .against(HEAD_SCORE.chance());

  /** Spread of one head's symmetry under permuted inputs. */
  public static final Figure<QkFigures> SCORE_NULL_SD =
      Figure.of(
          LAYERS,
          "score_null_sd",
          "spread of one head's score by chance",
          "spread of one head's score under permuted inputs",
          QkColumns::spread);

  /** Mean over heads of the share of energy that positive eigenvalues have. */
  public static final Figure<QkFigures> POSITIVE_ENERGY =
      Figure.<QkFigures>of(
              LAYERS,
              HEAD_POSITIVE_ENERGY.name(),
              "energy of positive eigenvalues, mean over heads",
              "mean over heads of the share of squared eigenvalues of (M + M^T)/2 that belongs to"
                  + " positive ones; sound",
              r -> mean(r, HEAD_POSITIVE_ENERGY::number))
          .against("positive_energy_null");

  /** Symmetry of all heads' forms together. */
  public static final Figure<QkFigures> LAYER_SCORE =
      Figure.<QkFigures>of(
              LAYERS,
              "layer_score",
              "query-key symmetry of the whole layer",
              "tr(MM) / tr(MM^T) of M = W_q^T W_k, the sum of all heads' forms; sound",
              r -> r.layer() == null ? null : r.layer().score())
          .against("layer_score_null")
          .on(Scale.BOUNDED);

  /** The seed's share of positive eigenvalues. */
  public static final Figure<QkFigures> SEED_POSITIVE_SHARE =
      Figure.<QkFigures>of(
              LAYERS,
              "seed_positive_share",
              "share of positive eigenvalues",
              "positive over all; seed",
              r -> r.whole() == null ? null : positiveShare(r))
          .bySeed();

  private QkColumns() {}

  /**
   * A head of an attention.
   *
   * @param of the attention
   * @param head the head
   */
  record Row(QkFigures of, Head head) {}

  /** A row per attention. */
  static List<Column<QkFigures>> ofLayers() {
    List<Column<QkFigures>> c = new ArrayList<>();
    place(c, r -> r);
    c.add(new Column<>("heads", "query heads", r -> known(r.task().detail().heads())));
    c.add(new Column<>("key_heads", "key heads", r -> known(r.task().detail().keyHeads())));
    c.add(
        new Column<>(
            "d_head",
            "width of a head",
            r ->
                r.task().detail().heads() == 0
                    ? null
                    : (long) r.task().detail().inner() / r.task().detail().heads()));
    c.add(
        new Column<>("d_model", "inputs of both weights", r -> (long) r.task().detail().dModel()));
    c.add(SCORE.column());
    mean(
        c,
        SCORE.chance(),
        "mean over heads of its exact mean over all orders of the inputs of W_k",
        Head::expectedScore);
    c.add(SCORE_NULL_SD.column());
    c.add(new Column<>("score_low", "lowest head's score", r -> extreme(r, Head::score, -1)));
    c.add(new Column<>("score_high", "highest head's score", r -> extreme(r, Head::score, 1)));
    c.add(LAYER_SCORE.column());
    c.add(
        new Column<>(
            LAYER_SCORE.chance(),
            "its exact mean over all orders of the inputs of W_k",
            r -> r.layer() == null ? null : r.layer().expectedScore()));
    mean(c, "deviation", "mean over heads of |M - M^T| / |M|; sound", Head::deviation);
    c.add(POSITIVE_ENERGY.column());
    c.add(
        new Column<>(
            POSITIVE_ENERGY.chance(),
            "mean of it under permuted inputs",
            r -> meanDraw(r, Draw::positiveEnergy)));
    mean(
        c,
        HEAD_SIGNED_BALANCE.name(),
        "mean over heads of sum l / sum |l|, l eigenvalues of (M + M^T)/2; sound",
        Head::signedBalance);
    mean(c, "stable_rank", "mean over heads of |M|_F^2 / s1^2; sound", Head::stableRank);
    whole(c, "seed_stable_rank", "stable rank of A = W_q W_k^T; seed", Whole::stableRank);
    whole(
        c,
        "seed_participation_ratio",
        "participation ratio of its singular values; seed",
        Whole::participationRatio);
    whole(c, "seed_asymmetry", "|A - A^T| / |A|; seed", Whole::asymmetry);
    whole(
        c, "seed_positive", "positive eigenvalues of (A + A^T)/2; seed", w -> (long) w.positive());
    whole(c, "seed_negative", "negative ones; seed", w -> (long) w.negative());
    c.add(SEED_POSITIVE_SHARE.column());
    for (int i = 0; i < 5; i++) {
      int k = i;
      whole(
          c,
          "seed_top_" + (i + 1),
          "largest eigenvalues of (A + A^T)/2; seed",
          w -> k < w.top().size() ? w.top().get(k) : null);
    }
    return c;
  }

  /** A row per head. */
  static List<Column<Row>> ofHeads() {
    List<Column<Row>> c = new ArrayList<>();
    place(c, Row::of);
    c.add(new Column<>("head", "query head", r -> (long) r.head().head()));
    c.add(new Column<>("key_head", "its key head", r -> (long) r.head().keyHead()));
    c.add(HEAD_SCORE.column(Row::head));
    c.add(
        new Column<>(
            HEAD_SCORE.chance(),
            "its exact mean over all orders of the inputs of W_k",
            r -> r.head().expectedScore()));
    c.add(
        new Column<>(
            "score_null_sd",
            "spread of one head's score under permuted inputs, over all heads of the attention",
            r -> spread(r.of())));
    c.add(
        new Column<>("score_z", "(score - score_null) / score_null_sd", r -> z(r.of(), r.head())));
    c.add(new Column<>("deviation", "|M - M^T| / |M|", r -> r.head().deviation()));
    c.add(HEAD_POSITIVE_ENERGY.column(Row::head));
    c.add(HEAD_SIGNED_BALANCE.column(Row::head));
    c.add(new Column<>("stable_rank", "|M|_F^2 / s1^2", r -> r.head().stableRank()));
    c.add(HEAD_S1.column(Row::head));
    c.add(new Column<>("top_eigenvalue", "largest of (M + M^T)/2", r -> r.head().top()));
    c.add(new Column<>("bottom_eigenvalue", "smallest of (M + M^T)/2", r -> r.head().bottom()));
    return c;
  }

  private static <R> void place(List<Column<R>> c, Function<R, QkFigures> of) {
    c.add(
        new Column<>(
            "component", "self_attn or cross_attn", r -> of.apply(r).task().place().component()));
    c.add(new Column<>("stack", "which stack", r -> of.apply(r).task().place().stack()));
    c.add(new Column<>("layer", "block number", r -> (long) of.apply(r).task().place().layer()));
  }

  private static void mean(
      List<Column<QkFigures>> c, String name, String about, Function<Head, Double> of) {
    c.add(new Column<>(name, about, r -> mean(r, of)));
  }

  private static void whole(
      List<Column<QkFigures>> c, String name, String about, Function<Whole, Object> of) {
    c.add(new Column<>(name, about, r -> r.whole() == null ? null : of.apply(r.whole()), true));
  }

  private static Long known(int count) {
    return count == 0 ? null : (long) count;
  }

  /** Mean over the heads that have the figure; null where none has. */
  static Double mean(QkFigures r, Function<Head, Double> of) {
    List<Double> values = r.heads().stream().map(of).filter(Objects::nonNull).toList();
    return values.isEmpty() ? null : (Double) Samples.mean(values);
  }

  /** The largest (sign 1) or smallest (sign -1) over the heads that have the figure. */
  static Double extreme(QkFigures r, Function<Head, Double> of, int sign) {
    return r.heads().stream()
        .map(of)
        .filter(Objects::nonNull)
        .max((a, b) -> sign * a.compareTo(b))
        .orElse(null);
  }

  private static Double meanDraw(QkFigures r, Function<Draw, Double> of) {
    List<Double> values = r.draws().stream().map(of).filter(Objects::nonNull).toList();
    return values.isEmpty() ? null : (Double) Samples.mean(values);
  }

  /**
   * What all heads have on average under each order of the inputs. Where only some heads have the
   * figure their means vary more than those of all would: they are drawn together as much.
   */
  static List<Double> byOrder(QkFigures r, Function<Draw, Double> of) {
    Map<Integer, List<Double>> orders = new TreeMap<>();
    for (Draw d : r.draws()) {
      if (of.apply(d) != null) {
        orders.computeIfAbsent(d.order(), o -> new ArrayList<>()).add(of.apply(d));
      }
    }
    List<Double> means = orders.values().stream().map(Samples::mean).toList();
    if (means.isEmpty()) {
      return means;
    }
    double mean = Samples.mean(means);
    double share = orders.values().iterator().next().size() / (double) r.heads().size();
    return means.stream().map(m -> mean + (m - mean) * Math.sqrt(Math.min(1, share))).toList();
  }

  /** Root mean square distance of the draws from their heads' exact means; null without draws. */
  static Double spread(QkFigures r) {
    if (r.draws().isEmpty()) {
      return null;
    }
    double sum = 0;
    for (Draw d : r.draws()) {
      double off = d.score() - r.heads().get(d.head()).expectedScore();
      sum += off * off;
    }
    return Math.sqrt(sum / r.draws().size());
  }

  /** How many spreads a head's score lies from its null; null where there is none. */
  static Double z(QkFigures r, Head h) {
    Double spread = spread(r);
    return spread == null || spread == 0 || h.score() == null
        ? null
        : (Double) ((h.score() - h.expectedScore()) / spread);
  }

  /** The seed's share of positive eigenvalues. */
  static double positiveShare(QkFigures r) {
    return (double) r.whole().positive() / r.task().detail().inner();
  }
}
