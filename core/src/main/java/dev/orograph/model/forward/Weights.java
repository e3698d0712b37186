package dev.orograph.model.forward;

import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.model.Role;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.design.HeadDesign;
import dev.orograph.model.design.StackDesign;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * Lends the weights of a model as tensors, found by role, each read once. It also knows which
 * weights nobody asked for: in a block there must be none.
 */
final class Weights implements AutoCloseable {
  private final Model model;
  private final Function<Parameter, Tensor> read;
  private final Map<Parameter, Tensor> lent = new LinkedHashMap<>();

  private final List<Tensor> derived = new ArrayList<>();

  /**
   * Those of a model.
   *
   * @param read a stored weight in the precision of the pass
   */
  Weights(Model model, Function<Parameter, Tensor> read) {
    this.model = model;
    this.read = read;
  }

  /** The weight of that component, {@code (outputs, inputs)}; 0 stands for any size. */
  Tensor matrix(Stack stack, int layer, Component c, String name, long outputs, long inputs) {
    Parameter p = require(new Role(stack, layer, c), name, false);
    boolean turned = p.transposed();
    Tensor t = lend(p, turned ? List.of(inputs, outputs) : List.of(outputs, inputs));
    return turned ? held(t.t()) : t;
  }

  /** A vector: a bias, a scale, or one row of a table. */
  Tensor vector(Role role, String name, boolean bias, long size) {
    return lend(require(role, name, bias), List.of(size));
  }

  /** A weight of that shape, where 0 stands for any size. */
  Tensor tensor(Role role, String name, Long... shape) {
    return lend(require(role, name, false), List.of(shape));
  }

  /** The vectors of tokens, {@code (vocabulary, d)}: a stack's own, or those that all share. */
  Tensor tokens(StackDesign design, Optional<HeadDesign> head) {
    Role role = new Role(design.shape().stack(), Role.NO_LAYER, Component.EMBEDDING);
    String name = design.entry().tokens();
    List<Long> shape = List.of(0L, (long) design.shape().dModel());
    for (Stack stack : List.of(Stack.SHARED, role.stack(), Stack.ENCODER, Stack.DECODER)) {
      Optional<Parameter> own = find(new Role(stack, Role.NO_LAYER, role.component()), name, false);
      if (own.isPresent()) {
        return lend(own.get(), shape);
      }
    }
    if (head.isPresent() && head.get().tied()) {
      Role tied = new Role(role.stack(), Role.NO_LAYER, Component.HEAD);
      Optional<Parameter> other = find(tied, head.get().table(), false);
      if (other.isPresent()) {
        return lend(other.get(), shape);
      }
    }
    return lend(require(role, name, false), shape);
  }

  /** What scores tokens, {@code (vocabulary, d)}, where it is not tied. */
  Tensor head(HeadDesign head, StackDesign design) {
    String name = head.table() + ".weight";
    Parameter p =
        model.aliases().keySet().stream()
            .filter(alias -> alias.equals(name) || alias.endsWith("." + name))
            .findFirst()
            .flatMap(model::parameter)
            .orElseGet(
                () ->
                    require(
                        new Role(design.shape().stack(), Role.NO_LAYER, Component.HEAD),
                        head.table(),
                        false));
    return lend(p, List.of(0L, (long) design.shape().dModel()));
  }

  /** Whether there is such a weight. */
  boolean has(Role role, String name, boolean bias) {
    return find(role, name, bias).isPresent();
  }

  /** The weights that nobody asked for, as they are stored. */
  List<Parameter> unused() {
    return model.parameters().stream().filter(p -> p.weight() && !lent.containsKey(p)).toList();
  }

  /** The stored tensor in the precision of the pass, after a check of its shape. */
  Tensor lend(Parameter p, List<Long> expected) {
    List<Long> found = p.tensor().shape();
    if (!fits(squeezed(found), squeezed(expected))) {
      throw InputException.at(p.tensor().file())
          .place(Text.quoted(p.tensor().name()))
          .expected("should have shape " + shown(expected))
          .found("it has " + found)
          .remedy("check the configuration against the weights")
          .build();
    }
    Tensor before = lent.get(p);
    if (before != null) {
      return before;
    }
    Tensor t = Torch.keep(Torch.scoped(() -> read.apply(p)));
    lent.put(p, t);
    return t;
  }

  private static boolean fits(List<Long> found, List<Long> expected) {
    boolean fits = found.size() == expected.size();
    for (int i = 0; fits && i < found.size(); i++) {
      fits = expected.get(i) == 0 || expected.get(i).equals(found.get(i));
    }
    return fits;
  }

  private static List<String> shown(List<Long> shape) {
    return shape.stream().map(n -> n == 0 ? "any" : n.toString()).toList();
  }

  /** Without sizes of 1, which some families write in front. */
  private static List<Long> squeezed(List<Long> shape) {
    return shape.stream().filter(n -> n != 1).toList();
  }

  /** What was derived from a weight and lives as long. */
  private Tensor held(Tensor t) {
    derived.add(Torch.keep(t));
    return t;
  }

  private Parameter require(Role role, String name, boolean bias) {
    return find(role, name, bias)
        .orElseThrow(
            () ->
                InputException.at(model.checkpoint().files().get(0))
                    .place(
                        role.stack().id()
                            + (role.layer() < 0 ? "" : " block " + role.layer())
                            + " '"
                            + (name.isEmpty() ? role.component().id() : name)
                            + (bias ? "' bias" : "' weight"))
                    .expected("is needed by the forward pass")
                    .found("no stored tensor has that role")
                    .remedy(
                        "check its configuration; without it only the analyses of weights apply")
                    .build());
  }

  private Optional<Parameter> find(Role role, String name, boolean bias) {
    List<Parameter> all =
        model.parameters().stream()
            .filter(p -> p.role().equals(role) && p.weight() && named(p, name, bias))
            .toList();
    if (all.size() > 1) {
      throw InputException.at(all.get(1).tensor().file())
          .place(Text.quoted(all.get(1).tensor().name()))
          .expected("should be the only tensor of its role")
          .found(Text.quoted(all.get(0).tensor().name()) + " has it too")
          .remedy("store the model without one of them")
          .build();
    }
    return all.stream().findFirst();
  }

  /**
   * Whether that regular expression fits its name behind the layer number, or outside of blocks its
   * last parts.
   */
  private static boolean named(Parameter p, String name, boolean bias) {
    String stored = p.tensor().storedName();
    boolean isBias = stored.endsWith("bias") || stored.endsWith(".beta");
    String bare = stored.replaceFirst("\\.(weight|bias|gamma|beta)$", "");
    int layer = p.role().layer();
    String inside = layer < 0 ? bare : bare.replaceFirst("^(.*?\\.)?" + layer + "\\.", "");
    boolean same = inside.matches(layer < 0 ? "(.*\\.)?(" + name + ")" : name);
    return isBias == bias && (name.isEmpty() || same);
  }

  /** Gives back every weight that was lent. */
  @Override
  public void close() {
    derived.forEach(Torch::release);
    lent.values().forEach(Torch::release);
    derived.clear();
    lent.clear();
  }
}
