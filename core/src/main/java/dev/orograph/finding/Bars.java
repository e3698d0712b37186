package dev.orograph.finding;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * Bars by category, in groups, each group against the level that its null model gives.
 *
 * @param id stable dotted identifier
 * @param title short title
 * @param y the value axis
 * @param categories one per bar in a group
 * @param groups the groups
 * @param reading one sentence: how to read this
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Bars(
    String id, String title, Axis y, List<String> categories, List<Group> groups, String reading)
    implements Finding {
  /**
   * One group of bars.
   *
   * @param name its name
   * @param values one per category; null where there is none
   * @param expected the level under the null model, drawn as a grey line; null for none
   * @param seed whether these are the seed's figures, drawn hollow
   * @param of name of the group whose seed's figures they are, drawn in that group's colour; null
   *     for none
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Group(String name, List<Double> values, Double expected, boolean seed, String of) {
    /** A group that belongs to no other. */
    public Group(String name, List<Double> values, Double expected, boolean seed) {
      this(name, values, expected, seed, null);
    }
  }
}
