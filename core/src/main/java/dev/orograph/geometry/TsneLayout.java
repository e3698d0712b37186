package dev.orograph.geometry;

import dev.orograph.linalg.Crew;
import java.util.Arrays;

/**
 * Points in the plane that keep near what was near: t-SNE over exact nearest neighbours. With
 * p(j|i) proportional to exp(-b_i d_ij^2) over the neighbours of i, b_i chosen so that the entropy
 * of p(.|i) is the logarithm of the perplexity, P = (p(j|i) + p(i|j)) / 2n and Q_ij proportional to
 * 1 / (1 + |y_i - y_j|^2), places y lower the Kullback-Leibler divergence of Q from P by gradient
 * steps with momentum and gains. Repulsion between far points is that of their cells' centres
 * ({@link RepulsionTree}, Barnes-Hut).
 *
 * <p>Everything starts from given places, every sum has a fixed order, and nothing is used but what
 * Java defines to the bit: the same input gives the same bits on any machine and for any number of
 * threads.
 *
 * <p>Sources: van der Maaten & Hinton 2008; van der Maaten 2014 (Barnes-Hut); Kobak & Berens 2019
 * (start at the principal components); Belkina et al. 2019 (learning rate n / 12, no less than 50).
 */
public final class TsneLayout {
  /** Perplexity; a point has three times as many neighbours. */
  public static final int PERPLEXITY = 15;

  /** Neighbours that are asked of each point. */
  public static final int NEIGHBOURS = 3 * PERPLEXITY;

  /** Fewest points for which neighbourhoods say anything. */
  public static final int FEWEST = 20;

  /** Up to so many points more steps cost little, and keep one neighbour in a hundred more. */
  private static final int FEW = 10_000;

  /** Steps of {@link #refined}: twice as many keep .04 of ten neighbours more. */
  private static final int REFINING = 100;

  private static final double EXAGGERATION = 12;
  private static final double SLOW = 0.5;
  private static final double FAST = 0.8;
  private static final double LEAST_RATE = 50;
  private static final double LEAST_GAIN = 0.01;
  private static final double START = 1e-4;

  /**
   * As many times the usual attraction as the least gain makes up for: a step of gain g is stable
   * while rate * g * attraction stays below 2 (1 + momentum), 3 of the exaggerated early steps.
   */
  private static final double HEAVY = 3 / LEAST_GAIN;

  /**
   * Steps of the first coordinate's deviation in which starts are counted: last digits of the given
   * places, which differ from one processor's kernels to another's, would end far apart.
   */
  private static final double GRID = 1 << 20;

  private static final int HALVINGS = 60;
  private static final double CLOSE = 1e-6;
  private static final int BLOCK = 256;
  private static final int CHECKED = 8;

  private final int n;
  private final int[] starts;
  private final int[] others;
  private final double[] attraction;
  private final double[] x;
  private final double[] y;
  private final double[] pushX;
  private final double[] pushY;
  private final double[] near;
  private final double[] speedX;
  private final double[] speedY;

  /** Steps by force. */
  private final double[] rates;

  private final double[] gainX;
  private final double[] gainY;
  private final RepulsionTree tree;

  /** Of all steps those with exaggerated attraction. */
  private final int early;

  private final int steps;

  /**
   * Makes ready.
   *
   * @param from where to start; becomes the layout
   */
  private TsneLayout(int[] neighbours, double[] distances, double[][] from, int early, int steps) {
    this.early = early;
    this.steps = steps;
    n = from[0].length;
    int k = neighbours.length / n;
    double[] p = conditional(distances, n, k);
    // Of a mutual pair, whose two directions are one force, only the first to come counts.
    int[] back = new int[neighbours.length];
    int[] counts = new int[n + 1];
    for (int e = 0; e < neighbours.length; e++) {
      int i = e / k;
      int j = neighbours[e];
      back[e] = at(neighbours, j * k, (j + 1) * k, i);
      if (back[e] < 0 || i < j) {
        counts[i + 1]++;
        counts[j + 1]++;
      }
    }
    Arrays.parallelPrefix(counts, Integer::sum);
    starts = counts.clone();
    others = new int[counts[n]];
    attraction = new double[others.length];
    int[] next = counts.clone();
    for (int e = 0; e < neighbours.length; e++) {
      int i = e / k;
      int j = neighbours[e];
      if (back[e] < 0 || i < j) {
        double pull = (p[e] + (back[e] < 0 ? 0 : p[back[e]])) / (2.0 * n);
        others[next[i]] = j;
        attraction[next[i]++] = pull;
        others[next[j]] = i;
        attraction[next[j]++] = pull;
      }
    }
    rates = rates();
    x = from[0];
    y = from[1];
    pushX = new double[n];
    pushY = new double[n];
    near = new double[n];
    speedX = new double[n];
    speedY = new double[n];
    gainX = new double[n];
    gainY = new double[n];
    Arrays.fill(gainX, 1);
    Arrays.fill(gainY, 1);
    tree = new RepulsionTree(n);
  }

  /** Bound on the bytes that a layout of so many points takes. */
  public static long bytes(long n) {
    return n * (NEIGHBOURS * (8 + 4 + 4 + 2 * 12L) + 40 * 8);
  }

  /**
   * A layout.
   *
   * @param neighbours {@code (n, k)} row-major: other points that each is drawn to, k below n
   * @param distances how far those are
   * @param from where to start, {@code (2, n)}; only its shape counts, not its size
   * @param threads threads to use; they change no bit
   * @param check called often; what it throws ends the work
   * @return {@code (2, n)}
   */
  public static double[][] of(
      int[] neighbours, double[] distances, double[][] from, int threads, Runnable check) {
    int n = from[0].length;
    double[][] small = {scaled(from[0], from[0]), scaled(from[1], from[0])};
    int early = n <= FEW ? 250 : 150;
    return run(
        new TsneLayout(neighbours, distances, small, early, n <= FEW ? 750 : 500), threads, check);
  }

  /**
   * Moves points that have been laid out, at least most of them, {@value #REFINING} steps on, by
   * the same forces.
   *
   * @param neighbours {@code (n, k)} row-major: other points that each is drawn to, k below n
   * @param distances how far those are
   * @param from where they are, {@code (2, n)}; several may share a place
   * @param threads threads to use; they change no bit
   * @param check called often; what it throws ends the work
   * @return {@code (2, n)}
   */
  public static double[][] refined(
      int[] neighbours, double[] distances, double[][] from, int threads, Runnable check) {
    double[][] places = {from[0].clone(), from[1].clone()};
    return run(new TsneLayout(neighbours, distances, places, 0, REFINING), threads, check);
  }

  /**
   * n / 12, which is what points bear that attractions of 1 / n in all act on. To one that is among
   * the nearest of thousands far more act; beyond {@link #HEAVY} times that no gain makes its steps
   * small enough: it would be thrown far out, and those that it is nearest to would follow.
   */
  private double[] rates() {
    double[] own = new double[n];
    for (int i = 0; i < n; i++) {
      double sum = 0;
      for (int e = starts[i]; e < starts[i + 1]; e++) {
        sum += attraction[e];
      }
      own[i] = Math.max(LEAST_RATE, n / EXAGGERATION) * (n * sum > HEAVY ? HEAVY / (n * sum) : 1);
    }
    return own;
  }

  private static double[][] run(TsneLayout layout, int threads, Runnable check) {
    Crew crew = new Crew(threads);
    crew.run(member -> layout.run(crew, member, check));
    return new double[][] {layout.x, layout.y};
  }

  private static int at(int[] values, int from, int to, int wanted) {
    for (int e = from; e < to; e++) {
      if (values[e] == wanted) {
        return e;
      }
    }
    return -1;
  }

  /** With a deviation of {@value #START} along the first coordinate. */
  private static double[] scaled(double[] from, double[] first) {
    double mean = Arrays.stream(from).average().orElse(0);
    double middle = Arrays.stream(first).average().orElse(0);
    double square = Arrays.stream(first).map(v -> (v - middle) * (v - middle)).average().orElse(0);
    double scale = square > 0 ? GRID / Math.sqrt(square) : 0;
    return Arrays.stream(from).map(v -> Math.rint((v - mean) * scale) * (START / GRID)).toArray();
  }

  /** p(j|i) over the neighbours of each point. */
  private static double[] conditional(double[] distances, int n, int k) {
    double[] p = new double[distances.length];
    double wanted = StrictMath.log(Math.min(PERPLEXITY, Math.max(1, k / 3.0)));
    for (int i = 0; i < n; i++) {
      int at = i * k;
      double least = distances[at] * distances[at];
      double low = 0;
      double high = Double.POSITIVE_INFINITY;
      double spread = distances[at + k - 1] * distances[at + k - 1] - least;
      double b = spread > 0 ? 1 / spread : 1;
      for (int step = 0; step < HALVINGS; step++) {
        double sum = 0;
        double weighted = 0;
        for (int j = at; j < at + k; j++) {
          double far = distances[j] * distances[j] - least;
          p[j] = StrictMath.exp(-b * far);
          sum += p[j];
          weighted += far * p[j];
        }
        double entropy = StrictMath.log(sum) + b * weighted / sum;
        for (int j = at; j < at + k; j++) {
          p[j] /= sum;
        }
        if (Math.abs(entropy - wanted) < CLOSE) {
          break;
        }
        if (entropy > wanted) {
          low = b;
          b = Double.isInfinite(high) ? 2 * b : (b + high) / 2;
        } else {
          high = b;
          b = (b + low) / 2;
        }
      }
    }
    return p;
  }

  private void run(Crew crew, int member, Runnable check) {
    RepulsionTree.Push push = tree.new Push();
    for (int step = 0; step < steps; step++) {
      if (member == 0) {
        if (step % CHECKED == 0) {
          check.run();
        }
        tree.build(x, y);
      }
      crew.barrier();
      for (int g = crew.ticket(); g < tree.groups() && !crew.failed(); g = crew.ticket()) {
        tree.push(g, push);
        for (int s = push.from(); s < push.to(); s++) {
          int i = tree.point(s);
          pushX[i] = push.x(s);
          pushY[i] = push.y(s);
          near[i] = push.near(s);
        }
      }
      crew.barrier();
      double all = Arrays.stream(near).sum();
      crew.barrier();
      for (int b = crew.ticket(); b * BLOCK < n && !crew.failed(); b = crew.ticket()) {
        for (int i = b * BLOCK; i < Math.min(n, (b + 1) * BLOCK); i++) {
          force(i, all, step < early ? EXAGGERATION : 1);
        }
      }
      crew.barrier();
      if (member == 0) {
        move(step < early ? SLOW : FAST);
      }
    }
  }

  /** Leaves the negative gradient in place of the push. */
  private void force(int i, double all, double exaggeration) {
    double fx = 0;
    double fy = 0;
    for (int e = starts[i]; e < starts[i + 1]; e++) {
      double dx = x[i] - x[others[e]];
      double dy = y[i] - y[others[e]];
      double pull = attraction[e] / (1 + dx * dx + dy * dy);
      fx += pull * dx;
      fy += pull * dy;
    }
    pushX[i] = pushX[i] / all - exaggeration * fx;
    pushY[i] = pushY[i] / all - exaggeration * fy;
  }

  private void move(double momentum) {
    double meanX = 0;
    double meanY = 0;
    for (int i = 0; i < n; i++) {
      gainX[i] = gain(gainX[i], pushX[i], speedX[i]);
      gainY[i] = gain(gainY[i], pushY[i], speedY[i]);
      speedX[i] = momentum * speedX[i] + rates[i] * gainX[i] * pushX[i];
      speedY[i] = momentum * speedY[i] + rates[i] * gainY[i] * pushY[i];
      x[i] += speedX[i];
      y[i] += speedY[i];
      meanX += x[i] / n;
      meanY += y[i] / n;
    }
    for (int i = 0; i < n; i++) {
      x[i] -= meanX;
      y[i] -= meanY;
    }
  }

  /** Grows while the force goes on as the point moves, shrinks where it turns. */
  private static double gain(double gain, double force, double speed) {
    return Math.max(LEAST_GAIN, force * speed > 0 ? gain + 0.2 : gain * 0.8);
  }
}
