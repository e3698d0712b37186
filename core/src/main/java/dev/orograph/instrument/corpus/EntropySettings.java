package dev.orograph.instrument.corpus;

import dev.orograph.instrument.Choice;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.InputFile;
import dev.orograph.model.forward.Precision;
import java.io.Serializable;
import java.util.List;

/**
 * Of which text the entropies are, and how it is cut.
 *
 * @param sound whether the entropy of a model that knows nothing is told beside the text's
 * @param texts the text, or none
 * @param source the file that it comes from, or ""
 * @param ids token ids in its place
 * @param threshold nats above which a patch starts; null for the usual one
 * @param window positions read at once; 0 for the usual number
 * @param precision of the pass
 */
public record EntropySettings(
    boolean sound,
    List<String> texts,
    String source,
    InputFile ids,
    Double threshold,
    int window,
    Precision precision)
    implements Serializable {
  /** The text. */
  public static final Choice<List<String>> TEXT =
      Choice.text(
          "text", "FILE", "A file with the text, in UTF-8.", g -> List.of(g.text()), List.of());

  /** Token ids in its place. */
  public static final Choice<InputFile> IDS =
      Choice.input("ids", "IDS", "Token ids as JSON: {\"input_ids\": [[1, 2, ...]]}.");

  static final Choice<Double> THRESHOLD =
      Choice.of(
          "threshold",
          "NATS",
          "A patch starts above this entropy (default: BLT's 1.335 for bytes, else the text's own"
              + " quantile 1 - 1 / 4.5).",
          EntropySettings::nats,
          null);

  /** Positions read at once. */
  public static final Choice<Integer> WINDOW =
      Choice.of(
          "window",
          "N",
          "Positions read at once (default: the model's, at most 2048).",
          text -> {
            int n = Choice.positive(text);
            if (n < 2) {
              throw new IllegalArgumentException("at least 2");
            }
            return n;
          },
          0);

  /** Of the pass. */
  public static final Choice<Precision> PRECISION = ExtractSettings.passType();

  static final Choices<EntropySettings> CHOICES =
      new Choices<>(
          List.of(TEXT, IDS, THRESHOLD, WINDOW, PRECISION),
          made -> {
            if (made.has(TEXT) && made.has(IDS)) {
              throw new IllegalArgumentException("give --text or --ids, not both");
            }
            return new EntropySettings(
                made.sound(),
                made.get(TEXT),
                made.source(TEXT),
                made.get(IDS),
                made.get(THRESHOLD),
                made.get(WINDOW),
                made.get(PRECISION));
          });

  /**
   * A number of nats.
   *
   * @throws IllegalArgumentException for what is none, or below 0
   */
  public static double nats(String text) {
    double nats = Double.parseDouble(text);
    if (!(nats >= 0 && nats < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("a number of nats, 0 or more");
    }
    return nats;
  }

  boolean given() {
    return !texts.isEmpty() || ids.given();
  }
}
