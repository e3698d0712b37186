package dev.orograph.model.train;

import dev.orograph.model.design.Design;
import dev.orograph.model.forward.Inputs;
import dev.orograph.model.forward.Scored;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Cuts a batch into slices that are computed side by side: examples in order of their lengths, so
 * that little is padding, as many together as the processor's caches hold, but no more than half of
 * them, so that there is work for two. Where it is cut follows from the lengths alone.
 */
final class Slicing {
  /** Positions of a slice, padding included. */
  private static final int POSITIONS = 1024;

  /** A batch of fewer positions is not worth cutting. */
  private static final int LEAST = 512;

  private final boolean hidden;

  /** For a model. */
  Slicing(Design design) {
    // Behind the end of a causal sequence nobody who counts can see.
    hidden = !design.stacks().get(0).block().attention().causal();
  }

  List<Scored> of(List<Example> batch) {
    List<Example> sorted = new ArrayList<>(batch);
    sorted.sort(
        Comparator.comparingInt((Example e) -> e.ids().length)
            .thenComparingInt(e -> e.labels().length));
    List<Scored> slices = new ArrayList<>();
    int most =
        batch.stream().mapToInt(Example::length).sum() > LEAST
            ? (batch.size() + 1) / 2
            : batch.size();
    int from = 0;
    int labels = 0;
    for (int i = 0; i < sorted.size(); i++) {
      Example e = sorted.get(i);
      labels = Math.max(labels, e.labels().length);
      int width = e.ids().length + (e.decoder() == null ? 0 : labels);
      if (i > from && (i - from == most || (i + 1 - from) * width > POSITIONS)) {
        slices.add(slice(sorted.subList(from, i)));
        from = i;
        labels = e.labels().length;
      }
    }
    slices.add(slice(sorted.subList(from, sorted.size())));
    return slices;
  }

  private Scored slice(List<Example> examples) {
    Inputs in = Inputs.padded(examples.stream().map(Example::ids).toList(), 0, false);
    in = hidden ? in : in.mask(null);
    if (examples.get(0).decoder() != null) {
      List<int[]> read = examples.stream().map(Example::decoder).toList();
      in = in.decoder(Inputs.padded(read, 0, false).mask(null));
    }
    int longest = examples.stream().mapToInt(e -> e.labels().length).max().orElse(0);
    return new Scored(in, examples.stream().map(e -> filled(e.labels(), longest)).toList());
  }

  private static int[] filled(int[] labels, int length) {
    int[] row = Arrays.copyOf(labels, length);
    Arrays.fill(row, labels.length, length, Scored.IGNORED);
    return row;
  }
}
