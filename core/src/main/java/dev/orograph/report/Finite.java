package dev.orograph.report;

import dev.orograph.finding.Bars;
import dev.orograph.finding.Boxes;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Histogram;
import dev.orograph.finding.Results;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scatter;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import dev.orograph.input.Text;
import java.util.List;

/**
 * Refuses results that JSON cannot hold: NaN and infinities, and table cells that are not text,
 * truth or number. A value that does not exist is null; anything else is a fault of the instrument
 * and is named, never written as something that looks like a number.
 */
final class Finite {
  private final String id;

  private Finite(String id) {
    this.id = id;
  }

  /**
   * Checks every number.
   *
   * @throws IllegalStateException naming the finding and the place
   */
  static void require(Results results) {
    for (Section section : results.sections()) {
      for (Finding finding : section.findings()) {
        new Finite(finding.id()).finding(finding);
      }
    }
  }

  private void finding(Finding finding) {
    if (finding instanceof Scalar s) {
      number(s.value(), "value");
      number(s.seed(), "seed");
      numbers(s.interval(), "interval");
      number(s.expected(), "null");
      number(s.deviation(), "null_sd");
      number(s.z(), "z");
      number(s.p(), "p");
    } else if (finding instanceof Table t) {
      table(t);
    } else if (finding instanceof Curve c) {
      curve(c);
    } else if (finding instanceof Bars b) {
      for (Bars.Group group : b.groups()) {
        numbers(group.values(), "group '" + group.name() + "'");
        number(group.expected(), "group '" + group.name() + "', expected");
        same(group.values().size(), b.categories().size(), "group '" + group.name() + "'");
      }
    } else if (finding instanceof Boxes b) {
      boxes(b);
    } else if (finding instanceof Histogram h) {
      numbers(h.edges(), "edges");
      h.series().forEach(s -> numbers(s.shares(), "series '" + s.name() + "'"));
      h.marks().forEach(m -> number(m.x(), "mark '" + m.name() + "'"));
    } else if (finding instanceof Heatmap h) {
      number(h.middle(), "middle");
      same(h.values().size(), h.rows().size(), "rows");
      for (int i = 0; i < h.values().size(); i++) {
        numbers(h.values().get(i), "row " + i);
        same(h.values().get(i).size(), h.columns().size(), "row " + i);
      }
    } else if (finding instanceof Histogram h) {
      numbers(h.edges(), "edges");
      h.series().forEach(s -> numbers(s.shares(), "series '" + s.name() + "'"));
      h.marks().forEach(m -> number(m.x(), "mark '" + m.name() + "'"));
    } else if (finding instanceof Scatter s) {
      for (Scatter.Layout layout : s.layouts()) {
        numbers(layout.x(), "layout '" + layout.name() + "', x");
        numbers(layout.y(), "layout '" + layout.name() + "', y");
      }
      s.colourings().forEach(c -> numbers(c.values(), "colouring '" + c.name() + "'"));
    }
  }

  private void table(Table table) {
    for (int i = 0; i < table.rows().size(); i++) {
      for (int j = 0; j < table.columns().size(); j++) {
        Object cell = table.rows().get(i).get(j);
        String place = "row " + i + ", column '" + table.columns().get(j) + "'";
        if (cell instanceof Double d) {
          number(d, place);
        } else if (cell != null
            && !(cell instanceof String)
            && !(cell instanceof Boolean)
            && !(cell instanceof Long)
            && !(cell instanceof Integer)) {
          throw fault(place, "is a " + cell.getClass().getName());
        }
      }
    }
  }

  private void curve(Curve curve) {
    for (Curve.Panel panel : curve.panels()) {
      for (Curve.Line line : panel.lines()) {
        String place = "panel '" + panel.title() + "', line '" + line.name() + "'";
        numbers(line.x(), place + ", x");
        numbers(line.y(), place + ", y");
        same(line.y().size(), line.x().size(), place);
      }
      for (Curve.Band band : panel.bands()) {
        String place = "panel '" + panel.title() + "', band '" + band.name() + "'";
        numbers(band.x(), place + ", x");
        numbers(band.low(), place + ", low");
        numbers(band.high(), place + ", high");
        same(band.low().size(), band.x().size(), place + ", low");
        same(band.high().size(), band.x().size(), place + ", high");
      }
    }
  }

  private void boxes(Boxes boxes) {
    number(boxes.expected(), "expected");
    for (Boxes.Panel panel : boxes.panels()) {
      for (Boxes.Box box : panel.boxes()) {
        String place = "panel '" + panel.title() + "', box '" + box.label() + "'";
        numbers(List.of(box.min(), box.q1(), box.median(), box.q3(), box.max()), place);
        number(box.mean(), place + ", mean");
      }
    }
  }

  private void numbers(List<Double> values, String place) {
    if (values != null) {
      for (int i = 0; i < values.size(); i++) {
        Double value = values.get(i);
        if (value != null && !Double.isFinite(value)) {
          throw fault(place + "[" + i + "]", "is " + value);
        }
      }
    }
  }

  private void number(Double value, String place) {
    if (value != null && !Double.isFinite(value)) {
      throw fault(place, "is " + value);
    }
  }

  private void same(int found, int expected, String place) {
    if (found != expected) {
      throw fault(place, "has " + found + " values where " + expected + " belong");
    }
  }

  private IllegalStateException fault(String place, String what) {
    return new IllegalStateException(
        "finding '"
            + Text.whole(id)
            + "': "
            + Text.whole(place)
            + " "
            + what
            + "; only finite numbers can be written, and a value that does not exist is null");
  }
}
