package dev.orograph.finding;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Box plots over a common pair of axes, as small multiples: how many values lie where, place by
 * place.
 *
 * @param id stable dotted identifier
 * @param title short title
 * @param x what the boxes stand over, usually "layer"
 * @param y the value axis
 * @param panels one small chart each
 * @param expected the level that every value would have under the null model, drawn as a grey line;
 *     null for none
 * @param reading one sentence: how to read this
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Boxes(
    String id, String title, Axis x, Axis y, List<Panel> panels, Double expected, String reading)
    implements Finding {

  /**
   * One small chart.
   *
   * @param title its title
   * @param boxes its boxes, each with another label; the same label stands at the same place in
   *     every panel
   */
  public record Panel(String title, List<Box> boxes) {
    /** Checks that no two boxes would stand at one place. */
    public Panel {
      Set<String> labels = new HashSet<>();
      for (Box box : boxes) {
        if (!labels.add(box.label())) {
          throw new IllegalArgumentException(
              "panel '" + title + "': two boxes are called '" + box.label() + "'");
        }
      }
    }
  }

  /**
   * One set of values in five numbers.
   *
   * @param label where it stands on the horizontal axis, such as the number of a layer
   * @param min smallest value
   * @param q1 lower quartile
   * @param median middle value
   * @param q3 upper quartile
   * @param max largest value
   * @param count how many values there are
   * @param mean their mean, or null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Box(
      String label,
      double min,
      double q1,
      double median,
      double q3,
      double max,
      long count,
      Double mean) {
    /** Checks the order; what is not finite is refused by name when results are written. */
    public Box {
      if (min > q1 || q1 > median || median > q3 || q3 > max) {
        throw new IllegalArgumentException(
            "box '"
                + label
                + "': "
                + List.of(min, q1, median, q3, max)
                + " is not the order of smallest, quartiles and largest");
      }
      if (count < 1) {
        throw new IllegalArgumentException("box '" + label + "': stands for " + count + " values");
      }
    }
  }
}
