package dev.orograph.stats;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which of the members of one kind differ from the others, and how rarely that comes by chance.
 *
 * <p><em>Few</em> members (below {@value #MANY}) are taken as a sample of one normal law: Rosner's
 * generalised extreme studentised deviate. The r-th step takes the member farthest from the mean of
 * the m that are left, G = |x - mean| / s, t = sqrt(m (m - 2) G^2 / ((m - 1)^2 - m G^2)), and has p
 * = m P(|T| &gt; t), m - 2 degrees of freedom. Up to a quarter of the members, so that two do not
 * hide each other.
 *
 * <p><em>Many</em> members are judged by their own tail, on either side, since what training leaves
 * is seldom normal: under an exponential tail the normalised spacings i (x_(i) - x_(i+1)) of the
 * values in descending order are independent with one mean (R&eacute;nyi), so that the r-th over
 * the mean of the k that follow is F with 2 and 2k degrees: p = (1 + F/k)^-k. k is a quarter of the
 * members, {@value #TAIL} at most. Tails that are lighter, such as a normal one, have smaller
 * spacings at their end, so that p is then too large; on the scale of logarithms a power law's tail
 * is exponential.
 *
 * <p>Of the steps r = 1 to R the one with the smallest p counts, times R, and times 2 for the two
 * sides of many.
 *
 * <p>Source: Rosner 1983, Percentage points for a generalized ESD many-outlier procedure,
 * Technometrics 25; R&eacute;nyi 1953, On the theory of order statistics, Acta Math. Hung. 4.
 *
 * @param members how many there are
 * @param outliers positions of those that differ, the farthest first; none where none can be tested
 * @param p how rarely chance gives such, for this kind alone; 1 where none can be tested
 * @param typical median of the others
 * @param nearest the value among the others that lies nearest to those that differ
 */
public record Outlying(
    int members, List<Integer> outliers, double p, double typical, double nearest)
    implements Serializable {
  /** Fewest members of a kind. */
  public static final int FEWEST = 5;

  /** Fewest that are judged by their own tail. */
  public static final int MANY = 40;

  private static final int TAIL = 100;
  private static final int MOST = 5;
  private static final double SMALLEST_P = 1e-300;

  /** A kind of which none can be said to differ. */
  private static Outlying none(int members) {
    return new Outlying(members, List.of(), 1, Double.NaN, Double.NaN);
  }

  /**
   * Tests the members of a kind.
   *
   * @param values on the scale on which their differences are compared; what is not finite is left
   *     out
   */
  public static Outlying of(double[] values) {
    int[] finite =
        IntStream.range(0, values.length).filter(i -> Double.isFinite(values[i])).toArray();
    if (finite.length < FEWEST) {
      return none(finite.length);
    }
    if (finite.length < MANY) {
      return few(values, finite);
    }
    Outlying high = many(values, finite, 1);
    Outlying low = many(values, finite, -1);
    return high.p <= low.p ? high : low;
  }

  private static Outlying few(double[] values, int[] members) {
    int steps = Math.max(1, Math.min(MOST, members.length / 4));
    int[] left = members.clone();
    int[] out = new int[steps];
    double best = 1;
    int taken = 0;
    for (int r = 0; r < steps; r++) {
      int m = left.length - r;
      double mean = Arrays.stream(left, 0, m).mapToDouble(i -> values[i]).sum() / m;
      double squares =
          Arrays.stream(left, 0, m).mapToDouble(i -> Math.pow(values[i] - mean, 2)).sum();
      int far = 0;
      for (int i = 1; i < m; i++) {
        far = Math.abs(values[left[i]] - mean) > Math.abs(values[left[far]] - mean) ? i : far;
      }
      out[r] = left[far];
      double g2 = Math.pow(values[out[r]] - mean, 2) / (squares / (m - 1));
      left[far] = left[m - 1];
      double rest = (m - 1.0) * (m - 1.0) - m * g2;
      double t = rest > 0 ? Math.sqrt(m * (m - 2.0) * g2 / rest) : Double.MAX_VALUE;
      double p = squares > 0 ? steps * m * beyond(t, m - 2) : 1;
      if (p < best) {
        best = p;
        taken = r + 1;
      }
    }
    return taken == 0 ? none(members.length) : judged(values, members, out, taken, best);
  }

  private static double beyond(double t, int degrees) {
    return t > 1e100 ? 0 : Gaussian.beyond(StudentT.normal(t, degrees));
  }

  private static Outlying many(double[] values, int[] members, int side) {
    int[] order =
        Arrays.stream(members)
            .boxed()
            .sorted(
                Comparator.comparingDouble((Integer i) -> -side * values[i])
                    .thenComparing(Comparator.naturalOrder()))
            .mapToInt(Integer::intValue)
            .toArray();
    int k = Math.min(TAIL, order.length / 4);
    double[] spacings = new double[MOST + k];
    for (int i = 0; i < spacings.length; i++) {
      spacings[i] = (i + 1) * Math.abs(values[order[i]] - values[order[i + 1]]);
    }
    double best = 1;
    int taken = 0;
    for (int r = 1; r <= MOST; r++) {
      double mean = Arrays.stream(spacings, r, r + k).sum() / k;
      double p = mean > 0 ? 2 * MOST * Math.pow(1 + spacings[r - 1] / mean / k, -k) : 1;
      if (p < best) {
        best = p;
        taken = r;
      }
    }
    return taken == 0 ? none(members.length) : judged(values, members, order, taken, best);
  }

  private static Outlying judged(
      double[] values, int[] members, int[] farthest, int taken, double p) {
    List<Integer> out = Arrays.stream(farthest, 0, taken).boxed().toList();
    double[] others =
        Arrays.stream(members).filter(i -> !out.contains(i)).mapToDouble(i -> values[i]).toArray();
    Arrays.sort(others);
    double last = values[out.get(taken - 1)];
    double nearest =
        Arrays.stream(others)
            .boxed()
            .min(Comparator.comparingDouble(v -> Math.abs(v - last)))
            .orElseThrow();
    return new Outlying(
        members.length,
        out,
        Math.max(SMALLEST_P, Math.min(1, p)),
        Quantiles.ofSorted(others, 0.5),
        nearest);
  }
}
