package dev.orograph.instrument.rows;

import dev.orograph.input.Text;
import java.io.Serializable;

/**
 * A token with a figure of it.
 *
 * @param id its number
 * @param text what it stands for; "" where no tokenizer says
 * @param value the figure
 */
public record Token(int id, String text, double value) implements Serializable {
  private static final int LONGEST = 40;

  public static Token of(TokenRows rows, int id, double value) {
    return new Token(id, rows.text(id), value);
  }

  /** How sentences call it. */
  public String name() {
    return text.isEmpty()
        ? "token " + id
        : "token " + id + " '" + Text.visible(text, LONGEST) + "'";
  }
}
