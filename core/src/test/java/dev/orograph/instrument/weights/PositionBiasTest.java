package dev.orograph.instrument.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.DType;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.Sections;
import dev.orograph.model.RelativeBuckets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Relative position bias: the seed's figures against NumPy, planted heads, T5's distances. */
class PositionBiasTest {
  private static final String HEADS = "position_bias.heads";
  private static final String BIAS = ".layer.0.SelfAttention.relative_attention_bias.weight";
  private static final double ROUNDING = 1e-12;

  @TempDir Path folder;

  /**
   * Expected: NumPy 1.24 and SciPy 1.10 on {@code default_rng(21).normal(0, 1, (32, 4))} as
   * float32, with the seed's own lines (min, max, diff, corrcoef, argmax) and {@code spearmanr} of
   * buckets 0 to 15 and 17 to 31 with their order.
   */
  @Test
  void figuresAsInNumPy() {
    double[] bias = Made.gaussian(128, 1, 21);
    Section section =
        survey(
            new Made()
                .add("encoder.block.0" + BIAS, DType.F32, bias, 32, 4)
                .add("decoder.block.0" + BIAS, DType.F32, bias, 32, 4));
    double[][] expected = {
      {-1.8951218128204346, 2.183213949203491, 10 / 15.0, 0.10148281369868599, 4},
      {-2.940431833267212, 1.733542561531067, 7 / 15.0, -0.24732030946936878, 27},
      {-1.786331295967102, 1.5538032054901123, 0.4, -0.003285471779320397, 3},
      {-1.723069667816162, 1.6866135597229004, 0.4, 0.017041227715752276, 0}
    };
    String[] columns = {"low", "high", "near_non_increasing", "correlation", "peak_bucket"};
    double[] before = {
      -0.09705882352941177, -0.2823529411764706, 0.11470588235294117, -0.4147058823529412
    };
    double[] after = {
      0.2571428571428571, -0.014285714285714282, -0.13928571428571426, 0.21428571428571427
    };
    double[] causal = {
      0.18914956011730205, -0.2525659824046921, -0.00036656891495601173, 0.03409090909090909
    };
    String[] kinds = {"mixed", "mixed", "mixed", "local"};
    int encoder = row(section, "encoder");
    int decoder = row(section, "decoder");
    for (int h = 0; h < 4; h++) {
      for (int k = 0; k < columns.length; k++) {
        for (int first : new int[] {encoder, decoder}) {
          assertThat(Sections.number(section, HEADS, first + h, columns[k]))
              .as(columns[k])
              .isCloseTo(expected[h][k], within(ROUNDING));
        }
      }
      assertThat(Sections.cell(section, HEADS, encoder + h, "kind")).isEqualTo(kinds[h]);
      close(section, encoder + h, "before", before[h]);
      close(section, encoder + h, "after", after[h]);
      close(section, decoder + h, "before", causal[h]);
      assertThat(Sections.cell(section, HEADS, decoder + h, "after")).isNull();
      close(section, encoder + h, "before_z", before[h] * Math.sqrt(15));
      // Nothing is planted here.
      assertThat(Sections.number(section, HEADS, encoder + h, "before_p")).isGreaterThan(0.05);
    }
    Scalar mean = Sections.scalar(section, "position_bias.encoder.before");
    assertThat(mean.expected()).isZero();
    assertThat(mean.deviation()).isCloseTo(1 / Math.sqrt(15 * 4), within(ROUNDING));
  }

  private static void close(Section section, int row, String column, double expected) {
    assertThat(Sections.number(section, HEADS, row, column)).isCloseTo(expected, within(ROUNDING));
  }

  private static int row(Section section, String stack) {
    Table table = (Table) Sections.finding(section, HEADS);
    int column = table.columns().indexOf("stack");
    return table.rows().stream().map(r -> r.get(column)).toList().indexOf(stack);
  }

  /** Head 0 prefers near keys, 1 far ones, 2 keys before it, 3 has a value where nobody looks. */
  @Test
  void plantedHeads() {
    double[] bias = new double[32 * 4];
    for (int b = 0; b < 32; b++) {
      int distance = b % 16;
      bias[b * 4] = 10 - distance;
      bias[b * 4 + 1] = distance;
      bias[b * 4 + 2] = b < 16 ? 3 - 0.01 * distance : -3 - 0.01 * distance;
      bias[b * 4 + 3] = b == 16 ? 100 : b == 30 ? 1 : 0.001 * b;
    }
    Section section = survey(new Made().add("encoder.block.0" + BIAS, DType.F32, bias, 32, 4));
    double[] sign = {-1, 1, -1};
    for (int h = 0; h < 3; h++) {
      close(section, h, "before", sign[h]);
      close(section, h, "after", sign[h]);
      assertThat(Sections.number(section, HEADS, h, "before_p")).isLessThan(0.001);
    }
    assertThat(Sections.cell(section, HEADS, 0, "kind")).isEqualTo("local");
    assertThat(Sections.cell(section, HEADS, 0, "near_non_increasing")).isEqualTo(1.0);
    assertThat(Sections.cell(section, HEADS, 1, "near_non_increasing")).isEqualTo(0.0);
    assertThat(Sections.cell(section, HEADS, 0, "peak_distance")).isEqualTo("0");
    assertThat(Sections.cell(section, HEADS, 1, "peak_distance")).isEqualTo("-91..");
    // The seed's correlation sees two directions as one, and its peak a bucket that is never met.
    assertThat(Math.abs(Sections.number(section, HEADS, 0, "correlation"))).isLessThan(0.51);
    assertThat(Sections.cell(section, HEADS, 3, "peak_bucket")).isEqualTo(16L);
    assertThat(Sections.cell(section, HEADS, 3, "peak_distance")).isEqualTo("+64..90");
    Heatmap map = (Heatmap) Sections.finding(section, "position_bias.encoder.map");
    assertThat(map.columns())
        .hasSize(31)
        .startsWith("-91..", "-64..90", "-46..63")
        .containsSequence("-2", "-1", "0", "+1", "+2")
        .containsSequence("+7", "+8..11", "+12..15", "+16..22", "+23..31", "+32..45")
        .endsWith("+91..");
    for (List<Double> row : map.values()) {
      assertThat(row.stream().mapToDouble(v -> v).sum()).isCloseTo(0, within(1e-4));
    }
    // Without the bucket that is never met, the fourth head is nearly flat.
    assertThat(map.values().get(3)).allMatch(v -> v < 1);
  }

  /** A shift of a head is invisible to softmax and to all but its range. */
  @Test
  void aShiftChangesOnlyTheRange() {
    double[] bias = Made.gaussian(64, 1, 3);
    double[] shifted = new double[64];
    for (int i = 0; i < 64; i++) {
      // Rounded to float32, which here ties no two values.
      shifted[i] = (float) (bias[i] + 4);
    }
    Section one = survey(new Made().add("decoder.block.0" + BIAS, DType.F32, bias, 16, 4));
    Section other = survey(new Made().add("decoder.block.0" + BIAS, DType.F32, shifted, 16, 4));
    for (int h = 0; h < 4; h++) {
      for (String column : List.of("before", "before_p", "peak_bucket", "near_non_increasing")) {
        assertThat(Sections.cell(other, HEADS, h, column))
            .isEqualTo(Sections.cell(one, HEADS, h, column));
      }
      assertThat(Sections.number(other, HEADS, h, "low"))
          .isCloseTo(Sections.number(one, HEADS, h, "low") + 4, within(1e-5));
    }
  }

  /**
   * First distance of each bucket, by the formula of the transformers library (float32, torch 1.13)
   * over all distances up to three times the last.
   */
  @Test
  void bucketsHoldTheDistancesOfT5() {
    int[] causal = {
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 19, 21, 24, 27, 31, 35, 40, 46, 52,
      59, 67, 77, 87, 99, 113
    };
    assertFirst(new RelativeBuckets(32, false, 128), causal);
    int[] both = {0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 23, 32, 46, 64, 91};
    assertFirst(new RelativeBuckets(32, true, 128), both);
    assertFirst(new RelativeBuckets(8, true, 16), new int[] {0, 1, 2, 6});
    assertFirst(new RelativeBuckets(8, false, 16), new int[] {0, 1, 2, 3, 4, 6, 8, 12});
    assertFirst(new RelativeBuckets(64, true, 128), causal);
    // No distance can be told where the last one is below the exact ones.
    assertThat(new RelativeBuckets(32, false, 16).label(3)).isEqualTo("bucket 3");
    assertThat(new RelativeBuckets(32, true, 128).label(17)).isEqualTo("+1");
    assertThat(new RelativeBuckets(32, true, 128).inOrder()).hasSize(31).doesNotContain(16);
    assertThat(new RelativeBuckets(1, true, 128).inOrder()).isEmpty();
  }

  private static void assertFirst(RelativeBuckets buckets, int[] first) {
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < first.length; i++) {
      int last = i + 1 < first.length ? first[i + 1] - 1 : -1;
      String own = "-" + first[i] + (last < 0 ? ".." : last > first[i] ? ".." + last : "");
      labels.add(i == 0 ? "0" : own);
    }
    assertThat(buckets.before().stream().map(buckets::label).toList()).isEqualTo(labels);
  }

  @Test
  void theConfigurationSaysHowFarTheBucketsReach() throws IOException {
    new Made()
        .add("decoder.block.0" + BIAS, DType.F32, Made.gaussian(64, 1, 3), 8, 8)
        .write(folder);
    Files.writeString(
        folder.resolve("config.json"),
        "{\"model_type\": \"t5\", \"relative_attention_max_distance\": 16}");
    Section section = Sections.of(new PositionBias(), folder, folder.resolve("arrays"));
    Heatmap map = (Heatmap) Sections.finding(section, "position_bias.decoder.map");
    assertThat(map.columns())
        .containsExactly("-12..", "-8..11", "-6..7", "-4..5", "-3", "-2", "-1", "0");
  }

  @Test
  void tablesThatAreOddOrUnread() {
    Made.oddT5(folder);
    Section section = Sections.of(new PositionBias(), folder, folder.resolve("arrays"));
    // 4 heads of 16 buckets, 3 of one, 1 of four equal ones; six with NaN are not measured.
    assertThat(((Table) Sections.finding(section, HEADS)).rows()).hasSize(8);
    assertThat(Sections.cell(section, HEADS, 4, "before")).isNull();
    assertThat(Sections.cell(section, HEADS, 4, "near_non_increasing")).isNull();
    assertThat(Sections.cell(section, HEADS, 4, "peak_distance")).isNull();
    assertThat(Sections.cell(section, HEADS, 7, "correlation")).isNull();
    assertThat(Sections.cell(section, HEADS, 7, "near_non_increasing")).isEqualTo(1.0);
    assertThat(section.findings().toString()).contains("1 tables hold entries that are NaN");
    Section large =
        survey(
            new Made()
                .add("decoder.block.0" + BIAS, DType.F32, Made.gaussian(70000, 1, 3), 35000, 2)
                .add(
                    "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight",
                    DType.F32,
                    Made.gaussian(64, 1, 3),
                    32,
                    2));
    assertThat(((Table) Sections.finding(large, HEADS)).rows()).isEmpty();
    assertThat(large.findings().toString()).contains("more than 65536 entries");
    assertThat(large.summary()).isEqualTo("No head could be measured.");
  }

  private Section survey(Made made) {
    return Sections.of(new PositionBias(), made.write(folder), folder.resolve("arrays"));
  }
}
