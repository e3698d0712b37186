package dev.orograph.instrument.corpus.waterfill;

import dev.orograph.geometry.shells.Placement;
import dev.orograph.geometry.shells.Shells;
import dev.orograph.geometry.shells.ThermalChain;
import dev.orograph.geometry.shells.ThermalChain.Pairs;
import dev.orograph.input.Text;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Mixing;
import dev.orograph.linalg.Crew;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.NearestNeighbours;
import dev.orograph.random.Generator;
import dev.orograph.stats.Chains;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Several chains of the thermal method, whose points feel those of like direction. */
final class ThermalRun {
  private static final int MOST = 4000;
  private static final int CHAINS = 4;
  private static final int BURNED = 100;
  private static final int KEPT = 200;
  private static final int NEIGHBOURS = 5;
  private static final double COUPLING = 0.5;

  private final Shells shells;
  private final WaterSettings settings;
  private final Cloud cloud;
  private final int threads;
  private final Runnable check;

  ThermalRun(Shells shells, WaterSettings settings, Cloud cloud, int threads, Runnable check) {
    this.shells = shells;
    this.settings = settings;
    this.cloud = cloud;
    this.threads = threads;
    this.check = check;
  }

  /** The shells at the end of the first chain; none where there are too few points or too many. */
  int[] run(IntToDoubleFunction energies, List<Mixing> mixing, List<String> notes) {
    int n = cloud.size();
    if (n > MOST || n <= NEIGHBOURS) {
      notes.add(
          "The thermal chain, whose points feel their neighbours, takes "
              + (NEIGHBOURS + 1)
              + " to "
              + Text.grouped(MOST)
              + " points; the draws beside it are independent.");
      return new int[0];
    }
    double[] own = IntStream.range(0, n).mapToDouble(energies).toArray();
    Pairs pairs = pairs(n);
    double[][] energy = new double[CHAINS][KEPT];
    double[][] shell = new double[CHAINS][KEPT];
    int[][] last = new int[CHAINS][];
    double[] taken = new double[CHAINS];
    Crew crew = new Crew(Math.max(1, Math.min(threads, CHAINS)));
    crew.run(
        member -> {
          for (int c = crew.ticket(); c < CHAINS && !crew.failed(); c = crew.ticket()) {
            ThermalChain chain =
                new ThermalChain(
                    shells,
                    own,
                    settings.temperature(),
                    pairs,
                    Generator.keyed(settings.seed(), "waterfill", "chain " + c));
            for (int t = -BURNED; t < KEPT; t++) {
              check.run();
              chain.sweep();
              if (t >= 0) {
                energy[c][t] = chain.energy() / n;
                last[c] = chain.state();
                shell[c][t] = IntStream.of(last[c]).average().orElseThrow();
              }
            }
            taken[c] = chain.acceptance();
          }
        });
    mixing.add(mixing("energy of a point", energy));
    mixing.add(mixing("shell of a point", shell));
    double accepted = (taken[0] + taken[1] + taken[2] + taken[3]) / CHAINS;
    mixing.add(new Mixing("share of offers taken", accepted, null, null, null));
    return last[0];
  }

  private static Mixing mixing(String figure, double[][] values) {
    Chains c = Chains.of(values);
    return new Mixing(figure, c.mean(), finite(c.error()), finite(c.effective()), finite(c.rHat()));
  }

  private static Double finite(double v) {
    return Double.isFinite(v) ? (Double) v : null;
  }

  /**
   * Each point with those of the most like direction, weighted by their cosine above 0 so that
   * together they pull about half as strongly as gravity.
   */
  private Pairs pairs(int n) {
    double[][] units = cloud.vectors(IntStream.range(0, n).toArray());
    int d = cloud.width();
    double[] flat = new double[n * d];
    for (int i = 0; i < n; i++) {
      Placement.place(units[i], 0, d, cloud.norms()[i], 1, 0, 0, 0);
      System.arraycopy(units[i], 0, flat, i * d, d);
    }
    NearestNeighbours near = NearestNeighbours.of(Entries.of(n, d, flat), NEIGHBOURS, threads);
    List<int[]> pairs = new ArrayList<>();
    List<Double> weights = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < NEIGHBOURS; k++) {
        int j = near.neighbour(i, k);
        double far = near.distance(i, k);
        double cosine = 1 - far * far / 2;
        if (cosine > 0 && (i < j || !among(near, j, i))) {
          pairs.add(new int[] {i, j});
          weights.add(COUPLING / NEIGHBOURS * cosine);
        }
      }
    }
    return new Pairs(
        pairs.stream().mapToInt(p -> p[0]).toArray(),
        pairs.stream().mapToInt(p -> p[1]).toArray(),
        weights.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static boolean among(NearestNeighbours near, int point, int other) {
    return IntStream.range(0, NEIGHBOURS).anyMatch(k -> near.neighbour(point, k) == other);
  }
}
