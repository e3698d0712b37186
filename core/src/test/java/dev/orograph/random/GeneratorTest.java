package dev.orograph.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every stream of {@code reference/numpy_rng.json} and {@code reference/numpy_rng_more.json}.
 *
 * <p>The second file was made with NumPy 1.24.2 on Debian 12 (x86-64 with FMA). Its parts follow
 * this pattern, each case from a fresh generator, {@code sha} the SHA-256 of the array's bytes and
 * {@code then} the draws that come after:
 *
 * <pre>{@code
 * def words(s): return np.frombuffer(hashlib.sha256(s.encode()).digest(), ">u4").tolist()
 * SeedSequence(e, spawn_key=k).generate_state(9); .generate_state(4, np.uint64)
 * default_rng([seed, *words(instrument), *words(piece)]).bit_generator.random_raw(4)
 * g = default_rng(seed); a = np.arange(n).astype(dtype); g.shuffle(a); sha(a)
 * g = default_rng(n + size); c = g.choice(n, size, replace=False); sha(c)
 * g = default_rng(99); g.integers(low, high, 40); [g.integers(low, high) for _ in range(5)]
 * x = default_rng(seed).standard_normal(3_000_000); sha(x); x[abs(x) > 3.66][:40]
 * f = default_rng(seed).standard_normal(3_000_000, dtype=np.float32)
 * then = [g.random(dtype=np.float32), g.random()]
 * g = default_rng(11)
 * mixed = [g.random(dtype=np.float32), g.random(), g.integers(0, 9), g.normal(-2, 0.5),
 *     g.standard_normal(dtype=np.float32), g.integers(0, 2**33), *g.permutation(5),
 *     g.random(dtype=np.float32), *g.random(2, dtype=np.float32)]
 * }</pre>
 */
class GeneratorTest {
  private static final JsonNode STREAMS = Reference.read("numpy_rng.json");
  private static final JsonNode MORE = Reference.read("numpy_rng_more.json");

  @Test
  void streamsOfAllSeedsAreNumPys() {
    List<String> seeds =
        STREAMS.properties().stream()
            .filter(e -> e.getValue().isObject())
            .map(e -> e.getKey())
            .toList();
    assertThat(seeds).hasSize(5);
    for (String seed : seeds) {
      Stream stream = new Stream(new BigInteger(seed), STREAMS.get(seed));
      stream.checkUniform();
      stream.checkNormal();
      stream.checkIntegers();
      stream.checkPermutation();
      stream.checkChoice();
      stream.checkMixed();
    }
  }

  private record Stream(BigInteger seed, JsonNode node) {
    Generator fresh() {
      return Generator.of(seed);
    }

    void checkUniform() {
      assertThat(SeedSequence.of(seed).generateLongs(4))
          .isEqualTo(Reference.longs(node.get("seed_sequence_state_uint64_x4")));
      Generator g = fresh();
      assertThat(IntStream.range(0, 8).mapToLong(i -> g.nextLong()).toArray())
          .isEqualTo(Reference.longs(node.get("raw_uint64_x8")));
      double[] x = new double[8];
      fresh().random(x);
      assertThat(x).isEqualTo(Reference.doubles(node.get("random_x8")));
      float[] f = new float[8];
      fresh().random(f);
      assertThat(f).isEqualTo(Reference.floats(node.get("random_float32_x8")));
      Generator scalar = fresh();
      assertThat(scalar.randomFloat()).isEqualTo(f[0]);
      assertThat(scalar.random()).isNotEqualTo(x[0]).isEqualTo(x[1]);
    }

    void checkNormal() {
      double[] x = new double[12];
      fresh().standardNormal(x);
      assertThat(x).isEqualTo(Reference.doubles(node.get("standard_normal_x12")));
      float[] f = new float[8];
      fresh().standardNormal(f);
      assertThat(f).isEqualTo(Reference.floats(node.get("standard_normal_float32_x8")));
      double[] scaled = new double[10];
      fresh().normal(1, 3, scaled);
      JsonNode rows = node.get("normal_loc1_scale3_2x5");
      assertThat(Arrays.copyOf(scaled, 5)).isEqualTo(Reference.doubles(rows.get(0)));
      assertThat(Arrays.copyOfRange(scaled, 5, 10)).isEqualTo(Reference.doubles(rows.get(1)));
      double[] many = new double[200_000];
      fresh().standardNormal(many);
      double[] expected = Reference.doubles(node.get("standard_normal_200000_sum_min_max_last3"));
      // 200,000 additions in another order: each partial sum below 1,000 is off by at most 1e-13.
      assertThat(Arrays.stream(many).sum()).isCloseTo(expected[0], within(2e-8));
      assertThat(Arrays.stream(many).min()).hasValue(expected[1]);
      assertThat(Arrays.stream(many).max()).hasValue(expected[2]);
      assertThat(Arrays.copyOfRange(many, 199_997, 200_000))
          .isEqualTo(Arrays.copyOfRange(expected, 3, 6));
    }

    void checkIntegers() {
      checkIntegers("integers_0_10_x12", 10, 12);
      checkIntegers("integers_0_3000_x12", 3000, 12);
      checkIntegers("integers_0_2pow40_x6", 1L << 40, 6);
      Generator g = fresh();
      assertThat(IntStream.range(0, 9).mapToLong(i -> g.integers(0, 7)).toArray())
          .isEqualTo(Reference.longs(node.get("integers_scalar_calls_0_7_x9")));
    }

    private void checkIntegers(String name, long high, int n) {
      assertThat(fresh().integers(0, high, n)).isEqualTo(Reference.longs(node.get(name)));
    }

    void checkPermutation() {
      assertThat(fresh().permutation(20)).isEqualTo(Reference.ints(node.get("permutation_20")));
      int[] large = fresh().permutation(248_320);
      int[] expected = Reference.ints(node.get("permutation_248320_first10_last5"));
      assertThat(Arrays.copyOf(large, 10)).isEqualTo(Arrays.copyOf(expected, 10));
      assertThat(Arrays.copyOfRange(large, 248_315, 248_320))
          .isEqualTo(Arrays.copyOfRange(expected, 10, 15));
    }

    void checkChoice() {
      checkChoice("choice_32128_5000_noreplace_first10_last5_sum", 32_128, 5000, 5);
      checkChoice("choice_248320_10000_noreplace_first10_sum", 248_320, 10_000, 0);
      checkChoice("choice_248320_2000_noreplace_first10_sum", 248_320, 2000, 0);
      checkChoice("choice_9362_3000_noreplace_first10_sum", 9362, 3000, 0);
      Generator g = fresh();
      for (JsonNode draw : node.get("choice_32128_5_noreplace_x6_then")) {
        assertThat(g.choice(32_128, 5, false)).isEqualTo(Reference.ints(draw));
      }
      assertThat(fresh().choice(3000, 20, true))
          .isEqualTo(Reference.ints(node.get("choice_3000_size20_replace")));
    }

    private void checkChoice(String name, int n, int size, int tail) {
      int[] sample = fresh().choice(n, size, false);
      long[] expected = Reference.longs(node.get(name));
      assertThat(expected).hasSize(11 + tail);
      for (int i = 0; i < 10; i++) {
        assertThat(sample[i]).isEqualTo((int) expected[i]);
      }
      for (int i = 0; i < tail; i++) {
        assertThat(sample[size - tail + i]).isEqualTo((int) expected[10 + i]);
      }
      assertThat(Arrays.stream(sample).asLongStream().sum()).isEqualTo(expected[10 + tail]);
    }

    void checkMixed() {
      JsonNode mixed = node.get("mixed_then");
      Generator g = fresh();
      assertThat(g.choice(100, 5, false))
          .isEqualTo(Reference.ints(mixed.get("choice_100_5_noreplace")));
      double[] normal = new double[3];
      g.normal(0, 1, normal);
      assertThat(normal).isEqualTo(Reference.doubles(mixed.get("normal_3")));
      assertThat(g.choice(100, 5, true))
          .isEqualTo(Reference.ints(mixed.get("choice_100_5_replace")));
      assertThat(g.integers(0, 5, 3)).isEqualTo(Reference.longs(mixed.get("integers_0_5_x3")));
      assertThat(new double[] {g.random(), g.random()})
          .isEqualTo(Reference.doubles(mixed.get("random_2")));
      assertThat(g.permutation(6)).isEqualTo(Reference.ints(mixed.get("permutation_6")));
    }
  }

  @Test
  void keyedGeneratorsAreNumPysWithHashedWords() {
    for (JsonNode c : MORE.get("keyed")) {
      Generator g =
          Generator.keyed(
              c.get("seed").asLong(), c.get("instrument").asText(), c.get("piece").asText());
      assertThat(IntStream.range(0, 4).mapToLong(i -> g.nextLong()).toArray())
          .isEqualTo(Reference.longs(c.get("raw_x4")));
    }
    assertThat(Generator.keyed(1, "ab", "c").nextLong())
        .isNotEqualTo(Generator.keyed(1, "a", "bc").nextLong());
  }

  @Test
  void integersOfAllRangesAreNumPys() {
    for (JsonNode c : MORE.get("integers")) {
      long low = c.get("low").asLong();
      long high = c.get("high").asLong();
      Generator g = Generator.of(99);
      assertThat(g.integers(low, high, 40)).isEqualTo(Reference.longs(c.get("array")));
      assertThat(IntStream.range(0, 5).mapToLong(i -> g.integers(low, high)).toArray())
          .isEqualTo(Reference.longs(c.get("scalars")));
      assertThen(g, c);
    }
  }

  @Test
  void threeMillionNormalsWithTheirTailsAreNumPys() {
    for (JsonNode c : MORE.get("normals")) {
      Generator g = Generator.of(c.get("seed").asLong());
      double[] x = new double[3_000_000];
      g.standardNormal(x);
      assertThat(Arrays.stream(x).filter(v -> Math.abs(v) > 3.66).limit(40).toArray())
          .isEqualTo(Reference.doubles(c.get("tail_float64")));
      assertThat(Reference.sha(x)).isEqualTo(c.get("sha_float64").asText());
      assertThen(g, c);
      float[] f = new float[3_000_000];
      Generator.of(c.get("seed").asLong()).standardNormal(f);
      double[] tail =
          IntStream.range(0, f.length)
              .mapToDouble(i -> f[i])
              .filter(v -> (float) Math.abs(v) > 3.66f)
              .limit(40)
              .toArray();
      assertThat(tail).isEqualTo(Reference.doubles(c.get("tail_float32")));
      assertThat(Reference.sha(f)).isEqualTo(c.get("sha_float32").asText());
    }
  }

  @Test
  void halvesWaitAcrossOtherDraws() {
    Generator g = Generator.of(11);
    double[] drawn = new double[14];
    drawn[0] = g.randomFloat();
    drawn[1] = g.random();
    drawn[2] = g.integers(0, 9);
    drawn[3] = g.normal(-2, 0.5);
    drawn[4] = g.standardNormalFloat();
    drawn[5] = g.integers(0, 1L << 33);
    int[] order = g.permutation(5);
    for (int i = 0; i < 5; i++) {
      drawn[6 + i] = order[i];
    }
    drawn[11] = g.randomFloat();
    float[] pair = new float[2];
    g.random(pair);
    drawn[12] = pair[0];
    drawn[13] = pair[1];
    assertThat(drawn).isEqualTo(Reference.doubles(MORE.get("mixed")));
  }

  @Test
  void scalarsAndArraysDrawTheSame() {
    double[] x = new double[1000];
    Generator.of(3).standardNormal(x);
    Generator g = Generator.of(3);
    assertThat(IntStream.range(0, 1000).mapToDouble(i -> g.standardNormal()).toArray())
        .isEqualTo(x);
  }

  @Test
  void emptyRequestsDrawNothing() {
    Generator g = Generator.of(3);
    assertThat(g.integers(5, 5, 0)).isEmpty();
    assertThat(g.choice(0, 0, true)).isEmpty();
    assertThat(g.choice(0, 0, false)).isEmpty();
    assertThat(g.permutation(0)).isEmpty();
    assertThat(g.permutation(1)).containsExactly(0);
    assertThat(g.integers(7, 8, 3)).containsExactly(7, 7, 7);
    assertThat(g.nextLong()).isEqualTo(Generator.of(3).nextLong());
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE})
  void negativeSeedsAreRefused(long seed) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Generator.of(seed))
        .withMessage("seed must not be negative: " + seed);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Generator.keyed(seed, "a", "b"))
        .withMessageContaining("negative");
  }

  @Test
  void badArgumentsAreRefusedByName() {
    Generator g = Generator.of(0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> g.integers(3, 3))
        .withMessage("low must be below high: [3, 3)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> g.integers(4, 3, 1))
        .withMessageContaining("[4, 3)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> g.integers(0, 3, -1))
        .withMessage("size must not be negative: -1");
    assertThatIllegalArgumentException().isThrownBy(() -> g.permutation(-2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> g.normal(0, -1))
        .withMessage("scale must not be negative: -1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> g.choice(3, 4, false))
        .withMessage("cannot choose 4 of 3 without replacement");
    assertThatIllegalArgumentException().isThrownBy(() -> g.choice(0, 1, true));
    assertThatIllegalArgumentException().isThrownBy(() -> g.choice(-1, 0, true));
    assertThatIllegalArgumentException().isThrownBy(() -> g.choice(5, -1, false));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> g.choice(1L << 34, 2_000_000_000, false))
        .withMessageContaining("1 in 50");
  }

  private static void assertThen(Generator g, JsonNode c) {
    double[] expected = Reference.doubles(c.get("then"));
    assertThat((double) g.randomFloat()).isEqualTo(expected[0]);
    assertThat(g.random()).isEqualTo(expected[1]);
  }
}
