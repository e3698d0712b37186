package dev.orograph.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

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

  @Property
  void visibleTextIsOneSafeLineAndStable(@ForAll String text) {
    String shown = Text.visible(text);
    assertThat(shown.length()).isLessThanOrEqualTo(Text.NAME_LIMIT);
    assertThat(shown.codePoints()).noneMatch(Character::isISOControl);
    assertThat(Text.visible(shown)).isEqualTo(shown);
  }
}
