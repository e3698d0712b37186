package dev.orograph.model.forward;

import dev.orograph.model.design.Activation;
import dev.orograph.model.design.AttentionDesign;
import dev.orograph.model.design.BlockDesign;
import dev.orograph.model.design.BlockDesign.Order;
import dev.orograph.model.design.Design;
import dev.orograph.model.design.HeadDesign;
import dev.orograph.model.design.RotaryDesign;
import dev.orograph.model.design.StackDesign;
import dev.orograph.model.forward.Altered.Weight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A deliberate error: of the design, of the weights, or of what the model is given.
 *
 * @param what the error in words
 * @param design what it does to the design
 * @param weights what it does to the weights
 * @param inputs what it does to the input
 */
record Mutation(
    String what,
    UnaryOperator<Design> design,
    Consumer<Map<String, Weight>> weights,
    UnaryOperator<Inputs> inputs) {

  static Mutation design(String what, UnaryOperator<Design> change) {
    return new Mutation(what, change, all -> {}, in -> in);
  }

  static Mutation stack(String what, UnaryOperator<StackDesign> change) {
    return design(what, d -> d.withStacks(change));
  }

  static Mutation block(String what, UnaryOperator<BlockDesign> change) {
    return stack(what, s -> s.withBlock(change.apply(s.block())));
  }

  static Mutation attention(String what, UnaryOperator<AttentionDesign> change) {
    return block(what, b -> b.withAttention(change.apply(b.attention())));
  }

  static Mutation rotary(String what, UnaryOperator<RotaryDesign> change) {
    return attention(what, a -> a.withRotary(change.apply(a.rotary().orElseThrow())));
  }

  static Mutation weights(String what, Consumer<Map<String, Weight>> change) {
    return new Mutation(what, d -> d, change, in -> in);
  }

  static Mutation inputs(String what, UnaryOperator<Inputs> change) {
    return new Mutation(what, d -> d, all -> {}, change);
  }

  static Mutation order(Order order) {
    return block("order " + order, b -> b.withOrder(order));
  }

  static Mutation activation(Activation other) {
    return block("activation " + other, b -> b.withMlp(b.mlp().withActivation(other)));
  }

  static Mutation epsilon(double other) {
    return stack("epsilon " + other, s -> s.withNorm(s.norm().withEpsilon(other)));
  }

  static Mutation causal(boolean other) {
    return attention("causal " + other, a -> a.withCausal(other));
  }

  static Mutation scale(double factor) {
    return attention("attention scale times " + factor, a -> a.withScale(a.scale() * factor));
  }

  static Mutation window(int other) {
    return attention("window " + other, a -> a.withWindow(other));
  }

  static Mutation rotated(int width) {
    return stack("rotated " + width, s -> s.withShape(s.shape().withRotary(width)));
  }

  static Mutation head(String what, UnaryOperator<HeadDesign> change) {
    return design(what, d -> d.withHead(change.apply(d.head().orElseThrow())));
  }

  static Mutation noFinalNorm() {
    return stack("no final norm", s -> s.withFinalNorm(""));
  }

  /** The norms of the halves in each other's place. */
  static Mutation normsExchanged() {
    return block(
        "norms exchanged", b -> b.withNorms(b.mlpNorm(), b.crossNorm(), b.attentionNorm()));
  }

  /** Weights of these endings are 0: a bias that is forgotten. */
  static Mutation zero(String ending) {
    return weights(
        "without " + ending, all -> require(all, ending).forEach(w -> Arrays.fill(w.values, 0)));
  }

  /** A norm without what it has learned. */
  static Mutation one(String ending) {
    return weights(
        "without " + ending, all -> require(all, ending).forEach(w -> Arrays.fill(w.values, 1)));
  }

  /** Weights of these endings in each other's place. */
  static Mutation exchanged(String one, String other) {
    return weights(
        one + " for " + other,
        all -> {
          require(all, one);
          for (String name : new ArrayList<>(all.keySet())) {
            if (name.endsWith(one)) {
              String twin = name.substring(0, name.length() - one.length()) + other;
              Weight kept = all.get(name);
              if (all.get(twin) == null) {
                throw new AssertionError("no " + twin);
              }
              all.put(name, all.get(twin));
              all.put(twin, kept);
            }
          }
        });
  }

  /** The first half of the rows behind the second: of grouped keys, the heads in another order. */
  static Mutation halvesExchanged(String ending) {
    return weights(
        "halves of " + ending + " exchanged",
        all ->
            require(all, ending)
                .forEach(
                    w -> {
                      int half = w.values.length / 2;
                      float[] turned = new float[w.values.length];
                      System.arraycopy(w.values, 0, turned, half, half);
                      System.arraycopy(w.values, half, turned, 0, half);
                      w.values = turned;
                    }));
  }

  /** A square matrix taken the other way round. */
  static Mutation transposed(String ending) {
    return weights(
        ending + " transposed",
        all ->
            require(all, ending)
                .forEach(
                    w -> {
                      int n = w.shape.get(0).intValue();
                      float[] turned = new float[w.values.length];
                      for (int i = 0; i < n; i++) {
                        for (int j = 0; j < n; j++) {
                          turned[i * n + j] = w.values[j * n + i];
                        }
                      }
                      w.values = turned;
                    }));
  }

  private static List<Weight> require(Map<String, Weight> all, String ending) {
    List<Weight> found =
        all.entrySet().stream()
            .filter(e -> e.getKey().endsWith(ending))
            .map(Map.Entry::getValue)
            .toList();
    if (found.isEmpty()) {
      throw new AssertionError("no weight ends in " + ending);
    }
    return found;
  }

  /** Counting starts one too late. */
  static Mutation positionsOneOn() {
    return inputs(
        "positions one on",
        in ->
            in.positions(
                in.ids.stream()
                    .map(
                        row -> {
                          int[] at = new int[row.length];
                          Arrays.setAll(at, i -> i + 1);
                          return at;
                        })
                    .toList()));
  }

  /** One padding position too many is seen. */
  static Mutation maskOffByOne() {
    return inputs(
        "mask off by one", in -> in.mask(in.mask.stream().map(Mutation::oneMore).toList()));
  }

  private static int[] oneMore(int[] mask) {
    int[] more = mask.clone();
    for (int i = 0; i < mask.length; i++) {
      boolean beside = (i > 0 && mask[i - 1] == 1) || (i + 1 < mask.length && mask[i + 1] == 1);
      more[i] = mask[i] == 1 || beside ? 1 : 0;
    }
    return more;
  }

  @Override
  public String toString() {
    return what;
  }
}
