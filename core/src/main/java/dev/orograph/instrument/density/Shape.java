package dev.orograph.instrument.density;

import dev.orograph.geometry.Hubness;
import dev.orograph.stats.Spearman;
import java.io.Serializable;
import java.util.List;

/**
 * What is compared between clouds of as many points.
 *
 * @param ratio density of the core over that of the shell, by centred length; NaN where undefined
 * @param plainRatio the same by the seed's length, or NaN
 * @param correlation rank correlation of centred length and log density
 * @param plainCorrelation that of the seed's length, or NaN
 * @param skewness of how often points are among the neighbours of others
 * @param profile mean density by bin of centred length; null where a bin is empty
 */
public record Shape(
    double ratio,
    double plainRatio,
    double correlation,
    double plainCorrelation,
    double skewness,
    List<Double> profile)
    implements Serializable {
  /**
   * Of a cloud.
   *
   * @param norms centred lengths
   * @param plain the seed's lengths, or null where the cloud has none
   * @param edges of the bins of centred length
   */
  static Shape of(double[] norms, double[] plain, Nearest nearest, double[] edges) {
    double[] densities = inverse(nearest.means());
    Radial own = Radial.of(norms, densities);
    Radial seed = plain == null ? null : Radial.of(plain, densities);
    // Ranks of logarithms are ranks.
    return new Shape(
        own.ratio(),
        seed == null ? Double.NaN : seed.ratio(),
        Spearman.of(norms, densities).value(),
        plain == null ? Double.NaN : Spearman.of(plain, densities).value(),
        new Hubness(nearest.neighbours(), nearest.count()).skewness(),
        Radial.bins(edges, norms, densities).stream()
            .map(z -> z.count() == 0 ? null : (Double) z.mean())
            .toList());
  }

  static double[] inverse(double[] means) {
    double[] densities = new double[means.length];
    for (int i = 0; i < means.length; i++) {
      densities[i] = 1 / means[i];
    }
    return densities;
  }
}
