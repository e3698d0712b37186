package dev.orograph.instrument.corpus.waterfill;

import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsStream;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.corpus.EntropyPatches;
import dev.orograph.instrument.corpus.Passage;
import dev.orograph.instrument.corpus.Windows;
import dev.orograph.model.forward.State;
import dev.orograph.model.forward.States;
import dev.orograph.model.forward.Transformer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The states of a text, written to a file as they come, with what the model's scores say of each
 * position.
 */
final class TextStates {
  static final String TENSOR = "states";
  private static final String FILE = "states.safetensors";
  private static final String BEHIND = "final_norm.out";
  private static final String LOGITS = "logits";

  private final Path file;
  private final String state;
  private final double[] normed;
  private final List<Double> after;
  private final double[] surprisal;

  private TextStates(
      Path file, String state, double[] normed, List<Double> after, double[] surprisal) {
    this.file = file;
    this.state = state;
    this.normed = normed;
    this.after = after;
    this.surprisal = surprisal;
  }

  /** A file with {@code states}, {@code (positions, d)}. */
  Path file() {
    return file;
  }

  /** Which state it is. */
  String state() {
    return state;
  }

  /** Norms behind the final norm by position; null where there is none. */
  double[] normed() {
    return normed;
  }

  /** Entropy of the prediction made behind each position, nats; null without scores. */
  List<Double> after() {
    return after;
  }

  /** -log p of the token of each position, nats, NaN at the first; null without scores. */
  double[] surprisal() {
    return surprisal;
  }

  /**
   * The state that is asked for.
   *
   * @throws InputException where there is no such state, or it has no vector per position
   */
  static String state(Transformer t, String asked, Path model) {
    // A decoder behind an encoder reads what it has written itself: a text is the encoder's.
    List<String> known =
        t.stateNames().stream()
            .filter(n -> n.startsWith(prefix(t)))
            .filter(n -> !n.equals(LOGITS) && !n.equals("pooled") && !n.endsWith("mlp.act"))
            .toList();
    if (asked.isEmpty()) {
      return known.stream()
          .filter(n -> n.matches("(encoder\\.)?block_\\d+\\.out"))
          .reduce((a, b) -> b)
          .orElseThrow();
    }
    if (!known.contains(asked)) {
      throw InputException.at(model)
          .place(Text.quoted(asked))
          .expected("is no state of this model with a vector per position")
          .remedy("there are " + String.join(", ", known))
          .build();
    }
    return asked;
  }

  private static String prefix(Transformer t) {
    return t.design().encoderDecoder() ? "encoder." : "";
  }

  /** Reads a text. */
  static TextStates read(Transformer t, Passage p, WaterSettings settings, Work work) {
    Path root = work.model().checkpoint().root();
    String state = state(t, settings.state(), root);
    boolean scored = t.design().head().isPresent() && t.stateNames().contains(LOGITS);
    boolean causal = t.design().stacks().get(0).block().attention().causal();
    String behind = prefix(t) + BEHIND;
    boolean both = t.stateNames().contains(behind) && !state.equals(behind);
    Set<String> wanted = new LinkedHashSet<>(List.of(state));
    Stream.of(both ? behind : state, scored && causal ? LOGITS : state).forEach(wanted::add);
    int n = p.ids().length;
    List<Double> after = new ArrayList<>();
    double[] surprisal = new double[n];
    Arrays.fill(surprisal, Double.NaN);
    double[] normed = new double[n];
    Path file = work.keep().resolve(FILE);
    int d = t.design().stacks().get(0).shape().dModel();
    List<Entry> entries = List.of(Entry.streamed(TENSOR, DType.F32, List.of((long) n, (long) d)));
    try (SafetensorsStream out =
        new SafetensorsStream(file, work.keep().resolve(FILE + ".part"), entries, Map.of())) {
      Windows.forEach(
          t,
          p.ids(),
          p.window(),
          p.together(),
          (in, starts, fresh) -> {
            work.checkCancelled();
            try (States found = t.forward(in, wanted)) {
              int length = Math.toIntExact(found.get(state).shape().get(1));
              for (int w = 0; w < starts.length; w++) {
                for (int i = fresh[w] - starts[w]; i < length; i++) {
                  int at = starts[w] + i;
                  out.append(TENSOR, found.get(state).vector(w, i));
                  if (both) {
                    double[] v = found.get(behind).vector(w, i);
                    normed[at] = Math.sqrt(Arrays.stream(v).map(x -> x * x).sum());
                  }
                  if (wanted.contains(LOGITS)) {
                    score(found.get(LOGITS), w, i, at, p.ids(), after, surprisal, root);
                  }
                }
              }
            }
          });
      out.finish();
    }
    boolean told = wanted.contains(LOGITS);
    return new TextStates(
        file, state, both ? normed : null, told ? after : null, told ? surprisal : null);
  }

  private static void score(
      State logits,
      int entry,
      int position,
      int at,
      int[] ids,
      List<Double> after,
      double[] surprisal,
      Path model) {
    double[] z = logits.vector(entry, position);
    double most = Arrays.stream(z).max().orElseThrow();
    double sum = 0;
    for (double v : z) {
      sum += Math.exp(v - most);
    }
    double log = most + Math.log(sum);
    double entropy = 0;
    for (double v : z) {
      double p = Math.exp(v - log);
      entropy += p > 0 ? p * (log - v) : 0;
    }
    if (!Double.isFinite(entropy) || !Double.isFinite(log)) {
      throw EntropyPatches.notFinite(model, at);
    }
    after.add(entropy);
    if (at + 1 < ids.length && ids[at + 1] < z.length) {
      surprisal[at + 1] = log - z[ids[at + 1]];
    }
  }
}
