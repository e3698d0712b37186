package dev.orograph.model.design;

import dev.orograph.model.Config;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Keys of configurations that change what a model computes, with the values that change nothing. A
 * page that reads one of them itself says so; any other value is refused by name, so that no model
 * is computed as if the key were not there.
 */
public final class Understood {
  private static final String[] OFF = {"false", "0"};
  private static final String[] ONE = {"1"};
  private static final String[] NOTHING = {};

  private static final Map<String, String[]> NEUTRAL = new LinkedHashMap<>();

  static {
    NEUTRAL.put("quantization_config", NOTHING);
    NEUTRAL.put("quantization_args", NOTHING);
    NEUTRAL.put("lora_args", NOTHING);
    // Positions and what a position sees.
    NEUTRAL.put("rope_scaling", NOTHING);
    NEUTRAL.put("rope_parameters", NOTHING);
    NEUTRAL.put("use_scaled_rope", OFF);
    NEUTRAL.put("no_rope_layers", NOTHING);
    NEUTRAL.put("no_rope_layer_interval", OFF);
    NEUTRAL.put("position_embedding_type", new String[] {"absolute"});
    NEUTRAL.put("alibi", OFF);
    NEUTRAL.put("sliding_window", OFF);
    NEUTRAL.put("use_sliding_window", OFF);
    NEUTRAL.put("sliding_window_pattern", OFF);
    NEUTRAL.put("attention_chunk_size", OFF);
    NEUTRAL.put("layer_types", new String[] {"full_attention"});
    NEUTRAL.put("attention_types", NOTHING);
    NEUTRAL.put("is_decoder", OFF);
    NEUTRAL.put("add_cross_attention", OFF);
    NEUTRAL.put("is_prefix_lm", OFF);
    // Attention.
    NEUTRAL.put("attention_bias", OFF);
    NEUTRAL.put("use_qk_norm", OFF);
    NEUTRAL.put("qk_layernorm", OFF);
    NEUTRAL.put("attn_temperature_tuning", OFF);
    NEUTRAL.put("query_pre_attn_scalar", NOTHING);
    NEUTRAL.put("attention_multiplier", NOTHING);
    NEUTRAL.put("scale_attn_weights", new String[] {"true"});
    NEUTRAL.put("scale_attn_by_inverse_layer_idx", OFF);
    NEUTRAL.put("attention_sinks", OFF);
    NEUTRAL.put("attn_logit_softcapping", OFF);
    NEUTRAL.put("qkv_bias", new String[] {"true"});
    // The MLP.
    NEUTRAL.put("mlp_bias", OFF);
    NEUTRAL.put("num_experts", OFF);
    NEUTRAL.put("num_local_experts", OFF);
    NEUTRAL.put("n_routed_experts", OFF);
    NEUTRAL.put("moe_num_experts", OFF);
    NEUTRAL.put("num_experts_per_tok", OFF);
    NEUTRAL.put("moe", OFF);
    NEUTRAL.put("moe_args", NOTHING);
    // Embedding, residual stream and head.
    NEUTRAL.put("embedding_multiplier", ONE);
    NEUTRAL.put("residual_multiplier", ONE);
    NEUTRAL.put("scale_emb", ONE);
    NEUTRAL.put("scale_depth", ONE);
    NEUTRAL.put("scale_embedding", OFF);
    NEUTRAL.put("embedding_size", NOTHING);
    NEUTRAL.put("logits_scaling", ONE);
    NEUTRAL.put("logit_scale", ONE);
    NEUTRAL.put("final_logit_softcapping", OFF);
    NEUTRAL.put("dim_model_base", NOTHING);
    NEUTRAL.put("use_parallel_residual", OFF);
    NEUTRAL.put("parallel_attn", OFF);
    NEUTRAL.put("use_swiglu_ffn", OFF);
    NEUTRAL.put("num_register_tokens", OFF);
    NEUTRAL.put("pooler_act", new String[] {"tanh"});
  }

  private Understood() {}

  /**
   * Refuses every key of the list that is neither neutral nor read by the page.
   *
   * @param c the configuration
   * @param read keys that the page reads itself
   */
  public static void check(Config c, String... read) {
    // What a GGUF file says beside what its configuration here amounts to.
    for (String key : c.keys("llama\\..*")) {
      throw c.unsupported(key);
    }
    Set<String> known = Set.of(read);
    NEUTRAL.forEach(
        (key, values) -> {
          if (!known.contains(key)) {
            c.only(key, values);
          }
        });
  }
}
