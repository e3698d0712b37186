package dev.orograph.model.design;

/**
 * A normalisation over the last axis, with a learned scale w.
 *
 * @param kind which
 * @param epsilon added to the variance, or to the mean square
 */
public record NormDesign(Kind kind, double epsilon) {
  /** What is normalised. */
  public enum Kind {
    /** (x - mean) / sqrt(variance + epsilon) w + b. */
    LAYER,
    /** x / sqrt(mean(x^2) + epsilon) w. */
    RMS
  }

  /** LayerNorm with scale and shift. */
  public static NormDesign layer(double epsilon) {
    return new NormDesign(Kind.LAYER, epsilon);
  }

  /** RMSNorm with a scale. */
  public static NormDesign rms(double epsilon) {
    return new NormDesign(Kind.RMS, epsilon);
  }

  /** The same with another epsilon. */
  public NormDesign withEpsilon(double other) {
    return new NormDesign(kind, other);
  }
}
