package dev.orograph.instrument.embedding;

import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.Spread;
import dev.orograph.instrument.rows.Token;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Embedding against head.
 *
 * @param task the head
 * @param broken tokens with a broken row in either
 * @param cosines of each token's two rows; null where there is none
 * @param least token with the smallest
 * @param most token with the largest
 * @param embeddingNorm Frobenius norm of the embedding, as are the next
 * @param headNorm of the head
 * @param differenceNorm of their difference
 * @param others mean cosine of a token's row with another token's
 * @param othersDeviation standard deviation of such cosines
 */
public record UnembeddingFigures(
    Task<TokenMatrix> task,
    int broken,
    Spread cosines,
    Token least,
    Token most,
    double embeddingNorm,
    double headNorm,
    double differenceNorm,
    double others,
    double othersDeviation)
    implements Serializable {

  static UnembeddingFigures of(Work work, Task<TokenMatrix> task, TokenRows a, TokenRows b) {
    int[] whole =
        IntStream.range(0, Math.min(a.count(), b.count()))
            .filter(i -> !Double.isNaN(a.norm(i)) && !Double.isNaN(b.norm(i)))
            .toArray();
    int broken = a.count() - whole.length;
    if (whole.length < 2) {
      return new UnembeddingFigures(task, broken, null, null, null, 0, 0, 0, 0, 0);
    }
    int d = a.width();
    float[] cosines = new float[whole.length];
    double[] sumA = new double[d];
    double[] sumB = new double[d];
    double[] x = new double[d];
    double[] y = new double[d];
    double total = 0;
    double difference = 0;
    int least = 0;
    int most = 0;
    for (int k = 0; k < whole.length; k++) {
      if (k % 4096 == 0) {
        work.checkCancelled();
      }
      int i = whole[k];
      double scaleA = scale(a, i, x);
      double scaleB = scale(b, i, y);
      double cosine = 0;
      for (int j = 0; j < d; j++) {
        difference += (x[j] - y[j]) * (x[j] - y[j]);
        cosine += x[j] * scaleA * (y[j] * scaleB);
        sumA[j] += x[j] * scaleA;
        sumB[j] += y[j] * scaleB;
      }
      cosines[k] = (float) cosine;
      total += cosine;
      least = cosines[k] < cosines[least] ? k : least;
      most = cosines[k] > cosines[most] ? k : most;
    }
    double all = 0;
    for (int j = 0; j < d; j++) {
      all += sumA[j] * sumB[j];
    }
    double n = whole.length;
    return new UnembeddingFigures(
        task,
        broken,
        Spread.of(cosines),
        Token.of(a, whole[least], cosines[least]),
        Token.of(a, whole[most], cosines[most]),
        frobenius(a, whole),
        frobenius(b, whole),
        Math.sqrt(difference),
        (all - total) / (n * (n - 1)),
        paired(work, task, a, b, whole));
  }

  /** Reads a row and returns what makes it a unit one. */
  private static double scale(TokenRows rows, int i, double[] into) {
    rows.read(i, into, 0);
    return rows.norm(i) > 0 ? 1 / rows.norm(i) : 0;
  }

  private static double frobenius(TokenRows rows, int[] whole) {
    return Math.sqrt(Arrays.stream(whole).mapToDouble(rows::norm).map(v -> v * v).sum());
  }

  /** Standard deviation of the cosines when every token is paired with another at random. */
  private static double paired(
      Work work, Task<TokenMatrix> task, TokenRows a, TokenRows b, int[] whole) {
    int[] order = work.generator(task).permutation(whole.length);
    double[] x = new double[a.width()];
    double[] y = new double[a.width()];
    double sum = 0;
    double squares = 0;
    for (int k = 0; k < order.length; k++) {
      // Along one cycle of all tokens none meets itself.
      double scaleA = scale(a, whole[order[k]], x);
      double scaleB = scale(b, whole[order[(k + 1) % order.length]], y);
      double cosine = 0;
      for (int j = 0; j < x.length; j++) {
        cosine += x[j] * scaleA * (y[j] * scaleB);
      }
      sum += cosine;
      squares += cosine * cosine;
    }
    double mean = sum / order.length;
    return Math.sqrt(Math.max(0, squares / order.length - mean * mean));
  }
}
