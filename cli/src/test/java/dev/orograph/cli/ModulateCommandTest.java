package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The four verbs on a few words of the bundled T5, end to end. */
@Tag("numeric")
class ModulateCommandTest {
  private static final Path T5 = Path.of("../samples/checkpoints/t5").toAbsolutePath();

  @TempDir private Path dir;

  @Test
  void trainedSavedAndSpokenTo() throws IOException {
    Path out = dir.resolve("out");
    Path mod = dir.resolve("mod");
    Cli.Outcome outcome =
        Cli.inside(
                "modulate",
                "train",
                T5,
                "--words",
                "150",
                "--epochs",
                "1",
                "--tokens",
                "4",
                "--save",
                mod,
                "--out",
                out)
            .exits(0);
    assertThat(outcome.out()).contains("From 0.01 alpha ends at");
    assertThat(Runs.files(out).keySet())
        .contains(
            "report.html",
            "tables/modulate.runs.csv",
            "tables/modulate.talk.csv",
            "tables/claims.verdicts.csv");
    assertThat(Files.readString(mod.resolve("config.json"))).contains("\"LERP\"");
    Path config = mod.resolve("config.json");
    Path said = dir.resolve("said");
    Cli.Outcome talk =
        Cli.inside(
                "modulate",
                "talk",
                T5,
                "--words",
                "150",
                "--modulator",
                config,
                "--prompt",
                "summarize: a domestic animal",
                "--out",
                said)
            .exits(0);
    assertThat(talk.out()).contains("modulated  ").contains("tokens differ");
    assertThat(Files.readString(said.resolve("tables/modulate.talk.csv")))
        .contains("a domestic animal");
    // Another model's, and a folder that is none.
    Path other = dir.resolve("other");
    Cli.inside("make", "t5-tiny", other, "--seed", "1").exits(0);
    assertThat(
            Cli.inside(
                    "modulate", "talk", other, "--modulator", config, "--out", dir.resolve("none"))
                .exits(1)
                .err())
        .contains("tokenizer");
    assertThat(
            Cli.inside("modulate", "sweep", T5, "--modulator", mod, "--out", dir.resolve("none"))
                .exits(1)
                .err())
        .contains("should be a file");
  }

  @Test
  void whatCannotBeModulatedIsRefused() {
    Path lm = Path.of("../samples/checkpoints/lm").toAbsolutePath();
    assertThat(Cli.inside("modulate", "train", lm, "--out", dir).exits(1).err())
        .contains("no encoder");
    assertThat(Cli.inside("modulate", "dance", T5).exits(2).err()).contains("WHAT");
    assertThat(Cli.inside("modulate", "train", T5, "--start", "2").exits(2).err())
        .contains("between 0 and 1");
  }
}
