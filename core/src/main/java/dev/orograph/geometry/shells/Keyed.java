package dev.orograph.geometry.shells;

/**
 * Random bits by place instead of by turn: the k-th number of a key is the same whoever asks for it
 * and in which order, so that work may be split in any way. SplitMix64's output function at k
 * golden steps from the key (Steele, Lea & Flood 2014).
 */
final class Keyed {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private Keyed() {}

  /** 64 bits. */
  static long bits(long key, long place) {
    long z = key + (place + 1) * GOLDEN;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** A number of [0, 1) from 53 bits. */
  static double uniform(long key, long place) {
    return (bits(key, place) >>> 11) * 0x1p-53;
  }
}
