package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a finished run holds can be got again and drawn again. */
class GetAndReportTest {
  private static final String SCALAR = "spectra.self_attn_q.stable_rank";

  @TempDir private static Path shared;
  @TempDir private Path dir;
  private static Path run;

  @BeforeAll
  static void survey() {
    Cli.inside("make", "t5-tiny", shared.resolve("model")).exits(0);
    run = shared.resolve("run");
    Cli.inside("survey", shared.resolve("model"), "--out", run).exits(0);
  }

  @Test
  void aScalarIsItsValueAsResultsJsonHasIt() {
    JsonNode scalar = Runs.finding(Runs.results(run), SCALAR);
    Cli.Outcome outcome = Cli.inside("get", run, SCALAR).exits(0);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out().strip()).isEqualTo(Double.toString(scalar.path("value").asDouble()));
  }

  @Test
  void asJsonItIsAllThatIsKnownAboutIt() throws IOException {
    String text = Cli.inside("get", run, SCALAR, "--json").exits(0).out();
    JsonNode json = new ObjectMapper().readTree(text);
    assertThat(json).isEqualTo(Runs.finding(Runs.results(run), SCALAR));
    assertThat(json.path("null").isNumber()).isTrue();
    assertThat(json.path("z").isNumber()).isTrue();
  }

  @Test
  void aTableIsTheCsvFile() throws IOException {
    String csv = Cli.inside("get", run, "spectra.matrix").exits(0).out();
    assertThat(csv.getBytes(StandardCharsets.UTF_8))
        .isEqualTo(Files.readAllBytes(run.resolve("tables/spectra.matrix.csv")));
    assertThat(csv).startsWith("tensor,component,stack,layer,rows,columns,dtype,");
  }

  @Test
  void aChartIsItsData() throws IOException {
    String text = Cli.inside("get", run, "spectra.stable_rank_by_layer").exits(0).out();
    assertThat(new ObjectMapper().readTree(text).path("kind").asText()).isEqualTo("curve");
  }

  @Test
  void severalIdsAreAListAsJsonAndOneAfterTheOtherWithout() throws IOException {
    String other = "spectra.self_attn_k.stable_rank";
    JsonNode both =
        new ObjectMapper().readTree(Cli.inside("get", run, SCALAR, other, "--json").exits(0).out());
    assertThat(both).hasSize(2);
    assertThat(both.get(1)).isEqualTo(Runs.finding(Runs.results(run), other));
    assertThat(Cli.inside("get", run, SCALAR, other).exits(0).out().lines())
        .containsExactly(
            Double.toString(both.get(0).path("value").asDouble()),
            Double.toString(both.get(1).path("value").asDouble()));
    Cli.Outcome wrong = Cli.inside("get", run, SCALAR, "spectra.nope");
    assertThat(wrong.fault()).contains("'spectra.nope' is no id of this run");
    assertThat(wrong.out()).isEmpty();
  }

  @Test
  void theBeginningOfIdsListsThem() throws IOException {
    String listed = Cli.inside("get", run, "spectra.self_attn_q").exits(0).out();
    assertThat(listed.lines()).hasSizeGreaterThan(3).allMatch(l -> l.startsWith("spectra.self_"));
    assertThat(listed).isEqualTo(Cli.inside("get", run, "spectra.self_attn_q", "--list").out());
    JsonNode json =
        new ObjectMapper()
            .readTree(Cli.inside("get", run, "spectra.self_attn_q", "--json").exits(0).out());
    assertThat(json).hasSize((int) listed.lines().count());
  }

  @Test
  void theListHasEveryIdAndCanBeNarrowed() {
    String all = Cli.inside("get", run, "--list").exits(0).out();
    for (JsonNode section : Runs.results(run).path("sections")) {
      for (JsonNode f : section.path("findings")) {
        assertThat(all)
            .containsPattern("(?m)^" + java.util.regex.Pattern.quote(f.path("id").asText()) + " ");
      }
    }
    String some = Cli.inside("get", run, "sparsity.embedding", "--list").exits(0).out();
    assertThat(some.lines()).isNotEmpty().allMatch(l -> l.startsWith("sparsity.embedding"));
  }

  @Test
  void claimsOfOneRunAndOfTwo() throws IOException {
    String text = Cli.inside("claims", run, run).exits(0).out();
    assertThat(text)
        .containsPattern("(?m)^weights of neighbouring layers are at right angles .* of 2 ")
        .contains("1 = model", "2 = model (2)", "?: cannot be told");
    JsonNode json = new ObjectMapper().readTree(Cli.inside("claims", run, "--json").exits(0).out());
    assertThat(json.path("id").asText()).isEqualTo("claims.models");
    assertThat(json.path("rows").size()).isGreaterThan(3);
    assertThat(Cli.inside("claims", shared.resolve("model")).fault()).contains("finished run");
  }

  @Test
  void aRunIsAddedToTheReferenceModels() throws IOException {
    Path file = dir.resolve("data/reference.json");
    String said = Cli.inside("reference", "add", run, "--file", file).exits(0).out();
    assertThat(said).contains("model: ", " figures; 1 model in ");
    Cli.inside("reference", "add", run, "--file", file).exits(0);
    JsonNode json = new ObjectMapper().readTree(file.toFile());
    assertThat(json.path("models").size()).as("once each").isEqualTo(1);
    assertThat(json.at("/models/0/kind").asText()).isEqualTo("encoder-decoder");
    assertThat(json.at("/models/0/effects").size()).isGreaterThan(20);
    assertThat(Cli.inside("reference", "list").exits(0).out()).contains(" figures");
    assertThat(Cli.inside("reference", "add", dir, "--file", file).fault())
        .contains("finished run");
  }

  @Test
  void anUnknownIdIsAFaultThatNamesIt() {
    assertThat(Cli.inside("get", run, "spectra.nope").fault())
        .contains("'spectra.nope' is no id of this run", "--list");
  }

  @ParameterizedTest
  @ValueSource(strings = {"get", "report"})
  void whatIsNoFinishedRunIsAFault(String command) throws IOException {
    Path begun = Files.createDirectories(dir.resolve("begun"));
    Files.writeString(
        begun.resolve("run.json"), "{\"schema\": \"orograph.run\", \"status\": \"running\"}");
    assertThat(ask(command, begun)).contains("it was not finished");
    assertThat(ask(command, Files.createDirectories(dir.resolve("empty")))).contains("it has none");
    assertThat(ask(command, dir.resolve("nowhere"))).contains("does not exist");
    assertThat(ask(command, Files.writeString(dir.resolve("file"), "x"))).isNotEmpty();
    for (String broken :
        new String[] {
          "",
          "{",
          "[]",
          "null",
          "{}",
          "{\"schema\": \"other\"}",
          "{\"schema\": \"orograph.results\", \"version\": 1}",
          "{\"schema\": \"orograph.results\", \"version\": 99}",
          "{\"schema\": \"orograph.results\", \"version\": 1, \"model\": null, \"analyses\": [],"
              + " \"sections\": [null]}",
          "{\"schema\": \"orograph.results\", \"version\": 1, \"model\": {}, \"analyses\": [],"
              + " \"sections\": [{\"findings\": [{\"kind\": \"\\u001b[2J\"}]}]}"
        }) {
      Path folder = copy(dir.resolve("broken" + Integer.toHexString(broken.hashCode())));
      Files.writeString(folder.resolve("results.json"), broken);
      Map<String, String> before = Runs.untouched(folder);
      assertThat(ask(command, folder)).contains("results.json").doesNotContain("\u001b");
      assertThat(Runs.untouched(folder)).isEqualTo(before);
    }
  }

  private static String ask(String command, Path folder) {
    Cli.Outcome outcome =
        command.equals("get") ? Cli.inside(command, folder, SCALAR) : Cli.inside(command, folder);
    assertThat(outcome.out()).isEmpty();
    return outcome.fault();
  }

  @Test
  void theReportIsDrawnAgainByteForByte() throws IOException {
    Path copy = copy(dir.resolve("copy"));
    Map<String, byte[]> before = Runs.files(copy);
    Files.delete(copy.resolve("report.html"));
    Files.writeString(copy.resolve("tables/spectra.matrix.csv"), "spoiled");
    assertThat(Cli.inside("report", copy).exits(0).out())
        .isEqualTo("Report:   " + copy.resolve("report.html") + System.lineSeparator());
    Map<String, byte[]> after = Runs.files(copy);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    before.forEach(
        (name, bytes) ->
            assertThat(java.util.Arrays.equals(after.get(name), bytes)).as(name).isTrue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "null"})
  void aReportWithoutARunFileIsAFault(String content) throws IOException {
    Path copy = copy(dir.resolve("copy"));
    Files.writeString(copy.resolve("run.json"), content);
    Map<String, String> before = Runs.content(copy);
    assertThat(Cli.inside("report", copy).fault()).contains("run.json");
    Runs.requireSame(copy, before);
  }

  private static Path copy(Path to) throws IOException {
    for (Map.Entry<String, byte[]> f : Runs.files(run).entrySet()) {
      Files.createDirectories(to.resolve(f.getKey()).getParent());
      Files.write(to.resolve(f.getKey()), f.getValue());
    }
    return to;
  }
}
