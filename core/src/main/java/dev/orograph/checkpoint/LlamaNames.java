package dev.orograph.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Llama architecture of a GGUF file as the transformers library has it: names, rows of queries
 * and keys, configuration. A file of another architecture, or with experts, stays as it is.
 *
 * <p>llama.cpp rotates neighbouring rows of a head and the transformers library rows that are half
 * a head apart; its converter therefore takes the rows of each head, (2, d/2) of them, as (d/2, 2).
 * Here that is undone by a view. Source: llama.cpp, {@code convert_hf_to_gguf.py}, {@code
 * LlamaModel.permute}, and {@code gguf-py/gguf/constants.py}.
 *
 * @param file the file, for messages
 * @param heads query heads; 0 where the architecture is another one
 * @param keyHeads key heads
 * @param config what the metadata amount to
 * @param aliases the head where it is the embedding
 */
record LlamaNames(
    Path file, int heads, int keyHeads, Optional<JsonNode> config, Map<String, String> aliases) {
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String HEAD = "lm_head.weight";
  private static final int MOST_HEADS = 1 << 16;

  private static final Map<String, String> WHOLE =
      Map.of(
          "token_embd.weight", EMBEDDING,
          "output_norm.weight", "model.norm.weight",
          "output.weight", HEAD);

  private static final Pattern BLOCK = Pattern.compile("blk\\.(\\d{1,6})\\.(\\w+)\\.(weight|bias)");

  /** Tensors by which llama.cpp divides the turns of each pair. */
  private static final Pattern FACTORS =
      Pattern.compile("(?:blk\\.\\d+\\.)?rope_(?:freqs|factors_\\w+)\\.weight");

  private static final Map<String, String> PARTS =
      Map.of(
          "attn_norm", "input_layernorm",
          "attn_q", "self_attn.q_proj",
          "attn_k", "self_attn.k_proj",
          "attn_v", "self_attn.v_proj",
          "attn_output", "self_attn.o_proj",
          "ffn_norm", "post_attention_layernorm",
          "ffn_gate", "mlp.gate_proj",
          "ffn_up", "mlp.up_proj",
          "ffn_down", "mlp.down_proj");

  /** Metadata that has a key of its own in a configuration. */
  private static final Map<String, String> KEYS =
      Map.of(
          "embedding_length", "hidden_size",
          "block_count", "num_hidden_layers",
          "feed_forward_length", "intermediate_size",
          "attention.head_count", "num_attention_heads",
          "attention.head_count_kv", "num_key_value_heads",
          "attention.key_length", "head_dim",
          "attention.layer_norm_rms_epsilon", "rms_norm_eps",
          "rope.freq_base", "rope_theta",
          "context_length", "max_position_embeddings",
          "vocab_size", "vocab_size");

  /**
   * What the metadata of a file say.
   *
   * @param metadata text, Long, Double or Boolean by key
   * @param tensors the names of its tensors
   * @throws InputException where it is a Llama without its numbers of heads
   */
  static LlamaNames of(Path file, Map<String, Object> metadata, List<String> tensors) {
    boolean experts = metadata.get("llama.expert_count") instanceof Long n && n > 0;
    if (!"llama".equals(metadata.get("general.architecture")) || experts) {
      return new LlamaNames(file, 0, 0, Optional.empty(), Map.of());
    }
    int heads = heads(file, metadata, "llama.attention.head_count", null);
    int keyHeads = heads(file, metadata, "llama.attention.head_count_kv", heads);
    boolean tied = !tensors.contains("output.weight") && !tensors.contains(HEAD);
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("model_type", "llama");
    config.put("tie_word_embeddings", tied);
    KEYS.forEach(
        (key, name) -> {
          Object value = metadata.get("llama." + key);
          if (value instanceof Long n) {
            config.put(name, n);
          } else if (value instanceof Double x && Double.isFinite(x)) {
            config.put(name, x);
          }
        });
    positions(
        config, metadata, tensors.stream().filter(n -> FACTORS.matcher(n).matches()).findFirst());
    // What else it says may change the computation, so it is passed on and not left out.
    metadata.forEach(
        (key, value) -> {
          if (key.startsWith("llama.") && !read(key, metadata, config, heads)) {
            config.put(key, value.toString());
          }
        });
    return new LlamaNames(
        file, heads, keyHeads, Optional.of(config), tied ? Map.of(HEAD, EMBEDDING) : Map.of());
  }

  /** Positions that are scaled, as the transformers library says it. */
  private static void positions(
      ObjectNode config, Map<String, Object> metadata, Optional<String> factors) {
    Object scaling = metadata.get("llama.rope.scaling.type");
    Object factor = metadata.get("llama.rope.scaling.factor");
    if (factor == null) {
      factor = metadata.get("llama.rope.scale_linear");
    }
    if (scaling == null && factor != null) {
      scaling = "linear"; // what llama.cpp takes where only a factor is given
    }
    if (factors.isPresent() || (scaling != null && !scaling.equals("none"))) {
      ObjectNode rope = config.putObject("rope_scaling");
      rope.put("rope_type", factors.isPresent() ? factors.get() : scaling.toString());
      if (factor instanceof Double x && Double.isFinite(x)) {
        rope.put("factor", x);
      } else if (factor instanceof Long n) {
        rope.put("factor", n);
      } else if (factor != null) {
        rope.put("factor", factor.toString());
      }
      if (metadata.get("llama.rope.scaling.original_context_length") instanceof Long n) {
        rope.put("original_max_position_embeddings", n);
      }
    }
  }

  /** Whether a key is in the configuration already, or changes nothing that is computed. */
  private static boolean read(
      String key, Map<String, Object> metadata, ObjectNode config, int heads) {
    String name = key.substring("llama.".length());
    Object value = metadata.get(key);
    long width =
        metadata.get("llama.attention.key_length") instanceof Long n
            ? n
            : metadata.get("llama.embedding_length") instanceof Long d ? d / heads : -1;
    return switch (name) {
      case "rope.scaling.type",
          "rope.scaling.factor",
          "rope.scale_linear",
          "rope.scaling.original_context_length",
          "rope.scaling.finetuned",
          "tensor_data_layout" ->
          true;
      case "rope.dimension_count", "attention.value_length" -> value.equals(width);
      case "expert_count", "expert_used_count" -> value.equals(0L);
      default -> KEYS.containsKey(name) && config.has(KEYS.get(name));
    };
  }

  private static int heads(Path file, Map<String, Object> metadata, String key, Integer otherwise) {
    Object value = metadata.get(key);
    if (value == null && otherwise != null) {
      return otherwise;
    }
    if (!(value instanceof Long n) || n < 1 || n > MOST_HEADS) {
      throw InputException.at(file)
          .place(Text.quoted(key))
          .expected("should be a whole number from 1 to " + MOST_HEADS)
          .found(value == null ? "it is missing" : "it is " + Text.visible(value.toString(), 40))
          .remedy("convert the model again with a current llama.cpp")
          .build();
    }
    return n.intValue();
  }

  /**
   * A tensor under its name in the transformers library, its rows in that order.
   *
   * @throws InputException where rows of queries or keys are not as many as the heads need
   */
  TensorInfo renamed(TensorInfo t) {
    if (heads == 0) {
      return t;
    }
    String whole = WHOLE.get(t.name());
    Matcher block = BLOCK.matcher(t.name());
    String part = block.matches() ? PARTS.get(block.group(2)) : null;
    if (part == null) {
      return whole == null ? t : with(t, whole, null);
    }
    String name = "model.layers." + block.group(1) + "." + part + "." + block.group(3);
    boolean query = part.endsWith("q_proj");
    boolean key = part.endsWith("k_proj");
    return with(t, name, query ? rotated(t, heads) : key ? rotated(t, keyHeads) : null);
  }

  /** The rows (heads, 2, d/2) of a matrix or bias whose rows lie as (heads, d/2, 2). */
  private Strided rotated(TensorInfo t, int rotatedHeads) {
    long rows = t.rank() == 0 ? 0 : t.shape().get(0);
    long half = rows / 2 / rotatedHeads;
    boolean across = t.rank() == 1 && t.dtype().block() > 1 && half > 1;
    if (t.rank() > 2 || half == 0 || rows != 2 * half * rotatedHeads || across) {
      throw InputException.at(file)
          .place(Text.quoted(t.name()))
          .expected("should have rows for " + rotatedHeads + " heads of even width")
          .found(
              across
                  ? "it has blocks of " + t.dtype().block() + " of them"
                  : "it has shape " + t.shape())
          .remedy("convert the model again with a current llama.cpp")
          .build();
    }
    if (half == 1) {
      return null;
    }
    long columns = t.count() / rows;
    return Strided.of(
        0,
        List.of((long) rotatedHeads, 2L, half, columns),
        List.of(2 * half * columns, columns, 2 * columns, 1L));
  }

  private static TensorInfo with(TensorInfo t, String name, Strided view) {
    return new TensorInfo(
        name, t.dtype(), t.shape(), t.file(), t.begin(), t.end(), null, view, name);
  }
}
