package dev.orograph.instrument.weights;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** What heads of two models have in common whatever their bases are. */
final class SharedHeads {
  private final List<Row> rows = new ArrayList<>();
  private final boolean sound;

  /** An attention's form: heads of one number, and all other pairs. */
  private record Row(SharedStartFigures of, Estimate same, double best, int elsewhere) {
    String form() {
      return of.task().detail().attention().form();
    }
  }

  SharedHeads(List<SharedStartFigures> heads, boolean sound) {
    this.sound = sound;
    for (SharedStartFigures r : heads) {
      if (!r.cosines().isEmpty()
          && r.cosines().stream().flatMap(List::stream).allMatch(Objects::nonNull)) {
        rows.add(row(r, sound));
      }
    }
  }

  private static Row row(SharedStartFigures r, boolean sound) {
    List<Double> same = new ArrayList<>();
    List<Double> others = new ArrayList<>();
    List<Double> best = new ArrayList<>();
    int elsewhere = 0;
    for (int h = 0; h < r.cosines().size(); h++) {
      List<Double> row = r.cosines().get(h);
      int most = 0;
      for (int k = 0; k < row.size(); k++) {
        (h == k ? same : others).add(row.get(k));
        most = row.get(k) > row.get(most) ? k : most;
      }
      best.add(row.get(most));
      elsewhere += most == h ? 0 : 1;
    }
    Estimate e = Estimate.of(Samples.mean(same));
    if (sound) {
      e = e.among(others, 1.0 / same.size());
    }
    return new Row(r, e, Samples.mean(best), elsewhere);
  }

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    form(findings, "qk", "W_q^T W_k");
    form(findings, "ov", "W_o W_v");
    if (!rows.isEmpty()) {
      findings.add(table());
    }
    return findings;
  }

  private void form(List<Finding> findings, String form, String spelled) {
    List<Row> all = rows.stream().filter(r -> r.form().equals(form)).toList();
    if (all.isEmpty()) {
      return;
    }
    Estimate e = Estimate.of(mean(all, Estimate::value));
    boolean chance = all.stream().allMatch(r -> r.same().deviation() != null);
    if (chance) {
      double variance = 0;
      for (Row r : all) {
        variance += r.same().deviation() * r.same().deviation();
      }
      e = e.against(mean(all, Estimate::expected), Math.sqrt(variance) / all.size());
    }
    int elsewhere = all.stream().mapToInt(Row::elsewhere).sum();
    int count = all.stream().mapToInt(r -> r.of().cosines().size()).sum();
    findings.add(
        Scalar.of(
                "shared_start.heads_" + form,
                "cosine of the heads' " + spelled,
                e,
                null,
                "1",
                "shared_start.heads_" + form,
                "Head by head, whatever basis each has, "
                    + spelled
                    + " of the two have a mean cosine of "
                    + Spelling.number(e.value())
                    + (chance
                        ? "; heads paired otherwise " + Spelling.spread(e.expected(), e.deviation())
                        : "")
                    + ". "
                    + elsewhere
                    + " of "
                    + count
                    + " heads are most like one of another number.")
            .on(Scale.BOUNDED));
  }

  private static double mean(List<Row> rows, Function<Estimate, Double> figure) {
    return Samples.mean(rows.stream().map(Row::same).map(figure).toList());
  }

  private Table table() {
    List<Column<Row>> c = new ArrayList<>();
    c.add(new Column<>("stack", "which stack", r -> r.of().task().place().stack()));
    c.add(new Column<>("component", "which attention", r -> r.of().task().place().component()));
    c.add(new Column<>("layer", "number of the block", r -> r.of().task().place().layerOrNull()));
    c.add(new Column<>("form", "qk: W_q^T W_k; ov: W_o W_v", Row::form));
    c.add(new Column<>("heads", "heads of the attention", r -> r.of().cosines().size()));
    c.add(new Column<>("same", "mean cosine of heads of one number", r -> r.same().value()));
    if (sound) {
      c.add(new Column<>("chance", "mean of all other pairs", r -> r.same().expected()));
      c.add(new Column<>("chance_sd", "their deviation / sqrt(heads)", r -> r.same().deviation()));
      c.add(new Column<>("z", "deviations from chance", r -> r.same().z()));
    }
    c.add(new Column<>("best", "mean over heads of the largest cosine", Row::best));
    c.add(
        new Column<>(
            "elsewhere", "heads that are most like one of another number", Row::elsewhere));
    return Table.of("shared_start.heads", "Heads, up to their bases", c, rows);
  }
}
