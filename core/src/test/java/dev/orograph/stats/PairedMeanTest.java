package dev.orograph.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairedMeanTest {
  private static final double ROUNDING = 1e-12;
  private final Generator g = Generator.of(17);

  private List<Double> normals(int n, double mean, double sd) {
    double[] v = new double[n];
    g.normal(mean, sd, v);
    return Arrays.stream(v).boxed().toList();
  }

  /** By hand: variances 2.5 and 10, m = 2, t by the formula, degrees by Welch and Satterthwaite. */
  @Test
  void twoValuesWithFiveDrawsEach() {
    Estimate e =
        new PairedMean()
            .add(5, List.of(1.0, 2.0, 3.0, 4.0, 5.0))
            .add(20, List.of(6.0, 8.0, 10.0, 12.0, 14.0))
            .of(Estimate.of(12.5));
    assertThat(e.expected()).isEqualTo(6.5);
    assertThat(e.deviation()).isCloseTo(Math.sqrt(12.5) / 2, within(ROUNDING));
    assertThat(e.draws()).isEqualTo(10);
    double t = 6 / (Math.sqrt(12.5 * 1.2) / 2);
    double degrees = 12.5 * 12.5 / (2.5 * 2.5 / 4 + 10.0 * 10 / 4);
    assertThat(e.z()).isCloseTo(StudentT.normal(t, degrees), within(ROUNDING));
    assertThat(e.p()).isCloseTo(Gaussian.beyond(e.z()), within(ROUNDING));
  }

  /**
   * Layers that lie far apart from each other hide nothing: each is five deviations off its own.
   */
  @Test
  void howValuesDifferAmongThemselvesDoesNotEnter() {
    PairedMean test = new PairedMean();
    List<Double> values = new ArrayList<>();
    for (int layer = 0; layer < 6; layer++) {
      values.add(100.0 * layer + 5);
      test.add(values.get(layer), normals(10, 100.0 * layer, 1));
    }
    Estimate e = test.of(Samples.meanOf(values));
    assertThat(e.z()).isBetween(6.0, 16.0);
  }

  /** Under the null z is standard normal, in each of the ways that draws may be spread. */
  @Test
  void underTheNullZIsNormal() {
    int trials = 4000;
    for (int kind = 0; kind < 4; kind++) {
      double sum = 0;
      double squares = 0;
      int beyond = 0;
      for (int i = 0; i < trials; i++) {
        double z = trial(kind).z();
        sum += z;
        squares += z * z;
        beyond += Math.abs(z) > 1.959964 ? 1 : 0;
      }
      assertThat(sum / trials).as("mean, %d", kind).isCloseTo(0, within(5 / Math.sqrt(trials)));
      assertThat(squares / trials).as("variance, %d", kind).isCloseTo(1, within(0.12));
      assertThat(beyond / (double) trials).as("tail, %d", kind).isCloseTo(0.05, within(0.018));
    }
  }

  private Estimate trial(int kind) {
    PairedMean test = new PairedMean();
    List<Double> values = new ArrayList<>();
    List<Double> shared = kind == 2 ? normals(6, 0, 1) : List.of();
    for (int layer = 0; layer < 8; layer++) {
      double mean = kind == 2 ? 0 : 10 * layer;
      double value = normals(1, mean, 1).get(0);
      values.add(value);
      switch (kind) {
        case 0 -> test.add(value, normals(10, mean, 1));
        case 1 -> test.add(value, normals(2, mean, 1));
        case 2 -> {
          // One draw each for six of the eight, the others borrow.
          if (layer < 6) {
            test.add(value, shared.subList(layer, layer + 1));
          } else {
            test.borrow(value, Samples.mean(shared));
          }
        }
        default -> test.add(value, normals(1, mean, 1), mean);
      }
    }
    return test.of(Samples.meanOf(values));
  }

  @Test
  void withoutSpreadThereIsNoZ() {
    assertThat(new PairedMean().borrow(2, 1).of(Estimate.of(2)).expected()).isNull();
    Estimate two = new PairedMean().add(2, List.of(1.0, 3.0)).of(Estimate.of(2));
    assertThat(two.expected()).isEqualTo(2);
    assertThat(two.z()).isNull();
    Estimate equal = new PairedMean().add(2, List.of(1.0, 1.0, 1.0)).of(Estimate.of(2));
    assertThat(equal.deviation()).isZero();
    assertThat(equal.z()).isNull();
  }
}
