package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One model onto another, end to end. */
class ProjectCommandTest {
  @TempDir private Path dir;

  private Path model(String shape, String name, String seed) {
    Path model = dir.resolve(name);
    Cli.inside("make", shape, model, "--seed", seed).exits(0);
    return model;
  }

  @Test
  void twoModelsOfOneShape() throws IOException {
    Path a = model("t5-tiny", "a", "1");
    Path b = model("t5-tiny", "b", "2");
    Path out = dir.resolve("out");
    Cli.Outcome outcome = Cli.inside("project", a, b, "--out", out).exits(0);
    assertThat(outcome.out())
        .contains("Projected onto b, held-out tokens of a have a mean cosine of")
        .contains("share no start that can be seen");
    assertThat(Runs.files(out).keySet())
        .contains(
            "report.html",
            "arrays/project.safetensors",
            "tables/project.tokens.csv",
            "tables/shared_start.tensors.csv",
            "tables/claims.verdicts.csv");
    assertThat(Cli.inside("get", out, "project.held_out_cosine").exits(0).out()).isNotBlank();
  }

  @Test
  void whatCannotBeProjectedIsRefused() {
    Path t5 = model("t5-tiny", "t5", "1");
    assertThat(Cli.inside("project", t5).exits(2).err()).contains("SMALL");
    Path small = Path.of("../samples/checkpoints/bytes").toAbsolutePath();
    assertThat(Cli.inside("project", t5, small, "--out", dir.resolve("none")).exits(1).err())
        .contains("rows");
  }
}
