package dev.orograph.model;

import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.model.Role.Stack;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One family of models as a declarative page: which {@code model_type}s it has, how its
 * configuration keys are spelled, and which tensor name has which role.
 */
public interface Family {
  /** Its name as shown. */
  String name();

  /** The {@code model_type} values that it answers to. */
  List<String> modelTypes();

  /** The spec, from the configuration. */
  ModelSpec spec(Config config);

  /** Names and roles; the first match counts. */
  List<Rule> rules();

  /** Whether a model without a configuration has this family's names. */
  default boolean recognises(List<String> tensorNames) {
    return !tensorNames.isEmpty()
        && tensorNames.stream().filter(n -> rule(n).isPresent()).count() * 10
            >= tensorNames.size() * 9L;
  }

  /** The rule for a tensor of that name. */
  default Optional<Rule> rule(String tensorName) {
    return rules().stream().filter(r -> r.pattern.matcher(tensorName).matches()).findFirst();
  }

  /**
   * The weights that a stored tensor holds: one, or the parts of a fused one in the order of their
   * rule. Empty where no rule knows the name.
   *
   * @throws dev.orograph.input.InputException where a fused tensor cannot be cut as its rule says
   */
  default List<Parameter> parameters(TensorInfo tensor, ModelSpec spec) {
    return rule(tensor.name()).map(r -> r.parameters(tensor, spec)).orElse(List.of());
  }

  /**
   * A name pattern and what it means.
   *
   * @param pattern matched against the whole name; its first group, if any, is the layer
   * @param stack the stack
   * @param components the component; several where the tensor holds several weights
   * @param layout how they lie in it
   */
  record Rule(Pattern pattern, Stack stack, List<Component> components, Layout layout) {
    /**
     * A rule from a short notation: {@code #} stands for the layer number, a dot for itself, and
     * everything else is a regular expression.
     */
    public static Rule of(String notation, Stack stack, Component component) {
      String regex = notation.replace(".", "\\.").replace("#", "(\\d{1,6})");
      return new Rule(Pattern.compile(regex), stack, List.of(component), Layout.LINEAR);
    }

    /** The same for a matrix stored {@code (inputs, outputs)}. */
    public Rule transposed() {
      return new Rule(
          pattern,
          stack,
          components,
          layout == Layout.STACKED ? Layout.STACKED_TRANSPOSED : Layout.TRANSPOSED);
    }

    /** The same for a tensor that holds these weights, one after the other. */
    public Rule stacked(Component... weights) {
      return new Rule(pattern, stack, List.of(weights), Layout.STACKED);
    }

    /** The same for a tensor that holds, head by head, a head of each of these weights. */
    public Rule byHead(Component... weights) {
      return new Rule(pattern, stack, List.of(weights), Layout.BY_HEAD);
    }

    /** The role of its first weight in a tensor of that name, which must match. */
    Role role(String name, Component component) {
      Matcher m = pattern.matcher(name);
      if (!m.matches()) {
        throw new IllegalArgumentException(name);
      }
      int layer = m.groupCount() > 0 ? Integer.parseInt(m.group(1)) : Role.NO_LAYER;
      return new Role(stack, layer, component);
    }

    List<Parameter> parameters(TensorInfo t, ModelSpec spec) {
      boolean transposed = layout.transposed() && t.rank() == 2;
      if (components.size() == 1) {
        return List.of(new Parameter(t, role(t.name(), components.get(0)), transposed));
      }
      return layout.split(t, components, spec.stack(stack)).stream()
          .map(p -> new Parameter(p.tensor(), role(t.name(), p.component()), transposed))
          .toList();
    }
  }
}
