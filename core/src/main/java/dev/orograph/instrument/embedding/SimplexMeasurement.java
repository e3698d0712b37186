package dev.orograph.instrument.embedding;

import dev.orograph.geometry.Simplex;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.embedding.SimplexFigures.Volumes;
import dev.orograph.instrument.rows.Moments;
import dev.orograph.instrument.rows.Spread;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.random.Generator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Measures one piece of {@link Simplices}. */
final class SimplexMeasurement {
  private static final int POINTS = SeedDraws.POINTS;

  private final Work work;
  private final TerrainSettings settings;
  private final Task<TokenMatrix> task;
  private final TokenRows rows;
  private final int d;
  private final Simplex simplex;
  private final double[] points;

  SimplexMeasurement(Work work, TerrainSettings settings, Task<TokenMatrix> task, TokenRows rows) {
    this.work = work;
    this.settings = settings;
    this.task = task;
    this.rows = rows;
    this.d = rows.width();
    this.simplex = new Simplex(POINTS - 1, d);
    this.points = new double[POINTS * d];
  }

  SimplexFigures figures() {
    if (rows.whole().length < POINTS) {
      return result(null, null, List.of(), List.of());
    }
    return switch (task.detail().part()) {
      case Simplices.SEEDS -> seeds();
      case Simplices.COVARIANCE -> covariance();
      case Simplices.NORMS -> norms();
      default -> tokens();
    };
  }

  private SimplexFigures result(
      Volumes first, Volumes second, List<Double> variations, List<Double> means) {
    return new SimplexFigures(task, rows.broken(), first, second, variations, means);
  }

  private SimplexFigures seeds() {
    SeedDraws draws = new SeedDraws(settings, rows);
    double[] deviations = new double[d];
    double[] overall = new double[d];
    Arrays.fill(overall, deviations(deviations));
    Collector first = new Collector(overall, true);
    draws.simplices1(first);
    Collector second = new Collector(deviations, false);
    draws.simplices13(second);
    return result(first.volumes(), second.volumes(), List.of(), List.of());
  }

  /** Standard deviations of the dimensions, ddof 1; returns that of all entries, ddof 0. */
  private double deviations(double[] into) {
    double[] means = new double[d];
    int n = rows.whole().length;
    each(
        v -> {
          for (int j = 0; j < d; j++) {
            means[j] += v[j] / n;
          }
        });
    double overall = 0;
    for (double m : means) {
      overall += m / d;
    }
    each(
        v -> {
          for (int j = 0; j < d; j++) {
            into[j] += (v[j] - means[j]) * (v[j] - means[j]);
          }
        });
    double squares = 0;
    for (int j = 0; j < d; j++) {
      squares += into[j] / n + (means[j] - overall) * (means[j] - overall);
      into[j] = Math.sqrt(into[j] / (n - 1));
    }
    return Math.sqrt(squares / d);
  }

  private void each(Consumer<double[]> row) {
    double[] v = new double[d];
    rows.panels(
        work,
        (first, block, n) -> {
          for (int i = 0; i < n; i++) {
            if (!Double.isNaN(rows.norm(first + i))) {
              System.arraycopy(block, i * d, v, 0, d);
              row.accept(v);
            }
          }
        });
  }

  /** One seed program's simplices. */
  private final class Collector implements SeedDraws.Simplices {
    private final double[] scale;
    private final boolean narrow;
    private final List<Double> volumes = new ArrayList<>();
    private int sets;
    private double random;
    private int randoms;

    Collector(double[] scale, boolean narrow) {
      this.scale = scale;
      this.narrow = narrow;
    }

    @Override
    public void tokens(int[] which) {
      if (rows.wholeOf(which).length == which.length) {
        sets++;
        double volume = volume(which);
        if (volume > 0) {
          volumes.add(volume);
        }
      }
    }

    @Override
    public void normals(double[] normals) {
      for (int i = 0; i < POINTS; i++) {
        for (int j = 0; j < d; j++) {
          double v = normals[i * d + j] * scale[j];
          points[i * d + j] = narrow ? (float) v : v;
        }
      }
      double volume = simplex.volume(points);
      if (volume > 0) {
        random += volume;
        randoms++;
      }
    }

    Volumes volumes() {
      double[] values = volumes.stream().mapToDouble(v -> v).toArray();
      return new Volumes(
          sets, values.length < 2 ? null : Spread.of(values), randoms > 0 ? random / randoms : 0);
    }
  }

  private double volume(int[] which) {
    for (int i = 0; i < POINTS; i++) {
      rows.read(which[i], points, i * d);
    }
    return simplex.volume(points);
  }

  /** A draw of many sets. */
  private interface Draw {
    /** The volume of one of them. */
    double volume(Generator sets);
  }

  /** What makes a draw; all of its sets are taken from the same cloud of points. */
  private interface Draws {
    /** The next one. */
    Draw next(Generator g);
  }

  private SimplexFigures repeat(int times, Draws draws) {
    Generator g = work.generator(task);
    double[] volumes = new double[settings.simplices()];
    List<Double> variations = new ArrayList<>();
    List<Double> means = new ArrayList<>();
    for (int t = 0; t < times; t++) {
      work.checkCancelled();
      Draw draw = draws.next(g);
      int valid = 0;
      for (int i = 0; i < volumes.length; i++) {
        double v = draw.volume(g);
        if (v > 0) {
          volumes[valid++] = v;
        }
      }
      if (valid > 1) {
        Spread spread = Spread.of(Arrays.copyOf(volumes, valid));
        variations.add(spread.variation());
        means.add(spread.mean());
      }
    }
    return result(null, null, variations, means);
  }

  /** Volumes do not change under rotation: the covariance may be taken as diagonal. */
  private SimplexFigures covariance() {
    double[] scale = Moments.of(work, rows).eigenvalues().clone();
    for (int j = 0; j < d; j++) {
      scale[j] = Math.sqrt(scale[j]);
    }
    return clouds(
        (token, v) -> {
          for (int j = 0; j < d; j++) {
            v[j] *= scale[j];
          }
        });
  }

  /** Shapes what was drawn for a token. */
  private interface Shape {
    void apply(int token, double[] normals);
  }

  /**
   * A null draws a whole cloud with a point for each token, and then its sets: in a small
   * vocabulary sets share points, as the tokens' own sets do. A point follows from the draw and its
   * token, so that none need be kept.
   */
  private SimplexFigures clouds(Shape shape) {
    int[] whole = rows.whole();
    double[] v = new double[d];
    return repeat(
        Simplices.DRAWS,
        g -> {
          long cloud = g.integers(0, 1L << 48);
          return sets -> {
            int[] places = sets.choice(whole.length, POINTS, false);
            for (int i = 0; i < POINTS; i++) {
              Generator.of(cloud + whole[places[i]]).standardNormal(v);
              shape.apply(whole[places[i]], v);
              System.arraycopy(v, 0, points, i * d, d);
            }
            return simplex.volume(points);
          };
        });
  }

  private SimplexFigures norms() {
    return clouds(
        (token, v) -> {
          double square = 0;
          for (int j = 0; j < d; j++) {
            square += v[j] * v[j];
          }
          double scale = rows.norm(token) / Math.sqrt(square);
          for (int j = 0; j < d; j++) {
            v[j] *= scale;
          }
        });
  }

  /** Bootstrap over the tokens: in each draw some are there several times, some not at all. */
  private SimplexFigures tokens() {
    int[] whole = rows.whole();
    int[] resampled = new int[whole.length];
    int[] which = new int[POINTS];
    return repeat(
        Simplices.RESAMPLES,
        g -> {
          for (int i = 0; i < whole.length; i++) {
            resampled[i] = whole[(int) g.integers(0, whole.length)];
          }
          return sets -> {
            int[] places = sets.choice(whole.length, POINTS, false);
            for (int i = 0; i < POINTS; i++) {
              which[i] = resampled[places[i]];
            }
            // A token that was drawn twice spans nothing: volume 0, which is left out as the seed
            // does.
            return volume(which);
          };
        });
  }
}
