package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Points of a level-set and their normals, from the command line; wrong input is refused. */
@Tag("numeric")
class LevelsetCommandTest {
  private static final Path BYTES = Path.of("../samples/checkpoints/bytes");
  private static final int TOKENS = 260;

  @TempDir private Path dir;

  private Path array(String name, double[] values, long... shape) {
    Path file = dir.resolve(name + ".safetensors");
    SafetensorsWriter.write(file, Map.of(), List.of(Entry.of("a", values, shape)));
    return file;
  }

  @Test
  void pointsAndTheirNormals() throws IOException {
    Path run = dir.resolve("run");
    Object[] args = {
      "levelset",
      BYTES,
      "--target-from",
      "Once upon",
      "--points",
      4,
      "--iterations",
      20,
      "--epsilon",
      0.2,
      "--out",
      run
    };
    assertThat(Cli.inside(args).exits(0).out()).contains("points reach KL(target||model) = 0.2");
    Path normals = dir.resolve("normals");
    String said =
        Cli.inside(
                "normal", run, "--method", "all", "--dimensions", 6, "--batch", 4, "--out", normals)
            .exits(0)
            .out();
    assertThat(said).contains("Signed central differences");
    JsonNode results = new ObjectMapper().readTree(normals.resolve("results.json").toFile());
    assertThat(value(results, "normal.signed.cosine")).isGreaterThan(0.9999);
    assertThat(Math.abs(value(results, "normal.unsigned.cosine"))).isLessThan(0.99);
    String sections = results.path("sections").toString();
    assertThat(sections)
        .contains("unsigned central differences give the normal")
        .contains("large components indicate strong curvature");
    assertThat(normals.resolve("arrays/normal.safetensors")).isRegularFile();
    assertThat(Files.readString(normals.resolve("report.html"))).contains("normal.levels");
    Path fine = dir.resolve("fine");
    assertThat(
            Cli.inside("normal", run, "--method", "central", "--delta", "1e-15", "--out", fine)
                .exits(1)
                .err())
        .contains("must move the divergence by more than rounding does");
    assertThat(Cli.inside("normal", run, "--delta", "0").exits(2).err())
        .contains("--delta needs a number above 0");
  }

  /** What {@code levelset} was told of its model counts again where its normals are taken. */
  @Test
  void theModelIsOpenedAsTheRunWasTold() throws IOException {
    Path model = Models.ofNoKnownType(dir.resolve("model"), 1);
    Path run = dir.resolve("run");
    Object[] levelset = {
      "levelset", model, "--target-id", 70, "--epsilon", 5.3, "--points", 1, "--solver", "newton"
    };
    assertThat(with(levelset, "--out", dir.resolve("untold")).exits(1).err()).contains("mycorp");
    with(levelset, "--out", run, "--family", "llama").exits(0);
    Path normals = dir.resolve("normals");
    Cli.inside("normal", run, "--curvature", "none", "--out", normals).exits(0);
    JsonNode results = new ObjectMapper().readTree(normals.resolve("results.json").toFile());
    assertThat(results.path("settings").path("family").asText()).isEqualTo("llama");
    // What is said now counts before that.
    Path other = dir.resolve("other");
    assertThat(
            Cli.inside("normal", run, "--family", "gpt2", "--out", other, "--curvature", "none")
                .exits(1)
                .err())
        .contains("wte");
    // Of a run that is not told so, or of a model that has moved.
    Path again = dir.resolve("again");
    Path moved = dir.resolve("moved");
    Files.move(model, moved);
    assertThat(Cli.inside("normal", run, "--curvature", "none", "--out", again).fault())
        .contains("model");
    Cli.inside("normal", run, "--model", moved, "--curvature", "none", "--out", again).exits(0);
  }

  private static Cli.Outcome with(Object[] args, Object... more) {
    Object[] all = Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return Cli.inside(all);
  }

  private static double value(JsonNode results, String id) {
    for (JsonNode section : results.path("sections")) {
      for (JsonNode f : section.path("findings")) {
        if (f.path("id").asText().equals(id)) {
          return f.path("value").doubleValue();
        }
      }
    }
    throw new AssertionError("no " + id);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "--target a --epsilon 0; --epsilon needs a number above 0",
        "--target a --epsilon -1; --epsilon needs a number above 0",
        "--target a --epsilon x; --epsilon needs a number",
        "--target a --epsilon NaN; --epsilon needs a number above 0",
        "--target a --target-id 5; mutually exclusive",
        "--target a --direction model||target; is infinite",
        "--target a --direction x; --direction needs target||model, model||target",
        "--target-id -3; --target-id needs a token id",
        "--points 3; give a target",
        "--target a --points 0; --points needs a whole number above 0",
        "--target a --solver x; --solver needs newton, adam, both"
      })
  void whatCannotBeMeantIsToldAsUsage(String options, String told) {
    Object[] args = {"levelset", BYTES};
    Object[] more = options.split(" ", -1);
    Object[] all = Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    assertThat(Cli.inside(all).exits(2).err()).contains(told);
  }

  @Test
  void targetsThatAreNone() {
    double[] p = new double[TOKENS];
    Arrays.fill(p, 1.0 / TOKENS);
    assertThat(fault("--target-file", array("short", new double[] {1}, 1)))
        .contains("must hold 260 numbers");
    p[3] = 0.5;
    assertThat(fault("--target-file", array("more", p, TOKENS))).contains("add up to 1");
    p[3] = Double.NaN;
    assertThat(fault("--target-file", array("nan", p, TOKENS))).contains("entry 3 is NaN");
    p[3] = -0.1;
    assertThat(fault("--target-file", array("below", p, TOKENS))).contains("entry 3 is -0.1");
    double[] hot = new double[TOKENS];
    hot[7] = 1;
    assertThat(fault("--target-file", array("hot", hot, TOKENS), "--direction", "model||target"))
        .contains("makes it infinite");
    assertThat(fault("--target-id", 260)).contains("must be below the 260 tokens");
    assertThat(fault("--target-id", 70, "--epsilon", "1e-17")).contains("rounding alone moves");
    double[] start = new double[64];
    start[5] = Double.NaN;
    assertThat(fault("--target-id", 70, "--start", array("start", start, 1, 64)))
        .contains("point 0 has NaN");
    assertThat(fault("--target-id", 70, "--start", array("wide", new double[8], 1, 8)))
        .contains("[points, 64]");
  }

  private String fault(Object... options) {
    Object[] args = {"levelset", BYTES, "--out", dir.resolve("out"), "--fresh"};
    Object[] all = Arrays.copyOf(args, args.length + options.length);
    System.arraycopy(options, 0, all, args.length, options.length);
    return Cli.inside(all).exits(1).err();
  }

  @Test
  void runsThatAreNone() throws IOException {
    assertThat(Cli.inside("normal", dir).exits(1).err())
        .contains("must be the folder of a run of levelset");
    Path run = dir.resolve("far");
    Cli.inside(
            "levelset",
            BYTES,
            "--target-id",
            70,
            "--epsilon",
            "1e-9",
            "--points",
            2,
            "--out",
            run,
            "--solver",
            "newton")
        .exits(0);
    assertThat(Cli.inside("normal", run, "--out", dir.resolve("n")).exits(1).err())
        .contains("none of the run's points is on the level-set");
    Path none = Files.createDirectories(dir.resolve("bert"));
    Path bert = Path.of("../core/src/test/resources/families/bert");
    assertThat(
            Cli.inside("levelset", bert, "--target-id", 3, "--out", none.resolve("run"))
                .exits(1)
                .err())
        .containsAnyOf("it scores no tokens", "no head");
  }
}
