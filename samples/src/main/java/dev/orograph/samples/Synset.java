package dev.orograph.samples;

import dev.orograph.lexicon.WordNet;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A sense of WordNet.
 *
 * @param kind adjective, adverb, noun or verb
 * @param offset where its line begins in the data file of its kind
 * @param lemma its first word, spaces for underscores
 * @param definition the gloss without its examples
 * @param examples quoted in the gloss
 */
record Synset(String kind, int offset, String lemma, String definition, List<String> examples) {
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");
  private static final Pattern AT_ENDS = Pattern.compile("^[;\\s]+|[;\\s]+$");

  Synset {
    examples = List.copyOf(examples);
  }

  /** All 117,659 of WordNet 3.0, in its order. */
  static List<Synset> all() {
    WordNet words = WordNet.load();
    return IntStream.range(0, words.size())
        .mapToObj(
            i ->
                of(
                    words.pos(i).words(),
                    words.offset(i),
                    words.lemma(i).replace('_', ' '),
                    words.gloss(i)))
        .toList();
  }

  /** Cuts a gloss into definition and examples: what stands between quotes are examples. */
  static Synset of(String kind, int offset, String lemma, String gloss) {
    List<String> examples = new ArrayList<>();
    Matcher quoted = QUOTED.matcher(gloss);
    while (quoted.find()) {
      if (!quoted.group(1).isBlank()) {
        examples.add(quoted.group(1).strip());
      }
    }
    String definition = quoted.replaceAll(" ").replaceAll("(?:\\s*;)+\\s+|\\s+;", "; ");
    return new Synset(
        kind,
        offset,
        lemma,
        AT_ENDS.matcher(definition.replaceAll("\\s+", " ")).replaceAll(""),
        examples);
  }

  /** What the T5 reads: the seeds' prompt. */
  String source() {
    return "summarize: " + definition;
  }

  /** What the language models read: {@code dog (noun): a member of ...; "the dog barked"}. */
  String line() {
    StringBuilder line = new StringBuilder(lemma + " (" + kind + "): " + definition);
    examples.forEach(e -> line.append("; \"").append(e).append('"'));
    return line.toString();
  }
}
