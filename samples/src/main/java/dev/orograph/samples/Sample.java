package dev.orograph.samples;

import dev.orograph.model.RandomCheckpoint.Shape;
import dev.orograph.model.train.Recipe;
import java.util.Locale;

/** A bundled checkpoint and how it is trained. */
enum Sample {
  /** Encoder and decoder, from a gloss to its lemma. */
  T5(Shape.SAMPLE_T5, "spiece.model", 2400, 2e-3, 128, 128),
  /** A language model of lines of WordNet. */
  LM(Shape.SAMPLE_LM, "tokenizer.model", 1600, 2e-3, 32, 128),
  /** A language model of the bytes of the same lines. */
  BYTES(Shape.SAMPLE_BYTES, "", 1500, 3e-3, 16, 256);

  private final Shape shape;
  private final String pieces;
  private final int steps;
  private final double rate;
  private final int batch;
  private final int length;

  Sample(Shape shape, String pieces, int steps, double rate, int batch, int length) {
    this.shape = shape;
    this.pieces = pieces;
    this.steps = steps;
    this.rate = rate;
    this.batch = batch;
    this.length = length;
  }

  /** Its name on the command line and the name of its folder. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What it is before training. */
  Shape shape() {
    return shape;
  }

  /** The file of its SentencePiece model; "" for bytes. */
  String pieces() {
    return pieces;
  }

  /** Whether it learns pairs instead of lines. */
  boolean pairs() {
    return this == T5;
  }

  /** Steps of the optimiser in the bundled training. */
  int steps() {
    return steps;
  }

  /** Sequences of a step. */
  int batch() {
    return batch;
  }

  /** Most tokens of a sequence. */
  int length() {
    return length;
  }

  /** How it is trained in that many steps. */
  Recipe recipe(long count) {
    return Recipe.of(count, rate);
  }
}
