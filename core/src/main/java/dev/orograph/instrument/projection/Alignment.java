package dev.orograph.instrument.projection;

import dev.orograph.geometry.PrincipalComponents;
import dev.orograph.geometry.Procrustes;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.Lapack;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Points;
import dev.orograph.linalg.Scope;

/**
 * The map of seed 003 section 13b: rows x of the larger model to {@code ((x - m) V - l) R + s}, V
 * the leading principal components of its rows (m their mean), l and s the means of the anchors'
 * projections and of their rows in the smaller model, R the orthogonal Procrustes solution between
 * the two, centred. Points stand in columns.
 */
final class Alignment {
  private static final int BLOCK = 256;

  private final Entries large;
  private final Entries small;
  private final int threads;
  private final double[] mean;
  private final double kept;

  /** V; null where both are as wide, so that nothing is left out. */
  private final Matrix directions;

  private final double[] middle;
  private final double[] target;
  private final Matrix anchors;
  private final Matrix aims;
  private final Procrustes fit;
  private final Matrix map;

  /**
   * Fits.
   *
   * @param large rows of the larger model, a token each, {@code (n, D)}
   * @param small rows of the same tokens in the smaller model, {@code (n, d)}, d at most D
   * @param fitted whose rows the components are taken from
   * @param anchored whose rows are the anchors
   * @param threads native threads, part of what fixes the digits
   * @param scope owns the map and the anchors
   */
  Alignment(Entries large, Entries small, int[] fitted, int[] anchored, int threads, Scope scope) {
    this.threads = threads;
    this.small = small;
    int d = Math.toIntExact(small.columns());
    Entries some = Entries.ofRows(large, fitted);
    if (large.columns() == d) {
      // All directions: any basis gives the same map, so the one that is there.
      mean = PrincipalComponents.mean(some, threads);
      directions = null;
      kept = 1;
    } else {
      PrincipalComponents c = PrincipalComponents.of(some, d, threads, scope);
      mean = c.mean();
      directions = c.directions();
      kept = c.kept();
    }
    this.large = Entries.less(large, mean);
    anchors = projected(anchored, scope);
    aims = target(anchored, scope);
    middle = centre(anchors);
    target = centre(aims);
    fit = Lapack.with(threads, () -> Procrustes.of(anchors, aims, scope));
    map =
        directions == null
            ? fit.rotation()
            : Lapack.with(threads, () -> directions.times(fit.rotation(), scope));
  }

  /** Bytes of native memory for so many anchors and held-out tokens. */
  static long bytes(long wide, long d, long anchors, long heldOut) {
    long points = Math.multiplyExact(8 * d, 3 * anchors + 8 * heldOut);
    long maps = 8 * (2 * wide * d + 4 * d * d) + 7 * 8 * d * d;
    return points + maps + (wide > d ? PrincipalComponents.bytes(wide, d) : 0) + (96L << 20);
  }

  /** Rows as columns. */
  private static void fill(Entries rows, int[] which, int from, Matrix into, int count) {
    double[] row = new double[into.rows()];
    for (int i = 0; i < count; i++) {
      rows.read((long) which[from + i] * row.length, row, 0, row.length);
      into.put(0, i, row, 0, row.length);
    }
  }

  /** Rows in the smaller model, {@code (d, n)}. */
  Matrix target(int[] which, Scope scope) {
    Matrix all = scope.matrix(Math.toIntExact(small.columns()), which.length);
    fill(small, which, 0, all, which.length);
    return all;
  }

  /** Rows of the larger model along its components, {@code (d, n)}. */
  private Matrix projected(int[] which, Scope scope) {
    return along(which, directions, scope);
  }

  private Matrix along(int[] which, Matrix basis, Scope scope) {
    int d = Math.toIntExact(small.columns());
    Matrix all = scope.matrix(d, which.length);
    double[] point = new double[d];
    for (int from = 0; from < which.length; from += BLOCK) {
      int count = Math.min(BLOCK, which.length - from);
      try (Scope local = new Scope()) {
        Matrix block = local.matrix(Math.toIntExact(large.columns()), count);
        fill(large, which, from, block, count);
        Matrix there =
            basis == null ? block : Lapack.with(threads, () -> Points.along(basis, block, local));
        for (int i = 0; i < count; i++) {
          there.get(0, i, point, 0, d);
          all.put(0, from + i, point, 0, d);
        }
      }
    }
    return all;
  }

  /** Moves the mean of points to the origin and says where it was. */
  private static double[] centre(Matrix points) {
    double[] mean = new double[points.rows()];
    double[] point = new double[points.rows()];
    for (int i = 0; i < points.columns(); i++) {
      points.get(0, i, point, 0, point.length);
      for (int j = 0; j < point.length; j++) {
        mean[j] += point[j] / points.columns();
      }
    }
    shift(points, mean, -1);
    return mean;
  }

  private static void shift(Matrix points, double[] by, double sign) {
    double[] point = new double[points.rows()];
    for (int i = 0; i < points.columns(); i++) {
      points.get(0, i, point, 0, point.length);
      for (int j = 0; j < point.length; j++) {
        point[j] += sign * by[j];
      }
      points.put(0, i, point, 0, point.length);
    }
  }

  /** Tokens of the larger model where the map puts them, {@code (d, n)}. */
  Matrix aligned(int[] which, Scope scope) {
    Matrix all = along(which, map, scope);
    shift(all, offset(), 1);
    return all;
  }

  /** What is added behind the map: s - R' l. */
  double[] offset() {
    double[] offset = target.clone();
    double[] column = new double[offset.length];
    for (int j = 0; j < offset.length; j++) {
      fit.rotation().get(0, j, column, 0, column.length);
      for (int i = 0; i < column.length; i++) {
        offset[j] -= column[i] * middle[i];
      }
    }
    return offset;
  }

  /** Tokens of the larger model along its components, less the anchors' mean, {@code (d, n)}. */
  Matrix unturned(int[] which, Scope scope) {
    Matrix all = projected(which, scope);
    shift(all, middle, -1);
    return all;
  }

  /**
   * Tokens by a rotation that was fitted to anchors in another order, so that none is paired with
   * itself.
   *
   * @param order which anchor's projection stands for which anchor
   * @param unturned tokens as {@link #unturned} gives them
   */
  Matrix misaligned(int[] order, Matrix unturned, Scope scope) {
    try (Scope local = new Scope()) {
      Matrix moved = local.matrix(anchors.rows(), anchors.columns());
      double[] point = new double[anchors.rows()];
      for (int i = 0; i < order.length; i++) {
        anchors.get(0, order[i], point, 0, point.length);
        moved.put(0, i, point, 0, point.length);
      }
      Matrix turned =
          Lapack.with(
              threads,
              () -> Points.along(Procrustes.of(moved, aims, local).rotation(), unturned, scope));
      shift(turned, target, 1);
      return turned;
    }
  }

  /** Number of anchors. */
  int anchors() {
    return anchors.columns();
  }

  /** Mean of the anchors in the smaller model. */
  double[] target() {
    return target;
  }

  /** Mean of the rows that the components are taken from, {@code (D)}. */
  double[] mean() {
    return mean;
  }

  /** What rows less their mean are multiplied by, V R: {@code (D, d)}. */
  Matrix map() {
    return map;
  }

  /** Share of the variance that the components keep. */
  double kept() {
    return kept;
  }

  /** Sum of the singular values of the anchors' products. */
  double scale() {
    return fit.scale();
  }

  /**
   * The factor by which aligned anchors have to be lengthened to come nearest to their rows in the
   * smaller model: tr(S) over their squares; 1 where all coincide.
   */
  double stretch() {
    double squares = 0;
    double[] point = new double[anchors.rows()];
    for (int i = 0; i < anchors.columns(); i++) {
      anchors.get(0, i, point, 0, point.length);
      for (double v : point) {
        squares += v * v;
      }
    }
    return squares > 0 ? scale() / squares : 1;
  }

  /** Share of the map's diagonal: 1 where the two have one basis, about 0 for any others. */
  double diagonal() {
    double sum = 0;
    for (int j = 0; j < map.columns(); j++) {
      sum += map.get(j, j);
    }
    return sum / map.columns();
  }
}
