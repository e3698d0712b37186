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
      return result(null, null, List.of());
    }
    return switch (task.detail().part()) {
      case Simplices.SEEDS -> seeds();
      case Simplices.COVARIANCE -> covariance();
      case Simplices.NORMS -> norms();
      default -> tokens();
    };
  }

  private SimplexFigures result(Volumes first, Volumes second, List<Double> variations) {
    return new SimplexFigures(task, rows.broken(), first, second, variations);
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
    return result(first.volumes(), second.volumes(), List.of());
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

  /** Puts a member of a cloud into {@link #points}. */
  private interface Cloud {
    void put(int member, int offset);
  }

  /**
   * The volumes of random sets of five of n members. The members are dealt into groups and each set
   * is of one group, so that the groups' figures are independent and tell the error of all.
   */
  private double[][] volumes(Cloud cloud, int n, Generator g) {
    int groups = Math.max(1, Math.min(Simplices.GROUPS, n / (2 * POINTS)));
    int[] order = g.permutation(n);
    int sets = settings.simplices() * Simplices.GROUPS / groups;
    double[][] volumes = new double[groups][];
    for (int group = 0; group < groups; group++) {
      work.checkCancelled();
      int from = (int) ((long) group * n / groups);
      int size = (int) ((group + 1L) * n / groups) - from;
      double[] of = new double[sets];
      int valid = 0;
      for (int i = 0; i < sets; i++) {
        int[] places = g.choice(size, POINTS, false);
        for (int p = 0; p < POINTS; p++) {
          cloud.put(order[from + places[p]], p * d);
        }
        double v = simplex.volume(points);
        if (v > 0) {
          of[valid++] = v;
        }
      }
      volumes[group] = Arrays.copyOf(of, valid);
    }
    return volumes;
  }

  private static double[] all(double[][] volumes) {
    return Arrays.stream(volumes).flatMapToDouble(Arrays::stream).toArray();
  }

  /** Volumes do not change under rotation: the covariance may be taken as diagonal. */
  private SimplexFigures covariance() {
    double[] scale = Moments.of(work, rows).shrunkEigenvalues();
    for (int j = 0; j < d; j++) {
      scale[j] = Math.sqrt(Math.max(0, scale[j]));
    }
    return clouds(
        (token, v) -> {
          for (int j = 0; j < d; j++) {
            v[j] *= (float) scale[j];
          }
        });
  }

  /** Shapes what was drawn for a token. */
  private interface Shape {
    void apply(int token, float[] normals);
  }

  /**
   * A null draws a whole cloud with a point for each token, or for as many of them as are held, and
   * then its sets: in a small vocabulary sets share points, as the tokens' own sets do.
   */
  private SimplexFigures clouds(Shape shape) {
    int[] whole = rows.whole();
    int n = Simplices.cloud(whole.length, d);
    float[] cloud = new float[n * d];
    float[] v = new float[d];
    Generator g = work.generator(task);
    List<Double> variations = new ArrayList<>();
    for (int draw = 0; draw < Simplices.DRAWS; draw++) {
      int[] members = g.choice(whole.length, n, false);
      for (int i = 0; i < n; i++) {
        g.standardNormal(v);
        shape.apply(whole[members[i]], v);
        System.arraycopy(v, 0, cloud, i * d, d);
      }
      double[] volumes =
          all(
              volumes(
                  (member, offset) -> {
                    for (int j = 0; j < d; j++) {
                      points[offset + j] = cloud[member * d + j];
                    }
                  },
                  n,
                  g));
      if (volumes.length > 1) {
        variations.add(Spread.of(volumes).variation());
      }
    }
    return result(null, null, variations);
  }

  private SimplexFigures norms() {
    return clouds(
        (token, v) -> {
          double square = 0;
          for (float x : v) {
            square += (double) x * x;
          }
          float scale = (float) (rows.norm(token) / Math.sqrt(square));
          for (int j = 0; j < d; j++) {
            v[j] *= scale;
          }
        });
  }

  /** The tokens' own, with the figure of each group. */
  private SimplexFigures tokens() {
    int[] whole = rows.whole();
    double[][] volumes =
        volumes(
            (member, offset) -> rows.read(whole[member], points, offset),
            whole.length,
            work.generator(task));
    double[] all = all(volumes);
    List<Double> variations = new ArrayList<>();
    for (double[] group : volumes) {
      if (group.length > 1) {
        variations.add(Spread.of(group).variation());
      }
    }
    int sets = settings.simplices() * Simplices.GROUPS;
    return result(all.length < 2 ? null : new Volumes(sets, Spread.of(all), 0), null, variations);
  }
}
