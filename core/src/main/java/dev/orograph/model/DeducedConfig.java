package dev.orograph.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import dev.orograph.model.Family.Rule;
import java.util.List;

/**
 * What the weights of a model without a configuration tell of its shape: the number of blocks from
 * their names, widths and vocabulary from their shapes, of a model with one stack. They stand
 * beside what its file tells of itself and never in place of it.
 */
final class DeducedConfig {
  private final Family family;
  private final Checkpoint checkpoint;

  private DeducedConfig(Family family, Checkpoint checkpoint) {
    this.family = family;
    this.checkpoint = checkpoint;
  }

  /** Adds to what is known already. */
  static void complete(ObjectNode known, Family family, Checkpoint checkpoint) {
    if (family.spec(Config.none()).stacks().size() == 1) {
      new DeducedConfig(family, checkpoint).complete(known);
    }
  }

  private void complete(ObjectNode known) {
    long[] embedding = {0, 0};
    for (TensorInfo t : checkpoint.tensors()) {
      Rule rule = family.rule(t.name()).orElse(null);
      if (rule == null || rule.components().size() != 1) {
        continue;
      }
      Component component = rule.components().get(0);
      int layer = rule.role(t.name(), component).layer();
      if (layer >= known.path("num_hidden_layers").asInt(0) && layer != Role.NO_LAYER) {
        known.put("num_hidden_layers", layer + 1);
      }
      if (t.rank() != 2) {
        continue;
      }
      boolean transposed = rule.layout().transposed();
      long outputs = transposed ? t.columns() : t.rows();
      long inputs = transposed ? t.rows() : t.columns();
      switch (component) {
        case EMBEDDING -> {
          if (outputs > embedding[0]) {
            embedding = new long[] {outputs, inputs};
          }
        }
        case POSITION_EMBEDDING -> put(known, "max_position_embeddings", outputs);
        case MLP_DOWN -> {
          put(known, "hidden_size", outputs);
          put(known, "intermediate_size", inputs);
        }
        default -> {
          // Says nothing more.
        }
      }
    }
    put(known, "vocab_size", embedding[0]);
    put(known, "hidden_size", embedding[1]);
  }

  private static void put(ObjectNode known, String key, long size) {
    if (size > 0 && size <= 1 << 28 && !known.has(key)) {
      known.put(key, size);
    }
  }

  /**
   * Checks that a forward pass knows all it needs although no configuration says it.
   *
   * @throws InputException where it does not
   */
  static void require(Family family, Config config, Checkpoint checkpoint) {
    List<String> needed = family.tellable();
    boolean told = !needed.isEmpty() && needed.stream().allMatch(config::has);
    if (!told) {
      boolean heads = needed.contains("num_attention_heads") && !config.has("num_attention_heads");
      throw missing(checkpoint, heads);
    }
  }

  /**
   * Says that a pass needs a configuration that names the model.
   *
   * @param heads whether to say how many heads there are would do
   */
  static InputException missing(Checkpoint checkpoint, boolean heads) {
    return InputException.at(checkpoint.root())
        .expected("needs a configuration to be computed")
        .found("there is no config.json that names a model_type")
        .remedy(
            "put the model's config.json beside the weights"
                + (heads ? ", or say how many heads it has with --heads" : ""))
        .build();
  }
}
