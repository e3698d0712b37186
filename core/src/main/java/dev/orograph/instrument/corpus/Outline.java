package dev.orograph.instrument.corpus;

import dev.orograph.input.InputException;
import dev.orograph.instrument.Work;
import dev.orograph.model.Model;
import dev.orograph.model.design.StackDesign;
import dev.orograph.model.forward.Device;
import dev.orograph.model.forward.Transformer;
import dev.orograph.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What an extraction will be: asked of the model once, before anything is computed.
 *
 * @param states names of the states to write
 * @param sequences what is read; null for images, which stay in their file
 * @param size how many sequences or images
 * @param slice how many of them are computed together
 * @param step how many are in memory at once
 * @param work rough cost in multiplications
 * @param bytes upper bound on memory
 * @param cut lines that were cut
 * @param blind whether a decoder is given nothing to read
 */
record Outline(
    Set<String> states,
    Sequences sequences,
    int size,
    int slice,
    int step,
    double work,
    long bytes,
    long cut,
    boolean blind) {
  private static final long BESIDE = 64L << 20;
  private static final int PATCHES = 512;

  /**
   * Reads the corpus and asks the model for its states.
   *
   * @throws InputException where the corpus is at fault, or there is no such state
   */
  static Outline of(Work work, ExtractSettings settings) {
    return work.once(List.of("extract", settings), () -> made(work, settings));
  }

  private static Outline made(Work work, ExtractSettings settings) {
    Model model = work.model();
    Path path = model.checkpoint().root();
    try (Transformer t = Transformer.load(model, settings.precision(), Device.CPU)) {
      if (t.positions() > 0 && settings.length() > t.positions()) {
        throw InputException.at(path)
            .place("the model")
            .expected("reads at most " + t.positions() + " positions")
            .found("--length is " + settings.length())
            .remedy("give a smaller --length")
            .build();
      }
      long cut = 0;
      Sequences sequences = null;
      if (settings.ids().given()) {
        sequences =
            Sequences.read(
                settings.ids().unchanged(),
                t.vocabulary(),
                t.positions(),
                t.tokenTypes(),
                settings.length());
      } else if (settings.text().given()) {
        Tokenizer tokenizer = model.tokenizer().orElseThrow();
        Lines lines =
            new Lines(
                settings.text().unchanged(),
                tokenizer,
                t.vocabulary(),
                t.positions(),
                settings.length());
        cut = lines.cut();
        Integer pad = tokenizer.specials().get("pad");
        sequences =
            Sequences.of(
                lines.ids(), pad == null || pad >= t.vocabulary() ? 0 : pad, settings.length());
      }
      try (Corpus corpus =
          sequences == null ? new Images(Path.of(settings.pixels().path())) : sequences) {
        boolean blind =
            t.design().encoderDecoder() && (sequences == null || !sequences.hasDecoder());
        return outline(
            work, settings, t, corpus, sequences, states(t, settings, path, blind), cut, blind);
      }
    }
  }

  private static Set<String> states(
      Transformer t, ExtractSettings settings, Path path, boolean blind) {
    List<String> known =
        t.stateNames().stream().filter(n -> !blind || n.startsWith("encoder.")).toList();
    if (settings.states().equals(List.of("all"))) {
      return new LinkedHashSet<>(known);
    }
    for (String name : settings.states()) {
      if (!known.contains(name)) {
        throw InputException.at(path)
            .place("'" + name + "'")
            .expected(
                t.stateNames().contains(name)
                    ? "needs decoder_input_ids, which --ids can give"
                    : "is no state of this model")
            .remedy("there are " + String.join(", ", known))
            .build();
      }
    }
    return new LinkedHashSet<>(settings.states());
  }

  private static Outline outline(
      Work work,
      ExtractSettings settings,
      Transformer t,
      Corpus corpus,
      Sequences sequences,
      Set<String> states,
      long cut,
      boolean blind) {
    int slice = t.together(corpus.inputs(0, 1));
    long positions = sequences == null ? PATCHES : Math.max(1, sequences.tokens() / corpus.size());
    long each = 0;
    for (String state : states) {
      each += 2L * settings.precision().bytes() * positions * width(t, state);
    }
    long fixed =
        settings.precision().bytes() * work.model().count()
            + BESIDE
            + (sequences == null ? 0 : sequences.bytes());
    // The same digits whatever the batch: the passes' own slices are never cut, and none is
    // computed alone unless it is all there is.
    long asked = (settings.batch() + slice - 1L) / slice * slice;
    long room = Math.max(0, work.memory() - fixed) / Math.max(1, each) / slice * slice;
    long step = Math.max(2L * slice, Math.min(asked, room));
    return new Outline(
        states,
        sequences,
        corpus.size(),
        slice,
        (int) Math.min(step, Integer.MAX_VALUE),
        (double) corpus.size() * positions * (1.0 + work.model().count()),
        fixed + Math.min(step + slice, corpus.size()) * each,
        cut,
        blind);
  }

  /** An upper bound on the numbers of a state at one position. */
  private static long width(Transformer t, String state) {
    long width = 1;
    for (StackDesign s : t.design().stacks()) {
      width =
          Math.max(width, state.endsWith("mlp.act") ? s.shape().dFf() : (long) s.shape().dModel());
    }
    return state.equals("logits") ? Math.max(width, t.vocabulary()) : width;
  }

  /** What is read. */
  Corpus corpus(ExtractSettings settings) {
    return sequences == null ? new Images(settings.pixels().unchanged()) : sequences;
  }
}
