package dev.orograph.comparison;

import dev.orograph.finding.Figure;
import dev.orograph.finding.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A row of a table, by figure or by column. What a table lacks is null, so that a run of any
 * version can be asked for anything; a figure that it lacks is remembered.
 */
final class Row {
  private final Map<String, Integer> columns;
  private final List<Object> cells;
  private final Consumer<String> lacking;

  private Row(Map<String, Integer> columns, List<Object> cells, Consumer<String> lacking) {
    this.columns = columns;
    this.cells = cells;
    this.lacking = lacking;
  }

  /**
   * The rows of a table.
   *
   * @param lacking hears the address of every figure that is asked for and not there
   */
  static List<Row> of(Table table, Consumer<String> lacking) {
    Map<String, Integer> columns = new HashMap<>();
    for (int i = 0; i < table.columns().size(); i++) {
      columns.putIfAbsent(table.columns().get(i), i);
    }
    List<Row> rows = new ArrayList<>();
    table
        .rows()
        .forEach(
            cells -> rows.add(new Row(columns, cells, c -> lacking.accept(table.id() + "." + c))));
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

  /** The figure as text; null where there is none. */
  String text(Figure<?> figure) {
    if (!columns.containsKey(figure.name())) {
      lacking.accept(figure.name());
    }
    return text(figure.name());
  }

  private Double figure(String column) {
    if (!columns.containsKey(column)) {
      lacking.accept(column);
    }
    return number(column);
  }

  /** The figure; null where there is none. */
  Double number(Figure<?> figure) {
    return figure(figure.name());
  }

  /** What chance gives for the figure. */
  Double chance(Figure<?> figure) {
    return figure(figure.chance());
  }

  /** One figure over another; null where there is none or the divisor is 0. */
  Double ratio(Figure<?> figure, Figure<?> over) {
    return quotient(number(figure), number(over));
  }

  /** A figure over what chance gives for it. */
  Double overChance(Figure<?> figure) {
    return quotient(number(figure), chance(figure));
  }

  /** A value over the short side of the matrix that the row is about. */
  Double perShortSide(Double value) {
    Double rows = number("rows");
    Double width = number("columns");
    return rows == null || width == null ? null : quotient(value, Math.min(rows, width));
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
