package dev.orograph.instrument.weights;

import dev.orograph.instrument.Task;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The inner products of one matrix between layers.
 *
 * @param task which matrix
 * @param products element (i, j) for j <= i, row by row; not finite where a layer holds NaN,
 *     infinity, or numbers whose squares overflow
 */
public record CrossLayerFigures(Task<SameMatrix> task, List<Double> products)
    implements Serializable {
  /** What the seed adds to the denominator. */
  private static final double SEED_GUARD = 1e-8;

  /**
   * Two layers.
   *
   * @param figures where they are from
   * @param a position of the earlier one
   * @param b position of the later one
   */
  record Pair(CrossLayerFigures figures, int a, int b) {
    /** The cosine; null where a layer is zero throughout or not finite. */
    Double cosine() {
      double norms = norms();
      double product = figures.product(a, b);
      return norms > 0 && Double.isFinite(norms) && Double.isFinite(product)
          ? (Double) (product / norms)
          : null;
    }

    /** The seed's: 1e-8 added to the denominator; null where a layer is not finite. */
    Double seed() {
      double v = figures.product(a, b) / (norms() + SEED_GUARD);
      return Double.isFinite(v) ? (Double) v : null;
    }

    /** Its distance from 0 in standard deviations of random directions. */
    Double z() {
      Double cosine = cosine();
      return cosine == null ? null : (Double) (cosine * Math.sqrt(figures.task.detail().entries()));
    }

    private double norms() {
      return Math.sqrt(figures.product(a, a)) * Math.sqrt(figures.product(b, b));
    }

    int layerA() {
      return figures.task.detail().layers().get(a);
    }

    int layerB() {
      return figures.task.detail().layers().get(b);
    }

    boolean adjacent() {
      return b == a + 1;
    }
  }

  private double product(int i, int j) {
    int high = Math.max(i, j);
    return products.get(high * (high + 1) / 2 + Math.min(i, j));
  }

  /** Where the matrices are, and in which shape if there are several. */
  String place() {
    SameMatrix m = task.detail();
    return task.place().stack()
        + " "
        + task.place().component()
        + (m.several() ? " " + m.rows() + "x" + m.columns() : "");
  }

  /** Layers. */
  int layers() {
    return task.detail().layers().size();
  }

  /** Layers without a finite norm. */
  long nonFinite() {
    return diagonal().stream().filter(v -> !Double.isFinite(v)).count();
  }

  /** Layers that are zero throughout, or whose squares are. */
  long zeros() {
    return diagonal().stream().filter(v -> v == 0).count();
  }

  private List<Double> diagonal() {
    List<Double> squares = new ArrayList<>();
    for (int i = 0; i < layers(); i++) {
      squares.add(product(i, i));
    }
    return squares;
  }

  /** All pairs, the earlier layer first. */
  List<Pair> pairs() {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < layers(); i++) {
      for (int j = i + 1; j < layers(); j++) {
        pairs.add(new Pair(this, i, j));
      }
    }
    return pairs;
  }

  /** The pairs that have a cosine. */
  List<Pair> known() {
    return pairs().stream().filter(p -> p.cosine() != null).toList();
  }
}
