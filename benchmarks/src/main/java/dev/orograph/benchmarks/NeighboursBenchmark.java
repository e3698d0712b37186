package dev.orograph.benchmarks;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import dev.orograph.linalg.Entries;
import dev.orograph.linalg.Lapack;
import dev.orograph.linalg.NearestNeighbours;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.bytedeco.javacpp.FloatPointer;

/**
 * All nearest neighbours against one plain float32 product of all points with all points, whose n x
 * n result is held: the same library, the same threads, one process, runs in turn. The points are
 * Gaussian, the hardest case for the proof: distances hardly differ.
 */
public final class NeighboursBenchmark {
  private static final int[][] SHAPES = {{32_128, 512}, {32_000, 2560}};
  private static final int K = 20;

  private NeighboursBenchmark() {}

  /** Runs it; a number of runs may be given. */
  public static void main(String[] args) throws IOException {
    int runs = args.length > 0 ? Integer.parseInt(args[0]) : 3;
    int threads = Runtime.getRuntime().availableProcessors();
    System.out.printf(
        Locale.ROOT,
        "%-14s %9s %9s %8s %7s %18s %14s%n",
        "shape",
        "ours s",
        "product s",
        "ratios",
        "again",
        "ours anonymous MiB",
        "stated MiB");
    for (int[] shape : SHAPES) {
      int n = shape[0];
      int d = shape[1];
      float[] points = new float[n * d];
      Generator.of(n + d).standardNormal(points);
      for (int r = 0; r < runs; r++) {
        long before = anonymous();
        long a = System.nanoTime();
        NearestNeighbours found =
            NearestNeighbours.of(
                Entries.of(n, d, points),
                K,
                threads,
                (steps, all) -> peak = Math.max(peak, anonymous()));
        double ours = (System.nanoTime() - a) / 1e9;
        double product = product(n, d, points, threads);
        System.out.printf(
            Locale.ROOT,
            "%-14s %9.2f %9.2f %8.2f %7d %18d %14d%n",
            n + " x " + d,
            ours,
            product,
            ours / product,
            found.again(),
            (peak - before) >> 20,
            NearestNeighbours.bytes(n, d, K, threads) >> 20);
        peak = 0;
      }
    }
    System.exit(0);
  }

  private static volatile long peak;

  private static double product(int n, int d, float[] points, int threads) {
    try (FloatPointer x = new FloatPointer(points);
        FloatPointer all = new FloatPointer((long) n * n)) {
      long a = System.nanoTime();
      Lapack.with(
          threads,
          () -> {
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, n, d, 1, x, d, x, d, 0, all, n);
            return null;
          });
      return (System.nanoTime() - a) / 1e9;
    }
  }

  private static long anonymous() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("RssAnon:")) {
          return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    } catch (IOException e) {
      // Not on Linux: no memory column.
    }
    return 0;
  }
}
