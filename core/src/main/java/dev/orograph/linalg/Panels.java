package dev.orograph.linalg;

/**
 * Cuts a matrix W into panels across its long side and hands each to a consumer as a column-major
 * {@code count x n} block of the tall orientation (W itself when it has at least as many rows as
 * columns, its transpose otherwise), n the short side. So Gram matrices and QR factorisations see
 * one shape, however the checkpoint stores it.
 */
final class Panels {
  private static final int TARGET = 1 << 20;

  /** Receives a panel. */
  interface Consumer {
    /**
     * One panel.
     *
     * @param block {@code capacity} doubles; how they lie is said by {@code transposed}
     * @param count rows of the tall orientation in this panel
     */
    void accept(double[] block, int count);
  }

  private final Entries w;
  private final double scale;
  private final int shortSide;
  private final long longSide;
  private final boolean tall;

  private final int target;

  Panels(Entries w, double scale) {
    this(w, scale, w.rows() >= w.columns(), TARGET);
  }

  private Panels(Entries w, double scale, boolean tall, int target) {
    this.w = w;
    this.scale = scale;
    this.tall = tall;
    this.shortSide = Math.toIntExact(tall ? w.columns() : w.rows());
    this.longSide = tall ? w.rows() : w.columns();
    this.target = target;
  }

  /** Panels across the rows of W, even where these are shorter than they are many. */
  static Panels ofRows(Entries w, int target) {
    return new Panels(w, 1, false, target);
  }

  /** Panels across the rows of W, columns against columns, even where rows are few. */
  static Panels ofColumns(Entries w) {
    return new Panels(w, 1, true, TARGET);
  }

  int shortSide() {
    return shortSide;
  }

  /**
   * True where a panel arrives as {@code n x count} column-major (the rows of a tall W as they
   * lie), false where as {@code count x n} column-major (column blocks of a wide W as they lie).
   */
  boolean transposed() {
    return tall;
  }

  int capacity() {
    return (int) Math.min(longSide, Math.max(64, target / shortSide));
  }

  /** How many panels. */
  int count() {
    return Math.toIntExact((longSide + capacity() - 1) / capacity());
  }

  /** Rows of the tall orientation in a panel. */
  int rows(int panel) {
    return (int) Math.min(capacity(), longSide - (long) panel * capacity());
  }

  /**
   * Reads a panel.
   *
   * @param block at least {@code capacity * n} long; how they lie is said by {@code transposed}
   * @return {@link #rows}
   */
  int read(int panel, double[] block) {
    long start = (long) panel * capacity();
    int count = rows(panel);
    if (tall) {
      w.read(start * shortSide, block, 0, count * shortSide);
    } else {
      for (int i = 0; i < shortSide; i++) {
        w.read(i * longSide + start, block, i * count, count);
      }
    }
    if (scale != 1) {
      for (int i = 0; i < count * shortSide; i++) {
        block[i] *= scale;
      }
    }
    return count;
  }

  void forEach(Consumer consumer) {
    double[] block = new double[Math.multiplyExact(capacity(), shortSide)];
    for (int panel = 0; panel < count(); panel++) {
      consumer.accept(block, read(panel, block));
    }
  }
}
