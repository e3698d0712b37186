package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Instruments;
import dev.orograph.model.BundledCheckpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands around the survey. */
class CommandsTest {
  @TempDir private Path dir;

  @Test
  void listNamesEveryAnalysisItsUnitAndItsNeed() {
    String out = Cli.inside("list").exits(0).out();
    for (Instrument<?, ?, ?> i : Instruments.ALL) {
      assertThat(out).containsPattern("(?m)^" + i.card().id() + " +" + i.card().title() + "$");
      assertThat(oneLine(out))
          .contains("one piece of work is a " + i.card().unit() + "; needs " + i.needs().words())
          .contains("measures " + i.card().measures());
    }
    assertThat(oneLine(out)).contains(BundledCheckpoint.ids());
    assertThat(out.lines()).allMatch(l -> l.length() <= 96);
  }

  @Test
  void explainTellsMethodLimitsAndSources() {
    for (Instrument<?, ?, ?> i : Instruments.ALL) {
      String out = Cli.inside("explain", i.card().id()).exits(0).out();
      assertThat(out).startsWith(i.card().title() + System.lineSeparator());
      assertThat(oneLine(out))
          .contains(oneLine(i.card().method()))
          .contains("What it does not show: " + oneLine(i.card().limits()))
          .contains("Source: " + oneLine(i.card().source()));
      i.card().references().forEach(r -> assertThat(oneLine(out)).contains(oneLine(r)));
      i.choices()
          .all()
          .forEach(
              c ->
                  assertThat(oneLine(out))
                      .contains(c.option() + " " + c.value() + " " + oneLine(c.words())));
      assertThat(out.lines()).allMatch(l -> l.length() <= 96);
    }
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ");
  }

  @Test
  void doctorSaysWhatTheMachineHas() {
    Cli.Outcome outcome = Cli.run(dir, "doctor").exits(0);
    assertThat(outcome.err()).isEmpty();
    for (String what :
        new String[] {
          "orograph",
          "java",
          "memory",
          "heap",
          "system",
          "processor",
          "linear algebra",
          "forward pass",
          "natives in",
          "gpu",
          "chromium"
        }) {
      assertThat(outcome.out()).containsPattern("(?m)^" + what + " +\\S");
    }
    assertThat(outcome.out())
        .contains(Runtime.getRuntime().availableProcessors() + " cores")
        .containsPattern("OpenBLAS loaded in \\d+\\.\\d s, kernels \\S+");
  }

  @Test
  void inspectSaysWhatAModelIsAndWhatCanBeAnalysed() {
    Path model = dir.resolve("tiny");
    Cli.inside("make", "t5-tiny", model).exits(0);
    Map<String, String> before = Runs.untouched(dir);
    Cli.Outcome outcome = Cli.inside("inspect", model).exits(0);
    assertThat(outcome.err()).isEmpty();
    assertThat(oneLine(outcome.out()))
        .contains("tiny is a T5 model of 280 k parameters: 3 encoder and 3 decoder blocks")
        .contains("spectra: yes", "sparsity: yes", "F32 (68)", "model.safetensors 1.1 MiB")
        .doesNotContain("sha256 ");
    assertThat(outcome.out()).containsPattern("(?m)^  self_attn_q +encoder +3 +12,288 ");
    assertThat(Runs.untouched(dir)).as("it only reads").isEqualTo(before);
  }

  @Test
  void inspectHashesListsTensorsAndFindsDuplicates() throws Exception {
    Path model =
        Models.of(
            dir.resolve("twins"),
            Models.normal("a.weight", 7, 12, 8),
            Models.normal("b.weight", 7, 12, 8),
            Models.normal("c.weight", 8, 12, 8));
    byte[] bytes = Files.readAllBytes(model.resolve("model.safetensors"));
    String sha = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    String plain = Cli.inside("inspect", model).exits(0).out();
    assertThat(plain).contains("Duplicates in sampled bytes", "a.weight = b.weight");
    assertThat(plain).doesNotContain(sha);
    String hashed = Cli.inside("inspect", model, "--hash").exits(0).out();
    assertThat(hashed).contains("sha256 " + sha, "Duplicates by content", "a.weight = b.weight");
    String tensors = Cli.inside("inspect", model, "--tensors").exits(0).out();
    for (String name : new String[] {"a.weight", "b.weight", "c.weight"}) {
      assertThat(tensors).containsPattern("(?m)^  " + name + " +F32 +\\[12, 8\\] ");
      assertThat(plain).doesNotContainPattern("(?m)^  " + name + " +F32 +\\[12, 8\\] ");
    }
  }

  @Test
  void inspectTakesSeveralModels() {
    Path one = Models.of(dir.resolve("one"), Models.normal("a.weight", 1, 12, 8));
    Path two = Models.of(dir.resolve("two"), Models.normal("b.weight", 2, 8, 12));
    String out = Cli.inside("inspect", one, two).exits(0).out();
    assertThat(out).contains("one holds 1 tensors", "two holds 1 tensors");
    assertThat(out.indexOf("one holds")).isLessThan(out.indexOf("two holds"));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theCompletionScriptIsOneThatBashTakes() throws Exception {
    Path script = dir.resolve("completion.bash");
    String text = Cli.inside("completion").exits(0).out();
    Files.writeString(script, text, StandardCharsets.UTF_8);
    assertThat(text)
        .contains("orograph", "survey", "compare", "diff", "inspect", "--only", "t5-tiny");
    Path run = Files.createDirectory(dir.resolve("run"));
    Files.writeString(
        run.resolve("results.json"),
        "{\"id\": \"norms.steps\", \"id\": \"qk.lock\", \"id\": \"qk.$(touch evil)\"}");
    assertThat(completed(script, "orograph ins")).containsExactly("inspect");
    assertThat(completed(script, "orograph get " + run + " qk")).containsExactly("qk.lock");
    assertThat(completed(script, "orograph get " + run + " ")).hasSize(2);
    assertThat(completed(script, "orograph survey sample:t5"))
        .containsExactly("t5", "t5-untrained");
    assertThat(completed(script, "orograph survey --only cross")).containsExactly("cross_layer");
    assertThat(dir.resolve("evil")).doesNotExist();
  }

  /** What bash offers behind a line, whose words a ':' parts too. */
  private List<String> completed(Path script, String line) throws Exception {
    Path said = dir.resolve("said");
    String probe =
        "compopt() { :; }; source \"$1\"; COMP_LINE=$2; COMP_POINT=${#2}; words=\"${2//:/ : }x\";"
            + " read -ra COMP_WORDS <<< \"$words\"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1));"
            + " COMP_WORDS[COMP_CWORD]=${COMP_WORDS[COMP_CWORD]%x};"
            + " _orograph_all; printf '%s\\n' \"${COMPREPLY[@]}\"";
    for (List<String> command :
        List.of(
            List.of("bash", "-n", script.toString()),
            List.of("bash", "-c", probe, "probe", script.toString(), line))) {
      Process bash =
          new ProcessBuilder(command)
              .directory(dir.toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      assertThat(bash.waitFor(Cli.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(bash.exitValue()).as(Files.readString(said)).isZero();
    }
    return Files.readAllLines(said);
  }

  @Test
  void whatIsPrintedIsThereAsJsonToo() throws IOException {
    Path one = Models.of(dir.resolve("one"), Models.normal("a.weight", 1, 12, 8));
    Path two = Models.of(dir.resolve("two"), Models.normal("b.weight", 2, 8, 12));
    JsonNode both = json("inspect", one, two, "--json");
    assertThat(both.findValuesAsText("name")).contains("one", "two");
    assertThat(json("inspect", one, "--json").path("analyses").size()).isGreaterThan(10);
    JsonNode list = json("list", "--json");
    assertThat(list.path("analyses").findValuesAsText("id")).contains("spectra", "normal");
    assertThat(list.path("models").toString()).contains("sample:t5");
    assertThat(json("doctor", "--json").path("orograph").asText()).matches("\\d+\\.\\d+.*");
    JsonNode near = json("neighbours", one, "#3", "-k", 2, "--json");
    assertThat(near.path("hits")).hasSize(2);
    assertThat(near.path("words").path(0).path("tokens").path(0).asInt()).isEqualTo(3);
  }

  private static JsonNode json(Object... args) throws IOException {
    return new ObjectMapper().readTree(Cli.inside(args).exits(0).out());
  }

  @Test
  void runFoldersGoWhereRunsSays() throws IOException {
    Path one = Models.of(dir.resolve("one"), Models.normal("a.weight", 1, 12, 8));
    Path two = Models.of(dir.resolve("two"), Models.normal("a.weight", 2, 12, 8));
    Path runs = dir.resolve("runs");
    Cli.inside("compare", one, two, "--only", "norms,sparsity", "--runs", runs).exits(0);
    try (Stream<Path> made = Files.list(runs)) {
      assertThat(made.map(p -> p.getFileName().toString().replaceAll("-[0-9a-f]{8}$", "")))
          .containsExactlyInAnyOrder("one", "two", "compare-one-two");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5-tiny", "llama-tiny"})
  void makeGivesTheSameBytesForTheSameSeed(String shape) throws IOException {
    String said = Cli.inside("make", shape, dir.resolve("a")).exits(0).out();
    assertThat(said).contains("Made " + shape + " with seed 1 in ");
    Cli.inside("make", shape, dir.resolve("deep").resolve("b"), "--seed", 1).exits(0);
    Cli.inside("make", shape, dir.resolve("c"), "--seed", 2).exits(0);
    byte[] a = Files.readAllBytes(dir.resolve("a/model.safetensors"));
    assertThat(Files.readAllBytes(dir.resolve("deep/b/model.safetensors"))).isEqualTo(a);
    assertThat(Files.readAllBytes(dir.resolve("c/model.safetensors"))).isNotEqualTo(a);
  }

  @Test
  void makeRefusesWhatExists() throws IOException {
    Path folder = Files.createDirectory(dir.resolve("mine"));
    Path file = Files.writeString(dir.resolve("file"), "mine");
    Map<String, String> before = Runs.untouched(dir);
    assertThat(Cli.inside("make", "t5-tiny", folder).fault()).contains("mine", "another name");
    Cli.inside("make", "t5-tiny", file).fault();
    Cli.inside("make", "t5-tiny", file.resolve("below")).fault();
    assertThat(Runs.untouched(dir)).isEqualTo(before);
  }
}
