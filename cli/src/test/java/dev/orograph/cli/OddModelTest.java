package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that are sound files and odd content: counted, named, never a wrong number. */
class OddModelTest {
  @TempDir private Path dir;

  @Test
  void aMatrixWithNaNIsCountedAndHasNoSpectrum() throws IOException {
    JsonNode results =
        survey(
            Models.of(
                dir.resolve("model"),
                Models.normal("good.weight", 1, 24, 16),
                Models.spoiled("bad.weight", 2, Float.NaN, 24, 16),
                Models.spoiled("far.weight", 3, Float.POSITIVE_INFINITY, 24, 16)));
    assertThat(Runs.finding(results, "spectra.matrices").path("value").asDouble()).isEqualTo(1);
    JsonNode matrices = Runs.finding(results, "spectra.matrix");
    for (String name : List.of("bad.weight", "far.weight")) {
      Map<String, JsonNode> row = Runs.row(matrices, name);
      assertThat(row.get("non_finite").asInt()).isEqualTo(1);
      for (String column : List.of("s1", "stable_rank", "effective_rank", "alpha", "mean")) {
        assertThat(row.get(column).isNull()).as("%s of %s", column, name).isTrue();
      }
    }
    assertThat(Runs.row(matrices, "good.weight").get("s1").asDouble()).isPositive();
    JsonNode note = Runs.finding(results, "spectra.non_finite");
    assertThat(note.path("kind").asText()).isEqualTo("note");
    assertThat(note.toString()).contains("2 matrices hold NaN", "'bad.weight' with 1");
    assertThat(Runs.finding(results, "sparsity.non_finite").toString())
        .contains("2 entries", "'bad.weight'");
  }

  @Test
  void aModelOfNothingButNaNHasNoFigureAtAll() throws IOException {
    JsonNode results =
        survey(
            Models.of(
                dir.resolve("model"),
                Models.filled("a.weight", Float.NaN, 24, 16),
                Models.filled("b.weight", Float.NaN, 16, 24),
                Models.filled("c.bias", Float.NaN, 16)));
    assertThat(Runs.finding(results, "spectra.matrices").path("value").asDouble()).isZero();
    assertThat(results.path("highlights")).isEmpty();
    assertThat(Runs.finding(results, "sparsity.non_finite").toString()).contains("784 entries");
    Map<String, JsonNode> row = Runs.row(Runs.finding(results, "sparsity.tensors"), "a.weight");
    assertThat(row.get("below_1e-1").isNull()).isTrue();
  }

  @Test
  void zerosAndConstantsAndExtremesGiveFiniteFiguresOrNone() throws IOException {
    double[] wide = {1e300, -1e300, 1e300, 1e299, 1e-300, 1};
    JsonNode results =
        survey(
            Models.of(
                dir.resolve("model"),
                Models.filled("zeros.weight", 0, 24, 16),
                Models.filled("minus.weight", -0f, 4, 4),
                Models.filled("ones.weight", 1, 24, 16),
                Models.filled("one.weight", 3, 1, 1),
                Models.normal("row.weight", 1, 1, 40),
                Models.normal("column.weight", 2, 40, 1),
                Models.spoiled("large.weight", 3, Float.MAX_VALUE, 24, 16),
                Models.filled("subnormal.weight", Float.MIN_VALUE, 8, 8),
                Entry.of("wide.weight", wide, 2, 3),
                Entry.of("empty.weight", new float[0], 0, 5),
                Entry.of("scalar", new float[] {2}),
                Models.normal("cube.weight", 4, 4, 4, 4)));
    JsonNode matrices = Runs.finding(results, "spectra.matrix");
    assertThat(Runs.tensors(matrices))
        .contains("zeros.weight", "one.weight", "wide.weight")
        .doesNotContain("empty.weight", "scalar");
    // It is no matrix, and that is said.
    Map<String, JsonNode> cube = Runs.row(matrices, "cube.weight");
    assertThat(cube.get("s1").isNull()).isTrue();
    assertThat(cube.get("without").asText()).contains("three and more dimensions");
    Map<String, JsonNode> zeros = Runs.row(matrices, "zeros.weight");
    assertThat(zeros.get("s1").asDouble()).isZero();
    assertThat(zeros.get("zero_rows").asInt()).isEqualTo(24);
    assertThat(zeros.get("log10_spectral_norm").isNull()).isTrue();
    assertThat(Runs.row(matrices, "one.weight").get("s1").asDouble()).isEqualTo(3);
    Map<String, JsonNode> ones = Runs.row(matrices, "ones.weight");
    assertThat(ones.get("s1").asDouble()).isCloseTo(Math.sqrt(24 * 16), within(1e-9));
    assertThat(ones.get("stable_rank").asDouble()).isCloseTo(1, within(1e-9));
    assertThat(Runs.row(matrices, "wide.weight").get("s1").asDouble()).isGreaterThan(1e300);
    assertThat(Runs.tensors(Runs.finding(results, "sparsity.tensors")))
        .contains("scalar", "cube.weight")
        .doesNotContain("empty.weight");
    // 384 and 16 zeros, the second ones with a sign.
    assertThat(Runs.finding(results, "sparsity.zeros").path("value").asDouble()).isEqualTo(400);
  }

  private static org.assertj.core.data.Offset<Double> within(double distance) {
    return org.assertj.core.data.Offset.offset(distance);
  }

  /**
   * Broken numbers come before what stands out, a reason once, and what nobody asked for by number.
   */
  @Test
  void theTerminalTellsWhatIsBrokenAndWhyThingsAreLeftOut() {
    Path model =
        Models.of(
            dir.resolve("model"),
            Models.normal("good.weight", 1, 24, 16),
            Models.spoiled("bad.weight", 2, Float.NaN, 24, 16));
    String all =
        Cli.inside("survey", model, "--out", dir.resolve("all"))
            .exits(0)
            .out()
            .replaceAll("\\s+", " ");
    assertThat(all)
        .containsOnlyOnce("Broken numbers: 1 matrix holds NaN or infinite entries")
        .containsOnlyOnce("the model is of no known family, which would say what is what")
        .contains("Left out: Query-key forms; MLP neurons; ")
        .doesNotContain("Not asked for");
    assertThat(all.indexOf("Broken numbers"))
        .isLessThan(all.replace("What stands out", "Nothing stands out").indexOf("Nothing"));
    Path few = dir.resolve("few");
    assertThat(
            Cli.inside("survey", model, "--only", "sparsity,spectra,norms", "--out", few)
                .exits(0)
                .out()
                .replaceAll("\\s+", " "))
        .containsPattern("Not asked for: \\d+ other analyses; 'orograph list' names them")
        .doesNotContain("not asked for");
  }

  @Test
  void aModelWithoutMatricesHasSparsityOnlyAndTheReasonIsTold() throws IOException {
    Path model =
        Models.of(
            dir.resolve("model"),
            Models.normal("a.bias", 1, 24),
            Models.normal("b.bias", 2, 16),
            Entry.of("table", new long[] {1, 2, 3, 4}, 2, 2));
    Cli.Outcome outcome = Cli.inside("survey", model, "--out", dir.resolve("run")).exits(0);
    assertThat(outcome.out())
        .contains("Left out: Spectra of the weights: no two-dimensional floating-point weight\n");
    JsonNode results = checked(dir.resolve("run"));
    JsonNode spectra = Runs.analysis(results, "spectra");
    assertThat(spectra.path("status").asText()).isEqualTo("not_applicable");
    assertThat(spectra.path("reason").asText())
        .isEqualTo("no two-dimensional floating-point weight");
    assertThat(Runs.analysis(results, "sparsity").path("status").asText()).isEqualTo("done");
    assertThat(Runs.tensors(Runs.finding(results, "sparsity.tensors")))
        .containsExactly("a.bias", "b.bias");
    assertThat(dir.resolve("run/arrays")).doesNotExist();
  }

  @Test
  void aModelWithoutFloatingNumbersHasNoAnalysisAndSaysWhy() throws IOException {
    JsonNode results =
        survey(
            Models.of(
                dir.resolve("model"),
                Entry.of("ids", new long[] {1, 2, 3, 4}, 2, 2),
                Entry.of("mask", DType.BOOL, new byte[] {1, 0}, 2)));
    for (String id : List.of("spectra", "sparsity")) {
      JsonNode analysis = Runs.analysis(results, id);
      assertThat(analysis.path("status").asText()).isEqualTo("not_applicable");
      assertThat(analysis.path("reason").asText()).contains("floating-point weight");
    }
    assertThat(results.path("sections")).isEmpty();
  }

  @Test
  void aModelWithoutTensorsHasNoAnalysis() throws IOException {
    JsonNode results = survey(Models.of(dir.resolve("model")));
    assertThat(Runs.analysis(results, "sparsity").path("status").asText())
        .isEqualTo("not_applicable");
  }

  @Test
  void aQuantizedModelIsNamedAsSuch() throws IOException {
    Path model =
        Models.of(
            dir.resolve("model"),
            "{\"model_type\": \"llama\", \"quantization_config\": {\"quant_method\": \"gptq\"}}",
            Models.normal("model.layers.0.self_attn.q_proj.weight", 1, 16, 16));
    JsonNode results = survey(model);
    for (String id : List.of("spectra", "sparsity")) {
      assertThat(Runs.analysis(results, id).path("status").asText()).isEqualTo("not_applicable");
      assertThat(Runs.analysis(results, id).path("reason").asText())
          .contains("'quantization_config' (gptq)");
    }
    assertThat(Cli.inside("inspect", model).exits(0).out())
        .contains("spectra: no: the stored numbers are not the weights", "gptq");
  }

  @ParameterizedTest
  @ValueSource(strings = {"qweight", "weight_scale_inv", "g_idx", "weight_scale", "SCB"})
  void packedWeightsAreNeverTakenForPlainNumbers(String ending) throws IOException {
    String name = "model.layers.0.self_attn.q_proj." + ending;
    JsonNode results =
        survey(
            Models.of(
                dir.resolve("model"),
                Models.normal(name, 1, 16, 16),
                Models.normal("model.layers.0.mlp.up_proj.weight", 2, 16, 16)));
    assertThat(Runs.analysis(results, "spectra").path("reason").asText()).contains("'" + name);
    assertThat(Runs.analysis(results, "sparsity").path("reason").asText()).contains("'" + name);
  }

  @Test
  void anUnknownFamilyIsSurveyedAsMatricesAndTheReportSaysSo() throws IOException {
    Path model =
        Models.of(
            dir.resolve("model"),
            "{\"model_type\": \"martian\"}",
            Models.normal("blocks.0.left.weight", 1, 16, 12),
            Models.normal("blocks.1.left.weight", 2, 16, 12),
            Models.normal("blocks.1.right.weight", 3, 12, 16));
    Cli.Outcome outcome = Cli.inside("survey", model, "--out", dir.resolve("run")).exits(0);
    String words = "names the family 'martian', which is not known here";
    assertThat(outcome.out().replaceAll("\\s+", " ")).contains(words);
    JsonNode results = checked(dir.resolve("run"));
    assertThat(results.path("model").path("family").asText()).isEqualTo("matrices");
    assertThat(results.path("model").path("paragraph").asText())
        .contains(words, "surveyed as matrices");
    assertThat(Files.readString(dir.resolve("run/report.html"))).contains(words);
    // The same matrix of both layers falls together, by its name without the number.
    assertThat(
            Runs.finding(results, "spectra.blocks.*.left.weight.stable_rank")
                .path("sentence")
                .asText())
        .contains("2 blocks.*.left.weight matrices");
  }

  @Test
  void aModelTypeCannotDriveTheTerminal() throws IOException {
    Path model =
        Models.of(
            dir.resolve("model"),
            "{\"model_type\": \"\\u001b]0;owned\\u0007\\u202egnp\\nx\"}",
            Models.normal("a.weight", 1, 16, 12));
    for (Cli.Outcome outcome :
        List.of(
            Cli.inside("survey", model, "--out", dir.resolve("run")).exits(0),
            Cli.inside("inspect", model).exits(0))) {
      assertThat(outcome.out() + outcome.err()).doesNotContain("\u001b", "\u0007", "\u202e");
      assertThat(outcome.out()).contains("owned");
    }
    Path packed =
        Models.of(
            dir.resolve("packed"),
            "{\"quantization_config\": {\"quant_method\": \"\\u001b[31mred\"}}",
            Models.normal("a.weight", 1, 16, 12));
    for (Cli.Outcome outcome :
        List.of(
            Cli.inside("survey", packed, "--out", dir.resolve("run2")).exits(0),
            Cli.inside("inspect", packed).exits(0))) {
      assertThat(outcome.out() + outcome.err()).doesNotContain("\u001b").contains("[31mred");
    }
  }

  private JsonNode survey(Path model) throws IOException {
    Path run = dir.resolve("run");
    Cli.Outcome outcome = Cli.inside("survey", model, "--out", run).exits(0);
    assertThat(outcome.errors()).isEmpty();
    Cli.inside("inspect", model, "--hash", "--tensors").exits(0);
    return checked(run);
  }

  /** The results, after what must hold of any. */
  private static JsonNode checked(Path run) throws IOException {
    String text = Files.readString(run.resolve("results.json"));
    // Outside of strings: no reader of JSON takes these.
    assertThat(text.replaceAll("\"(\\\\.|[^\"\\\\])*\"", "")).doesNotContain("NaN", "Infinity");
    List<String> told = new ArrayList<>();
    JsonNode results = Runs.results(run);
    results.path("sections").forEach(s -> told.add(s.path("summary").asText()));
    results
        .path("sections")
        .forEach(s -> s.path("findings").forEach(f -> told.add(f.path("sentence").asText())));
    assertThat(told).noneMatch(s -> s.matches("(?s).*(\\bNaN\\b|Infinity|\u221e|\ufffd).*"));
    for (Map.Entry<String, byte[]> f : Runs.files(run.resolve("tables").getParent()).entrySet()) {
      if (f.getKey().endsWith(".csv")) {
        assertThat(new String(f.getValue(), java.nio.charset.StandardCharsets.UTF_8))
            .as(f.getKey())
            .doesNotContain("NaN,", "Infinity");
      }
    }
    assertThat(run.resolve("report.html")).isNotEmptyFile();
    return results;
  }
}
