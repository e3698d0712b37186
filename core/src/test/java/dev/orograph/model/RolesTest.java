package dev.orograph.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.model.Role.Stack;
import dev.orograph.model.family.Families;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every tensor of the reference checkpoints has its role. The files in {@code roles/} hold a line
 * per tensor: name, stack, layer (-1 outside the blocks) and component, made from the names by a
 * program written apart from the rules.
 */
class RolesTest {
  static Stream<Arguments> checkpoints() {
    return Stream.of(
        Arguments.of("T5", "t5-relu-tied", 55),
        Arguments.of("T5", "t5-gated-untied", 61),
        Arguments.of("T5", "mt3-t5", 189),
        Arguments.of("Llama", "llama-gqa-untied", 30),
        Arguments.of("Llama", "llama-tied", 29),
        Arguments.of("Llama", "tinystories-656k-llama", 20));
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void everyTensorHasItsRole(String familyName, String checkpoint, int tensors) throws IOException {
    Family family = family(familyName);
    List<String[]> lines = read(checkpoint);
    assertThat(lines).hasSize(tensors);
    for (String[] line : lines) {
      Optional<Role> role = role(family, line[0]);
      assertThat(role).as(line[0]).isPresent();
      assertThat(role.get().stack().id()).as(line[0]).isEqualTo(line[1]);
      assertThat(role.get().layer()).as(line[0]).isEqualTo(Integer.parseInt(line[2]));
      assertThat(role.get().component().id()).as(line[0]).isEqualTo(line[3]);
      assertThat(role.get().component()).as(line[0]).isNotEqualTo(Component.OTHER);
    }
  }

  /** A model without a configuration is recognised by its names, and by one family only. */
  @ParameterizedTest
  @MethodSource("checkpoints")
  void namesAloneTellTheFamily(String familyName, String checkpoint, int tensors)
      throws IOException {
    List<String> names = read(checkpoint).stream().map(l -> l[0]).toList();
    assertThat(Families.ALL.stream().filter(f -> f.recognises(names)).map(Family::name))
        .containsExactly(familyName);
  }

  @ParameterizedTest
  @CsvSource({
    "T5, shared.weight, SHARED, -1, EMBEDDING",
    "T5, lm_head.weight, DECODER, -1, HEAD",
    "T5, encoder.embed_tokens.weight, ENCODER, -1, EMBEDDING",
    "T5, encoder.block.11.layer.0.SelfAttention.q.weight, ENCODER, 11, SELF_ATTN_Q",
    "T5, decoder.block.23.layer.1.EncDecAttention.v.weight, DECODER, 23, CROSS_ATTN_V",
    "T5, decoder.block.3.layer.1.EncDecAttention.o.weight, DECODER, 3, CROSS_ATTN_O",
    "T5, encoder.block.2.layer.1.DenseReluDense.wi.weight, ENCODER, 2, MLP_UP",
    "T5, decoder.block.2.layer.2.DenseReluDense.wi_0.weight, DECODER, 2, MLP_GATE",
    "T5, decoder.block.2.layer.2.DenseReluDense.wi_1.weight, DECODER, 2, MLP_UP",
    "T5, decoder.block.2.layer.2.DenseReluDense.wo.weight, DECODER, 2, MLP_DOWN",
    "T5, decoder.block.2.layer.2.layer_norm.weight, DECODER, 2, NORM",
    "T5, decoder.final_layer_norm.weight, DECODER, -1, NORM",
    "T5, encoder.continuous_inputs_projection.weight, ENCODER, -1, PROJECTION",
    "Llama, model.embed_tokens.weight, DECODER, -1, EMBEDDING",
    "Llama, lm_head.weight, DECODER, -1, HEAD",
    "Llama, model.norm.weight, DECODER, -1, NORM",
    "Llama, model.layers.31.self_attn.k_proj.weight, DECODER, 31, SELF_ATTN_K",
    "Llama, model.layers.31.self_attn.o_proj.bias, DECODER, 31, SELF_ATTN_O",
    "Llama, layers.0.mlp.gate_proj.weight, DECODER, 0, MLP_GATE",
    "Llama, model.layers.7.mlp.up_proj.weight, DECODER, 7, MLP_UP",
    "Llama, model.layers.7.mlp.down_proj.weight, DECODER, 7, MLP_DOWN",
    "Llama, model.layers.7.post_attention_layernorm.weight, DECODER, 7, NORM"
  })
  void exactRoles(String familyName, String name, Stack stack, int layer, Component component) {
    assertThat(role(family(familyName), name)).contains(new Role(stack, layer, component));
  }

  @Test
  void theRelativeBiasIsAPositionBiasOfBothStacks() {
    for (Stack stack : List.of(Stack.ENCODER, Stack.DECODER)) {
      String name = stack.id() + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight";
      assertThat(role(family("T5"), name)).contains(new Role(stack, 0, Component.POSITION_BIAS));
    }
  }

  /** A dot in a rule is a dot, and a rule matches whole names. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "encoder.block.x.layer.0.SelfAttention.q.weight",
        "encoder.block.0.layer.0.SelfAttentionXq.weight",
        "encoder.block.0.layer.0.SelfAttention.q.weight.lora_A",
        "xencoder.block.0.layer.0.SelfAttention.q.weight",
        "encoder.block.0.layer.3.DenseReluDense.wi.weight",
        "encoder.block.12345678901.layer.0.SelfAttention.q.weight",
        "vision.block.0.layer.0.SelfAttention.q.weight",
        "model.layers.0.self_attn.rotary_emb.inv_freq",
        "model.layers.-1.self_attn.q_proj.weight",
        ""
      })
  void otherNamesHaveNone(String name) {
    for (Family family : Families.ALL) {
      assertThat(role(family, name)).as(family.name()).isEmpty();
    }
  }

  @Test
  void noNamesAreNobodys() {
    assertThat(Families.ALL).noneMatch(f -> f.recognises(List.of()));
    assertThat(Families.ALL).extracting(Family::name).doesNotHaveDuplicates();
    assertThat(Families.ALL.stream().flatMap(f -> f.modelTypes().stream()))
        .doesNotHaveDuplicates()
        .contains("t5", "mt5", "umt5", "llama");
  }

  private static Optional<Role> role(Family family, String name) {
    return family.rule(name).map(r -> r.role(name, r.components().get(0)));
  }

  static Family family(String name) {
    return Families.ALL.stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow();
  }

  private static List<String[]> read(String checkpoint) throws IOException {
    try (InputStream in = RolesTest.class.getResourceAsStream("/roles/" + checkpoint + ".txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(l -> l.split(" ", -1))
          .toList();
    }
  }
}
