package dev.orograph.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Cases of {@code reference/numpy_rng_more.json}; {@link GeneratorTest} says how it was made. */
class SeedSequenceTest {
  @Test
  void statesAreNumPysForWordsAndKeysOfAllLengths() {
    for (JsonNode c : Reference.read("numpy_rng_more.json").get("seed_sequences")) {
      SeedSequence seed =
          new SeedSequence(
              Reference.integers(c.get("entropy")), Reference.integers(c.get("spawn_key")));
      assertThat(seed.generateInts(9)).isEqualTo(Reference.ints(c.get("uint32_x9")));
      assertThat(seed.generateLongs(4)).isEqualTo(Reference.longs(c.get("uint64_x4")));
      Generator g = Generator.of(seed);
      assertThat(IntStream.range(0, 3).mapToLong(i -> g.nextLong()).toArray())
          .isEqualTo(Reference.longs(c.get("raw_x3")));
    }
  }

  @Test
  void childrenExtendTheSpawnKey() {
    BigInteger answer = BigInteger.valueOf(42);
    SeedSequence key =
        new SeedSequence(List.of(answer), List.of(BigInteger.valueOf(3), BigInteger.valueOf(1)));
    assertThat(SeedSequence.of(42).child(3).child(1).generateLongs(4))
        .isEqualTo(key.generateLongs(4));
  }

  @Test
  void negativeNumbersAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SeedSequence.of(1, -7))
        .withMessage("seed must not be negative: -7");
    assertThatIllegalArgumentException().isThrownBy(() -> SeedSequence.of(1).child(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> SeedSequence.of(1).generateInts(-1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SeedSequence.of(1).generateLongs(Integer.MAX_VALUE));
  }
}
