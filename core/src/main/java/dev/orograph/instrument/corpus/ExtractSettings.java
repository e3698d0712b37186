package dev.orograph.instrument.corpus;

import dev.orograph.instrument.Choice;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.InputFile;
import dev.orograph.model.forward.Precision;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is extracted, of what.
 *
 * @param sound whether lengths are told beside the arrays
 * @param text a sequence per line; one of the three is given, or nothing is extracted
 * @param ids token ids as JSON
 * @param pixels normalised images
 * @param states names of states, or {@code all}
 * @param batch sequences in memory at once
 * @param length to which sequences are padded and lines cut; 0 for that of the longest
 * @param precision of the pass
 */
record ExtractSettings(
    boolean sound,
    InputFile text,
    InputFile ids,
    InputFile pixels,
    List<String> states,
    int batch,
    int length,
    Precision precision)
    implements Serializable {
  private static final int USUAL_BATCH = 16;

  static final Choice<InputFile> TEXT =
      Choice.input("text", "FILE", "A text in UTF-8 with a sequence per line.");

  static final Choice<InputFile> IDS = Choice.input("ids", "IDS", "Token ids as JSON.");

  static final Choice<InputFile> PIXELS =
      Choice.input("pixels", "FILE", "Normalised images, one tensor [n, channels, height, width].");

  static final Choice<List<String>> STATES =
      Choice.of(
          "states",
          "STATE,..",
          "Names of states, such as block_0.out, or all.",
          text -> Arrays.stream(text.split(",", -1)).map(String::strip).toList(),
          List.of());

  static final Choice<Integer> BATCH =
      Choice.of(
          "batch",
          "N",
          "Sequences in memory at once, rounded up to what is computed together; changes no digit"
              + " (default: 16).",
          Choice::positive,
          USUAL_BATCH);

  static final Choice<Integer> LENGTH =
      Choice.of(
          "length",
          "N",
          "Pad to this many tokens and cut longer lines; longer ids are refused (default: the"
              + " longest).",
          Choice::positive,
          0);

  static final Choice<Precision> PRECISION = passType();

  static final Choices<ExtractSettings> CHOICES =
      new Choices<>(
          List.of(TEXT, IDS, PIXELS, STATES, BATCH, LENGTH, PRECISION),
          made -> {
            long given = Stream.of(TEXT, IDS, PIXELS).filter(made::has).count();
            if (given > 1) {
              throw new IllegalArgumentException("give --text, --ids or --pixels, one of them");
            }
            if (given == 1 && !made.has(STATES)) {
              throw new IllegalArgumentException("give --states, such as block_0.out, or all");
            }
            return new ExtractSettings(
                made.sound(),
                made.get(TEXT),
                made.get(IDS),
                made.get(PIXELS),
                made.get(STATES),
                made.get(BATCH),
                made.get(LENGTH),
                made.get(PRECISION));
          });

  /** The option of a pass's precision. */
  static Choice<Precision> passType() {
    return Choice.of(
        "precision",
        "TYPE",
        "float64, float32 or bf16 (default: float32).",
        Precision::of,
        Precision.FLOAT32);
  }

  boolean given() {
    return text.given() || ids.given() || pixels.given();
  }
}
