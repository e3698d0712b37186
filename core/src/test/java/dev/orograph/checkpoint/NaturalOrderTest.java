package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class NaturalOrderTest {
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

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings().withChars("019a./").ofMaxLength(6);
  }

  @Property(tries = 20_000)
  void isATotalOrder(
      @ForAll("names") String a, @ForAll("names") String b, @ForAll("names") String c) {
    assertThat(sign(a, b)).isEqualTo(-sign(b, a));
    assertThat(sign(a, b) == 0).isEqualTo(a.equals(b));
    if (sign(a, b) <= 0 && sign(b, c) <= 0) {
      assertThat(sign(a, c)).isLessThanOrEqualTo(0);
    }
  }
}
