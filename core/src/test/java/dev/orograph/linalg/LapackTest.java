package dev.orograph.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bytedeco.openblas.global.openblas.blas_get_num_threads;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("numeric")
class LapackTest {
  @Test
  void workHasTheThreadsItAsksFor() {
    assertThat(Lapack.<Integer>with(2, () -> blas_get_num_threads())).isEqualTo(2);
    assertThat(Lapack.<Integer>with(1, () -> blas_get_num_threads())).isEqualTo(1);
  }

  @Test
  void theThreadCountIsResetAfterAFailure() {
    assertThatThrownBy(
            () ->
                Lapack.with(
                    2,
                    () -> {
                      throw new IllegalStateException("stop");
                    }))
        .hasMessage("stop");
    assertThat(blas_get_num_threads()).isEqualTo(1);
    assertThat(Lapack.<Integer>with(1, () -> blas_get_num_threads())).isEqualTo(1);
  }

  @Test
  void theDigestOfTheKernelsIsStable() {
    assertThat(Lapack.kernels())
        .matches("openblas(-[0-9a-f]{1,16}){2}")
        .isEqualTo(Lapack.kernels());
  }

  @Test
  void whatLapackAnswersBecomesAnException() {
    assertThatCode(() -> Lapack.check("dsyevd", 0)).doesNotThrowAnyException();
    assertThatThrownBy(() -> Lapack.check("dsyevd", -5))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("dsyevd was given a wrong argument 5");
    assertThatThrownBy(() -> Lapack.check("dsyevd", 3))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("dsyevd did not converge: 3");
  }

  /** It would wait for itself. */
  @Test
  void moreThreadsAreNotHadInsideWorkThatHasOne() {
    assertThatThrownBy(() -> Lapack.with(1, () -> Lapack.with(2, () -> 0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("2 native threads inside work that has one");
    assertThat(Lapack.<Integer>with(2, () -> Lapack.with(1, () -> 3))).isEqualTo(3);
  }
}
