package dev.orograph.instrument.embedding;

import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.Token;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.DistinctRows;
import dev.orograph.stats.Quantiles;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Tokens that look unused.
 *
 * @param task which matrix
 * @param broken rows left out
 * @param clusters clusters of equal rows
 * @param copies rows in them
 * @param largest the largest cluster, its first members
 * @param zeros rows shorter than 1e-6
 * @param small rows shorter than 1 % of the median norm
 * @param unused how many tokens are taken as unused
 * @param known whether the tokenizer says so; else they are the largest cluster of copies
 * @param reach distance from the mean of the unused rows within which nine in ten of them lie; null
 *     where none is known
 * @param median median distance of the other tokens from that mean
 * @param suspects other tokens within reach
 * @param nearest the other tokens nearest to that mean, with their distance
 */
public record UnderTrainedFigures(
    Task<TokenMatrix> task,
    int broken,
    int clusters,
    int copies,
    List<Token> largest,
    int zeros,
    int small,
    int unused,
    boolean known,
    Double reach,
    Double median,
    int suspects,
    List<Token> nearest)
    implements Serializable {
  private static final int SHOWN = 20;
  private static final int FEWEST_COPIES = 3;
  private static final double REACH = 0.9;
  private static final double ZERO = 1e-6;
  private static final double SMALL = 0.01;
  private static final Pattern UNUSED =
      Pattern.compile("(?i)[\\[<]\\|?(?:unused|reserved|extra_id|dummy|blank)[\\w-]*\\|?[\\]>]");

  static UnderTrainedFigures of(Work work, Task<TokenMatrix> task, TokenRows rows) {
    int[] whole = rows.whole();
    List<List<Integer>> clusters =
        whole.length == 0
            ? List.of()
            : new DistinctRows(rows.less(whole, new double[rows.width()])).clusters();
    List<Integer> largest =
        clusters.stream().max(Comparator.comparingInt(List::size)).orElse(List.of());
    double[] sorted = rows.norms();
    Arrays.sort(sorted);
    double middle = sorted.length == 0 ? 0 : Quantiles.ofSorted(sorted, 0.5);
    Set<Integer> unused = named(rows);
    boolean known = !unused.isEmpty();
    if (!known && largest.size() >= FEWEST_COPIES) {
      largest.forEach(place -> unused.add(whole[place]));
    }
    UnderTrainedFigures found =
        new UnderTrainedFigures(
            task,
            rows.broken(),
            clusters.size(),
            clusters.stream().mapToInt(List::size).sum(),
            largest.stream()
                .limit(SHOWN)
                .map(place -> Token.of(rows, whole[place], rows.norm(whole[place])))
                .toList(),
            (int) Arrays.stream(sorted).filter(v -> v < ZERO).count(),
            (int) Arrays.stream(sorted).filter(v -> v < SMALL * middle).count(),
            unused.size(),
            known,
            null,
            null,
            0,
            List.of());
    return unused.isEmpty() || unused.size() == whole.length
        ? found
        : found.measured(work, rows, unused);
  }

  /** Whole rows without a token, and tokens that are named as unused. */
  private static Set<Integer> named(TokenRows rows) {
    Set<Integer> unused = new TreeSet<>();
    rows.tokenizer()
        .ifPresent(
            t ->
                IntStream.of(rows.whole())
                    .filter(
                        i ->
                            i >= t.size()
                                || t.token(i).map(n -> UNUSED.matcher(n).matches()).orElse(true))
                    .forEach(unused::add));
    return unused;
  }

  private UnderTrainedFigures measured(Work work, TokenRows rows, Set<Integer> of) {
    double[] mean = new double[rows.width()];
    double[] row = new double[rows.width()];
    for (int i : of) {
      rows.read(i, row, 0);
      for (int j = 0; j < mean.length; j++) {
        mean[j] += row[j] / of.size();
      }
    }
    List<Double> far = new ArrayList<>();
    List<Token> others = new ArrayList<>();
    for (int k = 0; k < rows.whole().length; k++) {
      if (k % 4096 == 0) {
        work.checkCancelled();
      }
      int i = rows.whole()[k];
      rows.read(i, row, 0);
      double square = 0;
      for (int j = 0; j < mean.length; j++) {
        square += (row[j] - mean[j]) * (row[j] - mean[j]);
      }
      if (of.contains(i)) {
        far.add(Math.sqrt(square));
      } else {
        others.add(new Token(i, "", Math.sqrt(square)));
      }
    }
    others.sort(Comparator.comparingDouble(Token::value).thenComparingInt(Token::id));
    double[] own = far.stream().mapToDouble(v -> v).sorted().toArray();
    // Not the farthest, which a single row that is used all the same would set.
    double within = Quantiles.ofSorted(own, REACH);
    return new UnderTrainedFigures(
        task,
        broken,
        clusters,
        copies,
        largest,
        zeros,
        small,
        unused,
        known,
        within,
        others.get(others.size() / 2).value(),
        (int) others.stream().filter(t -> t.value() <= within).count(),
        others.stream().limit(SHOWN).map(t -> Token.of(rows, t.id(), t.value())).toList());
  }
}
