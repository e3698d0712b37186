package dev.orograph.linalg;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Panels put together again are the matrix. */
@Tag("numeric")
class PanelsTest {
  @ParameterizedTest
  @CsvSource({
    "1,1,1",
    "3,2,1",
    "2,3,1",
    "2,3,0.25",
    "1,1048577,1",
    "1048577,1,1",
    "7,300001,1",
    "300001,7,2"
  })
  void togetherTheyAreTheMatrix(int rows, int columns, double scale) {
    double[] w = new double[rows * columns];
    for (int i = 0; i < w.length; i++) {
      w[i] = i + 1;
    }
    Panels panels = new Panels(Entries.of(rows, columns, w), scale);
    int n = Math.min(rows, columns);
    int length = Math.max(rows, columns);
    assertThat(panels.shortSide()).isEqualTo(n);
    assertThat(panels.transposed()).isEqualTo(rows >= columns);
    double[] again = new double[w.length];
    int[] start = {0};
    List<Integer> counts = new ArrayList<>();
    panels.forEach(
        (block, count) -> {
          counts.add(count);
          for (int i = 0; i < count; i++) {
            for (int j = 0; j < n; j++) {
              boolean tall = panels.transposed();
              double value = block[tall ? i * n + j : j * count + i];
              again[tall ? (start[0] + i) * n + j : j * length + start[0] + i] = value / scale;
            }
          }
          start[0] += count;
        });
    assertThat(again).isEqualTo(w);
    assertThat(counts).allMatch(c -> c > 0 && c <= panels.capacity());
    assertThat(counts.stream().mapToInt(Integer::intValue).sum()).isEqualTo(length);
  }

  @Test
  void aPanelHoldsAboutAMillionEntries() {
    assertThat(new Panels(Entries.of(5, 500_000, new double[2_500_000]), 1).capacity())
        .isEqualTo((1 << 20) / 5);
    assertThat(new Panels(Entries.of(5, 6, new double[30]), 1).capacity()).isEqualTo(6);
  }
}
