package dev.orograph.instrument.levelset;

import dev.orograph.linalg.InnerProduct;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Ways from any point to the level-set {f = epsilon}. Many points go side by side, and none knows
 * of the others: a point has the same course in any company. One that has arrived is not touched
 * again.
 */
final class Search {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double TINY = 1e-8;

  /** A line search that has not found less after so many halvings has met the limit of digits. */
  private static final int HALVINGS = 30;

  /** Values of the past of which the largest may be exceeded never. */
  private static final int MEMORY = 6;

  private static final double SUFFICIENT = 1e-4;

  /** Steps and changes of the gradient that stand for the Hessian. */
  private static final int PAIRS = 12;

  /** A pair counts where the gradient grew along the step by at least this cosine. */
  private static final double CURVED = 1e-4;

  /** Halvings after which the Hessian is forgotten. */
  private static final int TRIALS = 6;

  private static final double[] NONE = {};

  private final Landscape f;
  private final double epsilon;

  /**
   * A search.
   *
   * @param epsilon the level
   */
  Search(Landscape f, double epsilon) {
    this.f = f;
    this.epsilon = epsilon;
  }

  /** One point on its way. */
  private static final class Walker {
    double[] x;
    double value = Double.NaN;
    double[] gradient = NONE;
    boolean arrived;
    boolean stuck;
    int calls;
    int backward;
    double smallest = Double.POSITIVE_INFINITY;
    final List<Integer> calledAt = new ArrayList<>();
    final List<Double> course = new ArrayList<>();

    // Adam
    double[] first;
    double[] second;

    // Newton
    final Deque<double[][]> pairs = new ArrayDeque<>();
    final double[] past = new double[MEMORY];
    double step;
    int halved;
    double[] towards;

    Walker(double[] start) {
      x = start.clone();
    }

    Reached reached(boolean converged) {
      return new Reached(
          x, value, converged, calls, backward, smallest, List.copyOf(calledAt), copy(course));
    }

    private static List<Double> copy(List<Double> values) {
      return List.copyOf(values);
    }

    void note() {
      calledAt.add(calls);
      course.add(value);
    }
  }

  /**
   * Adam (Kingma and Ba 2015; betas 0.9 and 0.999) on the sum over points of (f - epsilon)^2, as
   * the seed's program does it, but that a point which has arrived stays where it is.
   *
   * @param tolerance of |f - epsilon|
   */
  List<Reached> adam(double[][] starts, double rate, double tolerance, int iterations) {
    List<Walker> all = Arrays.stream(starts).map(Walker::new).toList();
    for (int t = 1; t <= iterations + 1; t++) {
      List<Walker> moving = all.stream().filter(w -> !w.arrived && !w.stuck).toList();
      if (moving.isEmpty()) {
        break;
      }
      look(moving);
      for (Walker w : moving) {
        w.note();
        w.arrived = Math.abs(w.value - epsilon) <= tolerance;
        w.stuck = !Double.isFinite(w.value);
        if (!w.arrived && !w.stuck && t <= iterations) {
          adam(w, t, rate);
        }
      }
    }
    return all.stream().map(w -> w.reached(w.arrived)).toList();
  }

  private void adam(Walker w, int t, double rate) {
    int d = w.x.length;
    if (w.first == null) {
      w.first = new double[d];
      w.second = new double[d];
    }
    double outer = 2 * (w.value - epsilon);
    double one = 1 - Math.pow(BETA1, t);
    double two = 1 - Math.pow(BETA2, t);
    for (int i = 0; i < d; i++) {
      double g = outer * w.gradient[i];
      w.first[i] = BETA1 * w.first[i] + (1 - BETA1) * g;
      w.second[i] = BETA2 * w.second[i] + (1 - BETA2) * g * g;
      w.x[i] -= rate * (w.first[i] / one) / (Math.sqrt(w.second[i] / two) + TINY);
    }
  }

  /**
   * Newton's step to {f = epsilon} along p, x + s (epsilon - f) p / (g'p): at first p is the
   * gradient g (Polyak 1969), then H g with the inverse Hessian H that the last {@value #PAIRS}
   * steps tell (L-BFGS, Liu and Nocedal 1989), and no further than H g itself. s is halved from 1
   * until |f - epsilon| is clearly below the largest of its last {@value #MEMORY} values (Grippo,
   * Lampariello and Lucidi 1986). A point is stuck where not even a step along the gradient helps:
   * at a minimum above epsilon, or where f has no more digits.
   *
   * @param tolerance of |f - epsilon|
   */
  List<Reached> newton(double[][] starts, double tolerance, int iterations) {
    return newton(starts, tolerance, iterations, PAIRS);
  }

  /** The same along the gradient alone: to the nearest point of the set, for small distances. */
  List<Reached> project(double[][] starts, double tolerance, int iterations) {
    return newton(starts, tolerance, iterations, 0);
  }

  private List<Reached> newton(double[][] starts, double tolerance, int iterations, int pairs) {
    List<Walker> all = Arrays.stream(starts).map(Walker::new).toList();
    look(all);
    for (Walker w : all) {
      Arrays.fill(w.past, Math.abs(w.value - epsilon));
      w.note();
      aim(w, tolerance);
    }
    for (int t = 1; t <= iterations; t++) {
      List<Walker> moving = all.stream().filter(w -> !w.arrived && !w.stuck).toList();
      if (moving.isEmpty()) {
        break;
      }
      // The gradient comes with the value: most first trials are taken.
      Landscape.Slopes s =
          f.slopes(
              moving.stream()
                  .map(w -> Landscape.moved(w.x, w.step, w.towards))
                  .toArray(double[][]::new));
      for (int i = 0; i < moving.size(); i++) {
        Walker w = moving.get(i);
        w.calls++;
        w.backward++;
        double value = s.values()[i];
        double off = Math.abs(value - epsilon);
        double most = Arrays.stream(w.past).max().orElseThrow();
        double[] x = Landscape.moved(w.x, w.step, w.towards);
        if (off <= (1 - SUFFICIENT * w.step) * most && !Arrays.equals(x, w.x)) {
          remember(w, x, s.gradients()[i], pairs);
          w.x = x;
          w.value = value;
          w.gradient = s.gradients()[i];
          w.smallest = Math.min(w.smallest, value);
          w.past[t % MEMORY] = off;
          w.note();
          aim(w, tolerance);
        } else {
          w.step /= 2;
          w.halved++;
          if (w.halved > TRIALS && !w.pairs.isEmpty()) {
            w.pairs.clear();
            aim(w, tolerance);
          }
          w.stuck = w.halved > HALVINGS;
        }
      }
    }
    return all.stream().map(w -> w.reached(w.arrived)).toList();
  }

  private static void remember(Walker w, double[] x, double[] gradient, int pairs) {
    double[] step = Landscape.moved(x, -1, w.x);
    double[] by = Landscape.moved(gradient, -1, w.gradient);
    double curved = InnerProduct.of(step, by);
    if (pairs > 0 && curved > CURVED * Landscape.length(step) * Landscape.length(by)) {
      w.pairs.addLast(new double[][] {step, by});
      if (w.pairs.size() > pairs) {
        w.pairs.removeFirst();
      }
    }
  }

  private void aim(Walker w, double tolerance) {
    w.arrived = Math.abs(w.value - epsilon) <= tolerance;
    double square = InnerProduct.of(w.gradient, w.gradient);
    w.stuck = !Double.isFinite(w.value) || !(square > 0) || !Double.isFinite(square);
    if (!w.stuck) {
      double[] p = w.pairs.isEmpty() ? w.gradient : curved(w);
      double share = (epsilon - w.value) / InnerProduct.of(p, w.gradient);
      if (!w.pairs.isEmpty()) {
        share = Math.max(-1, Math.min(1, share));
      }
      w.towards = Landscape.moved(new double[w.x.length], share, p);
      w.step = 1;
      w.halved = 0;
    }
  }

  /** H g by the two loops of Nocedal 1980. */
  private static double[] curved(Walker w) {
    double[] q = w.gradient.clone();
    double[] alphas = new double[w.pairs.size()];
    int k = alphas.length;
    for (Iterator<double[][]> back = w.pairs.descendingIterator(); back.hasNext(); ) {
      double[][] pair = back.next();
      alphas[--k] = InnerProduct.of(pair[0], q) / InnerProduct.of(pair[0], pair[1]);
      q = Landscape.moved(q, -alphas[k], pair[1]);
    }
    double[][] last = w.pairs.getLast();
    double scale = InnerProduct.of(last[0], last[1]) / InnerProduct.of(last[1], last[1]);
    q = Landscape.moved(new double[q.length], scale, q);
    for (double[][] pair : w.pairs) {
      double beta = InnerProduct.of(pair[1], q) / InnerProduct.of(pair[0], pair[1]);
      q = Landscape.moved(q, alphas[k++] - beta, pair[0]);
    }
    return q;
  }

  private void look(List<Walker> walkers) {
    Landscape.Slopes s = f.slopes(walkers.stream().map(w -> w.x).toArray(double[][]::new));
    for (int i = 0; i < walkers.size(); i++) {
      Walker w = walkers.get(i);
      w.value = s.values()[i];
      w.gradient = s.gradients()[i];
      w.smallest = Math.min(w.smallest, w.value);
      w.calls++;
      w.backward++;
    }
  }
}
