package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How lines look on a terminal. */
class TerminalTest {
  private static final int WIDTH = 96;

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a b", "  a b", "    * a finding of some words"})
  void shortTextsStayAsTheyAre(String text) {
    assertThat(Terminal.wrap(text, "  ")).isEqualTo(text);
  }

  @Test
  void linesAreAsLongAsTheyMayBeAndNoWordIsLost() {
    Random random = new Random(5);
    for (int round = 0; round < 500; round++) {
      StringBuilder text = new StringBuilder(" ".repeat(random.nextInt(6)));
      int words = 1 + random.nextInt(60);
      for (int i = 0; i < words; i++) {
        text.append(i > 0 ? " " : "").append("w".repeat(1 + random.nextInt(14)));
      }
      String indent = " ".repeat(random.nextInt(8));
      String wrapped = Terminal.wrap(text.toString(), indent);
      assertThat(wrapped.strip().split("\\s+", -1))
          .isEqualTo(text.toString().strip().split(" ", -1));
      String[] lines = wrapped.split("\n", -1);
      assertThat(lines[0]).startsWith(text.substring(0, text.indexOf("w")));
      for (int i = 0; i < lines.length; i++) {
        assertThat(lines[i].length()).isBetween(1, WIDTH);
        if (i > 0) {
          assertThat(lines[i]).startsWith(indent + "w");
          // The first word of this line would not have fitted on the one before.
          String first = lines[i].strip().split(" ", -1)[0];
          assertThat(lines[i - 1].length() + 1 + first.length()).isGreaterThan(WIDTH);
        }
      }
    }
  }

  @Test
  void aWordLongerThanTheLineStandsAlone() {
    String word = "x".repeat(300);
    assertThat(Terminal.wrap("a " + word + " b", "  ")).isEqualTo("a\n  " + word + "\n  b");
    assertThat(Terminal.wrap(word)).isEqualTo(word);
  }

  @Test
  void aLineOfExactlyTheWidthIsNotBroken() {
    String ninetySix = "x".repeat(47) + " " + "y".repeat(48);
    assertThat(Terminal.wrap(ninetySix)).isEqualTo(ninetySix);
    assertThat(Terminal.wrap(ninetySix + "y")).isEqualTo("x".repeat(47) + "\n" + "y".repeat(49));
  }

  @Test
  void whatActsOnATerminalIsSpelledOut() {
    assertThat(Terminal.wrap("a\u001b[2J \u202eb \n c\t"))
        .isEqualTo("a\\u001b[2J \\u202eb \\n c\\t");
    String many = "\u001b".repeat(1000);
    assertThat(Terminal.visible(many)).isEqualTo("\\u001b".repeat(1000));
    assertThat(Terminal.visible("ü ± \ud83d\ude00")).isEqualTo("ü ± \ud83d\ude00");
  }

  @ParameterizedTest
  @CsvSource({
    "0,(z = 0.0)",
    "-2.04,(z = -2.0)",
    "999.4,(z = 999.4)",
    "1000,(z beyond 1000)",
    "-1e9,(z beyond -1000)",
    "Infinity,(z beyond 1000)"
  })
  void distancesAreShort(double z, String text) {
    assertThat(Terminal.z(z)).isEqualTo(text);
  }
}
