package dev.orograph.lexicon;

/** Kinds of synsets, by the letter that WordNet gives them. */
public enum PartOfSpeech {
  /** An adjective at the head of a cluster. */
  ADJECTIVE('a', "adjective"),
  /** An adjective that is like a head. */
  SATELLITE('s', "adjective"),
  /** An adverb. */
  ADVERB('r', "adverb"),
  /** A noun. */
  NOUN('n', "noun"),
  /** A verb. */
  VERB('v', "verb");

  private final char letter;
  private final String words;

  PartOfSpeech(char letter, String words) {
    this.letter = letter;
    this.words = words;
  }

  /** Its letter: a, s, r, n or v. */
  public char letter() {
    return letter;
  }

  /** adjective, adverb, noun or verb. */
  public String words() {
    return words;
  }

  /** The one of that letter, or null. */
  static PartOfSpeech of(byte letter) {
    for (PartOfSpeech p : values()) {
      if (p.letter == letter) {
        return p;
      }
    }
    return null;
  }
}
