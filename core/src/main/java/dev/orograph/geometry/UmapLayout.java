package dev.orograph.geometry;

import java.util.Random;
import tagbio.umap.ProgressListener;
import tagbio.umap.Umap;
import tagbio.umap.UmapProgress;

/**
 * Points in the plane that keep near what was near: UMAP with {@value #NEIGHBOURS} neighbours, on
 * one thread, from one seed, so that the same points give the same bits.
 *
 * <p>The library counts its progress in one place for the whole process, so that layouts are made
 * one after the other.
 *
 * <p>Source: McInnes, Healy & Melville, "UMAP: uniform manifold approximation and projection for
 * dimension reduction", arXiv 1802.03426; the Java port by tag.bio.
 */
public final class UmapLayout {
  /** Neighbours that each point is drawn to. */
  public static final int NEIGHBOURS = 10;

  /** Fewest points for which neighbourhoods say anything. */
  public static final int FEWEST = 2 * NEIGHBOURS;

  private static final float LEAST_DISTANCE = 0.1f;
  private static final int FEWEST_EPOCHS = 100;
  private static final int MOST_EPOCHS = 200;

  private UmapLayout() {}

  /**
   * A layout.
   *
   * @param points {@code (n, q)}, finite, of a size near 1; at least {@value #FEWEST} points
   * @param seed of every draw
   * @param check called every half a second or so; what it throws ends the work
   * @return {@code (n, 2)}
   */
  public static synchronized float[][] of(float[][] points, long seed, Runnable check) {
    if (points.length < FEWEST) {
      throw new IllegalArgumentException(points.length + " points, at least " + FEWEST + " needed");
    }
    ProgressListener listener = state -> check.run();
    UmapProgress.addProgressListener(listener);
    try {
      return new Umap()
          .setRandom(new Random(seed))
          .setThreads(1)
          .setNumberComponents(2)
          .setNumberNearestNeighbours(NEIGHBOURS)
          .setMinDist(LEAST_DISTANCE)
          .setNumberEpochs(Math.max(FEWEST_EPOCHS, Math.min(MOST_EPOCHS, points.length / 20)))
          .fitTransform(points);
    } finally {
      UmapProgress.removeProgressListener(listener);
    }
  }
}
