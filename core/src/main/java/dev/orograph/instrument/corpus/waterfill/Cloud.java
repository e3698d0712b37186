package dev.orograph.instrument.corpus.waterfill;

import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.RowParts;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Points to place: vectors with their lengths, those left out that are no vectors. */
final class Cloud {
  private final Entries entries;
  private final double[] norms;
  private final int[] rows;
  private final int broken;

  private Cloud(Entries entries, double[] norms, int[] rows, int broken) {
    this.entries = entries;
    this.norms = norms;
    this.rows = rows;
    this.broken = broken;
  }

  /** Reads the rows of a matrix once; {@code threads} change no bit. */
  static Cloud of(Entries all, int threads, Runnable check) {
    int n = Math.toIntExact(all.rows());
    int d = Math.toIntExact(all.columns());
    double[] norms = new double[n];
    RowParts.forEach(
        all,
        threads,
        (part, first, count, block) -> {
          check.run();
          for (int i = 0; i < count; i++) {
            norms[first + i] = TokenRows.norm(block, i * d, d);
          }
        });
    int broken = 0;
    for (double norm : norms) {
      broken += Double.isNaN(norm) ? 1 : 0;
    }
    if (broken == 0) {
      return new Cloud(all, norms, null, 0);
    }
    int[] whole = IntStream.range(0, n).filter(i -> !Double.isNaN(norms[i])).toArray();
    double[] some = Arrays.stream(whole).mapToDouble(i -> norms[i]).toArray();
    return new Cloud(Entries.ofRows(all, whole), some, whole, broken);
  }

  Entries entries() {
    return entries;
  }

  /** Lengths, which nobody changes. */
  double[] norms() {
    return norms;
  }

  int size() {
    return norms.length;
  }

  int width() {
    return Math.toIntExact(entries.columns());
  }

  /** The row of the matrix that a point is. */
  int row(int point) {
    return rows == null ? point : rows[point];
  }

  int broken() {
    return broken;
  }

  int zeros() {
    int zeros = 0;
    for (double norm : norms) {
      zeros += norm == 0 ? 1 : 0;
    }
    return zeros;
  }

  /** Some points, each a vector of its own. */
  double[][] vectors(int[] which) {
    double[][] vectors = new double[which.length][width()];
    for (int i = 0; i < which.length; i++) {
      entries.read((long) which[i] * width(), vectors[i], 0, width());
    }
    return vectors;
  }

  /** What is known of the points beside their vectors. */
  static final class About {
    private final int[] at;
    private final IntFunction<String> text;
    private final double[] surprisal;
    private final double[] before;
    private final double[] after;
    private final int[] kinds;

    /**
     * One entry per point each; what is not known is null.
     *
     * @param at position of the text
     * @param text what it stands for
     * @param surprisal nats
     * @param before entropy of the prediction of its first token, nats
     * @param after entropy of the prediction made behind it, nats
     * @param kinds number of what it is: points of equal tokens have equal ones
     */
    About(
        int[] at,
        IntFunction<String> text,
        double[] surprisal,
        double[] before,
        double[] after,
        int[] kinds) {
      this.at = at;
      this.text = text;
      this.surprisal = surprisal;
      this.before = before;
      this.after = after;
      this.kinds = kinds;
    }

    int[] at() {
      return at;
    }

    IntFunction<String> text() {
      return text;
    }

    double[] surprisal() {
      return surprisal;
    }

    double[] before() {
      return before;
    }

    double[] after() {
      return after;
    }

    int[] kinds() {
      return kinds;
    }
  }
}
