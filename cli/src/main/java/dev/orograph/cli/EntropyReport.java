package dev.orograph.cli;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Results;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Table;
import dev.orograph.input.Text;
import dev.orograph.report.ResultsJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The entropies of one text as lines and as JSON. */
final class EntropyReport {
  private static final int BAR = 24;
  private static final int MOST_TEXT = 60;

  private final Results results;
  private final Table patches;
  private final Table reading;

  /** What a finished run found. */
  EntropyReport(Results results) {
    this.results = results;
    this.patches = table("entropy.patches");
    this.reading = table("entropy.reading");
  }

  private Table table(String id) {
    return (Table) results.find(id).orElseThrow();
  }

  private Double number(String id) {
    Optional<Finding> found = results.find("entropy." + id);
    return found.map(f -> ((Scalar) f).value()).orElse(null);
  }

  private static Object cell(Table table, List<Object> row, String column) {
    return row.get(table.columns().indexOf(column));
  }

  private Object read(String column) {
    return cell(reading, reading.rows().get(0), column);
  }

  /**
   * Everything.
   *
   * @param about what was read, and how
   * @param threshold nats
   * @param tokens positions of the text, without special tokens before it
   * @param bits mean entropy of the predictions of the text's tokens
   * @param nats the same
   * @param length mean length of the patches
   */
  record Whole(
      Map<String, Object> about,
      double threshold,
      long tokens,
      Double bits,
      Double nats,
      long patches,
      double length,
      List<Table> tables) {}

  String json() {
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("program", results.settings().get("version"));
    about.put("model", results.model().name());
    about.put("fingerprint", results.model().fingerprint());
    for (String column :
        List.of("tokenizer", "precision", "source", "unit", "window", "overlap", "reason")) {
      about.put(column, read(column));
    }
    return ResultsJson.text(
        new Whole(
            about,
            number("threshold"),
            Math.round(number("tokens")),
            number("bits"),
            number("nats"),
            Math.round(number("count")),
            number("length"),
            List.of(patches, table("entropy.positions"))));
  }

  /** The first patches as lines; bars on a terminal only. */
  void print(int most) {
    boolean bars = Boolean.getBoolean("orograph.terminal");
    List<List<Object>> all = patches.rows();
    double largest =
        all.stream().map(r -> nats(r)).mapToDouble(v -> v == null ? 0 : v).max().orElse(0);
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%8s  %7s  %7s  %6s  %s%s",
            "position",
            "bits",
            "nats",
            read("unit") + "s",
            bars ? " ".repeat(BAR + 2) : "",
            "text"));
    for (List<Object> p : all.subList(0, Math.min(most, all.size()))) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%8d  %7s  %7s  %6d  %s%s",
              ((Number) cell(patches, p, "position")).longValue(),
              short3((Double) cell(patches, p, "bits")),
              short3(nats(p)),
              ((Number) cell(patches, p, "length")).longValue(),
              bars ? bar(nats(p), largest) : "",
              Text.visible("'" + cell(patches, p, "text") + "'", MOST_TEXT)));
    }
    lines.forEach(System.out::println);
    long count = Math.round(number("count"));
    if (count > most) {
      System.out.println(
          "          and "
              + Text.grouped(count - Math.min(most, all.size()))
              + " patches more (--show, the run folder)");
    }
    System.out.println();
    System.out.println(Terminal.wrap(results.sections().get(0).summary()));
  }

  private Double nats(List<Object> row) {
    return (Double) cell(patches, row, "nats");
  }

  private static String short3(Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, "%.3f", value);
  }

  private static String bar(Double nats, double largest) {
    int filled = nats == null || largest == 0 ? 0 : (int) Math.round(BAR * nats / largest);
    return "\u2588".repeat(filled) + " ".repeat(BAR + 2 - filled);
  }
}
