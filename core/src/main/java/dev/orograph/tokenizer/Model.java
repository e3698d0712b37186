package dev.orograph.tokenizer;

/** What cuts a word into pieces that have numbers. */
interface Model {
  /** Adds the pieces of a word that is not empty. */
  void encode(Aligned word, Tokens out);
}
