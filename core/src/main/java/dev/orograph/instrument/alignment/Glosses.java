package dev.orograph.instrument.alignment;

import dev.orograph.instrument.Work;
import dev.orograph.lexicon.MatchedWords;
import dev.orograph.linalg.Scope;
import dev.orograph.model.forward.Inputs;
import dev.orograph.model.forward.State;
import dev.orograph.model.forward.States;
import dev.orograph.model.forward.Transformer;
import dev.orograph.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The states in which a model reads {@code summarize: <gloss>}, at most 128 tokens, as means over
 * the positions that are seen; of a model that sees only what comes before, the last position too.
 */
public final class Glosses {
  private static final int LONGEST = 128;
  private static final int BATCH = 64;

  private final Transformer model;
  private final List<int[]> ids;
  private final List<String> states;
  private final boolean causal;

  /** What a model reads of the gloss of every word. */
  public Glosses(Transformer model, Tokenizer tokenizer, MatchedWords words) {
    this.model = model;
    String stack = model.design().encoderDecoder() ? "encoder." : "";
    causal = model.design().stacks().get(0).block().attention().causal();
    states =
        model.stateNames().stream()
            .filter(n -> n.startsWith(stack))
            .filter(
                n -> n.substring(stack.length()).matches("embed|block_\\d+\\.out|final_norm\\.out"))
            .toList();
    int most = model.positions() == 0 ? LONGEST : (int) Math.min(LONGEST, model.positions());
    ids = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      ids.add(
          cut(tokenizer, "summarize: " + words.words().definition(words.synset(i)), most).stream()
              .mapToInt(Integer::intValue)
              .toArray());
    }
  }

  /** A text with the special tokens around it; where it is too long, its own end is cut. */
  public static List<Integer> cut(Tokenizer tokenizer, String text, int most) {
    List<Integer> whole = tokenizer.encodeWithSpecials(text).ids();
    if (whole.size() <= most) {
      return whole;
    }
    List<Integer> inner = tokenizer.encode(text).ids();
    int around = whole.size() - inner.size();
    int before = 0;
    while (before < around && !whole.subList(before, before + inner.size()).equals(inner)) {
      before++;
    }
    List<Integer> all = new ArrayList<>(whole.subList(0, before));
    all.addAll(inner.subList(0, Math.max(0, most - around)));
    all.addAll(whole.subList(before + inner.size(), whole.size()));
    return all;
  }

  /** Whether the model sees only what comes before. */
  boolean causal() {
    return causal;
  }

  /** The states of the stream, in order; the last is the final one. */
  List<String> states() {
    return states;
  }

  /** Token ids of each word's gloss. */
  public List<int[]> ids() {
    return ids;
  }

  /**
   * Reads all glosses, those of one length together.
   *
   * @param sample words of which every state is kept
   * @return the final state of all words under "context", and where there is one the last position
   *     under "last token"; the other states of the sample under their names
   */
  public Map<String, Vectors> read(Work work, int[] sample, int pad, Scope scope) {
    Map<String, Vectors> all = new LinkedHashMap<>();
    int[] place = new int[ids.size()];
    java.util.Arrays.fill(place, -1);
    for (int k = 0; k < sample.length; k++) {
      place[sample[k]] = k;
    }
    List<Integer> order =
        IntStream.range(0, ids.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> ids.get(i).length))
            .toList();
    Set<String> wanted = new LinkedHashSet<>(states);
    String last = states.get(states.size() - 1);
    for (int from = 0; from < order.size(); from += BATCH) {
      work.checkCancelled();
      List<Integer> batch = order.subList(from, Math.min(order.size(), from + BATCH));
      List<int[]> rows = batch.stream().map(ids::get).toList();
      boolean any = batch.stream().anyMatch(i -> place[i] >= 0);
      try (States found =
          model.forward(Inputs.padded(rows, pad, false), any ? wanted : Set.of(last))) {
        for (String name : found.names()) {
          State state = found.get(name);
          int d = Math.toIntExact(state.shape().get(2));
          for (int b = 0; b < batch.size(); b++) {
            int i = batch.get(b);
            boolean end = name.equals(last);
            if (!end && place[i] < 0) {
              continue;
            }
            double[] values = state.sequence(b);
            int n = rows.get(b).length;
            double[] mean = mean(values, n, d);
            if (end) {
              vectors(all, "context", ids.size(), d, scope).put(i, mean);
              if (causal) {
                vectors(all, "last token", ids.size(), d, scope)
                    .put(i, java.util.Arrays.copyOfRange(values, (n - 1) * d, n * d));
              }
            }
            if (place[i] >= 0) {
              vectors(all, name, sample.length, d, scope).put(place[i], mean);
            }
          }
        }
      }
    }
    return all;
  }

  private static double[] mean(double[] values, int n, int d) {
    double[] mean = new double[d];
    for (int t = 0; t < n; t++) {
      for (int k = 0; k < d; k++) {
        mean[k] += values[t * d + k];
      }
    }
    for (int k = 0; k < d; k++) {
      mean[k] /= n;
    }
    return mean;
  }

  private static Vectors vectors(
      Map<String, Vectors> all, String name, int count, int d, Scope scope) {
    return all.computeIfAbsent(name, k -> new Vectors(k, count, d, scope));
  }
}
