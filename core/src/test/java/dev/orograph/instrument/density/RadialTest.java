package dev.orograph.instrument.density;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Bins and zones as numpy.digitize, percentile and the seed's comparisons give them. */
class RadialTest {
  @Test
  void binsAreHalfOpenAndTheLastIsClosed() {
    double[] norms = new double[61];
    double[] densities = new double[61];
    for (int i = 0; i < 61; i++) {
      norms[i] = i / 2.0;
      densities[i] = i;
    }
    Radial r = Radial.of(norms, densities);
    assertThat(r.edges()).hasSize(31).startsWith(0.0).endsWith(30.0);
    for (int b = 0; b < 29; b++) {
      assertThat(r.bins().get(b).count()).isEqualTo(2);
      assertThat(r.bins().get(b).mean()).isEqualTo(2 * b + 0.5);
      assertThat(r.bins().get(b).deviation()).isEqualTo(0.5);
    }
    assertThat(r.bins().get(29).count()).isEqualTo(3);
    assertThat(r.percentiles()).containsExactly(3.0, 12.0, 15.0, 18.0, 27.0);
    assertThat(r.core().count()).isEqualTo(6);
    assertThat(r.shell().count()).isEqualTo(11);
    assertThat(r.outer().count()).isEqualTo(6);
    assertThat(r.ratio()).isCloseTo(2.5 / 30, within(1e-15));
  }

  @Test
  void emptyBinsHaveNoMean() {
    Radial r = Radial.of(new double[] {0, 0, 30}, new double[] {1, 3, 5});
    assertThat(r.bins().get(0).mean()).isEqualTo(2);
    assertThat(r.bins().get(7).mean()).isNaN();
    assertThat(r.means().get(7)).isNull();
    assertThat(r.ratio()).isNaN();
    assertThat(Radial.verdict(r.ratio())).startsWith("undefined");
  }

  @Test
  void theSeedsVerdicts() {
    assertThat(Radial.verdict(1.5)).isEqualTo("similar");
    assertThat(Radial.verdict(1.51)).isEqualTo("denser");
    assertThat(Radial.verdict(0.67)).isEqualTo("similar");
    assertThat(Radial.verdict(0.66)).isEqualTo("sparser");
  }

  /** Of six copies and k = 7 the seed drops six zeros and averages two distances. */
  @Test
  void theSeedsMeansDropCopies() {
    Nearest n = new Nearest(3, 2, new int[] {1, 2, 0, 2, 1, 0}, new double[] {1, 4, 1, 2, 2, 4});
    assertThat(n.seedMeans(new int[] {6, 1, 3}, 7)).containsExactly(2.5, 8.0 / 7, 18.0 / 5);
    assertThat(n.seedMeans(new int[] {6, 1, 3}, 5)).startsWith(Double.NaN, 1.0);
    assertThat(n.means()).containsExactly(2.5, 1.5, 3);
    assertThat(n.radii()).containsExactly(4, 2, 4);
  }
}
