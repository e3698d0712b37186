package dev.orograph.model;

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
        && tensorNames.stream().filter(n -> role(n).isPresent()).count() * 10
            >= tensorNames.size() * 9L;
  }

  /** The role of a tensor of that name. */
  default Optional<Role> role(String tensorName) {
    for (Rule rule : rules()) {
      Optional<Role> role = rule.role(tensorName);
      if (role.isPresent()) {
        return role;
      }
    }
    return Optional.empty();
  }

  /**
   * A name pattern and the role it means.
   *
   * @param pattern matched against the whole name; its first group, if any, is the layer
   * @param stack the stack
   * @param component the component
   */
  record Rule(Pattern pattern, Stack stack, Component component) {
    /**
     * A rule from a short notation: {@code #} stands for the layer number, a dot for itself, and
     * everything else is a regular expression.
     */
    public static Rule of(String notation, Stack stack, Component component) {
      String regex = notation.replace(".", "\\.").replace("#", "(\\d{1,6})");
      return new Rule(Pattern.compile(regex), stack, component);
    }

    Optional<Role> role(String name) {
      Matcher m = pattern.matcher(name);
      if (!m.matches()) {
        return Optional.empty();
      }
      int layer = m.groupCount() > 0 ? Integer.parseInt(m.group(1)) : Role.NO_LAYER;
      return Optional.of(new Role(stack, layer, component));
    }
  }
}
