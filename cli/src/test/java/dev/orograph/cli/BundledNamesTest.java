package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.model.BundledCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every command that takes a model takes the names of those that come along (here stand-ins). */
class BundledNamesTest {
  private String before;
  @TempDir private Path dir;
  private Path samples;

  @BeforeEach
  void standIns() {
    before = System.getProperty(BundledCheckpoint.PLACE);
    samples = dir.resolve("place-of-samples");
    System.setProperty(BundledCheckpoint.PLACE, samples.toString());
    Path checkpoints = samples.resolve("checkpoints");
    Cli.inside("make", "t5-tiny", checkpoints.resolve("t5")).exits(0);
    Cli.inside("make", "llama-tiny", checkpoints.resolve("lm")).exits(0);
    Cli.inside("make", "sample-bytes", checkpoints.resolve("bytes")).exits(0);
  }

  @AfterEach
  void restore() {
    if (before == null) {
      System.clearProperty(BundledCheckpoint.PLACE);
    } else {
      System.setProperty(BundledCheckpoint.PLACE, before);
    }
  }

  @Test
  void aSurveyWithoutAModelIsOfTheT5AndTellsNoPath() throws IOException {
    Path run = dir.resolve("run");
    Object[] survey = {"survey", "--only", "sparsity", "--out", run};
    assertThat(Cli.inside(survey).exits(0).out()).contains("sample:t5 is a T5 model");
    assertThat(Cli.inside(survey).exits(0).err()).contains("This run was there already");
    assertThat(Runs.results(run).path("model").path("name").asText()).isEqualTo("sample:t5");
    JsonNode model = Runs.run(run).path("model");
    assertThat(model.path("name").asText()).isEqualTo("sample:t5");
    assertThat(model.path("path").asText()).isEqualTo("sample:t5");
    for (String file : new String[] {"run.json", "results.json", "report.html"}) {
      assertThat(Files.readString(run.resolve(file)))
          .as(file)
          .contains("sample:t5")
          .doesNotContain(samples.getFileName().toString());
    }
  }

  @Test
  void severalGoToFoldersThatAnySystemTakes() {
    Path runs = dir.resolve("runs");
    String out =
        Cli.inside(
                "survey", "sample:t5", "sample:lm-untrained", "--only", "sparsity", "--out", runs)
            .exits(0)
            .out();
    assertThat(out).contains("sample:t5 is a T5 model", "sample:lm-untrained is a Llama model");
    String[] found = runs.toFile().list();
    assertThat(found).hasSize(2).allMatch(n -> n.matches("sample_(t5|lm-untrained)-[0-9a-f]{8}"));
    Path comparison = dir.resolve("comparison");
    Cli.inside("compare", runs.resolve(found[0]), runs.resolve(found[1]), "--out", comparison)
        .exits(0);
    assertThat(Runs.results(comparison).toString()).contains("sample:t5", "sample:lm-untrained");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "inspect sample:lm | sample:lm is a Llama model",
        "inspect sample:bytes | sample:bytes is a",
        "inspect sample:t5-untrained | sample:t5-untrained is a T5 model",
        "talk sample:bytes Once --tokens 3 --greedy | Once",
        "density sample:lm --tokens 50 --out OUT | sample:lm",
        "gain sample:lm --out OUT | sample:lm",
        "states sample:lm --out OUT | sample:lm",
        "extract sample:bytes --text TEXT --states all --out OUT | States:",
      })
  void commandsTakeTheNames(String line, String says) throws IOException {
    Path text = Files.writeString(dir.resolve("text.txt"), "Once upon a time\n");
    Object[] args =
        Arrays.stream(line.split(" ", -1))
            .map(a -> a.equals("OUT") ? dir.resolve("out") : a.equals("TEXT") ? text : a)
            .toArray();
    assertThat(Cli.inside(args).exits(0).out()).contains(says);
  }

  /** They get past the name: what stops them is that a stand-in has no tokenizer. */
  @ParameterizedTest
  @ValueSource(strings = {"neighbours sample:lm cat", "analogy sample:lm a b c"})
  void searchesTakeTheNames(String line) {
    Object[] args = line.split(" ", -1);
    assertThat(Cli.inside(args).fault())
        .startsWith("orograph: ")
        .contains("lm: ")
        .contains("tokenizer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"survey", "inspect", "gain", "states", "density"})
  void aWrongNameListsTheRightOnes(String command) {
    assertThat(Cli.inside(command, "sample:t6").fault())
        .startsWith("orograph: sample:t6: ")
        .contains(BundledCheckpoint.ids());
  }

  @Test
  void withoutTheLauncherItSaysHowToTellThePlace() {
    assertThat(Cli.run(dir, "survey").fault())
        .startsWith("orograph: sample:t5: ")
        .contains("./orograph", "-Dorograph.samples=");
    System.setProperty(BundledCheckpoint.PLACE, dir.resolve("nowhere").toString());
    assertThat(Cli.inside("survey").fault()).contains("samples/train --only t5");
  }
}
