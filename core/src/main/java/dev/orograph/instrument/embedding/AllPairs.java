package dev.orograph.instrument.embedding;

import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.embedding.PairFigures.All;
import dev.orograph.instrument.rows.Moments;
import dev.orograph.instrument.rows.Token;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Mean cosines over all pairs of the vocabulary, from sums of unit rows. */
final class AllPairs {
  private static final int ROGUE = 3;

  /** What is left of a row's squared length by rounding alone is below this share. */
  private static final double ROUNDING = 1e-24;

  private final TokenRows rows;
  private final Moments moments;
  private final int d;

  private AllPairs(TokenRows rows, Moments moments) {
    this.rows = rows;
    this.moments = moments;
    this.d = rows.width();
  }

  /** Null for fewer than two rows with a direction. */
  static All of(Work work, Task<TokenMatrix> task, TokenRows rows) {
    if (rows.whole().length < 2) {
      return null;
    }
    return new AllPairs(rows, Moments.of(work, rows)).figures(work);
  }

  /** A sum of unit vectors. */
  private final class Units {
    final double[] sum = new double[d];
    int count;

    void add(double[] v) {
      double square = AllPairs.square(v);
      if (square > 0) {
        count++;
        double scale = 1 / Math.sqrt(square);
        for (int j = 0; j < d; j++) {
          sum[j] += v[j] * scale;
        }
      }
    }

    /** Squared length of the mean m. */
    double square() {
      return AllPairs.square(sum) / ((double) count * count);
    }

    /** (n^2 |m|^2 - n) / (n (n - 1)). */
    double meanCosine() {
      return ((double) count * square() - 1) / (count - 1.0);
    }
  }

  private All figures(Work work) {
    int[] whole = rows.whole();
    long zeros = Arrays.stream(whole).filter(i -> rows.norm(i) == 0).count();
    // Rows without a direction have none after centring either, and do not move the centre.
    double share = zeros == whole.length ? 0 : (double) whole.length / (whole.length - zeros);
    double[] mean = Arrays.stream(moments.mean()).map(v -> v * share).toArray();
    double[] scale = new double[d];
    for (int j = 0; j < d; j++) {
      double sd = Math.sqrt(moments.variances()[j]);
      scale[j] = sd > 0 ? 1 / sd : 0;
    }
    Units raw = new Units();
    Units centred = new Units();
    Units standard = new Units();
    Units pruned = new Units();
    double[] scaled = new double[d];
    double[] v = new double[d];
    rows.panels(
        work,
        (first, block, n) -> {
          for (int i = 0; i < n; i++) {
            if (!(rows.norm(first + i) > 0)) {
              continue;
            }
            System.arraycopy(block, i * d, v, 0, d);
            raw.add(v);
            for (int j = 0; j < d; j++) {
              v[j] -= mean[j];
            }
            centred.add(v);
            for (int j = 0; j < d; j++) {
              scaled[j] = v[j] * scale[j];
            }
            standard.add(scaled);
            if (without(v)) {
              pruned.add(v);
            }
          }
        });
    if (raw.count < 2) {
      return null;
    }
    double spread = alongCommon(work, raw);
    double squares = moments.squares();
    double total = moments.total();
    return new All(
        raw.count,
        rows.whole().length - raw.count,
        raw.meanCosine(),
        2 * Math.sqrt(raw.square()) * spread / Math.sqrt(raw.count),
        centred.count > 1 ? centred.meanCosine() : null,
        standard.count > 1 ? standard.meanCosine() : null,
        moments.components().size(),
        pruned.count > 1 && !moments.components().isEmpty() ? pruned.meanCosine() : null,
        spread,
        rogue(raw),
        squares > 0 ? total * (total / squares) : 0,
        2 * total * moments.count() / (moments.count() - 1.0));
  }

  /** Takes the leading components out of a row; whether more than rounding is left. */
  private boolean without(double[] v) {
    double before = square(v);
    for (double[] component : moments.components()) {
      double dot = 0;
      for (int j = 0; j < d; j++) {
        dot += v[j] * component[j];
      }
      for (int j = 0; j < d; j++) {
        v[j] -= dot * component[j];
      }
    }
    return square(v) > ROUNDING * before;
  }

  private static double square(double[] v) {
    double sum = 0;
    for (double x : v) {
      sum += x * x;
    }
    return sum;
  }

  /** Standard deviation of the cosines between rows and their common direction. */
  private double alongCommon(Work work, Units raw) {
    double length = Math.sqrt(raw.square()) * raw.count;
    // The cosines' own mean is the length of the mean unit row.
    double mean = Math.sqrt(raw.square());
    double[] squares = new double[1];
    rows.panels(
        work,
        (first, block, n) -> {
          for (int i = 0; i < n; i++) {
            double norm = rows.norm(first + i);
            if (norm > 0 && length > 0) {
              double dot = 0;
              for (int j = 0; j < d; j++) {
                dot += block[i * d + j] * raw.sum[j];
              }
              double off = dot / norm / length - mean;
              squares[0] += off * off;
            }
          }
        });
    return Math.sqrt(squares[0] / raw.count);
  }

  private List<Token> rogue(Units raw) {
    double square = raw.square() * raw.count * raw.count;
    return IntStream.range(0, d)
        .mapToObj(j -> new Token(j, "", square > 0 ? raw.sum[j] * raw.sum[j] / square : 0))
        .sorted(Comparator.comparingDouble((Token t) -> -t.value()))
        .limit(ROGUE)
        .toList();
  }
}
