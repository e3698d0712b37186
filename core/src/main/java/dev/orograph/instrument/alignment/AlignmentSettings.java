package dev.orograph.instrument.alignment;

import dev.orograph.instrument.Choice;
import dev.orograph.instrument.Choices;
import java.io.Serializable;
import java.util.List;

/**
 * What is set against WordNet.
 *
 * @param seed seed of every draw
 * @param sound whether nulls and intervals are wanted beside the seed's figures
 * @param read "" for nothing, "static" for rows of the embedding, "glosses" for contexts too
 * @param several whether words of several tokens count, as means of their rows
 */
record AlignmentSettings(long seed, boolean sound, String read, boolean several)
    implements Serializable {
  static final String STATIC = "static";
  static final String GLOSSES = "glosses";

  static final Choice<String> READ =
      Choice.of(
          "read",
          "WHAT",
          "static: rows of the embedding alone; glosses: the model reads a gloss per word too,"
              + " which takes minutes (the command's default).",
          Choice.oneOf(List.of(STATIC, GLOSSES)),
          "");

  static final Choice<String> WORDS =
      Choice.of(
          "words",
          "WHICH",
          "single: words that are one token (default); all: words of several tokens too, as means"
              + " of their rows.",
          Choice.oneOf(List.of("single", "all")),
          "single");

  static final Choices<AlignmentSettings> CHOICES =
      new Choices<>(
          List.of(READ, WORDS),
          made ->
              new AlignmentSettings(
                  made.seed(), made.sound(), made.get(READ), made.get(WORDS).equals("all")));

  boolean glosses() {
    return read.equals(GLOSSES);
  }
}
