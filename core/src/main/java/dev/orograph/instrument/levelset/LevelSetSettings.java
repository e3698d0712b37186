package dev.orograph.instrument.levelset;

import dev.orograph.instrument.Choice;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.InputFile;
import dev.orograph.model.forward.Precision;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which level-set, and how it is reached.
 *
 * @param sound whether chance and the second way are wanted beside the points
 * @param word the target is this word; "" for none
 * @param id the target is the token of this id; -1 for none
 * @param file probabilities in a file
 * @param from the target is what the model says after this text; "" for none
 * @param reverse whether it is KL(model||target)
 * @param epsilon the level in nats
 * @param points how many start points are drawn
 * @param start start points in a file
 * @param solver newton, adam or both; "" where the model's size decides
 * @param rate Adam's learning rate
 * @param tolerance of |f - epsilon|, in parts of epsilon
 * @param iterations steps of Adam at most
 * @param precision of the pass; null where the model's size decides
 */
record LevelSetSettings(
    boolean sound,
    String word,
    int id,
    InputFile file,
    String from,
    boolean reverse,
    double epsilon,
    int points,
    InputFile start,
    String solver,
    double rate,
    double tolerance,
    int iterations,
    Precision precision)
    implements Serializable {
  private static final int MOST_POINTS = 4096;
  private static final double EPSILON = 0.1;
  private static final double RATE = 1e-3;
  private static final double TOLERANCE = 0.01;
  private static final int ITERATIONS = 2000;

  static final Choice<String> WORD =
      Choice.of(
          "target",
          "WORD",
          "The target: all probability on this word's token (on each of its tokens alike, where it"
              + " has several).",
          Parsers::text,
          "");

  static final Choice<Integer> ID =
      Choice.of("target_id", "ID", "The target: the token of this id.", Parsers::id, -1);

  static final Choice<InputFile> FILE =
      Choice.input(
          "target_file",
          "FILE",
          "The target: an array of a probability per token (.npy, .safetensors).");

  static final Choice<String> FROM =
      Choice.of(
          "target_from",
          "TEXT",
          "The target: what the model itself says after this text.",
          Parsers::text,
          "");

  static final Choice<String> DIRECTION =
      Choice.of(
          "direction",
          "a||b",
          "target||model: KL of the target from the model; model||target: the other way round"
              + " (default: target||model).",
          Choice.oneOf(List.of("target||model", "model||target")),
          "target||model");

  static final Choice<Double> EPSILON_CHOICE =
      Choice.of("epsilon", "NATS", "The level (default: 0.1).", Choice::above0, EPSILON);

  static final Choice<Integer> POINTS =
      Choice.of("points", "N", "Start points that are drawn (default: 16).", Parsers::points, 16);

  static final Choice<InputFile> START =
      Choice.input(
          "start", "FILE", "Start points in place of drawn ones, an array [points, width].");

  static final Choice<String> SOLVER =
      Choice.of(
          "solver",
          "WAY",
          "newton, adam or both (default: both, above 100 million weights newton).",
          Choice.oneOf(List.of("newton", "adam", "both")),
          "");

  static final Choice<Double> RATE_CHOICE =
      Choice.of("learning_rate", "R", "Adam's (default: 0.001).", Choice::above0, RATE);

  static final Choice<Double> TOLERANCE_CHOICE =
      Choice.of(
          "tolerance",
          "SHARE",
          "A point is on the set within this share of epsilon (default: 0.01).",
          Choice::above0,
          TOLERANCE);

  static final Choice<Integer> ITERATIONS_CHOICE =
      Choice.of(
          "iterations",
          "N",
          "Steps of Adam at most (default: 2000).",
          Choice::positive,
          ITERATIONS);

  static final Choice<Precision> PRECISION =
      Choice.of(
          "precision",
          "TYPE",
          "float64, float32 or bf16 (default: float64, above 100 million weights float32).",
          Precision::of,
          null);

  static final Choices<LevelSetSettings> CHOICES =
      new Choices<>(
          List.of(
              WORD,
              ID,
              FILE,
              FROM,
              DIRECTION,
              EPSILON_CHOICE,
              POINTS,
              START,
              SOLVER,
              RATE_CHOICE,
              TOLERANCE_CHOICE,
              ITERATIONS_CHOICE,
              PRECISION),
          List.of(WORD, ID, FILE, FROM),
          made -> {
            boolean reverse = made.get(DIRECTION).equals("model||target");
            if (reverse && Stream.of(WORD, ID).anyMatch(made::has)) {
              throw new IllegalArgumentException(
                  "--direction model||target is infinite for a target that gives a token 0: with a"
                      + " word as target take target||model, or a target from --target-from");
            }
            return new LevelSetSettings(
                made.sound(),
                made.get(WORD),
                made.get(ID),
                made.get(FILE),
                made.get(FROM),
                reverse,
                made.get(EPSILON_CHOICE),
                made.get(POINTS),
                made.get(START),
                made.get(SOLVER),
                made.get(RATE_CHOICE),
                made.get(TOLERANCE_CHOICE),
                made.get(ITERATIONS_CHOICE),
                made.get(PRECISION));
          });

  /** What is wrong with words. */
  private static final class Parsers {
    private Parsers() {}

    static String text(String text) {
      if (text.isBlank()) {
        throw new IllegalArgumentException("a text that is not empty");
      }
      return text;
    }

    static int id(String text) {
      int id = Integer.parseInt(text);
      if (id < 0) {
        throw new IllegalArgumentException("a token id, from 0 on");
      }
      return id;
    }

    static int points(String text) {
      int n = Choice.positive(text);
      if (n > MOST_POINTS) {
        throw new IllegalArgumentException("at most " + MOST_POINTS + " points");
      }
      return n;
    }
  }

  /** Whether there is a target. */
  boolean given() {
    return !word.isEmpty() || id >= 0 || file.given() || !from.isEmpty();
  }

  /** What the target is called. */
  String target() {
    return !word.isEmpty()
        ? "'" + word + "'"
        : id >= 0
            ? "token " + id
            : file.given()
                ? "the distribution in " + java.nio.file.Path.of(file.path()).getFileName()
                : "what the model says after '" + from + "'";
  }

  /** The divergence in symbols. */
  String divergence() {
    return reverse ? "KL(model||target)" : "KL(target||model)";
  }

  /** Weights above which a pass is dear. */
  static final long LARGE = 100_000_000;

  /** The precision for a model of so many weights. */
  Precision precision(long weights) {
    return precision != null ? precision : weights > LARGE ? Precision.FLOAT32 : Precision.FLOAT64;
  }

  /** Whether a way is gone. */
  boolean goes(String way, long weights) {
    String which = !solver.isEmpty() ? solver : weights > LARGE || !sound ? "newton" : "both";
    return which.equals("both") || which.equals(way);
  }
}
