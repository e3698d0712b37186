package dev.orograph.cli;

import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.input.Text;
import dev.orograph.instrument.states.EntropyPatches;
import dev.orograph.instrument.states.EntropyPatches.Patch;
import dev.orograph.report.CsvTables;
import dev.orograph.report.ResultsJson;
import dev.orograph.survey.RunFolder;
import dev.orograph.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The entropies of one text as lines, as JSON and as CSV. */
final class EntropyReport {
  private static final String JSON = "entropy.json";
  private static final char REPLACEMENT = '\uFFFD';
  private static final int BAR = 24;
  private static final int MOST_TEXT = 60;
  private static final double BIT = Math.log(2);

  private final About about;
  private final int[] ids;
  private final EntropyPatches patches;
  private final Tokenizer tokenizer;

  /**
   * What was read, and how.
   *
   * @param unit what a token is: {@code byte} or {@code token}
   * @param window positions read at once
   * @param overlap positions of a window that are the end of the one before; 0 for one window
   * @param reason where the threshold comes from
   */
  record About(
      String program,
      String model,
      String fingerprint,
      String tokenizer,
      String precision,
      String source,
      String unit,
      int window,
      int overlap,
      String reason) {}

  /**
   * Everything, as {@code entropy.json} holds it.
   *
   * @param threshold nats
   * @param tokens positions of the text, without special tokens before it
   * @param bits mean entropy of the predictions of the text's tokens
   * @param nats the same
   * @param length mean length of the patches
   */
  record Whole(
      About about,
      double threshold,
      int tokens,
      Double bits,
      Double nats,
      int patches,
      double length,
      List<Table> tables) {}

  private record Position(int at, int id, String text, Double nats, boolean starts) {}

  /**
   * What is told of one text.
   *
   * @param tokenizer null where there is none: ids stand for themselves
   */
  EntropyReport(About about, int[] ids, EntropyPatches patches, Tokenizer tokenizer) {
    this.about = about;
    this.ids = ids.clone();
    this.patches = patches;
    this.tokenizer = tokenizer;
  }

  /** The folder that holds such a report. */
  static OwnFolder folder(Path path, boolean fresh) {
    return new OwnFolder(
        path,
        JSON,
        Map.of(
            "",
            Set.of(JSON, "tables"),
            "tables",
            Set.of("entropy.patches.csv", "entropy.positions.csv")),
        fresh);
  }

  private Whole whole() {
    Double mean = patches.mean();
    return new Whole(
        about,
        patches.threshold(),
        patches.length(),
        bits(mean),
        mean,
        patches.starts().size(),
        patches.length() / (double) patches.starts().size(),
        List.of(patchTable(), positionTable()));
  }

  private static Double bits(Double nats) {
    return nats == null ? null : nats / BIT;
  }

  private Table patchTable() {
    return Table.of(
        "entropy.patches",
        "Patches",
        List.of(
            new Column<Patch>("position", "its first token, counted from 0", p -> (long) p.from()),
            new Column<>("length", about.unit() + "s", p -> (long) (p.to() - p.from())),
            new Column<>("bits", "entropy of the prediction of its first", p -> bits(p.nats())),
            new Column<>("nats", "the same", Patch::nats),
            new Column<>("text", "what it stands for", p -> text(p.from(), p.to()))),
        patches.patches());
  }

  private Table positionTable() {
    Set<Integer> starts = Set.copyOf(patches.starts());
    List<Position> all =
        IntStream.range(0, ids.length)
            .mapToObj(
                i -> new Position(i, ids[i], text(i, i + 1), patches.of(i), starts.contains(i)))
            .toList();
    return Table.of(
        "entropy.positions",
        "Positions",
        List.of(
            new Column<Position>("position", "counted from 0", p -> (long) p.at()),
            new Column<>("id", "of the token", p -> (long) p.id()),
            new Column<>("text", "what it stands for", Position::text),
            new Column<>("bits", "entropy of its prediction", p -> bits(p.nats())),
            new Column<>("nats", "the same", Position::nats),
            new Column<>("starts", "whether a patch starts here", Position::starts)),
        all);
  }

  /** What tokens stand for; without a tokenizer their ids. */
  private String text(int from, int to) {
    List<Integer> part = Arrays.stream(ids, from, to).boxed().toList();
    if (tokenizer == null) {
      return part.stream().map(id -> "#" + id).collect(Collectors.joining(" "));
    }
    String joined = part.stream().map(tokenizer::text).collect(Collectors.joining());
    if (joined.indexOf(REPLACEMENT) < 0) {
      return joined;
    }
    // Tokens that are parts of one character are whole only together; decoding may drop a space.
    String decoded = tokenizer.decode(part, false);
    return joined.startsWith(" ") && !decoded.startsWith(" ") ? " " + decoded : decoded;
  }

  String json() {
    return ResultsJson.text(whole());
  }

  /** Writes the tables, then what tells that they are whole. */
  void write(OwnFolder folder) {
    folder.begin();
    Whole all = whole();
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (Table table : all.tables()) {
      files.put("tables/" + table.id() + ".csv", CsvTables.write(table));
    }
    RunFolder.write(folder.path(), files);
    RunFolder.write(
        folder.path(),
        Map.of(JSON, (ResultsJson.text(all) + "\n").getBytes(StandardCharsets.UTF_8)));
  }

  /** The first patches as lines; bars on a terminal only. */
  void print(int most) {
    boolean bars = Boolean.getBoolean("orograph.terminal");
    List<Patch> all = patches.patches();
    double largest = all.stream().mapToDouble(p -> p.nats() == null ? 0 : p.nats()).max().orElse(0);
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%8s  %7s  %7s  %6s  %s%s",
            "position",
            "bits",
            "nats",
            about.unit() + "s",
            bars ? " ".repeat(BAR + 2) : "",
            "text"));
    for (Patch p : all.subList(0, Math.min(most, all.size()))) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%8d  %7s  %7s  %6d  %s%s",
              p.from(),
              p.nats() == null ? "-" : String.format(Locale.ROOT, "%.3f", bits(p.nats())),
              p.nats() == null ? "-" : String.format(Locale.ROOT, "%.3f", p.nats()),
              p.to() - p.from(),
              bars ? bar(p.nats(), largest) : "",
              Text.visible("'" + text(p.from(), p.to()) + "'", MOST_TEXT)));
    }
    lines.forEach(System.out::println);
    if (all.size() > most) {
      System.out.println(
          "          and " + Text.grouped(all.size() - most) + " patches more (--show, --out)");
    }
    System.out.println();
    System.out.println(Terminal.wrap(summary(all.size())));
  }

  private static String bar(Double nats, double largest) {
    int filled = nats == null || largest == 0 ? 0 : (int) Math.round(BAR * nats / largest);
    return "\u2588".repeat(filled) + " ".repeat(BAR + 2 - filled);
  }

  private String summary(int count) {
    Double mean = patches.mean();
    return Text.grouped(patches.length())
        + " "
        + about.unit()
        + (patches.length() == 1 ? "" : "s")
        + (mean == null
            ? ""
            : String.format(
                Locale.ROOT,
                ", %.3f bits (%.3f nats) of entropy per %s",
                bits(mean),
                mean,
                about.unit()))
        + String.format(
            Locale.ROOT,
            "; %s patch%s of %.2f %ss on average, above %.4g nats (%.4g bits; %s).",
            Text.grouped(count),
            count == 1 ? "" : "es",
            patches.length() / (double) count,
            about.unit(),
            patches.threshold(),
            bits(patches.threshold()),
            about.reason())
        + (about.overlap() > 0
            ? " Read in windows of "
                + about.window()
                + " positions, of which "
                + about.overlap()
                + " are the end of the one before."
            : "");
  }
}
