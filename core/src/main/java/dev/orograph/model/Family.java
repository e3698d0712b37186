package dev.orograph.model;

import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.design.Design;
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

  /**
   * What its forward pass computes; empty where there is none for this family yet.
   *
   * @throws dev.orograph.input.InputException where the configuration asks for what is not known
   */
  default Optional<Design> design(Config config) {
    return Optional.empty();
  }

  /**
   * Keys without which there is no forward pass, where names, shapes and the constants of a graph
   * can tell all that is needed in place of a configuration; empty where they cannot.
   */
  default List<String> tellable() {
    return List.of();
  }

  /** Names and roles; the first match counts. */
  List<Rule> rules();

  /**
   * Whether a model without a configuration has this family's names: nine in ten of them. A family
   * that shares its names with another also says what tells them apart, so that one only answers.
   */
  default boolean recognises(List<String> tensorNames) {
    return !tensorNames.isEmpty()
        && tensorNames.stream().filter(n -> rule(n).isPresent()).count() * 10
            >= tensorNames.size() * 9L;
  }

  /** The page for these tensors, where their shapes say more than their names. */
  default Family fitted(List<TensorInfo> tensors) {
    return this;
  }

  /**
   * What a norm multiplies with beyond the scale that is stored under that name: 1 where it is
   * stored less one.
   */
  default int scaleOffset(String tensorName) {
    return 0;
  }

  /** Whether one of the names contains that text. */
  static boolean anyContains(List<String> tensorNames, String text) {
    return tensorNames.stream().anyMatch(n -> n.contains(text));
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
    /** A rule from the notation of {@link Rules}. */
    static Rule of(String notation, Stack stack, List<Component> components, Layout layout) {
      String regex =
          notation.replace("*", "(?:weight|bias)").replace(".", "\\.").replace("#", "(\\d{1,6})");
      return new Rule(Pattern.compile(regex), stack, components, layout);
    }

    /** The role of one of its weights in a tensor of that name, which must match. */
    Role role(String name, Component component) {
      Matcher m = pattern.matcher(name);
      if (!m.matches()) {
        throw new IllegalArgumentException(name);
      }
      String number = m.groupCount() > 0 ? m.group(1) : null;
      int layer = number == null ? Role.NO_LAYER : Integer.parseInt(number);
      return new Role(stack, layer, component);
    }

    List<Parameter> parameters(TensorInfo t, ModelSpec spec) {
      boolean transposed = layout.transposed() && t.rank() == 2;
      if (components.size() == 1) {
        return List.of(new Parameter(t, role(t.name(), components.get(0)), transposed));
      }
      if (!t.dtype().floating()) {
        return List.of(); // packed numbers lie otherwise
      }
      return layout.split(t, components, spec.stack(stack)).stream()
          .map(p -> new Parameter(p.tensor(), role(t.name(), p.component()), transposed))
          .toList();
    }
  }
}
