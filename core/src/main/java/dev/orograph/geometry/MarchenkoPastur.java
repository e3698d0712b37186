package dev.orograph.geometry;

/**
 * The upper edge of the Marchenko-Pastur law: the largest singular value that a matrix {@code
 * (rows, columns)} of independent entries of that standard deviation has in the limit, deviation
 * (sqrt rows + sqrt columns). Source: Marchenko & Pastur 1967.
 */
public final class MarchenkoPastur {
  private MarchenkoPastur() {}

  /** The edge, in the unit of singular values. */
  public static double edge(double deviation, long rows, long columns) {
    return deviation * (Math.sqrt((double) rows) + Math.sqrt((double) columns));
  }

  /** How many of the singular values, largest first, lie above the edge. */
  public static int spikes(double[] descending, double edge) {
    int count = 0;
    while (count < descending.length && descending[count] > edge) {
      count++;
    }
    return count;
  }
}
