package dev.orograph.instrument.density;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Histogram;
import dev.orograph.finding.Scatter;
import dev.orograph.instrument.density.DensityFigures.Points;
import dev.orograph.instrument.density.DensityFigures.Sound;
import dev.orograph.instrument.rows.Spread;
import dev.orograph.instrument.rows.Token;
import dev.orograph.stats.Gaussian;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The pictures of one matrix. */
final class DensityCharts {
  private final String id;
  private final String name;
  private final DensityFigures f;
  private final Sound sound;
  private final Axis norm;
  private final Axis density;

  DensityCharts(String id, DensityFigures f) {
    this.id = id;
    this.f = f;
    this.sound = f.sound();
    name = f.task().detail().name();
    String unit = f.metric().causal() ? "logometers" : "";
    norm = new Axis("centred norm", unit, false);
    density = new Axis("density", unit.isEmpty() ? "" : "1 / logometer", true);
  }

  void addTo(List<Finding> findings) {
    findings.add(scatter());
    findings.add(profile());
    findings.add(norms());
    findings.add(distances());
    if (sound.volumes() != null) {
      findings.add(volumes());
    }
  }

  private Finding scatter() {
    Points p = sound.points();
    double[] own = p.norms().stream().mapToDouble(v -> v).toArray();
    double[] seed = p.tokens().stream().mapToDouble(Token::value).toArray();
    double[] densities = p.densities().stream().mapToDouble(v -> v).toArray();
    String about = "Each token by its norm and the inverse of its mean distance to k neighbours.";
    return new Scatter(
        id + ".scatter",
        "Density against norm, " + name,
        "token",
        p.tokens().stream().map(t -> (long) t.id()).toList(),
        p.tokens().stream().map(Token::name).toList(),
        List.of(
            Scatter.Layout.between("centred norm", norm, density, own, densities, about),
            Scatter.Layout.between(
                "the reference notebooks' norm",
                new Axis("norm, not centred", norm.unit(), false),
                density,
                seed,
                densities,
                about)),
        List.of(Scatter.Colouring.by("density", density, densities)),
        "Tokens to the left lie near the middle of the cloud; the higher, the nearer their"
            + " neighbours.");
  }

  private Finding profile() {
    Radial r = sound.radial();
    List<Curve.Panel> panels = new ArrayList<>();
    boolean same = sound.cloud() == f.counts().distinct();
    if (!same) {
      panels.add(
          new Curve.Panel(
              String.format(Locale.ROOT, "all %,d points", f.counts().distinct()),
              List.of(new Curve.Line("tokens", r.middles(), r.means(), false)),
              List.of()));
    }
    panels.add(
        new Curve.Panel(
            String.format(Locale.ROOT, "%,d points, as many as the nulls have", sound.cloud()),
            List.of(
                new Curve.Line(
                    "tokens",
                    r.middles(),
                    same ? r.means() : sound.data().get(0).profile(),
                    false)),
            List.of(
                band("random directions", sound.directions()),
                band("Gaussian cloud", sound.gaussian()))));
    return new Curve(
        id + ".profile",
        "Density by centred norm, " + name,
        norm,
        new Axis("mean density", density.unit(), false),
        panels,
        "Mean density of the tokens in 30 bins of norm; grey: the range of "
            + sound.gaussian().size()
            + " Gaussian clouds of the same covariance, and of clouds with the same norms in random"
            + " directions. More points lie nearer together, so only clouds of as many are"
            + " compared.");
  }

  private Curve.Band band(String what, List<Shape> clouds) {
    List<Double> x = new ArrayList<>();
    List<Double> low = new ArrayList<>();
    List<Double> high = new ArrayList<>();
    List<Double> middles = sound.radial().middles();
    for (int b = 0; b < Radial.BINS; b++) {
      int bin = b;
      List<Double> values =
          clouds.stream().map(s -> s.profile().get(bin)).filter(v -> v != null).sorted().toList();
      if (values.size() > 1) {
        x.add(middles.get(b));
        low.add(values.get(0));
        high.add(values.get(values.size() - 1));
      }
    }
    return new Curve.Band(what, x, low, high);
  }

  private Finding norms() {
    Radial r = sound.radial();
    MetricFigures m = f.metric();
    double n = f.counts().distinct();
    // |z|^2 of a Gaussian cloud has mean T and variance 2 T^2 / PR.
    double variance = 2 * m.trace() * (m.trace() / m.used());
    double mean = Math.sqrt(m.trace()) * (1 - variance / (8 * m.trace() * m.trace()));
    double deviation = Math.sqrt(variance / (4 * m.trace()));
    List<Double> edges = r.edges();
    List<Double> tokens = new ArrayList<>();
    List<Double> chance = new ArrayList<>();
    for (int b = 0; b < Radial.BINS; b++) {
      tokens.add(r.bins().get(b).count() / n);
      chance.add(
          Gaussian.cumulative((edges.get(b + 1) - mean) / deviation)
              - Gaussian.cumulative((edges.get(b) - mean) / deviation));
    }
    boolean ascending = edges.get(0) < edges.get(1);
    return new Histogram(
        id + ".norms",
        "Tokens by centred norm, " + name,
        norm,
        ascending ? edges : sound.norms().edges(),
        List.of(
            new Histogram.Series(
                "Gaussian of the same covariance",
                ascending ? chance : sound.norms().shares(),
                (long) n,
                true),
            new Histogram.Series(
                "tokens", ascending ? tokens : sound.norms().shares(), (long) n, false)),
        List.of(new Histogram.Mark("root of tr(M C)", Math.sqrt(m.trace()), false)),
        "Share of the tokens in the same 30 bins of norm; grey: a Gaussian cloud of the same"
            + " covariance.");
  }

  private Finding distances() {
    MetricFigures m = f.metric();
    return histogram(
        ".distances",
        "Distances of sampled pairs, ",
        new Axis("distance", norm.unit(), false),
        sound.distances(),
        List.of(new Histogram.Mark("root of 2 tr(M C)", Math.sqrt(2 * m.trace()), false)),
        "Share of pairs of tokens by their distance; the root of the mean square over all pairs is"
            + " marked, which follows from the metric alone.");
  }

  private Finding volumes() {
    return histogram(
        ".log_volumes",
        "Log density per volume, ",
        new Axis("log density", "log(1 / volume)", false),
        sound.volumes(),
        List.of(),
        String.format(
            Locale.ROOT,
            "Share of the tokens by log k - log(n - 1) - log V_D(r), r the distance to the k-th"
                + " neighbour, D = %.4g.",
            sound.volume().dimension()));
  }

  private Histogram histogram(
      String part,
      String title,
      Axis x,
      Spread values,
      List<Histogram.Mark> marks,
      String reading) {
    return new Histogram(
        id + part,
        title + name,
        x,
        values.edges(),
        List.of(new Histogram.Series("tokens", values.shares(), values.count(), false)),
        marks,
        reading);
  }
}
