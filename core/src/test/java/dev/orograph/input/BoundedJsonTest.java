package dev.orograph.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundedJsonTest {
  private static final Path FILE = Path.of("config.json");

  @TempDir Path folder;

  private static JsonNode parse(String json) {
    return BoundedJson.parse(json.getBytes(StandardCharsets.UTF_8), FILE, "");
  }

  private static void refused(String json, String message) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("config.json: ")
        .hasMessageContaining(message);
  }

  @Test
  void readsOrdinaryJson() {
    JsonNode node = parse(" {\"a\": [1, 2.5, true, null, \"ü😀\"]} \n");
    assertThat(node.path("a").path(1).doubleValue()).isEqualTo(2.5);
    assertThat(node.path("a").path(4).textValue()).isEqualTo("ü😀");
  }

  @Test
  void depthIsBounded() {
    int most = BoundedJson.MAX_DEPTH;
    assertThat(parse("[".repeat(most) + "]".repeat(most)).isArray()).isTrue();
    refused("[".repeat(most + 1) + "]".repeat(most + 1), "nesting depth");
    refused("[".repeat(1_000_000), "nesting depth");
    refused("{\"a\":".repeat(1_000_000), "nesting depth");
  }

  @Test
  void duplicateKeysAreRefusedAtAnyDepth() {
    refused("{\"a\": 1, \"a\": 2}", "Duplicate");
    refused("{\"b\": [{\"a\": 1, \"\\u0061\": 2}]}", "Duplicate");
  }

  @Test
  void numbersMustBeFinite() {
    refused("{\"a\": NaN}", "must be plain JSON");
    refused("{\"a\": Infinity}", "must be plain JSON");
    refused("{\"eps\": [1e999]}", "'eps' must be a finite number but is not");
    refused("{\"a\": " + "9".repeat(500) + "}", "must be plain JSON");
  }

  @Test
  void trailingContentIsRefused() {
    refused("{} {}", "must be plain JSON");
    refused("{}]", "must be plain JSON");
    refused("{\"a\": 1,}", "must be plain JSON");
    refused("{\"a\": 1} // comment", "must be plain JSON");
  }

  @Test
  void emptyAndBlankDocumentsAreRefused() {
    refused("", "must be JSON but is empty");
    refused("  \n", "must be JSON but is blank");
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    for (int[] bad : new int[][] {{0xFF}, {0xC0, 0x80}, {0xED, 0xA0, 0x80}, {0xE2, 0x82}}) {
      byte[] json = new byte[bad.length + 2];
      json[0] = '"';
      for (int i = 0; i < bad.length; i++) {
        json[i + 1] = (byte) bad[i];
      }
      json[json.length - 1] = '"';
      assertThatThrownBy(() -> BoundedJson.parse(json, FILE, "the header"))
          .hasMessageContaining("the header must be UTF-8 but holds bytes that are not");
    }
  }

  @Test
  void halvesOfSurrogatePairsAreRefused() {
    refused("{\"a\": \"\\ud83d\"}", "'a' must hold whole characters");
    refused("{\"a\\ude00\": 1}", "must be plain JSON but is not: Unexpected low surrogate");
    refused("{\"a\\ud83d\": 1}", "must be plain JSON but is not: Broken surrogate pair");
    assertThat(parse("\"\\ud83d\\ude00\"").textValue()).isEqualTo("😀");
  }

  @Test
  void stringsKeysAndTokensAreBounded() {
    refused("\"" + "x".repeat(BoundedJson.MAX_STRING + 1) + "\"", "String value length");
    refused("{\"" + "x".repeat(BoundedJson.MAX_NAME + 1) + "\": 1}", "ame length");
    refused("[" + "0,".repeat((int) BoundedJson.MAX_TOKENS) + "0]", "oken count");
  }

  @Test
  void messagesSayWhereAndAreSafeOnATerminal() {
    assertThatThrownBy(() -> parse("{\n  \"a\": \u001b[31m}"))
        .satisfies(
            e -> assertThat(e.getMessage()).contains("line 2, column").doesNotContain("\u001b"))
        .hasMessageEndingWith(": download it again, or correct it");
  }

  @Test
  void filesAreBoundedBySize() throws IOException {
    Path file = Files.writeString(folder.resolve("config.json"), "[1234567]");
    assertThat(BoundedJson.read(file, 9).path(0).intValue()).isEqualTo(1234567);
    assertThatThrownBy(() -> BoundedJson.read(file, 8))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "config.json: must have at most 8 bytes but has 9: check that it is the right file");
  }

  @Test
  void whatIsNoFileIsRefused() {
    assertThatThrownBy(() -> BoundedJson.read(folder, 100))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("must be a file but is a folder");
    assertThatThrownBy(() -> BoundedJson.read(folder.resolve("none.json"), 100))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("none.json: does not exist: check the path /");
  }
}
