package dev.orograph.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a histogram refuses. */
class HistogramTest {
  private static Histogram of(List<Double> edges, List<Double> shares) {
    return new Histogram(
        "a.b",
        "title",
        Axis.linear("x"),
        edges,
        List.of(new Histogram.Series("s", shares, 3, false)),
        List.of(),
        "reading");
  }

  @Test
  void edgesAscendAndSharesFit() {
    assertThat(of(List.of(0.0, 1.0, 3.0), List.of(0.5, 0.5)).edges()).hasSize(3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(List.of(0.0, 0.0, 1.0), List.of(0.5, 0.5)))
        .withMessageContaining("a.b: edges do not ascend");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(List.of(0.0, 1.0, 0.5), List.of(0.5, 0.5)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(List.of(0.0, Double.NaN, 0.5), List.of(0.5, 0.5)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(List.of(0.0, 1.0), List.of(0.5, 0.5)))
        .withMessage("a.b: 2 shares for 1 bins");
  }
}
