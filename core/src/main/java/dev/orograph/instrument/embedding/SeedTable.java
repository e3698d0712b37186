package dev.orograph.instrument.embedding;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.rows.Spread;
import dev.orograph.instrument.rows.TokenMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the two seed programs print of a matrix, side by side with the sound figure. They differ in
 * their draws, in ddof and in the median.
 */
final class SeedTable {
  private final List<Row> rows = new ArrayList<>();

  private record Row(String figure, Double first, Double second, Double sound) {}

  /** A figure; null where a program prints none. */
  SeedTable row(String figure, Double first, Double second, Double sound) {
    rows.add(new Row(figure, first, second, sound));
    return this;
  }

  /** Mean, deviation, median and percentiles of the programs' values. */
  SeedTable spread(String what, Spread first, Spread second) {
    row("mean " + what, first.mean(), second.mean(), null);
    row("std of " + what, first.deviation(), second.deviation(), null);
    row("smallest " + what, first.min(), second.min(), null);
    row("largest " + what, first.max(), second.max(), null);
    return percentiles(what, first, second);
  }

  /** The percentiles that the programs print; null for a program that prints none. */
  SeedTable percentiles(String what, Spread first, Spread second) {
    for (int i = 0; i < Spread.PERCENTILES.size(); i++) {
      row(
          Spread.PERCENTILES.get(i) + " % " + what,
          first == null ? null : first.percentiles().get(i),
          second == null ? null : second.percentiles().get(i),
          null);
    }
    return this;
  }

  /** The table under {@code <instrument>.<matrix>.seed}. */
  Table table(String instrument, Task<TokenMatrix> task, String title) {
    return Table.of(
        instrument + "." + task.detail().id() + ".seed",
        title + ", " + task.detail().name(),
        List.of(
            new Column<Row>("figure", "what", Row::figure),
            new Column<Row>("section_1", "seed 003 section 1 (T5)", Row::first),
            new Column<Row>("section_13a", "seed 003 section 13a (Qwen)", Row::second),
            new Column<Row>("sound", "the figure to rely on, where it differs", Row::sound)),
        rows);
  }

  /** That rows were left out, where any were. */
  static Optional<Finding> broken(String instrument, Task<TokenMatrix> task, int broken) {
    return broken(instrument, task, broken, "'" + task.detail().tensor() + "'");
  }

  /** The same of what is not one matrix. */
  static Optional<Finding> broken(
      String instrument, Task<TokenMatrix> task, int broken, String of) {
    return broken == 0
        ? Optional.empty()
        : Optional.of(
            new Note(
                instrument + "." + task.detail().id() + ".non_finite",
                "NaN or infinity",
                broken
                    + " of the "
                    + task.detail().rows()
                    + " rows of "
                    + of
                    + (broken == 1 ? " holds" : " hold")
                    + " a NaN, an infinite number or one beyond float32 and "
                    + (broken == 1 ? "is" : "are")
                    + " left out of every figure, the reference notebooks' too, which would print"
                    + " NaN."));
  }
}
