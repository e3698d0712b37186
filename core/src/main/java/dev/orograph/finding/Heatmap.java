package dev.orograph.finding;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * A matrix of colours. Heat maps of one group that follow each other in a section are shown side by
 * side on one scale of colours, so a matrix per component is a finding each.
 *
 * @param id stable dotted identifier
 * @param title short title
 * @param columns labels along the horizontal axis
 * @param rows labels along the vertical axis
 * @param values one list per row; null where there is no value
 * @param x horizontal axis
 * @param y vertical axis, or null where the rows speak for themselves
 * @param value the coloured quantity
 * @param middle the value of the neutral colour (the null), or null for a one-sided scale
 * @param reading one sentence: how to read this
 * @param group which others it belongs with; null where it stands alone
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Heatmap(
    String id,
    String title,
    List<String> columns,
    List<String> rows,
    List<List<Double>> values,
    Axis x,
    Axis y,
    Axis value,
    Double middle,
    String reading,
    Group group)
    implements Finding {

  /**
   * Heat maps of one quantity and one null that are read together.
   *
   * @param title what they are, the same for all of them
   * @param member what this one is among them
   */
  public record Group(String title, String member) {}

  /** A heat map that stands alone. */
  public Heatmap(
      String id,
      String title,
      List<String> columns,
      List<String> rows,
      List<List<Double>> values,
      Axis x,
      Axis y,
      Axis value,
      Double middle,
      String reading) {
    this(id, title, columns, rows, values, x, y, value, middle, reading, null);
  }

  /** A heat map whose rows speak for themselves. */
  public Heatmap(
      String id,
      String title,
      List<String> columns,
      List<String> rows,
      List<List<Double>> values,
      Axis x,
      Axis value,
      Double middle,
      String reading) {
    this(id, title, columns, rows, values, x, null, value, middle, reading);
  }
}
