package dev.orograph.model;

import static dev.orograph.model.PlainBlock.plus;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.model.Role.Stack;
import dev.orograph.stats.Gaussian;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A block computed from the weights as the model hands them out is what the transformers library
 * computes, and is not where a weight is cut or taken wrongly. A wrong split still gives numbers,
 * so nothing else would show it.
 */
class SplitTest {
  /** Relative to the largest value: where the reference works in float64 throughout. */
  private static final double DOUBLE = 1e-8;

  /**
   * The same where the reference takes softmax or tables of angles in float32. GPT-NeoX is among
   * these: with such a table in place of exact angles the sequential one agrees to 5e-16.
   */
  private static final double TABLES = 1e-6;

  /** A wrong split misses by this many tolerances. */
  private static final double WIDE = 100;

  private static final Component Q = Component.SELF_ATTN_Q;
  private static final Component K = Component.SELF_ATTN_K;
  private static final Component V = Component.SELF_ATTN_V;

  /** A model, how its weights are taken, and its block. */
  private record Case(String name, double tolerance, Forward forward) {
    /** The largest difference to what is expected, relative to the largest value expected. */
    double error(Taking taking) {
      Path folder = fixture(name);
      try (Model model = Model.open(folder);
          Checkpoint expected = Checkpoint.open(folder.resolve("expected.safetensors"))) {
        StackSpec stack = taking.stack.apply(model.spec().stacks().get(0));
        List<Parameter> parameters =
            taking.parameters.apply(model).stream().filter(p -> p.role().layer() == 0).toList();
        PlainBlock block = new PlainBlock(model, parameters, stack);
        double[][][] in = states(expected, "hidden_states.0");
        double[][][] out = states(expected, "block_0.out");
        boolean[][] hidden = hidden(expected, in.length, in[0].length);
        double largest = 0;
        double difference = 0;
        for (int s = 0; s < in.length; s++) {
          PlainBlock.KeyHead keys = h -> taking.keyHead.of(h, stack);
          double[][] y = forward.of(block, in[s], hidden[s], keys);
          for (int t = 0; t < y.length; t++) {
            for (int i = 0; i < y[t].length && !hidden[s][t]; i++) {
              difference = Math.max(difference, Math.abs(y[t][i] - out[s][t][i]));
              largest = Math.max(largest, Math.abs(out[s][t][i]));
            }
          }
        }
        return difference / largest;
      }
    }
  }

  private interface Forward {
    double[][] of(PlainBlock b, double[][] x, boolean[] hidden, PlainBlock.KeyHead keys);
  }

  private interface Grouping {
    int of(int head, StackSpec stack);
  }

  /** How weights are taken from a model. */
  private record Taking(
      Function<Model, List<Parameter>> parameters,
      UnaryOperator<StackSpec> stack,
      Grouping keyHead) {
    /** As the model says. */
    static final Taking RIGHT =
        new Taking(Model::parameters, s -> s, (head, stack) -> stack.keyHead(head));

    /** With these components in each other's place. */
    static Taking exchanged(Component a, Component b) {
      return each(p -> as(p, p.role().component() == a ? b : p.role().component() == b ? a : null));
    }

    /** With the first component's weights in place of the second's too. */
    static Taking takenFor(Component a, Component b) {
      return new Taking(
          m ->
              m.parameters().stream()
                  .filter(p -> p.role().component() != b)
                  .flatMap(p -> p.role().component() == a ? Stream.of(p, as(p, b)) : Stream.of(p))
                  .toList(),
          RIGHT.stack,
          RIGHT.keyHead);
    }

    /** With that component's matrix as it is stored, or the other way round. */
    static Taking turned(Component c) {
      return each(
          p ->
              p.role().component() == c && p.matrix()
                  ? new Parameter(p.tensor(), p.role(), !p.transposed())
                  : p);
    }

    /** With fused tensors cut by another layout. */
    static Taking cut(Layout layout) {
      return new Taking(
          m -> {
            List<Parameter> all = new ArrayList<>();
            for (TensorInfo t : m.checkpoint().tensors()) {
              Family family = RolesTest.family(m.spec().family());
              Family.Rule rule = family.rule(t.name()).orElseThrow();
              all.addAll(
                  rule.components().size() == 1
                      ? rule.parameters(t, m.spec())
                      : new Family.Rule(rule.pattern(), rule.stack(), rule.components(), layout)
                          .parameters(t, m.spec()));
            }
            return all;
          },
          RIGHT.stack,
          RIGHT.keyHead);
    }

    /** With another shape. */
    static Taking shaped(UnaryOperator<StackSpec> stack) {
      return new Taking(RIGHT.parameters, stack, RIGHT.keyHead);
    }

    /** With query heads that use other key heads. */
    static Taking grouped(Grouping keyHead) {
      return new Taking(RIGHT.parameters, RIGHT.stack, keyHead);
    }

    private static Taking each(UnaryOperator<Parameter> change) {
      return new Taking(
          m -> m.parameters().stream().map(change).toList(), RIGHT.stack, RIGHT.keyHead);
    }

    private static Parameter as(Parameter p, Component c) {
      return c == null
          ? p
          : new Parameter(
              p.tensor(), new Role(p.role().stack(), p.role().layer(), c), p.transposed());
    }
  }

  private static final Case GPT2 =
      new Case(
          "gpt2",
          DOUBLE,
          (b, x, hidden, keys) -> {
            double[][] n = b.layerNorm("ln_1", x, 1e-5);
            double[][] y = plus(x, attention(b, n, n, hidden, keys));
            return plus(y, b.mlp(b.layerNorm("ln_2", y, 1e-5), SplitTest::geluByTanh));
          });

  private static final Case NEOX_PARALLEL =
      new Case(
          "gpt-neox-parallel",
          TABLES,
          (b, x, hidden, keys) -> {
            double[][] attended = rotated(b, b.layerNorm("input_layernorm", x, 1e-5), hidden, keys);
            double[][] n = b.layerNorm("post_attention_layernorm", x, 1e-5);
            return plus(x, plus(attended, b.mlp(n, SplitTest::gelu)));
          });

  private static final Case NEOX_SEQUENTIAL =
      new Case(
          "gpt-neox-sequential",
          TABLES,
          (b, x, hidden, keys) -> {
            double[][] y =
                plus(x, rotated(b, b.layerNorm("input_layernorm", x, 1e-5), hidden, keys));
            double[][] n = b.layerNorm("post_attention_layernorm", y, 1e-5);
            return plus(y, b.mlp(n, SplitTest::gelu));
          });

  private static final Case DINOV2 =
      new Case(
          "dinov2-swiglu",
          DOUBLE,
          (b, x, hidden, keys) -> {
            double[][] n = b.layerNorm("norm1", x, 1e-6);
            double[][] a =
                b.attention(b.linear(Q, n), b.linear(K, n), b.linear(V, n), false, hidden, keys);
            double[][] y = plus(x, b.scaled("layer_scale1.lambda1", a));
            double[][] m = b.gated(b.layerNorm("norm2", y, 1e-6));
            return plus(y, b.scaled("layer_scale2.lambda1", m));
          });

  private static final Case LLAMA =
      new Case("llama-gqa-untied", TABLES, llama("input_layernorm", 1e-5, 1e4, false));

  private static final Case QWEN3 =
      new Case("qwen3", TABLES, llama("input_layernorm", 1e-6, 1e6, false));

  private static final Case META =
      new Case("meta-llama-bytes", TABLES, llama("attention_norm", 1e-5, 1e4, true));

  static Stream<Case> cases() {
    return Stream.of(GPT2, NEOX_PARALLEL, NEOX_SEQUENTIAL, DINOV2, LLAMA, QWEN3, META);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theBlockIsTheLibrarys(Case c) {
    assertThat(c.error(Taking.RIGHT)).as(c.name).isLessThan(c.tolerance);
  }

  static Stream<Arguments> wrongSplits() {
    Taking qk = Taking.exchanged(Q, K);
    Taking gates = Taking.exchanged(Component.MLP_GATE, Component.MLP_UP);
    Taking remainder = Taking.grouped((h, s) -> h % s.keyHeads());
    Taking whole = Taking.shaped(s -> s.withRotary(s.dHead()));
    return Stream.of(
        Arguments.of("by head instead of thirds", GPT2, byHeadAcross()),
        Arguments.of("q for k", GPT2, qk),
        Arguments.of("v for k", GPT2, Taking.takenFor(V, K)),
        Arguments.of("k for v", GPT2, Taking.takenFor(K, V)),
        Arguments.of("o not transposed", GPT2, Taking.turned(Component.SELF_ATTN_O)),
        Arguments.of("q not transposed", GPT2, Taking.turned(Q)),
        Arguments.of("thirds instead of by head", NEOX_PARALLEL, Taking.cut(Layout.STACKED)),
        Arguments.of("q for k", NEOX_PARALLEL, qk),
        Arguments.of("v for k", NEOX_PARALLEL, Taking.takenFor(V, K)),
        Arguments.of("all of a head rotated", NEOX_PARALLEL, whole),
        Arguments.of("thirds instead of by head", NEOX_SEQUENTIAL, Taking.cut(Layout.STACKED)),
        Arguments.of("q for k", NEOX_SEQUENTIAL, qk),
        Arguments.of("k for v", NEOX_SEQUENTIAL, Taking.takenFor(K, V)),
        Arguments.of("o transposed", NEOX_SEQUENTIAL, Taking.turned(Component.SELF_ATTN_O)),
        Arguments.of("all of a head rotated", NEOX_SEQUENTIAL, whole),
        Arguments.of("gate for up", DINOV2, gates),
        Arguments.of("gate and up by head", DINOV2, Taking.cut(Layout.BY_HEAD)),
        Arguments.of("q for k", DINOV2, qk),
        Arguments.of("k for v", DINOV2, Taking.takenFor(K, V)),
        Arguments.of("key head by remainder", LLAMA, remainder),
        Arguments.of("gate for up", LLAMA, gates),
        Arguments.of("k for v", LLAMA, Taking.takenFor(K, V)),
        Arguments.of("q transposed", LLAMA, Taking.turned(Q)),
        Arguments.of("half of a head rotated", LLAMA, Taking.shaped(s -> s.withRotary(4))),
        Arguments.of("key head by remainder", QWEN3, remainder),
        Arguments.of("k for v", QWEN3, Taking.takenFor(K, V)),
        Arguments.of("key head by remainder", META, remainder),
        Arguments.of("gate for up", META, gates));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("wrongSplits")
  void aWrongSplitShows(String what, Case c, Taking wrong) {
    assertThat(c.error(wrong)).as(c.name + ": " + what).isGreaterThan(WIDE * c.tolerance);
  }

  /** The spec of every fixture is what its configuration says. */
  @Test
  void theStacksAreRead() {
    assertThat(stacks())
        .containsExactly(
            new StackSpec(Stack.DECODER, 3, 32, 4, 4, 8, 128, 0),
            new StackSpec(Stack.DECODER, 3, 32, 4, 4, 8, 64, 4),
            new StackSpec(Stack.DECODER, 3, 32, 4, 4, 8, 64, 2),
            new StackSpec(Stack.VISION, 3, 32, 4, 4, 8, 48, 0),
            new StackSpec(Stack.DECODER, 3, 32, 4, 2, 8, 64, 8),
            new StackSpec(Stack.DECODER, 3, 32, 4, 2, 16, 64, 16),
            new StackSpec(Stack.DECODER, 3, 32, 4, 2, 8, 64, 8));
  }

  private static List<StackSpec> stacks() {
    return cases()
        .flatMap(
            c -> {
              try (Model model = Model.open(fixture(c.name))) {
                return model.spec().stacks().stream();
              }
            })
        .toList();
  }

  private static double[][] attention(
      PlainBlock b, double[][] q, double[][] kv, boolean[] hidden, PlainBlock.KeyHead keys) {
    return b.attention(b.linear(Q, q), b.linear(K, kv), b.linear(V, kv), true, hidden, keys);
  }

  private static double[][] rotated(
      PlainBlock b, double[][] x, boolean[] hidden, PlainBlock.KeyHead keys) {
    double[][] q = b.linear(Q, x);
    double[][] k = b.linear(K, x);
    b.rotate(q, 1e4, false);
    b.rotate(k, 1e4, false);
    return b.attention(q, k, b.linear(V, x), true, hidden, keys);
  }

  /** Llama's block; Qwen3 normalises heads where the model has such norms. */
  private static Forward llama(String first, double epsilon, double base, boolean neighbours) {
    String second = neighbours ? "ffn_norm" : "post_attention_layernorm";
    return (b, x, hidden, keys) -> {
      double[][] n = b.rmsNorm(first, x, x[0].length, epsilon);
      double[][] q = b.headNorm("self_attn.q_norm", b.linear(Q, n), epsilon);
      double[][] k = b.headNorm("self_attn.k_norm", b.linear(K, n), epsilon);
      b.rotate(q, base, neighbours);
      b.rotate(k, base, neighbours);
      double[][] y = plus(x, b.attention(q, k, b.linear(V, n), true, hidden, keys));
      return plus(y, b.gated(b.rmsNorm(second, y, x[0].length, epsilon)));
    };
  }

  /** GPT-2's thirds read as if a head of each came in turn. */
  private static Taking byHeadAcross() {
    return new Taking(
        m -> {
          int d = m.spec().stacks().get(0).dHead();
          List<Parameter> all = new ArrayList<>();
          for (Parameter p : m.parameters()) {
            TensorInfo t = p.tensor();
            int part = List.of(Q, K, V).indexOf(p.role().component());
            if (part < 0) {
              all.add(p);
              continue;
            }
            TensorInfo whole = m.checkpoint().tensor(t.storedName()).orElseThrow();
            all.add(
                new Parameter(
                    whole.part(p.role().component().id(), t.shape(), (long) part * d, d, 3L * d),
                    p.role(),
                    p.transposed()));
          }
          return all;
        },
        Taking.RIGHT.stack,
        Taking.RIGHT.keyHead);
  }

  private static double gelu(double x) {
    return x * (1 + Math.signum(x) * Gaussian.below(Math.abs(x))) / 2;
  }

  private static double geluByTanh(double x) {
    return x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  private static Path fixture(String name) {
    URL url = SplitTest.class.getResource("/families/" + name + "/model.safetensors");
    try {
      return Path.of(url.toURI()).getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double[][][] states(Checkpoint c, String name) {
    TensorInfo info = c.tensor(name).orElseThrow();
    double[] all = read(c, info);
    int tokens = info.shape().get(1).intValue();
    int width = info.shape().get(2).intValue();
    double[][][] states = new double[info.shape().get(0).intValue()][tokens][];
    for (int s = 0; s < states.length; s++) {
      for (int t = 0; t < tokens; t++) {
        int at = (s * tokens + t) * width;
        states[s][t] = Arrays.copyOfRange(all, at, at + width);
      }
    }
    return states;
  }

  /** Tokens that do not count; none without a mask. */
  private static boolean[][] hidden(Checkpoint c, int sequences, int tokens) {
    boolean[][] hidden = new boolean[sequences][tokens];
    c.tensor("attention_mask")
        .map(info -> read(c, info))
        .ifPresent(
            mask -> {
              for (int i = 0; i < mask.length; i++) {
                hidden[i / tokens][i % tokens] = mask[i] == 0;
              }
            });
    return hidden;
  }

  private static double[] read(Checkpoint c, TensorInfo info) {
    try (TensorData data = c.map(info)) {
      double[] all = new double[Math.toIntExact(info.count())];
      data.read(0, all, 0, all.length);
      return all;
    }
  }
}
