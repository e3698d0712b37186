package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Instruments;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Plan;
import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The models that the reference notebooks ran on, by their published names, shapes and
 * configurations: files with holes for the numbers, which take no room. Every weight has a role,
 * their count is the published one, and what a notebook measured on a model applies to it.
 *
 * <p>Sources: the models' own pages and the loaders of the transformers and open_clip libraries.
 */
class PublishedModelsTest {
  private static final Pattern BRACES = Pattern.compile("\\{([^}]*)}");
  private static final Pattern RANGE = Pattern.compile("(\\d+)\\.\\.(\\d+)");

  @TempDir private Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "t5-small",
        "t5-base",
        "t5-v1_1-xxl",
        "bert-large",
        "clip-vit-base-patch16",
        "clip-vit-bigg-14",
        "dinov2-large",
        "llama-3.2-1b",
        "pythia-6.9b",
        "gpt-j-6b",
        "qwen3.5-0.8b",
        "qwen3.5-4b"
      })
  void everyWeightHasARoleAndTheAnalysesApply(String name) throws IOException {
    JsonNode published = published(name);
    Path folder = lay(published);
    try (Model model = Model.open(folder)) {
      assertThat(
              model.parameters().stream()
                  .filter(p -> p.role().component() == Component.OTHER)
                  .map(p -> p.tensor().name()))
          .isEmpty();
      if (published.path("parameters").isNumber()) {
        assertThat(model.count()).isEqualTo(published.path("parameters").longValue());
      }
      assertThat(model.spec().stacks()).allMatch(s -> s.layers() > 0 && s.heads() > 0);
      List<String> wanted = new ArrayList<>();
      published.path("analyses").forEach(a -> wanted.add(a.textValue()));
      assertThat(wanted).isNotEmpty();
      for (String id : wanted) {
        assertThat(applies(Instruments.find(id).orElseThrow(), folder)).as(id).isEmpty();
      }
    }
  }

  /** Why an analysis does not apply, or empty. */
  private <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      String applies(Instrument<S, D, R> i, Path model) throws IOException {
    Path work = Files.createDirectories(dir.resolve("work"));
    try (OneModel c = new OneModel(model, i.card().id(), work, 1L << 36)) {
      Plan<D> plan = Plan.of(i, c, i.settings(Options.usual()));
      return plan.applies() ? "" : plan.whyNot();
    }
  }

  /** Gates lie between the queries of heads; the three of linear attention one after the other. */
  @ParameterizedTest
  @ValueSource(strings = {"qwen3.5-0.8b", "qwen3.5-4b"})
  void whatQwenFusesIsTakenApart(String name) throws IOException {
    JsonNode published = published(name);
    JsonNode text = published.path("config").path("text_config");
    long d = text.path("hidden_size").longValue();
    long heads = text.path("num_attention_heads").longValue();
    long values = 128 * text.path("linear_num_value_heads").longValue();
    try (Model model = Model.open(lay(published))) {
      String q = "model.language_model.layers.3.self_attn.q_proj.weight";
      Parameter query = model.parameter(q + "[self_attn_q]").orElseThrow();
      Parameter gate = model.parameter(q + "[self_attn_gate]").orElseThrow();
      assertThat(query.tensor().shape()).containsExactly(heads * 256, d);
      assertThat(gate.tensor().shape()).containsExactly(heads * 256, d);
      String qkv = "model.language_model.layers.0.linear_attn.in_proj_qkv.weight";
      assertThat(
              List.of("q", "k", "v").stream()
                  .map(p -> model.parameter(qkv + "[linear_attn_" + p + "]").orElseThrow())
                  .map(p -> p.tensor().rows()))
          .containsExactly(16 * 128L, 16 * 128L, values);
      assertThat(
              model.parameters().stream()
                  .filter(p -> p.role().component() == Component.NORM)
                  .filter(p -> model.scaleOffset(p.tensor().name()) == 0)
                  .map(p -> p.tensor().name()))
          .isNotEmpty()
          .allMatch(n -> n.contains("visual") || n.contains("linear_attn"));
      assertThat(model.scaleOffset("model.language_model.norm.weight")).isEqualTo(1);
    }
  }

  private static JsonNode published(String name) throws IOException {
    try (InputStream in =
        PublishedModelsTest.class.getResourceAsStream("/published/" + name + ".json")) {
      return new ObjectMapper().readTree(in);
    }
  }

  private Path lay(JsonNode published) throws IOException {
    Path folder = Files.createDirectory(dir.resolve("model"));
    Files.writeString(
        folder.resolve(published.path("config_file").textValue()),
        published.path("config").toString());
    String dtype = published.path("dtype").textValue();
    ObjectNode header = new ObjectMapper().createObjectNode();
    long at = 0;
    for (JsonNode line : published.path("tensors")) {
      ArrayNode shape = (ArrayNode) line.get(1);
      long bytes = dtype.equals("F32") ? 4 : 2;
      for (JsonNode n : shape) {
        bytes *= n.longValue();
      }
      for (String name : names(line.get(0).textValue())) {
        ObjectNode entry = header.putObject(name).put("dtype", dtype);
        entry.set("shape", shape);
        entry.putArray("data_offsets").add(at).add(at + bytes);
        at += bytes;
      }
    }
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    try (RandomAccessFile file =
        new RandomAccessFile(folder.resolve("model.safetensors").toFile(), "rw")) {
      file.writeLong(Long.reverseBytes(text.length));
      file.write(text);
      file.setLength(8 + text.length + at);
    }
    return folder;
  }

  /** {@code a.{0..2}.{k,v}} stands for six names. */
  private static List<String> names(String pattern) {
    Matcher braces = BRACES.matcher(pattern);
    if (!braces.find()) {
      return List.of(pattern);
    }
    Matcher range = RANGE.matcher(braces.group(1));
    List<String> each = new ArrayList<>();
    if (range.matches()) {
      for (int i = Integer.parseInt(range.group(1)); i <= Integer.parseInt(range.group(2)); i++) {
        each.add(Integer.toString(i));
      }
    } else {
      each.addAll(List.of(braces.group(1).split(",")));
    }
    String before = pattern.substring(0, braces.start());
    String after = pattern.substring(braces.end());
    return each.stream()
        .flatMap(e -> names(before + e + after).stream())
        .collect(Collectors.toList());
  }
}
