package dev.orograph.model.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.checkpoint.RealCheckpoints;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A trained model: norms of named states, logits, loss, text, and gradients of a divergence. */
class TinyStoriesTest {
  /** Relative; the reference takes softmax in float32 and stores its logits so. */
  private static final double CLOSE = 2e-6;

  private static final int D = 128;

  private Model model;
  private Transformer t;
  private JsonNode reference;

  @BeforeEach
  void open() throws IOException {
    model = Model.open(RealCheckpoints.at("tinystories-656k-llama"));
    t = Transformer.load(model, Precision.FLOAT64, Device.CPU);
    reference = RealCheckpoints.reference("tinystories_states.json");
  }

  @AfterEach
  void close() {
    if (t != null) {
      t.close();
      model.close();
    }
  }

  @Test
  void normsOfStates() {
    Set<String> wanted = Set.of("embed", "block_0.out", "block_1.out", "final_norm.out");
    for (JsonNode p : reference.path("prompts")) {
      try (States s = t.forward(Inputs.ids(ints(p.path("ids"))), wanted)) {
        JsonNode library = p.path("norms_hidden_states");
        close(norms(s.get("embed")), library.get(0));
        close(norms(s.get("block_0.out")), library.get(1));
        close(norms(s.get("final_norm.out")), library.get(2));
        close(norms(s.get("block_0.out")), p.path("norms_block_out").get(0));
        close(norms(s.get("block_1.out")), p.path("norms_block_out").get(1));
        double[] last = {
          last(s, "embed"),
          last(s, "block_0.out"),
          last(s, "block_1.out"),
          last(s, "final_norm.out")
        };
        close(last[3] / last[1], p.path("gain_with_final_norm").doubleValue());
        close(last[1] / last[0], p.path("gain_seed_004").doubleValue());
        close(last[2] / last[1], p.path("gain_last_block").doubleValue());
      }
    }
  }

  @Test
  void logitsAndLoss() {
    for (JsonNode p : reference.path("prompts")) {
      int[] ids = ints(p.path("ids"));
      try (States s = t.forward(Inputs.ids(ids), Set.of("logits"))) {
        State logits = s.get("logits");
        double[] last = logits.vector(0, ids.length - 1);
        int[] order =
            IntStream.range(0, last.length)
                .boxed()
                .sorted((a, b) -> Double.compare(last[b], last[a]))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int i = 0; i < 5; i++) {
          JsonNode expected = p.path("last_logits_top5").get(i);
          assertThat(order[i]).isEqualTo(expected.get(0).intValue());
          close(last[order[i]], expected.get(1).doubleValue());
        }
        double loss = 0;
        for (int i = 0; i + 1 < ids.length; i++) {
          loss -= logSoftmax(logits.vector(0, i))[ids[i + 1]] / (ids.length - 1);
        }
        // The library takes it from logits in float32, whose last digit at 10 is worth this much.
        assertThat(loss).isCloseTo(p.path("mean_loss").doubleValue(), within(10 * 0x1p-23));
      }
    }
  }

  @Test
  void theTextThatItWrites() {
    int[] expected = ints(reference.path("greedy_ids_from_bos"));
    for (Precision precision : List.of(Precision.FLOAT64, Precision.FLOAT32)) {
      try (Transformer other = Transformer.load(model, precision, Device.CPU)) {
        int[] found =
            other
                .generate(
                    Inputs.ids(expected[0]),
                    Generation.greedy(expected.length - 1, other.design().ends()),
                    Generation.Listener.NONE)
                .get(0);
        assertThat(found).containsExactly(Arrays.copyOfRange(expected, 1, expected.length));
      }
    }
  }

  /**
   * The same weights in other formats: rounded to 16 bits, and to 8 with rows put back in order.
   */
  @Test
  void otherFormatsWriteTheSame() {
    int[] expected = ints(reference.path("greedy_ids_from_bos"));
    for (Path other :
        List.of(
            RealCheckpoints.at("tinystories-656k-bf16-derived"),
            RealCheckpoints.at("tinystories-656k-gguf").resolve("TinyStories-656K-Q8_0.gguf"))) {
      try (Model m = Model.open(other);
          Transformer u = Transformer.load(m)) {
        int[] found =
            u.generate(
                    Inputs.ids(expected[0]),
                    Generation.greedy(12, Set.of()),
                    Generation.Listener.NONE)
                .get(0);
        assertThat(found).as(other.toString()).containsExactly(Arrays.copyOfRange(expected, 1, 13));
      }
    }
  }

  /** KL(target || model) after (BOS, x), where x replaces a token's vector, and its gradient. */
  @Test
  void gradients() {
    JsonNode kl = reference.path("kl_at_context_(BOS,x)");
    double[] rows = embedding();
    int vocabulary = rows.length / D;
    double[] oneHot = new double[vocabulary];
    oneHot[kl.path("one_hot_token").intValue()] = 1;
    double[] smooth = new double[vocabulary];
    int from = kl.path("smooth_target_from_row").intValue();
    try (States s = t.forward(vectors(rows, from), Set.of("logits"))) {
      double[] log = logSoftmax(s.get("logits").vector(0, 1));
      Arrays.setAll(smooth, i -> Math.exp(log[i]));
    }
    for (int i = 0; i < 8; i++) {
      assertThat(smooth[i])
          .isCloseTo(
              kl.path("smooth_target_first_8").get(i).doubleValue(), within(1e-5 * smooth[i]));
    }
    for (JsonNode point : kl.path("points")) {
      double[] target = point.path("target").textValue().equals("one_hot") ? oneHot : smooth;
      double[] f = new double[1];
      double[] gradient =
          t.gradient(
              vectors(rows, point.path("x_is_row").intValue()),
              "logits",
              logits -> {
                double[] log = logSoftmax(Arrays.copyOfRange(logits, vocabulary, 2 * vocabulary));
                double[] by = new double[logits.length];
                for (int i = 0; i < vocabulary; i++) {
                  f[0] += target[i] > 0 ? target[i] * (Math.log(target[i]) - log[i]) : 0;
                  by[vocabulary + i] = Math.exp(log[i]) - target[i];
                }
                return by;
              });
      close(f[0], point.path("kl_target_model").doubleValue());
      double largest = 0;
      double difference = 0;
      for (int i = 0; i < D; i++) {
        double expected = point.path("grad").get(i).doubleValue();
        largest = Math.max(largest, Math.abs(expected));
        difference = Math.max(difference, Math.abs(expected - gradient[D + i]));
      }
      assertThat(difference / largest).isLessThan(1e-5);
    }
  }

  private double[] embedding() {
    Parameter table = model.tokenMatrices().get(0);
    double[] rows = new double[Math.toIntExact(table.tensor().count())];
    try (TensorData data = model.checkpoint().map(table.tensor())) {
      data.read(0, rows, 0, rows.length);
    }
    return rows;
  }

  private static Inputs vectors(double[] rows, int row) {
    double[] both = Arrays.copyOfRange(rows, D, 3 * D);
    System.arraycopy(rows, row * D, both, D, D);
    return Inputs.vectors(both, 1, 2, D);
  }

  private static double[] logSoftmax(double[] scores) {
    double most = Arrays.stream(scores).max().orElseThrow();
    double sum = Arrays.stream(scores).map(v -> Math.exp(v - most)).sum();
    return Arrays.stream(scores).map(v -> v - most - Math.log(sum)).toArray();
  }

  private static double[] norms(State s) {
    return IntStream.range(0, s.shape().get(1).intValue())
        .mapToDouble(i -> Math.sqrt(Arrays.stream(s.vector(0, i)).map(v -> v * v).sum()))
        .toArray();
  }

  private static double last(States s, String name) {
    double[] norms = norms(s.get(name));
    return norms[norms.length - 1];
  }

  private static int[] ints(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
  }

  private static void close(double[] found, JsonNode expected) {
    assertThat(found).hasSize(expected.size());
    for (int i = 0; i < found.length; i++) {
      close(found[i], expected.get(i).doubleValue());
    }
  }

  private static void close(double found, double expected) {
    assertThat(found).isCloseTo(expected, within(CLOSE * Math.abs(expected)));
  }
}
