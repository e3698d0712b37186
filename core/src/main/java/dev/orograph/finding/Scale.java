package dev.orograph.finding;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * On which scale a figure is compared with its null: what a tenth of difference means. A figure
 * without one is compared by its ratio to the null, on the scale of ln.
 */
public enum Scale {
  /** Between -1 and 1 (correlations, cosines, scores): Fisher's atanh. */
  @JsonProperty("bounded")
  BOUNDED,

  /** Between 0 and 1: Fisher's scale of 2 v - 1. */
  @JsonProperty("share")
  SHARE,

  /** A decimal logarithm: ln 10 times the difference. */
  @JsonProperty("log10")
  LOG10,

  /** In units of its own, such as a mean: the difference. */
  @JsonProperty("difference")
  DIFFERENCE,

  /** A difference already judged for its size, among such of all scales: its standard errors. */
  @JsonProperty("errors")
  ERRORS;

  private static final double MOST = 0.999;

  /**
   * Where a value lies on a scale, so that differences there are what is compared.
   *
   * @param scale null for the scale of ln, on which a value that is not positive has no place (NaN)
   */
  public static double on(Scale scale, double v) {
    if (scale == null) {
      return v > 0 ? Math.log(v) : Double.NaN;
    }
    return switch (scale) {
      case BOUNDED -> fisher(v);
      case SHARE -> fisher(2 * v - 1);
      case LOG10 -> Math.log(10) * v;
      case DIFFERENCE, ERRORS -> v;
    };
  }

  /** The value that lies there on a scale, as far as {@link #on} keeps it. */
  public static double from(Scale scale, double at) {
    if (scale == null) {
      return Math.exp(at);
    }
    return switch (scale) {
      case BOUNDED -> Math.tanh(at);
      case SHARE -> (1 + Math.tanh(at)) / 2;
      case LOG10 -> at / Math.log(10);
      case DIFFERENCE, ERRORS -> at;
    };
  }

  private static double fisher(double v) {
    double r = Math.max(-MOST, Math.min(MOST, v));
    return Math.log((1 + r) / (1 - r)) / 2;
  }
}
