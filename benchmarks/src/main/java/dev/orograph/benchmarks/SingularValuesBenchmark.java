package dev.orograph.benchmarks;

import dev.orograph.linalg.Entries;
import dev.orograph.linalg.SingularValues;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Our singular values against libtorch's {@code svdvals} on the same float32 matrices in one
 * process: medians of alternating runs, their ratio, and the largest relative error of each against
 * a direct float64 decomposition.
 */
public final class SingularValuesBenchmark {
  private static final int[][] SHAPES = {{1024, 1024}, {2048, 2048}, {2048, 8192}, {4096, 4096}};
  private static final int BATCH = 100;
  private static final int BATCH_SIDE = 512;

  private SingularValuesBenchmark() {}

  /** Runs it; a number of runs may be given. */
  public static void main(String[] args) throws IOException {
    int runs = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    Torch.load();
    System.out.printf(
        Locale.ROOT,
        "%-14s %9s %9s %7s %12s %12s %9s%n",
        "shape",
        "ours s",
        "torch s",
        "ratio",
        "ours error",
        "torch error",
        "closer");
    for (int[] shape : SHAPES) {
      one(shape[0], shape[1], runs);
    }
    batch(runs);
    System.exit(0);
  }

  /** Another matrix for every run; the errors of each against its own direct decomposition. */
  private static void one(int rows, int columns, int runs) {
    double[] ours = new double[runs];
    double[] theirs = new double[runs];
    double[] ratio = new double[runs];
    double[] ourError = new double[runs];
    double[] theirError = new double[runs];
    double[] closer = new double[runs];
    for (int r = -1; r < runs; r++) {
      float[] w = matrix(rows, columns, 1000L * rows + columns + r);
      Entries entries = Entries.of(rows, columns, w);
      long a = System.nanoTime();
      double[] s = SingularValues.of(entries, Torch.CORES).values();
      double own = (System.nanoTime() - a) / 1e9;
      double[] torchTime = new double[1];
      double[] t = torch(rows, columns, w, torchTime);
      if (r >= 0) {
        ours[r] = own;
        theirs[r] = torchTime[0];
        ratio[r] = theirs[r] / ours[r];
        double[] truth = SingularValues.direct(entries, 1, Torch.CORES).values();
        ourError[r] = error(s, truth);
        theirError[r] = error(t, truth);
        closer[r] = theirError[r] / ourError[r];
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%-14s %9.3f %9.3f %7.2f %12.2e %12.2e %8.0fx%n",
        rows + " x " + columns,
        Torch.median(ours),
        Torch.median(theirs),
        Torch.median(ratio),
        Torch.median(ourError),
        Torch.median(theirError),
        Torch.median(closer));
  }

  private static void batch(int runs) {
    float[][] ws = new float[BATCH][];
    for (int i = 0; i < BATCH; i++) {
      ws[i] = matrix(BATCH_SIDE, BATCH_SIDE, i);
    }
    double[] ours = new double[runs];
    double[] theirs = new double[runs];
    double[] ratio = new double[runs];
    for (int r = -1; r < runs; r++) {
      long a = System.nanoTime();
      IntStream.range(0, BATCH)
          .parallel()
          .forEach(i -> SingularValues.of(Entries.of(BATCH_SIDE, BATCH_SIDE, ws[i]), 1));
      double own = (System.nanoTime() - a) / 1e9;
      long b = System.nanoTime();
      for (float[] w : ws) {
        torch(BATCH_SIDE, BATCH_SIDE, w, new double[1]);
      }
      if (r >= 0) {
        ours[r] = own;
        theirs[r] = (System.nanoTime() - b) / 1e9;
        ratio[r] = theirs[r] / ours[r];
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%-14s %9.3f %9.3f %7.2f%n",
        BATCH + " of " + BATCH_SIDE,
        Torch.median(ours),
        Torch.median(theirs),
        Torch.median(ratio));
  }

  @SuppressWarnings("try") // the scope frees what is made inside it
  private static double[] torch(int rows, int columns, float[] w, double[] seconds) {
    try (PointerScope scope = new PointerScope()) {
      FloatPointer p = new FloatPointer(w);
      Tensor x = torch.from_blob(p, rows, columns);
      long a = System.nanoTime();
      Tensor s = torch.linalg_svdvals(x).contiguous();
      seconds[0] = (System.nanoTime() - a) / 1e9;
      float[] values = new float[Math.min(rows, columns)];
      s.data_ptr_float().get(values);
      return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }
  }

  private static float[] matrix(int rows, int columns, long seed) {
    float[] w = new float[rows * columns];
    Generator.of(seed).standardNormal(w);
    return w;
  }

  private static double error(double[] s, double[] truth) {
    double worst = 0;
    for (int i = 0; i < s.length; i++) {
      worst = Math.max(worst, Math.abs(s[i] - truth[i]) / truth[i]);
    }
    return worst;
  }
}
