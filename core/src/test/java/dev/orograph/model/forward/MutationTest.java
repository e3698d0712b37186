package dev.orograph.model.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.model.design.Activation;
import dev.orograph.model.design.BlockDesign.Order;
import dev.orograph.model.design.RotaryDesign;
import dev.orograph.model.design.StackDesign.Kind;
import dev.orograph.model.design.StackDesign.Pool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Parity bites: every deliberate error misses the reference by a hundred tolerances in some state.
 */
@Tag("numeric")
class MutationTest {
  private static final double WIDE = 100;

  private static final Map<String, List<Mutation>> MUTATIONS = new LinkedHashMap<>();

  static {
    List<Mutation> llama =
        List.of(
            Mutation.causal(false),
            Mutation.scale(2),
            Mutation.window(8),
            Mutation.rotary("rotary in neighbours", r -> r.withNeighbours(!r.neighbours())),
            Mutation.rotary("base 100", r -> r.withBase(100)),
            Mutation.rotated(4),
            Mutation.epsilon(1e-3),
            Mutation.activation(Activation.GELU),
            Mutation.order(Order.PARALLEL),
            Mutation.normsExchanged(),
            Mutation.noFinalNorm(),
            Mutation.head("scaled logits", h -> h.withScale(1 / Math.sqrt(32))));
    List<Mutation> transformersLlama =
        List.of(
            Mutation.exchanged("gate_proj.weight", "up_proj.weight"),
            Mutation.exchanged("k_proj.weight", "v_proj.weight"),
            Mutation.one("input_layernorm.weight"));
    List<Mutation> grouped =
        List.of(
            Mutation.halvesExchanged("k_proj.weight"), Mutation.halvesExchanged("v_proj.weight"));
    MUTATIONS.put("llama-tied", joined(llama, transformersLlama));
    MUTATIONS.put(
        "llama-gqa-untied",
        joined(llama, transformersLlama, grouped, List.of(Mutation.maskOffByOne())));
    MUTATIONS.put(
        "llama3-rope",
        joined(
            llama,
            transformersLlama,
            grouped,
            List.of(Mutation.rotary("not scaled", RotaryDesign::unscaled))));
    MUTATIONS.put(
        "mistral-window",
        joined(
            llama,
            transformersLlama,
            grouped,
            List.of(Mutation.window(3), Mutation.window(5), Mutation.window(0))));
    MUTATIONS.put(
        "qwen2",
        joined(
            llama,
            transformersLlama,
            grouped,
            List.of(
                Mutation.zero("q_proj.bias"),
                Mutation.zero("v_proj.bias"),
                Mutation.halvesExchanged("v_proj.bias"))));
    MUTATIONS.put(
        "qwen3",
        joined(
            llama,
            transformersLlama,
            grouped,
            List.of(
                Mutation.one("q_norm.weight"),
                Mutation.one("k_norm.weight"),
                Mutation.exchanged("q_norm.weight", "k_norm.weight"))));
    MUTATIONS.put(
        "meta-llama-bytes",
        joined(
            llama,
            List.of(
                Mutation.exchanged("w1.weight", "w3.weight"),
                Mutation.halvesExchanged("wk.weight"),
                Mutation.exchanged("wk.weight", "wv.weight"))));
    List<Mutation> gpt =
        List.of(
            Mutation.causal(false),
            Mutation.scale(2),
            Mutation.window(8),
            Mutation.epsilon(1e-3),
            Mutation.activation(Activation.QUICK_GELU),
            Mutation.activation(Activation.RELU),
            Mutation.noFinalNorm(),
            Mutation.head("scaled logits", h -> h.withScale(1 / Math.sqrt(32))));
    MUTATIONS.put(
        "gpt2",
        joined(
            gpt,
            List.of(
                Mutation.activation(Activation.GELU),
                Mutation.order(Order.PARALLEL),
                Mutation.normsExchanged(),
                Mutation.positionsOneOn(),
                Mutation.zero("c_attn.bias"),
                Mutation.zero("mlp.c_fc.bias"),
                Mutation.zero("ln_1.bias"),
                Mutation.transposed("attn.c_proj.weight"))));
    List<Mutation> turned =
        List.of(
            Mutation.rotary("the other pairs", r -> r.withNeighbours(!r.neighbours())),
            Mutation.rotary("base 100", r -> r.withBase(100)),
            Mutation.rotated(8),
            Mutation.activation(Activation.SILU));
    // The sequential one rotates a single pair, which has no base and no halves.
    List<Mutation> pair = turned.subList(2, 4);
    List<Mutation> neox =
        List.of(
            Mutation.activation(Activation.GELU_TANH),
            Mutation.normsExchanged(),
            Mutation.zero("query_key_value.bias"),
            Mutation.zero("dense_4h_to_h.bias"),
            Mutation.transposed("attention.dense.weight"));
    MUTATIONS.put(
        "gpt-neox-parallel", joined(gpt, turned, neox, List.of(Mutation.order(Order.PRE))));
    MUTATIONS.put(
        "gpt-neox-sequential", joined(gpt, pair, neox, List.of(Mutation.order(Order.PARALLEL))));
    MUTATIONS.put(
        "gptj",
        joined(
            gpt,
            turned,
            List.of(
                Mutation.activation(Activation.GELU),
                Mutation.order(Order.PRE),
                Mutation.zero("lm_head.bias"),
                Mutation.zero("fc_in.bias"),
                Mutation.exchanged("q_proj.weight", "k_proj.weight"),
                Mutation.transposed("out_proj.weight"))));
    List<Mutation> encoder =
        List.of(
            Mutation.scale(2),
            Mutation.causal(true),
            Mutation.epsilon(1e-3),
            Mutation.activation(Activation.RELU));
    MUTATIONS.put(
        "bert",
        joined(
            encoder,
            List.of(
                Mutation.epsilon(1e-5),
                Mutation.activation(Activation.GELU_TANH),
                Mutation.order(Order.PRE),
                Mutation.normsExchanged(),
                Mutation.maskOffByOne(),
                Mutation.positionsOneOn(),
                Mutation.inputs("no token types", in -> FamilyFixture.withoutTypes(in)),
                Mutation.zero("query.bias"),
                Mutation.zero("token_type_embeddings.weight"),
                Mutation.exchanged("query.weight", "key.weight"),
                Mutation.stack(
                    "pooled without its matrix", s -> s.withPool(Pool.of(Kind.FIRST, ""))))));
    MUTATIONS.put(
        "clip-text",
        joined(
            List.of(
                Mutation.causal(false),
                Mutation.scale(2),
                Mutation.epsilon(1e-3),
                Mutation.activation(Activation.GELU),
                Mutation.activation(Activation.GELU_TANH),
                Mutation.order(Order.PARALLEL),
                Mutation.normsExchanged(),
                Mutation.noFinalNorm(),
                Mutation.positionsOneOn(),
                Mutation.zero("q_proj.bias"),
                Mutation.zero("fc2.bias"),
                Mutation.exchanged("q_proj.weight", "k_proj.weight"),
                Mutation.stack("pooled at the first", s -> s.withPool(Pool.of(Kind.FIRST, ""))))));
    List<Mutation> vision =
        List.of(
            Mutation.inputs("colours exchanged", FamilyFixture::otherColours),
            Mutation.inputs("rows for columns", FamilyFixture::turnedOver),
            Mutation.order(Order.PARALLEL),
            Mutation.normsExchanged());
    MUTATIONS.put(
        "clip-vision",
        joined(
            encoder,
            vision,
            List.of(
                Mutation.activation(Activation.GELU),
                Mutation.stack("no norm in front", s -> s.withEntry(s.entry().withNorm(""))),
                Mutation.zero("class_embedding"),
                Mutation.zero("k_proj.weight"),
                Mutation.zero("out_proj.bias"))));
    List<Mutation> vit =
        List.of(
            Mutation.activation(Activation.GELU_TANH),
            Mutation.zero("cls_token"),
            Mutation.zero("patch_embeddings.projection.bias"),
            Mutation.zero("query.bias"),
            Mutation.noFinalNorm());
    MUTATIONS.put("vit", joined(encoder, vision, vit, List.of(Mutation.zero("pooler.dense.bias"))));
    List<Mutation> scales =
        List.of(
            Mutation.one("layer_scale1.lambda1"),
            Mutation.exchanged("layer_scale1.lambda1", "layer_scale2.lambda1"),
            Mutation.block("no layer scales", b -> b.withScales("", b.mlpScale())));
    MUTATIONS.put("dinov2", joined(encoder, vision, vit, scales.subList(0, 2)));
    MUTATIONS.put(
        "dinov2-swiglu",
        joined(
            encoder,
            vision,
            vit.subList(1, 5),
            scales.subList(0, 2),
            List.of(
                Mutation.halvesExchanged("weights_in.weight"),
                Mutation.activation(Activation.GELU))));
    List<Mutation> t5 =
        List.of(
            Mutation.attention("divided by sqrt(dHead)", a -> a.withScale(1 / Math.sqrt(8))),
            Mutation.causal(true),
            Mutation.causal(false),
            Mutation.epsilon(1e-3),
            Mutation.activation(Activation.SILU),
            Mutation.order(Order.PARALLEL),
            Mutation.attention(
                "longest distance 128",
                a -> a.withRelative(a.relative().orElseThrow().withMost(128))),
            Mutation.noFinalNorm(),
            Mutation.maskOffByOne(),
            Mutation.zero("relative_attention_bias.weight"),
            Mutation.exchanged("EncDecAttention.k.weight", "EncDecAttention.v.weight"),
            Mutation.exchanged("SelfAttention.q.weight", "SelfAttention.k.weight"),
            Mutation.one("layer.1.layer_norm.weight"));
    MUTATIONS.put(
        "t5-relu-tied",
        joined(
            t5,
            List.of(
                Mutation.head("unscaled logits", h -> h.withScale(1)),
                Mutation.activation(Activation.GELU))));
    MUTATIONS.put(
        "t5-gated-untied",
        joined(
            t5,
            List.of(
                Mutation.head("scaled logits", h -> h.withScale(1 / Math.sqrt(32))),
                Mutation.activation(Activation.GELU),
                Mutation.exchanged("wi_0.weight", "wi_1.weight"))));
  }

  @SafeVarargs
  private static List<Mutation> joined(List<Mutation>... parts) {
    List<Mutation> all = new ArrayList<>();
    for (List<Mutation> part : parts) {
      all.addAll(part);
    }
    return all;
  }

  static Stream<Arguments> mutations() {
    return MUTATIONS.entrySet().stream()
        .flatMap(e -> e.getValue().stream().map(m -> Arguments.of(e.getKey(), m)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("mutations")
  void anErrorShows(String name, Mutation m, @TempDir Path folder) {
    FamilyFixture f = FamilyFixture.of(name);
    Path weights = Altered.weights(f.folder(), folder, m.weights());
    double worst =
        f.errors(weights, Precision.FLOAT64, m.design(), m.inputs()).values().stream()
            .mapToDouble(Double::doubleValue)
            .max()
            .orElseThrow();
    assertThat(worst).as(name + ": " + m).isGreaterThan(WIDE * f.exact());
  }

  /** The copy that mutations start from is as good as the original. */
  @ParameterizedTest
  @MethodSource("names")
  void withoutAnErrorNothingShows(String name, @TempDir Path folder) {
    FamilyFixture f = FamilyFixture.of(name);
    Path copy = Altered.weights(f.folder(), folder, all -> {});
    assertThat(f.errors(copy, Precision.FLOAT64, d -> d, in -> in))
        .isEqualTo(f.errors(Precision.FLOAT64));
  }

  static Stream<String> names() {
    return MUTATIONS.keySet().stream();
  }

  @Test
  void everyFamilyHasADozen() {
    assertThat(MUTATIONS.keySet())
        .containsExactlyInAnyOrderElementsOf(FamilyFixture.all().map(FamilyFixture::name).toList());
    assertThat(MUTATIONS.values()).allMatch(m -> m.size() >= 12);
  }
}
