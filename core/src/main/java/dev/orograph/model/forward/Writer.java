package dev.orograph.model.forward;

import dev.orograph.random.Generator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Writes on, token by token: the last position's scores choose what stands in the next one. */
final class Writer {
  private static final Set<String> LOGITS = Set.of("logits");

  private final Transformer model;
  private final Generation how;
  private final Generation.Listener listener;

  Writer(Transformer model, Generation how, Generation.Listener listener) {
    this.model = model;
    this.how = how;
    this.listener = listener;
  }

  List<int[]> write(Inputs prompt) {
    if (!model.stateNames().contains("logits") || prompt.ids == null) {
      throw new IllegalArgumentException("only a model that scores tokens writes, from token ids");
    }
    boolean two = model.design().encoderDecoder();
    int batch = prompt.batch();
    List<int[]> seen = two ? filled(batch, 1, model.design().start()) : prompt.ids;
    List<int[]> mask = two ? filled(batch, 1, 1) : prompt.mask;
    model.network().checks().inputs(model.network().first(), prompt, 0);
    if (!two) {
      requireLeftPadding(mask);
    }
    mask = mask == null ? filled(batch, seen.get(0).length, 1) : mask;
    List<Generator> draws = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      draws.add(Generator.keyed(how.seed(), "generate", Integer.toString(i)));
    }
    int before = seen.get(0).length;
    int[] lengths = new int[batch];
    Arrays.fill(lengths, -1);
    try (Cache cache = new Cache(model.network().last().design().shape().layers())) {
      for (int step = 0; step < how.most() && open(lengths) && !listener.enough(); step++) {
        List<int[]> read = seen;
        List<int[]> unmasked = mask;
        int at = step;
        int[] next = model.whole(() -> next(prompt, read, unmasked, cache, at, draws));
        for (int i = 0; i < batch; i++) {
          if (lengths[i] < 0) {
            listener.chosen(i, next[i]);
            lengths[i] = how.ends().contains(next[i]) ? step + 1 : -1;
          }
        }
        seen = appended(seen, next);
        mask = appended(mask, filled(1, batch, 1).get(0));
      }
    }
    List<int[]> written = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      int[] row = seen.get(i);
      written.add(
          Arrays.copyOfRange(row, before, lengths[i] < 0 ? row.length : before + lengths[i]));
    }
    return written;
  }

  private static boolean open(int[] lengths) {
    return Arrays.stream(lengths).anyMatch(n -> n < 0);
  }

  private int[] next(
      Inputs prompt,
      List<int[]> seen,
      List<int[]> mask,
      Cache cache,
      int step,
      List<Generator> draws) {
    int from = how.cached() ? cache.length() : 0;
    Inputs in =
        Inputs.ids(seen.stream().map(r -> Arrays.copyOfRange(r, from, r.length)).toList())
            .mask(mask);
    if (model.design().encoderDecoder()) {
      in = prompt.decoder(in);
    } else if (mask.stream().anyMatch(r -> r[0] == 0)) {
      in = in.positions(mask.stream().map(r -> positions(r, from)).toList());
    }
    model
        .network()
        .checks()
        .inputs(model.network().last(), in.decoder == null ? in : in.decoder, from);
    try (States states = model.plain(in, LOGITS, Hook.NONE, how.cached() ? cache : null)) {
      State logits = states.get("logits");
      int last = seen.get(0).length - from - 1;
      int[] next = new int[seen.size()];
      for (int i = 0; i < next.length; i++) {
        next[i] = chosen(logits.vector(i, last), step, draws.get(i));
      }
      return next;
    }
  }

  private int chosen(double[] scores, int step, Generator generator) {
    for (int end : how.ends()) {
      if (step < how.least() && end < scores.length) {
        scores[end] = Double.NEGATIVE_INFINITY;
      }
    }
    return how.temperature() == 0
        ? Choice.greedy(scores)
        : Choice.drawn(scores, how.temperature(), how.topP(), generator);
  }

  /** Positions counted from the first token that is seen. */
  private static int[] positions(int[] mask, int from) {
    int[] positions = new int[mask.length - from];
    int count = -1;
    for (int i = 0; i < mask.length; i++) {
      count += mask[i];
      if (i >= from) {
        positions[i - from] = Math.max(0, count);
      }
    }
    return positions;
  }

  private void requireLeftPadding(List<int[]> mask) {
    if (mask != null && mask.stream().anyMatch(r -> r[r.length - 1] == 0)) {
      throw model.network().checks().refused("writes on from the last position", "it is padding");
    }
  }

  private static List<int[]> filled(int rows, int columns, int value) {
    List<int[]> all = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      int[] row = new int[columns];
      Arrays.fill(row, value);
      all.add(row);
    }
    return all;
  }

  private static List<int[]> appended(List<int[]> rows, int[] column) {
    List<int[]> all = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      int[] row = Arrays.copyOf(rows.get(i), rows.get(i).length + 1);
      row[row.length - 1] = column[i];
      all.add(row);
    }
    return all;
  }
}
