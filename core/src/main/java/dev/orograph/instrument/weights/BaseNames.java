package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.TensorInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The matrix of a base model that a module of an adapter changes. An adapter's names carry prefixes
 * of the program that wrote them ({@code base_model.model.}), or lack some of the base's, and
 * kohya's have underscores for dots: the longest end that the module's name shares with exactly one
 * matrix counts, if it holds all of the module's numbers.
 */
final class BaseNames {
  private static final String WEIGHT = ".weight";
  private static final Pattern NUMBERS = Pattern.compile("[^0-9]+");

  /** Ends of names, with underscores for dots; null where several matrices have it. */
  private final Map<String, TensorInfo> ends = new HashMap<>();

  BaseNames(List<TensorInfo> tensors) {
    for (TensorInfo t : tensors) {
      String name = t.name();
      if (t.rank() != 2 || !t.dtype().floating()) {
        continue;
      }
      String module =
          name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : name;
      for (int at = 0; at >= 0; at = next(module, '.', at)) {
        String end = flat(module.substring(at));
        if (ends.containsKey(end)) {
          ends.put(end, null);
        } else {
          ends.put(end, t);
        }
      }
    }
  }

  private static int next(String name, char mark, int from) {
    int at = name.indexOf(mark, from);
    return at < 0 || at + 1 == name.length() ? -1 : at + 1;
  }

  private static String flat(String name) {
    return name.replace('.', '_');
  }

  /** The matrix of a module; none where it is not there or not told apart. */
  Optional<TensorInfo> of(String module) {
    String name = flat(module);
    String numbers = numbers(name);
    for (int at = 0; at >= 0; at = next(name, '_', at)) {
      String end = name.substring(at);
      if (!numbers(end).equals(numbers)) {
        return Optional.empty();
      }
      if (ends.containsKey(end)) {
        return Optional.ofNullable(ends.get(end));
      }
    }
    return Optional.empty();
  }

  private static String numbers(String name) {
    return NUMBERS.matcher(name).replaceAll(" ").strip();
  }
}
