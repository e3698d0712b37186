package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Views against nested loops over their dimensions. */
class StridedTest {
  /** The stored places in order, by the definition. */
  private static List<Long> places(long start, List<Integer> sizes, List<Integer> strides, int d) {
    if (d == sizes.size()) {
      return List.of(start);
    }
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < sizes.get(d); i++) {
      all.addAll(places(start + (long) i * strides.get(d), sizes, strides, d + 1));
    }
    return all;
  }

  private static List<Long> longs(List<Integer> numbers) {
    return numbers.stream().map(Integer::longValue).toList();
  }

  /** No dimension, no element, one element, no stride, and all that is largest. */
  @Test
  void placesAndRunsAtTheEnds() {
    for (int start : new int[] {0, 1, 9}) {
      for (int dimensions = 0; dimensions <= 4; dimensions++) {
        for (int size : new int[] {0, 1, 2, 4}) {
          for (int stride : new int[] {0, 1, 13}) {
            requirePlaces(
                start,
                Collections.nCopies(dimensions, size),
                Collections.nCopies(dimensions, stride));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void placesAndRuns(long seed) {
    SplittableRandom draws = new SplittableRandom(seed);
    for (int i = 0; i < 1000; i++) {
      int dimensions = draws.nextInt(5);
      requirePlaces(
          draws.nextInt(10),
          draws.ints(dimensions, 0, 5).boxed().toList(),
          draws.ints(dimensions, 0, 14).boxed().toList());
    }
  }

  private static void requirePlaces(int start, List<Integer> sizes, List<Integer> strides) {
    String what = "from " + start + " sizes " + sizes + " strides " + strides;
    Strided view = Strided.of(start, longs(sizes), longs(strides));
    List<Long> expected = places(start, sizes, strides, 0);
    assertThat(view.count()).as(what).isEqualTo(expected.size());
    long last = expected.stream().mapToLong(Long::longValue).max().orElse(-1);
    assertThat(view.fits(last + 1)).as(what).isTrue();
    assertThat(view.fits(last)).as(what).isEqualTo(expected.isEmpty());
    for (int i = 0; i < expected.size(); i++) {
      assertThat(view.at(i)).as(what).isEqualTo(expected.get(i));
      long run = view.run(i);
      assertThat(run).as(what).isBetween(1L, (long) expected.size() - i);
      for (int k = 0; k < run; k++) {
        assertThat(expected.get(i + k)).as(what).isEqualTo(expected.get(i) + k);
      }
      long steady = view.steady(i);
      assertThat(steady).as(what).isBetween(1L, (long) expected.size() - i);
      for (int k = 0; k < steady; k++) {
        assertThat(expected.get(i + k)).as(what).isEqualTo(expected.get(i) + k * view.step());
      }
    }
    // A view of every second element of it.
    if (expected.size() > 2) {
      long half = expected.size() / 2;
      Strided second = Strided.of(1, List.of(half), List.of(2L)).on(view);
      assertThat(second.fits(last + 1)).as(what).isEqualTo(half * 2 - 1 < expected.size());
      for (int i = 0; i < half; i++) {
        assertThat(second.at(i)).as(what).isEqualTo(expected.get(2 * i + 1));
        assertThat(second.run(i)).as(what).isEqualTo(1);
      }
      Strided rest = Strided.of(1, List.of((long) expected.size() - 1), List.of(1L)).on(view);
      for (int i = 0; i < expected.size() - 1; i++) {
        assertThat(rest.at(i)).as(what).isEqualTo(expected.get(i + 1));
        assertThat(rest.run(i)).as(what).isEqualTo(view.run(i + 1));
      }
    }
  }

  @Test
  void dimensionsWithoutAGapAreJoined() {
    Strided whole = Strided.of(5, List.of(2L, 3L, 4L), List.of(12L, 4L, 1L));
    assertThat(whole.run(0)).isEqualTo(24);
    assertThat(whole).isEqualTo(Strided.of(5, List.of(24L), List.of(1L)));
    Strided rows = Strided.of(0, List.of(2L, 3L, 4L), List.of(20L, 4L, 1L));
    assertThat(rows.run(0)).isEqualTo(12);
    assertThat(rows.run(7)).isEqualTo(5);
    assertThat(rows.keeps(4)).isTrue();
    assertThat(rows.keeps(8)).isFalse();
  }

  @Test
  void numbersThatOverflowAreNoView() {
    List<Long> huge = List.of(1L << 40, 1L << 40);
    assertThatThrownBy(() -> Strided.of(0, huge, List.of(0L, 0L)))
        .isInstanceOf(ArithmeticException.class);
    Strided far = Strided.of(2, List.of(3L), List.of(Long.MAX_VALUE / 2));
    assertThatThrownBy(() -> far.fits(10)).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> Strided.of(-1, List.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Strided.of(0, List.of(2L), List.of(-1L)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Strided.of(0, List.of(2L), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
