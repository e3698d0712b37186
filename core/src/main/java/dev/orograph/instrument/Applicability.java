package dev.orograph.instrument;

/**
 * Whether an instrument applies.
 *
 * @param yes whether it does
 * @param reason why not, in words; empty otherwise
 */
public record Applicability(boolean yes, String reason) {
  /** It applies. */
  public static Applicability applies() {
    return new Applicability(true, "");
  }

  /** It does not, and why. */
  public static Applicability not(String reason) {
    return new Applicability(false, reason);
  }
}
