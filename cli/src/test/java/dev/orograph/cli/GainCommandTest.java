package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.finding.Results;
import dev.orograph.finding.Table;
import dev.orograph.report.Outputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gain of one model and of several, of texts and of ids; wrong files are named. */
class GainCommandTest {
  private static final Path FAMILIES = Path.of("../core/src/test/resources/families");
  private static final Path BYTES = FAMILIES.resolve("meta-llama-bytes");
  private static final Path GPT2 = FAMILIES.resolve("gpt2");

  @TempDir private Path dir;

  @Test
  void oneModelIsToldByItsThreeDefinitions() {
    Path out = dir.resolve("run");
    Cli.Outcome said = Cli.inside("gain", BYTES, "--out", out).exits(0);
    assertThat(said.out())
        .contains("definition", "with_final_norm", "seed_004", "last_block", "verdict");
    assertThat(rows(Outputs.read(out), "gain.h25")).hasSize(3);
    assertThat(Cli.inside("gain", BYTES, "--out", out).exits(0).out()).contains("with_final_norm");
    assertThat(Cli.inside("gain", BYTES, "--out", out, "--quiet").exits(0).err()).isEmpty();
  }

  @Test
  void severalModelsStandSideBySideAndAFaultOfOneStopsNoOther() throws IOException {
    Path none = dir.resolve("none");
    Path out = dir.resolve("runs");
    Cli.Outcome said =
        Cli.inside(
                "gain",
                BYTES.toAbsolutePath(),
                none,
                GPT2.toAbsolutePath(),
                "--out",
                out,
                "--runs",
                dir.resolve("compared"))
            .exits(Main.INPUT);
    assertThat(said.err()).contains(none.toString());
    assertThat(said.out()).contains("meta-llama-bytes", "gpt2", "rho is confounded with family");
    // Two runs, and what compares them beside them.
    try (var runs = Files.list(out)) {
      assertThat(runs.filter(Files::isDirectory)).hasSize(3);
    }
    assertThat(dir.resolve("compared")).doesNotExist();
  }

  @Test
  void aModelWithoutTokenizerReadsDrawnIdsAndSaysSo() throws IOException {
    Path out = dir.resolve("drawn");
    Cli.inside("gain", GPT2, "--out", out).exits(0);
    Results drawn = Outputs.read(out);
    assertThat(drawn.find("gain.drawn")).isPresent();
    Path texts = Files.writeString(dir.resolve("texts.txt"), "Once upon a time\n");
    assertThat(Cli.inside("gain", GPT2, "--prompts", texts, "--out", dir.resolve("no")).fault())
        .contains("must have a tokenizer", "--ids");
    Path ids = Files.writeString(dir.resolve("ids.json"), "{\"input_ids\": [[5, 6, 7], [8]]}");
    Path chosen = dir.resolve("chosen");
    Cli.inside("gain", GPT2, "--ids", ids, "--out", chosen).exits(0);
    assertThat(Outputs.read(chosen).find("gain.drawn")).isEmpty();
    assertThat(Outputs.read(chosen).settings().toString()).contains("[5, 6, 7]");
  }

  @Test
  void promptsAreReadLineByLine() throws IOException {
    Path texts = Files.writeString(dir.resolve("texts.txt"), "one\n\ntwo words\n");
    Path out = dir.resolve("run");
    Cli.inside("gain", BYTES, "--prompts", texts, "--out", out).exits(0);
    assertThat(Outputs.read(out).settings().toString()).contains("one", "two words");
    assertThat(Cli.inside("gain", BYTES, "--prompts", texts, "--ids", texts).exits(2).err())
        .contains("mutually exclusive");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--prompts | ` ` | holds none",
        "--prompts | LONG | prompt 1",
        "--ids | [[1]] | 'input_ids'",
        "--ids | {\"input_ids\": [[1.5]]} | whole numbers",
        "--ids | {\"input_ids\": [[]]} | not empty",
        "--ids | {\"input_ids\": [[1, 260]]} | 260",
        "--ids | {\"input_ids\": [[-1]]} | -1",
        "--ids | {\"input_ids\": [[1]], \"decoder_input_ids\": [[1], [2]]} | as many lists",
        "--ids | { | plain JSON"
      })
  void wrongFiles(String option, String content, String says) throws IOException {
    Path file = Files.writeString(dir.resolve("given"), content.replace("LONG", "x".repeat(70)));
    assertThat(Cli.inside("gain", BYTES, option, file, "--out", dir.resolve("out")).fault())
        .contains("given", says);
  }

  @Test
  void filesThatAreNotThereAreNamed() {
    for (String option : List.of("--prompts", "--ids")) {
      assertThat(Cli.inside("gain", BYTES, option, dir.resolve("missing")).fault())
          .contains("missing");
    }
    assertThat(Cli.inside("gain", FAMILIES.resolve("vit"), "--out", dir.resolve("out")).fault())
        .contains("reads images");
  }

  private static List<List<Object>> rows(Results results, String id) {
    return ((Table) results.find(id).orElseThrow()).rows();
  }
}
