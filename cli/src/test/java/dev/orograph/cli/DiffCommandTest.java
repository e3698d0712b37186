package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What changed between two runs, end to end. */
class DiffCommandTest {
  @TempDir private static Path shared;
  @TempDir private Path dir;
  private static Path one;
  private static Path two;

  @BeforeAll
  static void survey() {
    Path model = shared.resolve("model");
    Cli.inside("make", "llama-tiny", model).exits(0);
    one = shared.resolve("one");
    two = shared.resolve("two");
    // Of these only the nulls are drawn; the embedding's figures rest on drawn samples themselves.
    String weights = "spectra,sparsity,qk,neurons,cross_layer,norms";
    Cli.inside("survey", model, "--only", weights, "--out", one).exits(0);
    Cli.inside("survey", model, "--only", weights, "--out", two, "--seed", 7).exits(0);
  }

  @Test
  void aRunDoesNotDifferFromItself() {
    Map<String, String> before = Runs.untouched(shared);
    assertThat(Cli.inside("diff", one, one).exits(0).out().strip()).isEqualTo("Nothing changed.");
    assertThat(Runs.untouched(shared)).as("it only reads").isEqualTo(before);
  }

  @Test
  void whetherTwoModelsShareAStart() throws IOException {
    Path model = dir.resolve("other");
    Cli.inside("make", "llama-tiny", model, "--seed", 5).exits(0);
    Path other = dir.resolve("other-run");
    Cli.inside("survey", model, "--only", "norms", "--out", other).exits(0);
    String told = Cli.inside("diff", one, other).exits(0).out();
    assertThat(told).contains("model and other share no start that can be seen");
    Files.move(model, dir.resolve("elsewhere"));
    assertThat(Cli.inside("diff", one, other).exits(0).out()).doesNotContain("share no start");
    assertThat(Cli.inside("diff", one, two).exits(0).out()).doesNotContain("share no start");
  }

  /** Models are opened again as their runs were told; where these were told otherwise, none is. */
  @Test
  void modelsAreOpenedAsTheirRunsWereTold() throws IOException {
    Path[] runs = new Path[2];
    for (int i = 0; i < 2; i++) {
      Path model = Models.ofNoKnownType(dir.resolve("odd" + i), i + 1);
      runs[i] = dir.resolve("odd-run" + i);
      Cli.inside("survey", model, "--only", "norms", "--family", "llama", "--out", runs[i])
          .exits(0);
    }
    String sentence = "odd0 and odd1 share no start";
    assertThat(Cli.inside("diff", runs[0], runs[1]).exits(0).out()).contains(sentence);
    Path told = runs[1].resolve("run.json");
    String text = Files.readString(told);
    Files.writeString(told, text.replace("\"llama\"", "\"mistral\""));
    assertThat(Files.readString(told)).isNotEqualTo(text);
    assertThat(Cli.inside("diff", runs[0], runs[1]).exits(0).out()).doesNotContain(sentence);
    // A family that there is not, in both: the models cannot be opened so.
    for (Path run : runs) {
      Path file = run.resolve("run.json");
      String json = Files.readString(file);
      Files.writeString(file, json.replaceAll("\"(llama|mistral)\"", "\"nobody\""));
    }
    assertThat(Cli.inside("diff", runs[0], runs[1]).exits(0).out()).doesNotContain(sentence);
  }

  @Test
  void anotherSeedChangesNullsAndNoMatrix() {
    Cli.Outcome outcome = Cli.inside("diff", one, two).exits(0);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .startsWith("The results differ.")
        .containsPattern("(?m)^How the runs were made: 1$\\R  setting seed 42 -> 7$")
        .containsPattern(
            "(?m)^Figures that changed: \\d+, the first 20 \\(--all lists every one\\)$")
        .contains("Table spectra.matrix (")
        .doesNotContain("only in the old run", "spectra.self_attn_q.stable_rank  ");
    assertThat(outcome.out().lines().filter(l -> l.startsWith("  sparsity."))).isEmpty();
    String all = Cli.inside("diff", one, two, "--all").exits(0).out();
    assertThat(all).doesNotContain("--all").contains("spectra.self_attn_q.stable_rank null ");
    assertThat(all.lines().count()).isGreaterThan(outcome.out().lines().count());
  }

  @Test
  void asJsonItIsEveryChange() throws IOException {
    JsonNode diff =
        new ObjectMapper().readTree(Cli.inside("diff", one, two, "--json").exits(0).out());
    assertThat(diff.path("same").asBoolean()).isFalse();
    assertThat(diff.path("circumstances").get(0).path("before").asText()).isEqualTo("42");
    double last = Double.POSITIVE_INFINITY;
    assertThat(diff.path("scalars").size()).isGreaterThan(20);
    for (JsonNode s : diff.path("scalars")) {
      double size =
          s.has("relative") ? Math.abs(s.path("relative").asDouble()) : Double.POSITIVE_INFINITY;
      assertThat(size).isLessThanOrEqualTo(last);
      last = size;
    }
  }

  @Test
  void whatIsNoRunIsAFaultAndNamesAreMadeVisible() throws IOException {
    assertThat(Cli.inside("diff", one, dir.resolve("nowhere")).fault()).contains("nowhere");
    Path copy = Files.createDirectories(dir.resolve("copy"));
    Files.writeString(
        copy.resolve("results.json"),
        Files.readString(one.resolve("results.json"))
            .replace("model.layers.0.self_attn.q_proj.weight", "\\u001b[2J"));
    Cli.Outcome outcome = Cli.inside("diff", one, copy).exits(0);
    assertThat(outcome.out()).contains("\\u001b[2J").doesNotContain("\u001b");
    assertThat(outcome.out())
        .contains("Table spectra.matrix (", "rows only in the old run: 1", "new run: 1");
  }
}
