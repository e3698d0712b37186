package dev.orograph.random;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The generator that {@code numpy.random.default_rng} returns, with the same draws.
 *
 * <p>{@code Generator.of(42)} and {@code numpy.random.default_rng(42)} give equal bits, as long as
 * the same methods are called in the same order; whole numbers are NumPy's default {@code int64}.
 * The methods are described in NumPy's documentation of {@code numpy.random.Generator}, the
 * algorithms in {@link Pcg64} and {@link SeedSequence}. The last bit of normal draws beyond 3.65
 * rests on the C library under NumPy; here it is that of the GNU C library 2.36 on processors with
 * fused multiply-add.
 *
 * <p>Not safe for use by several threads at once: give each piece of work its own, {@link #keyed}.
 */
public final class Generator {
  private final Pcg64 bits;

  private Generator(SeedSequence seed) {
    bits = new Pcg64(seed);
  }

  /**
   * Returns {@code default_rng(seed)}.
   *
   * @throws IllegalArgumentException if the seed is negative
   */
  public static Generator of(long seed) {
    return of(SeedSequence.of(seed));
  }

  /**
   * Returns {@code default_rng(seed)} for a seed of any size.
   *
   * @throws IllegalArgumentException if the seed is negative
   */
  public static Generator of(BigInteger seed) {
    return of(SeedSequence.of(seed));
  }

  /** Returns {@code default_rng(seed)} for several integers or a spawned sequence. */
  public static Generator of(SeedSequence seed) {
    return new Generator(seed);
  }

  /**
   * Returns the generator of one piece of work, which depends on nothing but the three arguments,
   * so that results do not depend on how work is split.
   *
   * <p>In NumPy: {@code default_rng([seed, *words(instrument), *words(piece)])}, where {@code
   * words(s) = numpy.frombuffer(hashlib.sha256(s.encode()).digest(), ">u4")}.
   *
   * @throws IllegalArgumentException if the seed is negative
   */
  public static Generator keyed(long seed, String instrument, String piece) {
    List<BigInteger> entropy = new ArrayList<>();
    entropy.add(BigInteger.valueOf(seed));
    for (String part : List.of(instrument, piece)) {
      IntBuffer words = ByteBuffer.wrap(sha256(part)).asIntBuffer();
      while (words.hasRemaining()) {
        entropy.add(BigInteger.valueOf(Integer.toUnsignedLong(words.get())));
      }
    }
    return of(new SeedSequence(entropy, List.of()));
  }

  /** Returns the next 64 raw bits, as {@code bit_generator.random_raw()}; read as unsigned. */
  public long nextLong() {
    return bits.nextLong();
  }

  /** Returns a number in [0, 1): a multiple of 2^-53, as {@code random()}. */
  public double random() {
    return Ziggurat.uniform(bits);
  }

  /** Fills an array with numbers in [0, 1), as {@code random(n)}. */
  public void random(double[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = Ziggurat.uniform(bits);
    }
  }

  /** Returns a number in [0, 1): a multiple of 2^-24, as {@code random(dtype=float32)}. */
  public float randomFloat() {
    return Ziggurat.uniformFloat(bits);
  }

  /** Fills an array with numbers in [0, 1), as {@code random(n, dtype=float32)}. */
  public void random(float[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = Ziggurat.uniformFloat(bits);
    }
  }

  /** Returns a normal number of mean 0 and variance 1, as {@code standard_normal()}. */
  public double standardNormal() {
    return Ziggurat.normal(bits);
  }

  /** Fills an array with standard normal numbers, as {@code standard_normal(n)}. */
  public void standardNormal(double[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = Ziggurat.normal(bits);
    }
  }

  /** Returns a standard normal number, as {@code standard_normal(dtype=float32)}. */
  public float standardNormalFloat() {
    return Ziggurat.normalFloat(bits);
  }

  /** Fills an array with standard normals, as {@code standard_normal(n, dtype=float32)}. */
  public void standardNormal(float[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = Ziggurat.normalFloat(bits);
    }
  }

  /**
   * Returns {@code loc + scale z} for a standard normal z, as {@code normal(loc, scale)}.
   *
   * @throws IllegalArgumentException if the scale is negative
   */
  public double normal(double loc, double scale) {
    requireScale(scale);
    return loc + scale * Ziggurat.normal(bits);
  }

  /**
   * Fills an array with normal numbers, as {@code normal(loc, scale, n)}.
   *
   * @throws IllegalArgumentException if the scale is negative
   */
  public void normal(double loc, double scale, double[] out) {
    requireScale(scale);
    for (int i = 0; i < out.length; i++) {
      out[i] = loc + scale * Ziggurat.normal(bits);
    }
  }

  /**
   * Returns a whole number of [low, high), as {@code integers(low, high)}.
   *
   * @throws IllegalArgumentException unless {@code low < high}
   */
  public long integers(long low, long high) {
    requireRange(low, high);
    return low + bits.bounded(high - 1 - low);
  }

  /**
   * Returns {@code n} whole numbers of [low, high), as {@code integers(low, high, n)}.
   *
   * @throws IllegalArgumentException unless {@code low < high}, or if n is negative
   */
  public long[] integers(long low, long high, int n) {
    requireSize(n);
    if (n == 0) {
      return new long[0];
    }
    requireRange(low, high);
    long[] out = new long[n];
    for (int i = 0; i < n; i++) {
      out[i] = low + bits.bounded(high - 1 - low);
    }
    return out;
  }

  /**
   * Returns 0 to n - 1 in random order, as {@code permutation(n)}.
   *
   * @throws IllegalArgumentException if n is negative
   */
  public int[] permutation(int n) {
    requireSize(n);
    int[] order = new int[n];
    Arrays.setAll(order, i -> i);
    shuffle(order);
    return order;
  }

  /** Shuffles an array in place, as {@code shuffle} of a one-dimensional array. */
  public void shuffle(int[] a) {
    FisherYates.shuffle(bits, a, 0, a.length);
  }

  /** Shuffles an array in place, as {@link #shuffle(int[])}. */
  public void shuffle(long[] a) {
    FisherYates.shuffle(bits, a, 0, a.length);
  }

  /** Shuffles an array in place, as {@link #shuffle(int[])}. */
  public void shuffle(float[] a) {
    FisherYates.shuffle(bits, a);
  }

  /** Shuffles an array in place, as {@link #shuffle(int[])}. */
  public void shuffle(double[] a) {
    FisherYates.shuffle(bits, a);
  }

  /**
   * Shuffles the entries between the buffer's position and limit in place, as {@link
   * #shuffle(int[])}; position and limit stay. Meant for 16-bit weights in native memory.
   *
   * @throws IllegalArgumentException if the buffer is read-only
   */
  public void shuffle(ShortBuffer a) {
    requireWritable(a.isReadOnly());
    FisherYates.shuffle(bits, a);
  }

  /**
   * Shuffles the entries between the buffer's position and limit in place, as {@link
   * #shuffle(ShortBuffer)}; for 32-bit values of any kind.
   *
   * @throws IllegalArgumentException if the buffer is read-only
   */
  public void shuffle(IntBuffer a) {
    requireWritable(a.isReadOnly());
    FisherYates.shuffle(bits, a);
  }

  /**
   * Shuffles the entries between the buffer's position and limit in place, as {@link
   * #shuffle(ShortBuffer)}; for 64-bit values of any kind.
   *
   * @throws IllegalArgumentException if the buffer is read-only
   */
  public void shuffle(LongBuffer a) {
    requireWritable(a.isReadOnly());
    FisherYates.shuffle(bits, a);
  }

  /**
   * Returns {@code size} of the numbers 0 to n - 1, as {@code choice(n, size, replace)}.
   *
   * @throws IllegalArgumentException if n or size is negative, if n is 0 and size is not, or if
   *     size is over n without replacement
   */
  public int[] choice(int n, int size, boolean replace) {
    long[] sample = choice((long) n, size, replace);
    int[] narrow = new int[size];
    Arrays.setAll(narrow, i -> (int) sample[i]);
    return narrow;
  }

  /**
   * Returns {@code size} of the numbers 0 to n - 1, as {@link #choice(int, int, boolean)}, for
   * populations of any size, such as all pairs of tokens.
   *
   * @throws IllegalArgumentException as there, and for more than one in fifty of over 2^31 numbers
   */
  public long[] choice(long n, int size, boolean replace) {
    requireSize(size);
    if (n < 0 || (n == 0 && size > 0)) {
      throw new IllegalArgumentException("cannot choose " + size + " of " + n);
    }
    if (replace) {
      return integers(0, n, size);
    }
    if (size > n) {
      throw new IllegalArgumentException(
          "cannot choose " + size + " of " + n + " without replacement");
    }
    return Choice.withoutReplacement(bits, n, size);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void requireRange(long low, long high) {
    if (low >= high) {
      throw new IllegalArgumentException("low must be below high: [" + low + ", " + high + ")");
    }
  }

  private static void requireScale(double scale) {
    if (scale < 0) {
      throw new IllegalArgumentException("scale must not be negative: " + scale);
    }
  }

  private static void requireSize(int size) {
    if (size < 0) {
      throw new IllegalArgumentException("size must not be negative: " + size);
    }
  }

  private static void requireWritable(boolean readOnly) {
    if (readOnly) {
      throw new IllegalArgumentException("cannot shuffle a read-only buffer in place");
    }
  }
}
