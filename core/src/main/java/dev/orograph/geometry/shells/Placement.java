package dev.orograph.geometry.shells;

/**
 * Where a point of a shell lies: x = r (cos a u + sin a t), u its direction, a the angle by which
 * it was turned, t a unit tangent of its own (random signs, keyed by the point, less their part
 * along u). So |x| = r whatever the angle.
 */
public final class Placement {
  private Placement() {}

  /**
   * Places one point; a zero vector has no direction and stays at the origin.
   *
   * @param vector the point's numbers from {@code at} on, d of them; replaced by its coordinates
   * @param norm their Euclidean norm
   * @param radius of its shell
   * @param angle by which it was turned
   * @param key of all tangents
   * @param point its number
   */
  public static void place(
      double[] vector,
      int at,
      int d,
      double norm,
      double radius,
      double angle,
      long key,
      long point) {
    if (!(norm > 0)) {
      return;
    }
    for (int k = 0; k < d; k++) {
      vector[at + k] /= norm;
    }
    double[] tangent = angle == 0 || d == 1 ? null : tangent(vector, at, d, Keyed.bits(key, point));
    double along = tangent == null ? radius : radius * Math.cos(angle);
    double aside = radius * Math.sin(angle);
    for (int k = 0; k < d; k++) {
      vector[at + k] = vector[at + k] * along + (tangent == null ? 0 : tangent[k] * aside);
    }
  }

  private static double[] tangent(double[] unit, int at, int d, long key) {
    double[] t = new double[d];
    for (int k = 0; k < d; k += Long.SIZE) {
      long signs = Keyed.bits(key, k);
      for (int j = k; j < Math.min(d, k + Long.SIZE); j++) {
        t[j] = (signs >>> (j - k) & 1) == 0 ? -1 : 1;
      }
    }
    if (!projected(t, unit, at)) {
      // The signs were those of the direction itself: any other vector has a tangent part.
      t = new double[d];
      t[0] = 1;
      if (!projected(t, unit, at)) {
        t = new double[d];
        t[1] = 1;
        projected(t, unit, at);
      }
    }
    return t;
  }

  private static boolean projected(double[] t, double[] unit, int at) {
    double dot = 0;
    for (int k = 0; k < t.length; k++) {
      dot += t[k] * unit[at + k];
    }
    double squares = 0;
    for (int k = 0; k < t.length; k++) {
      t[k] -= dot * unit[at + k];
      squares += t[k] * t[k];
    }
    if (!(squares > 1e-6)) {
      return false;
    }
    double length = Math.sqrt(squares);
    for (int k = 0; k < t.length; k++) {
      t[k] /= length;
    }
    return true;
  }
}
