package dev.orograph.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Results;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scatter;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tokens of two made models. */
class SharedTokensTest {
  private static final int N = 200;
  private static final int K = 4;

  /** Tokens in a ring, numbered from a start, each nearest to those next to it. */
  private static Scatter ring(List<String> labels) {
    int n = labels.size();
    List<Integer> points = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      for (int step : new int[] {1, -1, 2, -2}) {
        points.add(Math.floorMod(i + step, n));
        values.add(0.9 - 0.1 * Math.abs(step));
      }
    }
    List<Double> x = IntStream.range(0, n).mapToObj(i -> Math.cos(i)).toList();
    return new Scatter(
        "embedding_map.embedding",
        "Map of embedding",
        "token",
        IntStream.range(0, n).mapToObj(i -> (long) i).toList(),
        labels,
        List.of(new Scatter.Layout("t-SNE", null, null, x, x, "", "cosine")),
        List.of(),
        List.of(new Scatter.Neighbours("cosine", K, points, values)),
        "");
  }

  private static List<String> words(int n) {
    return IntStream.range(0, n).mapToObj(i -> "w" + i).toList();
  }

  private static Optional<Section> compared(Scatter a, Scatter b) {
    Results results =
        Comparison.of(
            List.of(
                MadeRun.of("one", "BERT").with(a).results(),
                MadeRun.of("two", "BERT").with(b).results()));
    return results.sections().stream().filter(s -> s.id().equals(SharedTokens.ID)).findFirst();
  }

  private static <T extends Finding> T finding(Section section, Class<T> kind, int index) {
    return section.findings().stream().filter(kind::isInstance).map(kind::cast).toList().get(index);
  }

  /** The same neighbours under other numbers, in a vocabulary with ten tokens more. */
  @Test
  void tokensAreTheSameByTheirTexts() {
    List<String> turned = new ArrayList<>(words(N));
    Collections.rotate(turned, 31);
    Section section = compared(ring(words(N)), ring(turned)).orElseThrow();
    Scalar mean = finding(section, Scalar.class, 0);
    assertThat(mean.id()).isEqualTo("compare.tokens.neighbours_in_common.2-1");
    assertThat(mean.value()).isEqualTo(1);
    assertThat(mean.expected()).isCloseTo(K / (N - 1.0), within(5 * mean.deviation() + 1e-9));
    assertThat(mean.z()).isGreaterThan(10);
    Scatter a = finding(section, Scatter.class, 0);
    Scatter b = finding(section, Scatter.class, 1);
    assertThat(a.labels()).isEqualTo(b.labels());
    assertThat(a.linked()).isEqualTo(b.linked()).isNotNull();
    assertThat(b.ids().get(0)).isEqualTo(31);
    for (int i = 0; i < N; i++) {
      assertThat(b.neighbours().get(0).points().subList(K * i, K * i + K))
          .containsExactlyInAnyOrderElementsOf(
              a.neighbours().get(0).points().subList(K * i, K * i + K));
    }
    assertThat(a.colourings().get(0).values()).containsOnly((double) K);
  }

  /** Two tokens change places: they lose all neighbours, those about them the one that left. */
  @Test
  void aTokenThatMovedStandsFirst() {
    List<String> swapped = new ArrayList<>(words(N));
    Collections.swap(swapped, 20, 120);
    Section section = compared(ring(words(N)), ring(swapped)).orElseThrow();
    Table table = finding(section, Table.class, 0);
    assertThat(table.rows().subList(0, 2)).extracting(r -> r.get(0)).containsOnly("w20", "w120");
    assertThat(table.rows().get(0).get(3)).isEqualTo(0L);
    assertThat(table.rows().get(2).get(3)).isEqualTo(3L);
    // Eight tokens that have each lost one of four, and two that have lost all.
    assertThat(finding(section, Scalar.class, 0).value())
        .isCloseTo(1 - (8 * 0.25 + 2) / N, within(1e-12));
  }

  @Test
  void neighboursThatOneModelLacksAreInCommonToNone() {
    List<String> more = new ArrayList<>(words(N));
    more.set(50, "other");
    Section section = compared(ring(words(N)), ring(more)).orElseThrow();
    Scatter a = finding(section, Scatter.class, 0);
    assertThat(a.ids()).hasSize(N - 1);
    assertThat(a.neighbours().get(0).points()).containsNull();
    assertThat(finding(section, Scalar.class, 0).value())
        .isCloseTo(1 - 4 * 0.25 / (N - 1), within(1e-12));
  }

  @Test
  void withoutTextsOrCommonTokensThereIsNothingToSay() {
    List<String> numbers = IntStream.range(0, N).mapToObj(i -> "#" + i).toList();
    assertThat(compared(ring(numbers), ring(numbers))).isEmpty();
    List<String> others = IntStream.range(0, N).mapToObj(i -> "v" + i).toList();
    assertThat(compared(ring(words(N)), ring(others))).isEmpty();
  }
}
