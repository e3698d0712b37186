package dev.orograph.lexicon;

/** Kinds of synsets, by the letter that WordNet gives them. */
public enum PartOfSpeech {
  /** An adjective at the head of a cluster. */
  ADJECTIVE(0, 'a', "adjective"),
  /** An adjective that is like a head. */
  SATELLITE(1, 's', "adjective"),
  /** An adverb. */
  ADVERB(2, 'r', "adverb"),
  /** A noun. */
  NOUN(3, 'n', "noun"),
  /** A verb. */
  VERB(4, 'v', "verb");

  private final int number;
  private final char letter;
  private final String words;

  PartOfSpeech(int number, char letter, String words) {
    this.number = number;
    this.letter = letter;
    this.words = words;
  }

  /** Its number, from 0, as arrays of one entry for each have it. */
  public int number() {
    return number;
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
