package dev.orograph.instrument.levelset;

import dev.orograph.finding.Curve;
import java.util.ArrayList;
import java.util.List;

/** Lines of equal value on a grid, by linear interpolation along its edges (marching squares). */
final class LevelLines {
  private LevelLines() {}

  /**
   * The line of a level: pieces, each from one edge of a cell to another, with gaps between them.
   *
   * @param x places of the columns
   * @param y places of the rows
   * @param values a list per row
   */
  static Curve.Line of(
      String name, List<Double> x, List<Double> y, List<List<Double>> values, double level) {
    List<Double> xs = new ArrayList<>();
    List<Double> ys = new ArrayList<>();
    for (int i = 0; i + 1 < y.size(); i++) {
      for (int j = 0; j + 1 < x.size(); j++) {
        double[] corner = {
          values.get(i).get(j),
          values.get(i).get(j + 1),
          values.get(i + 1).get(j + 1),
          values.get(i + 1).get(j)
        };
        double[] cx = {x.get(j), x.get(j + 1), x.get(j + 1), x.get(j)};
        double[] cy = {y.get(i), y.get(i), y.get(i + 1), y.get(i + 1)};
        List<double[]> cuts = new ArrayList<>();
        for (int k = 0; k < 4; k++) {
          int next = (k + 1) % 4;
          double a = corner[k] - level;
          double b = corner[next] - level;
          if (a < 0 != b < 0) {
            double s = a / (a - b);
            cuts.add(new double[] {cx[k] + s * (cx[next] - cx[k]), cy[k] + s * (cy[next] - cy[k])});
          }
        }
        for (int k = 0; k + 1 < cuts.size(); k += 2) {
          add(xs, ys, cuts.get(k));
          add(xs, ys, cuts.get(k + 1));
          xs.add(cuts.get(k + 1)[0]);
          ys.add(null);
        }
      }
    }
    return new Curve.Line(name, xs, ys, false);
  }

  private static void add(List<Double> xs, List<Double> ys, double[] point) {
    xs.add(point[0]);
    ys.add(point[1]);
  }
}
