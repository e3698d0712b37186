package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Any matrix is placed, and what cannot be meant is refused before anything is written. */
class WaterfillCommandTest {
  private static final Path BYTES =
      Path.of("../core/src/test/resources/families").resolve("meta-llama-bytes");

  @TempDir private Path dir;

  @Test
  void rowsOfAnArray() {
    Path array = Models.of(dir.resolve("a"), Models.normal("h", 1, 200, 6));
    Path out = dir.resolve("out");
    String said =
        Cli.inside("waterfill", "--array", array, "--shells", 16, "--out", out).exits(0).out();
    assertThat(said).contains("200 points on 16 shells").doesNotContain("not asked for");
    assertThat(out.resolve("arrays/waterfill.safetensors")).exists();
    assertThat(out.resolve("tables/claims.verdicts.csv")).exists();
    assertThat(out.resolve("report.html")).exists();
  }

  @Test
  void patchesOfBytes() throws IOException {
    Path text =
        Files.writeString(dir.resolve("t.txt"), "Once upon a time there was a cat. ".repeat(4));
    Path out = dir.resolve("out");
    Cli.inside("waterfill", BYTES, "--text", text, "--out", out).exits(0);
    assertThat(out.resolve("tables/waterfill.reading.csv")).content().contains(",patch,");
  }

  /** The encoder reads the text; a decoder has none of its own. */
  @Test
  void anEncodersStates() throws IOException {
    Path text = Files.writeString(dir.resolve("t.txt"), "a small dog that barks at the cat");
    Path out = dir.resolve("out");
    Path t5 = Path.of("../samples/checkpoints/t5");
    Cli.inside("waterfill", t5, "--text", text, "--shells", 4, "--out", out).exits(0);
    assertThat(out.resolve("tables/waterfill.reading.csv"))
        .content()
        .contains("encoder.block_3.out");
    assertThat(out.resolve("tables/waterfill.signal.csv")).content().contains("final_norm.out");
    assertThat(
            Cli.inside(
                    "waterfill", t5, "--text", text, "--state", "decoder.block_0.out", "--out", dir)
                .fault())
        .contains("encoder.block_0.out")
        .doesNotContain("there are decoder");
  }

  @Test
  void whatCannotBeMeantIsRefused() throws IOException {
    Path array =
        Models.of(dir.resolve("a"), Models.normal("h", 1, 20, 6), Models.normal("g", 2, 20, 6));
    Path text = Files.writeString(dir.resolve("t.txt"), "Once");
    assertThat(usage("waterfill")).contains("give a MODEL or --array");
    assertThat(usage("waterfill", BYTES)).contains("give --text, --ids or --tensor");
    assertThat(usage("waterfill", BYTES, "--array", array)).contains("one of them");
    assertThat(usage("waterfill", "--array", array, "--text", text)).contains("goes with a model");
    assertThat(usage("waterfill", "--array", array, "--temperature", -1))
        .contains("--temperature needs a number above 0");
    assertThat(usage("waterfill", "--array", array, "--shells", 0)).contains("--shells needs");
    Path out = dir.resolve("out");
    assertThat(Cli.inside("waterfill", "--array", array, "--out", out).fault())
        .contains("it holds 2")
        .contains("--tensor");
    assertThat(
            Cli.inside("waterfill", BYTES, "--text", text, "--state", "block_9.out", "--out", out)
                .fault())
        .contains("block_9.out")
        .contains("block_0.out");
    assertThat(Cli.inside("waterfill", dir.resolve("none"), "--text", text, "--out", out).fault())
        .contains("none");
    assertThat(out).doesNotExist();
    Entry whole = Models.filled("ids", 1, 4);
    Path vector = Models.of(dir.resolve("v"), whole);
    assertThat(Cli.inside("waterfill", "--array", vector, "--out", out).fault()).contains("no ");
  }

  private static String usage(Object... args) {
    return Cli.inside(args).exits(2).err();
  }
}
