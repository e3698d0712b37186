package dev.orograph.stats;

import java.util.ArrayList;
import java.util.List;

/**
 * The mean of m values, each against draws of its own under the null model: layers, each against
 * shuffled copies of itself. How the values differ among themselves does not enter.
 *
 * <p>With s_i^2 the variance of the i-th value's k_i draws, the deviation of the mean under the
 * null is sqrt(sum s_i^2) / m, and its expectation, the mean of the draws' means, is known to sqrt
 * (sum s_i^2 / k_i) / m, or exactly. t = (mean - expectation) / sqrt(sum s_i^2 (1 + 1/k_i)) m has
 * the degrees of freedom of Welch and Satterthwaite where each value has five draws or more, else
 * those of the pooled variance. A value without draws borrows its expectation from the others'
 * draws, in whose sum these then weigh more.
 */
public final class PairedMean {
  /** Draws of a value from which its own variance is taken. */
  private static final int OWN = 5;

  private final List<Member> members = new ArrayList<>();

  private record Member(double value, List<Double> draws, double expected, boolean exact) {
    int degrees() {
      return draws.size() - (exact ? 0 : 1);
    }

    double squares() {
      return draws.stream().mapToDouble(d -> (d - expected) * (d - expected)).sum();
    }
  }

  /** Adds a value with its draws, at least one. */
  public PairedMean add(double value, List<Double> draws) {
    members.add(new Member(value, draws, Samples.mean(draws), false));
    return this;
  }

  /** Adds a value with its draws, at least one, whose expectation is known. */
  public PairedMean add(double value, List<Double> draws, double expected) {
    members.add(new Member(value, draws, expected, true));
    return this;
  }

  /** Adds a value without draws of its own, which the draws of the others let expect. */
  public PairedMean borrow(double value, double expected) {
    members.add(new Member(value, List.of(), expected, false));
    return this;
  }

  /**
   * Which of the values, in the order in which they were added, lies farthest from its expectation
   * on that side where the mean lies; -1 without values.
   */
  public int farthest() {
    double side = members.stream().mapToDouble(m -> m.value() - m.expected()).sum();
    int far = -1;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < members.size(); i++) {
      double off = (members.get(i).value() - members.get(i).expected()) * Math.signum(side);
      if (off > most) {
        most = off;
        far = i;
      }
    }
    return far;
  }

  /** Value and expectation of a member. */
  public double[] pair(int member) {
    return new double[] {members.get(member).value(), members.get(member).expected()};
  }

  /**
   * The mean with the 95 % interval of Student's t over what each value has beyond its expectation:
   * how values differ for reasons that their draws share says nothing about the difference from
   * chance.
   */
  private Estimate within(Estimate e) {
    List<Double> beyond = members.stream().map(m -> m.value() - m.expected()).toList();
    List<Double> i = Samples.meanOf(beyond).interval();
    double mean = Samples.mean(beyond);
    return i == null
        ? Estimate.of(e.value())
        : Estimate.of(e.value()).within(e.value() + i.get(0) - mean, e.value() + i.get(1) - mean);
  }

  /**
   * The mean of the values against their draws; the mean alone where there are no draws, without z
   * where the draws do not vary or are fewer than {@value Estimate#FEWEST_DRAWS}.
   *
   * @param mean the mean of the values, whose interval is replaced by that of what they have beyond
   *     their expectations
   */
  public Estimate of(Estimate mean) {
    List<Member> drawn = members.stream().filter(m -> !m.draws().isEmpty()).toList();
    int all = drawn.stream().mapToInt(m -> m.draws().size()).sum();
    if (all == 0) {
      return mean;
    }
    Estimate e = within(mean);
    double expected = Samples.mean(members.stream().map(Member::expected).toList());
    if (all < Estimate.FEWEST_DRAWS) {
      return e.drawn(expected, null, all, Double.NaN, 1);
    }
    boolean each = drawn.stream().allMatch(m -> m.draws().size() >= OWN);
    double[] pooled = pooled(drawn);
    double own = 0;
    double ofMean = 0;
    double fourths = 0;
    int n = drawn.size();
    for (Member m : drawn) {
      double variance = each ? m.squares() / m.degrees() : pooled[0];
      own += variance / n / members.size();
      ofMean += m.exact() ? 0 : variance / m.draws().size() / n / n;
      fourths += each ? Math.pow(variance / n / members.size(), 2) / m.degrees() : 0;
    }
    double sd = Math.sqrt(own);
    // Below that share of the figure itself what varies is rounding.
    if (sd <= 1e-12 * Math.abs(expected)) {
      return e.drawn(expected, 0.0, all, Double.NaN, 1);
    }
    double degrees = each ? own * own / fourths : pooled[1];
    return e.drawn(expected, sd, all, (e.value() - expected) / Math.sqrt(own + ofMean), degrees);
  }

  /** Variance within the draws of a value, and its degrees of freedom. */
  private static double[] pooled(List<Member> drawn) {
    double squares = 0;
    int degrees = 0;
    for (Member m : drawn) {
      squares += m.squares();
      degrees += m.degrees();
    }
    if (degrees > 0) {
      return new double[] {squares / degrees, degrees};
    }
    // One draw each: how these differ holds how the values' own nulls do, and is wider.
    List<Double> each = drawn.stream().map(m -> m.draws().get(0)).toList();
    return new double[] {Math.pow(Samples.deviation(each), 2), each.size() - 1};
  }
}
