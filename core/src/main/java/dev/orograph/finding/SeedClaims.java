package dev.orograph.finding;

import dev.orograph.finding.Table.Column;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/**
 * The claims of the seed notebooks that a run can speak to, each with a verdict by a rule that was
 * fixed before: <em>holds</em>, <em>does not hold</em>, or <em>cannot be told</em> where an
 * interval reaches over the edge of what is claimed. No verdict is given where there is no figure.
 */
public final class SeedClaims {
  private static final double CLEAR = FirstScreen.CLEAR;

  /** The verdict that a claim holds. */
  public static final String HOLDS = "holds";

  /** The verdict that it does not. */
  public static final String NOT = "does not hold";

  /** The verdict that the run does not decide it. */
  public static final String UNTOLD = "cannot be told";

  /** A range within which two figures count as equal, since any single value fails in the end. */
  private static final double MARGIN = 0.05;

  /** The claim about rho, whose verdict over several models is another. */
  public static final String H25 = "heads as dense as 0.2 or denser dampen the stream (H25)";

  /** Id of the section. */
  public static final String SECTION = "claims";

  /** Id of the table of verdicts. */
  public static final String TABLE = "claims.verdicts";

  /** What a model whose norms stand behind the sum is noted with: it has no residual gain. */
  private static final String NORMED = "gain.norm_after_sum";

  private SeedClaims() {}

  /**
   * A claim.
   *
   * @param words what is claimed
   * @param seed the seed's number, in words
   * @param ids which scalars speak to it
   * @param rule in words
   * @param verdict of a scalar, given how many of its kind there are; null for none
   */
  private record Claim(
      String words,
      String seed,
      Pattern ids,
      String rule,
      BiFunction<Scalar, List<Scalar>, String> verdict) {}

  /** A claim beside a figure. */
  private record Row(Claim claim, Scalar scalar, String verdict) {}

  private static Claim claim(
      String words,
      String seed,
      String ids,
      String rule,
      BiFunction<Scalar, List<Scalar>, String> verdict) {
    return new Claim(words, seed, Pattern.compile(ids), rule, verdict);
  }

  private static final List<Claim> ALL =
      List.of(
          claim(
              "volumes of 4-simplices have a CV in one band for all models",
              "0.20 to 0.23",
              "simplices\\..*\\.cv",
              "interval within the band: holds; beside it: does not",
              (s, all) -> within(s, 0.20, 0.23)),
          claim(
              "query weights are sparse",
              "93 to 100 % below 0.1",
              "sparsity\\.self_attn_q\\.below_0\\.1_std",
              "more below a tenth of their own deviation than a Gaussian's 7.97 %, by 4 deviations and"
                  + " a tenth; the reference notebooks' threshold is one of scale",
              (s, all) -> beyond(s, 1)),
          claim(
              "half of the eigenvalues of W_q W_k^T are positive",
              "0.500",
              "qk\\..*\\.seed_positive_share_(first|last)",
              "within 0.05 of one half; unrelated matrices have one half too",
              (s, all) -> within(s, 0.5 - MARGIN, 0.5 + MARGIN)),
          claim(
              "weights of neighbouring layers are at right angles",
              "0.000",
              "cross_layer\\..*\\.adjacent_mean",
              "interval within 0.05 of 0",
              (s, all) -> within(s, -MARGIN, MARGIN)),
          claim(
              "no head of the decoder is local",
              "0 of 64",
              "position_bias\\.decoder\\.local",
              "the share of heads that peak in the first three buckets is 0; chance has the null",
              (s, all) -> s.value() > 0 ? NOT : s.p() != null && s.p() < 0.05 ? HOLDS : UNTOLD),
          claim(
              "pairs of tokens gather at one cosine",
              "0.29154",
              "cosines\\..*\\.at_0_29154",
              "as many as beside it: within a tenth of 1, does not hold; 4 deviations and a tenth"
                  + " more, holds",
              (s, all) -> HOLDS.equals(beyond(s, 1)) ? HOLDS : opposite(within(s, 0.9, 1.1))),
          claim(
              "rows fill one share of the dimensions",
              "0.55",
              "eigenspectrum\\..*\\.participation_share",
              "interval within 0.05 of it: holds; beside that: does not",
              (s, all) -> within(s, 0.55 - MARGIN, 0.55 + MARGIN)),
          claim(
              "digits stand in order",
              "negative correlation of distance and cosine",
              "words\\..*\\.digits\\.correlation",
              "below 0 with p below .05",
              (s, all) -> s.p() == null ? null : s.value() < 0 && s.p() < 0.05 ? HOLDS : NOT),
          claim(
              "words of a category lie together",
              "higher cosine than random pairs",
              "words\\..*\\.cosine",
              "above words of like norm, p below .05 by Holm over the lists",
              SeedClaims::holm),
          claim(
              "MLP neurons are dead",
              "below 1 % of the mean importance",
              "neurons\\..*\\.dead",
              "more than shuffled matrices have, p below .05",
              (s, all) ->
                  s.p() == null || s.expected() == null
                      ? null
                      : s.value() > s.expected() && s.p() < 0.05 ? HOLDS : NOT),
          claim(
              "the core of the cloud is a void",
              "density of the core below the shell's",
              "density\\..*\\.core_shell\\.directions",
              "the core sparser than the same norms in random directions, by 4 deviations and a tenth",
              (s, all) -> beyond(s, -1)),
          claim(
              "the norm tells the density",
              "strong rank correlation",
              "density\\..*\\.radial\\.directions",
              "farther from 0 than the same norms in random directions give, by 4 deviations and a"
                  + " tenth on Fisher's scale",
              (s, all) -> s.expected() == null ? null : beyond(s, s.expected() < 0 ? -1 : 1)),
          claim(
              H25,
              "damping from 0.2 on, expansion below",
              "gain\\.(last_block|rho)",
              "interval of the last block's gain on the predicted side of 1; a norm behind the sum"
                  + " leaves no residual gain",
              SeedClaims::dampens),
          claim(
              "tokens of a larger and a smaller model have the same relations",
              "0.920",
              "project\\.relational",
              "interval above 0.87, their number less 0.05",
              (s, all) -> within(s, 0.92 - MARGIN, 1)),
          claim(
              "projection brings the relations nearer than the models have them",
              "more than 0.920",
              "project\\.relational_gain",
              "interval of the gain above 0; a rotation by itself changes none",
              (s, all) -> s.interval() == null ? null : above(s)),
          claim(
              "volumes of five projected tokens have a CV in the band of all models",
              "0.20 to 0.23",
              "project\\.simplices\\.(native|projected)_cv",
              "within the band",
              (s, all) -> within(s, 0.20, 0.23)),
          claim(
              "alpha finds one number by itself",
              "0.29154",
              "modulate\\.alpha(_from_.*)?",
              "interval within 0.05 of it, from every start",
              (s, all) -> within(s, 0.29154 - MARGIN, 0.29154 + MARGIN)),
          claim(
              "geometry from WordNet helps",
              "Pearson 152 % up",
              "modulate\\.geometry\\.(random|shuffled)",
              "interval of the held-out loss that it saves against random and shuffled geometry above"
                  + " 0",
              (s, all) -> s.interval() == null ? UNTOLD : above(s)),
          claim(
              "the modulated encoder says what the plain one says",
              "cosine above 0.99",
              "modulate\\.preservation",
              "mean cosine of a gloss's states above 0.99",
              (s, all) -> within(s, 0.99, 1)),
          claim(
              "modulated states keep the CV of all models",
              "0.20 to 0.23",
              "modulate\\.cv",
              "within the band",
              (s, all) -> within(s, 0.20, 0.23)),
          claim(
              "the norm takes the signal away: infinitely more before it",
              "infinite",
              "waterfill\\.left_after_norm",
              "the relative spread of lengths behind the final norm is below a millionth of that"
                  + " before",
              (s, all) -> s.value() <= 1e-6 ? HOLDS : NOT),
          claim(
              "one point in six is an outlier",
              "16.2 %",
              "waterfill\\.outliers",
              "within .01 of it",
              (s, all) -> within(s, 0.152, 0.172)),
          claim(
              "a quarter, a half and a quarter of the points are inner, middle and outer",
              "25 / 50 / 25 %",
              "waterfill\\.(inner|middle|outer)",
              "each within .05 of its share",
              (s, all) -> {
                double share = s.id().endsWith("middle") ? 0.5 : 0.25;
                return within(s, share - MARGIN, share + MARGIN);
              }),
          claim(
              "lateral moves save promotions",
              "70 % fewer",
              "waterfill\\.fewer_promotions",
              "within .05 of it, against the same rules without lateral moves",
              (s, all) -> within(s, 0.7 - MARGIN, 0.7 + MARGIN)),
          claim(
              "the flow settles soon",
              "12 iterations",
              "waterfill\\.iterations",
              "no point is eligible after 12 iterations or fewer",
              (s, all) -> s.value() <= 12 ? HOLDS : NOT),
          claim(
              "without the signal the flow does not settle",
              "no convergence",
              "waterfill\\.baseline\\.settled",
              "it goes on to the cap on unit vectors",
              (s, all) -> s.value() == 0 ? HOLDS : NOT),
          claim(
              "unsigned central differences give the normal",
              "n_i = |b| - |a|",
              "normal\\.(unsigned|seed)\\.cosine",
              "interval of the cosine with the gradient above 0.95",
              (s, all) -> within(s, 1 - MARGIN, 1)),
          claim(
              "large components indicate strong curvature",
              "top components called strongest curvature",
              "normal\\.curvature\\.components",
              "rank correlation with the bend towards the axis: interval above 0.1, a tenth, and 4"
                  + " deviations from chance",
              (s, all) -> ranked(s)));

  /** Analyses that are asked for by themselves and have claims of their own. */
  public static final Set<String> ALONE = Set.of("project", "modulate", "waterfill", "normal");

  /** Whether a rank correlation is above chance and not only slightly. */
  private static String ranked(Scalar s) {
    String large = within(s, FirstScreen.SMALLEST, 1);
    return !large.equals(HOLDS) ? large : s.z() != null && s.z() >= CLEAR ? HOLDS : UNTOLD;
  }

  /** A section with a row for each claim and figure; none where no claim can be spoken to. */
  public static Optional<Section> of(List<Section> sections) {
    List<Scalar> scalars = new ArrayList<>();
    for (Section s : sections) {
      for (Finding f : s.findings()) {
        if (f instanceof Scalar scalar) {
          scalars.add(scalar);
        }
      }
    }
    boolean normed =
        sections.stream().flatMap(s -> s.findings().stream()).anyMatch(f -> f.id().equals(NORMED));
    List<Row> rows = new ArrayList<>();
    for (Claim c : ALL) {
      if (c.words().equals(H25) && normed) {
        continue;
      }
      List<Scalar> own = scalars.stream().filter(s -> c.ids().matcher(s.id()).matches()).toList();
      for (Scalar s : own) {
        String verdict = c.verdict().apply(s, own);
        if (verdict != null) {
          rows.add(new Row(c, s, verdict));
        }
      }
    }
    return rows.isEmpty() ? Optional.empty() : Optional.of(section(rows));
  }

  private static Section section(List<Row> rows) {
    List<Column<Row>> columns =
        List.of(
            new Column<>("claim", "what the reference notebooks claim", r -> r.claim().words()),
            new Column<>("seed", "their number", r -> r.claim().seed()),
            new Column<>("figure", "which figure of this run speaks to it", r -> r.scalar().id()),
            new Column<>("measured", "its value", r -> (Object) r.scalar().value()),
            new Column<>("low", "lower end of its 95 % interval", r -> end(r, 0)),
            new Column<>("high", "upper end", r -> end(r, 1)),
            new Column<>("chance", "what its null model gives", r -> r.scalar().expected()),
            new Column<>("z", "deviations from the null", r -> r.scalar().z()),
            new Column<>("p", "two-sided", r -> r.scalar().p()),
            new Column<>("rule", "when the claim holds", r -> r.claim().rule()),
            new Column<>("verdict", "holds, does not hold, or cannot be told", Row::verdict));
    return new Section(
        SECTION,
        "Claims of the reference notebooks",
        "Of "
            + rows.size()
            + " claims that this run can speak to "
            + count(rows, HOLDS)
            + " hold, "
            + count(rows, NOT)
            + " do not hold, and "
            + count(rows, UNTOLD)
            + " cannot be told.",
        "Each claim is set against one figure of this run, its interval and its null, by a rule that"
            + " does not depend on the model.",
        "the reference notebooks 000 to 004",
        "One model neither proves nor refutes a claim about all models; a claim that holds by a rule"
            + " that chance fulfils too says nothing of the model.",
        List.of(Table.of(TABLE, "Verdicts", columns, rows)));
  }

  private static Object end(Row r, int which) {
    return r.scalar().interval() == null ? null : (Object) r.scalar().interval().get(which);
  }

  private static long count(List<Row> rows, String verdict) {
    return rows.stream().filter(r -> r.verdict().equals(verdict)).count();
  }

  /** Whether the interval, or without one the value, lies inside. */
  private static String within(Scalar s, double low, double high) {
    List<Double> i = s.interval() == null ? List.of(s.value(), s.value()) : s.interval();
    if (i.get(0) >= low && i.get(1) <= high) {
      return HOLDS;
    }
    return i.get(1) < low || i.get(0) > high ? NOT : UNTOLD;
  }

  /** Whether the interval lies above 0. */
  private static String above(Scalar s) {
    return s.interval().get(0) > 0 ? HOLDS : s.interval().get(1) <= 0 ? NOT : UNTOLD;
  }

  /** Whether the value lies clearly and not only slightly beyond its null on that side. */
  private static String beyond(Scalar s, int side) {
    if (s.z() == null || s.expected() == null) {
      return null;
    }
    boolean large = Math.abs(FirstScreen.effect(s)) >= FirstScreen.SMALLEST;
    if (side * s.z() >= CLEAR && large) {
      return HOLDS;
    }
    // Clearly on the other side, or so close to the null that the difference would not matter.
    return side * s.z() <= -CLEAR || !large ? NOT : UNTOLD;
  }

  /** Whether the gain lies on that side of 1 which rho predicts. */
  private static String dampens(Scalar s, List<Scalar> all) {
    Scalar rho = all.stream().filter(o -> o.id().endsWith(".rho")).findFirst().orElse(null);
    if (s.equals(rho) || rho == null) {
      return null;
    }
    boolean less = rho.value() >= 0.2;
    return within(s, less ? 0 : 1, less ? 1 : Double.POSITIVE_INFINITY);
  }

  private static String opposite(String verdict) {
    return verdict.equals(HOLDS) ? NOT : UNTOLD;
  }

  /** Holm 1979: the k-th smallest of m values against .05 / (m + 1 - k), until one fails. */
  private static String holm(Scalar s, List<Scalar> all) {
    List<Scalar> tested =
        all.stream()
            .filter(o -> o.p() != null)
            .sorted(Comparator.comparingDouble(Scalar::p).thenComparing(Scalar::id))
            .toList();
    for (int k = 0; k < tested.size(); k++) {
      if (tested.get(k).p() >= 0.05 / (tested.size() - k)) {
        return s.p() == null ? null : NOT;
      }
      if (tested.get(k).equals(s)) {
        return s.expected() != null && s.value() > s.expected() ? HOLDS : NOT;
      }
    }
    return null;
  }
}
