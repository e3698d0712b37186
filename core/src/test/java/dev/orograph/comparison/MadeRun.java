package dev.orograph.comparison;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Results;
import dev.orograph.finding.Results.Analysis;
import dev.orograph.finding.Results.ModelCard;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Results of a run with tables that a test writes by hand. */
public final class MadeRun {
  private final String name;
  private final String family;
  private final List<Finding> findings = new ArrayList<>();
  private Map<String, String> settings = Map.of("seed", "42");

  private MadeRun(String name, String family) {
    this.name = name;
    this.family = family;
  }

  /** A run of a model of that name and family that found nothing yet. */
  public static MadeRun of(String name, String family) {
    return new MadeRun(name, family);
  }

  MadeRun set(String key, String value) {
    settings = Map.of(key, value);
    return this;
  }

  /** The same with another finding. */
  public MadeRun with(Finding finding) {
    findings.add(finding);
    return this;
  }

  MadeRun scalar(String id, double value) {
    return with(Scalar.plain(id, id, value, "1", id + " is " + value));
  }

  /** A table from its columns in one text and its rows. */
  @SafeVarargs
  final MadeRun table(String id, String columns, List<Object>... rows) {
    List<String> names = List.of(columns.split(" ", -1));
    List<List<Object>> cells = new ArrayList<>();
    for (List<Object> row : rows) {
      cells.add(row);
    }
    return with(new Table(id, id, names, Collections.nCopies(names.size(), ""), cells));
  }

  static List<Object> row(Object... cells) {
    List<Object> row = new ArrayList<>();
    for (Object c : cells) {
      row.add(c instanceof Integer i ? (Object) i.longValue() : c);
    }
    return row;
  }

  /** {@code spectra.matrix} with these effective ranks of one component by layer, short side 10. */
  public MadeRun ranks(String component, String stack, double... ranks) {
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < ranks.length; i++) {
      rows.add(row(component + i, component, stack, i, 10, 20, ranks[i], 8.0));
    }
    List<String> names =
        List.of(
            "tensor",
            "component",
            "stack",
            "layer",
            "rows",
            "columns",
            "effective_rank",
            "null_effective_rank");
    return with(
        new Table("spectra.matrix", "m", names, Collections.nCopies(names.size(), ""), rows));
  }

  /** What it found. */
  public Results results() {
    return Results.of(
        new ModelCard(
            name, family, Map.of("parameters", "1,234,567"), "print-of-" + name, "A model."),
        settings,
        List.of(new Analysis("spectra", "Spectra", "done", null)),
        List.of(new Section("spectra", "Spectra", "", "", "", "", findings)));
  }

  static Table table(Results results, String id) {
    return (Table) results.find(id).orElseThrow();
  }

  /** The cell of a column in a row. */
  static Object cell(Table table, int row, String column) {
    int at = table.columns().indexOf(column);
    if (at < 0) {
      throw new AssertionError(column + " is none of " + table.columns());
    }
    return table.rows().get(row).get(at);
  }

  static List<Double> list(double... values) {
    return Arrays.stream(values).boxed().toList();
  }
}
