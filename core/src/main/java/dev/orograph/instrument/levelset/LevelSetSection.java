package dev.orograph.instrument.levelset;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.input.Text;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.levelset.LevelSetFigures.Course;
import dev.orograph.instrument.levelset.LevelSetFigures.Point;
import dev.orograph.instrument.levelset.LevelSetFigures.Way;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What is told of the points of a level-set. */
final class LevelSetSection {
  private final Card card;
  private final LevelSetSettings settings;
  private final LevelSetFigures r;
  private final List<Finding> findings = new ArrayList<>();

  LevelSetSection(Card card, LevelSetSettings settings, LevelSetFigures r) {
    this.card = card;
    this.settings = settings;
    this.r = r;
  }

  private record Row(int number, Point point) {}

  Section section() {
    int n = r.points().size();
    for (Way w : r.ways()) {
      findings.add(
          Scalar.plain(
              "levelset." + w.name() + ".converged",
              "points on the set, " + title(w),
              w.converged(),
              "1",
              w.converged() + " of " + n + " points reach the set by " + title(w) + "."));
      findings.add(
          Scalar.plain(
              "levelset." + w.name() + ".smallest",
              "smallest divergence seen, " + title(w),
              w.smallest(),
              "nats",
              "The smallest divergence that "
                  + title(w)
                  + " saw is "
                  + Spelling.number(w.smallest())
                  + " nats."));
      if (w.converged() > 0) {
        findings.add(
            Scalar.plain(
                "levelset." + w.name() + ".calls",
                "calls of the model to the set, " + title(w),
                median(w.calls()),
                "calls",
                "A point that arrives takes "
                    + Spelling.number(median(w.calls()))
                    + " calls of the model by "
                    + title(w)
                    + " (median; each with its gradient)."));
      }
    }
    findings.add(
        Scalar.plain(
            "levelset.resolution",
            "what rounding does to the divergence",
            r.resolution(),
            "nats",
            "Changing every number of a point by one unit in the last place of "
                + r.precision()
                + " moves the divergence by at most "
                + Spelling.number(r.resolution())
                + " nats."));
    courses();
    residuals();
    table();
    notes();
    return card.section(summary(), findings);
  }

  private static String title(Way w) {
    return w.name().equals("adam") ? "Adam" : "Newton";
  }

  private static double median(List<Integer> ascending) {
    int n = ascending.size();
    return (ascending.get((n - 1) / 2) + ascending.get(n / 2)) / 2.0;
  }

  private String summary() {
    Way first = r.ways().get(0);
    int n = r.points().size();
    StringBuilder text = new StringBuilder();
    text.append(first.converged())
        .append(" of ")
        .append(n)
        .append(n == 1 ? " point reaches " : " points reach ")
        .append(settings.divergence())
        .append(" = ")
        .append(Spelling.number(settings.epsilon()))
        .append(" nats for ")
        .append(r.target())
        .append(" by ")
        .append(title(first));
    if (first.converged() > 0) {
      text.append(" with ")
          .append(Spelling.number(median(first.calls())))
          .append(" calls of the model in the median");
    }
    text.append('.');
    if (r.ways().size() > 1) {
      Way second = r.ways().get(1);
      text.append(" Adam with the learning rate ")
          .append(Spelling.number(settings.rate()))
          .append(" brings ")
          .append(second.converged())
          .append(" there");
      if (second.converged() > 0) {
        text.append(" with ").append(Spelling.number(median(second.calls()))).append(" calls");
      }
      text.append('.');
    }
    if (first.converged() == 0) {
      text.append(" The smallest divergence that was seen is ")
          .append(Spelling.number(first.smallest()))
          .append(" nats.");
    }
    return text.toString();
  }

  private void courses() {
    List<Curve.Panel> panels = new ArrayList<>();
    for (Way w : r.ways()) {
      List<Curve.Line> lines = new ArrayList<>();
      double most = 1;
      for (int i = 0; i < w.courses().size(); i++) {
        Course c = w.courses().get(i);
        List<Double> x = new ArrayList<>();
        List<Double> y = new ArrayList<>();
        for (int k = 0; k < c.calls().size(); k++) {
          double v = c.values().get(k);
          x.add((double) c.calls().get(k));
          y.add(v > 0 && Double.isFinite(v) ? (Double) v : null);
          most = Math.max(most, c.calls().get(k));
        }
        lines.add(new Curve.Line("point " + i, x, y, false));
      }
      double low = Math.max(settings.epsilon() * (1 - settings.tolerance()), Double.MIN_NORMAL);
      double high = settings.epsilon() * (1 + settings.tolerance());
      List<Double> ends = List.of(1.0, most);
      panels.add(
          new Curve.Panel(
              title(w),
              lines,
              List.of(
                  new Curve.Band(
                      "the level and its tolerance",
                      ends,
                      Collections.nCopies(2, low),
                      Collections.nCopies(2, high)))));
    }
    findings.add(
        new Curve(
            "levelset.convergence",
            "The way to the set",
            new Axis("calls of the model", "", true),
            new Axis(settings.divergence(), "nats", true),
            panels,
            "A line is a point; the grey band is the level that it is to reach, with its"
                + " tolerance. A line that ends above the band has met a place where no step"
                + " helps, or the last call.",
            "point"));
  }

  private void residuals() {
    List<Double> off =
        r.points().stream()
            .map(p -> Math.abs(p.value() / settings.epsilon() - 1))
            .filter(v -> v > 0 && Double.isFinite(v))
            .sorted()
            .toList();
    if (off.isEmpty()) {
      return;
    }
    List<Double> places = new ArrayList<>();
    for (int i = 0; i < off.size(); i++) {
      places.add((double) (i + 1));
    }
    List<Double> ends = List.of(1.0, (double) Math.max(2, off.size()));
    findings.add(
        new Curve(
            "levelset.residuals",
            "How far from the level the points end",
            Axis.linear("points in order of their residual"),
            new Axis("|f - epsilon| / epsilon", "", true),
            List.of(
                new Curve.Panel(
                    title(r.ways().get(0)),
                    List.of(new Curve.Line("points", places, off, false)),
                    List.of(
                        new Curve.Band(
                            "on the set",
                            ends,
                            Collections.nCopies(2, Math.min(off.get(0), settings.tolerance())),
                            Collections.nCopies(2, settings.tolerance()))))),
            "Points in the grey band are on the set; the last Newton step of a point usually"
                + " overshoots what is asked for."));
  }

  private void table() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < r.points().size(); i++) {
      rows.add(new Row(i, r.points().get(i)));
    }
    List<Column<Row>> columns =
        List.of(
            new Column<>("point", "row of the arrays", p -> (long) p.number()),
            new Column<>("start", "divergence where it began, nats", p -> p.point().start()),
            new Column<>("divergence", "where it ended, nats", p -> p.point().value()),
            new Column<>(
                "residual",
                "divergence less epsilon, nats",
                p -> p.point().value() - settings.epsilon()),
            new Column<>("converged", "on the set", p -> p.point().converged()),
            new Column<>("calls", "calls of the model", p -> (long) p.point().calls()),
            new Column<>("smallest", "smallest divergence seen", p -> p.point().smallest()),
            new Column<>("moved", "Euclidean distance from its start", p -> p.point().moved()),
            new Column<>("norm", "its Euclidean norm", p -> p.point().norm()),
            new Column<>("token", "nearest row of the embedding", p -> (long) p.point().token()),
            new Column<>("text", "what that stands for", p -> p.point().text()),
            new Column<>("distance", "Euclidean distance to it", p -> p.point().distance()));
    findings.add(Table.of("levelset.points", "Points", columns, rows));
  }

  private void notes() {
    Way first = r.ways().get(0);
    findings.add(
        new Note(
            "levelset.direction",
            "Which divergence",
            settings.divergence()
                + " in nats, of "
                + r.target()
                + " (entropy "
                + Spelling.number(r.entropy())
                + " nats), where x stands "
                + (r.context().isEmpty() ? "alone" : "behind the tokens " + r.context())
                + ". The reference notebook's prose has the other direction, its program this one."));
    if (first.converged() < r.points().size()) {
      findings.add(
          new Note(
              "levelset.short",
              "Points that did not arrive",
              r.points().size()
                  - first.converged()
                  + " of "
                  + r.points().size()
                  + " points end off the set; the smallest divergence that any of them saw is "
                  + Spelling.number(
                      r.points().stream()
                          .filter(p -> !p.converged())
                          .mapToDouble(Point::smallest)
                          .min()
                          .orElse(Double.NaN))
                  + " nats. A target on one token is often out of reach for small epsilon: the"
                  + " model never becomes that sure."));
    }
    findings.add(
        new Note(
            "levelset.arrays",
            "Arrays",
            "arrays/levelset.safetensors has starts and points [points, width], values, converged"
                + " and target; "
                + Text.grouped(r.points().size())
                + " points. 'orograph normal RUN' goes on from there."));
  }
}
