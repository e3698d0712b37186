package dev.orograph.finding;

import java.util.Locale;
import java.util.regex.Pattern;

/** Numbers as sentences need them, and names as ids need them. */
public final class Spelling {
  private static final Pattern UNFIT = Pattern.compile("[^A-Za-z0-9_.*-]");

  private Spelling() {}

  /** Four significant digits, or fewer where they are zeros; a word for what is no number. */
  public static String number(double v) {
    if (Double.isNaN(v)) {
      return "undefined";
    }
    if (Double.isInfinite(v)) {
      return v > 0 ? "infinite" : "minus infinite";
    }
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

  /**
   * A mean and the deviation around it: the deviation to two digits and the mean to its last one,
   * at most six digits, so that a mean of nothing reads 0.000 and not as digits of noise.
   *
   * @param deviation null where none is known
   */
  public static String spread(double mean, Double deviation) {
    if (deviation == null || !Double.isFinite(mean)) {
      return number(mean);
    }
    if (!(deviation >= 1e-5 && deviation < 1e5) || !(Math.abs(mean) < 1e5)) {
      return number(mean) + " ± " + number(deviation);
    }
    int decimals = Math.max(0, 1 - magnitude(deviation));
    int most = Math.max(0, 5 - magnitude(Math.max(Math.abs(mean), 1)));
    String text = String.format(Locale.ROOT, "%,." + Math.min(decimals, most) + "f", mean);
    return (text.matches("-[0.]+") ? text.substring(1) : text)
        + " ± "
        + String.format(Locale.ROOT, "%,." + decimals + "f", deviation);
  }

  private static int magnitude(double v) {
    return (int) Math.floor(Math.log10(v));
  }

  /** A share as a percentage. */
  public static String percent(double share) {
    return number(100 * share) + (Double.isFinite(share) ? " %" : "");
  }

  /**
   * A group's name as part of a dotted id. Different names give different ids, and none gives
   * {@code model}, which stands for the whole.
   */
  public static String id(String group) {
    if (group.equals("model")) {
      return "~model";
    }
    return UNFIT
        .matcher(group)
        .replaceAll(m -> String.format(Locale.ROOT, "~%x~", m.group().codePointAt(0)));
  }
}
