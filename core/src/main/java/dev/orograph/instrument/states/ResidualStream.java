package dev.orograph.instrument.states;

import dev.orograph.model.Role.Stack;
import dev.orograph.model.StackSpec;
import dev.orograph.model.design.BlockDesign;
import dev.orograph.model.design.Design;
import dev.orograph.model.design.StackDesign;
import java.util.ArrayList;
import java.util.List;

/**
 * The residual stream of one stack by the names of its states.
 *
 * @param shape sizes of the stack
 * @param blocks what enters block 0, then what leaves each block: layers + 1 names
 * @param finalNorm the state behind the final norm, or "" where there is none
 * @param normed whether the transformers library's tuple {@code hidden_states} ends behind that
 *     norm, so that the last block's own output is not in it
 * @param after whether norms stand behind the sums (BERT), so that what leaves a block has the
 *     length that a norm gives it
 */
record ResidualStream(
    StackSpec shape, List<String> blocks, String finalNorm, boolean normed, boolean after) {
  /** The streams of a model, in order. */
  static List<ResidualStream> of(Design design) {
    return design.stacks().stream().map(s -> of(s, design.encoderDecoder())).toList();
  }

  private static ResidualStream of(StackDesign s, boolean both) {
    String prefix = both ? s.shape().stack().id() + "." : "";
    List<String> names = new ArrayList<>(List.of(prefix + "embed"));
    for (int i = 0; i < s.shape().layers(); i++) {
      names.add(prefix + "block_" + i + ".out");
    }
    boolean norm = !s.finalNorm().isEmpty();
    // The towers of CLIP, ViT and DINOv2 give the last block's output before their final norm.
    boolean tower = s.shape().stack() == Stack.TEXT || s.shape().stack() == Stack.VISION;
    return new ResidualStream(
        s.shape(),
        names,
        norm ? prefix + "final_norm.out" : "",
        norm && !tower,
        s.block().order() == BlockDesign.Order.POST);
  }

  /** What the neurons of each block's MLP give, a state per block. */
  List<String> neurons() {
    return blocks.stream().skip(1).map(n -> n.replaceFirst("out$", "mlp.act")).toList();
  }

  /** All states of the stream: those of {@link #blocks} and the one behind the final norm. */
  List<String> all() {
    List<String> names = new ArrayList<>(blocks);
    if (!finalNorm.isEmpty()) {
      names.add(finalNorm);
    }
    return names;
  }

  /** What the transformers library calls {@code hidden_states}: layers + 1 names. */
  List<String> tuple() {
    List<String> names = new ArrayList<>(blocks);
    if (normed) {
      names.set(names.size() - 1, finalNorm);
    }
    return names;
  }
}
