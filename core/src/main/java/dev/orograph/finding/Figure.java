package dev.orograph.finding;

import dev.orograph.finding.Table.Column;
import java.util.function.Function;

/**
 * A figure, declared once: the column of its table, the scalars and lines that are made of it,
 * comparisons and documents take its name and its words from here.
 *
 * @param table id of the table that has it as a column
 * @param name name of the column, and last part of ids
 * @param chance name of the column that says what chance gives for it, or ""
 * @param words what it is called in sentences
 * @param about formula or unit, as the table tells it
 * @param seed whether it is the one that the seed's code prints
 * @param scale on which it is compared with its null; null for by their ratio
 * @param of its value, a cell of the table; null where there is none
 * @param <T> what it is a figure of
 */
public record Figure<T>(
    String table,
    String name,
    String chance,
    String words,
    String about,
    boolean seed,
    Scale scale,
    Function<T, ?> of) {
  /** A figure that no chance level stands beside. */
  public static <T> Figure<T> of(
      String table, String name, String words, String about, Function<T, ?> of) {
    return new Figure<>(table, name, "", words, about, false, null, of);
  }

  /** The same with the column that says what chance gives. */
  public Figure<T> against(String column) {
    return new Figure<>(table, name, column, words, about, seed, scale, of);
  }

  /** The same as the one that the seed's code prints. */
  public Figure<T> bySeed() {
    return new Figure<>(table, name, chance, words, about, true, scale, of);
  }

  /** The same, compared with its null on that scale. */
  public Figure<T> on(Scale other) {
    return new Figure<>(table, name, chance, words, about, seed, other, of);
  }

  /** The column of a table with such a thing per row. */
  public Column<T> column() {
    return new Column<>(name, about, of::apply, seed);
  }

  /**
   * The column of a table whose rows have such a thing.
   *
   * @param part the thing of a row; null where it has none
   */
  public <R> Column<R> column(Function<R, T> part) {
    return new Column<>(
        name,
        about,
        r -> {
          T t = part.apply(r);
          return t == null ? null : of.apply(t);
        },
        seed);
  }

  /** The value as a number; null where there is none. */
  public Double number(T t) {
    return of.apply(t) instanceof Number n ? (Double) n.doubleValue() : null;
  }
}
