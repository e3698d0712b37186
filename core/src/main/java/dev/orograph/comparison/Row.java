package dev.orograph.comparison;

import dev.orograph.finding.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A row of a table, by column name. What a table lacks is null, so that a run of any version can be
 * asked for any column.
 */
final class Row {
  private final Map<String, Integer> columns;
  private final List<Object> cells;

  private Row(Map<String, Integer> columns, List<Object> cells) {
    this.columns = columns;
    this.cells = cells;
  }

  static List<Row> of(Table table) {
    Map<String, Integer> columns = new HashMap<>();
    for (int i = 0; i < table.columns().size(); i++) {
      columns.putIfAbsent(table.columns().get(i), i);
    }
    List<Row> rows = new ArrayList<>();
    table.rows().forEach(cells -> rows.add(new Row(columns, cells)));
    return rows;
  }

  private Object cell(String column) {
    Integer at = columns.get(column);
    return at == null ? null : cells.get(at);
  }

  String text(String column) {
    return cell(column) instanceof String s ? s : null;
  }

  Double number(String column) {
    return cell(column) instanceof Number n ? n.doubleValue() : null;
  }

  /** One column over another; null where there is none or the divisor is 0. */
  Double ratio(String column, String over) {
    return quotient(number(column), number(over));
  }

  /** A column over the short side of the matrix that the row is about. */
  Double perShortSide(String column) {
    Double rows = number("rows");
    Double width = number("columns");
    return rows == null || width == null ? null : quotient(number(column), Math.min(rows, width));
  }

  /** Entries of the tensor that the row is about; 0 where it is not told. */
  double entries() {
    Double rows = number("rows");
    Double width = number("columns");
    return rows == null || width == null ? 0 : rows * width;
  }

  static Double quotient(Double a, Double b) {
    return a == null || b == null || b == 0 ? null : finite(a / b);
  }

  private static Double finite(double v) {
    return Double.isFinite(v) ? v : null;
  }

  /** Block number; of a pair of neighbours the middle between them; null for anything else. */
  Double layer() {
    Double layer = number("layer");
    Double a = number("layer_a");
    Double b = number("layer_b");
    boolean neighbours = layer == null && a != null && b != null && Math.abs(a - b) == 1;
    Double at = neighbours ? Double.valueOf((a + b) / 2) : layer;
    return at == null || at < 0 ? null : at;
  }

  /** The last block that the row is about; -1 outside the blocks. */
  double lastLayer() {
    Double layer = number("layer");
    Double a = number("layer_a");
    Double b = number("layer_b");
    return layer != null ? layer : a != null && b != null ? Math.max(a, b) : -1;
  }
}
