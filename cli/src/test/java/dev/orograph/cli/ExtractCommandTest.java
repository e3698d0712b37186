package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.model.Model;
import dev.orograph.model.forward.Inputs;
import dev.orograph.model.forward.States;
import dev.orograph.model.forward.Transformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** States on the disk are those of the forward pass, whatever the batch; wrong input is refused. */
@Tag("numeric")
class ExtractCommandTest {
  private static final Path FAMILIES = Path.of("../core/src/test/resources/families");
  private static final Path BYTES = FAMILIES.resolve("meta-llama-bytes");

  /**
   * What the reference's own softmax in float32 leaves of T5's states, relative to the largest
   * value of each; where it works in float64, half a unit of the float32 that states are stored in.
   */
  private static final double REFERENCE = 4e-6;

  private static final List<String> INPUTS =
      List.of("input_ids", "attention_mask", "token_type_ids", "decoder_input_ids", "position_ids");

  @TempDir private Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert",
        "gpt2",
        "clip-text",
        "t5-relu-tied",
        "t5-gated-untied",
        "qwen3",
        "llama-gqa-untied",
        "vit",
        "clip-vision",
        "dinov2"
      })
  void statesAreTheReferences(String family) throws IOException {
    Path model = FAMILIES.resolve(family);
    Map<String, double[]> expected = arrays(model.resolve("expected.safetensors"));
    Map<String, List<Long>> shapes = shapes(model.resolve("expected.safetensors"));
    Path out = dir.resolve("out");
    String[] source = source(expected, shapes);
    Cli.inside(
            "extract",
            model,
            source[0],
            source[1],
            "--states",
            "all",
            "--out",
            out,
            "--batch",
            1,
            "--precision",
            "float64")
        .exits(0);
    Map<String, double[]> found = arrays(out.resolve("arrays/extract.safetensors"));
    int compared = 0;
    for (String name : found.keySet()) {
      if (name.matches("(encoder\\.|decoder\\.)?block_\\d+\\.out") && expected.containsKey(name)) {
        double[] mask = name.startsWith("decoder.") ? null : found.get("attention_mask");
        compare(name, found.get(name), expected.get(name), mask);
        compared++;
      }
    }
    assertThat(compared).isPositive();
    JsonNode results = Runs.results(out);
    assertThat(results.path("model").path("name").textValue()).isEqualTo(family);
    assertThat(results.path("settings").path("extract.states").textValue()).isEqualTo("all");
    Map<String, Double> norms = new LinkedHashMap<>();
    for (JsonNode row : Runs.finding(results, "extract.arrays").path("rows")) {
      norms.put(row.get(0).textValue(), row.get(4).isNull() ? null : row.get(4).doubleValue());
    }
    assertThat(norms.keySet()).isEqualTo(found.keySet());
    double[] mask = found.get("attention_mask");
    Map<String, List<Long>> sizes = shapes(out.resolve("arrays/extract.safetensors"));
    for (String name : found.keySet()) {
      if (name.endsWith("block_0.out") && !name.startsWith("decoder.")) {
        int width = sizes.get(name).get(2).intValue();
        assertThat(norms.get(name))
            .as("mean norm of " + name)
            .isCloseTo(norm(found.get(name), mask, width), within(1e-5 * norms.get(name)));
      }
    }
  }

  private static double norm(double[] state, double[] mask, int width) {
    double sum = 0;
    int vectors = 0;
    for (int v = 0; v < state.length / width; v++) {
      if (mask == null || mask[v] != 0) {
        double square = 0;
        for (int i = 0; i < width; i++) {
          square += state[v * width + i] * state[v * width + i];
        }
        sum += Math.sqrt(square);
        vectors++;
      }
    }
    return sum / vectors;
  }

  /** Without token types BERT reads another input; with all of them 0 it reads the same. */
  @Test
  void withoutTokenTypesTheyAreZero() throws IOException {
    Path bert = FAMILIES.resolve("bert");
    Path reference = bert.resolve("expected.safetensors");
    Map<String, double[]> all = arrays(reference);
    double[] expected = all.get("block_2.out");
    double[] with = last(bert, source(all, shapes(reference))[1], "with");
    double[] types = all.remove("token_type_ids");
    double[] without = last(bert, source(all, shapes(reference))[1], "without");
    all.put("token_type_ids", new double[types.length]);
    double[] zero = last(bert, source(all, shapes(reference))[1], "zero");
    assertThat(without).containsExactly(zero);
    double[] mask = all.get("attention_mask");
    compare("block_2.out", with, expected, mask);
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      if (mask[i / 32] != 0) {
        largest = Math.max(largest, Math.abs(expected[i]));
        difference = Math.max(difference, Math.abs(expected[i] - without[i]));
      }
    }
    assertThat(difference / largest).isGreaterThan(1000 * REFERENCE);
  }

  private double[] last(Path model, String ids, String name) {
    Path out = dir.resolve(name);
    Cli.inside("extract", model, "--ids", ids, "--states", "block_2.out", "--out", out).exits(0);
    return arrays(out.resolve("arrays/extract.safetensors")).get("block_2.out");
  }

  @Test
  void idsAreNotCutAndTheMessageSaysHowToGoOn() throws IOException {
    Path ids = Files.writeString(dir.resolve("ids.json"), "{\"input_ids\": [[5, 6], [7, 8, 9]]}");
    assertThat(extract("--ids", ids, "all", "--length", 2).fault())
        .contains("sequence 1 must have at most 2 ids", "ids are not cut", "--length 3");
    Path types =
        Files.writeString(
            dir.resolve("types.json"), "{\"input_ids\": [[5]], \"token_type_ids\": [[0]]}");
    assertThat(extract("--ids", types, "all").fault()).contains("a model with token types");
    extract("--ids", ids, "block_0.out", "--length", 3).exits(0);
  }

  /** Ctrl-C and then kill -9 amid the states: what is there stays, and the end is the same. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void anExtractionThatIsEndedGoesOn() throws IOException {
    int lines = 4_000;
    Path text = Files.writeString(dir.resolve("text"), ("x".repeat(60) + "\n").repeat(lines));
    Path out = dir.resolve("cut");
    Object[] args = {"extract", BYTES, "--text", text, "--states", "block_0.out", "--out", out};
    Cli.Outcome interrupted = ended("INT", out, 0, args).exits(Main.INTERRUPTED);
    assertThat(interrupted.err())
        .contains("interrupted while measuring", "give the same command again to go on");
    int first = done(out);
    assertThat(first).isBetween(1, lines - 1);
    ended("KILL", out, first, args);
    assertThat(done(out)).as("it went on").isBetween(first + 1, lines);
    assertThat(out.resolve("results.json")).doesNotExist();
    assertThat(out.resolve("arrays")).doesNotExist();
    Cli.inside(args).exits(0);
    assertThat(out.resolve("work")).doesNotExist();
    Path whole = dir.resolve("whole");
    args[args.length - 1] = whole;
    Cli.inside(args).exits(0);
    assertThat(out.resolve("arrays/extract.safetensors"))
        .hasSameBinaryContentAs(whole.resolve("arrays/extract.safetensors"));
    assertThat(out.resolve("results.json")).hasSameBinaryContentAs(whole.resolve("results.json"));
  }

  /** Ends an extraction once it has noted that more than so many sequences are done. */
  private static Cli.Outcome ended(String signal, Path out, int after, Object... args)
      throws IOException {
    // A shell that starts tests in the background makes them deaf to SIGINT; env undoes it.
    try (Cli.Running running =
        Cli.start(List.of("env", "--default-signal=INT"), Path.of("").toAbsolutePath(), args)) {
      long limit = System.nanoTime() + Cli.LIMIT.toNanos();
      while (done(out) <= after) {
        assertThat(running.process().isAlive()).isTrue();
        assertThat(System.nanoTime()).isLessThan(limit);
        LockSupport.parkNanos(1_000_000);
      }
      running.signal(signal);
      return running.await();
    }
  }

  private static int done(Path out) throws IOException {
    try {
      Path progress = left(out.resolve("work/extract/keep"), "progress.json");
      return progress == null ? 0 : Runs.json(progress).path("done").intValue();
    } catch (UncheckedIOException e) {
      return 0; // Something was moved while it was listed.
    }
  }

  private static Path left(Path folder, String name) throws IOException {
    if (!Files.isDirectory(folder)) {
      return null;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(p -> p.getFileName().toString().equals(name)).findFirst().orElse(null);
    }
  }

  private static void compare(String name, double[] found, double[] expected, double[] mask) {
    assertThat(found).as(name).hasSameSizeAs(expected);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    int width = mask == null ? 0 : found.length / mask.length;
    for (int i = 0; i < found.length; i++) {
      if (mask == null || mask[i / width] != 0) {
        assertThat(found[i]).as(name).isCloseTo(expected[i], within(REFERENCE * largest));
      }
    }
  }

  /** The reference's input as a file of ours. */
  private String[] source(Map<String, double[]> expected, Map<String, List<Long>> shapes)
      throws IOException {
    if (expected.containsKey("pixel_values")) {
      Path file = dir.resolve("pixels.safetensors");
      long[] shape = shapes.get("pixel_values").stream().mapToLong(Long::longValue).toArray();
      SafetensorsWriter.write(
          file,
          Map.of(),
          List.of(SafetensorsWriter.Entry.of("images", expected.get("pixel_values"), shape)));
      return new String[] {"--pixels", file.toString()};
    }
    List<String> keys = new ArrayList<>();
    for (String key : INPUTS) {
      if (expected.containsKey(key)) {
        int columns = shapes.get(key).get(1).intValue();
        keys.add("\"" + key + "\": " + rows(expected.get(key), columns));
      }
    }
    Path file = dir.resolve("ids.json");
    Files.writeString(file, "{" + String.join(",", keys) + "}");
    return new String[] {"--ids", file.toString()};
  }

  private static List<List<Integer>> rows(double[] values, int columns) {
    return IntStream.range(0, values.length / columns)
        .mapToObj(
            i ->
                IntStream.range(0, columns)
                    .mapToObj(j -> (int) values[i * columns + j])
                    .collect(Collectors.toList()))
        .toList();
  }

  @Test
  void aBatchChangesNoByteAndLinesArePadded() throws IOException {
    // Slices have 22 lines: the smallest batch is cut three times, the largest not at all.
    Path text = dir.resolve("text");
    Files.writeString(
        text,
        IntStream.range(0, 150)
            .mapToObj(i -> "line " + "x".repeat(i % 17))
            .collect(Collectors.joining("\r\n")));
    for (int batch : new int[] {1, 50, 200}) {
      Cli.inside(
              "extract",
              BYTES,
              "--text",
              text,
              "--states",
              "all",
              "--out",
              dir.resolve("b" + batch),
              "--batch",
              batch)
          .exits(0);
    }
    Path one = dir.resolve("b1/arrays/extract.safetensors");
    assertThat(one).hasSameBinaryContentAs(dir.resolve("b50/arrays/extract.safetensors"));
    assertThat(one).hasSameBinaryContentAs(dir.resolve("b200/arrays/extract.safetensors"));
    Map<String, double[]> found = arrays(one);
    // Byte b is id b + 4; 1 begins, 2 ends, 3 pads.
    assertThat(shapes(one).get("input_ids")).containsExactly(150L, 23L);
    assertThat(Arrays.copyOf(found.get("input_ids"), 8))
        .containsExactly(1, 'l' + 4, 'i' + 4, 'n' + 4, 'e' + 4, ' ' + 4, 2, 3);
    assertThat(Arrays.copyOf(found.get("attention_mask"), 8))
        .containsExactly(1, 1, 1, 1, 1, 1, 1, 0);
    int[] ids = Arrays.stream(found.get("input_ids")).mapToInt(v -> (int) v).toArray();
    int[] mask = Arrays.stream(found.get("attention_mask")).mapToInt(v -> (int) v).toArray();
    try (Model model = Model.open(BYTES);
        Transformer t = Transformer.load(model);
        States all =
            t.forward(
                Inputs.ids(cut(ids, 23)).mask(cut(mask, 23)),
                new LinkedHashSet<>(t.stateNames()))) {
      for (String name : all.names()) {
        assertThat(found.get(name)).as(name).isEqualTo(all.get(name).doubles());
      }
    }
  }

  private static List<int[]> cut(int[] values, int columns) {
    return IntStream.range(0, values.length / columns)
        .mapToObj(i -> Arrays.copyOfRange(values, i * columns, (i + 1) * columns))
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"input_ids\": [[1, 260]]} | position 1 has 260",
        "{\"input_ids\": [[1, -1]]} | position 1 has -1",
        "{\"input_ids\": [[1, 1.5]]} | position 1 has 1.5",
        "{\"input_ids\": [[1], []]} | sequence 1",
        "{\"input_ids\": []} | has 0",
        "{\"ids\": [[1]]} | must be an object with 'input_ids'",
        "{\"input_ids\": [[1]], \"labels\": [[1]]} | 'labels'",
        "{\"input_ids\": [[1, 2]], \"attention_mask\": [[1]]} | 2 whole numbers",
        "{\"input_ids\": [[1, 2]], \"attention_mask\": [[1, 2]]} | from 0 to 1",
        "[[1]] | must be an object",
        "{ | plain JSON"
      })
  void wrongIds(String json, String says) throws IOException {
    Path ids = Files.writeString(dir.resolve("ids.json"), json);
    assertThat(extract("--ids", ids, "all").fault()).contains("ids.json", says);
    assertThat(dir.resolve("out")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"'', is empty", "'a\n\nb', line 2", "'a\nLONG', line 2 must have at most 64 tokens"})
  void wrongText(String content, String says) throws IOException {
    Path text = Files.writeString(dir.resolve("text"), content.replace("LONG", "x".repeat(70)));
    assertThat(extract("--text", text, "all").fault()).contains("text", says);
    assertThat(dir.resolve("out")).doesNotExist();
  }

  @Test
  void bytesThatAreNoTextAreRefused() throws IOException {
    Path text = Files.write(dir.resolve("text"), new byte[] {'a', '\n', (byte) 0xff, '\n'});
    assertThat(extract("--text", text, "all").fault()).contains("must be UTF-8");
  }

  @Test
  void longLinesAreCutWhereThatIsAskedFor() throws IOException {
    Path text = Files.writeString(dir.resolve("text"), "short\n" + "x".repeat(70) + "\n");
    Cli.Outcome said = extract("--text", text, "final_norm.out", "--length", 20).exits(0);
    assertThat(said.err()).contains("1 of 2 lines are cut to 20 tokens");
    assertThat(shapes(dir.resolve("out/arrays/extract.safetensors")).get("final_norm.out"))
        .containsExactly(2L, 20L, 32L);
  }

  @Test
  void anExtractionIsNotWrittenOverUnlessAsked() throws IOException {
    Path text = Files.writeString(dir.resolve("text"), "one\n");
    extract("--text", text, "block_0.out").exits(0);
    Map<String, String> before = Runs.untouched(dir);
    assertThat(extract("--text", text, "block_1.out").fault()).contains("--fresh");
    assertThat(Runs.untouched(dir)).isEqualTo(before);
    extract("--text", text, "block_1.out", "--fresh").exits(0);
    assertThat(shapes(dir.resolve("out/arrays/extract.safetensors"))).containsKey("block_1.out");
    Path full = Files.createDirectory(dir.resolve("full"));
    Files.writeString(full.resolve("mine"), "mine");
    assertThat(
            Cli.inside(
                    "extract", BYTES, "--text", text, "--states", "all", "--out", full, "--fresh")
                .fault())
        .contains("other files");
  }

  @Test
  void unknownStatesAndMissingInputsAreNamed() throws IOException {
    Path ids = Files.writeString(dir.resolve("ids.json"), "{\"input_ids\": [[1, 2]]}");
    assertThat(extract("--ids", ids, "block_9.out").fault())
        .contains("'block_9.out' is no state of this model", "block_2.out", "final_norm.out");
    Path t5 = FAMILIES.resolve("t5-relu-tied");
    Path out = dir.resolve("out");
    assertThat(
            Cli.inside("extract", t5, "--ids", ids, "--states", "decoder.embed", "--out", out)
                .fault())
        .contains("decoder_input_ids");
    assertThat(
            Cli.inside("extract", t5, "--ids", ids, "--states", "all", "--out", out).exits(0).err())
        .contains("the encoder's states are all");
    out = dir.resolve("other");
    assertThat(
            Cli.inside("extract", BYTES, "--pixels", ids, "--states", "all", "--out", out).fault())
        .contains("reads token ids");
    assertThat(Cli.inside("extract", BYTES, "--states", "all").exits(2).err()).contains("--text");
    assertThat(Cli.inside("extract", BYTES, "--ids", ids).exits(2).err()).contains("--states");
    assertThat(Cli.inside("extract", BYTES, "--ids", ids, "--text", ids).exits(2).err())
        .contains("one of them");
    assertThat(extract("--ids", ids, "all", "--batch", 0).exits(2).err())
        .contains("--batch needs a whole number above 0");
    assertThat(
            Cli.inside(
                    "extract",
                    FAMILIES.resolve("gpt2"),
                    "--text",
                    ids,
                    "--states",
                    "all",
                    "--out",
                    dir.resolve("none"))
                .fault())
        .contains("needs a tokenizer");
  }

  private Cli.Outcome extract(String source, Path file, String states, Object... more) {
    List<Object> args =
        new ArrayList<>(
            List.of(
                "extract", BYTES, source, file, "--states", states, "--out", dir.resolve("out")));
    args.addAll(List.of(more));
    return Cli.inside(args.toArray());
  }

  private static Map<String, List<Long>> shapes(Path file) {
    try (Checkpoint c = Checkpoint.open(file)) {
      return c.tensors().stream().collect(Collectors.toMap(TensorInfo::name, TensorInfo::shape));
    }
  }

  private static Map<String, double[]> arrays(Path file) {
    Map<String, double[]> all = new LinkedHashMap<>();
    try (Checkpoint c = Checkpoint.open(file)) {
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
}
