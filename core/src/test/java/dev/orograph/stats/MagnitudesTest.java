package dev.orograph.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.random.Generator;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a plain version that sorts everything at once. */
class MagnitudesTest {
  /** Sums of up to six million terms in another order. */
  private static final double ROUNDING = 1e-11;

  /** More than are sorted at once. */
  private static final int MANY = (1 << 22) + 300_001;

  private static final double[] MULTIPLES = {0.01, 0.1, 0.5};

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 8191, 8192, 8193, 100_003, 1_048_575, 1_048_576, 1_500_001})
  void likeThePlainVersion(int n) {
    float[] x = gaussian(n, n);
    for (int i = 0; i < n; i += 7) {
      x[i] = i % 2 == 0 ? 0f : -0f;
    }
    assertLikePlain(x, 0.8);
  }

  /** More than one group, none of them larger than what is sorted at once. */
  @Test
  void manyNumbers() {
    assertLikePlain(gaussian(MANY, 1), 1);
  }

  /**
   * Every way of splitting: one value that alone is too many to sort (its bin is split until it
   * holds one pattern), a bin that is too large but holds many values, and many zeros.
   */
  @Test
  void hugeTiesAreSplitDownToOneValue() {
    float[] x = gaussian(MANY + 600_000, 2);
    for (int i = 0; i < MANY; i++) {
      x[i] = i % 2 == 0 ? 0.375f : -0.375f;
    }
    assertLikePlain(x, 1);
  }

  @Test
  void hugeTiesOfZerosAndABinThatIsSplitOnce() {
    float[] x = new float[2 * MANY];
    Generator g = Generator.of(3);
    for (int i = MANY; i < x.length; i++) {
      // All within one of the first 4,096 bins, in two values a few patterns apart.
      x[i] = Float.intBitsToFloat(Float.floatToRawIntBits(0.75f) + 3 * (int) g.integers(0, 2));
    }
    assertLikePlain(x, 1);
  }

  /** All within one group of patterns: there the order does matter, and is looked at. */
  @Test
  void aNarrowBandIsSorted() {
    float[] x = gaussian(1_200_000, 5);
    for (int i = 0; i < x.length; i++) {
      x[i] = 1 + 1e-4f * Math.abs(x[i]);
    }
    assertLikePlain(x, 1);
  }

  @Test
  void manyThatAreNotFiniteArePassedOver() {
    float[] x = gaussian(1_100_000, 6);
    float[] holes = Arrays.copyOf(x, 1_100_002);
    holes[1_100_000] = Float.NaN;
    holes[1_100_001] = Float.NEGATIVE_INFINITY;
    Magnitudes whole = new Magnitudes(1_100_000, 1, MULTIPLES);
    whole.addAll(1_100_000, source(x));
    Magnitudes passed = new Magnitudes(1_100_000, 1, MULTIPLES);
    passed.addAll(1_100_002, source(holes));
    assertThat(passed.gini()).isCloseTo(whole.gini(), within(1e-15));
    assertThat(passed.hoyer()).isCloseTo(whole.hoyer(), within(1e-14));
    assertThat(passed.shares()).isEqualTo(whole.shares());
  }

  @Test
  void whatIsNotFiniteIsPassedOver() {
    float[] x = gaussian(1000, 4);
    float[] holes = Arrays.copyOf(x, 1003);
    holes[1000] = Float.NaN;
    holes[1001] = Float.POSITIVE_INFINITY;
    holes[1002] = Float.NEGATIVE_INFINITY;
    Magnitudes whole = new Magnitudes(1000, 1, MULTIPLES);
    whole.addAll(1000, source(x));
    Magnitudes passed = new Magnitudes(1000, 1, MULTIPLES);
    passed.addAll(1003, source(holes));
    assertThat(passed.gini()).isEqualTo(whole.gini());
    assertThat(passed.hoyer()).isEqualTo(whole.hoyer());
    assertThat(passed.shares()).isEqualTo(whole.shares());
  }

  @Test
  void addedInGroupsOrOneByOne() {
    Magnitudes groups = new Magnitudes(9, 1, MULTIPLES);
    groups.add(0, 2);
    groups.add(0.25, 4);
    groups.add(3, 3);
    Magnitudes single = new Magnitudes(9, 1, MULTIPLES);
    for (double a : new double[] {0, 0, 0.25, 0.25, 0.25, 0.25, 3, 3, 3}) {
      single.add(a, 1);
    }
    assertThat(groups.gini()).isCloseTo(single.gini(), within(1e-15));
    assertThat(groups.hoyer()).isCloseTo(single.hoyer(), within(1e-15));
    assertThat(groups.shares()).isEqualTo(single.shares()).containsExactly(2 / 9., 2 / 9., 6 / 9.);
  }

  @Test
  void closedForms() {
    Magnitudes equal = new Magnitudes(100, 1, new double[] {1});
    equal.add(1, 100);
    assertThat(equal.gini()).isCloseTo(0, within(1e-15));
    assertThat(equal.hoyer()).isCloseTo(0, within(1e-15));
    assertThat(equal.shares()).as("below, not at").containsExactly(0);
    Magnitudes one = new Magnitudes(100, 1, new double[0]);
    one.add(0, 99);
    one.add(5, 1);
    assertThat(one.gini()).isCloseTo(0.99, within(1e-15));
    assertThat(one.hoyer()).isEqualTo(1);
    Magnitudes zero = new Magnitudes(3, 1, MULTIPLES);
    zero.add(0, 3);
    assertThat(zero.gini()).isZero();
    assertThat(zero.hoyer()).isZero();
    Magnitudes single = new Magnitudes(1, 1, MULTIPLES);
    single.add(2, 1);
    assertThat(single.hoyer()).isZero();
    assertThat(single.gini()).isZero();
  }

  @Test
  void nothingIsSaidBeforeAllAreAdded() {
    Magnitudes m = new Magnitudes(3, 1, MULTIPLES);
    m.add(1, 2);
    assertThatThrownBy(m::gini)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("2 of 3 numbers were added");
    assertThatThrownBy(m::hoyer).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(m::shares).isInstanceOf(IllegalStateException.class);
  }

  private static float[] gaussian(int n, long seed) {
    float[] x = new float[n];
    Generator.of(seed).standardNormal(x);
    return x;
  }

  private static Magnitudes.Source source(float[] x) {
    return (from, into, offset, n) -> System.arraycopy(x, (int) from, into, offset, n);
  }

  private static void assertLikePlain(float[] x, double deviation) {
    Magnitudes m = new Magnitudes(x.length, deviation, MULTIPLES);
    m.addAll(x.length, source(x));
    float[] sorted = x.clone();
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = Math.abs(sorted[i]);
    }
    Arrays.sort(sorted);
    double n = x.length;
    double sum = 0;
    double squares = 0;
    double ranked = 0;
    double[] shares = new double[MULTIPLES.length];
    for (int i = 0; i < sorted.length; i++) {
      double a = sorted[i];
      sum += a;
      squares += a * a;
      ranked += (i + 1.0) * a;
      for (int t = 0; t < shares.length; t++) {
        shares[t] += a < MULTIPLES[t] * deviation ? 1 : 0;
      }
    }
    for (int t = 0; t < shares.length; t++) {
      shares[t] /= n;
    }
    assertThat(m.shares()).isEqualTo(shares);
    double gini = sum == 0 ? 0 : 2 * ranked / (n * sum) - (n + 1) / n;
    assertThat(m.gini()).isCloseTo(gini, within(ROUNDING));
    double root = Math.sqrt(n);
    double hoyer = sum == 0 || n == 1 ? 0 : (root - sum / Math.sqrt(squares)) / (root - 1);
    assertThat(m.hoyer()).isCloseTo(hoyer, within(ROUNDING));
  }
}
