package dev.orograph.random;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Cases of {@code reference/numpy_rng_more.json}; {@link GeneratorTest} says how it was made. */
class ChoiceTest {
  @Test
  void samplesOnBothSidesOfEveryCutoffAreNumPys() {
    for (JsonNode c : Reference.read("numpy_rng_more.json").get("choices")) {
      long n = c.get("n").asLong();
      int size = c.get("size").asInt();
      Generator g = Generator.of(n + size);
      long[] sample = g.choice(n, size, false);
      assertThat(Arrays.copyOf(sample, Math.min(5, size)))
          .isEqualTo(Reference.longs(c.get("first")));
      assertThat(Reference.sha(sample)).isEqualTo(c.get("sha").asText());
      assertThat((double) g.randomFloat()).isEqualTo(c.get("then").get(0).doubleValue());
      assertThat(g.random()).isEqualTo(c.get("then").get(1).doubleValue());
      if (n <= Integer.MAX_VALUE) {
        assertThat(Generator.of(n + size).choice((int) n, size, false))
            .isEqualTo(Arrays.stream(sample).mapToInt(v -> (int) v).toArray());
      }
    }
  }

  @Test
  void everySampleIsASetBelowN() {
    for (int n = 1; n < 60; n++) {
      for (int size = 0; size <= n; size++) {
        int[] sample = Generator.of(n).choice(n, size, false);
        assertThat(Arrays.stream(sample).distinct().count()).isEqualTo(size);
        int bound = n;
        assertThat(Arrays.stream(sample)).allMatch(v -> v >= 0 && v < bound);
      }
    }
  }
}
