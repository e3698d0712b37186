package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import dev.orograph.linalg.NearestNeighbours.Watch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Half the squared distances of all pairs of points, tile by tile: {@code |z_i|^2/2 + |z_j|^2/2 -
 * z_i . z_j} by a float32 product that starts from the sums of the norms. A pair of tiles is
 * computed once; the matrix of distances is never held.
 */
final class DistanceTiles {
  /** Rows and columns of a tile among a few points. */
  static final int SMALL = 1024;

  /** The same among many: both sides are packed for half as many products. */
  static final int LARGE = 2048;

  private static final int MANY = 16 * SMALL;

  /** Squares on the diagonal up to this size are computed whole. */
  private static final int LEAST = 256;

  /** Sees tiles, several at a time. */
  interface Visitor {
    /**
     * One tile on or above the diagonal.
     *
     * @param row first point of its rows
     * @param rows how many
     * @param column first point of its columns, not below {@code row}
     * @param columns how many
     * @param halves half squared distances in units of {@link CentredRows} as float32, row-major,
     *     in native order; slightly negative where points nearly coincide; of no meaning for pairs
     *     whose second point comes before the first
     */
    void tile(int row, int rows, int column, int columns, ByteBuffer halves);
  }

  private DistanceTiles() {}

  /** Rows and columns of a tile of n points; of the last ones fewer. */
  static int side(long n) {
    return n < MANY ? SMALL : LARGE;
  }

  /** Tiles along each side of all pairs of n points. */
  static int along(int n) {
    return Math.toIntExact(((long) n + side(n) - 1) / side(n));
  }

  /** Bytes that one thread takes for tiles of n points. */
  static long bytes(long n) {
    return 4L * side(n) * side(n) + 8L * side(n);
  }

  /** How many tiles n points have. */
  static long count(int n) {
    return along(n) * (along(n) + 1L) / 2;
  }

  /** Shows every tile; which threads do it changes no bit of any. */
  static void forEach(CentredRows z, int threads, Watch watch, Visitor visitor) {
    int n = z.count();
    int side = side(n);
    int along = along(n);
    long all = count(n);
    AtomicLong done = new AtomicLong();
    Crew crew = new Crew((int) Math.min(threads, all));
    crew.run(
        member -> {
          try (Scope scope = new Scope()) {
            FloatPointer tile = scope.floats((long) side * side);
            ByteBuffer halves = tile.asByteBuffer().order(ByteOrder.nativeOrder());
            int task = 0;
            int next = crew.ticket();
            // Along diagonals: tiles side by side share no row, so visitors do not wait for others.
            for (int off = 0; off < along; off++) {
              for (int i = 0; i + off < along; i++) {
                int j = i + off;
                if (task++ == next && !crew.failed()) {
                  int rows = Math.min(side, n - i * side);
                  int columns = Math.min(side, n - j * side);
                  fill(z, i * side, rows, j * side, columns, tile, halves.asFloatBuffer());
                  visitor.tile(i * side, rows, j * side, columns, halves);
                  watch.done(done.incrementAndGet(), all);
                  next = crew.ticket();
                }
              }
            }
          }
        });
  }

  private static void fill(
      CentredRows z,
      int row,
      int rows,
      int column,
      int columns,
      FloatPointer tile,
      FloatBuffer halves) {
    float[] right = new float[columns];
    for (int j = 0; j < columns; j++) {
      right[j] = (float) z.half(column + j);
    }
    float[] sums = new float[columns];
    for (int i = 0; i < rows; i++) {
      float left = (float) z.half(row + i);
      for (int j = 0; j < columns; j++) {
        sums[j] = left + right[j];
      }
      halves.put(i * columns, sums, 0, columns);
    }
    Lapack.with(
        1,
        () -> {
          products(z, row, rows, column, columns, tile, columns);
          return null;
        });
  }

  /** Subtracts products; on the diagonal those of squares below it, which nobody needs, are cut. */
  private static void products(
      CentredRows z, int row, int rows, int column, int columns, FloatPointer tile, int stride) {
    if (row == column && rows > LEAST) {
      int half = rows / 2;
      int rest = rows - half;
      products(z, row, half, row, half, tile, stride);
      products(z, row, half, row + half, rest, moved(tile, half), stride);
      FloatPointer last = moved(tile, half * (stride + 1L));
      products(z, row + half, rest, row + half, rest, last, stride);
      return;
    }
    int d = z.dimensions();
    cblas_sgemm(
        CblasRowMajor,
        CblasNoTrans,
        CblasTrans,
        rows,
        columns,
        d,
        -1,
        z.from(row),
        d,
        z.from(column),
        d,
        1,
        tile,
        stride);
  }

  private static FloatPointer moved(FloatPointer from, long by) {
    return new FloatPointer(from).position(from.position() + by);
  }
}
