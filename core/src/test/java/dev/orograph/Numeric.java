package dev.orograph;

/**
 * Marks tests of what kernels compute: {@code @Tag(Numeric.TAG)}. {@code .ci/run} repeats them
 * under the weakest and the strongest kernels that the machine has.
 */
public final class Numeric {
  /** The tag. */
  public static final String TAG = "numeric";

  private Numeric() {}
}
