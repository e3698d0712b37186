package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Entropies of the next byte are the reference's and closed forms; wrong input is refused. */
class EntropyCommandTest {
  private static final Path FAMILIES = Path.of("../core/src/test/resources/families");
  private static final Path BYTES = FAMILIES.resolve("meta-llama-bytes");

  /** In nats: what the reference's own softmax in float32 leaves of 5. */
  private static final double REFERENCE = 1e-5;

  @TempDir private Path dir;

  @Test
  void entropiesAndPatchesAreTheReferences() throws IOException {
    double[] ids = array(BYTES.resolve("expected.safetensors"), "input_ids");
    double[] nats = array(BYTES.resolve("expected.safetensors"), "next_byte_entropy_nats");
    Path file = Files.writeString(dir.resolve("ids.json"), json(ids));
    double threshold = Arrays.stream(nats).sorted().toArray()[nats.length / 2] + 1e-3;
    JsonNode said = json("--ids", file, "--threshold", threshold, "--precision", "float64");
    int first = 0;
    while (ids[first] < 4) {
      first++;
    }
    List<Integer> starts = new ArrayList<>(List.of(first));
    for (int i = first + 1; i < ids.length; i++) {
      if (nats[i - 1] > threshold) {
        starts.add(i);
      }
    }
    JsonNode rows = said.path("tables").get(1).path("rows");
    assertThat(rows).hasSize(ids.length);
    for (int i = 1; i < ids.length; i++) {
      assertThat(rows.get(i).get(4).doubleValue()).isCloseTo(nats[i - 1], within(REFERENCE));
      assertThat(rows.get(i).get(3).doubleValue())
          .isCloseTo(nats[i - 1] / Math.log(2), within(2 * REFERENCE));
      assertThat(rows.get(i).get(5).booleanValue()).isEqualTo(starts.contains(i));
    }
    assertThat(starts).hasSizeBetween(3, ids.length - 3);
    assertThat(said.path("patches").intValue()).isEqualTo(starts.size());
    List<Integer> found = new ArrayList<>();
    said.path("tables").get(0).path("rows").forEach(r -> found.add(r.get(0).intValue()));
    assertThat(found).isEqualTo(starts);
  }

  @Test
  void aHeadOfZerosKnowsNothing() throws IOException {
    Path model = Files.createDirectory(dir.resolve("zero"));
    Files.copy(BYTES.resolve("params.json"), model.resolve("params.json"));
    List<Entry> entries = new ArrayList<>();
    try (Checkpoint c = Checkpoint.open(BYTES.resolve("model.safetensors"))) {
      for (TensorInfo t : c.tensors()) {
        double[] values = values(c, t);
        if (t.name().equals("output.weight")) {
          Arrays.fill(values, 0);
        }
        long[] shape = t.shape().stream().mapToLong(Long::longValue).toArray();
        entries.add(Entry.of(t.name(), values, shape));
      }
    }
    assertThat(entries).anyMatch(e -> e.name().equals("output.weight"));
    SafetensorsWriter.write(model.resolve("model.safetensors"), Map.of(), entries);
    JsonNode said =
        new ObjectMapper()
            .readTree(
                Cli.inside("entropy", model, "Once", "--json", "--out", dir.resolve("out"))
                    .exits(0)
                    .out());
    assertThat(said.path("nats").doubleValue()).isCloseTo(Math.log(260), within(1e-12));
    assertThat(said.path("bits").doubleValue())
        .isCloseTo(Math.log(260) / Math.log(2), within(1e-12));
    assertThat(said.path("threshold").doubleValue()).isEqualTo(1.335442066192627);
    assertThat(said.path("patches").intValue()).isEqualTo(4);
    assertThat(said.path("tokens").intValue()).isEqualTo(4);
    assertThat(said.path("about").path("unit").textValue()).isEqualTo("byte");
  }

  @Test
  void whatIsPrintedDoesNotActOnATerminal() {
    Cli.Outcome said =
        Cli.inside(
                "entropy",
                BYTES,
                "a\u001b[31m\u202e\n\u00e9",
                "--threshold",
                50,
                "--out",
                dir.resolve("one"))
            .exits(0);
    assertThat(said.out()).contains("'a\\u001b[31m\\u202e\\n\u00e9'").doesNotContain("\u2588");
    assertThat(said.out()).contains("12 bytes, ", "; 1 patch of 12.00 bytes on average");
    assertThat(said.out().chars().filter(c -> c != 10).boxed().toList())
        .allMatch(c -> !Character.isISOControl(c));
    assertThat(
            Cli.inside(
                    "entropy",
                    BYTES,
                    "abcdef",
                    "--threshold",
                    0,
                    "--show",
                    2,
                    "--out",
                    dir.resolve("two"))
                .out())
        .contains("and 4 patches more", "6 patches of 1.00 bytes");
  }

  @Test
  void aLongTextIsReadInWindowsAndSaysSo() throws IOException {
    Path text = Files.writeString(dir.resolve("text"), "=story, \"of\" bytes\n".repeat(10));
    Path out = dir.resolve("out");
    String said = Cli.inside("entropy", BYTES, "--text", text, "--out", out).exits(0).out();
    assertThat(said.replaceAll("\\s+", " "))
        .contains("windows of 64 positions, of which 32 are the end of the one before");
    JsonNode results = Runs.results(out);
    assertThat(Runs.finding(results, "entropy.tokens").path("value").intValue()).isEqualTo(190);
    assertThat(Runs.finding(results, "entropy.reading").path("rows").get(0).get(0).textValue())
        .as("no folder of this machine")
        .isEqualTo("text");
    assertThat(Files.readAllLines(out.resolve("tables/entropy.positions.csv")))
        .hasSize(192)
        .startsWith("position,id,text,bits,nats,starts")
        .anyMatch(l -> l.startsWith("1,65,'=,"));
    int patches = Runs.finding(results, "entropy.patches").path("rows").size();
    assertThat(Runs.finding(results, "entropy.count").path("value").intValue()).isEqualTo(patches);
    assertThat(Files.readAllLines(out.resolve("tables/entropy.patches.csv"))).hasSize(1 + patches);
    double[] nats = array(out.resolve("arrays/entropy.safetensors"), "nats");
    JsonNode rows = Runs.finding(results, "entropy.positions").path("rows");
    assertThat(nats).hasSize(191);
    assertThat(nats[0]).isNaN();
    for (int i = 1; i < nats.length; i++) {
      assertThat(rows.get(i).get(4).doubleValue()).isEqualTo(nats[i]);
    }
    assertThat(array(out.resolve("arrays/entropy.safetensors"), "ids")[1]).isEqualTo(65);
    assertThat(array(out.resolve("arrays/entropy.safetensors"), "starts")).hasSize(patches);
    Map<String, String> before = Runs.untouched(out);
    assertThat(Cli.inside("entropy", BYTES, "x", "--out", out).fault()).contains("--fresh");
    assertThat(Runs.untouched(out)).isEqualTo(before);
    assertThat(Cli.inside("entropy", BYTES, "--text", text, "--out", out).exits(0).out())
        .as("a run that is there is read")
        .isEqualTo(said);
    Cli.inside("entropy", BYTES, "x", "--out", out, "--fresh").exits(0);
    Path full = Files.createDirectory(dir.resolve("full"));
    Files.writeString(full.resolve("mine"), "mine");
    assertThat(Cli.inside("entropy", BYTES, "x", "--out", full, "--fresh").fault())
        .contains("other files");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"input_ids\": [[1, 260]]} | position 1 has 260",
        "{\"input_ids\": [[1, -1]]} | position 1 has -1",
        "{\"input_ids\": [[1], [2]]} | must hold one sequence",
        "{\"input_ids\": [[1, 2]], \"attention_mask\": [[1, 1]]} | has other keys",
        "{\"input_ids\": [[]]} | sequence 0",
        "{ | plain JSON"
      })
  void wrongIds(String text, String says) throws IOException {
    Path ids = Files.writeString(dir.resolve("ids.json"), text);
    Path out = dir.resolve("out");
    assertThat(Cli.inside("entropy", BYTES, "--ids", ids, "--out", out).fault())
        .contains("ids.json", says);
    assertThat(out).as("nothing is written").doesNotExist();
  }

  @Test
  void whatCannotBeReadIsRefused() throws IOException {
    Path empty = Files.writeString(dir.resolve("empty"), "");
    assertThat(refused("entropy", BYTES, "--text", empty)).contains("it is empty");
    Path bytes = Files.write(dir.resolve("bytes"), new byte[] {'a', (byte) 0xff});
    assertThat(refused("entropy", BYTES, "--text", bytes)).contains("is not UTF-8");
    assertThat(refused("entropy", BYTES, "--text", dir.resolve("none"))).contains("none");
    assertThat(refused("entropy", BYTES, "x", "--window", 65)).contains("at most 64 positions");
    Path ids = Files.writeString(dir.resolve("ids.json"), "{\"input_ids\": [[1, 5, 7]]}");
    assertThat(refused("entropy", FAMILIES.resolve("bert"), "--ids", ids))
        .contains("must be a decoder alone that writes from left to right", "text on both sides");
    assertThat(refused("entropy", FAMILIES.resolve("t5-relu-tied"), "--ids", ids))
        .contains("must be a decoder alone", "which an encoder reads");
    assertThat(refused("entropy", FAMILIES.resolve("vit"), "--ids", ids))
        .contains("must be a decoder alone", "reads images");
    assertThat(refused("entropy", FAMILIES.resolve("gpt2"), "x")).contains("needs a tokenizer");
    assertThat(
            Cli.inside(
                    "entropy",
                    FAMILIES.resolve("gpt2"),
                    "--ids",
                    ids,
                    "--out",
                    dir.resolve("numbers"))
                .exits(0)
                .out())
        .contains("'#1", "the text's own quantile 0.778");
  }

  private String refused(Object... args) {
    List<Object> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--out", dir.resolve("refused"), "--fresh"));
    return Cli.inside(all.toArray()).fault();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x --threshold -1 | --threshold needs a number of nats, 0 or more, found '-1'",
        "x --threshold NaN | --threshold needs a number of nats, 0 or more, found 'NaN'",
        "x --threshold much | --threshold needs a number, found 'much'",
        "x --window 1 | --window needs at least 2, found '1'",
        "x --precision float8 | --precision needs float64, float32, bf16, found 'float8'",
        "x --show -1 | --show must be 0 or more",
        "x --text y | one of them",
        "--quiet | one of them"
      })
  void wrongUsage(String options, String says) {
    List<Object> args = new ArrayList<>(List.of("entropy", BYTES));
    args.addAll(List.of((Object[]) options.split(" ", -1)));
    assertThat(Cli.inside(args.toArray()).exits(2).err()).contains(says);
    assertThat(Cli.inside("entropy", BYTES, "").exits(2).err()).contains("the text is empty");
  }

  private JsonNode json(Object... more) throws IOException {
    List<Object> args = new ArrayList<>(List.of("entropy", BYTES, "--json"));
    args.addAll(List.of("--out", dir.resolve("out")));
    args.addAll(List.of(more));
    return new ObjectMapper().readTree(Cli.inside(args.toArray()).exits(0).out());
  }

  private static String json(double[] ids) {
    return IntStream.range(0, ids.length)
        .mapToObj(i -> Integer.toString((int) ids[i]))
        .collect(Collectors.joining(",", "{\"input_ids\": [[", "]]}"));
  }

  private static double[] array(Path file, String name) {
    try (Checkpoint c = Checkpoint.open(file)) {
      return values(c, c.tensor(name).orElseThrow());
    }
  }

  private static double[] values(Checkpoint c, TensorInfo t) {
    try (TensorData data = c.map(t)) {
      double[] all = new double[Math.toIntExact(t.count())];
      data.read(0, all, 0, all.length);
      return all;
    }
  }
}
