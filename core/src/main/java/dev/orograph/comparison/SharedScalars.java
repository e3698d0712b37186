package dev.orograph.comparison;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Every scalar that at least two models have, with interval, null and z of each. */
final class SharedScalars {
  private SharedScalars() {}

  static Table table(List<Compared> models) {
    Map<String, List<Scalar>> shared = new LinkedHashMap<>();
    for (int i = 0; i < models.size(); i++) {
      for (Finding f : models.get(i).findings()) {
        if (f instanceof Scalar s && s.id() != null) {
          List<Scalar> row = shared.computeIfAbsent(s.id(), k -> new ArrayList<>());
          while (row.size() < i) {
            row.add(null);
          }
          row.add(s);
        }
      }
    }
    List<String> names = new ArrayList<>(List.of("id", "finding", "unit"));
    List<String> about =
        new ArrayList<>(List.of("of the scalar", "what was measured", "1 for a pure number"));
    List<Function<Scalar, Double>> parts = new ArrayList<>();
    List<Integer> of = new ArrayList<>();
    for (Part part : PARTS) {
      for (int i = 0; i < models.size(); i++) {
        names.add(models.get(i).name() + part.name());
        about.add(part.about() + " of " + models.get(i).name());
        parts.add(part.of());
        of.add(i);
      }
    }
    List<List<Object>> rows = new ArrayList<>();
    shared.forEach(
        (id, scalars) -> {
          List<Scalar> known = scalars.stream().filter(s -> s != null).toList();
          if (known.size() < 2) {
            return;
          }
          List<Object> row = new ArrayList<>();
          row.add(id);
          row.add(known.get(0).title());
          row.add(known.get(0).unit());
          for (int k = 0; k < parts.size(); k++) {
            Scalar s = of.get(k) < scalars.size() ? scalars.get(of.get(k)) : null;
            row.add(s == null ? null : parts.get(k).apply(s));
          }
          rows.add(row);
        });
    return new Table(
        "compare.scalars",
        "Figures that at least two models have",
        Compared.apart(names),
        about,
        rows);
  }

  private record Part(String name, String about, Function<Scalar, Double> of) {}

  private static final List<Part> PARTS =
      List.of(
          new Part("", "value", Scalar::value),
          new Part("_low", "lower end of the 95 % interval", s -> end(s, 0)),
          new Part("_high", "upper end of the 95 % interval", s -> end(s, 1)),
          new Part("_null", "mean under the null model", Scalar::expected),
          new Part("_z", "distance from the null in its deviations", Scalar::z));

  private static Double end(Scalar s, int end) {
    return s.interval() == null || s.interval().size() != 2 ? null : s.interval().get(end);
  }
}
