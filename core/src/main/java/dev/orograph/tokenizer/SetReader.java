package dev.orograph.tokenizer;

import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * Reads the sets of characters of an expression, as Oniguruma writes them (syntax of Ruby): escapes
 * such as {@code \p{L}}, and classes such as {@code [^\s[a-z]&&[^aeiou]]}. It holds the place up to
 * which the expression was read.
 */
final class SetReader {
  private static final int DEEPEST = 8;
  private static final String KINDS = "dDwWsShH";
  private static final String CONTROLS = "tnrfva";

  final String pattern;

  /** The place up to which the expression was read. */
  int at;

  SetReader(String pattern) {
    this.pattern = pattern;
  }

  boolean more() {
    return at < pattern.length();
  }

  /** The character at the place; 0 at the end. */
  char peek() {
    return more() ? pattern.charAt(at) : 0;
  }

  /** The next character, behind which it goes. */
  int take() {
    int c = pattern.codePointAt(at);
    at += Character.charCount(c);
    return c;
  }

  /** The set of one character. */
  static IntPredicate one(int c, boolean anyCase) throws SafeRegex.Refused {
    if (!anyCase) {
      return other -> other == c;
    }
    if (c > 127) {
      throw new SafeRegex.Refused("has a character beyond ASCII where case does not count");
    }
    CharacterSet.Builder set = new CharacterSet.Builder();
    set.range(c, c);
    set.anyCase();
    return set.union();
  }

  /** The set of an escape whose \ was read, outside of a class. */
  IntPredicate escape(boolean anyCase) throws SafeRegex.Refused {
    IntPredicate kind = kind(anyCase, false);
    return kind != null ? kind : one(literal(), anyCase);
  }

  /** A class whose [ was read, to its end. */
  IntPredicate characterClass(boolean anyCase, int depth) throws SafeRegex.Refused {
    if (depth > DEEPEST) {
      throw new SafeRegex.Refused("has classes more than " + DEEPEST + " deep");
    }
    boolean not = peek() == '^';
    at += not ? 1 : 0;
    IntPredicate all = null;
    CharacterSet.Builder set = new CharacterSet.Builder();
    for (boolean first = true; more(); first = false) {
      if (peek() == ']' && !first) {
        at++;
        IntPredicate last = done(set, anyCase);
        IntPredicate before = all;
        IntPredicate both = before == null ? last : c -> before.test(c) && last.test(c);
        return not ? both.negate() : both;
      }
      if (pattern.startsWith("&&", at)) {
        at += 2;
        IntPredicate last = done(set, anyCase);
        IntPredicate before = all;
        all = before == null ? last : c -> before.test(c) && last.test(c);
        set = new CharacterSet.Builder();
      } else {
        element(set, anyCase, depth);
      }
    }
    throw new SafeRegex.Refused("has a [ without its ]");
  }

  private static IntPredicate done(CharacterSet.Builder set, boolean anyCase)
      throws SafeRegex.Refused {
    if (anyCase) {
      if (set.beyondAscii()) {
        throw new SafeRegex.Refused("has a class beyond ASCII where case does not count");
      }
      set.anyCase();
    }
    return set.union();
  }

  private void element(CharacterSet.Builder set, boolean anyCase, int depth)
      throws SafeRegex.Refused {
    int c = take();
    if (c == '[') {
      if (peek() == ':') {
        set.kind(posix());
      } else {
        set.kind(characterClass(anyCase, depth + 1));
      }
      return;
    }
    if (c == '\\') {
      IntPredicate kind = kind(false, true);
      if (kind != null) {
        set.kind(kind);
        return;
      }
      c = peek() == 'b' ? '\b' : literal();
      at += c == '\b' ? 1 : 0;
    }
    boolean range = peek() == '-' && at + 1 < pattern.length() && pattern.charAt(at + 1) != ']';
    if (!range || pattern.startsWith("-[", at) || pattern.startsWith("-&&", at)) {
      set.range(c, c);
      return;
    }
    at++;
    int last = take();
    if (last == '\\') {
      if ((KINDS + "pP").indexOf(peek()) >= 0) {
        throw new SafeRegex.Refused("has a range that ends in a kind of characters");
      }
      last = literal();
    }
    if (last < c) {
      throw new SafeRegex.Refused("has a range that ends before it begins");
    }
    set.range(c, last);
  }

  private IntPredicate posix() throws SafeRegex.Refused {
    int end = pattern.indexOf(":]", at);
    if (end < 0 || end - at > 20) {
      throw new SafeRegex.Refused("has a [: without its :]");
    }
    String name = pattern.substring(at + 1, end);
    at = end + 2;
    // The one name that means more here than in \p{}.
    return property(name.replace("punct", "[:punct:]"));
  }

  /** A kind of characters behind a \; null where it is a character. */
  private IntPredicate kind(boolean anyCase, boolean inClass) throws SafeRegex.Refused {
    char c = peek();
    if (c == 'p' || c == 'P') {
      int end = pattern.indexOf('}', at);
      if (at + 1 >= pattern.length() || pattern.charAt(at + 1) != '{' || end < 0 || end - at > 40) {
        throw new SafeRegex.Refused("has a \\p without a property");
      }
      if (anyCase) {
        throw new SafeRegex.Refused("has a \\p where case does not count");
      }
      IntPredicate property = property(pattern.substring(at + 2, end));
      at = end + 1;
      return c == 'p' ? property : property.negate();
    }
    if (KINDS.indexOf(c) < 0) {
      return null;
    }
    at++;
    IntPredicate kind =
        switch (Character.toLowerCase(c)) {
          case 'd' -> Characters.property("digit");
          case 'w' -> inClass ? Characters::word : Characters::wordOutside;
          case 's' -> Characters::space;
          default -> x -> x < 128 && Character.digit(x, 16) >= 0;
        };
    return Character.isLowerCase(c) ? kind : kind.negate();
  }

  private static IntPredicate property(String name) throws SafeRegex.Refused {
    boolean not = name.startsWith("^");
    IntPredicate property = Characters.property(name.substring(not ? 1 : 0));
    if (property == null) {
      throw new SafeRegex.Refused("has the property " + name + ", which is not known");
    }
    return not ? property.negate() : property;
  }

  /** The character of an escape. */
  private int literal() throws SafeRegex.Refused {
    if (!more()) {
      throw new SafeRegex.Refused("ends in a \\");
    }
    int c = take();
    if (c == 'x' || c == 'u') {
      boolean braces = peek() == '{';
      int end = braces ? pattern.indexOf('}', at) + 1 : at + (c == 'x' ? 2 : 4);
      String digits = end <= at || end > pattern.length() ? "" : pattern.substring(at, end);
      if (!digits.toLowerCase(Locale.ROOT).matches("[0-9a-f]{2,4}|\\{[0-9a-f]{1,6}}")) {
        throw new SafeRegex.Refused("has a \\" + (char) c + " without its number");
      }
      at = end;
      int value = Integer.parseInt(digits.replaceAll("[{}]", ""), 16);
      if (!Character.isValidCodePoint(value)) {
        throw new SafeRegex.Refused("has a number that is no character");
      }
      return value;
    }
    int control = CONTROLS.indexOf(c);
    if (control >= 0) {
      return "\t\n\r\f\u000b\u0007".charAt(control);
    }
    if (Character.isLetterOrDigit(c)) {
      throw new SafeRegex.Refused("has \\" + Character.toString(c) + ", which is not known");
    }
    return c;
  }
}
