package dev.orograph.tokenizer;

/** What turns texts into the numbers of pieces and back. */
interface Codec {
  /** What cannot be done with a text, because the tokenizer would make too much of it. */
  final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(String reason) {
      super(reason);
    }
  }

  /**
   * Encodes without special tokens.
   *
   * @param text whole characters only
   */
  Encoding encode(String text);

  /** The text of numbers that all have a piece. */
  String decode(long[] ranks);
}
