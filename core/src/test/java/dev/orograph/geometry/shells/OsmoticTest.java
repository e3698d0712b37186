package dev.orograph.geometry.shells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.geometry.shells.Osmotic.Rule;
import dev.orograph.geometry.shells.Osmotic.Step;
import dev.orograph.random.Generator;
import dev.orograph.stats.Spearman;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Water-filling by osmosis against the plain version, and what it keeps. */
class OsmoticTest {
  private static double[] lengths(int n, long seed) {
    double[] p = new double[n];
    Generator.of(seed).normal(10, 2, p);
    return Arrays.stream(p).map(Math::abs).toArray();
  }

  private static Osmotic run(double[] p, int shells, Rule rule, int threads) {
    return Osmotic.of(p, Spearman.order(p), new Shells(shells), rule, threads, () -> {});
  }

  /** A shell, and whether the rules of one iteration are those of the page, point by point. */
  private static final class Plain {
    final int[] shell;
    final double[] angle;
    final List<Step> steps = new ArrayList<>();
    boolean settled;

    Plain(double[] p, int count, Rule rule) {
      int n = p.length;
      Shells shells = new Shells(count);
      double mean = Arrays.stream(p).average().orElseThrow();
      double sd =
          Math.sqrt(Arrays.stream(p).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
      short[] first = shells.first(p, Spearman.order(p));
      shell = new int[n];
      angle = new double[n];
      for (int i = 0; i < n; i++) {
        shell[i] = first[i];
      }
      for (int step = 0; ; step++) {
        int[] counts = counts(count);
        long eligible = 0;
        for (int i = 0; i < n; i++) {
          boolean out = p[i] > mean + sd;
          double load = counts[shell[i]] / (n * shells.share(shell[i]));
          boolean goes = shell[i] < count - 1 && (out || load > 1.2);
          eligible += goes || (!out && shell[i] > 0 && load < 0.8) ? 1 : 0;
        }
        settled = eligible == 0;
        if (settled || step == rule.most()) {
          return;
        }
        long[] moved = new long[3];
        for (int i = 0; i < n; i++) {
          boolean out = p[i] > mean + sd;
          if (out || counts[shell[i]] > 1.2 * (n * shells.share(shell[i]))) {
            long bits = Keyed.bits(Keyed.bits(rule.key(), step), i);
            double u = (bits >>> 32) * 0x1p-32;
            if (u >= rule.promote()) {
              angle[i] += rule.angle() * (int) bits * 0x1p-31;
              moved[2]++;
            } else if (shell[i] < count - 1) {
              shell[i]++;
              moved[0]++;
            }
          }
          if (!out && shell[i] > 0 && counts[shell[i]] < 0.8 * (n * shells.share(shell[i]))) {
            shell[i]--;
            moved[1]++;
          }
        }
        steps.add(
            new Step(
                moved[0], moved[1], moved[2], eligible, 0, 0, Osmotic.off(counts(count), shells)));
      }
    }

    private int[] counts(int count) {
      int[] counts = new int[count];
      Arrays.stream(shell).forEach(s -> counts[s]++);
      return counts;
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 4", "3, 128", "50, 8", "1000, 16", "5000, 128", "40000, 128", "700, 1", "700, 2"})
  void isThePlainVersionWhateverTheThreads(int n, int shells) {
    double[] p = lengths(n, n);
    Rule rule = Rule.usual(99);
    Plain plain = new Plain(p, shells, rule);
    for (int threads : new int[] {1, 2, 5}) {
      Osmotic o = run(p, shells, rule, threads);
      assertThat(o.settled()).isEqualTo(plain.settled);
      assertThat(o.steps()).hasSameSizeAs(plain.steps);
      for (int k = 0; k < plain.steps.size(); k++) {
        Step a = o.steps().get(k);
        Step b = plain.steps.get(k);
        assertThat(List.of(a.promoted(), a.demoted(), a.turned(), a.eligible()))
            .as("iteration %d", k)
            .isEqualTo(List.of(b.promoted(), b.demoted(), b.turned(), b.eligible()));
        assertThat(a.off()).isCloseTo(b.off(), within(1e-12));
      }
      for (int i = 0; i < n; i++) {
        assertThat(o.shell(i)).isEqualTo(plain.shell[i]);
        // A hundred float32 sums of at most 5.
        assertThat((double) o.angle(i)).isCloseTo(plain.angle[i], within(1e-4));
      }
      assertThat(Arrays.stream(o.counts()).sum()).isEqualTo(n);
      assertThat(o.counts()).isEqualTo(plain.counts(shells));
    }
  }

  @Test
  void bitsDoNotDependOnTheThreads() {
    double[] p = lengths(60_000, 5);
    Osmotic one = run(p, 128, Rule.usual(3), 1);
    Osmotic three = run(p, 128, Rule.usual(3), 3);
    assertThat(three.steps()).isEqualTo(one.steps());
    for (int i = 0; i < p.length; i++) {
      assertThat(three.shell(i)).isEqualTo(one.shell(i));
      assertThat(three.angle(i)).isEqualTo(one.angle(i));
    }
    assertThat(run(p, 128, Rule.usual(4), 1).steps()).isNotEqualTo(one.steps());
  }

  @Test
  void outliersReachTheOutermostShellAndStay() {
    double[] p = lengths(4000, 8);
    Osmotic o = run(p, 32, Rule.usual(1), 2);
    double limit = Osmotic.limit(p);
    for (int i = 0; i < p.length; i++) {
      assertThat(o.outlier(i)).isEqualTo(p[i] > limit);
      if (p[i] > limit) {
        assertThat(o.shell(i)).isEqualTo(31);
      }
    }
  }

  @Test
  void withOneShellOrOnePointNothingMoves() {
    assertThat(run(lengths(100, 1), 1, Rule.usual(1), 1).settled()).isTrue();
    assertThat(run(lengths(100, 1), 1, Rule.usual(1), 1).steps()).isEmpty();
    Osmotic one = run(new double[] {3}, 128, Rule.usual(1), 1);
    assertThat(Arrays.stream(one.counts()).sum()).isEqualTo(1);
  }

  @Test
  void equalLengthsHaveNoOutliers() {
    double[] p = new double[501];
    Arrays.fill(p, 0.1);
    assertThat(Osmotic.limit(p)).isEqualTo(0.1);
    Osmotic o = run(p, 16, Rule.usual(1), 2);
    for (int i = 0; i < p.length; i++) {
      assertThat(o.outlier(i)).isFalse();
    }
  }

  @Test
  void withoutTurnsAllThatMayGoOutDo() {
    Osmotic o = run(lengths(2000, 2), 64, new Rule(1, 0.05, 100, 1), 2);
    assertThat(o.steps()).allMatch(s -> s.turned() == 0);
    o = run(lengths(2000, 2), 64, new Rule(0, 0.05, 100, 1), 2);
    assertThat(o.steps()).allMatch(s -> s.promoted() == 0);
    assertThatThrownBy(() -> new Rule(1.1, 0, 1, 1)).hasMessageContaining("promote 1.1");
  }

  @Test
  void endsWhereItIsAsked() {
    double[] p = lengths(60_000, 5);
    assertThatThrownBy(
            () ->
                Osmotic.of(
                    p,
                    Spearman.order(p),
                    new Shells(128),
                    Rule.usual(1),
                    3,
                    () -> {
                      throw new CancellationException("enough");
                    }))
        .isInstanceOf(CancellationException.class);
  }
}
