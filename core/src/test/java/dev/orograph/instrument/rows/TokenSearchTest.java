package dev.orograph.instrument.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.DType;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.rows.TokenSearch.Hit;
import dev.orograph.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("numeric")
class TokenSearchTest {
  private static final int ROWS = 40;
  private static final int WIDTH = 5;

  @TempDir Path folder;

  private double[] rows;

  @BeforeEach
  void make() throws IOException {
    Random random = new Random(3);
    rows = random.doubles(ROWS * WIDTH, -1, 1).toArray();
    for (int i = 0; i < ROWS; i++) {
      rows[i * WIDTH] *= 30;
    }
    rows[9 * WIDTH] = Double.NaN;
    new Made().add("model.embed_tokens.weight", DType.F64, rows, ROWS, WIDTH).write(folder);
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"llama\"}");
    StringBuilder vocabulary = new StringBuilder("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n");
    for (int i = 5; i < ROWS; i++) {
      vocabulary.append("word").append((char) ('a' + i % 26)).append(i / 26).append('\n');
    }
    Files.writeString(folder.resolve("vocab.txt"), vocabulary.toString());
  }

  private double[] row(int i) {
    return java.util.Arrays.copyOfRange(rows, i * WIDTH, (i + 1) * WIDTH);
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }

  @Test
  void theNearestOfAllByCosineAndDistance() {
    try (Model model = Model.open(folder)) {
      TokenSearch search = TokenSearch.of(model, "");
      double[] point = row(7);
      List<Hit> all = search.nearest(TokenSearch.cosine(point), ROWS);
      assertThat(all).hasSize(ROWS - 1).noneMatch(h -> h.token() == 9);
      for (int k = 0; k < all.size(); k++) {
        double[] other = row(all.get(k).token());
        double plain =
            1 - dot(point, other) / Math.sqrt(dot(point, point)) / Math.sqrt(dot(other, other));
        assertThat(all.get(k).distance()).isEqualTo(plain, within(1e-12));
        assertThat(k == 0 || all.get(k - 1).distance() <= all.get(k).distance()).isTrue();
      }
      List<Hit> near = search.nearest(TokenSearch.euclidean(point), 3);
      assertThat(near.get(0)).isEqualTo(new Hit(7, search.text(7), 0));
      assertThat(near).hasSize(3);
    }
  }

  /** The first dimension is thirty times as wide as the others: the causal metric forgets that. */
  @Test
  void theCausalMetricIsThatOfWhitenedRows() throws IOException {
    List<Integer> before;
    try (Model model = Model.open(folder)) {
      TokenSearch search = TokenSearch.of(model, "embedding");
      List<Hit> hits = search.nearestByCause(row(7), ROWS, 2);
      assertThat(hits).hasSize(ROWS - 1);
      assertThat(hits.get(0).token()).isEqualTo(7);
      assertThat(hits).isEqualTo(search.nearestByCause(row(7), ROWS, 1));
      // Over all rows the squared distances to the mean add up to n d, so to a point they add
      // up to n (d + its own squared distance from the mean).
      double sum = hits.stream().mapToDouble(h -> h.distance() * h.distance()).sum();
      double[] mean = new double[WIDTH];
      for (Hit h : hits) {
        for (int j = 0; j < WIDTH; j++) {
          mean[j] += row(h.token())[j] / hits.size();
        }
      }
      double own =
          search.nearestByCause(mean, ROWS, 1).stream()
              .filter(h -> h.token() == 7)
              .findFirst()
              .orElseThrow()
              .distance();
      assertThat(sum).isEqualTo(hits.size() * (WIDTH + own * own), within(1e-9 * sum));
      before = hits.stream().map(Hit::token).toList();
    }
    for (int i = 0; i < ROWS; i++) {
      rows[i * WIDTH] *= 1e-3;
    }
    new Made().add("model.embed_tokens.weight", DType.F64, rows, ROWS, WIDTH).write(folder);
    try (Model model = Model.open(folder)) {
      assertThat(TokenSearch.of(model, "").nearestByCause(row(7), ROWS, 1))
          .extracting(Hit::token)
          .isEqualTo(before);
    }
  }

  @Test
  void wordsAndNumbers() {
    try (Model model = Model.open(folder)) {
      TokenSearch search = TokenSearch.of(model, "");
      assertThat(search.word("wordh0").tokens()).containsExactly(7);
      assertThat(search.word("#7").row()).isEqualTo(search.word("wordh0").row());
      double[] mean = new double[WIDTH];
      for (int j = 0; j < WIDTH; j++) {
        mean[j] = (row(7)[j] + row(8)[j]) / 2;
      }
      List<Double> both = search.word("wordh0 wordi0").row();
      for (int j = 0; j < WIDTH; j++) {
        assertThat(both.get(j)).isEqualTo(mean[j], within(1e-12));
      }
      for (String wrong : List.of("#40", "#9", "")) {
        assertThatThrownBy(() -> search.word(wrong)).isInstanceOf(InputException.class);
      }
    }
  }
}
