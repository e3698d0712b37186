package dev.orograph.instrument.states;

import java.io.Serializable;
import java.util.List;

/**
 * Hidden states of one model. Null stands for what is not defined or not finite.
 *
 * @param stacks a stack each
 * @param crossed cosine of encoder and decoder at the same position, by layer; empty for one stack
 * @param drawn whether the ids were drawn for want of a tokenizer
 * @param leftOut sequences that were left out, and why
 * @param fault why nothing could be computed, or null
 */
record StateFigures(
    List<Stack> stacks, List<Crossed> crossed, boolean drawn, List<String> leftOut, String fault)
    implements Serializable {
  /**
   * One stack.
   *
   * @param stack its name
   * @param sequences that were read
   * @param positions over which alignments were taken
   * @param states every state in order
   * @param active the neurons of each block's MLP; empty where only the seed's figures are wanted
   * @param linear linear CKA between states
   * @param debiased the same, debiased
   * @param shuffled debiased CKA of the first state with the last block's, positions permuted
   */
  record Stack(
      String stack,
      int sequences,
      int positions,
      List<Layer> states,
      List<Active> active,
      List<List<Double>> linear,
      List<List<Double>> debiased,
      List<Double> shuffled)
      implements Serializable {}

  /**
   * One state. Means over sequences, as the seed takes them, unless said otherwise.
   *
   * @param name its name
   * @param tuple its place in the library's {@code hidden_states}; null where it is not in it
   * @param norm mean norm of the positions
   * @param normDeviation standard deviation of the norms over positions (n)
   * @param cosine mean cosine between positions
   * @param cosineDeviation its standard deviation (n)
   * @param range largest norm over the smallest, all positions of all sequences
   * @param outliers share of the norms more than a standard deviation from their mean
   * @param spread standard deviation of the norms of all positions of all sequences (n)
   * @param largest the number farthest from 0
   */
  record Layer(
      String name,
      Integer tuple,
      double norm,
      double normDeviation,
      Double cosine,
      Double cosineDeviation,
      Double range,
      double outliers,
      double spread,
      Massive largest)
      implements Serializable {}

  /**
   * The number farthest from 0 of a state.
   *
   * @param dimension where
   * @param position where
   * @param token id of the token there
   * @param value the number
   * @param overMedian its size over the median size of all numbers of the state
   */
  record Massive(int dimension, int position, int token, double value, Double overMedian)
      implements Serializable {}

  /**
   * The neurons of one MLP on everything that was read.
   *
   * @param layer block
   * @param neurons how many
   * @param silent how many never act
   * @param bound up to which an activation is none
   * @param tokens that were read
   */
  record Active(int layer, int neurons, int silent, double bound, int tokens)
      implements Serializable {}

  /**
   * Encoder against decoder.
   *
   * @param layer place in the library's {@code hidden_states}
   * @param cosines of the first positions
   */
  record Crossed(int layer, List<Double> cosines) implements Serializable {}
}
