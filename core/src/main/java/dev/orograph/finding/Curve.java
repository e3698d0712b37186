package dev.orograph.finding;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * Lines over a common pair of axes, as small multiples.
 *
 * @param id stable dotted identifier
 * @param title short title
 * @param x the shared horizontal axis
 * @param y the vertical axis
 * @param panels one small chart each
 * @param reading one sentence: how to read this
 * @param sequence what the lines are steps of, such as "layer", in their order and coloured so
 *     where they are many; null where they are different things
 * @param apart true where each panel has a vertical scale of its own from the first; null for one
 *     that all share
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Curve(
    String id,
    String title,
    Axis x,
    Axis y,
    List<Panel> panels,
    String reading,
    String sequence,
    Boolean apart)
    implements Finding {

  /** Panels on one vertical scale. */
  public Curve(
      String id,
      String title,
      Axis x,
      Axis y,
      List<Panel> panels,
      String reading,
      String sequence) {
    this(id, title, x, y, panels, reading, sequence, null);
  }

  /** Lines of different things. */
  public Curve(String id, String title, Axis x, Axis y, List<Panel> panels, String reading) {
    this(id, title, x, y, panels, reading, null);
  }

  /**
   * One small chart.
   *
   * @param title its title
   * @param lines its lines
   * @param bands what chance gives, drawn grey behind the lines
   */
  public record Panel(String title, List<Line> lines, List<Band> bands) {}

  /**
   * One line.
   *
   * @param name direct label
   * @param x abscissae
   * @param y ordinates; null leaves a gap
   * @param seed whether this is the seed's figure, drawn with hollow marks
   * @param of name of the line whose seed's figure it is, drawn in that line's colour; null for
   *     none
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Line(String name, List<Double> x, List<Double> y, boolean seed, String of) {
    /** A line that belongs to no other. */
    public Line(String name, List<Double> x, List<Double> y, boolean seed) {
      this(name, x, y, seed, null);
    }
  }

  /**
   * The null model's range.
   *
   * @param name what the range is
   * @param x abscissae
   * @param low lower edge
   * @param high upper edge
   * @param of name of the line whose null it is, drawn in that line's colour; null for all lines
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Band(String name, List<Double> x, List<Double> low, List<Double> high, String of) {
    /** The range behind all lines of a panel. */
    public Band(String name, List<Double> x, List<Double> low, List<Double> high) {
      this(name, x, low, high, null);
    }
  }
}
