package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;

import org.bytedeco.javacpp.DoublePointer;

/**
 * The distances of all pairs of n points, in tiles on and above the diagonal, rows of tiles in
 * order: {@code |x|^2 + |y|^2 - 2 x.y} from float64 products, n^2 d / 2 multiplications; what
 * nearly cancels is asked for anew.
 */
public final class DistanceMatrix {
  /** Rows and columns of a tile; of the last ones fewer. */
  public static final int SIDE = 512;

  /** A squared distance below this share of the squared norms has lost digits. */
  private static final double CANCELLED = 1e-4;

  private final Entries points;
  private final double[] squares;
  private final int n;
  private final int d;
  private final Close close;

  /** The distance of two points from their difference. */
  public interface Close {
    /** The distance. */
    double between(int i, int j);
  }

  /** Receives tiles, several at a time. */
  public interface Tiles {
    /**
     * One tile.
     *
     * @param row first row
     * @param rows how many
     * @param column first column, not below {@code row}
     * @param columns how many
     * @param distances row-major, valid during the call; 0 on the diagonal, and equal on both sides
     *     of it
     */
    void tile(int row, int rows, int column, int columns, float[] distances);

    /** All tiles of the rows before {@code row} are done. */
    void done(int row);
  }

  /**
   * Distances of points, one per row, which must allow reading by several threads; best centred.
   */
  public DistanceMatrix(Entries points, Close close) {
    this.points = points;
    this.close = close;
    n = Math.toIntExact(points.rows());
    d = Math.toIntExact(points.columns());
    squares = new double[n];
    double[] row = new double[d];
    for (int i = 0; i < n; i++) {
      points.read((long) i * d, row, 0, d);
      for (double v : row) {
        squares[i] += v * v;
      }
    }
  }

  /** Bytes that the given threads take for n points. */
  public static long bytes(long n, long d, int threads) {
    return 8 * n + 8 * SIDE * d + threads * (8L * SIDE * (2 * d + 3L * SIDE) + (1L << 25));
  }

  /**
   * Visits the tiles from a row on. Not to be called inside of {@link Lapack#with}.
   *
   * @param from a multiple of {@link #SIDE}
   * @param threads threads to use, the caller's included; they change no bit
   */
  public void forEach(int from, int threads, NearestNeighbours.Watch watch, Tiles tiles) {
    long all = (n + SIDE - 1L) / SIDE;
    for (int row = from; row < n; row += SIDE) {
      try (Scope scope = new Scope()) {
        int first = row;
        int rows = Math.min(SIDE, n - row);
        DoublePointer left = scope.doubles((long) SIDE * d);
        double[] block = new double[rows * d];
        points.read((long) row * d, block, 0, block.length);
        left.put(block, 0, block.length);
        int count = (n - row + SIDE - 1) / SIDE;
        Crew crew = new Crew(Math.min(threads, count));
        crew.run(
            member -> {
              try (Scope own = new Scope()) {
                Tile tile = new Tile(own, left, first, rows);
                for (int t = crew.ticket(); t < count && !crew.failed(); t = crew.ticket()) {
                  tile.visit(first + t * SIDE, tiles);
                }
              }
            });
        tiles.done(Math.min(n, row + SIDE));
        watch.done(row / SIDE + 1L, all);
      }
    }
  }

  /** One thread's tile. */
  private final class Tile {
    private final double[] read = new double[SIDE * d];
    private final double[] products = new double[SIDE];
    private final float[] distances = new float[SIDE * SIDE];
    private final DoublePointer left;
    private final DoublePointer right;
    private final DoublePointer product;
    private final int row;
    private final int rows;

    Tile(Scope scope, DoublePointer left, int row, int rows) {
      this.left = left;
      this.row = row;
      this.rows = rows;
      right = scope.doubles((long) SIDE * d);
      product = scope.doubles((long) SIDE * SIDE);
    }

    void visit(int column, Tiles tiles) {
      int columns = Math.min(SIDE, n - column);
      points.read((long) column * d, read, 0, columns * d);
      right.put(read, 0, columns * d);
      Lapack.with(
          1,
          () -> {
            cblas_dgemm(
                CblasRowMajor,
                CblasNoTrans,
                CblasTrans,
                rows,
                columns,
                d,
                1,
                left,
                d,
                right,
                d,
                0,
                product,
                columns);
            return null;
          });
      for (int i = 0; i < rows; i++) {
        new DoublePointer(product).position((long) i * columns).get(products, 0, columns);
        for (int j = 0; j < columns; j++) {
          boolean below = column == row && j <= i;
          distances[i * columns + j] =
              below
                  ? j == i ? 0 : distances[j * columns + i]
                  : (float) distance(row + i, column + j, products[j]);
        }
      }
      tiles.tile(row, rows, column, columns, distances);
    }

    private double distance(int i, int j, double product) {
      double sum = squares[i] + squares[j];
      double square = sum - 2 * product;
      return square > CANCELLED * sum ? Math.sqrt(square) : close.between(i, j);
    }
  }
}
