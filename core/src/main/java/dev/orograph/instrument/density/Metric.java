package dev.orograph.instrument.density;

import dev.orograph.geometry.ParticipationRatio;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.Moments;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.instrument.rows.Whitening;
import dev.orograph.linalg.Cholesky;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.Scope;
import java.util.Arrays;

/**
 * Brings rows g of a matrix to points whose Euclidean distances are those of a metric: causal R^-1
 * (g - mu), C = RR' the covariance of all rows, so that |z|^2 = (g - mu)' C^-1 (g - mu) (Park, Choe
 * & Veitch 2024); euclidean g - mu; cosine u - mean u of the unit rows u, where |u - v|^2 = 2 - 2
 * cos.
 */
final class Metric {
  private final Work work;
  private final TokenRows rows;
  private final int[] ids;
  private final Entries points;
  private final double[] mean;
  private final Cholesky whitening;
  private final double[] atMean;
  private final double[] deviations;
  private final MetricFigures figures;
  private final int threads;

  private Metric(
      Work work,
      TokenRows rows,
      int[] ids,
      Entries points,
      double[] mean,
      Cholesky whitening,
      double[] deviations,
      MetricFigures figures,
      int threads) {
    this.work = work;
    this.rows = rows;
    this.ids = ids;
    this.points = points;
    this.mean = mean;
    this.whitening = whitening;
    this.deviations = deviations;
    this.threads = threads;
    atMean = mean.clone();
    if (whitening != null) {
      whitening.solve(atMean);
    }
    this.figures = figures(figures, square(atMean));
  }

  private static MetricFigures figures(MetricFigures f, double meanSquare) {
    return new MetricFigures(
        f.kind(),
        f.rows(),
        f.dimensions(),
        f.largest(),
        f.smallest(),
        f.shrinkage(),
        f.shrunkCondition(),
        f.trace(),
        meanSquare,
        f.participation(),
        f.corrected(),
        f.used(),
        f.isotropic());
  }

  /** Rows that have a place: all whole ones, for cosines those that are not 0. */
  static int[] usable(String kind, TokenRows rows) {
    return kind.equals("cosine")
        ? Arrays.stream(rows.whole()).filter(i -> rows.norm(i) > 0).toArray()
        : rows.whole();
  }

  /**
   * The metric of a matrix over all its usable rows, of which there are at least two that differ.
   *
   * @return null where all rows are equal
   */
  static Metric of(Work work, String kind, TokenRows rows, int threads, Scope scope) {
    int[] ids = usable(kind, rows);
    Entries points = Entries.ofRows(rows.entries(), ids);
    if (kind.equals("cosine")) {
      points = units(rows, ids);
    }
    Moments.Scattered scattered = Moments.scattered(points, threads, scope, work::checkCancelled);
    Moments m = scattered.moments();
    if (!(m.total() > 0)) {
      return null;
    }
    int n = ids.length;
    int d = rows.width();
    double[] l = m.eigenvalues();
    Whitening shrunk = new Whitening(m);
    double corrected =
        n < 4
            ? Double.NaN
            : ParticipationRatio.corrected(n, m.total(), m.squares(), m.fourthPowers());
    boolean causal = kind.equals("causal");
    double[] inMetric = l.clone();
    if (causal) {
      Arrays.setAll(inMetric, j -> shrunk.weight() == 0 ? 1 : l[j] / shrunk.shrunk(l[j]));
    }
    Cholesky whitening = causal ? shrunk.factor(scattered, threads) : null;
    double condition =
        causal
            ? shrunk.shrunk(shrunk.largest()) / shrunk.shrunk(shrunk.smallest())
            : shrunk.largest() / shrunk.smallest();
    double participation = ParticipationRatio.of(l);
    double used = participation;
    if (causal) {
      used = ParticipationRatio.of(inMetric);
    } else if (corrected > 0) {
      used = Math.min(d, corrected);
    }
    MetricFigures f =
        new MetricFigures(
            kind,
            n,
            d,
            shrunk.largest(),
            shrunk.smallest(),
            causal ? shrunk.weight() : 0,
            condition,
            Arrays.stream(inMetric).sum(),
            0,
            participation,
            corrected,
            used,
            causal && shrunk.weight() == 0);
    double[] deviations =
        Arrays.stream(causal ? inMetric : ParticipationRatio.shrunk(inMetric, corrected))
            .map(Math::sqrt)
            .toArray();
    return new Metric(work, rows, ids, points, m.mean(), whitening, deviations, f, threads);
  }

  private static Entries units(TokenRows rows, int[] ids) {
    double[] norms = Arrays.stream(ids).mapToDouble(rows::norm).toArray();
    return Entries.divided(Entries.ofRows(rows.entries(), ids), norms);
  }

  /**
   * A metric that does not whiten, for distances alone: of its figures it has only the kind and how
   * many rows and dimensions there are.
   */
  static Metric plain(Work work, String kind, TokenRows rows, int threads) {
    int[] ids = usable(kind, rows);
    Entries points = kind.equals("cosine") ? units(rows, ids) : Entries.ofRows(rows.entries(), ids);
    double[] mean = Moments.mean(points, threads, work::checkCancelled);
    double unknown = Double.NaN;
    MetricFigures f =
        new MetricFigures(
            kind,
            ids.length,
            rows.width(),
            unknown,
            unknown,
            0,
            unknown,
            unknown,
            unknown,
            unknown,
            unknown,
            unknown,
            false);
    return new Metric(work, rows, ids, points, mean, null, new double[0], f, threads);
  }

  /** Bytes that a matrix takes to be measured by, while {@link Moments} are made and afterwards. */
  static long bytes(long rows, long d, int threads) {
    return 8 * d * d
        + Math.max(Moments.bytes(rows, d), Cholesky.bytes(d, threads) + (32L << 20))
        + 8 * d * Math.min(rows, d);
  }

  MetricFigures figures() {
    return figures;
  }

  /** Tokens that have a place, ascending. */
  int[] ids() {
    return ids;
  }

  /** Raw points, one per usable row: what is equal here has distance 0. */
  Entries points() {
    return points;
  }

  /**
   * Deviations along the principal axes of a cloud that the points in the metric may be a sample
   * of; not to be changed.
   */
  double[] deviations() {
    return deviations;
  }

  /** Visits all points, brought to the metric and centred, in blocks. */
  void forEach(Cholesky.Solved solved) {
    map(Entries.less(points, mean), solved);
  }

  /** The distances of pairs of points from the float64 differences of their rows. */
  void differences(int[] i, int[] j, double[] distances) {
    int d = rows.width();
    double[] other = new double[d];
    Entries pairs =
        Entries.of(
            i.length,
            d,
            (from, into, offset, length) -> {
              int first = (int) (from / d);
              for (int p = 0; p < length / d; p++) {
                points.read((long) i[first + p] * d, into, offset + p * d, d);
                synchronized (other) {
                  points.read((long) j[first + p] * d, other, 0, d);
                  for (int q = 0; q < d; q++) {
                    into[offset + p * d + q] -= other[q];
                  }
                }
              }
            });
    map(
        pairs,
        (first, block, count) -> {
          for (int p = 0; p < count; p++) {
            double sum = 0;
            for (int q = p * d; q < (p + 1) * d; q++) {
              sum += block[q] * block[q];
            }
            distances[first + p] = Math.sqrt(sum);
          }
        });
  }

  private void map(Entries centred, Cholesky.Solved solved) {
    if (whitening != null) {
      whitening.solve(centred, threads, (done, all) -> work.checkCancelled(), solved);
      return;
    }
    int n = Math.toIntExact(centred.rows());
    int d = rows.width();
    double[] block = new double[Cholesky.block() * d];
    for (int first = 0; first < n; first += Cholesky.block()) {
      work.checkCancelled();
      int count = Math.min(Cholesky.block(), n - first);
      centred.read((long) first * d, block, 0, count * d);
      solved.rows(first, block, count);
    }
  }

  /**
   * The seed's length of a row: that of g itself, not centred; for cosines, where it would always
   * be 1, the row's own.
   *
   * @param point index of the row
   * @param centred the point, from {@code offset} on
   */
  double plainNorm(int point, double[] centred, int offset) {
    if (figures.kind().equals("cosine")) {
      return rows.norm(ids[point]);
    }
    double sum = 0;
    for (int j = 0; j < atMean.length; j++) {
      double v = centred[offset + j] + atMean[j];
      sum += v * v;
    }
    return Math.sqrt(sum);
  }

  private static double square(double[] v) {
    return Arrays.stream(v).map(x -> x * x).sum();
  }
}
