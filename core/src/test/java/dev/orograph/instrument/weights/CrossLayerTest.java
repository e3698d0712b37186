package dev.orograph.instrument.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.DType;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.Sections;
import dev.orograph.stats.Gaussian;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cosines between layers against the plain loop, with a planted pair and layers without any. */
@Tag("numeric")
class CrossLayerTest {
  private static final String PAIRS = "cross_layer.pairs";

  /** Float64 sums in another order. */
  private static final double ROUNDING = 1e-12;

  @TempDir Path folder;

  @Test
  void allPairsAsInThePlainLoop() {
    List<double[]> q = new ArrayList<>();
    for (int layer = 0; layer < 5; layer++) {
      q.add(Made.gaussian(96 * 64, 0.1 * (layer + 1), layer));
    }
    // A fifth of layer 1 is layer 3's.
    for (int i = 0; i < q.get(1).length; i++) {
      q.get(1)[i] = (float) (q.get(1)[i] + 0.2 * q.get(3)[i]);
    }
    Section section = survey(q);
    int row = 0;
    for (int a = 0; a < 5; a++) {
      for (int b = a + 1; b < 5; b++) {
        assertThat(Sections.cell(section, PAIRS, row, "layer_a")).isEqualTo((long) a);
        assertThat(Sections.cell(section, PAIRS, row, "layer_b")).isEqualTo((long) b);
        double expected = cosine(q.get(a), q.get(b), 0);
        assertThat(Sections.number(section, PAIRS, row, "cosine"))
            .isCloseTo(expected, within(ROUNDING));
        assertThat(Sections.number(section, PAIRS, row, "seed_cosine"))
            .isCloseTo(cosine(q.get(a), q.get(b), 1e-8), within(ROUNDING));
        assertThat(Sections.number(section, PAIRS, row, "z"))
            .isCloseTo(expected * Math.sqrt(96 * 64), within(1e-9));
        row++;
      }
    }
    Scalar far = Sections.scalar(section, "cross_layer.encoder.self_attn_q.farthest");
    assertThat(far.value()).isCloseTo(cosine(q.get(1), q.get(3), 0), within(ROUNDING));
    assertThat(far.z()).as("a largest of ten has no normal law").isNull();
    assertThat(far.expected())
        .isCloseTo(Gaussian.ordered(20, 20) / Math.sqrt(96 * 64), within(ROUNDING));
    // About 15 deviations out.
    assertThat(far.p()).isBetween(0.0, 1e-30);
    assertThat(far.sentence()).startsWith("Layers 1 and 3 of encoder self_attn_q");
    Scalar adjacent = Sections.scalar(section, "cross_layer.encoder.self_attn_q.adjacent_mean");
    double mean = 0;
    for (int a = 0; a < 4; a++) {
      mean += cosine(q.get(a), q.get(a + 1), 0) / 4;
    }
    assertThat(adjacent.value()).isCloseTo(mean, within(ROUNDING));
    assertThat(adjacent.expected()).isZero();
    assertThat(adjacent.deviation()).isCloseTo(1 / Math.sqrt(4.0 * 96 * 64), within(ROUNDING));
    assertThat(Sections.scalar(section, "cross_layer.model.clear_pairs").value())
        .isCloseTo(0.1, within(ROUNDING));
    assertThat(section.summary())
        .contains("1 of 10 pairs lie more than 4 of these deviations out and are not");
    Heatmap map = (Heatmap) Sections.finding(section, "cross_layer.encoder.self_attn_q.map");
    assertThat(map.values().get(3).get(1)).isEqualTo(map.values().get(1).get(3));
    assertThat(map.values().get(2).get(2)).isNull();
  }

  /** Of independent layers the z are standard normal: mean of squares 1 within its error. */
  @Test
  void independentLayersAreWithinTheirNull() {
    List<double[]> q = new ArrayList<>();
    for (int layer = 0; layer < 20; layer++) {
      q.add(Made.gaussian(400, 1, 100 + layer));
    }
    Section section = survey(q);
    double squares = 0;
    for (int row = 0; row < 190; row++) {
      squares += Math.pow(Sections.number(section, PAIRS, row, "z"), 2) / 190;
    }
    assertThat(squares).isCloseTo(1, within(4 * Math.sqrt(2.0 / 190)));
  }

  /** Permuting the outputs of a layer, which its successor can undo, destroys a cosine of 1. */
  @Test
  void aPermutationThatChangesNoFunctionMovesTheCosine() {
    double[] q = Made.gaussian(64 * 32, 1, 1);
    double[] permuted = new double[q.length];
    for (int row = 0; row < 64; row++) {
      System.arraycopy(q, row * 32, permuted, (row + 1) % 64 * 32, 32);
    }
    Section section = survey(List.of(q, q, permuted));
    assertThat(Sections.number(section, PAIRS, 0, "cosine")).isCloseTo(1, within(ROUNDING));
    assertThat(Math.abs(Sections.number(section, PAIRS, 1, "z"))).isLessThan(4);
  }

  /** More layers than entries, NaN in one of them, zeros in another, another shape. */
  @Test
  void oddLayersDoNotTouchTheOthers() {
    Section section = Sections.of(new CrossLayer(), Made.oddT5(folder), folder.resolve("arrays"));
    double[] first = Made.gaussian(48, 1, 3);
    double[] third = Made.gaussian(48, 1, 4);
    int known = 0;
    for (int row = 0; row < 6; row++) {
      long a = (long) Sections.cell(section, PAIRS, row, "layer_a");
      long b = (long) Sections.cell(section, PAIRS, row, "layer_b");
      Object cosine = Sections.cell(section, PAIRS, row, "cosine");
      if (a == 0 && b == 2) {
        known++;
        assertThat((double) cosine).isCloseTo(cosine(first, third, 0), within(ROUNDING));
      } else {
        assertThat(cosine).isNull();
      }
    }
    assertThat(known).isEqualTo(1);
    // Keys of one entry each: 2, -3, 4.
    assertThat(Sections.cell(section, PAIRS, 6, "component")).isEqualTo("self_attn_k");
    assertThat(Sections.cell(section, PAIRS, 6, "cosine")).isEqualTo(-1.0);
    assertThat(Sections.cell(section, PAIRS, 7, "cosine")).isEqualTo(1.0);
    assertThat(section.findings().toString())
        .contains("2 matrices hold NaN")
        .contains("2 matrices are zero")
        .contains("4 matrices have another shape");
    // The seed's zero vector has a cosine, 0, thanks to what it adds.
    assertThat(Sections.cell(section, PAIRS, 2, "seed_cosine")).isEqualTo(0.0);
  }

  private Section survey(List<double[]> q) {
    Made made = new Made();
    for (int layer = 0; layer < q.size(); layer++) {
      String name = "encoder.block." + layer + ".layer.0.SelfAttention.q.weight";
      made.add(name, DType.F32, q.get(layer), q.get(layer).length / 4, 4);
    }
    return Sections.of(new CrossLayer(), made.write(folder), folder.resolve("arrays"));
  }

  private static double cosine(double[] a, double[] b, double guard) {
    double product = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int i = 0; i < a.length; i++) {
      product += a[i] * b[i];
      squaresA += a[i] * a[i];
      squaresB += b[i] * b[i];
    }
    return product / (Math.sqrt(squaresA) * Math.sqrt(squaresB) + guard);
  }
}
