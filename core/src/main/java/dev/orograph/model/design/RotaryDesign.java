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
 * @param scaling how turns are stretched, if they are
 */
public record RotaryDesign(double base, boolean neighbours, Optional<RotaryScaling> scaling) {
  /**
   * From {@code rope_theta} and {@code rope_scaling}, or {@code rope_parameters} in the newer
   * spelling.
   *
   * @param width rotated dimensions of a head
   * @param base where the configuration has none under these keys
   * @throws dev.orograph.input.InputException for a kind of scaling that is not known
   */
  public static RotaryDesign of(
      Config c, boolean neighbours, int width, double base, String... keys) {
    Config newer = c.object("rope_parameters");
    newer.only("full_attention"); // other angles for other layers
    newer.only("sliding_attention");
    String at = c.has("rope_scaling") ? "rope_scaling" : "rope_parameters";
    if (c.has("rope_scaling") && newer.has("rope_type")) {
      Config older = c.object("rope_scaling");
      boolean same =
          newer.text("", "rope_type").equals(older.text(older.text("default", "type"), "rope_type"))
              && newer.number(0, "factor") == older.number(0, "factor");
      if (!same) {
        throw c.unsupported("rope_parameters"); // two scalings that contradict each other
      }
    }
    double theta = newer.finite(c.finite(base, keys), "rope_theta");
    if (theta <= 0) {
      throw c.unsupported(keys[0]);
    }
    return new RotaryDesign(theta, neighbours, Optional.ofNullable(RotaryScaling.of(c, at, width)));
  }

  /** How far pair {@code i} of {@code width} dimensions turns per position. */
  public double turn(int i, int width, long length) {
    return scaling.isPresent()
        ? scaling.get().turn(base, i, width, length)
        : Math.pow(base, -2.0 * i / width);
  }

  /** What queries and keys are multiplied with, each. */
  public double magnitude() {
    return scaling.map(RotaryScaling::magnitude).orElse(1.0);
  }

  /** Whether turns depend on how long a sequence is. */
  public boolean byLength() {
    return scaling.map(RotaryScaling::byLength).orElse(false);
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
