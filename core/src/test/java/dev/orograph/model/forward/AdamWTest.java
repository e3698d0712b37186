package dev.orograph.model.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.model.Model;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The optimiser against the formulas, number by number. */
@Tag("numeric")
class AdamWTest {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.95;
  private static final double EPSILON = 1e-8;
  private static final double DECAY = 0.1;
  private static final double RATE = 0.01;

  /** Rounding of a few operations in float64, relative to numbers of about 1. */
  private static final double ROUNDING = 1e-13;

  private static final Scored TEXT =
      new Scored(Inputs.ids(5, 17, 33, 60, 12), List.of(new int[] {17, 33, 60, 12, 7}));

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void stepsAreThoseOfTheFormulas(boolean relative) {
    try (Model model = Model.open(FamilyFixture.of("llama-gqa-untied").folder());
        Trainable t = Trainable.load(model, Precision.FLOAT64);
        AdamW adam = new AdamW(t, BETA1, BETA2, EPSILON, DECAY, relative)) {
      double[] w = t.values().doubles();
      double[] m = new double[w.length];
      double[] v = new double[w.length];
      for (int step = 1; step <= 3; step++) {
        t.gradient(List.of(TEXT));
        double[] g = t.gradient().doubles();
        double squares = 0;
        for (double x : g) {
          squares += x * x;
        }
        assertThat(adam.norm()).isCloseTo(Math.sqrt(squares), Offset.offset(1e-12 * adam.norm()));
        double scale = 0.5 / adam.norm();
        double[] sizes = relative ? sizes(t, w) : null;
        adam.step(step, RATE, scale);
        for (int i = 0; i < w.length; i++) {
          double x = g[i] * scale;
          m[i] = BETA1 * m[i] + (1 - BETA1) * x;
          v[i] = BETA2 * v[i] + (1 - BETA2) * x * x;
          w[i] -= i < t.decayed() ? RATE * DECAY * w[i] : 0;
          double mean = m[i] / (1 - Math.pow(BETA1, step));
          double root = Math.sqrt(v[i] / (1 - Math.pow(BETA2, step)));
          w[i] -= RATE * (relative ? sizes[i] : 1) * mean / (root + EPSILON);
        }
        agree(t.values().doubles(), w);
        agree(adam.first().doubles(), m);
        agree(adam.second().doubles(), v);
        t.values().tensor().data_ptr_double().put(w);
      }
    }
  }

  /** One assertion over all of them: one over each costs seconds. */
  private static void agree(double[] found, double[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    double worst = 0;
    for (int i = 0; i < found.length; i++) {
      // NaN stays the largest.
      worst = Math.max(worst, Math.abs(found[i] - expected[i]));
    }
    assertThat(worst).isLessThanOrEqualTo(ROUNDING);
  }

  /** For each number max(.001, RMS) of its weight. */
  private static double[] sizes(Trainable t, double[] w) {
    double[] sizes = new double[w.length];
    for (Learned.Span span : t.variables().spans().values()) {
      int from = (int) span.from();
      int to = (int) (span.from() + span.size());
      double mean = Arrays.stream(w, from, to).map(x -> x * x).average().orElseThrow();
      Arrays.fill(sizes, from, to, Math.max(1e-3, Math.sqrt(mean)));
    }
    return sizes;
  }

  /** Norms and biases do not decay, nor does T5's relative bias. */
  @Test
  void matricesDecay() {
    try (Model model = Model.open(FamilyFixture.of("t5-relu-tied").folder());
        Trainable t = Trainable.load(model, Precision.FLOAT32)) {
      t.variables()
          .spans()
          .forEach(
              (p, span) -> {
                boolean norm = p.tensor().rank() == 1;
                boolean bias = p.tensor().name().contains("relative_attention_bias");
                assertThat(span.from() < t.decayed()).isEqualTo(!norm && !bias);
              });
    }
  }
}
