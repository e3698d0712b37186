package dev.orograph.model.design;

import java.util.Optional;

/**
 * Self-attention of a block: softmax(scale q k' + what is hidden + bias) v. Query head h uses key
 * head {@code StackSpec.keyHead(h)}.
 *
 * @param causal whether a position sees only itself and what is before it
 * @param window how many positions a position sees, itself included; 0 for all
 * @param scale what products of queries and keys are multiplied with
 * @param biasIn whether queries, keys and values have a bias
 * @param biasOut whether the projection out of it has
 * @param headNorm whether each head of queries and keys is normalised before it is rotated
 * @param rounded whether softmax is taken in float32 whatever the precision, as the transformers
 *     library does in T5 and Llama; no page asks for it, so that float64 is float64 throughout
 * @param rotary rotary positions, if any; how many dimensions is {@code StackSpec.rotary}
 * @param relative T5's relative bias, if any
 */
public record AttentionDesign(
    boolean causal,
    int window,
    double scale,
    boolean biasIn,
    boolean biasOut,
    boolean headNorm,
    boolean rounded,
    Optional<RotaryDesign> rotary,
    Optional<Relative> relative) {
  /** The name of the table of T5's relative bias behind the layer number. */
  public static final String RELATIVE_TABLE = "layer.0.SelfAttention.relative_attention_bias";

  /**
   * T5's relative bias, one table in block 0 for all blocks.
   *
   * @param buckets rows of the table
   * @param most distance from which all share the last bucket
   */
  public record Relative(int buckets, int most) {
    /** The same with another longest distance. */
    public Relative withMost(int other) {
      return new Relative(buckets, other);
    }
  }

  /** Everybody sees everybody; products are divided by sqrt(dHead); no biases. */
  public static AttentionDesign open(int dHead) {
    double scale = 1 / Math.sqrt(Math.max(1, dHead));
    return new AttentionDesign(
        false, 0, scale, false, false, false, false, Optional.empty(), Optional.empty());
  }

  /** The same where a position sees what is before it, or also what comes after. */
  public AttentionDesign withCausal(boolean other) {
    return new AttentionDesign(
        other, window, scale, biasIn, biasOut, headNorm, rounded, rotary, relative);
  }

  /** The same within a window. */
  public AttentionDesign withWindow(int other) {
    return new AttentionDesign(
        causal, other, scale, biasIn, biasOut, headNorm, rounded, rotary, relative);
  }

  /** The same with another scale. */
  public AttentionDesign withScale(double other) {
    return new AttentionDesign(
        causal, window, other, biasIn, biasOut, headNorm, rounded, rotary, relative);
  }

  /** The same with these biases. */
  public AttentionDesign withBiases(boolean in, boolean out) {
    return new AttentionDesign(causal, window, scale, in, out, headNorm, rounded, rotary, relative);
  }

  /** The same with each head of queries and keys normalised. */
  public AttentionDesign withHeadNorm() {
    return new AttentionDesign(
        causal, window, scale, biasIn, biasOut, true, rounded, rotary, relative);
  }

  /** The same with softmax in float32. */
  public AttentionDesign asRounded() {
    return new AttentionDesign(
        causal, window, scale, biasIn, biasOut, headNorm, true, rotary, relative);
  }

  /** The same with rotary positions. */
  public AttentionDesign withRotary(RotaryDesign other) {
    return new AttentionDesign(
        causal, window, scale, biasIn, biasOut, headNorm, rounded, Optional.of(other), relative);
  }

  /** The same with a relative bias. */
  public AttentionDesign withRelative(Relative other) {
    return new AttentionDesign(
        causal, window, scale, biasIn, biasOut, headNorm, rounded, rotary, Optional.of(other));
  }
}
