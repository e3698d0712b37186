package dev.orograph.instrument.corpus;

import java.io.Serializable;
import java.util.List;

/**
 * Entropies of one text.
 *
 * @param unit "byte" or "token"
 * @param source the file that was read, or what else
 * @param tokenizer its fingerprint; "" for none
 * @param window positions read at once
 * @param overlap positions of a window that are the end of the one before; 0 for one window
 * @param vocabulary tokens that are scored
 * @param threshold nats
 * @param reason where the threshold comes from
 * @param tokens positions of the text, without special tokens before it
 * @param nats mean entropy of the predictions of the text's tokens; null where there is none
 * @param patches how many patches
 * @param cut the first of them
 * @param positions how many positions, special tokens included
 * @param read the first of them
 * @param course mean entropies of stretches of the text, in order
 * @param stretch how long each of them is
 */
record EntropyFigures(
    String unit,
    String source,
    String tokenizer,
    int window,
    int overlap,
    long vocabulary,
    double threshold,
    String reason,
    int tokens,
    Double nats,
    int patches,
    List<Patch> cut,
    int positions,
    List<Position> read,
    List<Double> course,
    int stretch)
    implements Serializable {
  /** A patch: its first token, its length, the entropy of its first's prediction, its text. */
  record Patch(int from, int length, Double nats, String text) implements Serializable {}

  /** A position: its token, what it stands for, the entropy of its prediction. */
  record Position(int at, int id, String text, Double nats, boolean starts)
      implements Serializable {}
}
