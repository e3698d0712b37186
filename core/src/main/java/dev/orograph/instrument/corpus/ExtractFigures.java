package dev.orograph.instrument.corpus;

import java.io.Serializable;
import java.util.List;

/**
 * What was extracted.
 *
 * @param sequences how many
 * @param arrays what was written, in the order in which it came about
 * @param cut lines that were cut
 * @param blind whether a decoder was given nothing to read
 */
record ExtractFigures(int sequences, List<Written> arrays, long cut, boolean blind)
    implements Serializable {
  /**
   * One array.
   *
   * @param name its name in the file
   * @param dtype type of its numbers
   * @param shape sizes, slowest first
   * @param vectors vectors of a state where the mask is not 0
   * @param norms sum of their Euclidean norms
   */
  record Written(String name, String dtype, List<Long> shape, long vectors, double norms)
      implements Serializable {
    /** Mean norm; null where there is none or it is not finite. */
    Double norm() {
      double mean = norms / vectors;
      return Double.isFinite(mean) ? mean : null;
    }

    long count() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }
  }
}
