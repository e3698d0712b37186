package dev.orograph.random;

/**
 * Standard normal draws by the ziggurat method, in NumPy's variant.
 *
 * <p>The density is covered by 256 layers of equal area. A draw chooses a layer, a sign and a place
 * in it; in 99 of 100 cases the place surely lies under the curve. Otherwise it is compared with
 * the curve, and beyond the last layer the tail is drawn by Marsaglia's method: {@code x = -log(u)
 * / r, y = -log(v)} until {@code 2 y > x²} (Marsaglia and Tsang 2000, <i>The ziggurat method for
 * generating random variables</i>).
 */
final class Ziggurat {
  private static final long[] THRESHOLD = ZigguratTables.THRESHOLDS.clone();
  private static final double[] WIDTH = ZigguratTables.doubles(ZigguratTables.WIDTHS);
  private static final double[] HEIGHT = ZigguratTables.doubles(ZigguratTables.HEIGHTS);
  private static final int[] FLOAT_THRESHOLD = ZigguratTables.floatThresholds();
  private static final float[] FLOAT_WIDTH = ZigguratTables.floats(ZigguratTables.WIDTHS, 0x1p29);
  private static final float[] FLOAT_HEIGHT = ZigguratTables.floats(ZigguratTables.HEIGHTS, 1);

  private Ziggurat() {}

  /** Returns a number in [0, 1) with 53 random bits. */
  static double uniform(Pcg64 bits) {
    return (bits.nextLong() >>> 11) * 0x1p-53;
  }

  /** Returns a number in [0, 1) with 24 random bits. */
  static float uniformFloat(Pcg64 bits) {
    return (bits.nextInt() >>> 8) * 0x1p-24f;
  }

  /** Returns a standard normal number: one 64-bit draw in 99 of 100 cases. */
  static double normal(Pcg64 bits) {
    while (true) {
      long draw = bits.nextLong();
      int layer = (int) draw & 0xff;
      long place = draw >>> 9 & 0xfffffffffffffL;
      double x = place * WIDTH[layer];
      if ((draw & 0x100) != 0) {
        x = -x;
      }
      if (place < THRESHOLD[layer]) {
        return x;
      }
      if (layer == 0) {
        return tail(bits, (place & 0x100) != 0);
      }
      double step = HEIGHT[layer - 1] - HEIGHT[layer];
      if (step * uniform(bits) + HEIGHT[layer] < StrictMath.exp(-0.5 * x * x)) {
        return x;
      }
    }
  }

  /** Returns a standard normal number in float arithmetic: one 32-bit draw in 99 of 100 cases. */
  static float normalFloat(Pcg64 bits) {
    while (true) {
      int draw = bits.nextInt();
      int layer = draw & 0xff;
      int place = draw >>> 9;
      float x = place * FLOAT_WIDTH[layer];
      if ((draw & 0x100) != 0) {
        x = -x;
      }
      if (place < FLOAT_THRESHOLD[layer]) {
        return x;
      }
      if (layer == 0) {
        return tailFloat(bits, (place & 0x100) != 0);
      }
      float step = FLOAT_HEIGHT[layer - 1] - FLOAT_HEIGHT[layer];
      float height = step * uniformFloat(bits) + FLOAT_HEIGHT[layer];
      if (height < StrictMath.exp(-0.5 * x * x)) {
        return x;
      }
    }
  }

  private static double tail(Pcg64 bits, boolean negative) {
    while (true) {
      double x = -ZigguratTables.INVERSE_TAIL * Log1p.of(-uniform(bits));
      double y = -Log1p.of(-uniform(bits));
      if (y + y > x * x) {
        return negative ? -(ZigguratTables.TAIL + x) : ZigguratTables.TAIL + x;
      }
    }
  }

  private static float tailFloat(Pcg64 bits, boolean negative) {
    while (true) {
      float x = -(float) ZigguratTables.INVERSE_TAIL * Log1p.of(-uniformFloat(bits));
      float y = -Log1p.of(-uniformFloat(bits));
      if (y + y > x * x) {
        float edge = (float) ZigguratTables.TAIL;
        return negative ? -(edge + x) : edge + x;
      }
    }
  }
}
