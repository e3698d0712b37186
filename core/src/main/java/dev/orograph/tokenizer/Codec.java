package dev.orograph.tokenizer;

/** What turns texts into the numbers of pieces and back. */
interface Codec extends AutoCloseable {
  /** What the engine does not take, in its words. */
  final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(RuntimeException cause) {
      super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
    }
  }

  /**
   * Encodes without special tokens.
   *
   * @param text whole characters only
   */
  Encoding encode(String text) throws Refused;

  /** The text of numbers that all have a piece. */
  String decode(long[] ranks) throws Refused;

  @Override
  void close();
}
