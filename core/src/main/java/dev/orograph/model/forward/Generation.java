package dev.orograph.model.forward;

import java.util.Set;

/**
 * How a model writes on.
 *
 * @param most new tokens at most
 * @param least new tokens before which no end token is chosen
 * @param temperature 0 takes the likeliest token; otherwise scores are divided by it and one is
 *     drawn
 * @param topP draws are among the fewest likeliest tokens that hold this share
 * @param ends tokens that end a sequence
 * @param seed of the draws; a sequence's draws do not depend on what else is in the batch
 * @param cached whether keys and values are kept from step to step, which changes time only
 */
public record Generation(
    int most,
    int least,
    double temperature,
    double topP,
    Set<Integer> ends,
    long seed,
    boolean cached) {
  /** Told each token as it is chosen. */
  @FunctionalInterface
  public interface Listener {
    /** Hears nothing. */
    Listener NONE = (sequence, token) -> {};

    /** The next token of a sequence of the batch. */
    void chosen(int sequence, int token);

    /** Asked before each step: whether no more tokens are wanted of any sequence. */
    default boolean enough() {
      return false;
    }
  }

  /** Checks what is asked for. */
  public Generation {
    ends = Set.copyOf(ends);
    if (most < 1 || least < 0 || !(temperature >= 0) || !(topP > 0) || topP > 1) {
      throw new IllegalArgumentException(
          most + " tokens, temperature " + temperature + ", top-p " + topP);
    }
  }

  /** The likeliest token each time. */
  public static Generation greedy(int most, Set<Integer> ends) {
    return new Generation(most, 0, 0, 1, ends, 0, true);
  }

  /** Draws. */
  public static Generation drawn(
      int most, double temperature, double topP, Set<Integer> ends, long seed) {
    return new Generation(most, 0, temperature, topP, ends, seed, true);
  }

  /** The same with no end before that many tokens. */
  public Generation atLeast(int tokens) {
    return new Generation(most, tokens, temperature, topP, ends, seed, cached);
  }

  /** The same without keeping keys and values. */
  public Generation uncached() {
    return new Generation(most, least, temperature, topP, ends, seed, false);
  }
}
