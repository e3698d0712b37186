package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;

import dev.orograph.linalg.NearestNeighbours.Watch;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.DoublePointer;

/**
 * Nearest neighbours of the points that float32 left in doubt. Their distances to all points come
 * from a float64 product; each other point that may be as near as the k-th nearest known so far,
 * its rounding considered, is measured for itself. So nothing is left to prove: in the worst case
 * every pair is measured.
 */
final class NeighboursAgain {
  private static final int ROWS = 256;
  private static final int COLUMNS = 512;

  private final CentredRows z;
  private final int[] points;
  private final int k;
  private final int[] indices;
  private final double[] distances;

  /**
   * Neighbours to replace.
   *
   * @param points whose
   * @param k how many each has
   * @param indices their indices, {@code (n, k)}
   * @param distances their squared distances, {@code (n, k)}: bounds now, exact afterwards
   */
  NeighboursAgain(CentredRows z, int[] points, int k, int[] indices, double[] distances) {
    this.z = z;
    this.points = points;
    this.k = k;
    this.indices = indices;
    this.distances = distances;
  }

  /** Bytes that one thread takes. */
  static long bytes(long d) {
    return 8 * ((ROWS + 2L * COLUMNS) * d + (long) ROWS * COLUMNS);
  }

  void run(int threads, Watch watch) {
    long blocks = (points.length + ROWS - 1L) / ROWS;
    if (blocks == 0) {
      return;
    }
    long all = blocks * ((z.count() + COLUMNS - 1L) / COLUMNS);
    AtomicLong done = new AtomicLong();
    Crew crew = new Crew((int) Math.min(threads, blocks));
    crew.run(
        member -> {
          try (Scope scope = new Scope()) {
            Block block = new Block(scope);
            for (int b = crew.ticket(); b < blocks && !crew.failed(); b = crew.ticket()) {
              block.start(b * ROWS);
              for (int column = 0; column < z.count() && !crew.failed(); column += COLUMNS) {
                block.against(column);
                watch.done(done.incrementAndGet(), all);
              }
              block.finish();
            }
          }
        });
  }

  /** Some of the points, against all others in ascending order. */
  private final class Block {
    private final int d = z.dimensions();
    private final double[] read = new double[COLUMNS * d];
    private final double[] own = new double[d];
    private final double[] other = new double[d];
    private final double[] products = new double[COLUMNS];
    private final RankedRows[] ranked = new RankedRows[ROWS];
    private final double[] reach = new double[ROWS];
    private final DoublePointer left;
    private final DoublePointer right;
    private final DoublePointer tile;
    private int first;
    private int count;

    Block(Scope scope) {
      left = scope.doubles((long) ROWS * d);
      right = scope.doubles((long) COLUMNS * d);
      tile = scope.doubles((long) ROWS * COLUMNS);
    }

    void start(int from) {
      first = from;
      count = Math.min(ROWS, points.length - from);
      for (int i = 0; i < count; i++) {
        int point = points[first + i];
        z.centred(point, 1, read);
        new DoublePointer(left).position((long) i * d).put(read, 0, d);
        ranked[i] = new RankedRows(k);
        reach[i] = z.reach(point, distances[point * k + k - 1], CentredRows.DOUBLE);
      }
    }

    void against(int column) {
      int columns = Math.min(COLUMNS, z.count() - column);
      z.centred(column, columns, read);
      right.put(read, 0, columns * d);
      Lapack.with(
          1,
          () -> {
            cblas_dgemm(
                CblasRowMajor,
                CblasNoTrans,
                CblasTrans,
                count,
                columns,
                d,
                1,
                left,
                d,
                right,
                d,
                0,
                tile,
                columns);
            return null;
          });
      for (int i = 0; i < count; i++) {
        new DoublePointer(tile).position((long) i * columns).get(products, 0, columns);
        scan(i, column, columns);
      }
    }

    private void scan(int i, int column, int columns) {
      int point = points[first + i];
      double half = z.half(point);
      boolean ready = false;
      for (int j = 0; j < columns; j++) {
        if (half + z.half(column + j) - products[j] <= reach[i]
            && column + j != point
            // Those that come later lose every tie, and none is nearer than 0.
            && ranked[i].limit() > 0) {
          if (!ready) {
            z.read(point, own);
            ready = true;
          }
          z.read(column + j, other);
          ranked[i].offer(CentredRows.squared(own, other), column + j);
        }
      }
    }

    void finish() {
      for (int i = 0; i < count; i++) {
        ranked[i].copy(indices, distances, points[first + i] * k);
      }
    }
  }
}
