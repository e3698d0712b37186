package dev.orograph.finding;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.orograph.stats.Estimate;
import java.util.List;

/**
 * One number that claims something, with what a reviewer asks for beside it.
 *
 * @param id stable dotted identifier
 * @param title short title
 * @param value the sound number, the headline
 * @param seed the number that the seed document's own code prints, or null where it prints none
 * @param interval 95 % interval [low, high] of {@code value}, or null
 * @param expected mean of {@code value} under the null model, or null; {@code "null"} in JSON
 * @param deviation standard deviation under the null model, or null; {@code "null_sd"} in JSON
 * @param draws how many null values stand behind {@code expected}; null for a closed form
 * @param z (value - null) / null_sd, or null
 * @param p two-sided permutation p-value (1 + b) / (1 + m), or null
 * @param unit unit of {@code value}; "1" for a pure number
 * @param claim what kind of statement this is; one claim is shown once among the highlights
 * @param sentence the finding in words, numbers included
 * @param scale on which value and null are compared; null for by their ratio
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"kind", "id", "title", "value", "seed", "interval", "null", "null_sd"})
public record Scalar(
    String id,
    String title,
    double value,
    Double seed,
    List<Double> interval,
    @JsonProperty("null") Double expected,
    @JsonProperty("null_sd") Double deviation,
    @JsonProperty("null_draws") Integer draws,
    Double z,
    Double p,
    String unit,
    String claim,
    String sentence,
    Scale scale)
    implements Finding {
  /** One that is compared with its null by their ratio. */
  public Scalar(
      String id,
      String title,
      double value,
      Double seed,
      List<Double> interval,
      Double expected,
      Double deviation,
      Integer draws,
      Double z,
      Double p,
      String unit,
      String claim,
      String sentence) {
    this(
        id, title, value, seed, interval, expected, deviation, draws, z, p, unit, claim, sentence,
        null);
  }

  /** A sound figure with interval and null, and the seed's number (or null) beside it. */
  public static Scalar of(
      String id,
      String title,
      Estimate e,
      Double seed,
      String unit,
      String claim,
      String sentence) {
    return new Scalar(
        id,
        title,
        e.value(),
        seed,
        e.interval(),
        e.expected(),
        e.deviation(),
        e.draws(),
        e.z(),
        e.p(),
        unit,
        claim,
        sentence,
        null);
  }

  /** The same, compared with its null on that scale; null for by their ratio. */
  public Scalar on(Scale other) {
    return new Scalar(
        id, title, value, seed, interval, expected, deviation, draws, z, p, unit, claim, sentence,
        other);
  }

  /** A plain figure without a null. */
  public static Scalar plain(String id, String title, double value, String unit, String sentence) {
    return of(id, title, Estimate.of(value), null, unit, null, sentence);
  }

  /** A figure that only the seed's column has: value and seed are the same number. */
  public static Scalar seed(String id, String title, double value, String unit, String sentence) {
    return of(id, title, Estimate.of(value), value, unit, null, sentence);
  }
}
