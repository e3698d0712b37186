package dev.orograph.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which stored elements a tensor is made of, and in which order: element (i0, i1, ...) of {@code
 * sizes}, counted in row-major order, is stored element {@code start + i0 strides[0] + i1
 * strides[1] + ...}. A view may lie on another one; then "stored" means that one's elements.
 *
 * <p>Dimensions that follow each other without a gap are joined once, so that the last dimension is
 * as long as it can be.
 */
public final class Strided {
  private final long start;
  private final long[] sizes;
  private final long[] strides;
  private final long count;
  private final Strided base;

  private Strided(long start, long[] sizes, long[] strides, long count, Strided base) {
    this.start = start;
    this.sizes = sizes;
    this.strides = strides;
    this.count = count;
    this.base = base;
  }

  /**
   * A view of stored elements.
   *
   * @param start first element
   * @param sizes sizes, slowest first
   * @param strides from one element to the next along each dimension, in elements
   * @throws IllegalArgumentException for a negative number, or lists of different lengths
   * @throws ArithmeticException where a product overflows 63 bits
   */
  static Strided of(long start, List<Long> sizes, List<Long> strides) {
    if (start < 0
        || sizes.size() != strides.size()
        || sizes.stream().anyMatch(n -> n < 0)
        || strides.stream().anyMatch(n -> n < 0)) {
      throw new IllegalArgumentException(start + " " + sizes + " " + strides + " is no view");
    }
    List<long[]> joined = new ArrayList<>();
    long count = 1;
    for (int i = 0; i < sizes.size(); i++) {
      long size = sizes.get(i);
      long stride = strides.get(i);
      count = Math.multiplyExact(count, size);
      if (size == 1) {
        continue;
      }
      long[] before = joined.isEmpty() ? null : joined.get(joined.size() - 1);
      if (before != null && before[1] == Math.multiplyExact(size, stride)) {
        before[0] = Math.multiplyExact(before[0], size);
        before[1] = stride;
      } else {
        joined.add(new long[] {size, stride});
      }
    }
    if (joined.isEmpty()) {
      joined.add(new long[] {count, 1});
    }
    return new Strided(
        start,
        joined.stream().mapToLong(d -> d[0]).toArray(),
        joined.stream().mapToLong(d -> d[1]).toArray(),
        count,
        null);
  }

  /** The same view of another view's elements. */
  Strided on(Strided other) {
    return new Strided(start, sizes, strides, count, other);
  }

  /** Number of elements. */
  long count() {
    return count;
  }

  /**
   * Whether every element is one of the stored ones.
   *
   * @param stored how many there are
   * @throws ArithmeticException where the last one overflows 63 bits
   */
  boolean fits(long stored) {
    return count == 0
        || (last() < (base == null ? stored : base.count) && (base == null || base.fits(stored)));
  }

  /** Whether it keeps blocks of that many elements whole, wherever one begins. */
  boolean keeps(long block) {
    boolean whole = start % block == 0 && strides[strides.length - 1] == 1;
    for (int i = 0; i < sizes.length; i++) {
      whole &= i == sizes.length - 1 ? sizes[i] % block == 0 : strides[i] % block == 0;
    }
    return whole && (base == null || base.keeps(block));
  }

  /** The farthest stored element; of a view that is not empty. */
  long last() {
    long last = start;
    for (int i = 0; i < sizes.length; i++) {
      last = Math.addExact(last, Math.multiplyExact(sizes[i] - 1, strides[i]));
    }
    return last;
  }

  /** Where element i is stored. */
  long at(long i) {
    return base == null ? within(i) : base.at(within(i));
  }

  /** How many elements from i on are stored one after the other. */
  long run(long i) {
    int inner = sizes.length - 1;
    long run = strides[inner] == 1 ? sizes[inner] - i % sizes[inner] : 1;
    return base == null ? run : Math.min(run, base.run(within(i)));
  }

  /** How many elements from i on are stored {@link #step} apart. */
  long steady(long i) {
    int inner = sizes.length - 1;
    return base == null ? sizes[inner] - i % sizes[inner] : 1;
  }

  /** From one of those to the next, in stored elements. */
  long step() {
    return strides[sizes.length - 1];
  }

  private long within(long i) {
    long at = start;
    long rest = i;
    for (int d = sizes.length - 1; d > 0; d--) {
      at += rest % sizes[d] * strides[d];
      rest /= sizes[d];
    }
    return at + rest * strides[0];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Strided s
        && start == s.start
        && Arrays.equals(sizes, s.sizes)
        && Arrays.equals(strides, s.strides)
        && (base == null ? s.base == null : base.equals(s.base));
  }

  @Override
  public int hashCode() {
    return Long.hashCode(start) + 31 * (Arrays.hashCode(sizes) + 31 * Arrays.hashCode(strides));
  }

  @Override
  public String toString() {
    return start
        + " "
        + Arrays.toString(sizes)
        + " by "
        + Arrays.toString(strides)
        + (base == null ? "" : " of " + base);
  }
}
