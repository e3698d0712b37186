package dev.orograph.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.orograph.finding.Scatter.Colouring;
import dev.orograph.finding.Scatter.Layout;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScatterTest {
  @Test
  void roundsToFiveDigitsOfTheLargest() {
    double[] values = {123.456789, -0.00049, 1e-9, Double.NaN, -0.0, 7};
    assertThat(Scatter.rounded(values, false))
        .isEqualTo(Arrays.asList(123.46, 0.0, 0.0, null, 0.0, 7.0));
    assertThat(Scatter.rounded(new double[] {1234567, 8}, false)).containsExactly(1234600.0, 0.0);
  }

  @Test
  void roundsToFiveDigitsOfEach() {
    double[] values = {123.456789, -0.000491234567, 1e-300, Double.POSITIVE_INFINITY, 1e300};
    assertThat(Scatter.rounded(values, true))
        .isEqualTo(Arrays.asList(123.46, -0.00049123, 1e-300, null, 1e300));
    // The nearest double to each decimal, so that it is written in as few characters.
    for (int i = 0; i < 10_000; i++) {
      double v = Scatter.rounded(new double[] {i / 9999.0 - 0.5}, true).get(0);
      assertThat(new BigDecimal(Double.toString(v)).stripTrailingZeros().precision())
          .as(Double.toString(v))
          .isLessThanOrEqualTo(5);
    }
  }

  @Test
  void refusesListsOfOtherLengths() {
    Layout two = Layout.map("m", new double[2], new double[2], "");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> scatter(List.of("a"), two, List.of()))
        .withMessage("s: labels has 1 entries for 2 points");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                scatter(
                    List.of("a", "b"),
                    Layout.map("m", new double[2], new double[1], ""),
                    List.of()))
        .withMessage("s: 'm', y has 1 entries for 2 points");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                scatter(
                    List.of("a", "b"),
                    two,
                    List.of(Colouring.by("c", Axis.linear("v"), new double[3]))))
        .withMessage("s: 'c' has 3 entries for 2 points");
  }

  @Test
  void refusesWhatIsNeitherNumbersNorCategories() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Colouring("c", null, null, List.of("a"), null))
        .withMessageContaining("neither by numbers nor by categories");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Colouring.by("c", List.of("a"), Arrays.asList(null, 1)))
        .withMessage("colouring 'c': category 1 of 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Layout("l", Axis.linear("x"), null, List.of(), List.of(), ""))
        .withMessageContaining("one axis without the other");
  }

  private static Scatter scatter(List<String> labels, Layout layout, List<Colouring> colourings) {
    return new Scatter("s", "S", "token", List.of(0L, 1L), labels, List.of(layout), colourings, "");
  }
}
