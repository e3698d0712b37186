package dev.orograph.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
  void stepsGrowWithTheTextOnly(String pattern) throws SafeRegex.Refused {
    Expression expression = SafeRegex.of(pattern);
    for (String bad : List.of(" ", "a", "A", "\u4e00", "\n", " \n", "'", "!", "1", "aA", "a ")) {
      long[] steps = new long[2];
      for (int i = 0; i < 2; i++) {
        String text = bad.repeat((1 << 10 + 6 * i) / bad.length()) + "x!";
        Expression.Search search = expression.in(Aligned.of(text));
        while (search.next()) {
          assertThat(search.end()).isGreaterThan(search.start());
        }
        steps[i] = search.steps();
      }
      // 64 times the text.
      assertThat(steps[1]).as(bad).isLessThan(steps[0] * 66 + 1000);
    }
  }

  /** The steps of an expression that goes back at every place, and never ends well. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\\s+$",
        "\\s+?$",
        "\\s++x",
        "\\s{3,}x",
        "[ b]+[ b]?[ b]?[ b]?[ b]?[ b]?[ b]?[de]",
        "\\s*[\\r\\n]+",
        "(?>\\s+)y",
        "\\s+(?=z)"
      })
  void whatGoesBackIsLinearToo(String pattern) throws SafeRegex.Refused {
    Expression.Search search = SafeRegex.of(pattern).in(Aligned.of(" ".repeat(1 << 20) + "x!"));
    while (search.next()) {
      assertThat(search.end()).isGreaterThan(search.start());
    }
    assertThat(search.steps()).isLessThan(150L << 20);
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
    assertThatThrownBy(() -> SafeRegex.of(pattern)).isInstanceOf(SafeRegex.Refused.class);
  }

  @Test
  void depthAndLengthAreBounded() {
    assertThatThrownBy(() -> SafeRegex.of("(".repeat(5000) + "a" + ")".repeat(5000)))
        .isInstanceOf(SafeRegex.Refused.class);
    assertThatThrownBy(() -> SafeRegex.of("[".repeat(5000))).isInstanceOf(SafeRegex.Refused.class);
    assertThatThrownBy(() -> SafeRegex.of("a".repeat(SafeRegex.LONGEST + 1)))
        .isInstanceOf(SafeRegex.Refused.class);
  }
}
