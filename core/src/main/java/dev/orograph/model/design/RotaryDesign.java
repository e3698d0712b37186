package dev.orograph.model.design;

import dev.orograph.model.Config;
import java.util.Optional;

/**
 * Rotary positions (Su et al. 2021): pair i of the r rotated dimensions turns by position times
 * base^(-2i/r).
 *
 * @param base the base
 * @param neighbours whether a pair is two neighbours (GPT-J, Meta's Llama) instead of one dimension
 *     of each half (GPT-NeoX, Llama in the transformers library)
 * @param scaling Llama 3's scaling of slow turns, if any
 */
public record RotaryDesign(double base, boolean neighbours, Optional<Scaling> scaling) {
  /**
   * Llama 3.1: turns whose wave is longer than {@code positions / low} are slowed by {@code
   * factor}, those shorter than {@code positions / high} are not, and between them the share
   * changes evenly with 1/wave.
   *
   * @param factor how much slower
   * @param low waves per context below which all are slowed
   * @param high waves per context above which none is
   * @param positions the context that was trained first
   */
  public record Scaling(double factor, double low, double high, double positions) {
    /** The turn per position instead of {@code turn}. */
    public double scaled(double turn) {
      double waves = positions * turn / (2 * Math.PI);
      double share = Math.min(1, Math.max(0, (waves - low) / (high - low)));
      return (1 - share) * turn / factor + share * turn;
    }
  }

  /**
   * From {@code rope_theta} and {@code rope_scaling}, or {@code rope_parameters} in the newer
   * spelling.
   *
   * @param base where the configuration has none under these keys
   * @throws dev.orograph.input.InputException for a kind of scaling that is not known
   */
  public static RotaryDesign of(Config c, boolean neighbours, double base, String... keys) {
    Config newer = c.object("rope_parameters");
    newer.only("full_attention"); // other angles for other layers
    newer.only("sliding_attention");
    String at = c.has("rope_scaling") ? "rope_scaling" : "rope_parameters";
    Config scaling = c.object(at);
    String type = scaling.text(scaling.text("default", "type"), "rope_type");
    double theta = newer.finite(c.finite(base, keys), "rope_theta");
    if (theta <= 0) {
      throw c.unsupported(keys[0]);
    }
    return switch (type) {
      case "default" -> new RotaryDesign(theta, neighbours, Optional.empty());
      case "llama3" ->
          new RotaryDesign(
              theta,
              neighbours,
              Optional.of(
                  new Scaling(
                      scaling.required("factor"),
                      scaling.required("low_freq_factor"),
                      scaling.required("high_freq_factor"),
                      scaling.required("original_max_position_embeddings"))));
      default -> throw c.unsupported(at);
    };
  }

  /** How far pair {@code i} of {@code width} dimensions turns per position. */
  public double turn(int i, int width) {
    double turn = Math.pow(base, -2.0 * i / width);
    return scaling.isPresent() ? scaling.get().scaled(turn) : turn;
  }

  /** The same with another base. */
  public RotaryDesign withBase(double other) {
    return new RotaryDesign(other, neighbours, scaling);
  }

  /** The same with pairs of the other kind. */
  public RotaryDesign withNeighbours(boolean other) {
    return new RotaryDesign(base, other, scaling);
  }

  /** The same without scaling. */
  public RotaryDesign unscaled() {
    return new RotaryDesign(base, neighbours, Optional.empty());
  }
}
