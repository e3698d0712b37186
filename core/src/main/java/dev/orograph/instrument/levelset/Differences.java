package dev.orograph.instrument.levelset;

import java.util.ArrayList;
import java.util.List;

/**
 * Normals of a level-set by central differences (seed 001): each number of a point on {f = epsilon}
 * is moved up and down by delta, the moved points are brought back to the set, and the distances
 * that they travel are compared.
 */
final class Differences {
  /** Steps of the exact way back; two or three are usual. */
  private static final int STEPS = 60;

  private final Landscape f;
  private final double delta;
  private final int batch;

  /**
   * Differences.
   *
   * @param delta how far a number is moved
   * @param batch dimensions that go side by side; changes no digit
   */
  Differences(Landscape f, double delta, int batch) {
    this.f = f;
    this.delta = delta;
    this.batch = batch;
  }

  /**
   * Distances for some dimensions of a point, each with the sign of f - epsilon at the moved point.
   *
   * @param up from x + delta e_i back to the set
   * @param down from x - delta e_i back to the set
   * @param back how many of the moved points arrived on the set
   * @param calls evaluations of f, their gradients included
   */
  record Distances(List<Double> up, List<Double> down, int back, long calls) {}

  /** How a moved point is brought back. */
  private interface Way {
    List<Reached> back(double[][] moved);
  }

  /**
   * To the set through the point itself, {f = f(x)}, along the gradient, to a residual of a
   * millionth of what delta changes.
   *
   * @param from first dimension
   * @param to behind the last
   */
  Distances exact(double[] x, int from, int to, double resolution) {
    Landscape.Slopes here = f.slopes(new double[][] {x});
    double level = here.values()[0];
    double change = delta * Landscape.length(here.gradients()[0]);
    double tolerance = Math.max(1e-6 * change, resolution);
    Search search = new Search(f, level);
    return all(x, from, to, level, moved -> search.project(moved, tolerance, STEPS));
  }

  /** As the seed's program: by Adam, until |f - epsilon| is below the tolerance. */
  Distances seed(
      double[] x, int from, int to, double epsilon, double tolerance, double rate, int steps) {
    Search search = new Search(f, epsilon);
    return all(x, from, to, epsilon, moved -> search.adam(moved, rate, tolerance, steps));
  }

  private Distances all(double[] x, int from, int to, double level, Way way) {
    List<Double> up = new ArrayList<>();
    List<Double> down = new ArrayList<>();
    int back = 0;
    long calls = 0;
    for (int first = from; first < to; first += batch) {
      int n = Math.min(batch, to - first);
      double[][] moved = new double[2 * n][];
      for (int i = 0; i < 2 * n; i++) {
        moved[i] = x.clone();
        moved[i][first + i / 2] += i % 2 == 0 ? delta : -delta;
      }
      List<Reached> ends = way.back(moved);
      for (int i = 0; i < 2 * n; i++) {
        Reached r = ends.get(i);
        double sign = Math.signum(r.course().get(0) - level);
        double length = Landscape.length(Landscape.moved(r.point(), -1, moved[i]));
        (i % 2 == 0 ? up : down).add(sign * length);
        back += r.converged() ? 1 : 0;
        calls += r.calls();
      }
    }
    return new Distances(List.copyOf(up), List.copyOf(down), back, calls);
  }

  /** n_i = a - b with signed distances: converges to the gradient's direction. */
  static double[] signed(List<Double> up, List<Double> down) {
    double[] n = new double[up.size()];
    for (int i = 0; i < n.length; i++) {
      n[i] = up.get(i) - down.get(i);
    }
    return n;
  }

  /** n_i = |b| - |a|, the seed's: the first order cancels where f falls on one side. */
  static double[] unsigned(List<Double> up, List<Double> down) {
    double[] n = new double[up.size()];
    for (int i = 0; i < n.length; i++) {
      n[i] = Math.abs(down.get(i)) - Math.abs(up.get(i));
    }
    return n;
  }
}
