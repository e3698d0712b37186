package dev.orograph.instrument.embedding;

import dev.orograph.geometry.ParticipationRatio;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.Moments;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.Gram;
import dev.orograph.linalg.Lapack;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Scope;
import dev.orograph.random.Generator;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The spectrum of a covariance.
 *
 * @param task which matrix and rows
 * @param broken rows left out
 * @param rows rows n that it is over
 * @param spectrum its figures; null for fewer than two rows
 * @param sound the corrected ones; null for the seeds' part, for fewer than four rows and where
 *     differences of rows are all at right angles
 */
public record CovarianceFigures(
    Task<TokenMatrix> task, int broken, int rows, Spectrum spectrum, Sound sound)
    implements Serializable {
  /** Rows among which the delta method takes the spread of each row's influence. */
  private static final int INFLUENCES = 2000;

  /** Eigenvalues that are kept; the last ones of wider spectra are left out of the drawing. */
  private static final int KEPT = 4096;

  private static final List<Double> SHARES = List.of(0.8, 0.9, 0.95, 0.99);

  /**
   * Figures of eigenvalues in descending order.
   *
   * @param total their sum, the total variance, with n - 1 or n in the denominator
   * @param values the largest of them
   * @param dimensions how many make up 80, 90, 95 and 99 % of the sum
   * @param participation (sum l)^2 / sum l^2
   */
  public record Spectrum(
      double total, List<Double> values, List<Integer> dimensions, double participation)
      implements Serializable {}

  /**
   * What a careful reviewer would accept.
   *
   * @param participation corrected participation ratio
   * @param error its standard error, rows taken as a sample
   * @param independent participation ratio of the same dimensions made independent
   * @param isoScore IsoScore
   */
  public record Sound(double participation, double error, double independent, double isoScore)
      implements Serializable {}

  static CovarianceFigures none(Task<TokenMatrix> task, int broken) {
    return new CovarianceFigures(task, broken, 0, null, null);
  }

  /** The seed's: 1 / (n - 1). */
  static CovarianceFigures seed(Task<TokenMatrix> task, int broken, Moments m) {
    double scale = m.count() / (m.count() - 1.0);
    return new CovarianceFigures(task, broken, m.count(), spectrum(m, scale), null);
  }

  /** Over all rows: the first seed's with 1 / n, and the sound figures. */
  static CovarianceFigures of(
      Work work, TerrainSettings settings, Task<TokenMatrix> task, TokenRows rows) {
    Moments m = Moments.of(work, rows);
    Sound sound = null;
    if (settings.sound() && m.count() > 3 && m.total() > 0) {
      double corrected =
          ParticipationRatio.corrected(m.count(), m.total(), m.squares(), m.fourthPowers());
      if (!Double.isNaN(corrected)) {
        sound =
            new Sound(
                corrected,
                corrected * relativeError(work.generator(task), rows, m),
                // A variance's square is too large by 2 / (n - 1) of itself where it is a sample's.
                Math.min(
                    m.width(), ParticipationRatio.of(m.variances()) * (1 + 2.0 / (m.count() - 1))),
                ParticipationRatio.isoScore(m.eigenvalues()));
      }
    }
    return new CovarianceFigures(task, rows.broken(), m.count(), spectrum(m, 1), sound);
  }

  private static Spectrum spectrum(Moments m, double scale) {
    double total = m.total();
    List<Integer> dimensions = new ArrayList<>();
    double[] values = m.eigenvalues();
    for (double share : SHARES) {
      double running = 0;
      int needed = 0;
      while (needed < values.length && (needed == 0 || running / total < share)) {
        running += values[needed++];
      }
      dimensions.add(needed);
    }
    List<Double> kept = Arrays.stream(values).limit(KEPT).map(v -> v * scale).boxed().toList();
    return new Spectrum(total * scale, kept, dimensions, ParticipationRatio.of(values));
  }

  /**
   * Relative standard error of (tr S)^2 / tr S^2. To first order a row c moves it by the share
   * {@code 2 (|c|^2 - T) / T - 2 (c'Sc - Q) / Q}, T = tr S and Q = tr S^2, with c'Sc from the other
   * rows of the sample; how far each c'Sc is blurred by these being few is taken out of the shares'
   * variance. To second order pairs of rows add 4 / n^2, which is all there is where variance is
   * even.
   */
  private static double relativeError(Generator draws, TokenRows rows, Moments m) {
    int n = Math.min(INFLUENCES, m.count());
    int[] places = draws.choice(m.count(), n, false);
    int[] sample = Arrays.stream(places).map(i -> rows.whole()[i]).toArray();
    double sum = 0;
    double squares = 0;
    double blur = 0;
    try (Scope scope = new Scope()) {
      Matrix gram = Lapack.with(1, () -> Gram.ofRows(rows.less(sample, m.mean()), scope));
      for (int i = 0; i < n; i++) {
        double along = 0;
        double fourth = 0;
        for (int j = 0; j < n; j++) {
          if (i != j) {
            double dot = gram.get(Math.max(i, j), Math.min(i, j));
            double share = dot * dot / m.squares();
            along += share / (n - 1);
            fourth += share * share / (n - 1);
          }
        }
        double influence = 2 * (gram.get(i, i) / m.total() - 1) - 2 * (along - 1);
        sum += influence;
        squares += influence * influence;
        blur += 4 * (fourth - along * along) / (n - 1) / n;
      }
    }
    double mean = sum / n;
    double first = Math.max(0, squares / n - mean * mean - blur);
    return Math.sqrt(first / m.count() + 4.0 / m.count() / m.count());
  }
}
