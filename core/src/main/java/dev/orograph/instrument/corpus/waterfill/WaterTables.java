package dev.orograph.instrument.corpus.waterfill;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Fact;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Filling;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Flow;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Mixing;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Point;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Reading;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Shell;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The tables of water-filling. */
final class WaterTables {
  private final WaterFigures r;

  WaterTables(WaterFigures r) {
    this.r = r;
  }

  /** A figure that the seed expects, beside what is measured. */
  private record Expected(
      String figure,
      Object with,
      Object measured,
      Object without,
      Object measuredWithout,
      String why) {}

  private Filling find(String of) {
    return r.fillings().stream().filter(f -> f.of().equals(of)).findFirst().orElse(null);
  }

  /** The seed's table of expected results, beside the measured ones, and why they differ. */
  Table expected() {
    Filling with = find(WaterSettings.OSMOTIC);
    Filling without = find(WaterMeasurement.BASELINE);
    Signal pre = r.signals().get(0);
    Signal unit = r.signals().get(r.signals().size() - 1);
    List<Expected> rows =
        List.of(
            row(
                "share inner (0 to 32 of 128)",
                0.252,
                0.083,
                with,
                without,
                Filling::inner,
                "the notebook's quarter is where points begin, by percentiles: 32 of 128; capacities"
                    + " give the inner shells 1.2 %"),
            row(
                "share middle (33 to 96)",
                0.498,
                0.834,
                with,
                without,
                Filling::middle,
                "begins with one half; capacities give 39.4 %"),
            row(
                "share outer (97 to 127)",
                0.250,
                0.083,
                with,
                without,
                Filling::outer,
                "begins with one quarter; capacities give 59.3 %, and outliers go out whatever the"
                    + " room"),
            row(
                "iterations",
                12.0,
                null,
                with,
                without,
                f -> (double) f.iterations(),
                "a point that leaves a full shell for one that has room is sent back in the same iteration,"
                    + " so that full shells stay full; 100 is the cap"),
            row(
                "settled",
                true,
                false,
                with,
                without,
                Filling::settled,
                "no point is eligible to change its shell"),
            new Expected(
                "share of promotions saved",
                0.70,
                r.fewer(),
                null,
                null,
                "against all such points going out, with the same rules; .7 of an iteration's move"
                    + " at any time"),
            new Expected(
                "standard deviation",
                0.48,
                pre.deviation(),
                0.0,
                unit.deviation(),
                "the notebook's are made-up numbers; unit vectors have one length by construction"),
            new Expected(
                "dynamic range (largest less smallest)",
                1.36,
                pre.most() - pre.least(),
                0.0,
                unit.most() - unit.least(),
                "likewise"),
            new Expected(
                "share of outliers (above mean + 1 deviation)",
                0.162,
                pre.outliers(),
                0.0,
                unit.outliers(),
                "a normal distribution has 15.9 %"));
    return Table.of(
        "waterfill.expected",
        "What the notebook expects, and what is measured",
        List.of(
            new Column<Expected>("figure", "which", Expected::figure),
            new Column<>("seed", "expected before the norm", Expected::with, true),
            new Column<>("measured", "here", Expected::measured),
            new Column<>("seed_without", "expected of unit vectors", Expected::without, true),
            new Column<>("measured_without", "here", Expected::measuredWithout),
            new Column<>("why", "they differ", Expected::why)),
        rows);
  }

  private static Expected row(
      String figure,
      Object seed,
      Object without,
      Filling with,
      Filling baseline,
      Function<Filling, Object> of,
      String why) {
    return new Expected(
        figure, seed, of.apply(with), without, baseline == null ? null : of.apply(baseline), why);
  }

  List<Finding> all() {
    List<Finding> all = new ArrayList<>(List.of(reading(), signals(), methods()));
    if (!r.facts().isEmpty()) {
      all.add(facts());
    }
    if (!r.mixing().isEmpty()) {
      all.add(mixing());
    }
    all.add(shells());
    if (!r.flows().isEmpty()) {
      all.add(iterations());
    }
    all.add(points());
    return all;
  }

  private Table reading() {
    return Table.of(
        "waterfill.reading",
        "What was placed",
        List.of(
            new Column<Reading>("source", "what was read", Reading::source),
            new Column<>("what", "what a point is", Reading::what),
            new Column<>("state", "whose vectors", Reading::state),
            new Column<>("points", "how many", q -> (long) q.points()),
            new Column<>("width", "numbers of each", q -> (long) q.width()),
            new Column<>("broken", "with NaN or infinity, left out", q -> (long) q.broken()),
            new Column<>("zeros", "vectors of zeros", q -> (long) q.zeros()),
            new Column<>(
                "copies",
                "equal to one before; counted up to 100,000 points",
                q -> q.copies() == null ? null : (Object) (long) q.copies()),
            new Column<>("threshold", "nats above which a patch starts", Reading::threshold)),
        List.of(r.reading()));
  }

  private Table signals() {
    return Table.of(
        "waterfill.signal",
        "Lengths before and behind the final norm",
        List.of(
            new Column<Signal>("vectors", "which", Signal::of),
            new Column<>("mean", "mean length", Signal::mean),
            new Column<>("deviation", "standard deviation (ddof 0)", Signal::deviation),
            new Column<>("least", "shortest", Signal::least),
            new Column<>("most", "longest", Signal::most),
            new Column<>(
                "range", "longest less shortest, as the notebook", s -> s.most() - s.least()),
            new Column<>("ratio", "longest over shortest", s -> s.most() / s.least()),
            new Column<>("outliers", "share above mean + 1 deviation", Signal::outliers)),
        r.signals());
  }

  private Table methods() {
    return Table.of(
        "waterfill.methods",
        "The placements beside each other",
        List.of(
            new Column<Filling>("placement", "method", Filling::of),
            new Column<>("inner", "share in shells 0 to 32 of 128", Filling::inner),
            new Column<>("middle", "33 to 96", Filling::middle),
            new Column<>("outer", "97 to 127", Filling::outer),
            new Column<>("off", "half the sum of |members - capacity| / N", Filling::off),
            new Column<>("displaced", "mean shells from the optimum's", Filling::displaced),
            new Column<>("same", "share in the optimum's shell", Filling::same),
            new Column<>("spearman", "of length and shell", Filling::spearman),
            new Column<>("iterations", "osmotic only", f -> whole(f.iterations())),
            new Column<>("settled", "no point was eligible at the end", Filling::settled),
            new Column<>("promoted", "moves one out", Filling::promoted),
            new Column<>("demoted", "moves one in", Filling::demoted),
            new Column<>("turned", "moves within a shell", Filling::turned)),
        r.fillings());
  }

  private static Object whole(Integer value) {
    return value == null ? null : (Object) (long) value;
  }

  private Table facts() {
    return Table.of(
        "waterfill.facts",
        "What lengths and radii tell",
        List.of(
            new Column<Fact>("of", "norm, or radius of the shell", Fact::of),
            new Column<>("with", "frequency in the text, or nats", Fact::with),
            new Column<>("count", "points, or kinds", f -> (long) f.count()),
            new Column<>("spearman", "rank correlation", f -> f.spearman().value()),
            new Column<>("chance", "its mean by chance", f -> f.spearman().expected()),
            new Column<>("chance_sd", "its deviation by chance", f -> f.spearman().deviation()),
            new Column<>("z", "deviations from chance", f -> f.spearman().z()),
            new Column<>("p_permuted", "(1 + b) / (1 + 199)", Fact::p)),
        r.facts());
  }

  private Table mixing() {
    return Table.of(
        "waterfill.mixing",
        "How the thermal chains mixed",
        List.of(
            new Column<Mixing>("figure", "traced over 4 chains of 200 sweeps", Mixing::figure),
            new Column<>("mean", "over all", Mixing::mean),
            new Column<>("error", "Monte Carlo standard error", Mixing::error),
            new Column<>("effective", "independent draws that they are worth", Mixing::effective),
            new Column<>("r_hat", "near 1 where chains agree (split)", Mixing::rHat)),
        r.mixing());
  }

  private Table shells() {
    List<Column<Shell>> columns =
        new ArrayList<>(
            List.of(
                new Column<Shell>("shell", "counted from 0", s -> (long) s.shell()),
                new Column<>("radius", "over the outermost one's", Shell::radius),
                new Column<>("capacity", "points that it has room for", Shell::capacity)));
    for (int m = 0; m < r.fillings().size(); m++) {
      int at = m;
      String of = r.fillings().get(m).of();
      columns.add(
          new Column<>(
              of.replaceAll("[^a-z]+", "_"), "members, " + of, s -> (long) s.members().get(at)));
    }
    return Table.of("waterfill.shells", "Shells", columns, r.shells());
  }

  private Table iterations() {
    return Table.of(
        "waterfill.iterations_of",
        "Iterations",
        List.of(
            new Column<Flow>("placement", "which", Flow::of),
            new Column<>("iteration", "counted from 1", f -> (long) f.iteration()),
            new Column<>("promoted", "one out", Flow::promoted),
            new Column<>("demoted", "one in", Flow::demoted),
            new Column<>("turned", "within the shell", Flow::turned),
            new Column<>("eligible", "could have changed their shell", Flow::eligible),
            new Column<>(
                "overloaded", "shells above 1.2 of their room", f -> (long) f.overloaded()),
            new Column<>(
                "underloaded", "shells below 0.8 of their room", f -> (long) f.underloaded()),
            new Column<>("off", "half the sum of |members - capacity| / N, after", Flow::off)),
        r.flows());
  }

  private Table points() {
    return Table.of(
        "waterfill.points_of",
        "Points, evenly spaced where there are more than 3,000",
        List.of(
            new Column<Point>("at", "position of the text, or row", Point::at),
            new Column<>("text", "what it stands for", Point::text),
            new Column<>("norm", "length before the final norm", Point::norm),
            new Column<>("shell", "where it was placed", p -> (long) p.shell()),
            new Column<>("radius", "of the shell", Point::radius),
            new Column<>("outlier", "longer than mean + 1 deviation", Point::outlier),
            new Column<>("surprisal", "-log p of its tokens, nats", Point::surprisal),
            new Column<>("entropy", "of the prediction made behind it, nats", Point::entropy)),
        r.points());
  }
}
