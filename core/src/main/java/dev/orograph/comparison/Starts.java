package dev.orograph.comparison;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Results;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which of the models that are compared share a start, from runs of their pairs. */
final class Starts {
  private static final String ANALYSIS = "shared_start";
  private static final String TENSORS = "shared_start.tensors";

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

  /** The tensors of all pairs in one table, their heads in another. */
  private List<Table> tables() {
    Map<String, Table> all = new LinkedHashMap<>();
    for (Pair p : pairs) {
      for (Finding f : p.section().findings()) {
        if (f instanceof Table t) {
          Table before = all.get(t.id());
          if (before == null
              || before.columns().subList(1, before.columns().size()).equals(t.columns())) {
            all.put(t.id(), with(before, t, p.name()));
          }
        }
      }
    }
    return List.copyOf(all.values());
  }

  /** What came before, null at first, and the rows of another pair. */
  private static Table with(Table before, Table t, String name) {
    List<String> columns = new ArrayList<>(List.of("models"));
    columns.addAll(t.columns());
    List<String> about = new ArrayList<>(List.of("which two"));
    about.addAll(t.about());
    List<List<Object>> rows = new ArrayList<>(before == null ? List.of() : before.rows());
    for (List<Object> row : t.rows()) {
      List<Object> with = new ArrayList<>();
      with.add(name);
      with.addAll(row);
      rows.add(with);
    }
    String id = t.id().equals(TENSORS) ? "" : t.id().substring(ANALYSIS.length());
    return new Table("compare.starts" + id, t.title(), columns, about, null, rows);
  }
}
