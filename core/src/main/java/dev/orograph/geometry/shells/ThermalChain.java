package dev.orograph.geometry.shells;

import dev.orograph.random.Generator;
import dev.orograph.stats.Gaussian;
import java.util.Arrays;

/**
 * Shells drawn from the Boltzmann distribution of points that feel gravity and each other: P(s_1,
 * .., s_N) proportional to exp(-H / kT),
 *
 * <p>H = sum_i |E_i - e_{s_i}| + J sum_{pairs} w_ij |e_{s_i} - e_{s_j}|,
 *
 * <p>E_i a point's energy, e_s the levels of the shells, the pairs those of like direction. Without
 * pairs it is the seed's P(s) for each point by itself, from which {@link #draw} draws directly.
 * With them a Markov chain: sweep by sweep each point is offered a shell by a Langevin step, s +
 * noise of variance {@value #VARIANCE} against the slope of H (central difference, its pull bounded
 * to {@value #PULL} shells), rounded and clipped to a shell; Metropolis and Hastings accept it, so
 * that the chain's distribution is exactly P whatever the step. Every point is in one shell at any
 * time.
 *
 * <p>Source: Boltzmann; Roberts & Tweedie 1996 for Langevin steps that are corrected; Zhang, Liu &
 * Liu 2022 for those on whole numbers.
 */
public final class ThermalChain {
  private static final double VARIANCE = 1.5;
  private static final double PULL = 1.0;

  private final Shells shells;
  private final double[] energies;
  private final double kT;
  private final int[] starts;
  private final int[] others;
  private final double[] weights;
  private final int[] state;
  private final Generator generator;
  private long accepted;
  private long offered;

  /** Pairs of points that feel each other. */
  public static final class Pairs {
    private final int[] first;
    private final int[] second;
    private final double[] weight;

    /**
     * Pairs as three arrays of one length.
     *
     * @param first a point of each pair
     * @param second the other
     * @param weight J w of each pair
     */
    public Pairs(int[] first, int[] second, double[] weight) {
      if (first.length != second.length || first.length != weight.length) {
        throw new IllegalArgumentException(
            first.length + ", " + second.length + " and " + weight.length);
      }
      this.first = first.clone();
      this.second = second.clone();
      this.weight = weight.clone();
    }

    /** How many. */
    public int size() {
      return first.length;
    }
  }

  /**
   * A chain that begins with independent draws.
   *
   * @param energies of the points
   * @param kT temperature, positive
   */
  public ThermalChain(
      Shells shells, double[] energies, double kT, Pairs pairs, Generator generator) {
    requireTemperature(kT);
    this.shells = shells;
    this.energies = energies.clone();
    this.kT = kT;
    this.generator = generator;
    int n = energies.length;
    starts = new int[n + 1];
    for (int k = 0; k < pairs.size(); k++) {
      starts[pairs.first[k] + 1]++;
      starts[pairs.second[k] + 1]++;
    }
    for (int i = 0; i < n; i++) {
      starts[i + 1] += starts[i];
    }
    others = new int[2 * pairs.size()];
    weights = new double[2 * pairs.size()];
    int[] next = Arrays.copyOf(starts, n);
    for (int k = 0; k < pairs.size(); k++) {
      int a = pairs.first[k];
      int b = pairs.second[k];
      others[next[a]] = b;
      weights[next[a]++] = pairs.weight[k];
      others[next[b]] = a;
      weights[next[b]++] = pairs.weight[k];
    }
    state = new int[n];
    double[] odds = new double[shells.count()];
    for (int i = 0; i < n; i++) {
      state[i] = draw(shells, energies[i], kT, generator.random(), odds);
    }
  }

  /** Refuses a temperature at which nothing is defined. */
  static void requireTemperature(double kT) {
    if (!(kT > 0 && kT < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("a temperature above 0, not " + kT);
    }
  }

  /**
   * A shell drawn from P(s) proportional to exp(-|E - e_s| / kT); from the distances to the nearest
   * level, so that it is defined however far away that is.
   *
   * @param u uniform in [0, 1)
   * @param odds room for a number per shell
   */
  public static int draw(Shells shells, double energy, double kT, double u, double[] odds) {
    requireTemperature(kT);
    double least = Math.abs(energy - shells.energy(shells.nearest(energy)));
    double sum = 0;
    int count = shells.count();
    for (int s = 0; s < count; s++) {
      odds[s] = Math.exp((least - Math.abs(energy - shells.energy(s))) / kT);
      sum += odds[s];
    }
    double left = u * sum;
    for (int s = 0; s < count; s++) {
      left -= odds[s];
      if (left < 0) {
        return s;
      }
    }
    return shells.nearest(energy);
  }

  /** What H has of one point in a shell, the others as they are. */
  private double own(int i, int s) {
    double level = shells.energy(s);
    double h = Math.abs(energies[i] - level);
    for (int k = starts[i]; k < starts[i + 1]; k++) {
      h += weights[k] * Math.abs(level - shells.energy(state[others[k]]));
    }
    return h;
  }

  /** H. */
  public double energy() {
    double h = 0;
    for (int i = 0; i < state.length; i++) {
      double gravity = Math.abs(energies[i] - shells.energy(state[i]));
      // Of what it shares with others half is its own.
      h += (gravity + own(i, state[i])) / 2;
    }
    return h;
  }

  /** Mean of an offer from shell s. */
  private double mean(int i, int s) {
    int in = Math.max(0, s - 1);
    int out = Math.min(shells.count() - 1, s + 1);
    double slope = (own(i, out) - own(i, in)) / (out - in) / kT;
    return s - Math.max(-PULL, Math.min(PULL, slope * VARIANCE / 2));
  }

  /** Probability that a rounded and clipped normal number of that mean is the shell. */
  private double chance(double mean, int s) {
    double sd = Math.sqrt(VARIANCE);
    // From the nearer tail, so that small differences keep their digits.
    double low = s == 0 ? Double.NEGATIVE_INFINITY : (s - 0.5 - mean) / sd;
    double high = s == shells.count() - 1 ? Double.POSITIVE_INFINITY : (s + 0.5 - mean) / sd;
    return low > 0
        ? Gaussian.cumulative(-low) - Gaussian.cumulative(-high)
        : Gaussian.cumulative(high) - Gaussian.cumulative(low);
  }

  /** Offers every point a shell, in their order. */
  public void sweep() {
    int last = shells.count() - 1;
    if (last == 0) {
      return;
    }
    for (int i = 0; i < state.length; i++) {
      int from = state[i];
      double mean = mean(i, from);
      double at = mean + Math.sqrt(VARIANCE) * generator.standardNormal();
      int to = (int) Math.max(0, Math.min(last, Math.rint(at)));
      double u = generator.random();
      offered++;
      if (to == from) {
        accepted++;
        continue;
      }
      double odds = Math.exp((own(i, from) - own(i, to)) / kT);
      if (u * chance(mean, to) < odds * chance(mean(i, to), from)) {
        state[i] = to;
        accepted++;
      }
    }
  }

  /** The shell of each point now. */
  public int[] state() {
    return state.clone();
  }

  /** The share of offers that were taken, staying included. */
  public double acceptance() {
    return offered == 0 ? 1 : accepted / (double) offered;
  }
}
