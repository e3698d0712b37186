package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models beside each other, end to end. */
class CompareCommandTest {
  @TempDir private static Path shared;
  @TempDir private Path dir;
  private static Path t5;
  private static Path llama;
  private static Path t5Run;
  private static Path llamaRun;

  @BeforeAll
  static void make() {
    t5 = shared.resolve("t5");
    llama = shared.resolve("llama");
    Cli.inside("make", "t5-tiny", t5).exits(0);
    Cli.inside("make", "llama-tiny", llama).exits(0);
    t5Run = shared.resolve("t5-run");
    llamaRun = shared.resolve("llama-run");
    Cli.inside("survey", t5, "--out", t5Run).exits(0);
    Cli.inside("survey", llama, "--out", llamaRun).exits(0);
  }

  @Test
  void modelsOfOneShapeAreComparedTensorByTensor() throws IOException {
    Path other = dir.resolve("other");
    Cli.inside("make", "t5-tiny", other, "--seed", "7").exits(0);
    Path out = dir.resolve("out");
    Path runs = dir.resolve("runs");
    Cli.inside("compare", t5, other, "--only", "norms,shared_start", "--out", out, "--runs", runs)
        .exits(0);
    assertThat(Runs.results(out).path("model").path("paragraph").asText())
        .contains("t5 and other share no start that can be seen.");
    assertThat(Files.readString(out.resolve("tables/compare.starts.csv")))
        .contains("t5, other", "shared.weight");
    assertThat(Runs.run(out).path("pairs").findValuesAsText("name")).containsExactly("t5, other");
  }

  @Test
  void modelsAreSurveyedIntoTheirOwnFoldersAndCompared() throws IOException {
    Cli.Outcome outcome = Cli.run(dir, "compare", t5, llama).exits(0);
    assertThat(outcome.out()).contains("2 models beside each other: t5 (T5), llama (Llama).");
    List<Path> folders;
    try (Stream<Path> list = Files.list(dir.resolve("orograph-runs"))) {
      folders = list.sorted().toList();
    }
    assertThat(folders).hasSize(3);
    Path comparison = folders.get(0);
    assertThat(comparison.getFileName().toString()).matches("compare-t5-llama-[0-9a-f]{8}");
    assertThat(folders.get(1).getFileName().toString()).matches("llama-[0-9a-f]{8}");
    assertThat(Runs.results(folders.get(1))).isEqualTo(Runs.results(llamaRun));
    assertThat(Runs.files(comparison).keySet())
        .contains(
            "report.html",
            "results.json",
            "run.json",
            "tables/compare.models.csv",
            "tables/compare.differences.csv",
            "tables/compare.scalars.csv")
        .noneMatch(f -> f.endsWith(".part"));
    JsonNode run = Runs.run(comparison);
    assertThat(run.path("status").asText()).isEqualTo("done");
    assertThat(run.path("runs").findValuesAsText("name")).containsExactly("t5", "llama");
    JsonNode results = Runs.results(comparison);
    assertThat(results.path("model").path("family").asText()).isEqualTo("comparison");
    // Two untrained models: nothing stands out.
    assertThat(results.path("highlights").isArray()).isTrue();
    assertThat(results.path("highlights")).isEmpty();
    // Again: nothing is measured and nothing changes, but for the time in run.json.
    Map<String, String> before = Runs.untouched(dir);
    Cli.Outcome again = Cli.run(dir, "compare", t5, llama).exits(0);
    assertThat(again.err()).contains("t5 was surveyed before: ", "llama was surveyed before: ");
    assertThat(again.out()).isEqualTo(outcome.out());
    assertThat(Runs.untouched(dir).keySet()).isEqualTo(before.keySet());
    assertThat(Runs.untouched(dir).get("orograph-runs/" + comparison.getFileName() + "/run.json"))
        .isEqualTo(before.get("orograph-runs/" + comparison.getFileName() + "/run.json"));
    // The other commands take it as a run.
    assertThat(Cli.inside("get", comparison, "compare.models").exits(0).out())
        .startsWith("model,stack,family,parameters,q_below_1e-1,")
        .contains("\r\nt5,decoder,T5,", "\r\nt5,encoder,T5,", "\r\nllama,decoder,Llama,");
    assertThat(Cli.inside("report", comparison).exits(0).out()).contains("report.html");
  }

  @Test
  void finishedRunsAreComparedWithoutTheirModels() {
    Path out = dir.resolve("out");
    Cli.Outcome outcome =
        Cli.inside("compare", t5Run, llamaRun, t5Run, "--out", out, "--quiet").exits(0);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).isEmpty();
    assertThat(dir.resolve("orograph-runs")).doesNotExist();
    assertThat(Runs.results(out).path("model").path("name").asText())
        .isEqualTo("t5, llama, t5 (2)");
    JsonNode same = Runs.finding(Runs.results(out), "compare.self_attn_q.kurtosis.3-1");
    assertThat(same.path("value").asDouble()).isZero();
    // Another comparison does not replace it unless it is told to.
    Map<String, String> before = Runs.untouched(out);
    assertThat(Cli.inside("compare", t5Run, llamaRun, "--out", out).fault()).contains("--fresh");
    assertThat(Runs.untouched(out).keySet()).isEqualTo(before.keySet());
    Cli.inside("compare", t5Run, llamaRun, "--out", out, "--fresh").exits(0);
    assertThat(Runs.results(out).path("model").path("name").asText()).isEqualTo("t5, llama");
  }

  @Test
  void aConflictIsToldBeforeAnythingIsMeasured() throws IOException {
    Path out = dir.resolve("another");
    Cli.inside("compare", t5Run, llamaRun, "--out", out).exits(0);
    for (Path conflict : List.of(out, t5Run, t5)) {
      Map<String, String> before = Runs.untouched(conflict);
      assertThat(Cli.inside("compare", t5, t5, "--out", conflict).fault()).contains("--out");
      assertThat(Runs.untouched(conflict)).isEqualTo(before);
    }
  }

  @Test
  void theOptionsOfASurveyAreTheModels() throws IOException {
    Path out = dir.resolve("out");
    Path runs = dir.resolve("runs");
    Cli.inside(
            "compare", t5, llama, "--only", "sparsity", "--seed", 7, "--out", out, "--runs", runs)
        .exits(0);
    JsonNode results = Runs.results(out);
    assertThat(results.path("settings").path("seed").asText()).isEqualTo("7");
    assertThat(Runs.finding(results, "compare.lacking").path("text").asText())
        .contains("all lack 'Spectra of the weights': not asked for");
    try (Stream<Path> list = Files.list(runs)) {
      assertThat(list).hasSize(2);
    }
  }

  @Test
  void aFaultInOneModelIsToldAndTheOthersAreCompared() {
    Cli.Outcome outcome =
        Cli.inside("compare", t5Run, dir.resolve("nowhere"), llamaRun, "--out", dir.resolve("out"))
            .exits(1);
    assertThat(outcome.errors()).hasSize(1);
    assertThat(outcome.errors().get(0)).startsWith("orograph: " + dir.resolve("nowhere") + ": ");
    assertThat(Runs.results(dir.resolve("out")).path("model").path("name").asText())
        .isEqualTo("t5, llama");
    // Where fewer than two remain, nothing is written.
    Cli.Outcome alone =
        Cli.inside("compare", t5Run, dir.resolve("nowhere"), "--out", dir.resolve("b")).exits(1);
    assertThat(alone.errors().get(1)).contains("fewer than two models remain");
    assertThat(dir.resolve("b")).doesNotExist();
  }

  @Test
  void brokenLaterAndComparedRunsAreRefusedByName() throws IOException {
    Path out = dir.resolve("out");
    Cli.inside("compare", t5Run, llamaRun, "--out", out).exits(0);
    assertThat(refused(out)).contains("out: ", "it is a comparison");
    for (String broken :
        new String[] {
          "", "[]", "{\"schema\": \"orograph.results\", \"version\": 1, \"model\": {}}"
        }) {
      assertThat(refused(run("broken", broken))).contains("results.json: ");
    }
    assertThat(refused(run("later", "{\"schema\": \"orograph.results\", \"version\": 99}")))
        .contains("results of schema version 99", "or a newer one");
    Path begun = Files.createDirectories(dir.resolve("begun"));
    Files.writeString(begun.resolve("run.json"), "{\"schema\": \"orograph.run\"}");
    assertThat(refused(begun)).contains("it was not finished");
  }

  /** A model's folder may hold a results.json of another program. */
  @Test
  void aModelBesideWhichResultsLieIsAModel() throws IOException {
    Path model = Models.of(dir.resolve("model"), Models.normal("a.weight", 1, 12, 8));
    Files.writeString(model.resolve("results.json"), "{\"accuracy\": 0.9}");
    Path out = dir.resolve("out");
    Cli.inside("compare", t5Run, model, "--out", out, "--runs", dir.resolve("runs")).exits(0);
    assertThat(Runs.results(out).path("model").path("name").asText()).isEqualTo("t5, model");
  }

  @Test
  void namesAreMadeVisible() throws IOException {
    String results = Files.readString(t5Run.resolve("results.json"));
    Path hostile =
        run(
            "hostile",
            results.replaceFirst("\"name\": \"t5\"", "\"name\": \"\\\\u001b[2J../../x\""));
    Path runs = dir.resolve("runs");
    Cli.Outcome outcome = Cli.inside("compare", hostile, llamaRun, "--runs", runs).exits(0);
    assertThat(outcome.out()).contains("\\u001b[2J").doesNotContain("\u001b");
    try (Stream<Path> list = Files.list(runs)) {
      assertThat(list.map(p -> p.getFileName().toString()))
          .allMatch(n -> n.matches("compare-__2J\\.\\._\\.\\._x-llama-[0-9a-f]{8}"));
    }
  }

  private Path run(String name, String results) throws IOException {
    Path run = Files.createDirectories(dir.resolve(name));
    Files.writeString(run.resolve("results.json"), results);
    return run;
  }

  private String refused(Path run) {
    Cli.Outcome outcome =
        Cli.inside("compare", run, t5Run, "--out", dir.resolve("refused")).exits(1);
    assertThat(dir.resolve("refused")).doesNotExist();
    assertThat(outcome.err()).doesNotContain("fault of this program");
    return outcome.errors().get(0);
  }
}
