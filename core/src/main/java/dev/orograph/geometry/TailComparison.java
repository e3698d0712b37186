package dev.orograph.geometry;

import dev.orograph.random.Generator;
import dev.orograph.stats.Gaussian;
import java.io.Serializable;
import java.util.Arrays;

/**
 * How a power law compares with other laws of the same tail, and whether it is plausible at all.
 *
 * <p>With t = l / x_min over the k values of the tail:
 *
 * <ul>
 *   <li>exponential, p(t) = r e^(-r (t - 1)), r = k / sum(t - 1): Vuong's ratio sum d / (sd(d) sqrt
 *       k), d = ln p of the power law - ln p of the exponential, positive where the power law fits
 *       better; normal where neither does;
 *   <li>power law with a cut-off, p(t) ~ t^-a e^(-b t), b >= 0, by maximum likelihood: it holds the
 *       power law, so that twice the gain in likelihood is chi^2 with one degree of freedom;
 *   <li>bootstrap: as many values as the spectrum has, each from the fitted tail with probability k
 *       / n, else one of those below x_min; fitted anew, x_min included; p is the share whose KS
 *       distance is at least that of the data. Below .1 Clauset et al. rule the power law out.
 * </ul>
 *
 * Source: Clauset, Shalizi & Newman 2009; Vuong 1989.
 *
 * @param exponential Vuong's ratio against the exponential
 * @param exponentialP two-sided
 * @param cutoffAlpha a of the law with a cut-off
 * @param cutoffRate its b; {@value #LEAST_RATE} where there is no cut-off
 * @param cutoffP whether the cut-off improves the fit
 * @param p by bootstrap, or null without draws
 * @param draws how many
 */
public record TailComparison(
    double exponential,
    double exponentialP,
    double cutoffAlpha,
    double cutoffRate,
    double cutoffP,
    Double p,
    int draws)
    implements Serializable {
  /** Below p of this a power law is ruled out. */
  public static final double PLAUSIBLE = 0.1;

  private static final double LEAST_RATE = 1e-6;
  private static final int STEPS = 1000;
  private static final int ROUNDS = 80;

  /** Values beyond lie in no spectrum, and their squares would leave the range. */
  private static final double MOST = 1e150;

  /**
   * Compares.
   *
   * @param descending singular values, largest first
   * @param floor at and below which a value is none
   * @param fit the power law of their squares
   * @param draws for the bootstrap
   */
  public static TailComparison of(
      double[] descending, double floor, PowerLaw fit, int draws, Generator generator) {
    int k = fit.tail();
    double[] log = new double[k];
    double logs = 0;
    double sum = 0;
    for (int i = 0; i < k; i++) {
      log[i] = 2 * (Math.log(descending[i]) - Math.log(descending[k - 1]));
      logs += log[i];
      sum += Math.exp(log[i]);
    }
    double rate = k / (sum - k);
    double total = 0;
    double squares = 0;
    for (double y : log) {
      double power = Math.log(fit.alpha() - 1) - fit.alpha() * y;
      double d = power - (Math.log(rate) - rate * Math.expm1(y));
      total += d;
      squares += d * d;
    }
    double variance = squares / k - total / k * (total / k);
    double ratio = variance > 0 ? total / Math.sqrt(k * variance) : 0;
    Cutoff cutoff = new Cutoff(k, logs, sum, fit.alpha());
    double gain = cutoff.likelihood - (k * Math.log(fit.alpha() - 1) - fit.alpha() * logs);
    return new TailComparison(
        ratio,
        Gaussian.beyond(ratio),
        cutoff.alpha,
        cutoff.rate,
        Gaussian.beyond(Math.sqrt(2 * Math.max(0, gain))),
        draws == 0 ? null : (Double) bootstrap(descending, floor, fit, draws, generator),
        draws);
  }

  private static double bootstrap(
      double[] descending, double floor, PowerLaw fit, int draws, Generator generator) {
    int n = 0;
    while (n < descending.length && descending[n] > Math.max(0, floor)) {
      n++;
    }
    int farther = 0;
    double[] drawn = new double[n];
    for (int i = 0; i < draws; i++) {
      for (int j = 0; j < n; j++) {
        if (generator.random() * n < fit.tail()) {
          double u = 1 - generator.random();
          double s = descending[fit.tail() - 1] * Math.pow(u, -0.5 / (fit.alpha() - 1));
          drawn[j] = -Math.min(s, MOST);
        } else {
          drawn[j] = -descending[(int) generator.integers(fit.tail(), n)];
        }
      }
      Arrays.sort(drawn);
      for (int j = 0; j < n; j++) {
        drawn[j] = -drawn[j];
      }
      PowerLaw again = PowerLaw.ofSquares(drawn);
      farther += again != null && again.ks() >= fit.ks() ? 1 : 0;
    }
    return (double) farther / draws;
  }

  /**
   * The likeliest t^-a e^(-b t) / Z, Z its integral from 1 on: Newton's method, whose gradient and
   * Hessian are moments of ln t and t. The likelihood is concave in (a, b).
   */
  private static final class Cutoff {
    private final int k;
    private final double logs;
    private final double sum;
    private double alpha;
    private double rate;
    private double likelihood;

    Cutoff(int k, double logs, double sum, double start) {
      this.k = k;
      this.logs = logs;
      this.sum = sum;
      alpha = start;
      rate = Math.max(LEAST_RATE, 0.25 * k / sum);
      Moments m = new Moments(alpha, rate);
      likelihood = likelihood(m, alpha, rate);
      for (int round = 0; round < ROUNDS && step(m); round++) {
        m = new Moments(alpha, rate);
      }
    }

    private double likelihood(Moments m, double a, double b) {
      return -a * logs - b * sum - k * m.logZ;
    }

    /** Goes uphill; whether there was a way. */
    private boolean step(Moments m) {
      double ga = k * m.log - logs;
      double gb = k * m.value - sum;
      double determinant = m.logLog * m.valueValue - m.logValue * m.logValue;
      boolean bound = rate <= LEAST_RATE && gb < 0;
      double da;
      double db;
      if (bound || !(determinant > 1e-12 * m.logLog * m.valueValue)) {
        da = ga / (k * m.logLog);
        db = 0;
      } else {
        da = (m.valueValue * ga - m.logValue * gb) / (k * determinant);
        db = (m.logLog * gb - m.logValue * ga) / (k * determinant);
      }
      for (double share = 1; share > 1e-6; share /= 2) {
        double a = alpha + share * da;
        double b = Math.max(LEAST_RATE, rate + share * db);
        double l = likelihood(new Moments(a, b), a, b);
        if (l > likelihood) {
          boolean more = l > likelihood + 1e-13 * Math.max(1, Math.abs(likelihood));
          alpha = a;
          rate = b;
          likelihood = l;
          return more;
        }
      }
      return false;
    }
  }

  /** Moments of y = ln t and t under t^-a e^(-b t), by Simpson's rule over y. */
  private static final class Moments {
    private final double logZ;
    private final double log;
    private final double value;
    private final double logLog;
    private final double logValue;
    private final double valueValue;

    Moments(double a, double b) {
      // Where b e^y is so large there is nothing, nor where the power has fallen by e^45.
      double end = Math.log((60 + 4 * Math.max(0, 1 - a)) / b + 1);
      end = a > 1 ? Math.min(end, 45 / (a - 1)) : end;
      double h = end / STEPS;
      double[] exponent = new double[STEPS + 1];
      double most = Double.NEGATIVE_INFINITY;
      for (int i = 0; i <= STEPS; i++) {
        exponent[i] = (1 - a) * i * h - b * Math.exp(i * h);
        most = Math.max(most, exponent[i]);
      }
      double[] s = new double[6];
      for (int i = 0; i <= STEPS; i++) {
        double y = i * h;
        double t = Math.exp(y);
        double w = Math.exp(exponent[i] - most) * (i == 0 || i == STEPS ? 1 : i % 2 == 1 ? 4 : 2);
        s[0] += w;
        s[1] += w * y;
        s[2] += w * t;
        s[3] += w * y * y;
        s[4] += w * y * t;
        s[5] += w * t * t;
      }
      logZ = most + Math.log(s[0] * h / 3);
      log = s[1] / s[0];
      value = s[2] / s[0];
      logLog = s[3] / s[0] - log * log;
      logValue = s[4] / s[0] - log * value;
      valueValue = s[5] / s[0] - value * value;
    }
  }
}
