package dev.orograph.model.forward;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.model.BundledCheckpoint;
import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Trained encoders, against ONNX Runtime on the same files and against figures of NumPy. */
@Tag("real")
class RealEncodersTest {
  /** Two sums of some thousand float32 products in another order, twelve blocks deep. */
  private static final double SINGLE = 2e-5;

  private static final List<String> TEXTS =
      List.of(
          "cat",
          "",
          "The river rose overnight.",
          "a (usually small) domesticated carnivore",
          "Mountains, valleys, passes: orography describes the form of the land.",
          "123,456.789 + 10 %",
          "caf\u00e9 na\u00efve \u00c5ngstr\u00f6m",
          "\u4f60\u597d, \u4e16\u754c",
          "unbelievableness antidisestablishmentarianism floccinaucinihilipilification",
          "summarize: having the necessary means or skill or know-how or authority to do something",
          "[MASK] and [SEP] are written here as text",
          "Question? Answer! \"Quoted\" 'single' `ticks`",
          "one two three four five six seven eight nine ten ".repeat(3),
          "It was the best of times, it was the worst of times, it was the age of wisdom. "
              .repeat(4),
          "x ".repeat(120),
          "Long sequences fill many positions of the table. ".repeat(30));

  private static final List<BundledCheckpoint> MODELS =
      List.of(BundledCheckpoint.MINILM, BundledCheckpoint.BGE_SMALL, BundledCheckpoint.E5_SMALL);

  private static Model open(BundledCheckpoint bundled) {
    return Model.open(Path.of(bundled.id()));
  }

  @ParameterizedTest
  @EnumSource(names = {"MINILM", "BGE_SMALL", "E5_SMALL"})
  void theLastHiddenStateIsTheRuntimes(BundledCheckpoint bundled) throws OrtException {
    try (Model model = open(bundled);
        Transformer ours = Transformer.load(model, Precision.FLOAT32, Device.CPU)) {
      Tokenizer tokenizer = model.tokenizer().orElseThrow();
      List<int[]> ids = new ArrayList<>();
      for (String text : TEXTS) {
        ids.add(
            tokenizer.encodeWithSpecials(text).ids().stream()
                .mapToInt(Integer::intValue)
                .limit(ours.positions())
                .toArray());
      }
      assertThat(ids.stream().map(row -> row.length).collect(Collectors.toSet()))
          .hasSizeGreaterThan(12);
      List<String> names =
          ours.stateNames().stream().filter(name -> !name.equals("pooled")).toList();
      String last = names.get(names.size() - 1);
      float[][][] theirs = runtime(model.checkpoint().files().get(0), ids);
      try (States states = ours.forward(Inputs.padded(ids, 0, false), Set.of(last))) {
        State state = states.get(last);
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < ids.size(); i++) {
          for (int p = 0; p < ids.get(i).length; p++) {
            double[] found = state.vector(i, p);
            for (int k = 0; k < found.length; k++) {
              difference = Math.max(difference, Math.abs(found[k] - theirs[i][p][k]));
              largest = Math.max(largest, Math.abs(theirs[i][p][k]));
            }
          }
        }
        System.out.printf("%s: %.3g of %.3g%n", bundled.id(), difference, largest);
        assertThat(difference / largest).isLessThan(SINGLE);
      }
    }
  }

  private static float[][][] runtime(Path file, List<int[]> ids) throws OrtException {
    int longest = ids.stream().mapToInt(row -> row.length).max().orElseThrow();
    long[][] tokens = new long[ids.size()][longest];
    long[][] mask = new long[ids.size()][longest];
    for (int i = 0; i < ids.size(); i++) {
      for (int p = 0; p < ids.get(i).length; p++) {
        tokens[i][p] = ids.get(i)[p];
        mask[i][p] = 1;
      }
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString());
        OnnxTensor first = OnnxTensor.createTensor(environment, tokens);
        OnnxTensor second = OnnxTensor.createTensor(environment, mask);
        OnnxTensor third = OnnxTensor.createTensor(environment, new long[ids.size()][longest]);
        OrtSession.Result result =
            session.run(
                Map.of("input_ids", first, "attention_mask", second, "token_type_ids", third))) {
      return (float[][][]) result.get(0).getValue();
    }
  }

  private static double[] read(Model model, String name) {
    try (TensorData data = model.checkpoint().map(model.parameter(name).orElseThrow().tensor())) {
      double[] all = new double[Math.toIntExact(data.info().count())];
      data.read(0, all, 0, all.length);
      return all;
    }
  }

  private static double cosine(double[] a, double[] b) {
    double dot = 0;
    double left = 0;
    double right = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      left += a[i] * a[i];
      right += b[i] * b[i];
    }
    return dot / Math.sqrt(left * right);
  }

  /** Cosines of equal tensors by NumPy: MiniLM and bge, bge and e5, MiniLM and e5. */
  @Test
  void weightsOfAModelLieAsAnIndependentReaderReadsThem() {
    Map<String, double[]> expected =
        Map.of(
            "encoder.layer.0.attention.self.query.weight", new double[] {.94247, .94599, .95169},
            "embeddings.word_embeddings.weight", new double[] {.74988, .76957, .79233},
            "encoder.layer.5.output.dense.weight", new double[] {-.00175, .75854, -.00159});
    try (Model minilm = open(MODELS.get(0));
        Model bge = open(MODELS.get(1));
        Model e5 = open(MODELS.get(2))) {
      expected.forEach(
          (name, cosines) -> {
            double[] a = read(minilm, name);
            double[] b = read(bge, name);
            double[] c = read(e5, name);
            double[] found = {cosine(a, b), cosine(b, c), cosine(a, c)};
            for (int i = 0; i < 3; i++) {
              assertThat(found[i])
                  .as(name + " " + i)
                  .isCloseTo(cosines[i], org.assertj.core.data.Offset.offset(5.1e-6));
            }
          });
    }
  }

  @Test
  void theTokensOfGlossesAreNltksAndWordPieces() throws IOException {
    List<String> glosses =
        List.of(
            "(usually followed by `to') having the necessary means or skill or know-how or"
                + " authority to do something",
            "(usually followed by `to') not having the necessary means or skill or know-how",
            "facing away from the axis of an organ or organism",
            "nearest to or facing toward the axis of an organ or organism",
            "coming into existence");
    JsonNode expected = figures("minilm_wordnet.json").get("first_5_token_ids");
    try (Model model = open(BundledCheckpoint.MINILM)) {
      Tokenizer tokenizer = model.tokenizer().orElseThrow();
      for (int i = 0; i < glosses.size(); i++) {
        List<Integer> ids = new ArrayList<>();
        expected.get(i).forEach(id -> ids.add(id.intValue()));
        assertThat(tokenizer.encodeWithSpecials("summarize: " + glosses.get(i)).ids())
            .isEqualTo(ids);
      }
    }
  }

  private static JsonNode figures(String name) throws IOException {
    try (InputStream in = RealEncodersTest.class.getResourceAsStream("/reference/real/" + name)) {
      return new ObjectMapper().readTree(in);
    }
  }

  /** Every tensor has a role, and shapes and constants tell what the model's own file says. */
  @ParameterizedTest
  @EnumSource(names = {"MINILM", "BGE_SMALL", "E5_SMALL"})
  void everyWeightHasARole(BundledCheckpoint bundled) {
    try (Model model = open(bundled)) {
      assertThat(model.spec().family()).isEqualTo("BERT");
      assertThat(model.spec().facts())
          .containsEntry("d_model", "384")
          .containsEntry("layers", bundled == BundledCheckpoint.MINILM ? "6" : "12")
          .containsEntry("heads", "12 of width 32")
          .containsEntry("d_ff", "1,536")
          .containsEntry("vocabulary", "30,522")
          .containsEntry("activation", "gelu");
      assertThat(model.parameters()).noneMatch(p -> p.role().component() == Component.OTHER);
      List<Parameter> tables = model.tokenMatrices();
      assertThat(tables).hasSize(1);
      assertThat(tables.get(0).tensor().shape()).isEqualTo(Arrays.asList(30_522L, 384L));
    }
  }
}
