package dev.orograph.cli;

import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import java.util.ArrayList;
import java.util.List;

/** A table of findings as aligned lines. */
final class TextTable {
  private TextTable() {}

  /** Some of its columns, in that order, under their names. */
  static void print(Table table, List<String> columns) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(columns);
    for (List<Object> row : table.rows()) {
      rows.add(columns.stream().map(c -> cell(row.get(table.columns().indexOf(c)))).toList());
    }
    System.out.println();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        int at = i;
        int width = rows.stream().mapToInt(r -> r.get(at).length()).max().orElse(0);
        line.append(row.get(i)).append(" ".repeat(width - row.get(i).length() + 2));
      }
      System.out.println(line.toString().stripTrailing());
    }
  }

  private static String cell(Object value) {
    return value == null
        ? "-"
        : value instanceof Number n
            ? Spelling.number(n.doubleValue())
            : Terminal.visible(value.toString());
  }
}
