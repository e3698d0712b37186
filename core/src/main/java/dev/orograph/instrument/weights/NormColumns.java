package dev.orograph.instrument.weights;

import dev.orograph.finding.Figure;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.finding.Unlike;
import java.util.ArrayList;
import java.util.List;

/** The figures of scales of normalisation, and the columns of their table. */
public final class NormColumns {
  /** A row per scale vector. */
  public static final String SCALES = "norms.scales";

  /** Mean of a scale vector. */
  public static final Figure<NormFigures> MEAN =
      Figure.<NormFigures>of(
              SCALES, "mean", "mean of a scale", "mean; seed and sound", NormFigures::mean)
          .on(Scale.DIFFERENCE);

  private NormColumns() {}

  /** A row per scale vector whose entries could be compared. */
  static Table entries(List<NormFigures> all) {
    List<Column<NormFigures>> c = new ArrayList<>(StoredTensor.place(NormFigures::task));
    c.addAll(Unlike.columns(NormFigures::entries));
    return Table.of(
        "norms" + Unlike.TABLE,
        "Dimensions unlike the others",
        c,
        all.stream().filter(r -> r.entries() != null).toList());
  }

  static List<Column<NormFigures>> columns() {
    List<Column<NormFigures>> c = new ArrayList<>(StoredTensor.place(NormFigures::task));
    c.add(new Column<>("count", "finite entries", r -> r.count()));
    c.add(MEAN.column());
    c.add(new Column<>("std", "standard deviation, ddof 0; seed and sound", r -> r.deviation()));
    c.add(new Column<>("above_1_5", "entries above 1.5; seed", r -> r.above()));
    c.add(new Column<>("below_0_5", "entries below 0.5; seed", r -> r.below()));
    c.add(new Column<>("near_1", "entries strictly between 0.8 and 1.2; seed", r -> r.near()));
    c.add(new Column<>("min", "smallest entry", r -> r.min()));
    quartile(c, "q1", "lower quartile, linear", 0);
    quartile(c, "median", "median", 1);
    quartile(c, "q3", "upper quartile, linear", 2);
    c.add(new Column<>("max", "largest entry", r -> r.max()));
    c.add(new Column<>("non_finite", "NaN, infinite or beyond float32", r -> r.nonFinite()));
    return c;
  }

  private static void quartile(List<Column<NormFigures>> c, String name, String about, int k) {
    c.add(
        new Column<>(
            name, about, r -> r.quartiles().isEmpty() ? null : (Object) r.quartiles().get(k)));
  }
}
