package dev.orograph.random;

/**
 * The bit generator of {@code default_rng}: PCG XSL-RR 128/64.
 *
 * <p>A linear congruential generator modulo 2^128, {@code s <- s m + c}, whose state is folded to
 * 64 bits by an exclusive or of its halves and a rotation that its top six bits choose (O'Neill
 * 2014, <i>PCG: a family of simple fast space-efficient statistically good algorithms for random
 * number generation</i>). The period is 2^128. Whole numbers below a bound follow Lemire 2019,
 * <i>Fast random integer generation in an interval</i>; those of a shuffle are masked.
 *
 * <p>Draws of 32 bits come in pairs: the low half of a 64-bit draw now, the high half at the next
 * call, whatever is drawn in between. Not safe for use by several threads at once.
 */
public final class Pcg64 {
  private static final long MULTIPLIER_HIGH = 2549297995355413924L;
  private static final long MULTIPLIER_LOW = 4865540595714422341L;
  private static final long MASK = 0xffffffffL;
  private static final int ROTATION_SHIFT = 58;

  private final long incrementHigh;
  private final long incrementLow;
  private long high;
  private long low;
  private boolean halfWaits;
  private int half;

  /** Makes the generator that NumPy's {@code PCG64(seed)} is. */
  public Pcg64(SeedSequence seed) {
    long[] words = seed.generateLongs(4);
    incrementHigh = words[2] << 1 | words[3] >>> 63;
    incrementLow = words[3] << 1 | 1;
    low = incrementLow + words[1];
    high = incrementHigh + words[0] + carry(incrementLow, words[1], low);
    nextLong();
  }

  /** Returns the next 64 bits; all values are equally likely, read them as unsigned. */
  public long nextLong() {
    long product = low * MULTIPLIER_LOW;
    long sum = product + incrementLow;
    high = high * MULTIPLIER_LOW + (upper(low) + carry(product, incrementLow, sum) + incrementHigh);
    low = sum;
    return Long.rotateRight(high ^ low, (int) (high >>> ROTATION_SHIFT));
  }

  /**
   * Returns the next 32 bits: the waiting half of an earlier draw, or the low half of a new one.
   */
  public int nextInt() {
    if (halfWaits) {
      halfWaits = false;
      return half;
    }
    long bits = nextLong();
    half = (int) (bits >>> 32);
    halfWaits = true;
    return (int) bits;
  }

  /**
   * Returns a whole number between 0 and {@code last}, both included and all equally likely.
   *
   * <p>The upper part of the product of the draw and {@code last + 1} is the answer; draws whose
   * lower part is below {@code 2^w mod (last + 1)} are rejected. Below 2^32 - 1 the words have w =
   * 32 bits, above it 64; for {@code last = 0} nothing is drawn.
   *
   * @param last the largest number, unsigned
   */
  public long bounded(long last) {
    if (last == 0) {
      return 0;
    }
    if (Long.compareUnsigned(last, MASK) < 0) {
      long count = last + 1;
      while (true) {
        long product = (nextInt() & MASK) * count;
        if (accepted(product & MASK, count)) {
          return product >>> 32;
        }
      }
    }
    if (last == MASK) {
      return nextInt() & MASK;
    }
    return last == -1 ? nextLong() : boundedLong(last + 1);
  }

  /**
   * Fills the front of {@code out} with the partners of a Fisher-Yates shuffle: entry k is a whole
   * number between 0 and {@code top - k}, both included.
   *
   * <p>Here NumPy takes another way than {@link #bounded}: 32-bit words are masked to the bits that
   * the bound needs, and those above the bound are rejected.
   *
   * @param top the bound of the first entry; {@code top - n} must not be negative
   */
  void descending(int top, int[] out, int n) {
    int k = 0;
    while (k < n) {
      int mask = -1 >>> Integer.numberOfLeadingZeros(top - k);
      int end = Math.min(n, top - (mask >>> 1));
      descending(top, mask, out, k, end);
      k = end;
    }
  }

  /**
   * Fills a part of {@code out} that has one mask. Every word is stored; only one within its bound
   * moves k on, so that there is no branch to mispredict. The state stays in registers.
   */
  private void descending(int top, int mask, int[] out, int start, int end) {
    int k = start;
    if (halfWaits) {
      halfWaits = false;
      out[k] = half & mask;
      k += oneIfNegative(out[k] - top - 1 + k);
    }
    long h = high;
    long l = low;
    while (k < end) {
      long product = l * MULTIPLIER_LOW;
      long sum = product + incrementLow;
      h = h * MULTIPLIER_LOW + (upper(l) + carry(product, incrementLow, sum) + incrementHigh);
      l = sum;
      long bits = Long.rotateRight(h ^ l, (int) (h >>> ROTATION_SHIFT));
      int word = (int) bits & mask;
      out[k] = word;
      k += oneIfNegative(word - top - 1 + k);
      if (k == end) {
        half = (int) (bits >>> 32);
        halfWaits = true;
        break;
      }
      word = (int) (bits >>> 32) & mask;
      out[k] = word;
      k += oneIfNegative(word - top - 1 + k);
    }
    high = h;
    low = l;
  }

  private static int oneIfNegative(int difference) {
    return difference >>> 31;
  }

  /** Lemire's test for 32-bit words; the division is needed only where the first part fails. */
  private static boolean accepted(long leftover, long count) {
    return leftover >= count || leftover >= ((1L << 32) - count) % count;
  }

  private long boundedLong(long count) {
    while (true) {
      long bits = nextLong();
      long leftover = bits * count;
      if (Long.compareUnsigned(leftover, count) >= 0
          || Long.compareUnsigned(leftover, Long.remainderUnsigned(-count, count)) >= 0) {
        return Math.multiplyHigh(bits, count) + (bits >> 63 & count) + (count >> 63 & bits);
      }
    }
  }

  /** The upper half of the product of the multiplier and the state's lower half, modulo 2^64. */
  private static long upper(long low) {
    return low * MULTIPLIER_HIGH
        + Math.multiplyHigh(low, MULTIPLIER_LOW)
        + (low >> 63 & MULTIPLIER_LOW);
  }

  /** The bit carried out of {@code sum = a + b}, without a branch. */
  private static long carry(long a, long b, long sum) {
    return ((a & b) | ((a | b) & ~sum)) >>> 63;
  }
}
