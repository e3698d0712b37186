package dev.orograph.instrument.embedding;

import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.random.Generator;

/**
 * The draws of the seeds' own programs, in their order, from {@code default_rng(seed)}: seed 003
 * section 1 takes a sample for cosines, then in turn five tokens and a Gaussian simplex, then a
 * sample for distances; section 13a takes the samples for cosines, distances and covariance, then
 * all sets of five tokens, then all Gaussian simplices. Where there are fewer tokens than a sample
 * has, all are drawn.
 */
final class SeedDraws {
  /** Points of the seeds' simplices. */
  static final int POINTS = 5;

  private final TerrainSettings settings;
  private final int rows;
  private final int width;

  SeedDraws(TerrainSettings settings, TokenRows rows) {
    this.settings = settings;
    this.rows = rows.count();
    this.width = rows.width();
  }

  /** Receives the simplices. */
  interface Simplices {
    /** Five tokens. */
    void tokens(int[] which);

    /** Five points of standard normals, {@code (5, d)}. */
    void normals(double[] points);
  }

  private int[] sample(Generator g, int size) {
    return g.choice(rows, Math.min(size, rows), false);
  }

  /** The tokens among which both sections take cosines. */
  int[] cosines() {
    return sample(Generator.of(settings.seed()), settings.cosines());
  }

  /** Section 1's simplices, a set of tokens and a Gaussian one in turn. */
  void simplices1(Simplices to) {
    simplices1(Generator.of(settings.seed()), to);
  }

  private void simplices1(Generator g, Simplices to) {
    sample(g, settings.cosines());
    double[] points = new double[POINTS * width];
    for (int i = 0; i < settings.simplices() && rows >= POINTS; i++) {
      to.tokens(g.choice(rows, POINTS, false));
      g.standardNormal(points);
      to.normals(points);
    }
  }

  /** The tokens among which section 1 takes distances. */
  int[] distances1() {
    Generator g = Generator.of(settings.seed());
    simplices1(g, NOBODY);
    return sample(g, settings.distances());
  }

  /** The tokens among which section 13a takes distances. */
  int[] distances13() {
    Generator g = Generator.of(settings.seed());
    sample(g, settings.cosines());
    return sample(g, settings.distances());
  }

  /** The tokens of section 13a's covariance. */
  int[] spectrum13() {
    return spectrum13(Generator.of(settings.seed()));
  }

  private int[] spectrum13(Generator g) {
    sample(g, settings.cosines());
    sample(g, settings.distances());
    return sample(g, settings.spectrum());
  }

  /** Section 13a's simplices: all sets of tokens, then all Gaussian ones. */
  void simplices13(Simplices to) {
    Generator g = Generator.of(settings.seed());
    spectrum13(g);
    for (int i = 0; i < settings.simplices() && rows >= POINTS; i++) {
      to.tokens(g.choice(rows, POINTS, false));
    }
    double[] points = new double[POINTS * width];
    for (int i = 0; i < settings.simplices(); i++) {
      g.standardNormal(points);
      to.normals(points);
    }
  }

  private static final Simplices NOBODY =
      new Simplices() {
        @Override
        public void tokens(int[] which) {}

        @Override
        public void normals(double[] points) {}
      };
}
