package dev.orograph.comparison;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Results;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which of the models that are compared share a start, from runs of their pairs. */
final class Starts {
  private static final String ANALYSIS = "shared_start";

  /** A pair of models: its name and what was found. */
  private record Pair(String name, Section section) {}

  private final List<Pair> pairs = new ArrayList<>();

  Starts(List<Results> runs) {
    List<String> names = Compared.apart(runs.stream().map(r -> r.model().name()).toList());
    for (int i = 0; i < runs.size(); i++) {
      for (Section s : runs.get(i).sections()) {
        if (s.id().equals(ANALYSIS)) {
          pairs.add(new Pair(names.get(i), s));
        }
      }
    }
  }

  /** A sentence for each pair, a space in front of it; "" without pairs. */
  String sentences() {
    return pairs.stream()
        .map(p -> " " + p.section().summary())
        // A name such as sample:t5 has a colon too, but no blank behind it.
        .map(s -> s.contains(": ") ? s.substring(0, s.indexOf(": ")) + "." : s)
        .collect(Collectors.joining());
  }

  /** All pairs side by side; none where there are none. */
  Optional<Section> section() {
    if (pairs.isEmpty()) {
      return Optional.empty();
    }
    Section first = pairs.get(0).section();
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      for (Finding f : pairs.get(i).section().findings()) {
        if (f instanceof Heatmap h) {
          findings.add(of(h, i, pairs.get(i).name()));
        }
      }
    }
    findings.addAll(tables());
    return Optional.of(
        new Section(
            "starts",
            first.title(),
            pairs.stream().map(p -> p.section().summary()).collect(Collectors.joining(" ")),
            first.method(),
            first.source(),
            first.limits(),
            findings));
  }

  private static Heatmap of(Heatmap h, int pair, String name) {
    return new Heatmap(
        "compare.starts." + (pair + 1) + h.id().substring(ANALYSIS.length()),
        h.title() + ": " + name,
        h.columns(),
        h.rows(),
        h.values(),
        h.x(),
        h.y(),
        h.value(),
        h.middle(),
        h.reading(),
        h.group());
  }

  /** The tensors of all pairs in one table. */
  private List<Table> tables() {
    List<List<Object>> rows = new ArrayList<>();
    Table last = null;
    for (Pair p : pairs) {
      for (Finding f : p.section().findings()) {
        if (f instanceof Table t && (last == null || t.columns().equals(last.columns()))) {
          last = t;
          for (List<Object> row : t.rows()) {
            List<Object> with = new ArrayList<>();
            with.add(p.name());
            with.addAll(row);
            rows.add(with);
          }
        }
      }
    }
    if (last == null) {
      return List.of();
    }
    List<String> columns = new ArrayList<>(List.of("models"));
    columns.addAll(last.columns());
    List<String> about = new ArrayList<>(List.of("which two"));
    about.addAll(last.about());
    return List.of(new Table("compare.starts", "Tensor by tensor", columns, about, null, rows));
  }
}
