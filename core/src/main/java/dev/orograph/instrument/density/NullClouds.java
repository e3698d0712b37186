package dev.orograph.instrument.density;

import dev.orograph.linalg.FloatRows;
import dev.orograph.linalg.NearestNeighbours;
import dev.orograph.linalg.Scope;
import dev.orograph.random.Generator;

/**
 * Clouds with the covariance of the measured one and nothing else of it, or with its lengths too.
 * They stand in the principal axes: a rotation changes no distance.
 */
final class NullClouds {
  private final double[] deviations;

  /** Length of the mean where its direction does not matter, else NaN. */
  private final double mean;

  private final double[] edges;
  private final int k;
  private final int threads;
  private final NearestNeighbours.Watch watch;

  NullClouds(Metric metric, double[] edges, int k, int threads, NearestNeighbours.Watch watch) {
    deviations = metric.deviations();
    MetricFigures f = metric.figures();
    mean = f.isotropic() ? Math.sqrt(f.meanSquare()) : Double.NaN;
    this.edges = edges;
    this.k = k;
    this.threads = threads;
    this.watch = watch;
  }

  /**
   * The shape of a drawn cloud.
   *
   * @param size points
   * @param lengths what Gaussian points are stretched or shrunk to, or null to leave them
   */
  Shape draw(int size, double[] lengths, Generator generator) {
    int d = deviations.length;
    double[] norms = new double[size];
    double[] plain = Double.isNaN(mean) ? null : new double[size];
    try (Scope scope = new Scope()) {
      FloatRows rows = new FloatRows(size, d, scope);
      float[] row = new float[d];
      for (int i = 0; i < size; i++) {
        generator.standardNormal(row);
        double square = 0;
        for (int j = 0; j < d; j++) {
          row[j] *= (float) deviations[j];
          square += (double) row[j] * row[j];
        }
        double length = Math.sqrt(square);
        if (lengths != null && length > 0) {
          float scale = (float) (lengths[i] / length);
          for (int j = 0; j < d; j++) {
            row[j] *= scale;
          }
          length = lengths[i];
        }
        norms[i] = length;
        if (plain != null) {
          plain[i] = Math.sqrt(Math.max(0, length * length + 2 * row[0] * mean + mean * mean));
        }
        rows.put(i, row);
      }
      NearestNeighbours found = NearestNeighbours.of(rows, k, threads, watch);
      Nearest nearest = new Nearest(size, k, found.neighbours(k), found.distances(k));
      return Shape.of(norms, plain, nearest, edges);
    }
  }
}
