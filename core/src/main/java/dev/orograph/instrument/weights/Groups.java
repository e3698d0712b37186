package dev.orograph.instrument.weights;

import dev.orograph.instrument.Task;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Results sorted into the groups that the report compares, each in plan order. */
final class Groups {
  /** Most groups drawn as panels; a model of unknown names can have hundreds. */
  static final int MOST_PANELS = 24;

  private Groups() {}

  /** By component, components in the order of {@link dev.orograph.model.Component}. */
  static <R> Map<String, List<R>> byComponent(
      List<R> results, Function<R, Task<StoredTensor>> task) {
    List<String> known =
        java.util.Arrays.stream(dev.orograph.model.Component.values()).map(c -> c.id()).toList();
    Map<String, List<R>> found = new LinkedHashMap<>();
    for (R r : results) {
      found.computeIfAbsent(task.apply(r).place().component(), k -> new ArrayList<>()).add(r);
    }
    Map<String, List<R>> ordered = new LinkedHashMap<>();
    for (String k : known) {
      if (found.containsKey(k)) {
        ordered.put(k, found.remove(k));
      }
    }
    ordered.putAll(found);
    return ordered;
  }

  /**
   * The matrices of a component by shape, since chance depends on it: those with the most entries
   * under the component's name, others with their shape behind it; what is no matrix together.
   */
  static <R> Map<String, List<R>> byShape(
      String group, List<R> members, Function<R, Task<StoredTensor>> task) {
    Map<String, List<R>> shapes = by(members, r -> shape(task.apply(r).detail()));
    String main =
        shapes.entrySet().stream()
            .max(Comparator.comparingDouble(e -> entries(e.getValue(), task)))
            .map(Map.Entry::getKey)
            .orElse("");
    Map<String, List<R>> named = new LinkedHashMap<>();
    named.put(group, shapes.remove(main));
    shapes.forEach((shape, rs) -> named.put(group + "_" + shape, rs));
    return named;
  }

  private static String shape(StoredTensor t) {
    return t.matrix() ? t.rows() + "x" + t.columns() : "vector";
  }

  private static <R> double entries(List<R> members, Function<R, Task<StoredTensor>> task) {
    return members.stream()
        .map(r -> task.apply(r).detail())
        .mapToDouble(t -> (double) t.rows() * t.columns())
        .sum();
  }

  /** By stack. */
  static <R> Map<String, List<R>> byStack(List<R> results, Function<R, Task<StoredTensor>> task) {
    return by(results, r -> task.apply(r).place().stack());
  }

  /** By any key, keys in the order in which they come. */
  static <R, K> Map<K, List<R>> by(List<R> results, Function<R, K> key) {
    return results.stream()
        .collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
  }

  /** At most so many of them, the first and the last included, evenly apart. */
  static <R> List<R> spread(List<R> results, int most) {
    int n = results.size();
    return n <= most
        ? results
        : IntStream.range(0, most)
            .mapToObj(i -> results.get(Math.round((float) i * (n - 1) / Math.max(1, most - 1))))
            .toList();
  }

  /** Whether the results span at least two layers. */
  static <R> boolean layered(List<R> results, Function<R, Task<StoredTensor>> task) {
    return results.stream()
            .map(r -> task.apply(r).place().layer())
            .filter(l -> l >= 0)
            .distinct()
            .count()
        >= 2;
  }
}
