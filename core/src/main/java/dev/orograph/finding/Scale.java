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
  ERRORS
}
