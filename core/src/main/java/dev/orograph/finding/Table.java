package dev.orograph.finding;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A table: text and numbers, one row per thing measured.
 *
 * @param id stable dotted identifier; also the name of its CSV file
 * @param title short title
 * @param columns column names, unique, in {@code snake_case}
 * @param about one explanation per column (formula, unit, whether it is the seed's or the sound
 *     one)
 * @param seed names of the columns that hold what the seed document's own code prints; null for
 *     none
 * @param rows rows of String, Boolean, Long or Double; null where there is no value
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Table(
    String id,
    String title,
    List<String> columns,
    List<String> about,
    List<String> seed,
    List<List<Object>> rows)
    implements Finding {
  /** Checks that every row and the explanations are as wide as the columns. */
  public Table {
    if (seed != null && !columns.containsAll(seed)) {
      throw new IllegalArgumentException(id + ": no column is called as one of " + seed);
    }
    if (about.size() != columns.size()) {
      throw new IllegalArgumentException(
          id + ": " + about.size() + " explanations for " + columns.size() + " columns");
    }
    for (List<Object> row : rows) {
      if (row.size() != columns.size()) {
        throw new IllegalArgumentException(
            id + ": a row of " + row.size() + " cells under " + columns.size() + " columns");
      }
    }
  }

  /** A table without a column of the seed's. */
  public Table(
      String id, String title, List<String> columns, List<String> about, List<List<Object>> rows) {
    this(id, title, columns, about, null, rows);
  }

  /**
   * A column of a table whose rows are made from objects.
   *
   * @param <R> what a row is made from
   * @param name its name
   * @param about what it is
   * @param cell its cell: String, Boolean, Long, Double or null; a Double that is not finite
   *     becomes null
   * @param seed whether it holds what the seed document's own code prints
   */
  public record Column<R>(String name, String about, Function<R, Object> cell, boolean seed) {
    /** A column of Orograph's own. */
    public Column(String name, String about, Function<R, Object> cell) {
      this(name, about, cell, false);
    }
  }

  /** A table with one row per object. */
  public static <R> Table of(String id, String title, List<Column<R>> columns, List<R> objects) {
    List<List<Object>> rows = new ArrayList<>();
    for (R object : objects) {
      List<Object> row = new ArrayList<>();
      for (Column<R> column : columns) {
        Object cell = column.cell().apply(object);
        row.add(cell instanceof Double d && !Double.isFinite(d) ? null : cell);
      }
      rows.add(row);
    }
    List<String> seed = columns.stream().filter(Column::seed).map(Column::name).toList();
    return new Table(
        id,
        title,
        columns.stream().map(Column::name).toList(),
        columns.stream().map(Column::about).toList(),
        seed.isEmpty() ? null : seed,
        rows);
  }
}
