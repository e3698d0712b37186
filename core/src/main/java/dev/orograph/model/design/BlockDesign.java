package dev.orograph.model.design;

/**
 * One block: attention, attention to another stack if any, MLP, each added to the stream. Names are
 * those behind the layer number, without {@code .weight}; "" where there is none.
 *
 * @param attention self-attention
 * @param mlp the MLP
 * @param order where norms stand and what the halves read
 * @param attentionNorm the norm of attention
 * @param crossNorm the norm of attention to the other stack; "" where the block has none
 * @param mlpNorm the norm of the MLP; with {@link Order#PARALLEL} it may be the same
 * @param attentionScale a learned scale of what attention adds
 * @param mlpScale a learned scale of what the MLP adds
 */
public record BlockDesign(
    AttentionDesign attention,
    MlpDesign mlp,
    Order order,
    String attentionNorm,
    String crossNorm,
    String mlpNorm,
    String attentionScale,
    String mlpScale) {
  /** Where norms stand. */
  public enum Order {
    /** x + f(norm x), one half after the other. */
    PRE,
    /** norm(x + f x), one half after the other. */
    POST,
    /** x + attention(norm x) + mlp(norm' x). */
    PARALLEL
  }

  /** A block without attention to another stack and without scales. */
  public static BlockDesign of(
      AttentionDesign attention, MlpDesign mlp, Order order, String attentionNorm, String mlpNorm) {
    return new BlockDesign(attention, mlp, order, attentionNorm, "", mlpNorm, "", "");
  }

  /** The same with another self-attention. */
  public BlockDesign withAttention(AttentionDesign other) {
    return new BlockDesign(
        other, mlp, order, attentionNorm, crossNorm, mlpNorm, attentionScale, mlpScale);
  }

  /** The same with another MLP. */
  public BlockDesign withMlp(MlpDesign other) {
    return new BlockDesign(
        attention, other, order, attentionNorm, crossNorm, mlpNorm, attentionScale, mlpScale);
  }

  /** The same in another order. */
  public BlockDesign withOrder(Order other) {
    return new BlockDesign(
        attention, mlp, other, attentionNorm, crossNorm, mlpNorm, attentionScale, mlpScale);
  }

  /** The same with these norms. */
  public BlockDesign withNorms(String ofAttention, String ofCross, String ofMlp) {
    return new BlockDesign(
        attention, mlp, order, ofAttention, ofCross, ofMlp, attentionScale, mlpScale);
  }

  /** The same with learned scales of what the halves add. */
  public BlockDesign withScales(String ofAttention, String ofMlp) {
    return new BlockDesign(
        attention, mlp, order, attentionNorm, crossNorm, mlpNorm, ofAttention, ofMlp);
  }
}
