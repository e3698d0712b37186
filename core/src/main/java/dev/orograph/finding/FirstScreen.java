package dev.orograph.finding;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which findings a reader should see first, if any. z grows with the size of a model, so that it
 * tells whether there is a difference but not whether it matters: a finding is shown where
 *
 * <ol>
 *   <li>it claims something and lies at least {@value #CLEAR} deviations from its null,
 *   <li>its interval, where it has one, leaves the null out,
 *   <li>its effect is at least {@value #SMALLEST}: a tenth of the null, or where the figure is
 *       bounded by -1 and 1 a tenth on Fisher's scale, atanh.
 * </ol>
 *
 * <p>The largest effects come first, one of each kind of fact, {@value #MOST} at most. Where
 * nothing qualifies there is nothing to show.
 */
public final class FirstScreen {
  /** Of a few hundred figures one or two lie three deviations out by chance alone. */
  public static final double CLEAR = 4;

  /** Smallest effect of interest. */
  public static final double SMALLEST = 0.1;

  private static final int MOST = 5;

  /** What to say where something was tested and nothing qualifies. */
  public static final String NOTHING =
      "Nothing stands out: no claim lies four deviations and a tenth from what chance gives.";

  /** Claims whose figure lies between -1 and 1: correlations, cosines, scores. */
  private static final List<String> BOUNDED =
      List.of(
          "digits in order",
          "words of a kind together",
          "mean cosine of embedding and head",
          "head like the embedding",
          "a common direction",
          "cross_layer.",
          "position_bias.",
          "qk.score",
          "radial trend",
          "project.",
          "shared_start.");

  /** Claims of comparisons, which have looked at the size of their differences themselves. */
  private static final String COMPARED = "compare.";

  private FirstScreen() {}

  /** Ids of the findings to show, the largest effect first. */
  public static List<String> of(List<Section> sections) {
    List<Scalar> eligible = new ArrayList<>();
    for (Section section : sections) {
      for (Finding f : section.findings()) {
        if (f instanceof Scalar s && eligible(s)) {
          eligible.add(s);
        }
      }
    }
    eligible.sort(
        Comparator.comparingDouble((Scalar s) -> -Math.abs(effect(s))).thenComparing(Scalar::id));
    List<String> shown = new ArrayList<>();
    Set<String> kinds = new HashSet<>();
    for (Scalar s : eligible) {
      if (shown.size() < MOST && kinds.add(kind(s.claim()))) {
        shown.add(s.id());
      }
    }
    return List.copyOf(shown);
  }

  /** Whether any finding claims something that is set against a null. */
  public static boolean tested(List<Section> sections) {
    return sections.stream()
        .flatMap(s -> s.findings().stream())
        .anyMatch(f -> f instanceof Scalar s && s.claim() != null && s.z() != null);
  }

  private static boolean eligible(Scalar s) {
    if (s.claim() == null || s.z() == null || s.expected() == null) {
      return false;
    }
    List<Double> i = s.interval();
    boolean out = i == null || s.expected() < i.get(0) || s.expected() > i.get(1);
    return Math.abs(s.z()) >= CLEAR
        && out
        && (s.claim().startsWith(COMPARED) || Math.abs(effect(s)) >= SMALLEST);
  }

  /**
   * How large a difference from the null is: ln of the ratio, which is about the relative
   * difference where that is small; the difference of atanh where the figure is bounded; the
   * difference itself where the null is 0 or the signs differ.
   */
  static double effect(Scalar s) {
    double value = s.value();
    double chance = s.expected();
    String claim = s.claim() == null ? "" : s.claim();
    if (claim.startsWith(COMPARED)) {
      // Figures of all scales stand side by side: by how clear a difference is.
      return s.z();
    }
    if (claim.endsWith("log10_spectral_norm")) {
      return Math.log(10) * (value - chance);
    }
    if (claim.equals("qk.positive_energy")) {
      return fisher(2 * value - 1) - fisher(2 * chance - 1);
    }
    if (BOUNDED.stream().anyMatch(claim::startsWith)) {
      return fisher(value) - fisher(chance);
    }
    return value * chance > 0 ? Math.log(value / chance) : value - chance;
  }

  private static double fisher(double v) {
    double r = Math.max(-0.999, Math.min(0.999, v));
    return Math.log((1 + r) / (1 - r)) / 2;
  }

  /** What a claim is about: of several that say the same in other words one is enough. */
  private static String kind(String claim) {
    if (claim.contains("10_occurrence") || claim.contains("hub")) {
      return "hubs";
    }
    int dot = claim.indexOf('.');
    if (dot > 0 && !claim.startsWith(COMPARED)) {
      return claim.substring(0, dot);
    }
    int against = claim.indexOf(" against ");
    return against > 0 ? claim.substring(0, against) : claim;
  }
}
