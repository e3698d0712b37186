package dev.orograph.instrument.levelset;

import dev.orograph.instrument.levelset.NormalFigures.Curved;
import dev.orograph.instrument.levelset.NormalFigures.Normal;
import dev.orograph.instrument.levelset.NormalFigures.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The estimators of a normal at one point, over the dimensions that differences were taken of.
 *
 * @param gradient of those dimensions
 * @param signed by exact distances with their signs; null where none were taken
 * @param unsigned the seed's formula with the same distances
 * @param predicted -sign(g_i) delta^2 H_ii / |g|; null without a Hessian
 * @param seed the seed's formula with the seed's own way back; null where none was taken
 * @param zeros dimensions of which the seed's way back leaves both distances 0
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Estimators(
    double[] gradient,
    double[] signed,
    double[] unsigned,
    double[] predicted,
    double[] seed,
    int zeros) {

  /** Those of a point. */
  static Estimators of(int point, Normal normal, Curved curved, List<Part> parts, double delta) {
    List<Double> up = new ArrayList<>();
    List<Double> down = new ArrayList<>();
    join(point, false, parts, up, down);
    List<Double> seedUp = new ArrayList<>();
    List<Double> seedDown = new ArrayList<>();
    join(point, true, parts, seedUp, seedDown);
    double[] all = normal.array();
    int n = Math.max(up.size(), seedUp.size());
    int zeros = 0;
    for (int i = 0; i < seedUp.size(); i++) {
      zeros += seedUp.get(i) == 0 && seedDown.get(i) == 0 ? 1 : 0;
    }
    double[] predicted = null;
    if (curved != null && !up.isEmpty()) {
      predicted = new double[n];
      double length = Landscape.length(all);
      for (int i = 0; i < n; i++) {
        predicted[i] = -Math.signum(all[i]) * delta * delta * curved.diagonal().get(i) / length;
      }
    }
    return new Estimators(
        Arrays.copyOf(all, n),
        up.isEmpty() ? null : Differences.signed(up, down),
        up.isEmpty() ? null : Differences.unsigned(up, down),
        predicted,
        seedUp.isEmpty() ? null : Differences.unsigned(seedUp, seedDown),
        zeros);
  }

  private static void join(
      int point, boolean seed, List<Part> parts, List<Double> up, List<Double> down) {
    parts.stream()
        .filter(p -> p.point() == point && p.seed() == seed)
        .sorted(Comparator.comparingInt(Part::from))
        .forEach(
            p -> {
              up.addAll(p.up());
              down.addAll(p.down());
            });
  }

  /** The cosine of an estimate with the gradient; null where there is none. */
  Double cosine(double[] estimate) {
    if (estimate == null) {
      return null;
    }
    double c = Landscape.cosine(estimate, gradient);
    return Double.isFinite(c) ? (Double) c : null;
  }
}
