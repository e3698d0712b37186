package dev.orograph.instrument.density;

/** Distances of n points, measured or read from a file. */
interface Distances {
  /** Points n. */
  int count();

  /** The distance of two points. */
  double between(int i, int j);

  /**
   * The k nearest others of each of some points among them.
   *
   * @param which points, none twice; more than k
   */
  Nearest nearest(int[] which, int k);
}
