package dev.orograph.instrument.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Results sorted into the groups that the report compares, each in plan order. */
final class Groups {
  /** Most groups drawn as panels; a model of unknown names can have hundreds. */
  static final int MOST_PANELS = 24;

  private Groups() {}

  /** By component, components in the order of {@link dev.orograph.model.Component}. */
  static <R> Map<String, List<R>> byComponent(List<R> results, Function<R, WeightPiece> piece) {
    List<String> known =
        java.util.Arrays.stream(dev.orograph.model.Component.values()).map(c -> c.id()).toList();
    Map<String, List<R>> found = new LinkedHashMap<>();
    for (R r : results) {
      found.computeIfAbsent(piece.apply(r).group(), k -> new ArrayList<>()).add(r);
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

  /** By stack. */
  static <R> Map<String, List<R>> byStack(List<R> results, Function<R, WeightPiece> piece) {
    return results.stream()
        .collect(
            Collectors.groupingBy(
                r -> piece.apply(r).stack(), LinkedHashMap::new, Collectors.toList()));
  }

  /** Whether the results span at least two layers. */
  static <R> boolean layered(List<R> results, Function<R, WeightPiece> piece) {
    return results.stream().map(r -> piece.apply(r).layer()).filter(l -> l >= 0).distinct().count()
        >= 2;
  }
}
