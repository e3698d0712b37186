package dev.orograph.instrument.corpus;

import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.instrument.Work;
import dev.orograph.model.Model;
import dev.orograph.model.forward.Device;
import dev.orograph.model.forward.Transformer;
import dev.orograph.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;

/** A text as a model will read it: found out once, before anything is computed. */
public final class Passage {
  /** Positions read at once where a model sets no bound or a higher one. */
  private static final int MOST_WINDOW = 2048;

  /** Positions up to which several windows would share a slice of a pass. */
  private static final int SLICE = 512;

  private static final long SCORES = 256L << 20;

  private final int[] ids;
  private final int first;
  private final int window;
  private final long vocabulary;

  private Passage(int[] ids, int first, int window, long vocabulary) {
    this.ids = ids;
    this.first = first;
    this.window = window;
    this.vocabulary = vocabulary;
  }

  /** Its tokens, which nobody changes. */
  public int[] ids() {
    return ids;
  }

  /** The first of them that is text. */
  public int first() {
    return first;
  }

  /** Positions read at once. */
  public int window() {
    return window;
  }

  /** Tokens that are scored. */
  long vocabulary() {
    return vocabulary;
  }

  /**
   * Reads the text.
   *
   * @throws InputException where it is at fault, or the model reads too little at once
   */
  public static Passage of(Work work, EntropySettings settings) {
    return work.once(List.of("entropy", settings), () -> made(work.model(), settings));
  }

  private static Passage made(Model model, EntropySettings settings) {
    try (Transformer t = Transformer.load(model, settings.precision(), Device.CPU)) {
      Tokenizer tokenizer = tokenizer(model);
      int[] ids =
          settings.ids().given()
              ? Sequences.read(settings.ids().unchanged(), t.vocabulary(), 0, 0, 0)
                  .only(Path.of(settings.ids().path()))
              : ids(model, settings, tokenizer);
      int window = window(t, model.checkpoint().root(), settings.window());
      return new Passage(ids, first(ids, tokenizer), window, t.vocabulary());
    }
  }

  /** The model's tokenizer, or null. */
  public static Tokenizer tokenizer(Model model) {
    return model.whyNoTokenizer().isPresent() ? null : model.tokenizer().orElseThrow();
  }

  private static int window(Transformer t, Path path, int given) {
    int most = t.positions() == 0 ? MOST_WINDOW : (int) Math.min(MOST_WINDOW, t.positions());
    if (t.positions() > 0 && given > t.positions()) {
      throw InputException.at(path)
          .place("the model")
          .expected("reads at most " + t.positions() + " positions")
          .found("--window is " + given)
          .remedy("give a smaller --window")
          .build();
    }
    if (given == 0 && most < 2) {
      throw InputException.at(path)
          .place("the model")
          .expected("must read at least 2 positions")
          .found("it reads " + most)
          .remedy("name another model")
          .build();
    }
    return given == 0 ? most : given;
  }

  private static int[] ids(Model model, EntropySettings settings, Tokenizer tokenizer) {
    String text = settings.texts().get(0);
    Path file =
        settings.source().isEmpty() ? model.checkpoint().root() : Path.of(settings.source());
    if (text.length() > tokenizer.longest()) {
      throw InputException.at(file)
          .place("the text")
          .expected("must have at most " + Text.grouped(tokenizer.longest()) + " characters")
          .found("it has " + Text.grouped(text.length()))
          .remedy("cut it into several files")
          .build();
    }
    int[] ids = tokenizer.prompt(text).stream().mapToInt(Integer::intValue).toArray();
    if (text.isEmpty() || ids.length == 0) {
      throw InputException.at(file)
          .place("the text")
          .expected("must become tokens")
          .found(text.isEmpty() ? "it is empty" : "it becomes none")
          .remedy("give some text")
          .build();
    }
    return ids;
  }

  /** The first token that is text: behind special tokens, unless there is nothing else. */
  private static int first(int[] ids, Tokenizer tokenizer) {
    int first = 0;
    while (tokenizer != null && first < ids.length && tokenizer.special(ids[first])) {
      first++;
    }
    return first == ids.length ? 0 : first;
  }

  /**
   * Windows that are computed side by side. Each is a slice of its own, with the digits that it has
   * alone; shorter ones would share a slice, so they come one by one.
   */
  public int together() {
    long each = (long) Float.BYTES * window * vocabulary;
    return window <= SLICE / 2 || ids.length <= window
        ? 1
        : (int) Math.max(1, Math.min(Extract.SIDE_BY_SIDE, SCORES / each));
  }

  /** Bytes of the scores that are held at once, and of what is told of every position. */
  public long bytes(int number) {
    return 2L * number * together() * Math.min(window, ids.length) * vocabulary + 200L * ids.length;
  }
}
