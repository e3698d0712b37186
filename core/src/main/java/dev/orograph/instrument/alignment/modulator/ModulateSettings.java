package dev.orograph.instrument.alignment.modulator;

import dev.orograph.instrument.Choice;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.InputFile;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is done with a modulator.
 *
 * @param seed seed of every draw; trainings have this one and those that follow
 * @param what build, train, sweep or talk; "" for nothing
 * @param asSeed whether everything is as the reference notebook does it, faults included
 * @param controls whether controls stand beside
 * @param kind lerp or field
 * @param scattered whether the dimensions that a field leaves as they are lie anywhere
 * @param words of WordNet at most
 * @param epochs of a training
 * @param seeds trainings of each kind
 * @param rate learning rate of the first epoch
 * @param start alpha where a training begins
 * @param alphas of a sweep; the first is that of the talk
 * @param stop whether a training ends where the CV of its states stays outside the band
 * @param modulator configuration of a modulator that was saved
 * @param geometry vectors or simplices, one per token, in place of WordNet's
 * @param save folder that the modulator is written to, or ""
 * @param prompts texts that both models answer
 * @param tokens most tokens of an answer
 */
record ModulateSettings(
    long seed,
    String what,
    boolean asSeed,
    boolean controls,
    String kind,
    boolean scattered,
    int words,
    int epochs,
    int seeds,
    double rate,
    double start,
    List<Double> alphas,
    boolean stop,
    InputFile modulator,
    String geometry,
    String save,
    List<String> prompts,
    int tokens)
    implements Serializable {
  /** The number that the reference notebook is about. */
  static final double CONSTANT = 0.29154;

  static final double START = 0.01;

  private static final List<Double> SWEEP =
      List.of(0.01, 0.05, 0.1, 0.15, 0.2, 0.25, CONSTANT, 0.35, 0.4, 0.5);

  /** The prompts of the reference notebook, sections 9 and 11. */
  private static final List<String> PROMPTS =
      List.of(
          "summarize: The cat is a small domesticated carnivorous mammal with soft fur.",
          "summarize: A triangle is a polygon with three edges and three vertices.",
          "summarize: Seven is a prime number that comes after six and before eight.",
          "summarize: A dog is a domesticated descendant of the wolf, characterized by loyalty and"
              + " trainability.",
          "summarize: A wolf is a large wild canine that lives and hunts in packs across the"
              + " Northern Hemisphere.",
          "translate English to German: The geometric structure of language is a universal"
              + " attractor.");

  static final Choice<String> WHAT =
      Choice.of(
          "what",
          "WHAT",
          "build, train, sweep or talk.",
          Choice.oneOf(List.of("build", "train", "sweep", "talk")),
          "");

  static final Choice<Boolean> AS_SEED =
      Choice.of(
          "as_seed",
          "yes|no",
          "Train as the reference notebook does, faults included (default: no).",
          ModulateSettings::yes,
          false);

  static final Choice<Boolean> CONTROLS =
      Choice.of(
          "controls",
          "yes|no",
          "Beside it random geometry, shuffled WordNet, alpha alone, a low-rank adapter, other"
              + " starts and a field, several seeds each (default: no).",
          ModulateSettings::yes,
          false);

  static final Choice<String> KIND =
      Choice.of(
          "kind",
          "KIND",
          "lerp: a vector per token; field: a gate of simplices (default: lerp).",
          Choice.oneOf(List.of("lerp", "field")),
          "lerp");

  static final Choice<String> FREE =
      Choice.of(
          "untouched",
          "WHERE",
          "tail or random: the quarter of dimensions that a field leaves as they are (default:"
              + " tail).",
          Choice.oneOf(List.of("tail", "random")),
          "tail");

  static final Choice<Integer> WORDS =
      Choice.of(
          "words",
          "N",
          "Words of WordNet at most, for a quick look (default: all).",
          Choice::positive,
          Integer.MAX_VALUE);

  static final Choice<Integer> EPOCHS =
      Choice.of("epochs", "N", "Epochs of a training (default: 10).", t -> most(t, 1000), 10);

  static final Choice<Integer> SEEDS =
      Choice.of(
          "seeds",
          "N",
          "Trainings of each kind (default: 1, with controls 3).",
          t -> most(t, 100),
          0);

  static final Choice<Double> RATE =
      Choice.of("learning_rate", "R", "AdamW's at first (default: 0.001).", Choice::above0, 1e-3);

  static final Choice<Double> ALPHA_START =
      Choice.of("start", "A", "Alpha at first (default: 0.01).", ModulateSettings::share, START);

  static final Choice<List<Double>> ALPHAS =
      Choice.of(
          "alphas",
          "A,B,...",
          "Alphas of a sweep; of these the first is a talk's (default: 0.01 to 0.5, and a"
              + " saved modulator's own in a talk).",
          ModulateSettings::shares,
          SWEEP);

  static final Choice<Boolean> STOP =
      Choice.of(
          "early_stop",
          "yes|no",
          "End a training where the CV of its states is outside .16 to .26 five epochs long"
              + " (default: no).",
          ModulateSettings::yes,
          false);

  static final Choice<InputFile> MODULATOR =
      Choice.input(
          "modulator",
          "FILE",
          "The config.json of a modulator that was saved, for sweep and talk.");

  static final Choice<String> GEOMETRY =
      Choice.array(
          "geometry",
          "Vectors [tokens, width] or simplices [tokens, corners, width] in place of WordNet's.");

  static final Choice<String> SAVE =
      Choice.target("save", "Folder that the modulator is written to: tensors and config.json.");

  static final Choice<List<String>> PROMPT =
      Choice.of(
          "prompt",
          "TEXT",
          "What both answer (default: prompts of the reference notebook).",
          t -> {
            if (t.isBlank()) {
              throw new IllegalArgumentException("a text that is not empty");
            }
            return List.of(t);
          },
          PROMPTS);

  static final Choice<Integer> TOKENS =
      Choice.of("tokens", "N", "Most tokens of an answer (default: 64).", t -> most(t, 4096), 64);

  static final Choices<ModulateSettings> CHOICES =
      new Choices<>(
          List.of(
              WHAT,
              AS_SEED,
              CONTROLS,
              KIND,
              FREE,
              WORDS,
              EPOCHS,
              SEEDS,
              RATE,
              ALPHA_START,
              ALPHAS,
              STOP,
              MODULATOR,
              GEOMETRY,
              SAVE,
              PROMPT,
              TOKENS),
          List.of(MODULATOR, GEOMETRY),
          made -> {
            boolean controls = made.get(CONTROLS);
            int seeds = made.get(SEEDS);
            List<Double> alphas = made.get(ALPHAS);
            return new ModulateSettings(
                made.seed(),
                made.get(WHAT),
                made.get(AS_SEED),
                controls,
                made.get(KIND),
                made.get(FREE).equals("random"),
                made.get(WORDS),
                made.get(EPOCHS),
                seeds > 0 ? seeds : controls ? 3 : 1,
                made.get(RATE),
                made.get(ALPHA_START),
                made.get(WHAT).equals("talk") && !made.has(ALPHAS) ? List.of() : alphas,
                made.get(STOP),
                made.get(MODULATOR),
                made.get(GEOMETRY),
                made.get(SAVE),
                made.get(PROMPT),
                made.get(TOKENS));
          });

  private static boolean yes(String text) {
    if (!List.of("yes", "no").contains(text)) {
      throw new IllegalArgumentException("yes or no");
    }
    return text.equals("yes");
  }

  private static int most(String text, int most) {
    int n = Choice.positive(text);
    if (n > most) {
      throw new IllegalArgumentException("at most " + most);
    }
    return n;
  }

  private static double share(String text) {
    double a = Double.parseDouble(text);
    if (!(a > 0 && a < 1)) {
      throw new IllegalArgumentException("a number between 0 and 1");
    }
    return a;
  }

  private static List<Double> shares(String text) {
    List<Double> all = new ArrayList<>();
    for (String one : Arrays.stream(text.split(",", -1)).limit(100).toList()) {
      all.add(share(one.strip()));
    }
    return List.copyOf(all);
  }
}
