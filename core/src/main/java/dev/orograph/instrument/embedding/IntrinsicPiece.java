package dev.orograph.instrument.embedding;

import dev.orograph.geometry.GaussianCloud;
import dev.orograph.instrument.Piece;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.DistinctRows;
import dev.orograph.linalg.NearestNeighbours;
import dev.orograph.model.Parameter;
import java.io.Serializable;

/**
 * One matrix with a row per token.
 *
 * @param index position in the plan
 * @param tensor full name
 * @param rows its rows
 * @param columns its columns
 * @param work rough cost in multiplications
 * @param bytes bound on anonymous memory
 * @param nativeThreads threads; they change no digit
 */
record IntrinsicPiece(
    int index, String tensor, long rows, long columns, double work, long bytes, int nativeThreads)
    implements Piece, Serializable {
  /** Rows of a matrix that are measured; of a larger one so many at random. */
  static final int MOST_ROWS = 60_000;

  /** Rows of the clouds that are set against each other: as many of the data as of the null. */
  static final int CLOUD_ROWS = 5_000;

  /** Neighbours that are sought. */
  static final int NEIGHBOURS = 50;

  /** Multiplications from which a second thread is worth it. */
  private static final double LARGE = 1e11;

  static IntrinsicPiece of(int index, Parameter p) {
    long d = p.tensor().columns();
    long n = Math.min(p.tensor().rows(), MOST_ROWS);
    long cloud = Math.min(n, CLOUD_ROWS);
    int clouds = IntrinsicMeasurement.DATA_DRAWS + IntrinsicMeasurement.NULL_DRAWS;
    double work = ((double) n * n + (double) clouds * cloud * cloud) * d / 2 + (double) n * d * d;
    int threads = work > LARGE ? 2 : 1;
    long all =
        Math.max(
            NearestNeighbours.bytes(n, d, NEIGHBOURS, threads),
            GaussianCloud.bytes(n, d)
                + GaussianCloud.drawBytes(cloud, d)
                + NearestNeighbours.bytes(cloud, d, NEIGHBOURS, threads));
    return new IntrinsicPiece(
        index,
        p.tensor().name(),
        p.tensor().rows(),
        d,
        work,
        // What is kept of the neighbours while clouds are drawn, and buffers for reading.
        all
            + TokenRows.bytes(p.tensor().rows())
            + DistinctRows.bytes(p.tensor().rows())
            + n * 20 * NEIGHBOURS
            + (16L << 20),
        threads);
  }

  @Override
  public String label() {
    return tensor;
  }
}
