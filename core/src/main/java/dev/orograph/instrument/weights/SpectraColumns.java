package dev.orograph.instrument.weights;

import dev.orograph.finding.Table.Column;
import dev.orograph.geometry.PowerLaw;
import dev.orograph.instrument.weights.SpectrumFigures.Figures;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The columns of the tables of spectra. */
final class SpectraColumns {
  private SpectraColumns() {}

  /** A row per component and stack. */
  static List<Column<List<SpectrumFigures>>> ofComponents() {
    List<Column<List<SpectrumFigures>>> c = new ArrayList<>();
    c.add(new Column<>("component", "what the matrices do", ms -> ms.get(0).piece().group()));
    c.add(new Column<>("stack", "which stack", ms -> ms.get(0).piece().stack()));
    c.add(new Column<>("matrices", "how many", ms -> (long) ms.size()));
    mean(c, "stable_rank", "mean of |W|_F^2 / s1^2; seed and sound", Figures::stableRank);
    mean(
        c,
        "participation_ratio",
        "mean of (sum s)^2 / sum s^2; seed and sound",
        Figures::participationRatio);
    mean(c, "active_share", "mean share of s above 1 % of s1; seed", Figures::activeShare);
    mean(
        c,
        "rank90",
        "mean number of s that make up 90 % of their sum; seed",
        f -> (double) f.rank90());
    mean(c, "condition", "mean of s1 / (sn + 1e-10); seed", Figures::condition);
    mean(
        c,
        "effective_rank",
        "mean of exp(-sum p ln p), p = s / sum s; sound",
        Figures::effectiveRank);
    shuffled(c, "null_stable_rank", "mean stable rank of shuffled copies", Figures::stableRank);
    shuffled(
        c, "null_effective_rank", "mean effective rank of shuffled copies", Figures::effectiveRank);
    mean(c, "alpha", "mean exponent of the tail of s^2; sound", Figures::alpha);
    shuffled(c, "null_alpha", "mean exponent of shuffled copies", Figures::alpha);
    mean(
        c,
        "spikes",
        "mean number of s above the Marchenko-Pastur edge; sound",
        f -> (double) f.spikes());
    shuffled(c, "null_spikes", "mean number in shuffled copies", f -> (double) f.spikes());
    return c;
  }

  /**
   * A row per matrix.
   *
   * @param spread standard deviation of the effective rank of all shuffled copies of a component
   * @param nulls the copies that each is set against
   */
  static List<Column<SpectrumFigures>> ofMatrices(Map<String, Double> spread, SpectraNulls nulls) {
    List<Column<SpectrumFigures>> c = new ArrayList<>(WeightPiece.columns(SpectrumFigures::piece));
    own(c, "stable_rank", "|W|_F^2 / s1^2; seed and sound", Figures::stableRank);
    own(
        c,
        "participation_ratio",
        "(sum s)^2 / sum s^2; seed and sound",
        Figures::participationRatio);
    own(c, "active_share", "share of s above 1 % of s1; seed", Figures::activeShare);
    own(c, "rank90", "number of s that make up 90 % of their sum; seed", f -> (long) f.rank90());
    own(c, "s1", "largest singular value; the seed's max", Figures::largest);
    own(
        c,
        "s_min",
        "smallest singular value; the seed's min has the error of a float32 decomposition",
        Figures::smallest);
    own(c, "condition", "s1 / (s_min + 1e-10); seed", Figures::condition);
    own(c, "effective_rank", "exp(-sum p ln p), p = s / sum s; sound", Figures::effectiveRank);
    own(
        c,
        "log10_spectral_norm",
        "log10 s1; sound",
        f -> f.largest() > 0 ? Math.log10(f.largest()) : null);
    own(c, "frobenius", "Frobenius norm", Figures::frobenius);
    chance(
        c, nulls, "null_stable_rank", "mean stable rank of shuffled copies", Figures::stableRank);
    chance(
        c,
        nulls,
        "null_effective_rank",
        "mean effective rank of shuffled copies",
        Figures::effectiveRank);
    c.add(
        new Column<>(
            "z_effective_rank",
            "(effective rank - null) / spread of all shuffled copies of the component",
            r -> {
              Double sd = spread.get(r.piece().group());
              Double mean = average(nulls.of(r, Figures::effectiveRank));
              return r.own() == null || sd == null || sd == 0 || mean == null
                  ? null
                  : (Object) ((r.own().effectiveRank() - mean) / sd);
            }));
    own(c, "alpha", "exponent of the tail of s^2; sound", Figures::alpha);
    tail(c, "alpha_ks", "Kolmogorov-Smirnov distance of the tail from the fit", PowerLaw::ks);
    tail(c, "alpha_tail", "values in the tail", t -> (long) t.tail());
    tail(c, "alpha_xmin", "where the tail begins, in units of s^2", PowerLaw::xMin);
    chance(c, nulls, "null_alpha", "mean exponent of shuffled copies", Figures::alpha);
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
    own(c, "mp_spikes", "singular values above it; sound", f -> (long) f.spikes());
    chance(c, nulls, "null_spikes", "mean number in shuffled copies", f -> (double) f.spikes());
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
          "alpha: fewer than " + PowerLaw.LEAST + " different singular values above rounding");
    }
    if (nulls.of(r, Figures::effectiveRank).isEmpty()) {
      missing.add("null: no shuffled copy of its component and shape");
    }
    return missing.isEmpty() ? null : String.join("; ", missing);
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
      List<Column<List<SpectrumFigures>>> c,
      String name,
      String about,
      Function<Figures, Double> of) {
    c.add(
        new Column<>(
            name,
            about,
            ms ->
                average(
                    ms.stream()
                        .map(r -> of.apply(r.own()))
                        .filter(SpectraColumns::finite)
                        .toList())));
  }

  private static void shuffled(
      List<Column<List<SpectrumFigures>>> c,
      String name,
      String about,
      Function<Figures, Double> of) {
    c.add(
        new Column<>(
            name, about, ms -> average(ms.stream().flatMap(r -> nulls(r, of).stream()).toList())));
  }

  private static void own(
      List<Column<SpectrumFigures>> c, String name, String about, Function<Figures, Object> of) {
    c.add(new Column<>(name, about, r -> r.own() == null ? null : of.apply(r.own())));
  }

  private static void tail(
      List<Column<SpectrumFigures>> c, String name, String about, Function<PowerLaw, Object> of) {
    own(c, name, about, f -> f.tail() == null ? null : of.apply(f.tail()));
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
