package dev.orograph.random;

/**
 * The natural logarithm of {@code 1 + x} for {@code -1 < x <= 0}, rounded as the C library rounds
 * it.
 *
 * <p>NumPy takes the tail of the normal distribution from the C library's {@code log1p} and {@code
 * log1pf}. Their last bit is not fixed by any standard, so two correct libraries may differ there;
 * this class evaluates the argument reduction and the polynomial of FDLIBM (Sun Microsystems 1993)
 * in the order of the GNU C library 2.36, on which the reference streams were drawn. {@link
 * StrictMath#log1p} sums the same polynomial in another order and differs in the last bit about
 * once in a thousand arguments; there is no float version in Java.
 *
 * <p>With {@code 1 + x = 2^k (1 + f)}, {@code sqrt(1/2) <= 1 + f < sqrt(2)} and {@code s = f / (2 +
 * f)}, {@code log(1 + f) = f - f²/2 + s (f²/2 + R(s²))}, where {@code R} is a minimax polynomial.
 */
final class Log1p {
  private static final double LN2_HIGH = 0.6931471803691238;
  private static final double LN2_LOW = 1.9082149292705877e-10;
  private static final double P1 = 0.6666666666666735;
  private static final double P2 = 0.3999999999940942;
  private static final double P3 = 0.2857142874366239;
  private static final double P4 = 0.22222198432149784;
  private static final double P5 = 0.1818357216161805;
  private static final double P6 = 0.15313837699209373;
  private static final double P7 = 0.14798198605116586;

  /** Below this distance from zero no argument reduction is done: about {@code 1 - sqrt(1/2)}. */
  private static final double NEAR = Double.longBitsToDouble(0x3fd2bec400000000L);

  private static final float NEAR_FLOAT = Float.intBitsToFloat(0x3e95f61f);

  private Log1p() {}

  /** Returns {@code log(1 + x)} for {@code -1 < x <= 0}. */
  static double of(double x) {
    if (-x < 0x1p-29) {
      return -x < 0x1p-54 ? x : x - x * x * 0.5;
    }
    double f = x;
    double rest = 0;
    int k = 0;
    boolean tiny = false;
    if (-x >= NEAR) {
      double u = 1 + x;
      rest = (x - (u - 1)) / u;
      k = Math.getExponent(u);
      long fraction = Double.doubleToRawLongBits(u) & 0xfffffffffffffL;
      int high = (int) (fraction >>> 32);
      boolean upper = high >= 0x6a09e;
      k += upper ? 1 : 0;
      tiny = upper ? 0x100000 - high < 4 : high == 0;
      f = Double.longBitsToDouble(fraction | (upper ? 0x3feL : 0x3ffL) << 52) - 1;
    }
    double low = Math.fma(k, LN2_LOW, rest);
    double half = 0.5 * f * f;
    if (tiny) {
      if (f == 0) {
        return k == 0 ? 0 : k * LN2_HIGH + low;
      }
      double r = half * Math.fma(-0.6666666666666666, f, 1);
      return k == 0 ? f - r : k * LN2_HIGH - ((r - low) - f);
    }
    double s = f / (2 + f);
    double z = s * s;
    double z2 = z * z;
    double z4 = z2 * z2;
    double r = Math.fma(z, P1, z2 * Math.fma(z, P3, P2));
    r = Math.fma(Math.fma(z, P5, P4), z4, r);
    r = Math.fma(Math.fma(z, P7, P6), z4 * z2, r);
    double correction = s * (half + r);
    return k == 0 ? f - (half - correction) : k * LN2_HIGH - ((half - (correction + low)) - f);
  }

  /** Returns {@code log(1 + x)} in float arithmetic for {@code -1 < x <= 0}. */
  static float of(float x) {
    if (-x < 0x1p-29f) {
      return -x < 0x1p-54f ? x : x - x * x * 0.5f;
    }
    float f = x;
    float rest = 0;
    int k = 0;
    boolean tiny = false;
    if (-x > NEAR_FLOAT) {
      float u = 1 + x;
      rest = (x - (u - 1)) / u;
      k = Math.getExponent(u);
      int fraction = Float.floatToRawIntBits(u) & 0x7fffff;
      boolean upper = fraction >= 0x3504f7;
      k += upper ? 1 : 0;
      tiny = upper ? 0x800000 - fraction < 4 : fraction == 0;
      f = Float.intBitsToFloat(fraction | (upper ? 0x3f000000 : 0x3f800000)) - 1;
    }
    float ln2High = k * 0.6931381f;
    float low = k * 9.058001e-06f + rest;
    float half = 0.5f * f * f;
    if (tiny) {
      if (f == 0) {
        return k == 0 ? 0 : ln2High + low;
      }
      float r = half * (1 - 0.6666667f * f);
      return k == 0 ? f - r : ln2High - ((r - low) - f);
    }
    float s = f / (2 + f);
    float z = s * s;
    float tail = (float) P5 + z * ((float) P6 + z * (float) P7);
    float r = z * ((float) P1 + z * ((float) P2 + z * ((float) P3 + z * ((float) P4 + z * tail))));
    float correction = s * (half + r);
    return k == 0 ? f - (half - correction) : ln2High - ((half - (correction + low)) - f);
  }
}
