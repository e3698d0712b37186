package dev.orograph.survey;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Why a number of a survey may be another one on another processor, and by how much. The list that
 * a number stands in (a column of a table, a line of a chart, the figures of a scalar) has a scale,
 * its largest magnitude; what is allowed is relative to that.
 */
enum Cause {
  /** Texts, ids, counts, order: what follows from the input alone. */
  EXACT("exact", 0),
  /** Sums in float64, in the order of the kernel. */
  FLOAT64("sums in float64", 1e-9),
  /** What the seed's programs compute in float32. */
  FLOAT32("products in float32", 1e-6),
  /** Differences of cosines in float32, in parts of 1. */
  COSINE("differences of cosines in float32", 1e-6),
  /** A forward pass in float32: its products, softmax and norms are the instruction set's. */
  FORWARD("a forward pass in float32", 1e-4),
  /**
   * From the smallest singular value of a Gram matrix, which is known to eps s1^2 / s_min: a
   * condition number c to eps c^2, relative.
   */
  SMALLEST("smallest singular values", 1e-9),
  /** Which of millions of pairs fall on which side of an edge. */
  EDGE("pairs beside an edge", 1e-5),
  /** The same where few pairs are counted: a window around one value. */
  WINDOW("pairs beside the edges of a window", 1e-3),
  /** Where a search for a maximum stops: the square root of what it is known to. */
  SEARCH("where a search stops", 1e-4),
  /** What is left of two equal numbers, in parts of 1. */
  RESIDUE("rounding itself", 1e-9),
  /** A number in a sentence, rounded to the digits that are shown. */
  PRINTED("the last printed digit", 0);

  /** First match counts; "finding key", where the key of a table's cell is its column. */
  private static final Map<Pattern, Cause> TABLE = new LinkedHashMap<>();

  static {
    rule("(gain|states)\\..*", FORWARD);
    rule("spectra\\..*condition.*", SMALLEST);
    rule("spectra\\.matrix cutoff_.*", SEARCH);
    rule("cosines\\..*constants nearest", COSINE);
    rule("cosines\\..*constants (excess|error)", WINDOW);
    rule("cosines\\..*at_0_29154 .*", WINDOW);
    rule("cosines\\..*(histogram series\\.shares|constants share)", EDGE);
    rule("cosines\\..*(mean seed|histogram (edges|marks).*|seed section.*)", FLOAT32);
    rule("words\\..*(seed_lift|categories groups\\.expected)", FLOAT32);
    rule("qk\\..*seed_participation_ratio", FLOAT32);
    rule("density\\..*identities difference", RESIDUE);
  }

  private final String what;
  private final double tolerance;

  Cause(String what, double tolerance) {
    this.what = what;
    this.tolerance = tolerance;
  }

  private static void rule(String pattern, Cause cause) {
    TABLE.put(Pattern.compile(pattern), cause);
  }

  /** The cause of a number with a fraction. */
  static Cause of(String finding, String key) {
    String name = finding + " " + key;
    return TABLE.entrySet().stream()
        .filter(e -> e.getKey().matcher(name).matches())
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(FLOAT64);
  }

  /** How far off a number may be in a list of that scale. */
  double allowed(double scale) {
    return switch (this) {
      case SMALLEST -> (tolerance + 16 * Math.ulp(1.0) * scale * scale) * scale;
      case COSINE, RESIDUE -> tolerance;
      default -> tolerance * scale;
    };
  }

  @Override
  public String toString() {
    return what;
  }
}
