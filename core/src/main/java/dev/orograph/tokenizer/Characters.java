package dev.orograph.tokenizer;

import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Kinds of characters, as the tokenizers library and its expressions tell them apart. What Unicode
 * says of a character comes from the running Java: one that was assigned later than its version (13
 * in Java 17) has no kind.
 */
final class Characters {
  private static final byte DIGIT = Character.DECIMAL_DIGIT_NUMBER;
  private static final int MARKS =
      bits(Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK);
  private static final int NUMBERS =
      bits(Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER);
  private static final int PUNCTUATION =
      bits(
          Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION);
  private static final int LETTERS =
      bits(
          Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER);
  private static final int SYMBOLS =
      bits(
          Character.MATH_SYMBOL,
          Character.CURRENCY_SYMBOL,
          Character.MODIFIER_SYMBOL,
          Character.OTHER_SYMBOL);
  private static final int SEPARATORS =
      bits(Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR);
  private static final int WORD =
      LETTERS | MARKS | bits(Character.DECIMAL_DIGIT_NUMBER, Character.CONNECTOR_PUNCTUATION);

  /** General categories by both of their names. */
  private static final Map<String, Integer> CATEGORIES =
      Map.ofEntries(
          Map.entry("l", LETTERS),
          Map.entry("letter", LETTERS),
          Map.entry("lu", bits(Character.UPPERCASE_LETTER)),
          Map.entry("ll", bits(Character.LOWERCASE_LETTER)),
          Map.entry("lt", bits(Character.TITLECASE_LETTER)),
          Map.entry("lm", bits(Character.MODIFIER_LETTER)),
          Map.entry("lo", bits(Character.OTHER_LETTER)),
          Map.entry("m", MARKS),
          Map.entry("mark", MARKS),
          Map.entry("mn", bits(Character.NON_SPACING_MARK)),
          Map.entry("mc", bits(Character.COMBINING_SPACING_MARK)),
          Map.entry("me", bits(Character.ENCLOSING_MARK)),
          Map.entry("n", NUMBERS),
          Map.entry("number", NUMBERS),
          Map.entry("nd", bits(Character.DECIMAL_DIGIT_NUMBER)),
          Map.entry("nl", bits(Character.LETTER_NUMBER)),
          Map.entry("no", bits(Character.OTHER_NUMBER)),
          Map.entry("p", PUNCTUATION),
          Map.entry("punctuation", PUNCTUATION),
          Map.entry("punct", PUNCTUATION),
          Map.entry("[:punct:]", PUNCTUATION | SYMBOLS),
          Map.entry("pc", bits(Character.CONNECTOR_PUNCTUATION)),
          Map.entry("pd", bits(Character.DASH_PUNCTUATION)),
          Map.entry("ps", bits(Character.START_PUNCTUATION)),
          Map.entry("pe", bits(Character.END_PUNCTUATION)),
          Map.entry("pi", bits(Character.INITIAL_QUOTE_PUNCTUATION)),
          Map.entry("pf", bits(Character.FINAL_QUOTE_PUNCTUATION)),
          Map.entry("po", bits(Character.OTHER_PUNCTUATION)),
          Map.entry("s", SYMBOLS),
          Map.entry("symbol", SYMBOLS),
          Map.entry("sm", bits(Character.MATH_SYMBOL)),
          Map.entry("sc", bits(Character.CURRENCY_SYMBOL)),
          Map.entry("sk", bits(Character.MODIFIER_SYMBOL)),
          Map.entry("so", bits(Character.OTHER_SYMBOL)),
          Map.entry("z", SEPARATORS),
          Map.entry("separator", SEPARATORS),
          Map.entry("zs", bits(Character.SPACE_SEPARATOR)),
          Map.entry("zl", bits(Character.LINE_SEPARATOR)),
          Map.entry("zp", bits(Character.PARAGRAPH_SEPARATOR)),
          Map.entry("cc", bits(Character.CONTROL)),
          Map.entry("cf", bits(Character.FORMAT)),
          Map.entry("co", bits(Character.PRIVATE_USE)));

  private Characters() {}

  /** Whether a character is white space (Unicode's White_Space). */
  static boolean space(int c) {
    return c <= ' '
        ? c == ' ' || (c >= 9 && c <= 13)
        : c == 0x85
            || c == 0xA0
            || c == 0x1680
            || (c >= 0x2000 && c <= 0x200A)
            || c == 0x2028
            || c == 0x2029
            || c == 0x202F
            || c == 0x205F
            || c == 0x3000;
  }

  /** Whether a character belongs to a word: letters, marks, digits, what connects. */
  static boolean word(int c) {
    return is(c, WORD) || Character.isAlphabetic(c);
  }

  /** The same outside of the classes of an expression: with the numbers of Latin 1. */
  static boolean wordOutside(int c) {
    return word(c) || (c < 256 && is(c, NUMBERS));
  }

  /** The same with what joins letters or keeps them apart. */
  static boolean wordOrJoiner(int c) {
    return word(c) || c == 0x200C || c == 0x200D;
  }

  static boolean mark(int c) {
    return is(c, MARKS);
  }

  static boolean nonSpacingMark(int c) {
    return Character.getType(c) == Character.NON_SPACING_MARK;
  }

  static boolean number(int c) {
    return is(c, NUMBERS);
  }

  /** Whether a character is punctuation, or one of ASCII's that is neither letter nor digit. */
  static boolean punctuation(int c) {
    return c < 128 ? c > 32 && c < 127 && !Character.isLetterOrDigit(c) : is(c, PUNCTUATION);
  }

  /** Whether a character is control, format, or for private use; a line's end is none. */
  static boolean control(int c) {
    if (c == '\t' || c == '\n' || c == '\r') {
      return false;
    }
    return is(c, bits(Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE));
  }

  /**
   * The property of a name: a general category, a script, or one of a few others.
   *
   * @return null where it is not known
   */
  static IntPredicate property(String name) {
    String plain = name.toLowerCase(Locale.ROOT).replaceAll("[ _-]", "");
    Integer types = CATEGORIES.get(plain);
    if (types != null) {
      int mask = types;
      return c -> is(c, mask);
    }
    switch (plain) {
      case "alphabetic":
      case "alpha":
        return Character::isAlphabetic;
      case "alnum":
        return c -> Character.isAlphabetic(c) || Character.getType(c) == DIGIT;
      case "upper":
      case "uppercase":
        return Character::isUpperCase;
      case "lower":
      case "lowercase":
        return Character::isLowerCase;
      case "xdigit":
        return c -> c < 128 && Character.digit(c, 16) >= 0;
      case "whitespace":
      case "space":
        return Characters::space;
      case "digit":
        return c -> Character.getType(c) == DIGIT;
      default:
        try {
          Character.UnicodeScript script = Character.UnicodeScript.forName(name);
          return c -> Character.UnicodeScript.of(c) == script;
        } catch (IllegalArgumentException e) {
          return null;
        }
    }
  }

  private static boolean is(int c, int mask) {
    return (mask >>> Character.getType(c) & 1) != 0;
  }

  private static int bits(int... types) {
    int mask = 0;
    for (int type : types) {
      mask |= 1 << type;
    }
    return mask;
  }
}
