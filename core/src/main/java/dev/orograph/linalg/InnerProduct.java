package dev.orograph.linalg;

/** The inner product of two vectors held as arrays, summed in their order. */
public final class InnerProduct {
  private InnerProduct() {}

  /** sum a_i b_i over the length of {@code a}. */
  public static double of(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
