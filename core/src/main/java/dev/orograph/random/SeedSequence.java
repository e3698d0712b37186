package dev.orograph.random;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns any non-negative integers into well-mixed starting states, as NumPy's {@code SeedSequence}.
 *
 * <p>Every integer is cut into 32-bit words, lowest first. The words are hashed into a pool of
 * four, and any number of state words is hashed out of the pool (O'Neill 2015, <i>Developing a
 * seed_seq alternative</i>; NumPy documentation, {@code numpy.random.SeedSequence}). Immutable.
 */
public final class SeedSequence {
  private static final int POOL_SIZE = 4;
  private static final int WORD_BITS = 32;
  private static final int INIT_IN = 0x43b0d7e5;
  private static final int STEP_IN = 0x931e8875;
  private static final int INIT_OUT = 0x8b51f9dd;
  private static final int STEP_OUT = 0x58f38ded;
  private static final int MIX_LEFT = 0xca01f9dd;
  private static final int MIX_RIGHT = 0x4973f715;

  private final List<BigInteger> entropy;
  private final List<BigInteger> spawnKey;
  private final int[] pool;

  /**
   * Makes a sequence as {@code SeedSequence(entropy, spawn_key=spawnKey)}.
   *
   * @param entropy the integers to start from, in order
   * @param spawnKey the place in the tree of spawned sequences; empty for a root
   * @throws IllegalArgumentException if an integer is negative
   */
  public SeedSequence(List<BigInteger> entropy, List<BigInteger> spawnKey) {
    this.entropy = List.copyOf(entropy);
    this.spawnKey = List.copyOf(spawnKey);
    this.pool = mix(assemble());
  }

  /**
   * Makes a sequence from several integers, as {@code SeedSequence([a, b, ...])}; from one, as
   * {@code SeedSequence(a)}.
   *
   * @throws IllegalArgumentException if an integer is negative
   */
  public static SeedSequence of(long... entropy) {
    return new SeedSequence(
        Arrays.stream(entropy).mapToObj(BigInteger::valueOf).toList(), List.of());
  }

  /**
   * Makes a sequence from one integer of any size, as {@code SeedSequence(entropy)}.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public static SeedSequence of(BigInteger entropy) {
    return new SeedSequence(List.of(entropy), List.of());
  }

  /**
   * Returns the child that NumPy's {@code spawn} makes as number {@code index} of a fresh sequence:
   * the same entropy, the spawn key longer by {@code index}.
   *
   * @throws IllegalArgumentException if the index is negative
   */
  public SeedSequence child(long index) {
    List<BigInteger> key = new ArrayList<>(spawnKey);
    key.add(BigInteger.valueOf(index));
    return new SeedSequence(entropy, key);
  }

  /**
   * Returns {@code n} state words of 32 bits, as {@code generate_state(n, uint32)}.
   *
   * @throws IllegalArgumentException if n is negative
   */
  public int[] generateInts(int n) {
    requireCount(n);
    int[] state = new int[n];
    int hash = INIT_OUT;
    for (int i = 0; i < n; i++) {
      int word = pool[i % POOL_SIZE] ^ hash;
      hash *= STEP_OUT;
      word *= hash;
      state[i] = word ^ (word >>> 16);
    }
    return state;
  }

  /**
   * Returns {@code n} state words of 64 bits, as {@code generate_state(n, uint64)}.
   *
   * @throws IllegalArgumentException if n is negative or over 2^30
   */
  public long[] generateLongs(int n) {
    requireCount(n);
    int[] halves = generateInts(2 * n);
    long[] state = new long[n];
    for (int i = 0; i < n; i++) {
      state[i] = Integer.toUnsignedLong(halves[2 * i]) | (long) halves[2 * i + 1] << WORD_BITS;
    }
    return state;
  }

  /** Entropy words, then key words; with a key, short entropy is filled with zeros to the pool. */
  private int[] assemble() {
    List<Integer> words = words(entropy);
    if (!spawnKey.isEmpty()) {
      while (words.size() < POOL_SIZE) {
        words.add(0);
      }
      words.addAll(words(spawnKey));
    }
    return words.stream().mapToInt(Integer::intValue).toArray();
  }

  private static List<Integer> words(List<BigInteger> integers) {
    List<Integer> words = new ArrayList<>();
    for (BigInteger integer : integers) {
      if (integer.signum() < 0) {
        throw new IllegalArgumentException("seed must not be negative: " + integer);
      }
      BigInteger rest = integer;
      do {
        words.add(rest.intValue());
        rest = rest.shiftRight(WORD_BITS);
      } while (rest.signum() > 0);
    }
    return words;
  }

  private static int[] mix(int[] words) {
    int[] pool = new int[POOL_SIZE];
    int hash = INIT_IN;
    for (int i = 0; i < POOL_SIZE; i++) {
      pool[i] = scramble(i < words.length ? words[i] : 0, hash);
      hash *= STEP_IN;
    }
    for (int from = 0; from < POOL_SIZE; from++) {
      for (int to = 0; to < POOL_SIZE; to++) {
        if (from != to) {
          pool[to] = join(pool[to], scramble(pool[from], hash));
          hash *= STEP_IN;
        }
      }
    }
    for (int from = POOL_SIZE; from < words.length; from++) {
      for (int to = 0; to < POOL_SIZE; to++) {
        pool[to] = join(pool[to], scramble(words[from], hash));
        hash *= STEP_IN;
      }
    }
    return pool;
  }

  private static int scramble(int value, int hash) {
    int product = (value ^ hash) * (hash * STEP_IN);
    return product ^ (product >>> 16);
  }

  private static int join(int left, int right) {
    int difference = MIX_LEFT * left - MIX_RIGHT * right;
    return difference ^ (difference >>> 16);
  }

  private static void requireCount(int n) {
    if (n < 0 || n > 1 << 30) {
      throw new IllegalArgumentException("number of words must lie in 0 to 2^30: " + n);
    }
  }
}
