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
  /** Rows and columns of a tile; of the last ones fewer. */
  static final int SIDE = 1024;

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
     *     in native order; slightly negative where points nearly coincide
     */
    void tile(int row, int rows, int column, int columns, ByteBuffer halves);
  }

  private DistanceTiles() {}

  /** Bytes that one thread takes. */
  static long bytes() {
    return 4L * SIDE * SIDE + 8L * SIDE;
  }

  /** How many tiles n points have. */
  static long count(int n) {
    long side = ((long) n + SIDE - 1) / SIDE;
    return side * (side + 1) / 2;
  }

  /** Shows every tile; which threads do it changes no bit of any. */
  static void forEach(CentredRows z, int threads, Watch watch, Visitor visitor) {
    int n = z.count();
    int side = (n + SIDE - 1) / SIDE;
    long all = count(n);
    AtomicLong done = new AtomicLong();
    Crew crew = new Crew((int) Math.min(threads, all));
    crew.run(
        member -> {
          try (Scope scope = new Scope()) {
            FloatPointer tile = scope.floats((long) SIDE * SIDE);
            ByteBuffer halves = tile.asByteBuffer().order(ByteOrder.nativeOrder());
            int task = 0;
            int next = crew.ticket();
            // Along diagonals: tiles side by side share no row, so visitors do not wait for others.
            for (int off = 0; off < side; off++) {
              for (int i = 0; i + off < side; i++) {
                int j = i + off;
                if (task++ == next && !crew.failed()) {
                  int rows = Math.min(SIDE, n - i * SIDE);
                  int columns = Math.min(SIDE, n - j * SIDE);
                  fill(z, i * SIDE, rows, j * SIDE, columns, tile, halves.asFloatBuffer());
                  visitor.tile(i * SIDE, rows, j * SIDE, columns, halves);
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
    int d = z.dimensions();
    Lapack.with(
        1,
        () -> {
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
              columns);
          return null;
        });
  }
}
