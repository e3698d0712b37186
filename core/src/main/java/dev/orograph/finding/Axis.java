package dev.orograph.finding;

/**
 * An axis of a chart.
 *
 * @param label what is shown along it
 * @param unit unit in words or symbols, "" for a pure number
 * @param log whether it is logarithmic
 */
public record Axis(String label, String unit, boolean log) {
  /** A linear axis of a pure number. */
  public static Axis linear(String label) {
    return new Axis(label, "", false);
  }

  /** A logarithmic axis of a pure number. */
  public static Axis log(String label) {
    return new Axis(label, "", true);
  }
}
