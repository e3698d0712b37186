package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import org.bytedeco.javacpp.FloatPointer;

/**
 * The inner products of all pairs of rows of a float32 matrix, in tiles on and above the diagonal:
 * n^2 d / 2 multiplications in float32, each product with a relative error of about d eps32 of the
 * rows' norms.
 */
public final class RowProducts {
  private static final int TILE = 512;

  private RowProducts() {}

  /** Receives tiles. */
  public interface Tiles {
    /**
     * Products of rows {@code first..} with rows {@code other..}, {@code other >= first}.
     *
     * @param products {@code count x others}, row-major, valid during the call
     */
    void tile(int first, int count, int other, int others, float[] products);
  }

  /** Gives rows. */
  public interface Rows {
    /** Writes row i, d numbers. */
    void read(int i, float[] into);
  }

  /** Bytes of native memory that it takes. */
  public static long bytes(long n, long d) {
    return Float.BYTES * (n * d + (long) TILE * TILE);
  }

  /** Visits all tiles of n rows of d numbers in a fixed order. */
  public static void visit(int n, int d, Rows rows, Tiles tiles) {
    Lapack.with(
        1,
        () -> {
          try (FloatPointer all = new FloatPointer(Math.max(1, (long) n * d));
              FloatPointer product = new FloatPointer((long) TILE * TILE)) {
            float[] row = new float[d];
            for (int i = 0; i < n; i++) {
              rows.read(i, row);
              all.position((long) i * d).put(row, 0, d);
            }
            all.position(0);
            float[] values = new float[TILE * TILE];
            for (int i = 0; i < n; i += TILE) {
              int count = Math.min(TILE, n - i);
              for (int j = i; j < n; j += TILE) {
                int others = Math.min(TILE, n - j);
                multiply(all, i, count, j, others, d, product);
                product.get(values, 0, count * others);
                tiles.tile(i, count, j, others, values);
              }
            }
          }
          return null;
        });
  }

  private static void multiply(
      FloatPointer all, int i, int count, int j, int others, int d, FloatPointer product) {
    FloatPointer a = new FloatPointer(all).position((long) i * d);
    FloatPointer b = new FloatPointer(all).position((long) j * d);
    cblas_sgemm(
        CblasRowMajor,
        CblasNoTrans,
        CblasTrans,
        count,
        others,
        d,
        1,
        a,
        d,
        b,
        d,
        0,
        product,
        others);
  }
}
