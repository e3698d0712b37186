package dev.orograph.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.random.Generator;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RadixSortTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 100, 2048, 65_537})
  void likeArraysSort(int n) {
    Generator g = Generator.of(n);
    for (long limit : new long[] {1, 3, 1 << 11, 1 << 22, 1L << 31}) {
      int[] keys = new int[n];
      for (int i = 0; i < n; i++) {
        keys[i] = (int) g.integers(0, limit);
      }
      int[] expected = keys.clone();
      Arrays.sort(expected);
      RadixSort.sort(keys, n);
      assertThat(keys).isEqualTo(expected);
    }
  }

  @Test
  void extremesOfEachPass() {
    int[] keys = {0x7fffffff, 0, 0x7ff, 0x800, 0x3fffff, 0x400000, 1, 0x7fc00000, 0x7fffffff};
    int[] expected = keys.clone();
    Arrays.sort(expected);
    RadixSort.sort(keys, keys.length);
    assertThat(keys).isEqualTo(expected);
  }

  @Test
  void whatLiesBehindTheLengthIsLeftAlone() {
    int[] keys = {5, 3, 4, 1, 2};
    RadixSort.sort(keys, 3);
    assertThat(keys).containsExactly(3, 4, 5, 1, 2);
  }
}
