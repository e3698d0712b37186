package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.finding.Results;
import dev.orograph.finding.Scalar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as its user meets it. */
class DensityCommandTest {
  @TempDir Path dir;
  private Path model;

  @BeforeEach
  void make() {
    model = Models.of(dir.resolve("rows"), Models.normal("rows", 3, 400, 6));
  }

  private Cli.Outcome density(Object... more) {
    Object[] all = new Object[more.length + 2];
    all[0] = "density";
    all[1] = model;
    System.arraycopy(more, 0, all, 2, more.length);
    return Cli.inside(all);
  }

  private double ratio(String run) throws IOException {
    Results r = dev.orograph.report.Outputs.read(dir.resolve(run));
    return ((Scalar) r.find("density.matrix.core_shell").orElseThrow()).value();
  }

  @Test
  void distancesAreWrittenAndReadBack() throws IOException {
    Path file = dir.resolve("d.npy");
    density("--out", dir.resolve("a"), "--write-distances", file).exits(0);
    assertThat(Files.size(file)).isEqualTo(128 + 4 * 400 * 400);
    assertThat(dir.resolve("a/arrays/density.safetensors")).exists();
    assertThat(dir.resolve("a/tables/density.matrix.nulls.csv")).exists();
    assertThat(dir.resolve("a/report.html")).exists();
    density("--out", dir.resolve("b"), "--distances", file).exits(0);
    assertThat(ratio("b")).isCloseTo(ratio("a"), org.assertj.core.api.Assertions.within(1e-5));
    // The same command again is done already, and says so; without its file it does not.
    assertThat(density("--out", dir.resolve("a"), "--write-distances", file).exits(0).err())
        .contains("there already");
    Files.delete(file);
    assertThat(density("--out", dir.resolve("a"), "--write-distances", file).fault())
        .contains("d.npy", "--fresh");
  }

  @Test
  void aSampleWithItsIds() {
    Path file = dir.resolve("d.npy");
    density("--out", dir.resolve("a"), "--tokens", "50", "--write-distances", file).exits(0);
    assertThat(density("--out", dir.resolve("b"), "--distances", file).fault())
        .contains("400 tokens", "has 50", "--token-ids");
    long[] ids = new long[50];
    int[] drawn = dev.orograph.random.Generator.of(42).choice(400, 50, false);
    java.util.Arrays.sort(drawn);
    java.util.Arrays.setAll(ids, i -> drawn[i]);
    Path named = Models.of(dir.resolve("ids"), Entry.of("token_indices", ids, 50));
    Path idsFile = named.resolve("model.safetensors");
    density("--out", dir.resolve("c"), "--distances", file, "--token-ids", idsFile).exits(0);
  }

  @Test
  void whatCannotBeMeant() {
    for (String[] wrong :
        new String[][] {
          {"--k", "0"},
          {"--k", "many"},
          {"--tokens", "none"},
          {"--tokens", "-5"},
          {"--dim", "0"},
          {"--dim", "x"},
          {"--metric", "manhattan"},
          {"--matrix", "tail"},
          {"--token-ids", "ids.npy"},
          {"--distances", "d.npy", "--write-distances", "e.npy"},
          {"--distances", "d.npy", "--tokens", "5"}
        }) {
      Cli.Outcome o = density((Object[]) wrong);
      assertThat(o.exit()).as(String.join(" ", wrong)).isEqualTo(2);
      assertThat(o.err()).contains(wrong[0]);
    }
    assertThat(Cli.inside("density").exit()).isEqualTo(2);
    assertThat(Cli.inside("density", "--help").exits(0).out())
        .contains("Examples:", "--write-distances");
  }

  @Test
  void faultsOfTheInput() throws IOException {
    assertThat(density("--out", dir.resolve("a"), "--k", "400").fault())
        .contains("--k sets to 400", "400 tokens");
    assertThat(density("--out", dir.resolve("b"), "--matrix", "head").fault())
        .contains("no head of its own");
    Path cut = Files.write(dir.resolve("cut.npy"), new byte[40]);
    assertThat(density("--out", dir.resolve("c"), "--distances", cut).fault()).contains("cut.npy");
    assertThat(density("--out", dir.resolve("d"), "--distances", dir.resolve("none.npy")).fault())
        .contains("none.npy");
    Path flat = Models.of(dir.resolve("flat"), Models.normal("vector", 1, 20));
    assertThat(Cli.inside("density", flat, "--out", dir.resolve("e")).fault())
        .contains("row per token");
  }

  @Test
  void whatDoesNotFitIntoMemory() {
    Path wide = Models.of(dir.resolve("wide"), Models.normal("rows", 3, 10, 6000));
    assertThat(Cli.inside("density", wide, "--memory", "300m", "--out", dir.resolve("a")).fault())
        .contains("must fit into memory", "10 tokens need", "run again with more --memory");
  }

  @Test
  void severalModels() {
    Path other = Models.of(dir.resolve("other"), Models.normal("rows", 4, 100, 5));
    Path flat = Models.of(dir.resolve("flat"), Models.normal("vector", 1, 20));
    Cli.Outcome o = Cli.inside("density", model, flat, other, "--out", dir.resolve("runs"));
    assertThat(o.exit()).isEqualTo(1);
    assertThat(o.out()).contains("Report:");
    assertThat(o.out().split("Report:", -1)).hasSize(3);
  }
}
