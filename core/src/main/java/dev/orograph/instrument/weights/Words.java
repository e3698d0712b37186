package dev.orograph.instrument.weights;

import dev.orograph.stats.Estimate;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.regex.Pattern;

/** Numbers and names as sentences need them. */
final class Words {
  /** Of a few hundred figures one or two lie three deviations out by chance alone. */
  private static final double CLEAR = 4;

  private static final Pattern UNFIT = Pattern.compile("[^A-Za-z0-9_.*-]");

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

  /**
   * What chance gives, and what the difference means where there clearly is one; ends the sentence.
   *
   * @param chance words that lead to the null's mean
   */
  static String against(Estimate e, String chance, String below, String above) {
    if (e.expected() == null) {
      return ".";
    }
    String text = "; " + chance + number(e.expected());
    if (e.deviation() != null) {
      text += " ± " + twoDigits(e.deviation());
    }
    if (e.z() != null && Math.abs(e.z()) >= CLEAR) {
      text += ": " + (e.z() < 0 ? below : above);
    }
    return text + ".";
  }

  private static String twoDigits(double v) {
    return v == 0 ? "0" : new BigDecimal(v).round(new MathContext(2)).toPlainString();
  }

  /**
   * A group's name as part of a dotted id. Different names give different ids, and none gives
   * {@code model}, which stands for the whole.
   */
  static String id(String group) {
    if (group.equals("model")) {
      return "~model";
    }
    return UNFIT
        .matcher(group)
        .replaceAll(m -> String.format(Locale.ROOT, "~%x~", m.group().codePointAt(0)));
  }
}
