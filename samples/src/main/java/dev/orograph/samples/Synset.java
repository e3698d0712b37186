package dev.orograph.samples;

import java.util.List;

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
  Synset {
    examples = List.copyOf(examples);
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
