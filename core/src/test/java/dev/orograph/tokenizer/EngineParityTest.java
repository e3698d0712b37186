package dev.orograph.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.checkpoint.RealCheckpoints;
import dev.orograph.input.BoundedJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The engine gives the numbers, the places and the texts that the tokenizers library gives. */
class EngineParityTest {
  private static final int TEXTS = 1500;

  /** Both engines over one document, and what they say differently. */
  private static final class Both implements AutoCloseable {
    private final ObjectNode json;
    private final List<String> pieces;
    private final Engine ours;
    private final NativeEngine theirs;
    private final List<String> differ = new ArrayList<>();
    private long tokens;

    Both(CheckedJson checked) {
      this.json = checked.json();
      this.pieces = checked.pieces();
      this.ours = new Engine(json, pieces);
      this.theirs = new NativeEngine(json);
    }

    Encoding encode(String text) {
      Encoding expected = theirs.encode(text);
      Encoding found = ours.encode(text);
      tokens += expected.ids().size();
      if (!found.equals(expected)) {
        differ.add(Texts.shown(text) + "\n  " + expected + "\n  " + found + "\n  " + json);
      }
      return expected;
    }

    void decode(long[] numbers) {
      String expected = theirs.decode(numbers);
      String found = ours.decode(numbers);
      if (!found.equals(expected)) {
        differ.add(
            RandomTokenizers.shown(numbers, pieces)
                + "\n  "
                + Texts.shown(expected)
                + "\n  "
                + Texts.shown(found)
                + "\n  "
                + json.get("decoder"));
      }
    }

    @Override
    public void close() {
      theirs.close();
    }
  }

  private static CheckedJson checked(JsonNode json) {
    return CheckedJson.of(new Json(json, Path.of("made.json"), ""), Map.of());
  }

  private static CheckedJson made(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return checked(BoundedJson.parse(bytes, Path.of("made.json"), ""));
  }

  private static CheckedJson real(String name) {
    TokenizerFiles files = new TokenizerFiles(RealCheckpoints.at(name));
    TokenizerFiles.Found found = files.find(files.settings()).orElseThrow();
    return CheckedJson.of(new Json(found.json().orElseThrow(), found.file(), ""), found.names());
  }

  /** Those of checkpoints are opened in the test, so that a missing one leaves out itself only. */
  static Stream<Named<Supplier<CheckedJson>>> tokenizers() {
    return Stream.concat(
        Stream.of(
            Named.of("byte-level BPE", () -> made(TinyTokenizers.byteLevelBpe())),
            Named.of("BPE with bytes", () -> made(TinyTokenizers.byteFallbackBpe())),
            Named.of("WordPiece", () -> made(TinyTokenizers.wordPiece())),
            Named.of("WordLevel", () -> made(TinyTokenizers.wordLevel())),
            Named.of("Unigram", () -> made(TinyTokenizers.unigram()))),
        Stream.of(
                "tokenizers/t5-small",
                "tokenizers/gpt2",
                "tokenizers/bert-uncased-minilm",
                "tinystories-656k-llama",
                "tinypellm-mqa")
            .map(name -> Named.of(name, () -> real(name))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tokenizers")
  void ofRealTokenizersAndHandMadeOnes(Supplier<CheckedJson> tokenizer) {
    compare(tokenizer.get(), 7, TEXTS);
  }

  @Tag("campaign")
  @ParameterizedTest(name = "{0}")
  @MethodSource("tokenizers")
  void ofRealTokenizersOnManyTexts(Supplier<CheckedJson> tokenizer) {
    compare(tokenizer.get(), 8, 100_000);
  }

  private static void compare(CheckedJson tokenizer, long seed, int texts) {
    SplittableRandom random = new SplittableRandom(seed);
    try (Both both = new Both(tokenizer)) {
      for (int i = 0; i < texts && both.differ.size() < 5; i++) {
        Encoding encoding = both.encode(Texts.random(random));
        long[] found = encoding.ids().stream().mapToLong(Integer::longValue).toArray();
        if (found.length > 0) {
          both.decode(found);
        }
        both.decode(random.longs(1 + random.nextInt(6), 0, both.pieces.size()).toArray());
      }
      assertThat(both.differ).isEmpty();
      assertThat(both.tokens).isGreaterThan(texts);
    }
  }

  /** Which of equal scores is the larger hangs on the last bit of what the library reads. */
  @Test
  void ofTies() {
    try (Both both = new Both(real("tokenizers/t5-small"))) {
      for (String one : List.of("-", "=", ".", "*", "_", "a", "0", "10", "ab", "--=")) {
        for (int n = 1; n < 60; n++) {
          both.encode(one.repeat(n));
        }
      }
      assertThat(both.differ).isEmpty();
    }
    assertThat(Unigram.asRead(-1.5)).isEqualTo(-1.5);
    assertThat(Unigram.asRead(0)).isZero();
    double score = -2.0122928619384766;
    assertThat(Unigram.asRead(score)).isEqualTo(-20122928619384766.0 / 1e16).isNotEqualTo(score);
  }

  @Test
  void ofRandomTokenizers() {
    random(1, 150);
  }

  @Test
  @Tag("campaign")
  void ofManyRandomTokenizers() {
    random(2, 10_000);
  }

  private static void random(long seed, int tokenizers) {
    RandomTokenizers made = new RandomTokenizers(seed);
    long tokens = 0;
    for (int i = 0; i < tokenizers; i++) {
      ObjectNode json = made.next();
      try (Both both = new Both(checked(json))) {
        for (int k = 0; k < 30; k++) {
          both.encode(made.text());
          both.decode(made.numbers(both.pieces.size()));
        }
        assertThat(both.differ).as(json.toString()).isEmpty();
        tokens += both.tokens;
      } catch (Codec.Refused e) {
        assertThat(e).hasMessageContaining("leaves nothing");
      }
    }
    assertThat(tokens).isGreaterThan(50L * tokenizers);
  }
}
