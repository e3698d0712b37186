package dev.orograph.stats;

import java.io.Serializable;
import java.util.List;

/**
 * A number with its uncertainty and with what chance gives.
 *
 * @param value the measured number
 * @param interval 95 % interval [low, high], or null where none can be given
 * @param expected mean under the null model, or null
 * @param deviation standard deviation under the null model, or null
 * @param draws number of null values, null for a closed form
 * @param z how many deviations of a normal distribution the value is from what is expected, or
 *     null: (value - expected) / deviation for a closed form; for m draws what t = (value -
 *     expected) / (deviation sqrt(1 + 1/m)), Student's with m - 1 degrees of freedom, is worth
 * @param p two-sided, or null: the tail that z stands for, so that the two agree (a normal one for
 *     a closed form, Student's t for draws); without z an exact law's where the figure is a count,
 *     or 1 / (1 + m) at most where all m draws are equal
 */
public record Estimate(
    double value,
    List<Double> interval,
    Double expected,
    Double deviation,
    Integer draws,
    Double z,
    Double p)
    implements Serializable {

  /** A value alone. */
  public static Estimate of(double value) {
    return new Estimate(value, null, null, null, null, null, null);
  }

  /** The same with a 95 % interval. */
  public Estimate within(double low, double high) {
    return new Estimate(value, List.of(low, high), expected, deviation, draws, z, p);
  }

  /**
   * The same against a null model known in closed form.
   *
   * @param mean its mean
   * @param sd its standard deviation, positive
   */
  public Estimate against(double mean, double sd) {
    Double distance = sd > 0 ? (Double) ((value - mean) / sd) : null;
    return new Estimate(
        value,
        interval,
        mean,
        sd,
        null,
        distance,
        distance == null ? null : (Double) Gaussian.beyond(distance));
  }

  /**
   * The same against a null model known in closed form whose law is skewed to the right; see {@link
   * Gaussian#skewed}.
   */
  public Estimate skewed(double mean, double sd, double skewness) {
    if (!(sd > 0)) {
      return against(mean, sd);
    }
    double distance = Gaussian.skewed((value - mean) / sd, skewness);
    return new Estimate(value, interval, mean, sd, null, distance, Gaussian.beyond(distance));
  }

  /**
   * The same against a fixed value, by a standard error that has so many degrees of freedom: z is
   * what t = (value - mean) / error is worth.
   */
  public Estimate against(double mean, double error, double degrees) {
    if (!(error > 0)) {
      return against(mean, 0);
    }
    double distance = StudentT.normal((value - mean) / error, degrees);
    return new Estimate(value, interval, mean, error, null, distance, Gaussian.beyond(distance));
  }

  /**
   * The same beside what chance gives where its law is no normal one, such as that of a count: no
   * z.
   *
   * @param mean its mean
   * @param sd its standard deviation, or null
   * @param tail two-sided p-value by the exact law, or null
   * @param draws how many draws gave the mean; null for a closed form
   */
  public Estimate beside(double mean, Double sd, Double tail, Integer draws) {
    return new Estimate(value, interval, mean, sd, draws, null, tail);
  }

  /** The same beside a fixed value that is not chance, such as the one training starts at. */
  public Estimate from(double start) {
    return new Estimate(value, interval, start, null, null, null, p);
  }

  /** Fewest null values from which a spread is taken. */
  public static final int FEWEST_DRAWS = 3;

  /** The same with its interval kept within the range that the figure can take. */
  public Estimate inside(double low, double high) {
    return interval == null
        ? this
        : within(Math.max(low, interval.get(0)), Math.min(high, interval.get(1)));
  }

  /**
   * The same against values drawn under the null model: their mean and, from {@value #FEWEST_DRAWS}
   * on, their standard deviation (n - 1), z (a deviation taken from few draws is uncertain, so that
   * five of them mean less than five known ones: see {@link StudentT#normal}), and p, the tail that
   * z stands for. Nothing where there are none.
   */
  public Estimate among(List<Double> nulls) {
    return among(nulls, 1);
  }

  /**
   * The same for a value that varies less under the null than a single draw: a mean over parts.
   *
   * @param share variance of the value over that of a draw
   */
  public Estimate among(List<Double> nulls, double share) {
    if (nulls.isEmpty()) {
      return this;
    }
    double mean = Samples.mean(nulls);
    int m = nulls.size();
    if (m < FEWEST_DRAWS) {
      return drawn(mean, null, m, Double.NaN, 1);
    }
    double sd = Samples.deviation(nulls);
    if (sd == 0) {
      // Nothing to measure by; only that so many draws are, or are not, the value.
      double tail = value == mean ? 1 : 1.0 / (m + 1);
      return new Estimate(value, interval, mean, sd, m, null, tail);
    }
    double t = (value - mean) / (sd * Math.sqrt(share + 1.0 / m));
    return drawn(mean, sd * Math.sqrt(share), m, t, m - 1);
  }

  /**
   * The same beside draws.
   *
   * @param t Student's t of the value, NaN where there is none
   * @param degrees its degrees of freedom
   */
  Estimate drawn(double mean, Double sd, int draws, double t, double degrees) {
    Double distance = Double.isNaN(t) ? null : (Double) StudentT.normal(t, degrees);
    Double tail = distance == null ? null : (Double) Gaussian.beyond(distance);
    return new Estimate(value, interval, mean, sd, draws, distance, tail);
  }
}
