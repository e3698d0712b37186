package dev.orograph.model.forward;

import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.model.Role;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.StackSpec;
import dev.orograph.model.design.AskedWeights;
import dev.orograph.model.design.HeadDesign;
import dev.orograph.model.design.StackDesign;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Lends the weights of a model as tensors, found by role ({@link AskedWeights}), each read once. It
 * also knows which weights nobody asked for: in a block there must be none.
 */
final class Weights implements AutoCloseable {
  /** Where the weights of a model come from. */
  @FunctionalInterface
  interface Source {
    /** A stored weight in the precision of the pass, or as it is stored where it is cast later. */
    Tensor read(Parameter p);

    /** Its rows where they are cast when they are used; else null. */
    default StoredRows rows(Parameter p) {
      return null;
    }
  }

  private final AskedWeights needs;
  private final Source source;
  private final Map<Parameter, Tensor> lent = new LinkedHashMap<>();

  private final IdentityHashMap<Tensor, StoredRows> rows = new IdentityHashMap<>();
  private final List<Tensor> derived = new ArrayList<>();

  /**
   * Those of a model.
   *
   * @param source where they come from
   */
  Weights(Model model, Source source) {
    this.needs = new AskedWeights(model);
    this.source = source;
  }

  /** The weight of that component, {@code (outputs, inputs)}; 0 stands for any size. */
  Tensor matrix(Stack stack, int layer, Component c, String name, long outputs, long inputs) {
    Parameter p = needs.matrix(new Role(stack, layer, c), name, outputs, inputs);
    return p.transposed() ? held(lent(p).t()) : lent(p);
  }

  /** The rows of a matrix that was asked for, if they are read when they are used; else null. */
  StoredRows rows(Tensor matrix) {
    return rows.get(matrix);
  }

  /** A vector: a bias, a scale, or one row of a table. */
  Tensor vector(Role role, String name, boolean bias, long size) {
    return lend(needs.require(role, name, bias), List.of(size));
  }

  /** A weight of that shape, where 0 stands for any size. */
  Tensor tensor(Role role, String name, Long... shape) {
    return lend(needs.require(role, name, false), List.of(shape));
  }

  /** The vectors of tokens, {@code (vocabulary, d)}: a stack's own, or those that all share. */
  Tensor tokens(StackDesign design, Optional<HeadDesign> head) {
    return lend(needs.tokens(design, head), List.of(0L, (long) design.shape().dModel()));
  }

  /** What scores tokens, {@code (vocabulary, d)}, where it is not tied. */
  Tensor head(HeadDesign head, StackDesign design) {
    return lend(
        needs.head(head, design.shape().stack()), List.of(0L, (long) design.shape().dModel()));
  }

  /** Whether there is such a weight. */
  boolean has(Role role, String name, boolean bias) {
    return needs.find(role, name, bias).isPresent();
  }

  /** The weights that nobody asked for, as they are stored. */
  List<Parameter> unused() {
    return needs.unused();
  }

  /** What was asked for. */
  List<Parameter> used() {
    return List.copyOf(lent.keySet());
  }

  /** Checks the sizes of a stack before its weights are asked for. */
  void requireShape(StackSpec shape) {
    needs.shape(shape);
  }

  /** Checks that no weight of a block is left over. */
  void requireNothingLeft(List<StackDesign> stacks) {
    needs.nothingLeft(stacks);
  }

  /** The stored tensor in the precision of the pass, after a check of its shape. */
  Tensor lend(Parameter p, List<Long> expected) {
    return lent(needs.fit(p, expected));
  }

  private Tensor lent(Parameter p) {
    Tensor before = lent.get(p);
    if (before != null) {
      return before;
    }
    Tensor t = Torch.keep(Torch.scoped(() -> source.read(p)));
    lent.put(p, t);
    rows.put(t, source.rows(p));
    return t;
  }

  /** What was derived from a weight and lives as long. */
  private Tensor held(Tensor t) {
    derived.add(Torch.keep(t));
    return t;
  }

  /** Gives back every weight that was lent. */
  @Override
  public void close() {
    derived.forEach(Torch::release);
    lent.values().forEach(Torch::release);
    derived.clear();
    lent.clear();
    rows.clear();
  }
}
