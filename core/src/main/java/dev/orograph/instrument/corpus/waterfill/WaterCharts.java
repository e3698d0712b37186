package dev.orograph.instrument.corpus.waterfill;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Scatter;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Flow;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Point;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Shell;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The charts of water-filling. */
final class WaterCharts {
  private final WaterSettings settings;
  private final WaterFigures r;

  WaterCharts(WaterSettings settings, WaterFigures r) {
    this.settings = settings;
    this.r = r;
  }

  List<Finding> all() {
    List<Finding> all = new ArrayList<>(List.of(map(), occupancy()));
    if (!r.flows().isEmpty()) {
      all.add(flows());
    }
    return all;
  }

  private Scatter map() {
    List<Point> p = r.points();
    boolean known = p.stream().anyMatch(q -> q.surprisal() != null);
    List<Scatter.Colouring> colours =
        new ArrayList<>(
            List.of(Scatter.Colouring.by("length", Axis.linear("length"), of(Point::norm))));
    if (known) {
      colours.add(
          Scatter.Colouring.by(
              "surprisal",
              new Axis("surprisal", "nat", false),
              of(q -> q.surprisal() == null ? Double.NaN : q.surprisal())));
    }
    colours.add(
        Scatter.Colouring.by(
            "outliers",
            List.of("within mean + 1 deviation", "beyond"),
            p.stream().map(q -> q.outlier() ? 1 : 0).toList()));
    return new Scatter(
        "waterfill.map",
        "The shells",
        r.reading().what(),
        p.stream().map(Point::at).toList(),
        p.stream().map(Point::text).toList(),
        List.of(
            Scatter.Layout.map(
                "shells",
                of(Point::x),
                of(Point::y),
                "Distance from the middle is the radius of a point's shell; the bearing is that of"
                    + " its direction in the plane of the two largest principal axes, so that points"
                    + " of like bearing need not be near each other."),
            Scatter.Layout.between(
                "length against radius",
                Axis.linear("length before the final norm"),
                Axis.linear("radius"),
                of(Point::norm),
                of(Point::radius),
                "Points above mean + 1 deviation go out whatever room there is.")),
        colours,
        "Each point is a "
            + r.reading().what()
            + " on its shell ("
            + settings.method()
            + "); its text is shown under the pointer.");
  }

  private double[] of(ToDoubleFunction<Point> of) {
    return r.points().stream().mapToDouble(of).toArray();
  }

  private Curve occupancy() {
    List<Double> x = r.shells().stream().map(s -> (double) s.shell()).toList();
    List<Curve.Panel> panels = new ArrayList<>();
    for (int m = 0; m < r.fillings().size(); m++) {
      int at = m;
      List<Double> members = r.shells().stream().map(s -> (double) s.members().get(at)).toList();
      List<Double> room = r.shells().stream().map(Shell::capacity).toList();
      panels.add(
          new Curve.Panel(
              r.fillings().get(m).of(),
              List.of(
                  new Curve.Line("members", x, members, false),
                  new Curve.Line("capacity", x, room, true)),
              List.of()));
    }
    return new Curve(
        "waterfill.occupancy",
        "Members and capacity of every shell",
        Axis.linear("shell"),
        Axis.linear("points"),
        panels,
        "Where the two lines meet, a shell is as full as it has room.");
  }

  private Curve flows() {
    List<Curve.Panel> panels = new ArrayList<>();
    for (String of : r.flows().stream().map(Flow::of).distinct().toList()) {
      List<Flow> f = r.flows().stream().filter(q -> q.of().equals(of)).toList();
      List<Double> x = IntStream.rangeClosed(1, f.size()).mapToObj(k -> (double) k).toList();
      panels.add(
          new Curve.Panel(
              of,
              List.of(
                  line("one out", x, f, Flow::promoted),
                  line("one in", x, f, Flow::demoted),
                  line("turned", x, f, Flow::turned)),
              List.of()));
    }
    return new Curve(
        "waterfill.flows",
        "What moved in each iteration",
        Axis.linear("iteration"),
        Axis.linear("points"),
        panels,
        "A flow that settles falls to zero; one that goes on has points that leave full shells for"
            + " ones that send them back.");
  }

  private static Curve.Line line(
      String name, List<Double> x, List<Flow> flows, ToDoubleFunction<Flow> of) {
    return new Curve.Line(name, x, flows.stream().map(of::applyAsDouble).toList(), false);
  }
}
