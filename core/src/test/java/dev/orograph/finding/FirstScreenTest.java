package dev.orograph.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.stats.Estimate;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirstScreenTest {
  private static final double ROUNDING = 1e-12;

  private static Scalar scalar(String id, String claim, Estimate e) {
    return Scalar.of(id, id, e, null, "1", claim, id + ".");
  }

  private static List<String> shown(Scalar... scalars) {
    List<Finding> findings = Arrays.asList((Finding[]) scalars);
    return FirstScreen.of(List.of(new Section("s", "S", "", "", "", "", findings)));
  }

  @Test
  void aHugeZOfATinyEffectIsNotShown() {
    Estimate cosine = Estimate.of(0.018).within(0.0179, 0.0181).against(0, 1e-5);
    assertThat(cosine.z()).isGreaterThan(1000);
    assertThat(shown(scalar("cosine", "a common direction", cosine).on(Scale.BOUNDED))).isEmpty();
    Estimate more = Estimate.of(0.18).within(0.17, 0.19).against(0, 1e-5);
    assertThat(shown(scalar("cosine", "a common direction", more).on(Scale.BOUNDED)))
        .containsExactly("cosine");
  }

  @Test
  void theRuleItself() {
    Estimate clear = Estimate.of(2).against(1, 0.25);
    assertThat(shown(scalar("a", "neurons.cv", clear))).containsExactly("a");
    assertThat(shown(scalar("a", null, clear))).as("claims nothing").isEmpty();
    assertThat(shown(scalar("a", "neurons.cv", Estimate.of(2).against(1, 0.26)))).isEmpty();
    assertThat(shown(scalar("a", "neurons.cv", clear.within(0.9, 3)))).as("interval").isEmpty();
    assertThat(shown(scalar("a", "neurons.cv", clear.within(1.1, 3)))).containsExactly("a");
    assertThat(shown(scalar("a", "neurons.cv", Estimate.of(1.09).against(1, 0.01)))).isEmpty();
    assertThat(shown(scalar("a", "neurons.cv", Estimate.of(1.11).against(1, 0.01))))
        .containsExactly("a");
  }

  @Test
  void oneOfAKindAndTheLargestFirst() {
    Scalar rank = scalar("rank", "spectra.effective_rank", Estimate.of(1).against(2, 0.1));
    Scalar tail = scalar("tail", "spectra.alpha", Estimate.of(1).against(3, 0.1));
    Scalar gini = scalar("gini", "sparsity.gini", Estimate.of(5).against(1, 0.1));
    assertThat(shown(rank, tail, gini)).containsExactly("gini", "tail");
  }

  @Test
  void effectsOnTheScaleOfTheFigure() {
    assertThat(FirstScreen.effect(scalar("a", "sparsity.gini", Estimate.of(2).against(1, 1))))
        .isCloseTo(Math.log(2), within(ROUNDING));
    assertThat(effect(Estimate.of(0.5).against(0, 1), Scale.BOUNDED))
        .isCloseTo(Math.log(3) / 2, within(ROUNDING));
    assertThat(effect(Estimate.of(0.75).against(0.5, 1), Scale.SHARE))
        .isCloseTo(Math.log(3) / 2, within(ROUNDING));
    assertThat(effect(Estimate.of(2).against(1, 1), Scale.LOG10))
        .isCloseTo(Math.log(10), within(ROUNDING));
    assertThat(effect(Estimate.of(2).against(1, 1), Scale.DIFFERENCE)).isEqualTo(1);
    assertThat(effect(Estimate.of(3).against(0, 0.5), Scale.ERRORS)).isEqualTo(6);
    assertThat(FirstScreen.effect(scalar("a", "other", Estimate.of(-1).against(1, 1))))
        .isEqualTo(-2);
  }

  private static double effect(Estimate e, Scale scale) {
    return FirstScreen.effect(scalar("a", "other", e).on(scale));
  }

  @Test
  void nothingTestedIsNotNothingFound() {
    Section plain =
        new Section("s", "S", "", "", "", "", List.of(Scalar.plain("a", "A", 1, "1", "A.")));
    assertThat(FirstScreen.tested(List.of(plain))).isFalse();
    Scalar weak = scalar("a", "neurons.cv", Estimate.of(1).against(1, 1));
    assertThat(FirstScreen.tested(List.of(new Section("s", "S", "", "", "", "", List.of(weak)))))
        .isTrue();
  }
}
