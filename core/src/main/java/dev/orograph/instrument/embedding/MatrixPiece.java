package dev.orograph.instrument.embedding;

import dev.orograph.instrument.Piece;
import dev.orograph.model.Parameter;
import java.io.Serializable;

/**
 * Work on one matrix that has a row per token.
 *
 * @param tensor full name
 * @param id short name in ids: "embedding", "head", with the stack in front where two share it
 * @param part which part of the work on it; "" where there is one only
 * @param rows tokens V
 * @param columns dimensions d
 * @param work rough cost in multiplications
 * @param bytes bound on anonymous memory
 */
public record MatrixPiece(
    String tensor, String id, String part, long rows, int columns, double work, long bytes)
    implements Piece, Serializable {
  /** The whole matrix, {@code cost} multiplications per entry. */
  static MatrixPiece of(Parameter p, String id, String part, double cost, long bytes) {
    long rows = p.tensor().rows();
    int columns = Math.toIntExact(p.tensor().columns());
    return new MatrixPiece(
        p.tensor().name(), id, part, rows, columns, cost * rows * columns, bytes);
  }

  @Override
  public String label() {
    return part.isEmpty() ? tensor : tensor + ": " + part;
  }

  @Override
  public int nativeThreads() {
    return 1;
  }

  /** What the matrix is called in sentences. */
  String name() {
    return id.replace('_', ' ').replace('.', ' ');
  }
}
