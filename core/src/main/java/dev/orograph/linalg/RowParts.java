package dev.orograph.linalg;

/**
 * Reads the rows of a matrix in a few parts, side by side. Where parts are cut follows from the
 * number of rows alone, so what is summed up by part and then over parts in their order has the
 * same bits whatever the number of threads.
 */
public final class RowParts {
  /** Parts. */
  public static final int COUNT = 32;

  private static final int CHUNK = 1 << 16;

  private RowParts() {}

  /** Receives some rows of a part. */
  public interface Visitor {
    /**
     * Rows {@code first} to {@code first + count - 1}; those of one part come in their order, in
     * one thread.
     *
     * @param block their entries, row-major; may be changed
     */
    void rows(int part, int first, int count, double[] block);
  }

  /**
   * Visits all rows.
   *
   * @param rows must allow reading by several threads, if there are any
   * @param threads threads to use, the caller's included
   */
  public static void forEach(Entries rows, int threads, Visitor visitor) {
    int n = Math.toIntExact(rows.rows());
    int d = Math.toIntExact(rows.columns());
    int most = Math.max(1, CHUNK / Math.max(1, d));
    Crew crew = new Crew(Math.min(threads, COUNT));
    crew.run(
        member -> {
          double[] block = new double[most * d];
          for (int p = crew.ticket(); p < COUNT && !crew.failed(); p = crew.ticket()) {
            int end = (int) ((p + 1L) * n / COUNT);
            for (int from = (int) ((long) p * n / COUNT); from < end; from += most) {
              int count = Math.min(most, end - from);
              rows.read((long) from * d, block, 0, count * d);
              visitor.rows(p, from, count, block);
            }
          }
        });
  }

  /** Bytes that the threads take for rows of d entries. */
  public static long bytes(long d, int threads) {
    return threads * 8L * (CHUNK + d);
  }
}
