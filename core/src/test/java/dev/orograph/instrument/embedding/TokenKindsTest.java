package dev.orograph.instrument.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenKindsTest {
  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        " the,starts a word",
        "\u2581the,starts a word",
        "\u0120the,starts a word",
        "ing,continues a word",
        "\u00e9t\u00e9,continues a word",
        " 42,digits",
        "007,digits",
        "\u0663,digits",
        " --,punctuation and space",
        "\u2581,punctuation and space",
        "'',punctuation and space",
        "\u4e2d\u6587,other scripts",
        " \u0434\u0430,other scripts",
        "a\u4e2d,continues a word",
        "<s>,special",
        "<|endoftext|>,special",
        "<0x0A>,special",
        "[CLS],special",
        "##,punctuation and space",
        "##ing,continues a word"
      })
  void kinds(String text, String kind) {
    TokenKinds kinds = new TokenKinds(List.of(" a", "b", "##"));
    assertThat(TokenKinds.NAMES.get(kinds.of(text))).isEqualTo(kind);
  }

  /** Where tokens that go on are marked, the others start a word. */
  @Test
  void continuationMarks() {
    TokenKinds kinds = new TokenKinds(List.of("the", "##ing", "##ed", "##"));
    assertThat(kinds.of("the")).isZero();
    assertThat(kinds.of("##ing")).isEqualTo(1);
    assertThat(kinds.of("##9")).isEqualTo(2);
    assertThat(kinds.of("##")).isEqualTo(3);
  }
}
