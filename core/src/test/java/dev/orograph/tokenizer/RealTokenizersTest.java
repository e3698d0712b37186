package dev.orograph.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.checkpoint.RealCheckpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tokenizers of T5, GPT-2, BERT and a Llama, as they are published. */
class RealTokenizersTest {
  @TempDir private Path dir;

  private static Path at(String name) {
    return RealCheckpoints.at(name);
  }

  private static Tokenizer t5() {
    return Tokenizer.open(at("tokenizers/t5-small"));
  }

  @Test
  void t5HasItsSentinels() {
    try (Tokenizer t = t5()) {
      assertThat(t.description()).isEqualTo("Unigram, spiece.model");
      assertThat(t.size()).isEqualTo(32_100);
      assertThat(t.specials())
          .containsEntry("pad", 0)
          .containsEntry("eos", 1)
          .containsEntry("unk", 2)
          .containsEntry("<extra_id_0>", 32_099)
          .containsEntry("<extra_id_99>", 32_000);
      assertThat(t.encode("a <extra_id_0> b").ids()).contains(32_099);
      assertThat(t.encodeWithSpecials("house").ids()).endsWith(1);
      assertThat(t.longest()).isEqualTo(1 << 20);
    }
  }

  /** What the seed does not see: the digit is the second of two pieces. */
  @Test
  void t5EncodesZeroAsTwoPieces() {
    try (Tokenizer t = t5()) {
      List<Integer> ids = t.encode("0").ids();
      assertThat(ids).hasSize(2);
      assertThat(t.token(ids.get(0))).contains("\u2581");
      assertThat(t.token(ids.get(1))).contains("0");
      assertThat(t.text(ids.get(0)) + t.text(ids.get(1))).isEqualTo(" 0");
    }
  }

  @Test
  void t5GivesTheWordsOfTheReferenceTheirIds() throws IOException {
    JsonNode entries = RealCheckpoints.reference("wordnet.json");
    int n = 0;
    try (Tokenizer t = t5()) {
      for (String list : List.of("first_25", "last_25")) {
        for (JsonNode entry : entries.get(list)) {
          assertThat(t.single(entry.get(0).textValue()))
              .as(entry.get(0).textValue())
              .hasValue(entry.get(2).intValue());
          n++;
        }
      }
      assertThat(t.single("antidisestablishmentarianism")).isEmpty();
    }
    assertThat(n).isEqualTo(50);
  }

  @Test
  void gpt2() {
    try (Tokenizer t = Tokenizer.open(at("tokenizers/gpt2"))) {
      assertThat(t.size()).isEqualTo(50_257);
      assertThat(t.encode("Hello world").ids()).containsExactly(15_496, 995);
      assertThat(t.encode("<|endoftext|>").ids()).containsExactly(50_256);
      String text = "It's 3.14\u20ac \ud83d\ude00\n\n\tna\u00efve \u4f60\u597d ";
      assertThat(t.decode(t.encode(text).ids(), true)).isEqualTo(text);
      for (int id = 0; id < 256; id++) {
        assertThat(t.text(id)).hasSize(1);
      }
    }
  }

  @Test
  void bertsVocabularyAloneGivesTheSameIds() throws IOException {
    Path bert = at("tokenizers/bert-uncased-minilm");
    Files.copy(bert.resolve("vocab.txt"), dir.resolve("vocab.txt"));
    Files.copy(bert.resolve("tokenizer_config.json"), dir.resolve("tokenizer_config.json"));
    try (Tokenizer json = Tokenizer.open(bert);
        Tokenizer files = Tokenizer.open(dir)) {
      assertThat(json.description()).isEqualTo("WordPiece, tokenizer.json");
      assertThat(files.description()).isEqualTo("WordPiece, vocab.txt");
      assertThat(files.size()).isEqualTo(json.size()).isEqualTo(30_522);
      for (String text :
          List.of(
              "Hello, World!", "na\u00efve caf\u00e9 [MASK]", "\u4f60\u597d 3.14", "", "  x  ")) {
        assertThat(files.encodeWithSpecials(text)).isEqualTo(json.encodeWithSpecials(text));
      }
      // It is cut to 256 tokens in the file, which no text is here.
      assertThat(json.encode("word ".repeat(3000)).ids()).hasSize(3000);
      assertThat(json.specials()).containsEntry("mask", 103).containsEntry("cls", 101);
    }
  }

  @Test
  void theLlamaOfTheTinyStories() {
    try (Tokenizer t = Tokenizer.open(at("tinystories-656k-llama"))) {
      assertThat(t.size()).isEqualTo(2048);
      String text = "Once upon a time, there was a little girl.";
      Encoding e = t.encodeWithSpecials(text);
      assertThat(e.ids().get(0)).isEqualTo(1);
      assertThat(t.decode(e.ids(), true)).isEqualTo(text);
    }
  }
}
