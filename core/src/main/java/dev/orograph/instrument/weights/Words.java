package dev.orograph.instrument.weights;

import java.util.Locale;

/** Numbers and names as sentences need them. */
final class Words {
  private Words() {}

  /** Four significant digits, or fewer where they are zeros. */
  static String number(double v) {
    if (v == 0) {
      return "0";
    }
    double a = Math.abs(v);
    if (a >= 1e6 || a < 1e-4) {
      return String.format(Locale.ROOT, "%.3e", v);
    }
    int decimals = Math.max(0, 3 - (int) Math.floor(Math.log10(a)));
    String text = String.format(Locale.ROOT, "%,." + decimals + "f", v);
    return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
  }

  /** A share as a percentage. */
  static String percent(double share) {
    return number(100 * share) + " %";
  }

  /** A group's name as part of a dotted id. */
  static String id(String group) {
    return group.replaceAll("[^A-Za-z0-9_.*-]", "_");
  }
}
