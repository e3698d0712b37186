package dev.orograph.finding;

import dev.orograph.finding.Table.Column;
import dev.orograph.stats.Outlying;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Members of one kind (layers, heads, rows, tokens) that differ from the others by one figure, as
 * {@link Outlying} finds them on the figure's {@link Scale}. Which of many kinds are worth a word
 * is decided where all of them are known.
 *
 * @param what what a member is: "layer", "head", "output row", "token"
 * @param figure in words
 * @param scale on which members are compared; null for the scale of ln
 * @param members how many there are
 * @param outliers names of those that differ, the farthest first; none where none can be tested
 * @param values the figure of each of these
 * @param typical the others' median
 * @param nearest the others' nearest
 * @param p how rarely chance gives such in this kind
 */
public record Unlike(
    String what,
    String figure,
    Scale scale,
    int members,
    List<String> outliers,
    List<Double> values,
    double typical,
    double nearest,
    double p)
    implements Serializable {
  /** What ends the id of a table of these. */
  public static final String TABLE = ".unlike";

  /**
   * Tests the members of a kind.
   *
   * @param values the figure of each; NaN for none
   * @param name names a member
   */
  public static Unlike of(
      String what, String figure, Scale scale, double[] values, IntFunction<String> name) {
    double[] scaled = new double[values.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = Scale.on(scale, values[i]);
    }
    Outlying test = Outlying.of(scaled);
    return new Unlike(
        what,
        figure,
        scale,
        test.members(),
        test.outliers().stream().map(name::apply).toList(),
        test.outliers().stream().map(i -> values[i]).toList(),
        Scale.from(scale, test.typical()),
        Scale.from(scale, test.nearest()),
        test.p());
  }

  /** How far a value lies from what is typical, on the scale. */
  public double effect(double value) {
    return Scale.on(scale, value) - Scale.on(scale, typical);
  }

  /**
   * The columns of a table with such a test per row, behind those that say where.
   *
   * @param of the test of a row
   */
  public static <R> List<Column<R>> columns(Function<R, Unlike> of) {
    List<Column<R>> c = new ArrayList<>();
    c.add(new Column<>("what", "what is compared", r -> of.apply(r).what()));
    c.add(new Column<>("figure", "by which figure", r -> of.apply(r).figure()));
    c.add(new Column<>("members", "how many", r -> (long) of.apply(r).members()));
    c.add(
        new Column<>(
            "farthest",
            "which lies farthest from the others",
            r -> tested(of.apply(r)) ? of.apply(r).outliers().get(0) : null));
    c.add(
        new Column<>(
            "value", "its figure", r -> tested(of.apply(r)) ? of.apply(r).values().get(0) : null));
    c.add(
        new Column<>(
            "more",
            "which others lie beyond the same gap",
            r ->
                of.apply(r).outliers().size() < 2
                    ? null
                    : String.join(
                        ", ", of.apply(r).outliers().subList(1, of.apply(r).outliers().size()))));
    c.add(
        new Column<>(
            "typical",
            "median of the rest",
            r -> tested(of.apply(r)) ? (Object) of.apply(r).typical() : null));
    c.add(
        new Column<>(
            "nearest",
            "which of the rest comes nearest",
            r -> tested(of.apply(r)) ? (Object) of.apply(r).nearest() : null));
    c.add(
        new Column<>(
            "effect",
            "distance from typical on the figure's scale, by default ln of their ratio",
            r ->
                tested(of.apply(r))
                    ? (Object) of.apply(r).effect(of.apply(r).values().get(0))
                    : null));
    c.add(
        new Column<>(
            "p", "how rarely chance gives such in one kind", r -> (Object) of.apply(r).p()));
    return c;
  }

  private static boolean tested(Unlike u) {
    return !u.outliers().isEmpty();
  }
}
