package dev.orograph.benchmarks;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/** The library that the benchmarks compare with, on all cores. */
final class Torch {
  static final int CORES = Runtime.getRuntime().availableProcessors();

  private Torch() {}

  /** Loads it; a libtorch of the distribution must not be picked up instead. */
  static void load() throws IOException {
    for (String name : List.of("libc10.so", "libtorch_cpu.so", "libtorch.so")) {
      Loader.cacheResource("/org/bytedeco/pytorch/" + Loader.getPlatform() + "/" + name);
    }
    torch.set_num_threads(CORES);
  }

  static double median(double[] values) {
    double[] v = values.clone();
    Arrays.sort(v);
    return (v[(v.length - 1) / 2] + v[v.length / 2]) / 2;
  }
}
