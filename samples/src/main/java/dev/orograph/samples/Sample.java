package dev.orograph.samples;

import dev.orograph.model.RandomCheckpoint.Shape;
import dev.orograph.model.train.Recipe;
import java.util.Locale;

/** A bundled checkpoint and how it is trained. */
enum Sample {
  /** Encoder and decoder, from a gloss to its lemma. */
  T5(Shape.SAMPLE_T5, "spiece.model", 12000, 1e-2, 64, 32, 128),
  /** A language model of lines of WordNet. */
  LM(Shape.SAMPLE_LM, "tokenizer.model", 1600, 2e-3, 32, 1, 128),
  /** A language model of the bytes of the same lines. */
  BYTES(Shape.SAMPLE_BYTES, "", 1500, 3e-3, 16, 1, 256);

  /** Of weights that take relative steps of 1e-2: as much in a step as .1 is at a rate of 1e-3. */
  private static final double RELATIVE_DECAY = 0.01;

  private final Shape shape;
  private final String pieces;
  private final int steps;
  private final double rate;
  private final int batch;
  private final int pool;
  private final int length;

  Sample(Shape shape, String pieces, int steps, double rate, int batch, int pool, int length) {
    this.shape = shape;
    this.pieces = pieces;
    this.steps = steps;
    this.rate = rate;
    this.batch = batch;
    this.pool = pool;
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

  /** Batches whose sequences are dealt by length. */
  int pool() {
    return pool;
  }

  /** Most tokens of a sequence. */
  int length() {
    return length;
  }

  /**
   * How it is trained in that many steps. The T5 takes relative steps, as the first of its kind
   * did: its embedding begins with entries near 1, its matrices with some near .02.
   */
  Recipe recipe(long count) {
    Recipe usual = Recipe.of(count, rate);
    return pairs() ? usual.withRelativeSteps().withDecay(RELATIVE_DECAY) : usual;
  }
}
