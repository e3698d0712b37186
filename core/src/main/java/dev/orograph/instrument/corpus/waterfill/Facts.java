package dev.orograph.instrument.corpus.waterfill;

import dev.orograph.instrument.corpus.waterfill.WaterFigures.Fact;
import dev.orograph.random.Generator;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Spearman;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * What a length or radius tells of the text: Spearman's correlation with figures of the points,
 * against chance. Figures along the text (surprisal, entropy) depend on their neighbours, so chance
 * comes from shifting one of the two along the text, in a ring, by random steps; frequency belongs
 * to a kind of token, so there kinds are the units, each with the mean over its points, and are
 * permuted.
 */
final class Facts {
  private static final int DRAWS = 199;
  private static final int FEWEST = 10;

  private final Cloud.About about;
  private final Generator generator;

  Facts(Cloud.About about, Generator generator) {
    this.about = about;
    this.generator = generator;
  }

  /**
   * The facts.
   *
   * @param of lengths or radii by name, one per point
   */
  List<Fact> measure(Map<String, double[]> of) {
    List<Fact> facts = new ArrayList<>();
    of.forEach(
        (name, values) -> {
          along(facts, "surprisal", about.surprisal(), name, values);
          along(facts, "entropy before", about.before(), name, values);
          along(facts, "entropy after", about.after(), name, values);
          frequency(facts, name, values);
        });
    return facts;
  }

  private void along(List<Fact> facts, String with, double[] figure, String of, double[] values) {
    if (figure == null) {
      return;
    }
    int[] known =
        IntStream.range(0, values.length).filter(i -> Double.isFinite(figure[i])).toArray();
    double[] x = Arrays.stream(known).mapToDouble(i -> values[i]).toArray();
    double[] y = Arrays.stream(known).mapToDouble(i -> figure[i]).toArray();
    int n = known.length;
    add(
        facts,
        with,
        of,
        x,
        y,
        () -> {
          int by = n < 2 ? 0 : (int) generator.integers(1, n);
          return IntStream.range(0, n).map(i -> (i + by) % n).toArray();
        });
  }

  private void frequency(List<Fact> facts, String of, double[] values) {
    Map<Integer, double[]> kinds = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      double[] sum = kinds.computeIfAbsent(about.kinds()[i], k -> new double[2]);
      sum[0] += values[i];
      sum[1]++;
    }
    double[] means = kinds.values().stream().mapToDouble(s -> s[0] / s[1]).toArray();
    double[] counts = kinds.values().stream().mapToDouble(s -> s[1]).toArray();
    add(facts, "frequency", of, means, counts, () -> generator.permutation(means.length));
  }

  private static void add(
      List<Fact> facts, String with, String of, double[] x, double[] y, Supplier<int[]> orders) {
    if (x.length < FEWEST) {
      return;
    }
    Estimate e = Spearman.of(x, y);
    if (!Double.isFinite(e.value())) {
      return;
    }
    double[] a = Spearman.ranks(x);
    double[] b = Spearman.ranks(y);
    double scale = e.value() / product(a, b, null);
    List<Double> chance = new ArrayList<>();
    int far = 0;
    for (int k = 0; k < DRAWS; k++) {
      int[] order = orders.get();
      double r = product(a, b, order) * scale;
      chance.add(r);
      far += Math.abs(r) >= Math.abs(e.value()) ? 1 : 0;
    }
    Estimate judged = Estimate.of(e.value()).among(chance);
    facts.add(new Fact(with, of, x.length, judged, (1.0 + far) / (1 + DRAWS)));
  }

  private static double product(double[] a, double[] b, int[] order) {
    double middle = (a.length + 1) / 2.0;
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - middle) * (b[order == null ? i : order[i]] - middle);
    }
    return sum;
  }
}
