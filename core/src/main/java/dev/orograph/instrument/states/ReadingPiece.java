package dev.orograph.instrument.states;

import dev.orograph.instrument.Piece;
import java.io.Serializable;

/**
 * One model reading everything that is to be read.
 *
 * @param label what is done
 * @param work rough cost in multiplications
 * @param bytes bound on anonymous memory
 */
record ReadingPiece(String label, double work, long bytes) implements Piece, Serializable {
  /** One, so that the digits do not depend on the machine. */
  @Override
  public int nativeThreads() {
    return 1;
  }
}
