package dev.orograph.instrument.weights;

import dev.orograph.finding.Figure;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Table.Column;
import dev.orograph.geometry.PowerLaw;
import dev.orograph.geometry.TailComparison;
import dev.orograph.instrument.weights.SpectrumFigures.Figures;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The figures of spectra, and the columns of their tables. */
public final class SpectraColumns {
  /** A row per matrix. */
  public static final String MATRICES = "spectra.matrix";

  /** A row per component and stack. */
  public static final String COMPONENTS = "spectra.components";

  /** Squared Frobenius norm over squared largest singular value. */
  public static final Figure<Figures> STABLE_RANK =
      figure("stable_rank", "stable rank", "|W|_F^2 / s1^2; seed and sound", Figures::stableRank)
          .against("null_stable_rank");

  /** (sum s)^2 / sum s^2. */
  public static final Figure<Figures> PARTICIPATION_RATIO =
      figure(
          "participation_ratio",
          "participation ratio",
          "(sum s)^2 / sum s^2; seed and sound",
          Figures::participationRatio);

  /** Share of singular values above 1 % of the largest. */
  public static final Figure<Figures> ACTIVE_SHARE =
      figure(
          "active_share",
          "share of s above 1 % of s1",
          "share of s above 1 % of s1; seed",
          Figures::activeShare);

  /** Singular values that make up 90 % of their sum. */
  public static final Figure<Figures> RANK90 =
      figure(
          "rank90",
          "90 % rank",
          "number of s that make up 90 % of their sum; seed",
          f -> (long) f.rank90());

  /** s1 / (s_min + 1e-10). */
  public static final Figure<Figures> CONDITION =
      figure("condition", "condition number", "s1 / (s_min + 1e-10); seed", Figures::condition);

  /** exp(-sum p ln p), p = s / sum s. */
  public static final Figure<Figures> EFFECTIVE_RANK =
      figure(
              "effective_rank",
              "effective rank",
              "exp(-sum p ln p), p = s / sum s; sound",
              Figures::effectiveRank)
          .against("null_effective_rank");

  /** log10 of the largest singular value. */
  public static final Figure<Figures> LOG10_SPECTRAL_NORM =
      figure(
              "log10_spectral_norm",
              "log10 of s1",
              "log10 s1; sound",
              f -> f.largest() > 0 ? Math.log10(f.largest()) : null)
          .on(Scale.LOG10);

  /** Exponent of the tail of s^2. */
  public static final Figure<Figures> ALPHA =
      figure("alpha", "power-law exponent", "exponent of the tail of s^2; sound", Figures::alpha)
          .against("null_alpha");

  /** Singular values above the Marchenko-Pastur edge. */
  public static final Figure<Figures> SPIKES =
      figure(
              "mp_spikes",
              "Marchenko-Pastur spikes",
              "singular values above it; sound",
              f -> (long) f.spikes())
          .against("null_spikes");

  /** Singular values above the Tracy-Widom edge. */
  public static final Figure<Figures> BEYOND =
      figure(
              "tw_spikes",
              "Tracy-Widom spikes",
              "singular values above it; sound",
              f -> (long) f.beyond())
          .against("null_tw_spikes");

  /** How far a matrix is from chance. */
  public static final Figure<SpectrumFigures> DISTANCE =
      Figure.<SpectrumFigures>of(
              MATRICES,
              "spectrum_distance",
              "distance of the spectrum from chance",
              "mean |s_i^2 - copy's s_i^2| over mean s^2 (Wasserstein-1), mean over its shuffled"
                  + " copies; sound",
              SpectrumFigures::distance)
          .against("null_spectrum_distance")
          .on(Scale.DIFFERENCE);

  private SpectraColumns() {}

  private static Figure<Figures> figure(
      String name, String words, String about, Function<Figures, ?> of) {
    return Figure.of(MATRICES, name, words, about, of);
  }

  /** A row per component and stack. */
  static List<Column<List<SpectrumFigures>>> ofComponents() {
    List<Column<List<SpectrumFigures>>> c = new ArrayList<>();
    c.add(
        new Column<>(
            "component", "what the matrices do", ms -> ms.get(0).task().place().component()));
    c.add(new Column<>("stack", "which stack", ms -> ms.get(0).task().place().stack()));
    c.add(new Column<>("matrices", "how many", ms -> (long) ms.size()));
    mean(c, STABLE_RANK, "mean of |W|_F^2 / s1^2; seed and sound");
    mean(c, PARTICIPATION_RATIO, "mean of (sum s)^2 / sum s^2; seed and sound");
    mean(c, ACTIVE_SHARE, "mean share of s above 1 % of s1; seed");
    mean(c, RANK90, "mean number of s that make up 90 % of their sum; seed");
    mean(c, CONDITION, "mean of s1 / (sn + 1e-10); seed");
    mean(c, EFFECTIVE_RANK, "mean of exp(-sum p ln p), p = s / sum s; sound");
    shuffled(c, STABLE_RANK, "mean stable rank of shuffled copies");
    shuffled(c, EFFECTIVE_RANK, "mean effective rank of shuffled copies");
    mean(c, ALPHA, "mean exponent of the tail of s^2; sound");
    shuffled(c, ALPHA, "mean exponent of shuffled copies");
    Column<List<SpectrumFigures>> spikes =
        mean(SPIKES, "mean number of s above the Marchenko-Pastur edge; sound");
    c.add(new Column<>("spikes", spikes.about(), spikes.cell()));
    shuffled(c, SPIKES, "mean number in shuffled copies");
    return c;
  }

  /**
   * A row per matrix.
   *
   * @param nulls the copies that each is set against
   */
  static List<Column<SpectrumFigures>> ofMatrices(SpectraNulls nulls) {
    List<Column<SpectrumFigures>> c = new ArrayList<>(StoredTensor.columns(SpectrumFigures::task));
    c.add(STABLE_RANK.column(SpectrumFigures::own));
    c.add(PARTICIPATION_RATIO.column(SpectrumFigures::own));
    c.add(ACTIVE_SHARE.column(SpectrumFigures::own));
    c.add(RANK90.column(SpectrumFigures::own));
    own(c, "s1", "largest singular value; the reference notebooks' max", Figures::largest);
    own(
        c,
        "s_min",
        "smallest singular value; the reference notebooks' min has the error of a float32 decomposition",
        Figures::smallest);
    c.add(CONDITION.column(SpectrumFigures::own));
    c.add(EFFECTIVE_RANK.column(SpectrumFigures::own));
    c.add(LOG10_SPECTRAL_NORM.column(SpectrumFigures::own));
    own(c, "frobenius", "Frobenius norm", Figures::frobenius);
    chance(
        c, nulls, STABLE_RANK.chance(), "mean stable rank of shuffled copies", STABLE_RANK::number);
    chance(
        c,
        nulls,
        EFFECTIVE_RANK.chance(),
        "mean effective rank of shuffled copies",
        EFFECTIVE_RANK::number);
    c.add(
        new Column<>(
            "z_effective_rank",
            "(effective rank - null) / spread among copies of a matrix of its component and shape",
            r -> {
              Double sd = nulls.spread(r, Figures::effectiveRank);
              Double mean = average(nulls.of(r, Figures::effectiveRank));
              return r.own() == null || sd == null || sd == 0 || mean == null
                  ? null
                  : (Object) ((r.own().effectiveRank() - mean) / sd);
            }));
    c.add(ALPHA.column(SpectrumFigures::own));
    tail(c, "alpha_ks", "Kolmogorov-Smirnov distance of the tail from the fit", PowerLaw::ks);
    tail(c, "alpha_tail", "values in the tail", t -> (long) t.tail());
    tail(c, "alpha_xmin", "where the tail begins, in units of s^2", PowerLaw::xMin);
    c.add(
        new Column<>(
            "alpha_status",
            "fitted; too few values; or failed, where values are equal",
            SpectraColumns::status));
    tails(
        c,
        "alpha_p",
        "share of draws from the fit whose distance is at least as large (Clauset et al.); below .1 a"
            + " power law is ruled out",
        TailComparison::p);
    tails(c, "alpha_p_draws", "how many draws", t -> (long) t.draws());
    tails(
        c,
        "exponential_ratio",
        "Vuong's ratio of the tail's likelihoods, power law against exponential; positive where the"
            + " power law fits better",
        TailComparison::exponential);
    tails(c, "exponential_p", "its two-sided p", TailComparison::exponentialP);
    tails(
        c,
        "cutoff_alpha",
        "exponent of the power law with a cut-off, l^-a e^(-b l / x_min)",
        TailComparison::cutoffAlpha);
    tails(c, "cutoff_rate", "its b; 1e-6 where there is no cut-off", TailComparison::cutoffRate);
    tails(c, "cutoff_p", "whether the cut-off improves the fit", TailComparison::cutoffP);
    chance(c, nulls, ALPHA.chance(), "mean exponent of shuffled copies", ALPHA::number);
    chance(
        c,
        nulls,
        "null_alpha_ks",
        "mean distance of shuffled copies",
        f -> f.tail() == null ? null : f.tail().ks());
    own(
        c,
        "mp_edge_s",
        "Marchenko-Pastur edge std (sqrt rows + sqrt columns), in units of s",
        Figures::edge);
    c.add(SPIKES.column(SpectrumFigures::own));
    chance(c, nulls, SPIKES.chance(), "mean number in shuffled copies", SPIKES::number);
    own(
        c,
        "tw_edge_s",
        "Tracy-Widom edge, above which one matrix of noise in a hundred has a singular value, in units"
            + " of s",
        Figures::softEdge);
    c.add(BEYOND.column(SpectrumFigures::own));
    chance(c, nulls, BEYOND.chance(), "mean number in shuffled copies", BEYOND::number);
    own(
        c,
        "bulk_over_largest",
        "Marchenko-Pastur edge squared over s1 squared; 1 for noise",
        Figures::bulkShare);
    c.add(DISTANCE.column());
    c.add(
        new Column<>(
            DISTANCE.chance(),
            "mean distance of its copies from each other",
            r -> average(r.distances())));
    c.add(new Column<>("mean", "mean entry", r -> r.own() == null ? null : (Object) r.mean()));
    c.add(
        new Column<>(
            "std",
            "standard deviation of entries, ddof 0",
            r -> r.own() == null ? null : (Object) r.deviation()));
    c.add(
        new Column<>(
            "draws",
            "shuffled copies of this matrix; where 0, the null is that of its component and shape",
            r -> (long) r.shuffled().size()));
    c.add(new Column<>("non_finite", "NaN and infinite entries", r -> r.nonFinite()));
    c.add(new Column<>("zero_rows", "rows that are zero throughout", r -> r.zeroRows()));
    c.add(
        new Column<>(
            "route",
            "gram, or direct where the condition number exceeds 1e6",
            r -> r.own() == null ? null : r.direct() ? "direct" : "gram"));
    c.add(
        new Column<>("without", "why figures, alpha or the null are missing", r -> why(r, nulls)));
    return c;
  }

  /** Why a matrix lacks a figure; null where it lacks none. */
  private static String why(SpectrumFigures r, SpectraNulls nulls) {
    if (r.own() == null) {
      return r.nonFinite() > 0
          ? "figures: NaN or infinite entries"
          : "figures: three and more dimensions";
    }
    List<String> missing = new ArrayList<>();
    if (r.own().tail() == null) {
      missing.add(
          "alpha: fewer than "
              + PowerLaw.LEAST
              + " different singular values above rounding ("
              + status(r)
              + ")");
    }
    if (nulls.of(r, Figures::effectiveRank).isEmpty()) {
      missing.add("null: no shuffled copy of its component and shape");
    }
    return missing.isEmpty() ? null : String.join("; ", missing);
  }

  /** What became of the power law's fit; null without a spectrum. */
  private static String status(SpectrumFigures r) {
    return r.own() == null
        ? null
        : r.own().tail() != null
            ? "fitted"
            : r.usable() < PowerLaw.LEAST ? "too few values" : "failed: equal values";
  }

  static boolean finite(Double v) {
    return v != null && Double.isFinite(v);
  }

  /** A figure of every shuffled copy of this matrix, where it exists. */
  static List<Double> nulls(SpectrumFigures r, Function<Figures, Double> of) {
    return r.shuffled().stream().map(of).filter(SpectraColumns::finite).toList();
  }

  private static Double average(List<Double> values) {
    return values.isEmpty() ? null : Samples.mean(values);
  }

  private static void mean(
      List<Column<List<SpectrumFigures>>> c, Figure<Figures> figure, String about) {
    c.add(mean(figure, about));
  }

  private static Column<List<SpectrumFigures>> mean(Figure<Figures> figure, String about) {
    return new Column<>(
        figure.name(),
        about,
        ms ->
            average(
                ms.stream()
                    .map(r -> figure.number(r.own()))
                    .filter(SpectraColumns::finite)
                    .toList()));
  }

  private static void shuffled(
      List<Column<List<SpectrumFigures>>> c, Figure<Figures> figure, String about) {
    c.add(
        new Column<>(
            figure.chance(),
            about,
            ms -> average(ms.stream().flatMap(r -> nulls(r, figure::number).stream()).toList())));
  }

  private static void own(
      List<Column<SpectrumFigures>> c, String name, String about, Function<Figures, Object> of) {
    c.add(new Column<>(name, about, r -> r.own() == null ? null : of.apply(r.own())));
  }

  private static void tail(
      List<Column<SpectrumFigures>> c, String name, String about, Function<PowerLaw, Object> of) {
    own(c, name, about, f -> f.tail() == null ? null : of.apply(f.tail()));
  }

  private static void tails(
      List<Column<SpectrumFigures>> c,
      String name,
      String about,
      Function<TailComparison, Object> of) {
    c.add(new Column<>(name, about, r -> r.tails() == null ? null : of.apply(r.tails())));
  }

  private static void chance(
      List<Column<SpectrumFigures>> c,
      SpectraNulls nulls,
      String name,
      String about,
      Function<Figures, Double> of) {
    c.add(new Column<>(name, about, r -> average(nulls.of(r, of))));
  }
}
