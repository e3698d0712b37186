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
    return of(
        rows,
        columns,
        values.length,
        (from, into, offset, length) -> System.arraycopy(values, (int) from, into, offset, length));
  }

  /** The same for float32 values. */
  static Entries of(int rows, int columns, float[] values) {
    return of(
        rows,
        columns,
        values.length,
        (from, into, offset, length) -> {
          int at = (int) from;
          for (int i = 0; i < length; i++) {
            into[offset + i] = values[at + i];
          }
        });
  }

  /**
   * Some of the rows of a matrix, in the order in which they are named; nothing is copied.
   *
   * @param all the matrix
   * @param rows numbers of its rows, from 0
   */
  static Entries ofRows(Entries all, int[] rows) {
    long columns = all.columns();
    return of(
        rows.length,
        columns,
        (from, into, offset, length) -> {
          int done = 0;
          while (done < length) {
            int row = (int) ((from + done) / columns);
            long at = (from + done) % columns;
            int n = (int) Math.min(length - done, columns - at);
            all.read(rows[row] * columns + at, into, offset + done, n);
            done += n;
          }
        });
  }

  /**
   * The rows of a matrix, each times a number of its own.
   *
   * @param factors as many numbers as there are rows; not to be changed
   */
  static Entries scaled(Entries all, double[] factors) {
    long columns = all.columns();
    return of(
        all.rows(),
        columns,
        (from, into, offset, length) -> {
          all.read(from, into, offset, length);
          for (int done = 0; done < length; ) {
            int n = (int) Math.min(length - done, columns - (from + done) % columns);
            multiply(into, offset + done, n, factors[(int) ((from + done) / columns)]);
            done += n;
          }
        });
  }

  /**
   * The rows of a matrix, each divided by a number of its own.
   *
   * @param divisors as many numbers as there are rows; not to be changed
   */
  static Entries divided(Entries all, double[] divisors) {
    long columns = all.columns();
    return of(
        all.rows(),
        columns,
        (from, into, offset, length) -> {
          all.read(from, into, offset, length);
          for (int done = 0; done < length; ) {
            int n = (int) Math.min(length - done, columns - (from + done) % columns);
            divide(into, offset + done, n, divisors[(int) ((from + done) / columns)]);
            done += n;
          }
        });
  }

  private static void multiply(double[] into, int at, int n, double factor) {
    for (int i = at; i < at + n; i++) {
      into[i] *= factor;
    }
  }

  private static void divide(double[] into, int at, int n, double divisor) {
    for (int i = at; i < at + n; i++) {
      into[i] /= divisor;
    }
  }

  /**
   * The rows of a matrix with a point subtracted from each.
   *
   * @param point as many numbers as a row has; not to be changed
   */
  static Entries less(Entries all, double[] point) {
    return of(
        all.rows(),
        all.columns(),
        (from, into, offset, length) -> {
          all.read(from, into, offset, length);
          int column = (int) (from % point.length);
          for (int done = 0; done < length; column = 0) {
            int n = Math.min(length - done, point.length - column);
            subtract(into, offset + done, point, column, n);
            done += n;
          }
        });
  }

  private static void subtract(double[] into, int at, double[] point, int column, int n) {
    for (int i = 0; i < n; i++) {
      into[at + i] -= point[column + i];
    }
  }

  private static Entries of(int rows, int columns, int count, Reader reader) {
    if ((long) rows * columns != count) {
      throw new IllegalArgumentException(rows + " x " + columns + " is not " + count + " entries");
    }
    return of(rows, columns, reader);
  }

  /** Entries that something else reads. */
  static Entries of(long rows, long columns, Reader reader) {
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
        reader.read(from, into, offset, length);
      }
    };
  }

  /** How entries are copied; see {@link #read}. */
  interface Reader {
    /** Copies entries in row-major order. */
    void read(long from, double[] into, int offset, int length);
  }
}
