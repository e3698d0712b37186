package dev.orograph.instrument.levelset;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Spelling;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;

/** What differences give beside the gradient: signed, unsigned, and as the seed's program does. */
final class DifferenceScalars {
  private final List<Estimators> estimators;
  private final List<Finding> findings = new ArrayList<>();

  DifferenceScalars(List<Estimators> estimators) {
    this.estimators = estimators;
  }

  List<Finding> all() {
    signed();
    unsigned();
    seed();
    return findings;
  }

  private void signed() {
    List<Double> signed = cosines(Estimators::signed);
    if (!signed.isEmpty()) {
      findings.add(
          Scalar.of(
              "normal.signed.cosine",
              "signed differences and the gradient",
              cosine(signed),
              null,
              "1",
              null,
              "Signed central differences have a cosine of "
                  + Spelling.number(Samples.mean(signed))
                  + " with the gradient in the mean, the smallest "
                  + String.format(
                      Locale.ROOT,
                      "%.8f",
                      signed.stream().mapToDouble(v -> v).min().orElse(Double.NaN))
                  + "."));
    }
  }

  private void unsigned() {
    List<Double> unsigned = cosines(Estimators::unsigned);
    if (!unsigned.isEmpty()) {
      Estimate e = cosine(unsigned);
      findings.add(
          Scalar.of(
              "normal.unsigned.cosine",
              "the notebook's unsigned differences and the gradient",
              e,
              e.value(),
              "1",
              null,
              "The reference notebook's differences of unsigned distances have a cosine of "
                  + Spelling.number(e.value())
                  + " with the gradient in the mean ("
                  + Spelling.number(unsigned.stream().mapToDouble(v -> v).min().orElse(0))
                  + " to "
                  + Spelling.number(unsigned.stream().mapToDouble(v -> v).max().orElse(0))
                  + "), even where every moved point is brought back exactly."));
      double share =
          estimators.stream()
              .mapToDouble(e2 -> Landscape.length(e2.unsigned()) / Landscape.length(e2.signed()))
              .average()
              .orElse(Double.NaN);
      findings.add(
          Scalar.plain(
              "normal.unsigned.length",
              "length of unsigned over signed differences",
              share,
              "1",
              "Unsigned differences are "
                  + Spelling.percent(share)
                  + " as long as signed ones: the first order cancels."));
      List<Double> explained =
          estimators.stream()
              .filter(x -> x.predicted() != null)
              .map(x -> Landscape.cosine(x.unsigned(), x.predicted()))
              .filter(Double::isFinite)
              .toList();
      if (!explained.isEmpty()) {
        findings.add(
            Scalar.of(
                "normal.unsigned.explained",
                "unsigned differences and their second-order formula",
                Samples.meanOf(explained).inside(-1, 1),
                null,
                "1",
                null,
                "What the notebook's estimator measures is -sign(g_i) delta^2 H_ii / |g|: the cosine of"
                    + " the two is "
                    + Spelling.number(Samples.mean(explained))
                    + " in the mean."));
      }
    }
  }

  private void seed() {
    List<Double> seed = cosines(Estimators::seed);
    if (estimators.get(0).seed() != null) {
      double dims = estimators.get(0).gradient().length;
      double zeros = estimators.stream().mapToDouble(e -> e.zeros() / dims).average().orElse(0);
      findings.add(
          Scalar.seed(
              "normal.seed.zeros",
              "components that the notebook's program leaves 0",
              zeros,
              "1",
              "In "
                  + Spelling.percent(zeros)
                  + " of the dimensions both moved points count as on the set already, so that the"
                  + " notebook's program gives 0."));
      if (!seed.isEmpty()) {
        Estimate e = cosine(seed);
        findings.add(
            Scalar.of(
                "normal.seed.cosine",
                "the notebook's program and the gradient",
                e,
                e.value(),
                "1",
                null,
                "The reference notebook's program, Adam included, has a cosine of "
                    + Spelling.number(e.value())
                    + " with the gradient in the mean."));
      }
    }
  }

  private List<Double> cosines(Function<Estimators, double[]> which) {
    return estimators.stream().map(e -> e.cosine(which.apply(e))).filter(Objects::nonNull).toList();
  }

  /** The cosine of a random direction with the gradient: mean 0, deviation 1 / sqrt(d). */
  private Estimate cosine(List<Double> values) {
    double d = estimators.get(0).gradient().length;
    return Samples.meanOf(values).inside(-1, 1).against(0, 1 / Math.sqrt(d * values.size()));
  }
}
