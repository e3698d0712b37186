package dev.orograph.instrument.weights;

import dev.orograph.finding.Spelling;
import dev.orograph.stats.Estimate;

/** What sentences say of a figure and its null. */
final class Words {
  /** Of a few hundred figures one or two lie three deviations out by chance alone. */
  static final double CLEAR = 4;

  private Words() {}

  /**
   * What chance gives, and what the difference means where there clearly is one; ends the sentence.
   *
   * @param chance words that lead to the null's mean
   */
  static String against(Estimate e, String chance, String below, String above) {
    if (e.expected() == null) {
      return ".";
    }
    String text = "; " + chance + Spelling.spread(e.expected(), e.deviation());
    if (e.z() != null && Math.abs(e.z()) >= CLEAR) {
      text += ": " + (e.z() < 0 ? below : above);
    }
    return text + ".";
  }
}
