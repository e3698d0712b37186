package dev.orograph.instrument.corpus.waterfill;

import dev.orograph.geometry.shells.Shells;
import dev.orograph.instrument.Choice;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.InputFile;
import dev.orograph.instrument.corpus.EntropySettings;
import dev.orograph.model.forward.Precision;
import java.io.Serializable;
import java.util.List;

/**
 * Which points are placed, and how.
 *
 * @param seed of every draw
 * @param sound whether nulls, baselines and the corrected sampler are wanted beside the placement
 * @param texts the text, or none
 * @param source the file that it comes from, or ""
 * @param ids token ids in its place
 * @param tensor matrix whose rows are placed in place of states; "" for none, "*" for the only one
 * @param method "osmotic", "thermal" or "exact"
 * @param shells how many
 * @param state name of a state; "" for the last block's
 * @param points "tokens", "patches", or "" for patches of bytes and tokens of anything else
 * @param threshold nats above which a patch starts; null for the text's own 90th percentile
 * @param temperature kT
 * @param window positions read at once; 0 for the usual number
 * @param precision of the pass
 */
record WaterSettings(
    long seed,
    boolean sound,
    List<String> texts,
    String source,
    InputFile ids,
    String tensor,
    String method,
    int shells,
    String state,
    String points,
    Double threshold,
    double temperature,
    int window,
    Precision precision)
    implements Serializable {
  static final String OSMOTIC = "osmotic";
  static final String THERMAL = "thermal";
  static final String EXACT = "exact";
  static final String ONLY = "*";
  static final String PATCHES = "patches";
  static final double TOP = 0.9;

  static final Choice<List<String>> TEXT = EntropySettings.TEXT;
  static final Choice<InputFile> IDS = EntropySettings.IDS;

  static final Choice<String> TENSOR =
      Choice.of(
          "tensor",
          "NAME",
          "Place the rows of this matrix instead of states (* for the only one).",
          text -> {
            if (text.isBlank()) {
              throw new IllegalArgumentException("the name of a matrix");
            }
            return text;
          },
          "");

  static final Choice<String> METHOD =
      Choice.of(
          "method",
          "METHOD",
          "osmotic (default), thermal or exact: which placement is written and drawn; the others"
              + " stand beside it.",
          Choice.oneOf(List.of(OSMOTIC, THERMAL, EXACT)),
          OSMOTIC);

  static final Choice<Integer> SHELLS =
      Choice.of(
          "shells",
          "N",
          "Number of shells, 1 to " + Shells.MOST + " (default: 128).",
          text -> {
            int n = Choice.positive(text);
            if (n > Shells.MOST) {
              throw new IllegalArgumentException("at most " + Shells.MOST);
            }
            return n;
          },
          128);

  static final Choice<String> STATE =
      Choice.of(
          "state",
          "NAME",
          "Which state of the stream (default: the last block's, before the final norm).",
          text -> text,
          "");

  static final Choice<String> POINTS =
      Choice.of(
          "points",
          "WHAT",
          "tokens: a point per token; patches: one per patch of uncertain beginning, at its last"
              + " position (default: patches of bytes, else tokens).",
          Choice.oneOf(List.of("tokens", PATCHES)),
          "");

  static final Choice<Double> THRESHOLD =
      Choice.of(
          "threshold",
          "NATS",
          "A patch starts above this entropy (default: the text's own 90th percentile).",
          EntropySettings::nats,
          null);

  static final Choice<Double> TEMPERATURE =
      Choice.of(
          "temperature",
          "KT",
          "Temperature of the thermal method, in levels (default: 1).",
          Choice::above0,
          1.0);

  static final Choice<Integer> WINDOW = EntropySettings.WINDOW;
  static final Choice<Precision> PRECISION = EntropySettings.PRECISION;

  static final Choices<WaterSettings> CHOICES =
      new Choices<>(
          List.of(
              TEXT,
              IDS,
              TENSOR,
              METHOD,
              SHELLS,
              STATE,
              POINTS,
              THRESHOLD,
              TEMPERATURE,
              WINDOW,
              PRECISION),
          List.of(TEXT, IDS, TENSOR),
          made ->
              new WaterSettings(
                  made.seed(),
                  made.sound(),
                  made.get(TEXT),
                  made.source(TEXT),
                  made.get(IDS),
                  made.get(TENSOR),
                  made.get(METHOD),
                  made.get(SHELLS),
                  made.get(STATE),
                  made.get(POINTS),
                  made.get(THRESHOLD),
                  made.get(TEMPERATURE),
                  made.get(WINDOW),
                  made.get(PRECISION)));

  boolean given() {
    return rows() || !texts.isEmpty() || ids.given();
  }

  /** Whether rows of a matrix are placed. */
  boolean rows() {
    return !tensor.isEmpty();
  }

  /** What the text is read with. */
  EntropySettings reading() {
    return new EntropySettings(sound, texts, source, ids, threshold, window, precision);
  }
}
