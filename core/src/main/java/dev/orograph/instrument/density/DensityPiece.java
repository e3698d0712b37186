package dev.orograph.instrument.density;

import dev.orograph.instrument.Piece;
import dev.orograph.linalg.Cholesky;
import dev.orograph.linalg.DistanceMatrix;
import dev.orograph.linalg.DistinctRows;
import dev.orograph.linalg.NearestNeighbours;
import java.io.Serializable;

/**
 * Work on one matrix.
 *
 * @param tensor full name
 * @param id short name: "head", "embedding" or "matrix"
 * @param part {@link #DENSITY}, or {@link #WRITE} to write distances
 * @param rows rows V
 * @param columns columns d
 * @param tokens tokens that are drawn
 * @param work rough cost in multiplications
 * @param bytes bound on anonymous memory
 * @param nativeThreads threads; they change no digit
 */
public record DensityPiece(
    String tensor,
    String id,
    String part,
    int rows,
    int columns,
    int tokens,
    double work,
    long bytes,
    int nativeThreads)
    implements Piece, Serializable {
  static final String DENSITY = "density";
  static final String WRITE = "distances";

  /** Tokens of the clouds that are set against each other. */
  static final int CLOUD = 4000;

  /** Multiplications from which a second thread is worth it. */
  private static final double LARGE = 1e11;

  private static final int PER_TOKEN = 200;

  static DensityPiece density(
      String tensor, String id, int rows, int columns, int tokens, DensitySettings s) {
    double d = columns;
    int m = Math.min(tokens, CLOUD);
    int clouds = s.sound() ? DensityMeasurement.DATA_DRAWS + 2 * DensityMeasurement.NULL_DRAWS : 0;
    double work = 2 * rows * d * d + ((double) tokens * tokens + (double) clouds * m * m) * d / 2;
    int threads = threads(work);
    int k = s.k() == 0 ? DensitySettings.USUAL_K : s.k();
    long search =
        Math.max(
            NearestNeighbours.bytes(tokens, columns, k, threads),
            4L * m * columns + NearestNeighbours.bytes(m, columns, k, threads));
    return of(tensor, id, DENSITY, rows, columns, tokens, work, search + 24L * k * tokens, threads);
  }

  static DensityPiece write(String tensor, String id, int rows, int columns, int tokens) {
    double d = columns;
    double work = 2 * rows * d * d + (double) tokens * tokens * d / 2;
    int threads = threads(work);
    long search = DistanceMatrix.bytes(tokens, columns, threads);
    return of(tensor, id, WRITE, rows, columns, tokens, work, search, threads);
  }

  private static DensityPiece of(
      String tensor,
      String id,
      String part,
      int rows,
      int columns,
      int tokens,
      double work,
      long search,
      int threads) {
    long stored = Cloud.bytes(rows, tokens, columns);
    long factor = 8L * columns * columns;
    long bytes =
        Math.max(
                Metric.bytes(rows, columns, threads),
                factor + stored + Math.max(search, Cholesky.bytes(columns, threads)))
            + DistinctRows.bytes(tokens)
            + (long) PER_TOKEN * rows
            + (32L << 20);
    return new DensityPiece(tensor, id, part, rows, columns, tokens, work, bytes, threads);
  }

  private static int threads(double work) {
    return work > LARGE ? 2 : 1;
  }

  @Override
  public String label() {
    return tensor + ": " + part;
  }

  /** What the matrix is called in sentences. */
  String name() {
    return id.replace('_', ' ').replace('.', ' ');
  }
}
