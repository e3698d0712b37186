package dev.orograph.samples;

import dev.orograph.model.forward.Inputs;
import dev.orograph.model.forward.State;
import dev.orograph.model.forward.States;
import dev.orograph.model.forward.Transformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * What a model makes of tokens that it should write: log-probabilities in nats, the softmax in
 * float64.
 *
 * @param model that scores tokens
 * @param stop asked between batches; once it says yes, all calls end with a {@link
 *     CancellationException}
 */
record Likelihood(Transformer model, BooleanSupplier stop) {
  private static final Set<String> LOGITS = Set.of("logits");

  /** Scores that are held at a time: 128 MiB in float32. */
  private static final long HELD = 1L << 25;

  /**
   * Text that is read and text that is written.
   *
   * @param source what an encoder reads; empty for a model of one stack
   * @param read what the stack that scores reads
   * @param labels what should come next at each of its positions
   */
  private record Row(int number, List<Integer> source, List<Integer> read, List<Integer> labels) {
    int width() {
      return source.size() + read.size();
    }
  }

  /** Negative log-likelihood of each line, all of its tokens but the first. */
  double[] lines(List<int[]> lines) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      List<Integer> line = boxed(lines.get(i));
      rows.add(
          new Row(i, List.of(), line.subList(0, line.size() - 1), line.subList(1, line.size())));
    }
    return of(rows);
  }

  /** Negative log-likelihood of each target, all of its tokens, behind its source. */
  double[] pairs(List<int[]> sources, List<int[]> targets) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      List<Integer> target = boxed(targets.get(i));
      rows.add(new Row(i, boxed(sources.get(i)), shifted(target), target));
    }
    return of(rows);
  }

  /** The start token and all but the last. */
  private List<Integer> shifted(List<Integer> target) {
    List<Integer> read = new ArrayList<>(List.of(model.design().start()));
    read.addAll(target.subList(0, target.size() - 1));
    return read;
  }

  private double[] of(List<Row> rows) {
    double[] sums = new double[rows.size()];
    List<Row> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparingInt(Row::width));
    for (int from = 0; from < sorted.size(); ) {
      int to = from + 1;
      while (to < sorted.size()
          && (to + 1L - from) * sorted.get(to).width() * model.vocabulary() <= HELD) {
        to++;
      }
      batch(sorted.subList(from, to), sums);
      from = to;
    }
    return sums;
  }

  private void batch(List<Row> rows, double[] sums) {
    try (States states = forward(rows)) {
      State logits = states.get("logits");
      int vocabulary = Math.toIntExact(logits.shape().get(2));
      for (int i = 0; i < rows.size(); i++) {
        double[] scores = logits.sequence(i);
        List<Integer> labels = rows.get(i).labels;
        double[] each =
            IntStream.range(0, labels.size())
                .parallel()
                .mapToDouble(
                    t ->
                        normaliser(scores, t * vocabulary, vocabulary)
                            - scores[t * vocabulary + labels.get(t)])
                .toArray();
        sums[rows.get(i).number] = Arrays.stream(each).sum();
      }
    }
  }

  /**
   * Log-probabilities of what comes behind the beginning of each answer.
   *
   * @param sources what the encoder reads
   * @param begun tokens behind the start token
   */
  List<double[]> next(List<int[]> sources, List<List<Integer>> begun) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      List<Integer> read = new ArrayList<>(List.of(model.design().start()));
      read.addAll(begun.get(i));
      rows.add(new Row(i, boxed(sources.get(i)), read, List.of()));
    }
    double[][] all = new double[rows.size()][];
    try (States states = forward(rows)) {
      State logits = states.get("logits");
      for (Row row : rows) {
        all[row.number] = logits.vector(row.number, row.read.size() - 1);
      }
    }
    Arrays.stream(all)
        .parallel()
        .forEach(
            scores -> {
              double normaliser = normaliser(scores, 0, scores.length);
              Arrays.setAll(scores, i -> scores[i] - normaliser);
            });
    return List.of(all);
  }

  private States forward(List<Row> rows) {
    if (stop.getAsBoolean()) {
      throw new CancellationException("interrupted");
    }
    // Nobody who counts sees behind the end of a causal sequence.
    Inputs read = padded(rows.stream().map(Row::read).toList()).mask(null);
    return model.forward(
        rows.get(0).source.isEmpty()
            ? read
            : padded(rows.stream().map(Row::source).toList()).decoder(read),
        LOGITS);
  }

  private static Inputs padded(List<List<Integer>> rows) {
    return Inputs.padded(
        rows.stream().map(r -> r.stream().mapToInt(i -> i).toArray()).toList(),
        PieceModel.PAD,
        false);
  }

  /** ln of the sum of exp of {@code n} scores from {@code from} on. */
  private static double normaliser(double[] scores, int from, int n) {
    double most = Double.NEGATIVE_INFINITY;
    for (int i = from; i < from + n; i++) {
      most = Math.max(most, scores[i]);
    }
    double sum = 0;
    for (int i = from; i < from + n; i++) {
      sum += Math.exp(scores[i] - most);
    }
    return most + Math.log(sum);
  }

  private static List<Integer> boxed(int[] ids) {
    return Arrays.stream(ids).boxed().toList();
  }
}
