package dev.orograph.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every format, on hand-made tokenizers whose tokens can be told by hand. */
class TokenizerTest {
  @TempDir private Path dir;

  /** The tokenizer of a {@code tokenizer.json}. */
  static Tokenizer open(String json) {
    try {
      Path folder = Files.createTempDirectory("orograph-tokenizer");
      Path file = folder.resolve("tokenizer.json");
      try {
        Files.writeString(file, json);
        return Tokenizer.open(file);
      } finally {
        Files.deleteIfExists(file);
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String name, String text) throws IOException {
    Files.write(dir.resolve(name), text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void byteLevelBpe() {
    try (Tokenizer t = open(TinyTokenizers.byteLevelBpe())) {
      assertThat(t.description()).isEqualTo("byte-level BPE, tokenizer.json");
      assertThat(t.size()).isEqualTo(31);
      Encoding e = t.encode("ab a\u00e9<b>b<e>");
      assertThat(e.ids()).containsExactly(3, 7, 6, 20, 1, 30);
      assertThat(e.spans())
          .containsExactly(
              new Encoding.Span(0, 2),
              new Encoding.Span(2, 4),
              new Encoding.Span(4, 5),
              new Encoding.Span(5, 8),
              new Encoding.Span(8, 9),
              new Encoding.Span(9, 12));
      assertThat(t.encodeWithSpecials("a").ids()).containsExactly(20, 0);
      assertThat(t.decode(e.ids(), false)).isEqualTo("ab a\u00e9<b>b<e>");
      assertThat(t.decode(e.ids(), true)).isEqualTo("ab a\u00e9b");
      assertThat(t.text(7)).isEqualTo(" a");
      assertThat(t.token(7)).contains("\u0120a");
      assertThat(t.text(6)).isEqualTo("\u00e9");
      assertThat(t.text(4)).isEqualTo("\ufffd");
      assertThat(t.text(9)).isEqualTo("\n");
      assertThat(t.token(8)).isEmpty();
      assertThat(t.text(8)).isEmpty();
      assertThat(t.special(20)).isTrue();
      assertThat(t.special(3)).isFalse();
      assertThat(t.specials()).isEqualTo(Map.of("<b>", 20, "<e>", 30));
      assertThat(t.single("ab")).hasValue(3);
      assertThat(t.single("ba")).isEmpty();
    }
  }

  @Test
  void byteFallbackBpe() {
    try (Tokenizer t = open(TinyTokenizers.byteFallbackBpe())) {
      assertThat(t.encode("ab \u00e9").ids()).containsExactly(10, 6, 3, 4);
      assertThat(t.encodeWithSpecials("ab").ids()).containsExactly(1, 10, 2);
      assertThat(t.decode(List.of(10, 6, 3, 4), true)).isEqualTo("ab \u00e9");
      assertThat(t.text(10)).isEqualTo(" ab");
      assertThat(t.text(5)).isEqualTo("\n");
      assertThat(t.text(3)).isEqualTo("\ufffd");
    }
  }

  @Test
  void wordPiece() {
    try (Tokenizer t = open(TinyTokenizers.wordPiece())) {
      assertThat(t.encode("AB Caf\u00e9 zz").ids()).containsExactly(3, 4, 5, 0);
      assertThat(t.encodeWithSpecials("a").ids()).containsExactly(1, 3, 2);
      assertThat(t.text(4)).isEqualTo("b");
      assertThat(t.decode(List.of(1, 3, 4, 5, 2), true)).isEqualTo("ab cafe [SEP]");
    }
  }

  @Test
  void wordLevelAndUnigram() {
    try (Tokenizer t = open(TinyTokenizers.wordLevel())) {
      assertThat(t.encode("A 1|\u00e1.").ids()).containsExactly(1, 2, 1, 0, 3);
    }
    try (Tokenizer t = open(TinyTokenizers.unigram())) {
      assertThat(t.encode("AB  ab").ids()).containsExactly(2, 3, 1, 5);
      assertThat(t.encode("a".repeat(5000)).ids()).hasSize(5001);
      assertThat(t.text(5)).isEqualTo(" ab");
    }
  }

  @Test
  void sentencePieceOfBothTypes() throws IOException {
    for (boolean bpe : new boolean[] {false, true}) {
      Files.write(dir.resolve("my.model"), TinyTokenizers.sentencePiece(bpe));
      try (Tokenizer t = Tokenizer.beside(dir).orElseThrow()) {
        assertThat(t.description()).isEqualTo((bpe ? "BPE" : "Unigram") + ", my.model");
        assertThat(t.size()).isEqualTo(12);
        assertThat(t.encode("Ab  ab ").ids()).containsExactly(6, 6);
        assertThat(t.encode("").ids()).isEmpty();
        assertThat(t.encode("   ").ids()).isEmpty();
        assertThat(t.encode("ab<own>c").ids()).containsExactly(6, 3, 11);
        // Control pieces are not found in a text; bytes are what is unknown.
        assertThat(t.encode("</s>").ids()).doesNotContain(2);
        assertThat(t.encode("\u00e9").ids()).containsExactly(8, 4, 5);
        assertThat(t.specials()).isEqualTo(Map.of("unk", 0, "bos", 1, "eos", 2));
        assertThat(t.token(2)).contains("</s>");
        assertThat(t.special(2)).isTrue();
        assertThat(t.text(6)).isEqualTo(" ab");
        assertThat(t.decode(List.of(6, 6), true)).isEqualTo("ab ab");
      }
    }
  }

  @Test
  void xlmRobertaShiftsTheIds() throws IOException {
    Files.write(dir.resolve("sentencepiece.bpe.model"), TinyTokenizers.sentencePiece(false));
    assertThatThrownBy(() -> Tokenizer.beside(dir))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("shifted ids");
    write("tokenizer_config.json", "{\"tokenizer_class\":\"XLMRobertaTokenizerFast\"}");
    try (Tokenizer t = Tokenizer.beside(dir).orElseThrow()) {
      assertThat(t.size()).isEqualTo(14);
      assertThat(t.encodeWithSpecials("ab").ids()).containsExactly(0, 7, 2);
      assertThat(t.token(13)).contains("<mask>");
    }
  }

  @Test
  void gpt2FilesAndBertFiles() throws IOException {
    write(
        "vocab.json", "{\"a\":0,\"b\":1,\"ab\":2,\"\u0120\":3,\"\u0120ab\":4,\"<|endoftext|>\":5}");
    write("merges.txt", "#version: 0.2\na b\n\u0120 ab\n");
    try (Tokenizer t = Tokenizer.beside(dir).orElseThrow()) {
      assertThat(t.encode("ab ab<|endoftext|>").ids()).containsExactly(2, 4, 5);
      assertThat(t.special(5)).isTrue();
      assertThat(t.files()).containsExactly(dir.resolve("vocab.json"), dir.resolve("merges.txt"));
    }
    Path bert = Files.createDirectory(dir.resolve("bert"));
    Files.writeString(bert.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n##b\nA\n");
    try (Tokenizer t = Tokenizer.beside(bert).orElseThrow()) {
      assertThat(t.encodeWithSpecials("AB").ids()).containsExactly(2, 4, 5, 3);
      assertThat(t.specials()).containsEntry("[PAD]", 0).containsEntry("[CLS]", 2);
    }
    Files.writeString(bert.resolve("tokenizer_config.json"), "{\"do_lower_case\":false}");
    try (Tokenizer t = Tokenizer.open(bert.resolve("vocab.txt"))) {
      assertThat(t.encode("Ab").ids()).containsExactly(6, 5);
    }
  }

  @Test
  void bytesWhereTheyAreDeclared() throws IOException {
    write("params.json", "{\"vocab_size\":260,\"dim\":32}");
    try (Tokenizer t = Tokenizer.beside(dir).orElseThrow()) {
      assertThat(t.size()).isEqualTo(260);
      assertThat(t.encode("a\u00e9").ids()).containsExactly('a' + 4, 0xC3 + 4, 0xA9 + 4);
      assertThat(t.encode("\u00e9").spans()).allMatch(s -> s.equals(new Encoding.Span(0, 1)));
      assertThat(t.encodeWithSpecials("a").ids()).containsExactly(1, 'a' + 4, 2);
      assertThat(t.text('a' + 4)).isEqualTo("a");
      assertThat(t.decode(List.of(1, 0xC3 + 4, 0xA9 + 4, 2), true)).isEqualTo("\u00e9");
      // In this order in every process.
      assertThat(t.specials().keySet()).containsExactly("boe", "bos", "eos", "pad");
    }
    write("params.json", "{\"vocab_size\":32000,\"dim\":32}");
    assertThat(Tokenizer.beside(dir)).isEmpty();
    write("tokenizer_config.json", "{\"tokenizer_class\":\"ByT5Tokenizer\",\"extra_ids\":2}");
    try (Tokenizer t = Tokenizer.beside(dir).orElseThrow()) {
      assertThat(t.size()).isEqualTo(261);
      assertThat(t.encodeWithSpecials("a").ids()).containsExactly('a' + 3, 1);
      assertThat(t.specials().keySet())
          .containsExactly("pad", "eos", "unk", "<extra_id_0>", "<extra_id_1>");
      assertThat(t.specials()).containsEntry("<extra_id_0>", 259);
    }
  }

  @Test
  void aFolderWithoutOneHasNone() {
    assertThat(Tokenizer.beside(dir)).isEqualTo(Optional.empty());
    assertThatThrownBy(() -> Tokenizer.open(dir))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("must hold a tokenizer");
  }

  @Test
  void theFingerprintIsOfEverythingRead() throws IOException {
    write("tokenizer.json", TinyTokenizers.wordPiece());
    String before = fingerprint();
    assertThat(fingerprint()).isEqualTo(before).hasSize(64);
    write("special_tokens_map.json", "{}");
    assertThat(fingerprint()).isNotEqualTo(before);
  }

  private String fingerprint() {
    try (Tokenizer t = Tokenizer.open(dir)) {
      return t.fingerprint();
    }
  }

  @Test
  void aLinkOutOfTheFolderIsRefused() throws IOException {
    Path outside = Files.createTempFile("outside", ".json");
    Files.writeString(outside, TinyTokenizers.wordPiece());
    Files.createSymbolicLink(dir.resolve("tokenizer.json"), outside);
    assertThatThrownBy(() -> Tokenizer.beside(dir))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("leads outside");
    Files.delete(outside);
  }

  @Test
  void textsAreBoundedAndHalvesOfPairsReplaced() {
    try (Tokenizer t = open(TinyTokenizers.byteLevelBpe())) {
      assertThat(t.longest()).isEqualTo(1 << 20);
      assertThatThrownBy(() -> t.encode("a".repeat(t.longest() + 1)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    try (Tokenizer t = open(TinyTokenizers.byteFallbackBpe())) {
      Encoding e = t.encode("a\ud83db");
      assertThat(e.ids()).containsExactly(6, 7, 0, 8);
      assertThat(e.spans()).last().isEqualTo(new Encoding.Span(2, 3));
    }
  }

  @Test
  void anyNumberOfThreadsMayEncode() {
    Tokenizer t = open(TinyTokenizers.byteFallbackBpe());
    List<Integer> expected = t.encode("ab ab \u00e9").ids();
    assertThat(
            IntStream.range(0, 4000)
                .parallel()
                .mapToObj(i -> t.encode("ab ab \u00e9").ids())
                .distinct())
        .containsExactly(expected);
    t.close();
  }
}
