package dev.orograph.instrument.embedding;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.embedding.CovarianceFigures.Sound;
import dev.orograph.instrument.embedding.CovarianceFigures.Spectrum;
import dev.orograph.stats.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What the spectra of the covariances say. */
final class EigenSpectrumSection {
  private static final double COVERAGE = 1.96;
  private static final int SHOWN = 20;

  private final Card card;
  private final List<CovarianceFigures> all;
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> sentences = new ArrayList<>();

  EigenSpectrumSection(Card card, TerrainSettings settings, List<CovarianceFigures> all) {
    this.card = card;
    this.all = all;
  }

  Section section() {
    for (CovarianceFigures r : all) {
      if (r.task().detail().part().equals(EigenSpectrum.ALL)) {
        SeedTable.broken(card.id(), r.task(), r.broken()).ifPresent(findings::add);
        CovarianceFigures sample =
            all.stream()
                .filter(s -> s.task().detail().tensor().equals(r.task().detail().tensor()))
                .filter(s -> s.task().detail().part().equals(EigenSpectrum.SAMPLE))
                .findFirst()
                .orElseThrow();
        matrix(r, sample);
      }
    }
    return card.section(String.join(" ", sentences), findings);
  }

  private void matrix(CovarianceFigures r, CovarianceFigures sample) {
    String name = r.task().detail().name();
    if (r.spectrum() == null || r.spectrum().total() == 0) {
      sentences.add(
          r.rows() < 2
              ? "The " + name + " has fewer than two whole rows: there is no spectrum."
              : "The variance of the rows of the " + name + " is 0: there is no spectrum.");
      return;
    }
    String id = card.id() + "." + r.task().detail().id();
    int d = r.task().detail().columns();
    Spectrum s = r.spectrum();
    String sentence =
        "The rows of the "
            + name
            + " fill "
            + Spelling.number(r.sound() == null ? s.participation() : r.sound().participation())
            + " of "
            + d
            + " dimensions by participation ratio"
            + (r.sound() == null
                ? ""
                : " (the reference notebooks', uncorrected: " + seed(s) + ")");
    if (r.sound() == null) {
      findings.add(
          Scalar.seed(
              id + ".participation_ratio",
              "participation ratio, " + name,
              s.participation(),
              "dimensions",
              sentence + "."));
      sentences.add(sentence + ".");
    } else {
      sound(r, id, sentence);
    }
    findings.add(
        Scalar.seed(
            id + ".dimensions_90",
            "dimensions for 90 % of the variance, " + name,
            s.dimensions().get(1),
            "dimensions",
            s.dimensions().get(1) + " of " + d + " directions hold 90 % of the variance."));
    findings.add(spectrum(id, r));
    findings.add(table(r, sample));
  }

  private static String seed(Spectrum s) {
    return Spelling.number(s.participation());
  }

  private void sound(CovarianceFigures r, String id, String start) {
    Sound f = r.sound();
    // No cloud fills less than one dimension.
    double low = Math.max(1, f.participation() - COVERAGE * f.error());
    double high = f.participation() + COVERAGE * f.error();
    int d = r.task().detail().columns();
    Estimate e = Estimate.of(f.participation()).within(low, high);
    String sentence =
        start
            + "; evenly spread variance would fill all "
            + d
            + ", the same dimensions without their correlations "
            + Spelling.number(f.independent())
            + ".";
    sentences.add(sentence);
    findings.add(
        Scalar.of(
            id + ".participation_ratio",
            "participation ratio, " + r.task().detail().name(),
            e.against(f.independent(), f.error()),
            r.spectrum().participation(),
            "dimensions",
            "variance in few directions",
            sentence));
    double share = f.participation() / d;
    String band =
        "As a share of d the corrected participation ratio is "
            + Spelling.number(share)
            + " (the reference notebooks', uncorrected: "
            + Spelling.number(r.spectrum().participation() / d)
            + "); the 0.55 that the reference notebooks found in their models is "
            + (low / d <= 0.55 && high / d >= 0.55 ? "inside" : "outside")
            + " its interval, and isotropic data have 1.";
    findings.add(
        Scalar.of(
            id + ".participation_share",
            "participation ratio over d, " + r.task().detail().name(),
            Estimate.of(share).within(low / d, high / d).against(1, f.error() / d),
            r.spectrum().participation() / d,
            "1",
            null,
            band));
    findings.add(
        Scalar.plain(
            id + ".isoscore",
            "IsoScore, " + r.task().detail().name(),
            f.isoScore(),
            "1",
            "IsoScore is "
                + Spelling.number(f.isoScore())
                + ", which is (PR - 1) / (d - 1) of the uncorrected participation ratio by"
                + " definition: isotropic data have 1."));
  }

  private static Curve spectrum(String id, CovarianceFigures r) {
    List<Double> values = r.spectrum().values();
    List<Double> x = IntStream.rangeClosed(1, values.size()).mapToObj(i -> (double) i).toList();
    double level = r.spectrum().total() / r.task().detail().columns();
    List<Double> y = values.stream().map(v -> v > 1e-12 * values.get(0) ? v : null).toList();
    return new Curve(
        id + ".spectrum",
        "Eigenvalues of the covariance, " + r.task().detail().name(),
        Axis.log("principal component"),
        Axis.log("variance"),
        List.of(
            new Curve.Panel(
                r.task().detail().name(),
                List.of(new Curve.Line("rows", x, y, false)),
                List.of(edge(r, x, level)))),
        "Variance along each principal component, largest first; grey: what isotropic data of the"
            + " same total variance and as many rows would show (Marchenko-Pastur).");
  }

  /** The range of the eigenvalues of isotropic data: level (1 +- sqrt(d / n))^2. */
  private static Curve.Band edge(CovarianceFigures r, List<Double> x, double level) {
    double root = Math.sqrt((double) r.task().detail().columns() / r.rows());
    double low = level * Math.pow(Math.max(0.01, 1 - root), 2);
    double high = level * Math.pow(1 + root, 2);
    return new Curve.Band(
        "isotropic",
        List.of(x.get(0), x.get(x.size() - 1)),
        List.of(low, low),
        List.of(high, high));
  }

  private Finding table(CovarianceFigures r, CovarianceFigures sample) {
    Spectrum a = r.spectrum();
    Spectrum b = sample.spectrum();
    SeedTable t = new SeedTable();
    t.row("rows", (double) r.rows(), (double) sample.rows(), null);
    t.row("total variance", a.total(), of(b, b == null ? 0 : b.total()), null);
    for (int i = 0; i < Math.min(SHOWN, a.values().size()); i++) {
      t.row("eigenvalue " + (i + 1), a.values().get(i), b == null ? null : b.values().get(i), null);
    }
    t.row(
        "share of the largest",
        a.values().get(0) / a.total(),
        of(b, b == null ? 0 : b.values().get(0) / b.total()),
        null);
    List<Integer> percent = List.of(80, 90, 95, 99);
    for (int i = 0; i < percent.size(); i++) {
      t.row(
          "dimensions for " + percent.get(i) + " %",
          (double) a.dimensions().get(i),
          b == null ? null : (double) b.dimensions().get(i),
          null);
    }
    Double sound = r.sound() == null ? null : r.sound().participation();
    t.row(
        "participation ratio", a.participation(), of(b, b == null ? 0 : b.participation()), sound);
    int d = r.task().detail().columns();
    t.row(
        "participation ratio over d",
        a.participation() / d,
        of(b, b == null ? 0 : b.participation() / d),
        sound == null ? null : sound / d);
    return t.table(card.id(), r.task(), "Spectrum of the covariance");
  }

  private static Double of(Spectrum b, double value) {
    return b == null || !Double.isFinite(value) ? null : value;
  }
}
