package dev.orograph.finding;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * How values are spread over a range, beside what chance gives.
 *
 * @param id stable dotted identifier
 * @param title short title
 * @param x what is counted
 * @param edges edges of the bins, ascending, one more than there are bins; a bin is [a, b), the
 *     last is closed
 * @param series whose values are counted
 * @param marks single values worth a line across the chart
 * @param reading one sentence: how to read this
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Histogram(
    String id,
    String title,
    Axis x,
    List<Double> edges,
    List<Series> series,
    List<Mark> marks,
    String reading)
    implements Finding {
  /** Checks that bins and shares are as many. */
  public Histogram {
    for (int i = 1; i < edges.size(); i++) {
      if (!(edges.get(i - 1) < edges.get(i))) {
        throw new IllegalArgumentException(id + ": edges do not ascend: " + edges);
      }
    }
    for (Series s : series) {
      if (s.shares().size() != edges.size() - 1) {
        throw new IllegalArgumentException(
            id + ": " + s.shares().size() + " shares for " + (edges.size() - 1) + " bins");
      }
    }
  }

  /**
   * One set of values.
   *
   * @param name direct label
   * @param shares share of all its values in each bin; they add up to less than 1 where some lie
   *     outside
   * @param count how many values there are
   * @param expected whether it is what chance gives, drawn grey behind the others
   */
  public record Series(String name, List<Double> shares, long count, boolean expected) {}

  /**
   * A single value.
   *
   * @param name direct label
   * @param x where it is
   * @param seed whether it is the seed's figure, drawn dashed
   */
  public record Mark(String name, double x, boolean seed) {}
}
