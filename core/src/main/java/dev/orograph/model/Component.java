package dev.orograph.model;

/** What a parameter does, by the field's standard terms. */
public enum Component {
  /** Token embedding, {@code (vocabulary, dModel)}. */
  EMBEDDING("embedding"),
  /** Embedding of token types (segments), {@code (types, dModel)}. */
  TYPE_EMBEDDING("type_embedding"),
  /** Learned absolute positions, {@code (positions, dModel)}. */
  POSITION_EMBEDDING("position_embedding"),
  /** Relative position bias, {@code (buckets, heads)}. */
  POSITION_BIAS("position_bias"),
  /** Scale or shift of a normalisation, {@code (dModel)}. */
  NORM("norm"),
  /** Query projection of self-attention, {@code (heads * dHead, dModel)}. */
  SELF_ATTN_Q("self_attn_q"),
  /** Key projection of self-attention, {@code (keyHeads * dHead, dModel)}. */
  SELF_ATTN_K("self_attn_k"),
  /** Value projection of self-attention, {@code (keyHeads * dHead, dModel)}. */
  SELF_ATTN_V("self_attn_v"),
  /**
   * Several projections into self-attention in one matrix that cannot be split without heads:
   * query, key and value, or query and gate.
   */
  SELF_ATTN_QKV("self_attn_qkv"),
  /**
   * What the output of each head of self-attention is gated with, {@code (heads * dHead, dModel)}.
   */
  SELF_ATTN_GATE("self_attn_gate"),
  /** Output projection of self-attention, {@code (dModel, heads * dHead)}. */
  SELF_ATTN_O("self_attn_o"),
  /** Query projection of cross-attention. */
  CROSS_ATTN_Q("cross_attn_q"),
  /** Key projection of cross-attention. */
  CROSS_ATTN_K("cross_attn_k"),
  /** Value projection of cross-attention. */
  CROSS_ATTN_V("cross_attn_v"),
  /** Output projection of cross-attention. */
  CROSS_ATTN_O("cross_attn_o"),
  /** Query projection of linear attention, {@code (keyHeads * dHead, dModel)}. */
  LINEAR_ATTN_Q("linear_attn_q"),
  /** Key projection of linear attention, {@code (keyHeads * dHead, dModel)}. */
  LINEAR_ATTN_K("linear_attn_k"),
  /** Value projection of linear attention, {@code (valueHeads * dHead, dModel)}. */
  LINEAR_ATTN_V("linear_attn_v"),
  /** Query, key and value of linear attention in one matrix whose parts are not known. */
  LINEAR_ATTN_QKV("linear_attn_qkv"),
  /** What the output of linear attention is gated with, {@code (valueHeads * dHead, dModel)}. */
  LINEAR_ATTN_GATE("linear_attn_gate"),
  /** How fast the state of linear attention decays: a number per value head, or what gives it. */
  LINEAR_ATTN_DECAY("linear_attn_decay"),
  /** How much of a token is written into the state, {@code (valueHeads, dModel)}. */
  LINEAR_ATTN_BETA("linear_attn_beta"),
  /** Convolution over the last tokens in front of linear attention. */
  LINEAR_ATTN_CONV("linear_attn_conv"),
  /** Output projection of linear attention, {@code (dModel, valueHeads * dHead)}. */
  LINEAR_ATTN_O("linear_attn_o"),
  /** Gate of a gated MLP, {@code (dFf, dModel)}. */
  MLP_GATE("mlp_gate"),
  /** First projection of the MLP, {@code (dFf, dModel)}. */
  MLP_UP("mlp_up"),
  /** Second projection of the MLP, {@code (dModel, dFf)}. */
  MLP_DOWN("mlp_down"),
  /** What sends tokens to experts, {@code (experts, dModel)}. */
  ROUTER("router"),
  /** Gate of an expert's gated MLP. */
  EXPERT_GATE("expert_gate"),
  /** Gate and first projection of an expert in one matrix. */
  EXPERT_GATE_UP("expert_gate_up"),
  /** First projection of an expert. */
  EXPERT_UP("expert_up"),
  /** Second projection of an expert. */
  EXPERT_DOWN("expert_down"),
  /** Pooler. */
  POOLER("pooler"),
  /** Projection between spaces (into the model, or out of it). */
  PROJECTION("projection"),
  /** Unembedding, {@code (vocabulary, dModel)}. */
  HEAD("head"),
  /** A learned scale outside of normalisation: of a block's output, or of logits. */
  SCALE("scale"),
  /** A mask or a table that was not learned and happens to be stored. */
  BUFFER("buffer"),
  /** Not recognised. */
  OTHER("other");

  private final String id;

  Component(String id) {
    this.id = id;
  }

  /** Its name in ids and tables. */
  public String id() {
    return id;
  }
}
