package dev.orograph.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextTest {
  @Test
  void ordinaryTextStaysAsItIs() {
    assertThat(Text.visible("layers.0.k_proj")).isEqualTo("layers.0.k_proj");
    assertThat(Text.visible("Größe 中文 😀")).isEqualTo("Größe 中文 😀");
    assertThat(Text.visible("")).isEmpty();
    assertThat(Text.visible(null)).isEqualTo("null");
  }

  @Test
  void terminalEscapesAndControlCharactersAreEscaped() {
    assertThat(Text.visible("a\u001b[31mred")).isEqualTo("a\\u001b[31mred");
    assertThat(Text.visible("a\nb\tc\rd\u0000e\u007ff\u009b"))
        .isEqualTo("a\\nb\\tc\\rd\\u0000e\\u007ff\\u009b");
  }

  @Test
  void bidirectionalOverridesInvisibleAndTagCharactersAreEscaped() {
    assertThat(Text.visible("a\u202egpj.exe")).isEqualTo("a\\u202egpj.exe");
    assertThat(Text.visible("\u2066x\u2069\u200b\ufeff"))
        .isEqualTo("\\u2066x\\u2069\\u200b\\ufeff");
    assertThat(Text.visible("x\u2028y\u2029z")).isEqualTo("x\\u2028y\\u2029z");
    assertThat(Text.visible("a" + Character.toString(0xE0041))).isEqualTo("a\\udb40\\udc41");
  }

  @Test
  void halvesOfSurrogatePairsAreEscaped() {
    assertThat(Text.visible("a\ud83d")).isEqualTo("a\\ud83d");
    assertThat(Text.visible("\ude00b")).isEqualTo("\\ude00b");
  }

  @Test
  void longNamesKeepTheirEnds() {
    String shown = Text.visible("begin" + "x".repeat(100_000_000) + "end");
    assertThat(shown)
        .hasSize(Text.NAME_LIMIT)
        .startsWith("beginx")
        .contains("...")
        .endsWith("xend");
    assertThat(Text.visible("\u0001".repeat(100), 60)).hasSize(60).startsWith("\\u0001");
    assertThatThrownBy(() -> Text.visible("a", 15)).hasMessageContaining("at least 16");
  }

  @Test
  void cutsDoNotSplitACharacter() {
    String shown = Text.visible("😀".repeat(500), 40);
    assertThat(shown.length()).isBetween(37, 40);
    assertThat(Text.visible(shown, 40)).isEqualTo(shown);
  }

  @Test
  void numbersAreGroupedTheSameEverywhere() {
    assertThat(Text.grouped(90_864_192)).isEqualTo("90,864,192");
    assertThat(Text.grouped(0)).isEqualTo("0");
  }

  /** The limit's neighbours, and characters of every kind at its edge. */
  @Test
  void visibleTextAtTheLimitIsOneSafeLineAndStable() {
    for (String each :
        new String[] {"a", " ", "\u0000", "\n", "\u202e", "\uffff", "\ud83d", "😀"}) {
      int n = Text.NAME_LIMIT / each.length();
      for (int length :
          new int[] {0, 1, 2, n / 6 - 1, n / 6, n / 6 + 1, n - 1, n, n + 1, 2 * n, 2 * n + 1}) {
        requireSafe(each.repeat(length));
        requireSafe("x" + each.repeat(length));
        requireSafe(each.repeat(length) + "x");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void visibleTextIsOneSafeLineAndStable(long seed) {
    SplittableRandom draws = new SplittableRandom(seed);
    for (int i = 0; i < 1000; i++) {
      StringBuilder text = new StringBuilder();
      for (int left = draws.nextInt(2 * Text.NAME_LIMIT + 2); left > 0; left--) {
        // Single UTF-16 units are halves of pairs as well; the others are ASCII, control, beyond.
        switch (draws.nextInt(4)) {
          case 0 -> text.append((char) draws.nextInt(Character.MAX_VALUE + 1));
          case 1 -> text.append((char) draws.nextInt(0x20, 0x7f));
          case 2 -> text.append((char) draws.nextInt(0xa0));
          default -> text.appendCodePoint(draws.nextInt(Character.MAX_CODE_POINT + 1));
        }
      }
      requireSafe(text.toString());
    }
  }

  private static void requireSafe(String text) {
    String shown = Text.visible(text);
    String written = text.chars().mapToObj(c -> Text.unit((char) c)).collect(Collectors.joining());
    assertThat(shown.length()).as(written).isLessThanOrEqualTo(Text.NAME_LIMIT);
    assertThat(shown.codePoints()).as(written).allMatch(Text::printable);
    assertThat(Text.visible(shown)).as(written).isEqualTo(shown);
  }
}
