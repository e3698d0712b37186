package dev.orograph.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CountsTest {
  private static final double EXACT = 1e-15;

  /**
   * Pairs: 0 1 three times, 0 2 twice, 1 2 once, 2 1 once, 2 3 once, over a vocabulary of 5. n1 =
   * 3, n2 = 1, D = 3/5. 1 and 2 follow two others each, 3 one: N(. .) = 5, D' = 1 / (1 + 4) = 1/5,
   * S = 3.
   */
  private static final Counts SMALL =
      new Counts(
          List.of(
              new int[] {0, 1},
              new int[] {0, 1},
              new int[] {0, 1, 2, 1},
              new int[] {0, 2, 3},
              new int[] {0, 2}),
          5);

  @Test
  void kneserNeyByHand() {
    double rest = 0.2 * 3 / 5;
    double p1 = (2 - 0.2 + rest) / 5;
    double p3 = (1 - 0.2 + rest) / 5;
    double p4 = rest / 5;
    assertThat(SMALL.discount()).isCloseTo(0.6, within(EXACT));
    assertThat(SMALL.behind(0, 1)).isCloseTo((3 - 0.6 + 0.6 * 2 * p1) / 5, within(EXACT));
    assertThat(SMALL.behind(0, 3)).isCloseTo(0.6 * 2 * p3 / 5, within(EXACT));
    assertThat(SMALL.behind(2, 3)).isCloseTo((1 - 0.6 + 0.6 * 2 * p3) / 2, within(EXACT));
    assertThat(SMALL.behind(2, 4)).isCloseTo(0.6 * p4, within(EXACT));
    // Nothing follows 3 or 4.
    assertThat(SMALL.behind(3, 1)).isCloseTo(p1, within(EXACT));
    assertThat(SMALL.behind(4, 4)).isCloseTo(p4, within(EXACT));
  }

  @Test
  void addOneByHand() {
    assertThat(SMALL.alone(0)).isCloseTo(1 / 13.0, within(EXACT));
    assertThat(SMALL.alone(1)).isCloseTo(5 / 13.0, within(EXACT));
    assertThat(SMALL.alone(new int[] {0, 1, 4}))
        .isCloseTo(-Math.log(5 / 13.0) - Math.log(1 / 13.0), within(1e-14));
    assertThat(SMALL.behind(new int[] {0, 2, 3}))
        .isCloseTo(-Math.log(SMALL.behind(0, 2) * SMALL.behind(2, 3)), within(1e-14));
    assertThat(IntStream.range(0, 5).filter(SMALL::met)).containsExactly(0, 1, 2, 3);
  }

  @Test
  void allProbabilitiesSumToOneBehindEveryToken() {
    Generator g = Generator.of(7);
    List<int[]> lines = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      int most = 1 + i / 2;
      lines.add(IntStream.range(0, 12).map(t -> (int) g.integers(0, most)).toArray());
    }
    for (Counts c :
        List.of(
            SMALL,
            new Counts(lines, 40),
            new Counts(List.of(new int[] {0, 0, 0, 0}), 3), // nothing occurs once
            new Counts(List.of(), 4))) {
      int size = c.vocabulary();
      for (int v = 0; v < size; v++) {
        int context = v;
        assertThat(IntStream.range(0, size).mapToDouble(w -> c.behind(context, w)))
            .allMatch(p -> p > 0);
        assertThat(IntStream.range(0, size).mapToDouble(w -> c.behind(context, w)).sum())
            .isCloseTo(1, within(1e-12));
      }
      assertThat(IntStream.range(0, size).mapToDouble(c::alone).sum()).isCloseTo(1, within(1e-12));
    }
  }
}
