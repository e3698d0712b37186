package dev.orograph.instrument.corpus;

import dev.orograph.input.InputException;
import dev.orograph.model.forward.Transformer;
import dev.orograph.stats.Quantiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Patches of a text by how uncertain a model is of each next token (the entropy patcher of the Byte
 * Latent Transformer, Pagnoni et al. 2024): position i starts one where the entropy of the
 * prediction of i, made from what stands before it, exceeds a threshold. The first position of the
 * text always does; tokens before it (a begin token) belong to none.
 *
 * @param nats entropy of the prediction made <em>behind</em> each position, that is of position i +
 *     1; the last one is of what would follow
 * @param first the first position that is text
 * @param threshold nats
 * @param starts first positions of the patches, ascending
 */
public record EntropyPatches(List<Double> nats, int first, double threshold, List<Integer> starts) {
  /** The threshold that BLT's patcher has for bytes, in nats. */
  static final double BLT_THRESHOLD = 1.335442066192627;

  /** Mean length that BLT's patcher is tuned to. */
  static final double BLT_LENGTH = 4.5;

  /** Copies its lists. */
  public EntropyPatches {
    nats = List.copyOf(nats);
    starts = List.copyOf(starts);
  }

  /**
   * One patch.
   *
   * @param from its first position
   * @param to the first one behind it
   * @param nats entropy of the prediction of its first position; null at the begin of the input
   */
  public record Patch(int from, int to, Double nats) {}

  /** Cuts a text; an entropy that equals the threshold does not start a patch. */
  public static EntropyPatches cut(List<Double> nats, int first, double threshold) {
    if (first < 0 || first >= nats.size()) {
      throw new IllegalArgumentException("text from " + first + " of " + nats.size() + " on");
    }
    List<Integer> starts = new ArrayList<>(List.of(first));
    IntStream.range(first + 1, nats.size())
        .filter(i -> nats.get(i - 1) > threshold)
        .forEach(starts::add);
    return new EntropyPatches(nats, first, threshold, starts);
  }

  /**
   * The threshold that cuts this text into patches of mean length {@link #BLT_LENGTH}, as far as
   * its entropies differ: their quantile 1 - 1 / 4.5 (linear).
   */
  static double usual(List<Double> nats, int first) {
    double[] within =
        IntStream.range(first + 1, nats.size())
            .mapToDouble(i -> nats.get(i - 1))
            .sorted()
            .toArray();
    return within.length == 0 ? 0 : Quantiles.ofSorted(within, 1 - 1 / BLT_LENGTH);
  }

  /**
   * Entropies behind every position of a text of any length. A text longer than the window is read
   * in windows, each of which begins with the last half of the one before as context; nothing is
   * put in front of it, and its positions are counted anew.
   *
   * @param window positions that are read at once, at least 2
   * @param together how many whole windows are computed side by side
   * @param file what is named where a number is not finite
   * @param progress hears how many positions are done
   */
  static List<Double> nats(
      Transformer t, int[] ids, int window, int together, Path file, IntConsumer progress) {
    List<Double> all = new ArrayList<>(ids.length);
    Windows.forEach(
        t,
        ids,
        window,
        together,
        (in, starts, fresh) -> {
          List<double[]> found = t.entropy(in);
          for (int w = 0; w < starts.length; w++) {
            add(all, found.get(w), starts[w], file);
          }
          progress.accept(all.size());
        });
    return all;
  }

  /** What a window adds behind the positions that are done. */
  private static void add(List<Double> all, double[] found, int from, Path file) {
    for (int i = all.size() - from; i < found.length; i++) {
      if (!Double.isFinite(found[i])) {
        throw notFinite(file, all.size());
      }
      all.add(found[i]);
    }
  }

  /** The fault of a model whose scores at a position are not finite. */
  public static InputException notFinite(Path file, int position) {
    return InputException.at(file)
        .place("position " + position)
        .expected("must have finite scores of the next token")
        .found("one is not a number or infinite")
        .remedy("check the weights; --precision float64 has more room")
        .build();
  }

  /** Entropy of the prediction of a position, in nats; null for the first of the input. */
  public Double of(int position) {
    return position == 0 ? null : nats.get(position - 1);
  }

  /** Positions of the text. */
  public int length() {
    return nats.size() - first;
  }

  /** The patches in order; they cover the text. */
  public List<Patch> patches() {
    List<Patch> all = new ArrayList<>();
    for (int i = 0; i < starts.size(); i++) {
      int to = i + 1 < starts.size() ? starts.get(i + 1) : nats.size();
      all.add(new Patch(starts.get(i), to, of(starts.get(i))));
    }
    return all;
  }

  /** Mean entropy of the predictions of the text's positions, in nats; null where there is none. */
  public Double mean() {
    double[] within =
        IntStream.range(Math.max(1, first), nats.size())
            .mapToDouble(i -> nats.get(i - 1))
            .toArray();
    return within.length == 0 ? null : Arrays.stream(within).sum() / within.length;
  }
}
