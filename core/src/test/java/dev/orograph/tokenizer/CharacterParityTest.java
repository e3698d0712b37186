package dev.orograph.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.input.BoundedJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every character is of the same kind here as in the tokenizers library, as far as both know it.
 * The library asks several tables, some of Unicode 8; Java asks that of its version.
 */
class CharacterParityTest {
  private static final int[] ALL =
      IntStream.concat(
              IntStream.range(1, 0x20000),
              IntStream.of(0x20000, 0x2A6D6, 0x2B740, 0x2F800, 0x2FA1D, 0xE0001, 0xE0100, 0x10FFFD))
          .filter(c -> Character.isDefined(c) && Character.getType(c) != Character.SURROGATE)
          .toArray();

  /**
   * Parts that tell characters apart, and how many may be told differently: where the library's
   * table is older than Java's, or the other way round.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "0;'pre_tokenizer':{'type':'Split','behavior':'Isolated','pattern':{'Regex':'\\\\p{L}'}}",
        "0;'pre_tokenizer':{'type':'Split','behavior':'Isolated','pattern':{'Regex':'\\\\p{N}'}}",
        "0;'pre_tokenizer':{'type':'Split','behavior':'Isolated','pattern':{'Regex':'\\\\p{M}'}}",
        "0;'pre_tokenizer':{'type':'Split','behavior':'Isolated','pattern':{'Regex':'\\\\p{P}'}}",
        "0;'pre_tokenizer':{'type':'Split','behavior':'Isolated','pattern':{'Regex':'\\\\p{S}'}}",
        "0;'pre_tokenizer':{'type':'Split','behavior':'Isolated','pattern':{'Regex':'\\\\p{Lu}'}}",
        "0;'pre_tokenizer':{'type':'Split','behavior':'Isolated','pattern':{'Regex':'\\\\p{Ll}'}}",
        "2;'pre_tokenizer':{'type':'Split','behavior':'Isolated','pattern':{'Regex':'\\\\p{Han}'}}",
        "0;'pre_tokenizer':{'type':'Split','behavior':'Isolated','pattern':{'Regex':'\\\\s'}}",
        "0;'pre_tokenizer':{'type':'Split','behavior':'Isolated','pattern':{'Regex':'\\\\w'}}",
        "0;'pre_tokenizer':{'type':'Split','behavior':'Isolated','pattern':{'Regex':'[\\\\w]'}}",
        "0;'pre_tokenizer':{'type':'Split','behavior':'Isolated','pattern':{'Regex':'\\\\d'}}",
        "0;'pre_tokenizer':{'type':'Split','behavior':'Isolated','pattern':{'Regex':'\\\\h'}}",
        "0;'pre_tokenizer':{'type':'Split','behavior':'Isolated','pattern':{'Regex':'[[:punct:]]'}}",
        "0;'pre_tokenizer':{'type':'Split','behavior':'Isolated','pattern':{'Regex':'(?i:[sk])'}}",
        "0;'pre_tokenizer':{'type':'Whitespace'}",
        "0;'pre_tokenizer':{'type':'WhitespaceSplit'}",
        "0;'pre_tokenizer':{'type':'Digits','individual_digits':true}",
        "0;'normalizer':{'type':'Lowercase'}",
        "0;'normalizer':{'type':'NFC'}",
        "40;'normalizer':{'type':'NFD'}",
        "200;'normalizer':{'type':'NFKC'}",
        "200;'normalizer':{'type':'NFKD'}",
        "200;'pre_tokenizer':{'type':'BertPreTokenizer'}",
        "500;'normalizer':{'type':'StripAccents'}",
        "600;'normalizer':{'type':'BertNormalizer'}",
      })
  void charactersAreOfTheSameKind(int most, String part) {
    CheckedJson checked = checked(part);
    Engine ours = new Engine(checked.json(), checked.pieces());
    try (NativeEngine theirs = new NativeEngine(checked.json())) {
      int[] differ =
          IntStream.range(0, (ALL.length + 63) / 64)
              .mapToObj(i -> IntStream.range(64 * i, Math.min(ALL.length, 64 * i + 64)))
              .map(block -> block.map(i -> ALL[i]).toArray())
              .filter(block -> !same(ours, theirs, block))
              .flatMapToInt(block -> IntStream.of(block).filter(c -> !same(ours, theirs, c)))
              .toArray();
      assertThat(differ).hasSizeLessThanOrEqualTo(most);
      // Scripts that most models are trained on are told the same, whatever the table.
      assertThat(IntStream.of(differ).filter(c -> c < 0x600)).isEmpty();
    }
  }

  private static boolean same(Engine ours, NativeEngine theirs, int... characters) {
    StringBuilder text = new StringBuilder();
    for (int c : characters) {
      text.append("ab ").appendCodePoint(c).append("\u0001\u0001 z");
    }
    return ours.encode(text.toString()).equals(theirs.encode(text.toString()));
  }

  /** Before a model of bytes where the part changes the text, of one word where it cuts it. */
  private static CheckedJson checked(String part) {
    String text = "{" + part.replace('\'', '"') + "}";
    ObjectNode json =
        (ObjectNode)
            BoundedJson.parse(text.getBytes(StandardCharsets.UTF_8), Path.of("made.json"), "");
    ObjectNode vocab = JsonNodeFactory.instance.objectNode().put("unk", 0);
    if (json.has("normalizer")) {
      JsonNode bytes =
          JsonNodeFactory.instance
              .objectNode()
              .put("type", "ByteLevel")
              .put("add_prefix_space", false)
              .put("use_regex", false);
      json.set("pre_tokenizer", bytes);
      for (int b = 0; b < 256; b++) {
        vocab.put(Character.toString(PieceText.shown(b)), b + 1);
      }
      json.putObject("model").put("type", "BPE").putArray("merges");
    } else {
      json.putObject("model").put("type", "WordLevel").put("unk_token", "unk");
    }
    ((ObjectNode) json.get("model")).set("vocab", vocab);
    return CheckedJson.of(new Json(json, Path.of("made.json"), ""), Map.of());
  }
}
