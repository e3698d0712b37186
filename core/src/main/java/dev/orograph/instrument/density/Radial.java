package dev.orograph.instrument.density;

import dev.orograph.stats.Quantiles;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoublePredicate;

/**
 * Density by length, as the seed's program bins it: {@value #BINS} bins of equal width from the
 * smallest to the largest length, the last closed; core below the 10 % percentile, shell between
 * the 40 % and the 60 %, outer above the 90 %, all strictly.
 *
 * @param edges edges of the bins
 * @param bins what lies in each
 * @param percentiles the 10, 40, 50, 60 and 90 % percentiles of the lengths
 * @param core tokens of small length
 * @param shell tokens of middling length
 * @param outer tokens of large length
 */
public record Radial(
    List<Double> edges,
    List<Zone> bins,
    List<Double> percentiles,
    Zone core,
    Zone shell,
    Zone outer)
    implements Serializable {
  static final int BINS = 30;
  private static final double DENSER = 1.5;
  private static final double SPARSER = 0.67;

  /**
   * Densities of some tokens.
   *
   * @param count how many
   * @param mean their mean; NaN where there are none
   * @param deviation their standard deviation, ddof 0
   */
  public record Zone(int count, double mean, double deviation) implements Serializable {
    static Zone of(double[] values) {
      double mean = Arrays.stream(values).sum() / values.length;
      double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
      return new Zone(values.length, mean, Math.sqrt(squares / values.length));
    }
  }

  /** Of as many lengths as densities, at least one. */
  static Radial of(double[] norms, double[] densities) {
    double[] sorted = norms.clone();
    Arrays.sort(sorted);
    double[] p = new double[5];
    double[] at = {0.1, 0.4, 0.5, 0.6, 0.9};
    Arrays.setAll(p, i -> Quantiles.ofSorted(sorted, at[i]));
    double[] edges = edges(sorted[0], sorted[sorted.length - 1]);
    return new Radial(
        Arrays.stream(edges).boxed().toList(),
        bins(edges, norms, densities),
        Arrays.stream(p).boxed().toList(),
        zone(norms, densities, x -> x < p[0]),
        zone(norms, densities, x -> x > p[1] && x < p[3]),
        zone(norms, densities, x -> x > p[4]));
  }

  /** numpy.linspace. */
  private static double[] edges(double low, double high) {
    double step = (high - low) / BINS;
    double[] edges = new double[BINS + 1];
    for (int i = 0; i < BINS; i++) {
      edges[i] = low + i * step;
    }
    edges[BINS] = high;
    return edges;
  }

  /**
   * Tokens in bins [a, b), the last closed; what lies outside is left out.
   *
   * @param edges of the bins; none where nobody asks for them
   */
  static List<Zone> bins(double[] edges, double[] norms, double[] densities) {
    if (edges.length == 0) {
      return List.of();
    }
    int[] bin = new int[norms.length];
    for (int i = 0; i < norms.length; i++) {
      int b = 0;
      while (b < BINS && norms[i] >= edges[b + 1]) {
        b++;
      }
      boolean outside = norms[i] < edges[0] || norms[i] > edges[BINS];
      bin[i] = outside ? -1 : Math.min(b, BINS - 1);
    }
    List<Zone> bins = new ArrayList<>();
    for (int b = 0; b < BINS; b++) {
      int own = b;
      bins.add(
          Zone.of(
              java.util.stream.IntStream.range(0, norms.length)
                  .filter(i -> bin[i] == own)
                  .mapToDouble(i -> densities[i])
                  .toArray()));
    }
    return bins;
  }

  private static Zone zone(double[] norms, double[] densities, DoublePredicate inside) {
    return Zone.of(
        java.util.stream.IntStream.range(0, norms.length)
            .filter(i -> inside.test(norms[i]))
            .mapToDouble(i -> densities[i])
            .toArray());
  }

  /** Mean density of the core over that of the shell; NaN where one is empty. */
  double ratio() {
    return core.mean() / shell.mean();
  }

  /** The word that the seed's program has for a ratio. */
  static String verdict(double ratio) {
    if (Double.isNaN(ratio)) {
      return "undefined: core or shell is empty";
    }
    if (ratio > DENSER) {
      return "denser";
    }
    return ratio < SPARSER ? "sparser" : "similar";
  }

  /** Mean density of each bin; null where it is empty. */
  List<Double> means() {
    List<Double> means = new ArrayList<>();
    bins.forEach(b -> means.add(b.count() == 0 ? null : (Double) b.mean()));
    return means;
  }

  /** Middles of the bins. */
  List<Double> middles() {
    List<Double> middles = new ArrayList<>();
    for (int b = 0; b < BINS; b++) {
      middles.add((edges.get(b) + edges.get(b + 1)) / 2);
    }
    return middles;
  }
}
