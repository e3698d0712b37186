package dev.orograph.model.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which kernels are expected; that libtorch decides likewise is tested in other processes. */
class PassKernelsTest {
  @ParameterizedTest
  @CsvSource({
    "'', sse2, libtorch-default",
    "'', avx2 sse2, libtorch-default", // without fused multiply-add
    "'', avx2 fma, libtorch-avx2",
    "'', avx2 fma avx512f avx512vl avx512bw, libtorch-avx2",
    "'', avx2 fma avx512vl avx512bw avx512dq, libtorch-avx512",
    "default, avx2 fma avx512vl avx512bw avx512dq, libtorch-default",
    "avx2, avx2 fma avx512vl avx512bw avx512dq, libtorch-avx2",
    "AVX2, avx2 fma avx512vl avx512bw avx512dq, libtorch-avx512",
    "avx, avx2 fma, libtorch-avx2",
    "avx2, '', libtorch-avx2",
    "'', '', libtorch"
  })
  void theEnvironmentGoesBeforeTheProcessor(String told, String features, String set) {
    Set<String> has = features.isEmpty() ? Set.of() : Set.of(features.split(" "));
    assertThat(PassKernels.set(Map.of("ATEN_CPU_CAPABILITY", told), has)).isEqualTo(set);
    assertThat(
            PassKernels.set(
                Map.of("ATEN_CPU_CAPABILITY", told, "ONEDNN_MAX_CPU_ISA", "SSE41"), has))
        .isEqualTo(set + "-sse41");
  }
}
