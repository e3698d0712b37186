package dev.orograph.model.forward;

import dev.orograph.random.Generator;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Which token comes next, from the scores of all of them; in float64. */
final class Choice {
  private Choice() {}

  /** The highest score; of equal ones the first. */
  static int greedy(double[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      if (scores[i] > scores[best]) {
        best = i;
      }
    }
    return best;
  }

  /**
   * A draw from softmax(scores / temperature), cut to the fewest likeliest tokens that hold {@code
   * topP} of it (Holtzman et al. 2020).
   */
  static int drawn(double[] scores, double temperature, double topP, Generator generator) {
    double[] p = softmax(scores, temperature);
    int[] order =
        IntStream.range(0, p.length)
            .boxed()
            .sorted(Comparator.<Integer>comparingDouble(i -> -p[i]).thenComparing(i -> i))
            .mapToInt(Integer::intValue)
            .toArray();
    int kept = 0;
    double held = 0;
    while (kept < order.length && (kept == 0 || held < topP)) {
      held += p[order[kept++]];
    }
    double at = generator.random() * held;
    for (int i = 0; i < kept; i++) {
      at -= p[order[i]];
      if (at < 0) {
        return order[i];
      }
    }
    return order[kept - 1];
  }

  private static double[] softmax(double[] scores, double temperature) {
    double most = Arrays.stream(scores).max().orElse(0);
    double[] p = new double[scores.length];
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp((scores[i] - most) / temperature);
      sum += p[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= sum;
    }
    return p;
  }

  /** -sum p log p in nats of the softmax of all scores. */
  static double entropy(double[] scores) {
    double[] p = softmax(scores, 1);
    double sum = 0;
    for (double v : p) {
      sum -= v > 0 ? v * Math.log(v) : 0;
    }
    return sum;
  }
}
