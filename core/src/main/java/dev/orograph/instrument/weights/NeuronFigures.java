package dev.orograph.instrument.weights;

import dev.orograph.instrument.Task;
import dev.orograph.stats.Gaussian;
import dev.orograph.stats.Quantiles;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How important the neurons of one MLP are by their weights.
 *
 * @param task which layer
 * @param nonFinite entries that are NaN, infinite or beyond float32
 * @param own the figures; null where there are such entries, or the piece has a fault
 */
public record NeuronFigures(Task<MlpWeights> task, long nonFinite, Own own)
    implements Serializable {
  /** Points of a curve of quantiles. */
  static final int POINTS = 33;

  /**
   * The figures. An importance is the product of a neuron's norms.
   *
   * @param dead importances below 1 % of their mean
   * @param weak importances below 10 % of their mean
   * @param zero importances that are exactly 0
   * @param least smallest importance over their mean; null where the mean is 0, as are the next
   * @param most largest importance over their mean
   * @param cv standard deviation (ddof 0) over mean of the importances
   * @param shuffledCv what it is to first order if each matrix's entries are shuffled
   * @param shuffledDeviation standard deviation of that
   * @param quantiles quantiles of importance over mean at 0, 1/32, ..., 1
   * @param norms spread of the norms of each matrix, in the order of the piece's tensors
   */
  public record Own(
      long dead,
      long weak,
      long zero,
      Double least,
      Double most,
      Double cv,
      double shuffledCv,
      double shuffledDeviation,
      List<Double> quantiles,
      List<Spread> norms)
      implements Serializable {}

  /**
   * How norms are spread.
   *
   * @param mean mean
   * @param deviation standard deviation, ddof 1 as the seed's; null for a single neuron
   * @param min smallest
   * @param max largest
   */
  public record Spread(double mean, Double deviation, double min, double max)
      implements Serializable {}

  /** From the norms of the piece's matrices; none where the piece has a fault. */
  static NeuronFigures of(Task<MlpWeights> task, List<NeuronNorms> matrices) {
    long broken = matrices.stream().mapToLong(NeuronNorms::nonFinite).sum();
    if (matrices.isEmpty() || broken > 0) {
      return new NeuronFigures(task, broken, null);
    }
    double[] importance = new double[(int) task.detail().neurons()];
    Arrays.fill(importance, 1);
    List<Spread> spreads = new ArrayList<>();
    double grown = 1;
    double fourth = 0;
    for (NeuronNorms m : matrices) {
      double[] norms = m.norms();
      for (int i = 0; i < importance.length; i++) {
        importance[i] *= norms[i];
      }
      spreads.add(spread(norms));
      double cv2 = m.shuffledCv2();
      grown *= 1 + cv2;
      fourth += cv2 * cv2 * m.shuffledExcess();
    }
    double cv2 = grown - 1;
    // The variance of F values of kurtosis q has relative deviation sqrt((q - 1)/F).
    double kurtosis = cv2 > 0 ? 3 + fourth / (cv2 * cv2) : 3;
    double deviation =
        Math.sqrt(cv2) / 2 * Math.sqrt(Math.max(0, kurtosis - 1) / importance.length);
    return new NeuronFigures(task, 0, own(importance, Math.sqrt(cv2), deviation, spreads));
  }

  private static Own own(double[] importance, double cv, double deviation, List<Spread> spreads) {
    Arrays.sort(importance);
    int n = importance.length;
    double mean = Arrays.stream(importance).sum() / n;
    long zero = Arrays.stream(importance).filter(v -> v == 0).count();
    if (mean == 0) {
      return new Own(0, 0, zero, null, null, null, cv, deviation, List.of(), spreads);
    }
    double squares = Arrays.stream(importance).map(v -> (v - mean) * (v - mean)).sum() / n;
    List<Double> quantiles = new ArrayList<>();
    for (int i = 0; i < POINTS; i++) {
      quantiles.add(Quantiles.ofSorted(importance, (double) i / (POINTS - 1)) / mean);
    }
    return new Own(
        Arrays.stream(importance).filter(v -> v < 0.01 * mean).count(),
        Arrays.stream(importance).filter(v -> v < 0.1 * mean).count(),
        zero,
        importance[0] / mean,
        importance[n - 1] / mean,
        Math.sqrt(squares) / mean,
        cv,
        deviation,
        quantiles,
        spreads);
  }

  private static Spread spread(double[] norms) {
    double mean = Arrays.stream(norms).sum() / norms.length;
    double squares = Arrays.stream(norms).map(v -> (v - mean) * (v - mean)).sum();
    return new Spread(
        mean,
        norms.length > 1 ? Math.sqrt(squares / (norms.length - 1)) : null,
        Arrays.stream(norms).min().orElseThrow(),
        Arrays.stream(norms).max().orElseThrow());
  }

  /**
   * Importance over mean that so many standard deviations of its logarithm stand for in shuffled
   * matrices: exp(s x - s^2/2), s^2 = ln(1 + CV^2).
   */
  double shuffled(double x) {
    double s2 = Math.log1p(own.shuffledCv * own.shuffledCv);
    return Math.exp(Math.sqrt(s2) * x - s2 / 2);
  }

  /** How many neurons below that share of the mean shuffled matrices are expected to have. */
  double expectedBelow(double share) {
    double s = Math.sqrt(Math.log1p(own.shuffledCv * own.shuffledCv));
    return s == 0 ? 0 : task.detail().neurons() * Gaussian.cumulative(Math.log(share) / s + s / 2);
  }
}
