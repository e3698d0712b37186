package dev.orograph.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.checkpoint.DType;
import dev.orograph.instrument.Made;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a library computes and stores all the same is no weight, whatever the family. */
class ComputedTensorsTest {
  private static final int WIDTH = 8;

  @TempDir private Path folder;
  private final Made made = new Made();

  private void matrix(String name, long rows, long columns) {
    made.add(
        name,
        DType.F32,
        Made.gaussian((int) (rows * columns), 0.5, Integer.toUnsignedLong(name.hashCode())),
        rows,
        columns);
  }

  /** By name whether it is taken for a weight. */
  private Map<String, Boolean> weights(String config) throws IOException {
    made.write(folder);
    if (!config.isEmpty()) {
      Files.writeString(folder.resolve("config.json"), config);
    }
    Map<String, Boolean> weights = new TreeMap<>();
    try (Model model = Model.open(folder)) {
      model.parameters().forEach(p -> weights.put(p.tensor().name(), p.weight()));
    }
    return weights;
  }

  private static double[] sines(int rows, boolean halves, double shift) {
    double[] table = new double[rows * WIDTH];
    for (int k = 0; k < rows; k++) {
      for (int j = 0; j < WIDTH / 2; j++) {
        double angle = k / Math.pow(10_000, 2.0 * j / WIDTH) + shift;
        table[k * WIDTH + (halves ? j : 2 * j)] = Math.sin(angle);
        table[k * WIDTH + (halves ? WIDTH / 2 + j : 2 * j + 1)] = Math.cos(angle);
      }
    }
    return table;
  }

  private static double[] causal(int n, double seen, double hidden) {
    double[] mask = new double[n * n];
    for (int i = 0; i < n * n; i++) {
      mask[i] = i % n <= i / n ? seen : hidden;
    }
    return mask;
  }

  @Test
  void distilBertsTableOfSinesAndIds() throws IOException {
    String e = "distilbert.embeddings.";
    matrix(e + "word_embeddings.weight", 30, WIDTH);
    made.add(e + "position_embeddings.weight", DType.F32, sines(16, false, 0), 16, WIDTH);
    made.add(e + "position_ids", DType.F32, new double[] {0, 1, 2, 3}, 1, 4);
    matrix("distilbert.transformer.layer.0.attention.q_lin.weight", WIDTH, WIDTH);
    Map<String, Boolean> w =
        weights("{\"model_type\":\"distilbert\",\"dim\":8,\"n_layers\":1,\"n_heads\":2}");
    assertThat(w)
        .containsEntry(e + "word_embeddings.weight", true)
        .containsEntry(e + "position_embeddings.weight", false)
        .containsEntry(e + "position_ids", false);
  }

  @Test
  void aLearnedPositionTableIsAWeight() throws IOException {
    String e = "distilbert.embeddings.";
    matrix(e + "word_embeddings.weight", 30, WIDTH);
    double[] nearly = sines(16, false, 0);
    nearly[2 * WIDTH + 3] += 0.1;
    made.add(e + "position_embeddings.weight", DType.F32, nearly, 16, WIDTH);
    matrix("distilbert.transformer.layer.0.attention.q_lin.weight", WIDTH, WIDTH);
    assertThat(weights("{\"model_type\":\"distilbert\",\"dim\":8,\"n_layers\":1,\"n_heads\":2}"))
        .containsEntry(e + "position_embeddings.weight", true);
  }

  @Test
  void gpt2sMaskStoredAsFloats() throws IOException {
    matrix("wte.weight", 30, WIDTH);
    matrix("wpe.weight", 16, WIDTH);
    made.add("h.0.attn.bias", DType.F32, causal(16, 1, 0), 1, 1, 16, 16);
    made.add("h.0.attn.masked_bias", DType.F32, new double[] {-1e4});
    matrix("h.0.attn.c_attn.weight", WIDTH, 3 * WIDTH);
    Map<String, Boolean> w =
        weights("{\"model_type\":\"gpt2\",\"n_embd\":8,\"n_layer\":1,\"n_head\":2}");
    assertThat(w)
        .containsEntry("h.0.attn.bias", false)
        .containsEntry("h.0.attn.masked_bias", false)
        .containsEntry("wpe.weight", true);
  }

  @Test
  void frequenciesOfFamiliesThatHaveNoRuleForThem() throws IOException {
    String f = "transformer.h.0.self_attention.";
    matrix("transformer.word_embeddings.weight", 30, WIDTH);
    made.add(f + "rotary_emb.inv_freq", DType.F32, new double[] {1, 0.01}, 2);
    matrix(f + "dense.weight", WIDTH, WIDTH);
    Map<String, Boolean> w =
        weights(
            "{\"model_type\":\"falcon\",\"hidden_size\":8,\"num_hidden_layers\":1,"
                + "\"num_attention_heads\":2}");
    assertThat(w)
        .containsEntry(f + "rotary_emb.inv_freq", false)
        .containsEntry(f + "dense.weight", true);
  }

  @Test
  void withoutAFamily() throws IOException {
    matrix("net.0.weight", WIDTH, WIDTH);
    made.add("net.mask", DType.F32, causal(16, 0, -10_000), 16, 16);
    made.add("net.pe", DType.F32, sines(16, true, 0), 16, WIDTH);
    made.add("net.shifted", DType.F32, sines(16, true, 1), 16, WIDTH);
    made.add("net.0.rotary.inv_freq", DType.F32, new double[] {1, 0.1}, 2);
    made.add("net.0.cos_cached", DType.F32, new double[WIDTH * 4], 4, WIDTH);
    Map<String, Boolean> w = weights("");
    assertThat(w)
        .containsEntry("net.0.weight", true)
        .containsEntry("net.mask", false)
        .containsEntry("net.pe", false)
        .containsEntry("net.shifted", true)
        .containsEntry("net.0.rotary.inv_freq", false)
        .containsEntry("net.0.cos_cached", false);
  }
}
