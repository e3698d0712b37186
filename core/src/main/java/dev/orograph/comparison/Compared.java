package dev.orograph.comparison;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Results;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import dev.orograph.instrument.weights.SparsityColumns;
import dev.orograph.instrument.weights.SpectraColumns;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** One of the runs that are compared, under a name of its own. */
final class Compared {
  private final String name;
  private final Results results;
  private final Map<String, Finding> findings = new LinkedHashMap<>();
  private final Map<String, List<Row>> tables = new LinkedHashMap<>();
  private final List<String> stacks;
  private final Set<String> lacking = new TreeSet<>();

  private Compared(String name, Results results) {
    this.name = name;
    this.results = results;
    for (Section section : results.sections()) {
      for (Finding finding : section.findings()) {
        findings.putIfAbsent(finding.id(), finding);
        if (finding instanceof Table t) {
          tables.putIfAbsent(t.id(), Row.of(t, lacking::add));
        }
      }
    }
    Set<String> layered = new LinkedHashSet<>();
    tables
        .values()
        .forEach(
            rows ->
                rows.forEach(
                    r -> {
                      if (r.text("stack") != null && r.lastLayer() >= 0) {
                        layered.add(r.text("stack"));
                      }
                    }));
    this.stacks = layered.stream().sorted().toList();
  }

  /** The runs with names that tell them apart. */
  static List<Compared> of(List<Results> runs) {
    List<String> names = new ArrayList<>();
    for (Results r : runs) {
      names.add(r.model().name() == null ? "unnamed" : r.model().name());
    }
    List<String> apart = apart(names);
    List<Compared> compared = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      compared.add(new Compared(apart.get(i), runs.get(i)));
    }
    return compared;
  }

  /** The same texts, each that has occurred before with a number behind it. */
  static List<String> apart(List<String> texts) {
    Set<String> taken = new HashSet<>();
    List<String> apart = new ArrayList<>();
    for (String text : texts) {
      String candidate = text;
      for (int n = 2; !taken.add(candidate); n++) {
        candidate = text + " (" + n + ")";
      }
      apart.add(candidate);
    }
    return apart;
  }

  String name() {
    return name;
  }

  Results results() {
    return results;
  }

  Finding finding(String id) {
    return findings.get(id);
  }

  Iterable<Finding> findings() {
    return findings.values();
  }

  /** Rows of all tables, by id. */
  Map<String, List<Row>> tables() {
    return tables;
  }

  /** Rows of a table; none where the run lacks it. */
  List<Row> rows(String table) {
    return tables.getOrDefault(table, List.of());
  }

  /** Addresses of figures that were asked for and that the run's tables do not have. */
  Set<String> lacking() {
    return lacking;
  }

  /** Stacks that have layers, by name. */
  List<String> stacks() {
    return stacks;
  }

  /** The model's name, with the stack where the model has several. */
  String line(String stack) {
    return stacks.size() > 1 ? name + " " + stack : name;
  }

  Map<String, String> facts() {
    return results.model().facts() == null ? Map.of() : results.model().facts();
  }

  /** Components in the order of the runs' own tables. */
  static List<String> components(List<Compared> models) {
    Set<String> components = new LinkedHashSet<>();
    for (String table : List.of(SparsityColumns.COMPONENTS, SpectraColumns.COMPONENTS)) {
      for (Compared m : models) {
        for (Row r : m.rows(table)) {
          if (r.text("component") != null) {
            components.add(r.text("component"));
          }
        }
      }
    }
    return List.copyOf(components);
  }
}
