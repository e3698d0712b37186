package dev.orograph.geometry.shells;

import dev.orograph.linalg.Crew;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Osmotic water-filling (seed 000). Points begin at the shell of their prominence's percentile;
 * those whose prominence exceeds mean + 1 standard deviation (ddof 0) are outliers. A shell is
 * overloaded above 1.2 of its capacity, underloaded below 0.8. In every iteration the points are
 * counted; each outlier, and each member of an overloaded shell, goes one shell out with
 * probability .7 (the outermost ones stay), else is turned within its shell; then each non-outlier
 * whose shell by then was underloaded by the old counts goes one in. It ends when no point is
 * eligible to change its shell, or at the most iterations allowed.
 *
 * <p>A turned point moves along a great circle of its own by an angle that is uniform within the
 * largest; the sum of a point's angles is kept and applied where coordinates are made ({@link
 * Placement}). Random numbers are keyed by iteration and point, so that no bit depends on the
 * number of threads. Every point is in one shell at any time: the counts are checked against N
 * after every iteration.
 *
 * <p>Memory: 6 bytes a point beside the prominences.
 */
public final class Osmotic {
  private static final double OVER = 1.2;
  private static final double UNDER = 0.8;
  private static final int PART = 1 << 14;
  private static final int OUTLIER = 1 << 15;
  private static final int SHELL = OUTLIER - 1;

  /**
   * How points move.
   *
   * @param promote probability to go out rather than to turn, 0 to 1
   * @param angle largest angle of one turn, radians
   * @param most iterations at most
   * @param key of all random numbers
   */
  public record Rule(double promote, double angle, int most, long key) {
    /** Checks what would never end or mean nothing. */
    public Rule {
      if (!(promote >= 0 && promote <= 1) || !(angle >= 0 && angle <= Math.PI) || most < 0) {
        throw new IllegalArgumentException(
            "promote " + promote + ", angle " + angle + ", most " + most);
      }
    }

    /** The seed's probability of .7, at most 100 iterations, turns of at most 0.05 radians. */
    public static Rule usual(long key) {
      return new Rule(0.7, 0.05, 100, key);
    }
  }

  /**
   * One iteration.
   *
   * @param promoted points that went one out
   * @param demoted points that went one in
   * @param turned points that were turned within their shell
   * @param eligible points that could have changed their shell
   * @param overloaded shells above 1.2 of their capacity before it
   * @param underloaded shells below 0.8 before it
   * @param off half the sum of |count - capacity| over N, after it
   */
  public record Step(
      long promoted,
      long demoted,
      long turned,
      long eligible,
      int overloaded,
      int underloaded,
      double off) {}

  private final Shells shells;
  private final Rule rule;
  private final short[] codes;
  private final float[] angles;
  private final boolean[] over;
  private final boolean[] under;

  /** Members by shell: all, and the outliers among them. */
  private final int[] counts;

  private final int[] outliers;
  private final List<Step> steps = new ArrayList<>();
  private boolean settled;

  private Osmotic(Shells shells, Rule rule, short[] codes) {
    this.shells = shells;
    this.rule = rule;
    this.codes = codes;
    angles = new float[codes.length];
    over = new boolean[shells.count()];
    under = new boolean[shells.count()];
    counts = new int[shells.count()];
    outliers = new int[shells.count()];
  }

  /**
   * Places points.
   *
   * @param prominences finite, not negative, at least one
   * @param order their places in ascending order
   * @param threads threads to use, the caller's included; they change no bit
   * @param check called every iteration; what it throws ends the work
   */
  public static Osmotic of(
      double[] prominences, int[] order, Shells shells, Rule rule, int threads, Runnable check) {
    double limit = limit(prominences);
    short[] codes = shells.first(prominences, order);
    for (int i = 0; i < codes.length; i++) {
      if (prominences[i] > limit) {
        codes[i] |= (short) OUTLIER;
      }
    }
    Osmotic o = new Osmotic(shells, rule, codes);
    o.run(threads, check);
    return o;
  }

  /** Places points of one prominence: all begin in shell 0, and none is an outlier. */
  public static Osmotic ofEqual(int n, Shells shells, Rule rule, int threads, Runnable check) {
    Osmotic o = new Osmotic(shells, rule, new short[n]);
    o.run(threads, check);
    return o;
  }

  /** Mean + 1 standard deviation: what is above it is an outlier. */
  public static double limit(double[] prominences) {
    int n = prominences.length;
    // About the first value, so that equal ones have no spread by rounding.
    double base = prominences[0];
    double sum = 0;
    double squares = 0;
    for (double p : prominences) {
      sum += p - base;
      squares += (p - base) * (p - base);
    }
    double mean = sum / n;
    return base + mean + Math.sqrt(Math.max(0, squares / n - mean * mean));
  }

  /** What one thread counts. */
  private static final class Tally {
    final int[] counts;
    final int[] outliers;
    long promoted;
    long demoted;
    long turned;

    Tally(int shells) {
      counts = new int[shells];
      outliers = new int[shells];
    }
  }

  private void run(int threads, Runnable check) {
    for (short code : codes) {
      counts[code & SHELL]++;
      outliers[code & SHELL] += code < 0 ? 1 : 0;
    }
    requireAll();
    int parts = (codes.length + PART - 1) / PART;
    Crew crew = new Crew(Math.max(1, Math.min(threads, parts)));
    Tally[] tallies = new Tally[Math.max(1, Math.min(threads, parts))];
    long[] eligible = {begin()};
    crew.run(
        member -> {
          for (int step = 0; eligible[0] > 0 && step < rule.most(); step++) {
            Tally own = new Tally(shells.count());
            tallies[member] = own;
            long key = Keyed.bits(rule.key(), step);
            for (int p = crew.ticket(); p < parts; p = crew.ticket()) {
              move(key, p * PART, (int) Math.min(codes.length, (p + 1L) * PART), own);
            }
            crew.barrier();
            if (member == 0) {
              check.run();
              eligible[0] = conclude(tallies, eligible[0]);
            }
            crew.barrier();
          }
        });
    settled = eligible[0] == 0;
  }

  /** Marks full and empty shells; how many points may change theirs. */
  private long begin() {
    int last = shells.count() - 1;
    long eligible = 0;
    for (int s = 0; s <= last; s++) {
      double room = codes.length * shells.share(s);
      over[s] = counts[s] > OVER * room;
      under[s] = counts[s] < UNDER * room;
      int out = s == last ? 0 : over[s] ? counts[s] : outliers[s];
      int in = s > 0 && under[s] ? counts[s] - outliers[s] : 0;
      eligible += out + in;
    }
    return eligible;
  }

  // Kept short, and its fields in locals: nearly all time is spent here.
  private void move(long key, int from, int to, Tally tally) {
    short[] codes = this.codes;
    boolean[] over = this.over;
    boolean[] under = this.under;
    int last = over.length - 1;
    long promote = (long) (rule.promote() * 0x1p32);
    float scale = (float) (rule.angle() * 0x1p-31);
    int promoted = 0;
    int demoted = 0;
    int turned = 0;
    for (int i = from; i < to; i++) {
      int code = codes[i];
      int s = code & SHELL;
      boolean outlier = code < 0;
      if (outlier || over[s]) {
        long bits = Keyed.bits(key, i);
        if (bits >>> 32 >= promote) {
          angles[i] += (int) bits * scale;
          turned++;
        } else if (s < last) {
          s++;
          promoted++;
        }
      }
      if (!outlier && under[s] && s > 0) {
        s--;
        demoted++;
      }
      codes[i] = (short) (s | (code & OUTLIER));
      tally.counts[s]++;
      tally.outliers[s] += outlier ? 1 : 0;
    }
    tally.promoted += promoted;
    tally.demoted += demoted;
    tally.turned += turned;
  }

  private long conclude(Tally[] tallies, long eligible) {
    int overloaded = 0;
    int underloaded = 0;
    for (int s = 0; s < over.length; s++) {
      overloaded += over[s] ? 1 : 0;
      underloaded += under[s] ? 1 : 0;
    }
    Arrays.fill(counts, 0);
    Arrays.fill(outliers, 0);
    long promoted = 0;
    long demoted = 0;
    long turned = 0;
    for (Tally t : tallies) {
      for (int s = 0; s < counts.length; s++) {
        counts[s] += t.counts[s];
        outliers[s] += t.outliers[s];
      }
      promoted += t.promoted;
      demoted += t.demoted;
      turned += t.turned;
    }
    requireAll();
    steps.add(
        new Step(
            promoted, demoted, turned, eligible, overloaded, underloaded, off(counts, shells)));
    return begin();
  }

  private void requireAll() {
    long all = Arrays.stream(counts).asLongStream().sum();
    if (all != codes.length) {
      throw new IllegalStateException(all + " of " + codes.length + " points are in a shell");
    }
  }

  /** Half the sum of |count - capacity| over N: the share of points in a wrong shell at least. */
  public static double off(int[] counts, Shells shells) {
    double n = Arrays.stream(counts).asLongStream().sum();
    double off = 0;
    for (int s = 0; s < counts.length; s++) {
      off += Math.abs(counts[s] - n * shells.share(s));
    }
    return Math.min(1, off / 2 / n);
  }

  /** How many points. */
  public int size() {
    return codes.length;
  }

  /** The shell of a point. */
  public int shell(int point) {
    return codes[point] & SHELL;
  }

  /** Whether a point is an outlier. */
  public boolean outlier(int point) {
    return codes[point] < 0;
  }

  /** By how much a point was turned within its shell, radians. */
  public float angle(int point) {
    return angles[point];
  }

  /** Members by shell. */
  public int[] counts() {
    return counts.clone();
  }

  /** The iterations. */
  public List<Step> steps() {
    return List.copyOf(steps);
  }

  /** Whether it ended because no point was eligible any more. */
  public boolean settled() {
    return settled;
  }
}
