package dev.orograph.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which examples meet in a batch. */
class PermutedTest {
  private static final int SIZE = 10;

  /** 1,003 examples of 2 to 60 tokens, told apart by their first. */
  private static List<Example> examples() {
    return IntStream.range(0, 1003)
        .mapToObj(
            i -> {
              int[] tokens = new int[2 + i * 37 % 59];
              tokens[0] = i;
              return Example.text(tokens);
            })
        .toList();
  }

  private static List<Integer> epoch(Permuted batches, long epoch) {
    List<Integer> met = new ArrayList<>();
    for (long i = 0; i < batches.perEpoch(); i++) {
      batches.at(epoch * batches.perEpoch() + i).forEach(e -> met.add(e.ids()[0]));
    }
    return met;
  }

  private static long padding(Permuted batches) {
    long padding = 0;
    for (long i = 0; i < batches.perEpoch(); i++) {
      List<Example> batch = batches.at(i);
      int longest = batch.stream().mapToInt(Example::length).max().orElseThrow();
      padding += batch.stream().mapToInt(e -> longest - e.length()).sum();
    }
    return padding;
  }

  /** Dealing by length moves examples within their pools only, and takes most of the padding. */
  @Test
  void poolsHoldTheSameExamples() {
    Permuted plain = new Permuted(examples(), SIZE, 5);
    Permuted dealt = new Permuted(examples(), SIZE, 5, 8);
    for (long epoch = 0; epoch < 2; epoch++) {
      List<Integer> one = epoch(plain, epoch);
      List<Integer> other = epoch(dealt, epoch);
      assertThat(other).doesNotHaveDuplicates().hasSize(1000).isNotEqualTo(one);
      for (int from = 0; from < 1000; from += 80) {
        int to = Math.min(1000, from + 80);
        assertThat(other.subList(from, to))
            .containsExactlyInAnyOrderElementsOf(one.subList(from, to));
      }
    }
    assertThat(epoch(dealt, 1)).isNotEqualTo(epoch(dealt, 0)).isEqualTo(epoch(dealt, 1));
    assertThat(padding(dealt)).isLessThan(padding(plain) / 4);
    assertThat(dealt.fingerprint()).isNotEqualTo(plain.fingerprint());
  }

  /** The batches of a pool do not come in order of their lengths. */
  @Test
  void shortOnesDoNotComeFirst() {
    Permuted dealt = new Permuted(examples(), SIZE, 5, 100);
    List<Integer> longest =
        IntStream.range(0, 100)
            .mapToObj(i -> dealt.at(i).stream().mapToInt(Example::length).max().orElseThrow())
            .toList();
    long rising = IntStream.range(1, 100).filter(i -> longest.get(i) >= longest.get(i - 1)).count();
    assertThat(rising).isBetween(30L, 70L);
  }

  @Test
  void whatHasNoBatchesIsRefused() {
    assertThatThrownBy(() -> new Permuted(examples(), SIZE, 5, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Permuted(examples(), 1004, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1004");
  }
}
