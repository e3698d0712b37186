package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NaturalOrderTest {
  private static final String CHARACTERS = "019a./";

  private static int sign(String a, String b) {
    return Integer.signum(NaturalOrder.INSTANCE.compare(a, b));
  }

  @Test
  void numbersCompareByValue() {
    List<String> sorted =
        Stream.of("layers.10.q", "layers.2.q", "layers.2", "embed", "layers.1.w.10", "layers.1.w.9")
            .sorted(NaturalOrder.INSTANCE)
            .toList();
    assertThat(sorted)
        .containsExactly(
            "embed", "layers.1.w.9", "layers.1.w.10", "layers.2", "layers.2.q", "layers.10.q");
  }

  @Test
  void numbersOfAnyLength() {
    assertThat(sign("a99999999999999999999", "a100000000000000000000")).isEqualTo(-1);
    assertThat(sign("a1", "a01")).isEqualTo(1);
    assertThat(sign("a01b", "a1a")).isEqualTo(1);
    assertThat(sign("a", "a0")).isEqualTo(-1);
    assertThat(sign("", "")).isZero();
  }

  /** Every pair and triple of short names: digits, what sorts before, between and behind them. */
  @Test
  void isATotalOrderOfShortNames() {
    List<String> names = new ArrayList<>(List.of(""));
    for (int from = 0, length = 1; length <= 2; length++) {
      int to = names.size();
      for (; from < to; from++) {
        for (int i = 0; i < CHARACTERS.length(); i++) {
          names.add(names.get(from) + CHARACTERS.charAt(i));
        }
      }
    }
    assertThat(names).hasSize(43).doesNotHaveDuplicates();
    for (String a : names) {
      for (String b : names) {
        for (String c : names) {
          requireOrder(a, b, c);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void isATotalOrder(long seed) {
    SplittableRandom draws = new SplittableRandom(seed);
    for (int i = 0; i < 10_000; i++) {
      requireOrder(name(draws), name(draws), name(draws));
    }
  }

  private static String name(SplittableRandom draws) {
    StringBuilder name = new StringBuilder();
    for (int left = draws.nextInt(7); left > 0; left--) {
      name.append(CHARACTERS.charAt(draws.nextInt(CHARACTERS.length())));
    }
    return name.toString();
  }

  private static void requireOrder(String a, String b, String c) {
    String what = "'" + a + "' '" + b + "' '" + c + "'";
    assertThat(sign(a, b)).as(what).isEqualTo(-sign(b, a));
    assertThat(sign(a, b) == 0).as(what).isEqualTo(a.equals(b));
    if (sign(a, b) <= 0 && sign(b, c) <= 0) {
      assertThat(sign(a, c)).as(what).isLessThanOrEqualTo(0);
    }
  }
}
