package dev.orograph.instrument;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import java.io.Serializable;
import java.nio.file.Path;

/** What a test asks of a section: one of its findings, one cell. */
public final class Sections {
  private Sections() {}

  /** Surveys a model with one instrument. */
  public static <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      Section of(Instrument<S, D, R> instrument, Path model, Path folder) {
    S settings = instrument.settings(new Options(42, Options.Figures.ALL));
    try (OneModel c = new OneModel(model, instrument.card().id(), folder, OneModel.AMPLE)) {
      return instrument.conclude(settings, c.measureAll(instrument, settings));
    }
  }

  /** The finding of that id. */
  public static Finding finding(Section section, String id) {
    return section.findings().stream().filter(f -> f.id().equals(id)).findFirst().orElseThrow();
  }

  /** The scalar of that id. */
  public static Scalar scalar(Section section, String id) {
    return (Scalar) finding(section, id);
  }

  /** A cell of a table. */
  public static Object cell(Section section, String table, int row, String column) {
    Table t = (Table) finding(section, table);
    return t.rows().get(row).get(t.columns().indexOf(column));
  }

  /** A cell that holds a number. */
  public static double number(Section section, String table, int row, String column) {
    return ((Number) cell(section, table, row, column)).doubleValue();
  }
}
