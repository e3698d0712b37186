package dev.orograph.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.Effort;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Expressions of real tokenizers pass and end soon on any text; those that could blow up do not.
 */
class SafeRegexTest {
  private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";

  /** GPT-2, Llama 3, Qwen2, o200k, DeepSeek (two and three), BLOOM, Falcon, CLIP. */
  static List<String> real() {
    return List.of(
        "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
        TinyTokenizers.LLAMA3,
        CONTRACTIONS
            + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|"
            + "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*"
            + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
            + CONTRACTIONS
            + "?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+"
            + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
            + CONTRACTIONS
            + "?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?"
            + "[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "\\s?[A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6]+",
        "\\s+$",
        "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+",
        "\\p{N}{1,3}",
        " ?[^(\\s|[.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c])]+",
        "[0-9][0-9][0-9]",
        "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
        " {2,}");
  }

  @ParameterizedTest
  @MethodSource("real")
  void realExpressionsPassAndEndSoon(String pattern) throws SafeRegex.Refused {
    SafeRegex regex = new SafeRegex(pattern);
    int length = CheckedJson.LONGEST_EXPRESSIONS;
    String json =
        "{'model':{'type':'WordLevel','unk_token':'u','vocab':{'u':0}},'pre_tokenizer':{'type':"
            + "'Split','behavior':'Isolated','pattern':{'Regex':'"
            + pattern.replace("\\", "\\\\").replace("\"", "\\\"").replace("'", "\\u0027")
            + "'}}}";
    try (Tokenizer tokenizer = TokenizerTest.open(json.replace('\'', '"'))) {
      assertThat(tokenizer.longest()).isEqualTo(length);
      for (String bad : List.of(" ", "a", "A", "\u4e00", "\n", " \n", "'", "!", "1", "aA")) {
        List<Double> seconds = new ArrayList<>();
        for (int n : new int[] {length / 4, length - 2}) {
          String text = bad.repeat(n / bad.length()) + "x!";
          long start = Effort.now();
          assertThat(tokenizer.encode(text).ids()).isNotEmpty();
          seconds.add((Effort.now() - start) / 1e9);
        }
        // Four times the text; a quadratic one takes sixteen times as long.
        double most = regex.linear() ? 9 : 24;
        assertThat(seconds.get(1)).as(bad).isLessThan(seconds.get(0) * most + 1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a+)+$",
        "(a|a)*b",
        "(a*)*",
        "(?:a|b)+c",
        "a**",
        "a+{3}",
        "\\p{N}{1,3}+",
        "a*a*b",
        "a+b+c+d",
        "(a+b|c)d+e",
        "(a)\\1",
        "\\k<x>",
        "(?<x>a)",
        "(?<=a)b",
        "(?<!a)b",
        "(?=a*b)c",
        "a?a?a?a?a?a?a?b",
        "(a|b|c)(a|b|c)(a|b|c)(a|b|c)(a|b|c)d",
        "a{1,2000}",
        "(ab){3}",
        "a*",
        "",
        "a|",
        "(a",
        "a)",
        "[a",
        "\\",
        "\\X",
        "\\G",
        "\\Ka",
        "(?i)a",
        "(?~a)",
        "(?#a)b",
        "(*FAIL)",
        "a{",
        "\\pL"
      })
  void whatCouldBlowUpIsRefused(String pattern) {
    assertThatThrownBy(() -> new SafeRegex(pattern)).isInstanceOf(SafeRegex.Refused.class);
  }

  @Test
  void depthAndLengthAreBounded() {
    assertThatThrownBy(() -> new SafeRegex("(".repeat(5000) + "a" + ")".repeat(5000)))
        .isInstanceOf(SafeRegex.Refused.class);
    assertThatThrownBy(() -> new SafeRegex("[".repeat(5000))).isInstanceOf(SafeRegex.Refused.class);
    assertThatThrownBy(() -> new SafeRegex("a".repeat(SafeRegex.LONGEST + 1)))
        .isInstanceOf(SafeRegex.Refused.class);
  }
}
