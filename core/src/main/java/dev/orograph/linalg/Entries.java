package dev.orograph.linalg;

/**
 * The entries of a matrix, read where they lie: row-major, decoded to float64 on the way. What a
 * mapped tensor, an array and a shuffled copy have in common.
 */
public interface Entries {
  /** Number of rows. */
  long rows();

  /** Number of columns. */
  long columns();

  /**
   * Copies entries in row-major order.
   *
   * @param from index of the first entry, row * columns + column
   * @param into where to
   * @param offset first index in {@code into}
   * @param length how many
   */
  void read(long from, double[] into, int offset, int length);

  /** Entries held in an array, row-major. */
  static Entries of(int rows, int columns, double[] values) {
    if ((long) rows * columns != values.length) {
      throw new IllegalArgumentException(
          rows + " x " + columns + " is not " + values.length + " entries");
    }
    return new Entries() {
      @Override
      public long rows() {
        return rows;
      }

      @Override
      public long columns() {
        return columns;
      }

      @Override
      public void read(long from, double[] into, int offset, int length) {
        System.arraycopy(values, (int) from, into, offset, length);
      }
    };
  }
}
