package dev.orograph.model.forward;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Which of its kernels libtorch takes for a forward pass. It has one set for each instruction set,
 * and they add and round in different orders: states are equal to the last digit for the same set
 * only. Products are OpenBLAS's, which {@link dev.orograph.linalg.Lapack#kernels} tells.
 */
public final class PassKernels {
  /** Sets of the processor's features by which {@code at::get_cpu_capability} decides. */
  private static final Set<String> AVX512 = Set.of("avx512vl", "avx512bw", "avx512dq", "fma");

  private static final Set<String> AVX2 = Set.of("avx2", "fma");
  private static final List<String> NAMES = List.of("default", "avx2", "avx512");
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");

  /** What oneDNN, which libtorch has activations and convolutions from, is told to do without. */
  private static final List<String> LIMITS = List.of("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA");

  private static volatile String loaded;

  private PassKernels() {}

  /**
   * The set that libtorch will take, without loading it: {@code libtorch-avx2}. It decides by
   * {@code ATEN_CPU_CAPABILITY} or else by what the processor has, and so does this; {@code
   * libtorch} alone where neither says.
   */
  public static String expected() {
    return Expected.SET;
  }

  /**
   * The same with a digest of the arithmetic that the loaded kernels do, {@code
   * libtorch-avx2-9c3f...}; empty as long as nothing has loaded them.
   */
  public static Optional<String> loaded() {
    return Optional.ofNullable(loaded);
  }

  /** Computed once, when first asked for. */
  private static final class Expected {
    static final String SET = set(System.getenv(), features());

    private static Set<String> features() {
      try (Stream<String> lines = Files.lines(CPUINFO)) {
        return lines
            .filter(line -> line.startsWith("flags"))
            .findFirst()
            .map(line -> new HashSet<>(Arrays.asList(line.split("\\s+"))))
            .orElseGet(HashSet::new);
      } catch (IOException e) {
        return Set.of(); // Not this operating system.
      }
    }
  }

  /** The set by this environment and these features. */
  static String set(Map<String, String> environment, Set<String> features) {
    String told = environment.getOrDefault("ATEN_CPU_CAPABILITY", "");
    String set = "";
    if (NAMES.contains(told)) {
      set = "-" + told;
    } else if (!features.isEmpty()) {
      set =
          features.containsAll(AVX512)
              ? "-avx512"
              : features.containsAll(AVX2) ? "-avx2" : "-default";
    }
    StringBuilder all = new StringBuilder("libtorch").append(set);
    for (String limit : LIMITS) {
      String most = environment.getOrDefault(limit, "");
      all.append(most.isEmpty() ? "" : "-" + most.toLowerCase(java.util.Locale.ROOT));
    }
    return all.toString();
  }

  /** Called when libtorch has been loaded, before anything is computed with it. */
  @SuppressWarnings("try") // the scope frees what is made inside it
  static void load() {
    try (PointerScope scope = new PointerScope();
        NoGradGuard plain = new NoGradGuard()) {
      loaded = expected() + "-" + Long.toHexString(digest());
    }
  }

  /**
   * Of what passes are made of, each on numbers of its own. All of it is small enough for one
   * thread.
   */
  private static long digest() {
    long digest = 0xcbf29ce484222325L;
    for (ScalarType type : List.of(ScalarType.Float, ScalarType.Double)) {
      Tensor x = waves(1, 31, 37).to(type);
      Tensor y = waves(2, 37, 43).to(type);
      Tensor heads = waves(3, 1, 2, 31, 8).to(type);
      List<Tensor> results =
          List.of(
              x.matmul(y),
              torch.softmax(x, -1, new ScalarTypeOptional(type)),
              torch.layer_norm(x, 37),
              x.mul(x).mean(new long[] {-1}, true, new ScalarTypeOptional(type)).rsqrt(),
              torch.gelu(x),
              torch.gelu(x, "tanh"),
              torch.silu(x),
              torch.scaled_dot_product_attention(heads, heads, heads));
      for (Tensor result : results) {
        for (double value : Torch.doubles(result)) {
          digest = (digest ^ Double.doubleToLongBits(value)) * 0x100000001b3L;
        }
      }
    }
    return digest;
  }

  /** Numbers of both signs and several sizes, the same everywhere. */
  private static Tensor waves(int by, long... shape) {
    double[] values = new double[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = 3 * StrictMath.sin(by + 1.0 + i);
    }
    return Torch.exact(values, shape);
  }
}
