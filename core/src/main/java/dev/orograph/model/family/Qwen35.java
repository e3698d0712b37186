package dev.orograph.model.family;

import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.Layout;
import dev.orograph.model.ModelSpec;
import dev.orograph.model.Parameter;
import dev.orograph.model.Role;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.Rules;
import dev.orograph.model.StackSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Qwen3.5: three in four blocks have gated linear attention (the delta rule), the fourth has
 * attention whose heads are gated; a tower for images beside it, and one more block that predicts
 * two tokens ahead. It has no forward pass here.
 *
 * <p>Scales of norms are stored less one, but for that of linear attention and those of the tower.
 * Whether queries come with gates, and how wide the parts of {@code in_proj_qkv} are, the shapes
 * tell: {@code o_proj} has an input per query, {@code in_proj_z} an output per value.
 *
 * <p>Sources: Yang, Kautz, Hatamizadeh 2024 (gated delta networks); names as in the transformers
 * library.
 */
public final class Qwen35 implements Family {
  private static final String TEXT = "model.(?:language_model.)?";
  private static final String QKV = "linear_attn.in_proj_qkv.weight";
  private static final String TOWER = "model.visual.";

  private final List<Rule> rules;
  private final long values;

  /** The page before any tensor is seen: with gates, as all published models have them. */
  public Qwen35() {
    this(true, 0);
  }

  private Qwen35(boolean gated, long values) {
    this.rules = names(gated).list();
    this.values = values;
  }

  @Override
  public String name() {
    return "Qwen3.5";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("qwen3_5", "qwen3_5_text", "qwen3_5_moe", "qwen3_5_moe_text");
  }

  @Override
  public ModelSpec spec(Config c) {
    boolean both = c.has("text_config");
    Config text = both ? c.object("text_config") : c;
    ModelSpec llama = Llama.spec(name(), text, 256);
    List<StackSpec> stacks = new ArrayList<>();
    for (StackSpec s : llama.stacks()) {
      stacks.add(s.withRotaryShare(text, 0.25, "partial_rotary_factor"));
    }
    if (both && c.has("vision_config")) {
      Config v = c.object("vision_config");
      stacks.add(
          StackSpec.of(
              Stack.VISION,
              v.count(0, "depth"),
              v.count(0, "hidden_size"),
              v.count(0, "num_heads"),
              v.count(0, "intermediate_size")));
    }
    return new ModelSpec(
        name(),
        stacks,
        llama.vocabulary(),
        c.flag(llama.tied(), "tie_word_embeddings"),
        llama.activation(),
        c.text(llama.dtype(), "torch_dtype", "dtype"));
  }

  @Override
  public List<Rule> rules() {
    return rules;
  }

  @Override
  public boolean recognises(List<String> tensorNames) {
    return Family.super.recognises(tensorNames)
        && Family.anyContains(tensorNames, ".linear_attn.in_proj_qkv.");
  }

  @Override
  public int scaleOffset(String tensorName) {
    return tensorName.startsWith(TOWER) || tensorName.contains(".linear_attn.") ? 0 : 1;
  }

  @Override
  public Family fitted(List<TensorInfo> tensors) {
    Map<String, TensorInfo> byName = new HashMap<>();
    tensors.forEach(t -> byName.put(t.name(), t));
    boolean plain = false;
    long width = 0;
    for (TensorInfo t : tensors) {
      TensorInfo o = byName.get(t.name().replace("self_attn.q_proj.", "self_attn.o_proj."));
      plain |=
          t.name().endsWith(".self_attn.q_proj.weight")
              && o != null
              && t.rank() == 2
              && o.rank() == 2
              && t.rows() == o.columns();
      TensorInfo z = byName.get(t.name().replace("in_proj_qkv.", "in_proj_z."));
      if (width == 0 && t.name().endsWith(QKV) && z != null && z.rank() == 2) {
        width = z.rows();
      }
    }
    return new Qwen35(!plain, width);
  }

  @Override
  public List<Parameter> parameters(TensorInfo t, ModelSpec spec) {
    List<Parameter> whole = Family.super.parameters(t, spec);
    boolean fused =
        whole.size() == 1 && whole.get(0).role().component() == Component.LINEAR_ATTN_QKV;
    long keys = fused && t.rank() == 2 ? t.rows() - values : 0;
    if (values < 1 || keys < 2 || keys % 2 != 0 || !t.dtype().floating()) {
      return whole;
    }
    Role role = whole.get(0).role();
    return List.of(
        part(t, role, Component.LINEAR_ATTN_Q, 0, keys / 2),
        part(t, role, Component.LINEAR_ATTN_K, keys / 2, keys / 2),
        part(t, role, Component.LINEAR_ATTN_V, keys, values));
  }

  private static Parameter part(TensorInfo t, Role of, Component component, long row, long rows) {
    long count = rows * t.columns();
    return new Parameter(
        t.part(component.id(), List.of(rows, t.columns()), row * t.columns(), count, count),
        new Role(of.stack(), of.layer(), component),
        false);
  }

  private static Rules names(boolean gated) {
    Rules r =
        Rules.of(Stack.DECODER)
            .under(TEXT)
            .name("embed_tokens.weight", Component.EMBEDDING)
            .name("norm.weight", Component.NORM);
    block(r.under(TEXT + "layers.#."), gated);
    r.in(Stack.SHARED, "mtp.")
        .name("fc.weight", Component.PROJECTION)
        .name("(?:norm|pre_fc_norm_hidden|pre_fc_norm_embedding).weight", Component.NORM)
        .name("embed_tokens.weight", Component.EMBEDDING);
    block(r.under("mtp.layers.\\d+."), gated);
    r.in(Stack.VISION, TOWER)
        .name("patch_embed.proj.*", Component.PROJECTION)
        .name("pos_embed.weight", Component.POSITION_EMBEDDING)
        .name("(?:merger|deepstack_merger_list.\\d+).norm.*", Component.NORM)
        .name("(?:merger|deepstack_merger_list.\\d+).linear_fc[12].*", Component.PROJECTION)
        .under(TOWER + "blocks.#.")
        .name("norm[12].*", Component.NORM)
        .name(
            "attn.qkv.*",
            Layout.STACKED,
            Component.SELF_ATTN_Q,
            Component.SELF_ATTN_K,
            Component.SELF_ATTN_V)
        .name("attn.proj.*", Component.SELF_ATTN_O)
        .name("mlp.linear_fc1.*", Component.MLP_UP)
        .name("mlp.linear_fc2.*", Component.MLP_DOWN);
    return r.in(Stack.DECODER, "").name("lm_head.*", Component.HEAD).taskHeads();
  }

  /** What is in a block of the text model. */
  private static void block(Rules r, boolean gated) {
    r.name("(?:input|post_attention)_layernorm.weight", Component.NORM)
        .name(
            "self_attn.q_proj.*",
            gated ? Layout.BY_HEAD : Layout.LINEAR,
            gated
                ? new Component[] {Component.SELF_ATTN_Q, Component.SELF_ATTN_GATE}
                : new Component[] {Component.SELF_ATTN_Q})
        .name("self_attn.k_proj.*", Component.SELF_ATTN_K)
        .name("self_attn.v_proj.*", Component.SELF_ATTN_V)
        .name("self_attn.o_proj.*", Component.SELF_ATTN_O)
        .name("self_attn.[qk]_norm.weight", Component.NORM)
        .name(QKV, Component.LINEAR_ATTN_QKV)
        .name("linear_attn.in_proj_z.weight", Component.LINEAR_ATTN_GATE)
        .name("linear_attn.(?:in_proj_a.weight|A_log|dt_bias)", Component.LINEAR_ATTN_DECAY)
        .name("linear_attn.in_proj_b.weight", Component.LINEAR_ATTN_BETA)
        .name("linear_attn.conv1d.*", Component.LINEAR_ATTN_CONV)
        .name("linear_attn.norm.weight", Component.NORM)
        .name("linear_attn.out_proj.weight", Component.LINEAR_ATTN_O)
        .name("mlp.gate_proj.*", Component.MLP_GATE)
        .name("mlp.up_proj.*", Component.MLP_UP)
        .name("mlp.down_proj.*", Component.MLP_DOWN)
        .name("mlp.(?:gate|shared_expert_gate).weight", Component.ROUTER)
        .name("mlp.experts.\\d+.gate_proj.weight", Component.EXPERT_GATE)
        .name("mlp.experts.\\d+.up_proj.weight", Component.EXPERT_UP)
        .name("mlp.experts.\\d+.down_proj.weight", Component.EXPERT_DOWN)
        .name("mlp.experts.gate_up_proj", Component.EXPERT_GATE_UP)
        .name("mlp.experts.down_proj", Component.EXPERT_DOWN)
        .name("mlp.shared_expert.gate_proj.weight", Component.MLP_GATE)
        .name("mlp.shared_expert.up_proj.weight", Component.MLP_UP)
        .name("mlp.shared_expert.down_proj.weight", Component.MLP_DOWN);
  }
}
