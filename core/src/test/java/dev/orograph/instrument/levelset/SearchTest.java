package dev.orograph.instrument.levelset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.linalg.InnerProduct;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ways reach a level, and no point knows of another. */
class SearchTest {
  private static final int D = 6;
  private static final int TOKENS = 12;
  private static final double EPSILON = 0.1;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void newtonReachesTheLevelWithFewCalls(long seed) {
    LinearSoftmax f = LinearSoftmax.drawn(seed, TOKENS, D);
    double[][] starts = LinearSoftmax.starts(seed + 100, 8, D);
    List<Reached> all = new Search(f, EPSILON).newton(starts, 1e-10, 200);
    for (Reached r : all) {
      assertThat(r.converged()).isTrue();
      assertThat(f.values(new double[][] {r.point()})[0]).isCloseTo(EPSILON, within(1e-10));
      assertThat(r.value()).isEqualTo(f.values(new double[][] {r.point()})[0]);
      assertThat(r.calls()).isLessThan(60);
      assertThat(r.course()).hasSameSizeAs(r.calledAt()).last().isEqualTo(r.value());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void adamReachesItToo(long seed) {
    LinearSoftmax f = LinearSoftmax.drawn(seed, TOKENS, D);
    double[][] starts = LinearSoftmax.starts(seed + 100, 4, D);
    List<Reached> adam = new Search(f, EPSILON).adam(starts, 3e-3, 0.01 * EPSILON, 20_000);
    List<Reached> newton = new Search(f, EPSILON).newton(starts, 0.01 * EPSILON, 200);
    for (int i = 0; i < starts.length; i++) {
      assertThat(adam.get(i).converged()).isTrue();
      assertThat(adam.get(i).value()).isCloseTo(EPSILON, within(0.01 * EPSILON));
      assertThat(newton.get(i).calls()).isLessThan(adam.get(i).calls());
    }
  }

  @Test
  void companyChangesNoBit() {
    LinearSoftmax f = LinearSoftmax.drawn(7, TOKENS, D);
    double[][] starts = LinearSoftmax.starts(8, 5, D);
    Search search = new Search(f, EPSILON);
    List<Reached> newton = search.newton(starts, 1e-9, 200);
    List<Reached> adam = search.adam(starts, 0.01, 1e-3, 300);
    for (int i = 0; i < starts.length; i++) {
      double[][] one = {starts[i]};
      assertThat(search.newton(one, 1e-9, 200).get(0).point()).isEqualTo(newton.get(i).point());
      assertThat(search.adam(one, 0.01, 1e-3, 300).get(0).point()).isEqualTo(adam.get(i).point());
    }
  }

  /** One that has arrived is not touched, however long the others take. */
  @Test
  void aPointOnTheSetStays() {
    LinearSoftmax f = LinearSoftmax.drawn(9, TOKENS, D);
    double[][] starts = LinearSoftmax.starts(10, 3, D);
    starts[1] = new Search(f, EPSILON).newton(starts, 1e-10, 200).get(1).point();
    List<Reached> adam = new Search(f, EPSILON).adam(starts, 0.01, 1e-3, 500);
    assertThat(adam.get(1).point()).isEqualTo(starts[1]);
    assertThat(adam.get(1).calls()).isEqualTo(1);
    assertThat(adam.get(0).calls()).isGreaterThan(1);
  }

  @Test
  void fromInsideItGoesOutwards() {
    LinearSoftmax f = LinearSoftmax.drawn(11, TOKENS, D);
    double[] near =
        new Search(f, 1e-3).newton(LinearSoftmax.starts(12, 1, D), 1e-9, 200).get(0).point();
    Reached r = new Search(f, EPSILON).newton(new double[][] {near}, 1e-10, 100).get(0);
    assertThat(r.converged()).isTrue();
    assertThat(r.course().get(0)).isLessThan(EPSILON);
  }

  /** f = 1 + |x|^2 has no smaller value than 1. */
  @Test
  void alevelBelowTheMinimumIsNotReached() {
    Landscape bowl = bowl(1);
    double[][] starts = LinearSoftmax.starts(13, 3, D);
    for (Reached r : new Search(bowl, 0.5).newton(starts, 1e-6, 300)) {
      assertThat(r.converged()).isFalse();
      assertThat(r.smallest()).isBetween(1.0, 1.1);
    }
    for (Reached r : new Search(bowl, 0.5).adam(starts, 0.01, 1e-6, 300)) {
      assertThat(r.converged()).isFalse();
      assertThat(r.smallest()).isGreaterThanOrEqualTo(1.0);
    }
  }

  @Test
  void whatIsNoNumberEnds() {
    Landscape none =
        new Landscape() {
          @Override
          public double[] values(double[][] points) {
            return new double[] {Double.NaN};
          }

          @Override
          public Slopes slopes(double[][] points) {
            return new Slopes(values(points), points);
          }
        };
    double[][] start = {{1, 2}};
    assertThat(new Search(none, 1).newton(start, 0.1, 10).get(0).converged()).isFalse();
    assertThat(new Search(none, 1).adam(start, 0.1, 0.1, 10).get(0).calls()).isEqualTo(1);
  }

  /** The nearest point of a sphere lies on the ray from its centre. */
  @Test
  void projectionIsTheNearestPoint() {
    double[][] starts = LinearSoftmax.starts(14, 5, D);
    List<Reached> all = new Search(bowl(0), 4).project(starts, 1e-12, 100);
    for (int i = 0; i < starts.length; i++) {
      double[] expected = Landscape.moved(new double[D], 2, Landscape.unit(starts[i]));
      assertThat(Landscape.length(Landscape.moved(all.get(i).point(), -1, expected)))
          .isLessThan(1e-9);
    }
  }

  /** floor + |x|^2. */
  static Landscape bowl(double floor) {
    return new Landscape() {
      @Override
      public double[] values(double[][] points) {
        return Arrays.stream(points).mapToDouble(x -> floor + InnerProduct.of(x, x)).toArray();
      }

      @Override
      public Slopes slopes(double[][] points) {
        return new Slopes(
            values(points),
            Arrays.stream(points).map(x -> Landscape.moved(x, 1, x)).toArray(double[][]::new));
      }
    };
  }
}
