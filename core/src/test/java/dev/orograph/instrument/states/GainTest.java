package dev.orograph.instrument.states;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.RealCheckpoints;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.input.InputException;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Sections;
import dev.orograph.instrument.states.GainFigures.Norms;
import dev.orograph.instrument.states.GainFigures.Stream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gains of reference models from states that another program computed, and what H25 says. */
@Tag("numeric")
class GainTest {
  /**
   * The pass is in float32: numbers of a state may be 1e-5 of the largest off, whatever the kernel,
   * a norm of 32 of them so many times the root of that, a ratio of two norms twice that.
   */
  private static final Percentage SINGLE =
      Percentage.withPercentage(100 * 2 * 1e-5 * Math.sqrt(32));

  @TempDir private Path folder;

  private static Map<String, String> ids(List<int[]> rows) {
    return Map.of("ids", "{\"input_ids\": " + lists(rows) + "}");
  }

  private static String lists(List<int[]> rows) {
    return rows.stream().map(Arrays::toString).toList().toString();
  }

  private Section section(Path model, Map<String, String> choices) {
    Gain gain = new Gain();
    try (OneModel c = new OneModel(model, "gain", folder, OneModel.AMPLE)) {
      ReadingSettings s = settings(choices);
      return gain.conclude(s, c.measureAll(gain, s));
    }
  }

  private static ReadingSettings settings(Map<String, String> choices) {
    Options options = Options.usual();
    for (Map.Entry<String, String> choice : choices.entrySet()) {
      options = options.withText("gain", choice.getKey(), choice.getValue());
    }
    return new Gain().settings(options);
  }

  private GainFigures figures(Path model, Map<String, String> choices) {
    Gain gain = new Gain();
    try (OneModel c = new OneModel(model, "gain", folder, OneModel.AMPLE)) {
      return c.measureAll(gain, settings(choices)).get(0);
    }
  }

  private static Path family(String name) {
    try {
      return Path.of(GainTest.class.getResource("/families/" + name + "/config.json").toURI())
          .getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void tinystories() throws IOException {
    JsonNode prompts = RealCheckpoints.reference("tinystories_states.json").path("prompts");
    List<int[]> rows = new ArrayList<>();
    for (JsonNode p : prompts) {
      rows.add(
          IntStream.range(0, p.path("ids").size())
              .map(i -> p.path("ids").get(i).asInt())
              .toArray());
    }
    GainFigures found = figures(RealCheckpoints.at("tinystories-656k-llama"), ids(rows));
    Stream s = found.stacks().get(0);
    assertThat(prompts.size()).isEqualTo(4);
    for (int i = 0; i < prompts.size(); i++) {
      JsonNode p = prompts.get(i);
      Norms n = s.prompts().get(i);
      assertThat(n.withFinalNorm(s)).isCloseTo(p.path("gain_with_final_norm").asDouble(), SINGLE);
      assertThat(n.seed004(s)).isCloseTo(p.path("gain_seed_004").asDouble(), SINGLE);
      assertThat(n.lastBlock()).isCloseTo(p.path("gain_last_block").asDouble(), SINGLE);
      int last = rows.get(i).length - 1;
      JsonNode tuple = p.path("norms_hidden_states");
      JsonNode blocks = p.path("norms_block_out");
      assertThat(n.last().get(0)).isCloseTo(tuple.get(0).get(last).asDouble(), SINGLE);
      assertThat(n.lastNormed()).isCloseTo(tuple.get(2).get(last).asDouble(), SINGLE);
      for (int b = 0; b < 2; b++) {
        assertThat(n.last().get(b + 1)).isCloseTo(blocks.get(b).get(last).asDouble(), SINGLE);
        assertThat(n.first().get(b + 1)).isCloseTo(blocks.get(b).get(0).asDouble(), SINGLE);
      }
      double rest = 0;
      for (int t = 1; t <= last; t++) {
        rest += blocks.get(1).get(t).asDouble() / blocks.get(0).get(t).asDouble() / last;
      }
      assertThat(n.rest().get(1)).isCloseTo(rest, SINGLE);
    }
  }

  /** Norms at the last position that counts, from the reference's states. */
  private static double norm(double[] state, int row, int length, int at) {
    int rows = 2;
    int d = state.length / (rows * length);
    double sum = 0;
    for (int i = 0; i < d; i++) {
      double v = state[(row * length + at) * d + i];
      sum += v * v;
    }
    return Math.sqrt(sum);
  }

  private static Map<String, double[]> expected(Path family) {
    Map<String, double[]> all = new HashMap<>();
    try (Checkpoint c = Checkpoint.open(family.resolve("expected.safetensors"))) {
      for (TensorInfo t : c.tensors()) {
        try (TensorData data = c.map(t)) {
          double[] values = new double[Math.toIntExact(t.count())];
          data.read(0, values, 0, values.length);
          all.put(t.name(), values);
        }
      }
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt-neox-parallel",
        "gpt-neox-sequential",
        "gpt2",
        "gptj",
        "llama-gqa-untied",
        "llama-tied",
        "llama3-rope",
        "mistral-window",
        "qwen2",
        "qwen3",
        "bert",
        "clip-text",
        "t5-gated-untied",
        "t5-relu-tied"
      })
  void families(String name) {
    Map<String, double[]> e = expected(family(name));
    String in = name.startsWith("t5") ? "encoder" : "";
    int length = e.get("input_ids").length / 2;
    List<int[]> rows = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    for (int r = 0; r < 2; r++) {
      int row = r;
      int[] seen =
          IntStream.range(0, length)
              .filter(t -> e.get("attention_mask")[row * length + t] != 0)
              .toArray();
      rows.add(Arrays.stream(seen).map(t -> (int) e.get("input_ids")[row * length + t]).toArray());
      ends.add(seen[seen.length - 1]);
    }
    String given = "\"input_ids\": " + lists(rows);
    double[] decoder = e.get("decoder_input_ids");
    if (decoder != null) {
      int each = decoder.length / 2;
      given +=
          ", \"decoder_input_ids\": "
              + lists(
                  IntStream.range(0, 2)
                      .mapToObj(
                          r ->
                              IntStream.range(0, each)
                                  .map(t -> (int) decoder[r * each + t])
                                  .toArray())
                      .toList());
    }
    Map<String, String> choices = Map.of("ids", "{" + given + "}");
    GainFigures found = figures(family(name), choices);
    Stream s = found.stacks().get(0);
    String tuple = in.isEmpty() ? "hidden_states." : in + "_hidden_states.";
    String blocks = in.isEmpty() ? "block_" : in + ".block_";
    // BERT's second sequence has token types, which ids alone do not carry.
    for (int r = 0; r < (name.equals("bert") ? 0 : 2); r++) {
      Norms n = s.prompts().get(r);
      double[] h = new double[4];
      for (int i = 0; i < 4; i++) {
        // Where the tuple's entry is not kept, it is a block's output; never so for the last.
        double[] state = e.getOrDefault(tuple + i, e.get(blocks + (i - 1) + ".out"));
        h[i] = norm(state, r, length, ends.get(r));
      }
      double last = norm(e.get(blocks + "2.out"), r, length, ends.get(r));
      double before = norm(e.get(blocks + "1.out"), r, length, ends.get(r));
      assertThat(n.withFinalNorm(s)).isCloseTo(h[3] / h[2], SINGLE);
      assertThat(n.seed004(s)).isCloseTo(h[2] / h[1], SINGLE);
      assertThat(n.lastBlock()).isCloseTo(last / before, SINGLE);
    }
    boolean tower = name.equals("bert") || name.equals("clip-text");
    assertThat(s.normed()).isEqualTo(!tower);
    if (tower) {
      assertThat(s.prompts().get(0).withFinalNorm(s)).isEqualTo(s.prompts().get(0).lastBlock());
    }
    if (decoder != null) {
      Stream d = found.stacks().get(1);
      int each = decoder.length / 2;
      double last = norm(e.get("decoder.block_1.out"), 0, each, each - 1);
      double before = norm(e.get("decoder.block_0.out"), 0, each, each - 1);
      assertThat(d.prompts().get(0).lastBlock()).isCloseTo(last / before, SINGLE);
    }
  }

  /** rho divides as Python's // does, and the threshold itself predicts damping. */
  @Test
  void rho() {
    assertThat(stream(32, 4096).rho()).isEqualTo(0.25);
    assertThat(stream(16, 4096).rho()).isEqualTo(0.0625);
    assertThat(stream(3, 50).rho()).isEqualTo(3 / 16.0);
    assertThat(stream(4, 80).rho()).isEqualTo(GainColumns.THRESHOLD);
  }

  private static Stream stream(int heads, int width) {
    return new Stream("decoder", 1, width, heads, true, true, false, List.of());
  }

  @Test
  void aSingleBlockHasNoSeedGain() {
    Stream s = stream(4, 80);
    Norms n = new Norms("x", 2, List.of(2.0, 6.0), 1.5, List.of(3.0), List.of(2.0, 6.0));
    assertThat(n.seed004(s)).isNull();
    assertThat(n.withFinalNorm(s)).isCloseTo(0.75, within(1e-9));
    assertThat(n.lastBlock()).isCloseTo(3, within(1e-9));
  }

  /** The mean of ratios, not the ratio of means; a hit where verdict and prediction agree. */
  @Test
  void meanVerdictAndInterval() {
    Stream s = new Stream("decoder", 2, 80, 4, true, true, false, new ArrayList<>());
    for (double g : new double[] {0.5, 0.7, 3.6}) {
      s.prompts()
          .add(
              new Norms(
                  "p" + g,
                  2,
                  List.of(1.0, 10.0, 10 * g),
                  5.0,
                  List.of(1.0, g),
                  List.of(1.0, 1.0, 1.0)));
    }
    Gain gain = new Gain();
    Section section =
        gain.conclude(
            settings(Map.of()), List.of(new GainFigures(List.of(s), false, List.of(), null)));
    Scalar last = Sections.scalar(section, "gain.last_block");
    assertThat(last.value()).isCloseTo(1.6, within(1e-9));
    assertThat(last.interval().get(0)).isLessThan(0.5);
    assertThat(last.expected()).isNull();
    assertThat(Sections.cell(section, "gain.h25", 2, "verdict")).isEqualTo("UNDECIDED");
    assertThat(Sections.cell(section, "gain.h25", 2, "predicted")).isEqualTo("DAMPEN");
    assertThat(Sections.cell(section, "gain.h25", 2, "h25")).isEqualTo("undecided");
    assertThat(Sections.number(section, "gain.h25", 2, "median")).isCloseTo(0.7, within(1e-9));
    assertThat(Sections.cell(section, "gain.h25", 0, "h25")).isEqualTo("hit");
    assertThat(section.summary()).contains("cannot be decided", "no null exists");
  }

  @Test
  void withoutATokenizerIdsAreDrawnAndSaidSo() {
    Section section = section(family("gpt2"), Map.of());
    assertThat(Sections.finding(section, "gain.drawn").title()).isEqualTo("No texts");
    assertThat((String) Sections.cell(section, "gain.prompts", 2, "prompt"))
        .startsWith("drawn ids");
  }

  @Test
  void whatCannotBeReadIsRefusedByName() throws IOException {
    Path gpt2 = family("gpt2");
    Path mine =
        Files.writeString(folder.resolve("mine.json"), "{\"input_ids\": [[1, 2], [3, 97]]}");
    Gain gain = new Gain();
    ReadingSettings far = gain.settings(Options.usual().with("gain", "ids", mine.toString()));
    assertThatThrownBy(
            () -> {
              try (OneModel c = new OneModel(gpt2, "gain", folder, OneModel.AMPLE)) {
                c.measureAll(gain, far);
              }
            })
        .isInstanceOf(InputException.class)
        .hasMessageContaining("mine.json: prompt 2")
        .hasMessageContaining("from 0 to 96")
        .hasMessageContaining("has 97");
    Map<String, String> longer = ids(List.of(new int[65]));
    assertThatThrownBy(() -> figures(gpt2, longer))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("at most 64 positions but there are 65");
    assertThatThrownBy(() -> figures(gpt2, Map.of("prompts", "a text")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no tokenizer");
    assertThatThrownBy(() -> settings(Map.of("ids", "{\"input_ids\": [[1]]}", "prompts", "a")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
