package dev.orograph.instrument.weights;

import dev.orograph.stats.Binomial;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Gaussian;
import java.util.List;

/** Shares of small entries over several tensors, and what Gaussians of their scales would have. */
final class Shares {
  /** The seed's thresholds as they are written. */
  static final List<String> BELOW = List.of("1e-6", "1e-4", "1e-3", "1e-2", "1e-1");

  /** The sound thresholds as they are written. */
  static final List<String> DEVIATIONS = List.of("0.01", "0.1", "0.5");

  /** Index of the seed's largest threshold, the one it draws its conclusions from. */
  static final int LAST = BELOW.size() - 1;

  private Shares() {}

  /** Finite entries. */
  static double total(List<EntryFigures> members) {
    return members.stream().mapToDouble(EntryFigures::count).sum();
  }

  /** Share of entries below the seed's threshold t. */
  static double share(List<EntryFigures> members, int t) {
    double n = total(members);
    return n == 0 ? 0 : members.stream().mapToDouble(r -> r.below().get(t)).sum() / n;
  }

  /** Tensors whose entries can be set against a Gaussian. */
  static boolean shaped(EntryFigures r) {
    return r.kurtosis() != null;
  }

  /** The share that centred Gaussians of the tensors' own deviations have; others as they are. */
  static double gaussianShare(List<EntryFigures> members, int t) {
    double sum = 0;
    for (EntryFigures r : members) {
      sum +=
          shaped(r)
              ? r.count() * Gaussian.below(EntryStatistics.THRESHOLDS[t] / r.deviation())
              : r.below().get(t);
    }
    return sum / total(members);
  }

  /** Fewest entries on either side of a threshold whose number is nearly normal. */
  private static final double NORMAL = 25;

  /**
   * The share below threshold t beside what {@link #gaussianShare} gives. Where few entries are
   * expected on a side of the threshold their number is Poisson's, with no z.
   */
  static Estimate against(Estimate e, List<EntryFigures> members, int t) {
    double n = total(members);
    double expected = gaussianShare(members, t);
    double variance = 0;
    double below = 0;
    double beyond = 0;
    double found = 0;
    double threshold = EntryStatistics.THRESHOLDS[t];
    for (EntryFigures r : members) {
      if (shaped(r)) {
        double share = Gaussian.below(threshold / r.deviation());
        variance += r.count() * Gaussian.belowVariance(threshold / r.deviation());
        below += r.count() * share;
        beyond += r.count() * (1 - share);
        found += r.below().get(t);
      }
    }
    if (Math.min(below, beyond) >= NORMAL) {
      return e.against(expected, Math.sqrt(variance) / n);
    }
    double rare = Math.min(below, beyond);
    double count = below < beyond ? found : below + beyond - found;
    return e.beside(expected, null, Binomial.poissonTwoSided(count, rare), null);
  }
}
