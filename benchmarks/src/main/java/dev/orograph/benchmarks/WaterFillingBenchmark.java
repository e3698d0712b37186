package dev.orograph.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.orograph.geometry.shells.Osmotic;
import dev.orograph.geometry.shells.Osmotic.Rule;
import dev.orograph.geometry.shells.Shells;
import dev.orograph.random.Generator;
import dev.orograph.stats.Spearman;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;

/**
 * How fast the osmotic loop visits points: one visit is one point in one iteration. Arguments: how
 * many points (default a million), shells (128), threads (2).
 */
public final class WaterFillingBenchmark {
  private static final int RUNS = 5;
  private static final int DIMENSIONS = 128;

  private WaterFillingBenchmark() {}

  /** Prints a line per run. */
  public static void main(String[] args) {
    int n = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
    int count = args.length > 1 ? Integer.parseInt(args[1]) : 128;
    int threads = args.length > 2 ? Integer.parseInt(args[2]) : 2;
    double[] p = new double[n];
    Generator g = Generator.of(1);
    // Lengths of Gaussian vectors of 128 numbers, each with a scale of its own.
    double[] z = new double[2 * n];
    g.standardNormal(z);
    for (int i = 0; i < n; i++) {
      double length = Math.sqrt(DIMENSIONS - 0.5) + z[2 * i] * Math.sqrt(0.5);
      p[i] = Math.max(0, length) * Math.exp(0.2 * z[2 * i + 1]);
    }
    z = null;
    Shells shells = new Shells(count);
    for (int run = 0; run < RUNS; run++) {
      long start = System.nanoTime();
      int[] order = Spearman.order(p);
      long sorted = System.nanoTime();
      long before = processor();
      Osmotic o = Osmotic.of(p, order, shells, Rule.usual(run), threads, () -> {});
      double seconds = (System.nanoTime() - sorted) / 1e9;
      double worked = (processor() - before) / 1e9;
      double visits = (double) n * o.steps().size();
      long turned = o.steps().stream().mapToLong(Osmotic.Step::turned).sum();
      System.out.printf(
          Locale.ROOT,
          "%,d points, %d shells, %d threads: order %.2f s, %d iterations in %.2f s (%.2f s of"
              + " processor time), %.1f million visits a second (%.1f of processor time), %.1f %%"
              + " turned, all in a shell: %b%n",
          n,
          count,
          threads,
          (sorted - start) / 1e9,
          o.steps().size(),
          seconds,
          worked,
          visits / seconds / 1e6,
          visits / worked / 1e6,
          100 * turned / visits,
          Arrays.stream(o.counts()).asLongStream().sum() == n);
    }
  }

  /** Of the whole process, compilers included: what a busy machine does not stretch. */
  private static long processor() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
