package dev.orograph.survey;

import java.util.Locale;

/** Sizes as people write them: 45.9 M parameters, 4 GiB. */
public final class Sizes {
  private Sizes() {}

  /** A number of parameters; what would round to 1000 of a unit is 1 of the next. */
  public static String parameters(long count) {
    if (count >= 999_950_000L) {
      return String.format(Locale.ROOT, "%.1f B", count / 1e9);
    }
    if (count >= 999_500L) {
      return String.format(Locale.ROOT, "%.1f M", count / 1e6);
    }
    return count >= 10_000L
        ? String.format(Locale.ROOT, "%.0f k", count / 1e3)
        : Long.toString(count);
  }

  /** A number of bytes. */
  public static String bytes(long count) {
    String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double v = count;
    int u = 0;
    while (v >= (u == 0 ? 1024 : 1023.95) && u < units.length - 1) {
      v /= 1024;
      u++;
    }
    return u == 0 ? count + " bytes" : String.format(Locale.ROOT, "%.1f %s", v, units[u]);
  }

  /**
   * Bytes from a text such as {@code 4g}, {@code 512m}, {@code 2GiB} or a plain number.
   *
   * @throws IllegalArgumentException for anything else, or nothing positive
   */
  public static long parse(String text) {
    var m =
        java.util.regex.Pattern.compile("(\\d{1,12})\\s*([kmgt]?)(?:i?b)?")
            .matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!m.matches() || Long.parseLong(m.group(1)) == 0) {
      throw new IllegalArgumentException("'" + text + "' is no size: write 4g or 512m");
    }
    int shift = m.group(2).isEmpty() ? 0 : 10 * (1 + "kmgt".indexOf(m.group(2)));
    long count = Long.parseLong(m.group(1));
    if (count > Long.MAX_VALUE >> shift) {
      throw new IllegalArgumentException("'" + text + "' is more than any machine has");
    }
    return count << shift;
  }
}
