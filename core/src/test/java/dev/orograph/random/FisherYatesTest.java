package dev.orograph.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cases of {@code reference/numpy_rng_more.json}; {@link GeneratorTest} says how it was made. */
class FisherYatesTest {
  private static final int[] AWKWARD = {0, 1, 2, 3, 1023, 1024, 1025, 1026, 2048, 2049, 5000};

  @Test
  void everyKindOfArrayIsShuffledAsByNumPy() {
    for (JsonNode c : Reference.read("numpy_rng_more.json").get("shuffles")) {
      int n = c.get("n").asInt();
      long seed = c.get("seed").asLong();
      int[] ints = new int[n];
      Arrays.setAll(ints, i -> i);
      long[] longs = new long[n];
      Arrays.setAll(longs, i -> i);
      double[] doubles = new double[n];
      Arrays.setAll(doubles, i -> i);
      short[] shorts = new short[n];
      float[] floats = new float[n];
      for (int i = 0; i < n; i++) {
        shorts[i] = (short) i;
        floats[i] = i;
      }
      Generator g = Generator.of(seed);
      g.shuffle(ints);
      assertThat((double) g.randomFloat()).isEqualTo(c.get("then").get(0).doubleValue());
      assertThat(g.random()).isEqualTo(c.get("then").get(1).doubleValue());
      Generator.of(seed).shuffle(longs);
      Generator.of(seed).shuffle(doubles);
      Generator.of(seed).shuffle(floats);
      Generator.of(seed).shuffle(ShortBuffer.wrap(shorts));
      assertThat(Reference.sha(ints)).isEqualTo(c.get("int32").asText());
      assertThat(Reference.sha(longs)).isEqualTo(c.get("int64").asText());
      assertThat(Reference.sha(doubles)).isEqualTo(c.get("float64").asText());
      assertThat(Reference.sha(floats)).isEqualTo(c.get("float32").asText());
      assertThat(Reference.sha(shorts)).isEqualTo(c.get("int16").asText());
    }
  }

  /**
   * The definition, without blocks: i from n - 1 down to 1 changes places with a draw of 0 to i.
   */
  @Test
  void blocksChangeNothing() {
    for (int n : AWKWARD) {
      int[] plain = new int[n];
      Arrays.setAll(plain, i -> i);
      Pcg64 bits = new Pcg64(SeedSequence.of(n));
      for (int i = n - 1; i > 0; i--) {
        int j = masked(bits, i);
        int kept = plain[i];
        plain[i] = plain[j];
        plain[j] = kept;
      }
      Generator g = Generator.of(n);
      assertThat(g.permutation(n)).isEqualTo(plain);
      assertThat(g.nextLong()).isEqualTo(bits.nextLong());
    }
  }

  private static int masked(Pcg64 bits, int last) {
    int mask = -1 >>> Integer.numberOfLeadingZeros(last);
    int word = bits.nextInt() & mask;
    while (word > last) {
      word = bits.nextInt() & mask;
    }
    return word;
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MAX_VALUE - 1, (1 << 30) + 2000, (1 << 29) + 17, 4000})
  void partnersAreThoseDrawnOneByOne(int top) {
    int[] block = new int[4000];
    Pcg64 fast = new Pcg64(SeedSequence.of(9));
    fast.nextInt();
    fast.descending(top, block, block.length);
    Pcg64 slow = new Pcg64(SeedSequence.of(9));
    slow.nextInt();
    int[] expected = new int[block.length];
    Arrays.setAll(expected, k -> masked(slow, top - k));
    assertThat(block).isEqualTo(expected);
    assertThat(fast.nextInt()).isEqualTo(slow.nextInt());
    assertThat(fast.nextLong()).isEqualTo(slow.nextLong());
  }

  @Test
  void buffersOfAllKindsAreShuffledBetweenPositionAndLimit() {
    for (int n : AWKWARD) {
      for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
        checkShorts(ByteBuffer.allocateDirect(2 * (n + 5)).order(order).asShortBuffer(), n);
        checkShorts(ByteBuffer.allocate(2 * (n + 5)).order(order).asShortBuffer(), n);
        checkInts(ByteBuffer.allocateDirect(4 * (n + 5)).order(order).asIntBuffer(), n);
        checkInts(ByteBuffer.allocate(4 * (n + 5)).order(order).asIntBuffer(), n);
        checkLongs(ByteBuffer.allocateDirect(8 * (n + 5)).order(order).asLongBuffer(), n);
        checkLongs(ByteBuffer.allocate(8 * (n + 5)).order(order).asLongBuffer(), n);
      }
      checkShorts(ShortBuffer.allocate(n + 6).position(1).slice(), n);
      checkInts(IntBuffer.allocate(n + 6).position(1).slice(), n);
      checkLongs(LongBuffer.allocate(n + 6).position(1).slice(), n);
    }
  }

  private static void checkShorts(ShortBuffer buffer, int n) {
    for (int i = 0; i < n; i++) {
      buffer.put(3 + i, (short) i);
    }
    Generator.of(4).shuffle(buffer.position(3).limit(3 + n));
    int[] expected = Generator.of(4).permutation(n);
    assertThat(buffer.position()).isEqualTo(3);
    int[] shuffled = new int[n];
    Arrays.setAll(shuffled, i -> buffer.get(3 + i));
    assertThat(shuffled).isEqualTo(expected);
    buffer.clear();
    assertThat(buffer.get(2)).isZero();
    assertThat(buffer.get(3 + n)).isZero();
  }

  private static void checkInts(IntBuffer buffer, int n) {
    for (int i = 0; i < n; i++) {
      buffer.put(3 + i, i);
    }
    Generator.of(4).shuffle(buffer.position(3).limit(3 + n));
    int[] expected = Generator.of(4).permutation(n);
    assertThat(buffer.position()).isEqualTo(3);
    int[] shuffled = new int[n];
    Arrays.setAll(shuffled, i -> buffer.get(3 + i));
    assertThat(shuffled).isEqualTo(expected);
    buffer.clear();
    assertThat(buffer.get(2)).isZero();
    assertThat(buffer.get(3 + n)).isZero();
  }

  private static void checkLongs(LongBuffer buffer, int n) {
    for (int i = 0; i < n; i++) {
      buffer.put(3 + i, i);
    }
    Generator.of(4).shuffle(buffer.position(3).limit(3 + n));
    int[] expected = Generator.of(4).permutation(n);
    assertThat(buffer.position()).isEqualTo(3);
    int[] shuffled = new int[n];
    Arrays.setAll(shuffled, i -> (int) buffer.get(3 + i));
    assertThat(shuffled).isEqualTo(expected);
    buffer.clear();
    assertThat(buffer.get(2)).isZero();
    assertThat(buffer.get(3 + n)).isZero();
  }

  @Test
  void readOnlyBuffersAreRefused() {
    Generator g = Generator.of(0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> g.shuffle(ShortBuffer.allocate(2).asReadOnlyBuffer()))
        .withMessage("cannot shuffle a read-only buffer in place");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> g.shuffle(IntBuffer.allocate(2).asReadOnlyBuffer()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> g.shuffle(LongBuffer.allocate(2).asReadOnlyBuffer()));
  }
}
