package dev.orograph.lexicon;

/**
 * Offsets of the files that the reference values were made from, Debian's wordnet-base 3.0-37. They
 * are Princeton's but for a space more in the gloss of laid.s.02 and for the cycle of restrain.v.01
 * and inhibit.v.04: there the latter is a kind of suppress.v.04, a pointer of 18 bytes that moved.
 */
public final class DebianOffsets {
  private static final int LAID = 1_681_307;
  private static final int SUPPRESS = 612_841;
  private static final int RESTRAIN = 2_422_663;
  private static final int POINTER = 18;

  private DebianOffsets() {}

  /** Where the line of a synset begins there. */
  public static int of(WordNet words, int synset) {
    int offset = words.offset(synset);
    return switch (words.pos(synset)) {
      case ADJECTIVE, SATELLITE -> offset > LAID ? offset + 1 : offset;
      case VERB -> offset > SUPPRESS && offset <= RESTRAIN ? offset + POINTER : offset;
      default -> offset;
    };
  }
}
