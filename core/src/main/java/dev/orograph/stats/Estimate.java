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
 * @param p two-sided permutation p-value (1 + b) / (1 + m), or null
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
    return new Estimate(value, interval, mean, sd, null, sd > 0 ? (value - mean) / sd : null, p);
  }

  /** The same beside a fixed value that is not chance, such as the one training starts at. */
  public Estimate from(double start) {
    return new Estimate(value, interval, start, null, null, null, p);
  }

  /** Fewest null values from which a spread is taken. */
  public static final int FEWEST_DRAWS = 3;

  /**
   * The same against values drawn under the null model: their mean and, from {@value #FEWEST_DRAWS}
   * on, their standard deviation (n - 1), z (a deviation taken from few draws is uncertain, so that
   * five of them mean less than five known ones: see {@link StudentT#normal}), and the two-sided
   * p-value (1 + b) / (1 + m), b of m being at least as far from their mean as the value is.
   * Nothing where there are none.
   */
  public Estimate among(List<Double> nulls) {
    if (nulls.isEmpty()) {
      return this;
    }
    double mean = Samples.mean(nulls);
    if (nulls.size() < FEWEST_DRAWS) {
      return new Estimate(value, interval, mean, null, nulls.size(), null, null);
    }
    double sd = Samples.deviation(nulls);
    long far = nulls.stream().filter(n -> Math.abs(n - mean) >= Math.abs(value - mean)).count();
    return new Estimate(
        value,
        interval,
        mean,
        sd,
        nulls.size(),
        sd > 0 ? worth((value - mean) / sd, nulls.size()) : null,
        (1.0 + far) / (1.0 + nulls.size()));
  }

  private static double worth(double deviations, int draws) {
    return StudentT.normal(deviations / Math.sqrt(1 + 1.0 / draws), draws - 1);
  }
}
