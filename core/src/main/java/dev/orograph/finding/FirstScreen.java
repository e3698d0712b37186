package dev.orograph.finding;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which findings a reader should see first, if any. z grows with the size of a model, so that it
 * tells whether there is a difference but not whether it matters: a finding is shown where
 *
 * <ol>
 *   <li>it claims something and lies at least {@value #CLEAR} deviations from its null,
 *   <li>its interval, where it has one, leaves the null out,
 *   <li>its effect is at least {@value #SMALLEST} on the figure's {@link Scale}: a tenth of the
 *       null, or where the figure is bounded by -1 and 1 a tenth on Fisher's scale, atanh,
 *   <li>its effect is at least {@value #UNTRAINED} times what the same shape has untrained, which
 *       is what its null's own deviation amounts to on that scale: random entries of one shape
 *       differ by as much. (Where training starts elsewhere than at the null, as with entries
 *       spread evenly, the analysis claims nothing between the two.)
 * </ol>
 *
 * <p>What is least usual among {@link ReferenceModels} comes first, then the largest effects, one
 * of each kind of fact, {@value #MOST} at most. Where nothing qualifies there is nothing to show.
 */
public final class FirstScreen {
  /** Of a few hundred figures one or two lie three deviations out by chance alone. */
  public static final double CLEAR = 4;

  /** Smallest effect of interest. */
  public static final double SMALLEST = 0.1;

  private static final double UNTRAINED = 3;

  private static final int MOST = 5;

  /** What to say where something was tested and nothing qualifies. */
  public static final String NOTHING =
      "Nothing stands out: no claim lies four deviations and a tenth from what chance gives.";

  private FirstScreen() {}

  /** Ids of the findings to show, the largest effect first. */
  public static List<String> of(List<Section> sections) {
    return of(sections, ReferenceModels.NONE, "");
  }

  /** Ids of the findings to show, the least usual among those models first. */
  static List<String> of(List<Section> sections, ReferenceModels models, String fingerprint) {
    List<Scalar> eligible = new ArrayList<>();
    for (Section section : sections) {
      for (Finding f : section.findings()) {
        if (f instanceof Scalar s && eligible(s)) {
          eligible.add(s);
        }
      }
    }
    Map<String, Double> ranks = models.ranks(sections, fingerprint, eligible);
    eligible.sort(
        Comparator.comparing((Scalar s) -> ranks.get(s.id()))
            .thenComparingDouble(s -> -Math.abs(effect(s)))
            .thenComparing(Scalar::id));
    List<String> shown = new ArrayList<>();
    Set<String> kinds = new HashSet<>();
    for (Scalar s : eligible) {
      if (shown.size() < MOST && kinds.add(kind(s))) {
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

  /** Whether it claims something and is set against a null. */
  static boolean measured(Scalar s) {
    return s.claim() != null && s.z() != null && s.expected() != null;
  }

  private static boolean eligible(Scalar s) {
    if (!measured(s)) {
      return false;
    }
    List<Double> i = s.interval();
    boolean out = i == null || s.expected() < i.get(0) || s.expected() > i.get(1);
    return Math.abs(s.z()) >= CLEAR
        && out
        && Math.abs(effect(s)) >= Math.max(SMALLEST, UNTRAINED * untrained(s));
  }

  /** The effect of a model of chance that lies one deviation from the null. */
  private static double untrained(Scalar s) {
    if (s.deviation() == null || s.scale() == Scale.ERRORS) {
      return 0;
    }
    double side = Math.signum(s.value() - s.expected());
    double off = effect(s, s.expected() + side * s.deviation());
    return Double.isFinite(off) ? Math.abs(off) : 0;
  }

  /**
   * How large a difference from the null is, on the figure's scale: by default ln of the ratio,
   * which is about the relative difference where that is small, and the difference itself where the
   * null is 0 or the signs differ.
   */
  static double effect(Scalar s) {
    return effect(s, s.value());
  }

  private static double effect(Scalar s, double value) {
    double chance = s.expected();
    if (s.scale() == null) {
      return value * chance > 0 ? Math.log(value / chance) : value - chance;
    }
    return s.scale() == Scale.ERRORS
        ? s.z()
        : Scale.on(s.scale(), value) - Scale.on(s.scale(), chance);
  }

  /** What a claim is about: of several that say the same in other words one is enough. */
  private static String kind(Scalar s) {
    String claim = s.claim();
    if (claim.contains("10_occurrence") || claim.contains("hub")) {
      return "hubs";
    }
    int dot = claim.indexOf('.');
    if (dot > 0 && s.scale() != Scale.ERRORS) {
      return claim.substring(0, dot);
    }
    int against = claim.indexOf(" against ");
    return against > 0 ? claim.substring(0, against) : claim;
  }
}
