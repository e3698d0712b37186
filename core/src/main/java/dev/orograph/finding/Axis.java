package dev.orograph.finding;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * An axis of a chart.
 *
 * @param label what is shown along it
 * @param unit unit in words or symbols, "" for a pure number
 * @param log whether it is logarithmic
 * @param ordinal true where its places are called by whole numbers in order, such as layers, which
 *     may be sorted and of which some may go without a label; null for names, and for an axis that
 *     numbers lie on by their size
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Axis(String label, String unit, boolean log, Boolean ordinal) {
  /** An axis of names, or one that numbers lie on by their size. */
  public Axis(String label, String unit, boolean log) {
    this(label, unit, log, null);
  }

  /** A linear axis of a pure number. */
  public static Axis linear(String label) {
    return new Axis(label, "", false);
  }

  /** A logarithmic axis of a pure number. */
  public static Axis log(String label) {
    return new Axis(label, "", true);
  }

  /** An axis of numbered places, in heat maps and boxes. */
  public static Axis ordinal(String label) {
    return new Axis(label, "", false, true);
  }
}
