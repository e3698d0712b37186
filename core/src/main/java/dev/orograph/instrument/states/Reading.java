package dev.orograph.instrument.states;

import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Nothing;
import dev.orograph.instrument.Work;
import dev.orograph.model.Model;
import dev.orograph.model.design.Design;
import dev.orograph.model.forward.Inputs;
import dev.orograph.random.Generator;
import dev.orograph.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One sequence that a model reads.
 *
 * @param name what it is called: its text, or its ids
 * @param ids its tokens
 * @param decoder what a decoder behind an encoder reads; empty for its start token and the ids
 */
record Reading(String name, List<Integer> ids, List<Integer> decoder) {
  /** Sequences that stand for texts where there is no tokenizer. */
  private static final int DRAWN = 3;

  private static final int DRAWN_LENGTH = 8;
  private static final int NAME = 80;

  /**
   * What is to be read, in order.
   *
   * @throws InputException where texts are wanted and there is no tokenizer
   */
  static List<Reading> all(
      Work work, ReadingSettings settings, Task<Nothing> task, Model model, boolean drawn) {
    List<Reading> all = new ArrayList<>();
    for (int i = 0; i < settings.ids().size(); i++) {
      List<Integer> ids = settings.ids().get(i);
      all.add(
          new Reading(
              "ids " + ids,
              ids,
              settings.decoder().isEmpty() ? List.of() : settings.decoder().get(i)));
    }
    if (!all.isEmpty()) {
      return all;
    }
    if (drawn) {
      Generator g = work.generator(task);
      for (int i = 0; i < DRAWN; i++) {
        List<Integer> ids = new ArrayList<>();
        for (long id : g.integers(0, vocabulary(model), DRAWN_LENGTH)) {
          ids.add((int) id);
        }
        all.add(new Reading("drawn ids " + ids, ids, List.of()));
      }
      return all;
    }
    for (String text : settings.prompts()) {
      all.add(of(model, text));
    }
    return all;
  }

  /** A text as the model's tokenizer gives it, special tokens included. */
  static Reading of(Model model, String text) {
    Tokenizer tokenizer = model.tokenizer().orElseThrow();
    return new Reading(text, tokenizer.encodeWithSpecials(text).ids(), List.of());
  }

  /** Whether ids have to be drawn: nothing was chosen and there is no tokenizer. */
  static boolean drawn(ReadingSettings settings, Model model) {
    Optional<String> without = model.whyNoTokenizer();
    if (without.isPresent() && settings.chosen() && settings.ids().isEmpty()) {
      throw InputException.at(model.checkpoint().root())
          .expected("must have a tokenizer to read texts")
          .found(without.get())
          .remedy("give token ids with --ids")
          .build();
    }
    return without.isPresent() && settings.ids().isEmpty();
  }

  private static long vocabulary(Model model) {
    return model.tokenMatrices().stream()
        .mapToLong(p -> p.tensor().rows())
        .max()
        .orElse(Math.max(1, model.spec().vocabulary()));
  }

  /** As the forward pass takes it. */
  Inputs inputs(Design design) {
    Inputs in = Inputs.ids(array(ids));
    if (!design.encoderDecoder()) {
      return in;
    }
    List<Integer> reads = new ArrayList<>(decoder);
    if (reads.isEmpty()) {
      reads.add(design.start());
      reads.addAll(ids);
    }
    return in.decoder(Inputs.ids(array(reads)));
  }

  private static int[] array(List<Integer> ids) {
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The name, short enough for a table. */
  String label() {
    return Text.visible(name, NAME);
  }

  /** What a model says that cannot read this, with the user's file in front. */
  static InputException refused(ReadingSettings settings, int index, InputException why) {
    if (settings.source().isEmpty()) {
      return why;
    }
    return InputException.at(Path.of(settings.source()))
        .place("prompt " + (index + 1))
        .expected(
            "must be one that " + why.file().getFileName() + "'s model reads: it " + why.expected())
        .found(why.found())
        .remedy("shorten or correct it, or take another model")
        .cause(why)
        .build();
  }
}
