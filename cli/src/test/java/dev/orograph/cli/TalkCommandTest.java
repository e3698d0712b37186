package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.model.Model;
import dev.orograph.model.forward.Generation;
import dev.orograph.model.forward.Inputs;
import dev.orograph.model.forward.Transformer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model of bytes writes: the same text each time, whole characters, and no further than ends. */
class TalkCommandTest {
  /** Where BLT's bytes begin; before them stand its special tokens. */
  private static final int BYTES = 4;

  private static final int BOS = 1;
  private static final Path FAMILIES = Path.of("../core/src/test/resources/families");
  private static final Path MODEL = FAMILIES.resolve("meta-llama-bytes");

  @TempDir private Path dir;

  @Test
  void theSameCommandWritesTheSameText() {
    String text = Cli.inside("talk", MODEL, "Once", "--tokens", 30).exits(0).out();
    assertThat(text).startsWith("Once").hasSizeGreaterThan("Once".length() + 1);
    assertThat(Cli.inside("talk", MODEL, "Once", "--tokens", 30, "--no-cache").exits(0).out())
        .isEqualTo(text);
    assertThat(Cli.inside("talk", MODEL, "Once", "--tokens", 30, "--seed", 7).exits(0).out())
        .isNotEqualTo(text);
  }

  @Test
  void greedyIsWhatTheModelGenerates() {
    Cli.Outcome said = Cli.inside("talk", MODEL, "Once", "--tokens", 12, "--greedy").exits(0);
    assertThat(said.out()).isEqualTo(shown("Once", greedy(12)));
    assertThat(said.err()).contains("12 tokens");
    assertThat(
            Cli.inside("talk", MODEL, "Once", "--tokens", 12, "--greedy", "--quiet").exits(0).err())
        .isEmpty();
  }

  @Test
  void itStopsAtAnEndThatTheConfigurationNames() throws IOException {
    int[] free = greedy(12);
    int end = free[5];
    int stop =
        IntStream.range(0, free.length).filter(i -> free[i] == end).findFirst().orElseThrow();
    Path model = Files.createDirectory(dir.resolve("ended"));
    Files.copy(MODEL.resolve("model.safetensors"), model.resolve("model.safetensors"));
    String params = Files.readString(MODEL.resolve("params.json"));
    Files.writeString(
        model.resolve("params.json"),
        params.replaceFirst("\\{", "{\"eos_token_id\": " + end + ","));
    Cli.Outcome said = Cli.inside("talk", model, "Once", "--tokens", 12, "--greedy").exits(0);
    assertThat(said.out()).isEqualTo(shown("Once", Arrays.copyOf(free, stop)));
    assertThat(said.err()).contains(stop + 1 + " token");
  }

  @Test
  void bytesOfACharacterAreHeldBackUntilItIsWhole() {
    String text = "a\u00e9\u20ac\ud83d\ude00b";
    List<String> given = new ArrayList<>();
    try (Model model = Model.open(MODEL)) {
      Streamed streamed = new Streamed(model.tokenizer().orElseThrow());
      for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
        given.add(streamed.add(List.of((b & 255) + BYTES)));
      }
      assertThat(streamed.rest()).isEmpty();
      assertThat(given)
          .containsExactly("a", "", "\u00e9", "", "", "\u20ac", "", "", "", "\ud83d\ude00", "b");
      // What is never whole is shown at the end.
      assertThat(streamed.add(List.of(0xe2 + BYTES))).isEmpty();
      assertThat(streamed.rest()).isEqualTo("\ufffd");
    }
  }

  @Test
  void itStopsAtAnEndForWriting() throws IOException {
    int[] free = greedy(12);
    int end = free[5];
    int stop =
        IntStream.range(0, free.length).filter(i -> free[i] == end).findFirst().orElseThrow();
    Path model = Files.createDirectory(dir.resolve("ended"));
    Files.copy(MODEL.resolve("model.safetensors"), model.resolve("model.safetensors"));
    Files.copy(MODEL.resolve("params.json"), model.resolve("params.json"));
    Path file = model.resolve("generation_config.json");
    Files.writeString(file, "{\"eos_token_id\": [2, " + end + "]}");
    Cli.Outcome said = Cli.inside("talk", model, "Once", "--tokens", 12, "--greedy").exits(0);
    assertThat(said.out()).isEqualTo(shown("Once", Arrays.copyOf(free, stop)));
    Files.writeString(file, "{\"eos_token_id\": [\"x\"]}");
    assertThat(Cli.inside("talk", model, "Once").fault())
        .contains("generation_config.json", "'eos_token_id'");
    Path elsewhere = Files.move(file, dir.resolve("elsewhere.json"));
    Files.createSymbolicLink(file, elsewhere);
    assertThat(Cli.inside("talk", model, "Once").fault())
        .contains("generation_config.json", "leads outside");
  }

  @Test
  void anEndThatIsSpelledOutIsHeldBackAndEndsTheText() {
    try (Model model = Model.open(MODEL)) {
      Streamed streamed = new Streamed(model.tokenizer().orElseThrow());
      assertThat(streamed.add(ids("a<|end|>"))).isEqualTo("a<|end|>");
      streamed.endsAt(List.of("<|end|>"));
      assertThat(streamed.add(ids("b<|en"))).isEqualTo("b");
      assertThat(streamed.add(ids("t<"))).isEqualTo("<|ent");
      assertThat(streamed.add(ids("|end|"))).isEmpty();
      assertThat(streamed.ended()).isFalse();
      assertThat(streamed.add(ids(">more"))).isEmpty();
      assertThat(streamed.ended()).isTrue();
      assertThat(streamed.add(ids("x")) + streamed.rest()).isEmpty();
      Streamed open = new Streamed(model.tokenizer().orElseThrow());
      open.endsAt(List.of("<|end|>"));
      assertThat(open.add(ids("c<|end"))).isEqualTo("c");
      assertThat(open.rest()).isEqualTo("<|end");
    }
  }

  /** Only the last tokens are decoded; what comes out is the text all the same. */
  @Test
  void aLongTextComesOutWhole() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      text.append(i % 7 == 0 ? "\ud83d\ude00" : i % 3 == 0 ? "\u00e9 " : "word ");
    }
    try (Model model = Model.open(MODEL)) {
      Streamed streamed = new Streamed(model.tokenizer().orElseThrow());
      StringBuilder given = new StringBuilder();
      ids(text.toString()).forEach(id -> given.append(streamed.add(List.of(id))));
      assertThat(given.append(streamed.rest())).hasToString(text.toString());
      // Bytes that are no text at all come out as replacements, none of them twice.
      Streamed broken = new Streamed(model.tokenizer().orElseThrow());
      StringBuilder shown = new StringBuilder();
      for (int i = 0; i < 500; i++) {
        shown.append(broken.add(List.of(0xff + BYTES)));
      }
      assertThat(shown.append(broken.rest())).hasToString("\ufffd".repeat(500));
    }
  }

  @Test
  void aTrainedModelShowsNoMarkerOfItsEnd() {
    Path model = Models.stories(dir.resolve("stories"));
    Cli.Outcome said =
        Cli.inside("talk", model, "Once upon a time", "--tokens", 300, "--seed", 3).exits(0);
    assertThat(said.out()).doesNotContain("story|>", "<|").endsWith(".\n").hasSizeGreaterThan(300);
    assertThat(said.err()).doesNotContain("300 tokens");
  }

  private static List<Integer> ids(String text) {
    List<Integer> ids = new ArrayList<>();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      ids.add((b & 255) + BYTES);
    }
    return ids;
  }

  @Test
  void nothingThatIsWrittenActsOnATerminal() {
    String prompt = "\u001b[31mred\u202e\r\nnext\u0007";
    String out = Cli.inside("talk", MODEL, prompt, "--tokens", 40).exits(0).out();
    assertThat(out).startsWith("\\u001b[31mred\\u202e\\r\nnext\\u0007");
    assertThat(out.chars().filter(c -> c != '\n')).allMatch(c -> !Character.isISOControl(c));
  }

  @Test
  void thePromptMayStandInAFile(@TempDir Path folder) throws IOException {
    String said = Cli.inside("talk", MODEL, "ab c", "--tokens", 5, "--greedy").exits(0).out();
    Path file = Files.writeString(folder.resolve("prompt.txt"), "ab c\n");
    assertThat(Cli.inside("talk", MODEL, "--text", file, "--tokens", 5, "--greedy").exits(0).out())
        .isEqualTo(said);
    assertThat(Cli.inside("talk", MODEL, "--text", folder.resolve("none")).fault())
        .contains("does not exist");
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream("ab c".getBytes(StandardCharsets.UTF_8)));
    try {
      assertThat(Cli.inside("talk", MODEL, "--text", "-", "--tokens", 5, "--greedy").exits(0).out())
          .isEqualTo(said);
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void anEmptyPromptBeginsWithTheTokenThatBegins() {
    assertThat(Cli.inside("talk", MODEL, "", "--tokens", 5, "--greedy").exits(0).out())
        .isEqualTo(shown("", greedy(5, BOS)));
  }

  @Test
  void itEndsWhereTheModelHasNoMorePositions() {
    Cli.Outcome full = Cli.inside("talk", MODEL, "x".repeat(60), "--tokens", 50).exits(0);
    assertThat(full.err()).contains("64 positions: at most 4 tokens");
    assertThat(Cli.inside("talk", MODEL, "x".repeat(64)).fault()).contains("64", "65");
    assertThat(Cli.inside("talk", MODEL, "x".repeat(3_000_000)).exits(2).err())
        .contains("3,000,000 characters");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--tokens 0 | --tokens must be at least 1, not 0",
        "--temperature -1 | --temperature must be 0 or more",
        "--temperature NaN | --temperature must be 0 or more",
        "--top-p 0 | --top-p must be above 0",
        "--top-p 1.5 | at most 1",
        "--precision int8 | no precision 'int8'; there are float64, float32, bf16"
      })
  void wrongUsage(String options, String says) {
    List<Object> args = new ArrayList<>(List.of("talk", MODEL, "x"));
    args.addAll(List.of((Object[]) options.split(" ", -1)));
    assertThat(Cli.inside(args.toArray()).exits(2).err()).contains(says);
  }

  @Test
  void whoCannotWriteSaysWhy() {
    assertThat(Cli.inside("talk", FAMILIES.resolve("gpt2"), "x").fault())
        .contains("needs a tokenizer", "no tokenizer lies beside the weights");
  }

  private static int[] greedy(int tokens) {
    return greedy(tokens, BOS, 'O' + BYTES, 'n' + BYTES, 'c' + BYTES, 'e' + BYTES);
  }

  private static int[] greedy(int tokens, int... prompt) {
    try (Model model = Model.open(MODEL);
        Transformer t = Transformer.load(model)) {
      return t.generate(
              Inputs.ids(prompt), Generation.greedy(tokens, Set.of(2)), (sequence, token) -> {})
          .get(0);
    }
  }

  /** What a terminal shows of a prompt and the bytes behind it. */
  private static String shown(String prompt, int[] tokens) {
    byte[] first = prompt.getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(first, first.length + tokens.length);
    int length = first.length;
    for (int token : tokens) {
      if (token >= BYTES) {
        all[length++] = (byte) (token - BYTES);
      }
    }
    return Terminal.lines(new String(all, 0, length, StandardCharsets.UTF_8)) + "\n";
  }
}
