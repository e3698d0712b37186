package dev.orograph.tokenizer;

import java.util.Locale;

/**
 * Regular expressions that cannot blow up. The engine's expressions (Oniguruma) backtrack; one that
 * takes more than ten million steps at one place ends the process. So a pattern is read here first,
 * and refused unless it is a sequence of simple parts:
 *
 * <ul>
 *   <li>{@code *}, {@code +} and {@code {n,}} stand behind single characters and classes only,
 *       never behind a group or another quantifier;
 *   <li>no back-references, no look-behind, no calls, no conditions; a look-ahead repeats nothing
 *       without bound;
 *   <li>within one alternative at most one unbounded repetition is followed by something that must
 *       match (so at one place the work is at most {@link #ways} times the length of the text);
 *   <li>the choices of options, counted repetitions and alternatives multiply to at most {@value
 *       #MOST_WAYS}.
 * </ul>
 *
 * <p>Work over a whole text is then linear where {@link #linear} and at most quadratic otherwise
 * ({@code \s+$} on blanks that end in a letter), for which texts have another bound.
 */
final class SafeRegex {
  /** Longest pattern in chars. */
  static final int LONGEST = 8192;

  /** Most ways through the choices of a pattern. */
  static final int MOST_WAYS = 100;

  private static final int DEEPEST = 8;
  private static final int MOST_COUNTED = 32;
  private static final String LETTERS = "dDwWsShHntrfvabBAzZ";
  private static final String ZERO_WIDTH = "bBAzZ";

  /**
   * What a part of a pattern can cost.
   *
   * @param risky unbounded repetitions that something must follow
   * @param open unbounded repetitions that nothing must follow yet
   * @param ways product of the choices
   * @param empty whether it matches nothing at all
   * @param single whether it is one character or class
   */
  private record Part(int risky, int open, long ways, boolean empty, boolean single) {
    static final Part NOTHING = new Part(0, 0, 1, true, false);
    static final Part CHARACTER = new Part(0, 0, 1, false, true);

    /** This one and then another; {@code must} where the other can fail. */
    Part then(Part next, boolean must) {
      return new Part(
          risky + next.risky + (must ? open : 0),
          next.open + (must ? 0 : open),
          Math.min(ways * next.ways, 1L << 30),
          empty && next.empty,
          false);
    }

    Part or(Part other) {
      return new Part(
          Math.max(risky, other.risky),
          Math.max(open, other.open),
          Math.min(ways + other.ways, 1L << 30),
          empty || other.empty,
          false);
    }
  }

  /** Why a pattern is refused. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String reason) {
      super(reason);
    }
  }

  private final String pattern;
  private final Part whole;
  private int at;

  /**
   * Reads a pattern.
   *
   * @throws Refused where it could blow up, or is none
   */
  SafeRegex(String pattern) throws Refused {
    this.pattern = pattern;
    if (pattern.isEmpty() || pattern.length() > LONGEST) {
      throw new Refused("has " + pattern.length() + " characters");
    }
    this.whole = alternatives(0);
    if (at < pattern.length()) {
      throw new Refused("has a ) without its (");
    }
    if (whole.empty) {
      throw new Refused("matches nothing at all");
    }
    if (whole.risky > 1) {
      throw new Refused("repeats without bound more than once before something that must follow");
    }
    if (whole.ways > MOST_WAYS) {
      throw new Refused("has more than " + MOST_WAYS + " ways to match");
    }
  }

  /** Refuses a pattern that could blow up. */
  static void require(String pattern) throws Refused {
    new SafeRegex(pattern).ways();
  }

  /** Whether work grows with the length of a text only, whatever the text. */
  boolean linear() {
    return whole.risky == 0;
  }

  /** Most ways through the choices at one place. */
  long ways() {
    return whole.ways;
  }

  private Part alternatives(int depth) throws Refused {
    if (depth > DEEPEST) {
      throw new Refused("has groups more than " + DEEPEST + " deep");
    }
    Part all = sequence(depth);
    while (at < pattern.length() && pattern.charAt(at) == '|') {
      at++;
      all = all.or(sequence(depth));
    }
    return all;
  }

  private Part sequence(int depth) throws Refused {
    Part all = Part.NOTHING;
    while (at < pattern.length() && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
      int start = at;
      boolean[] zeroWidth = {false};
      Part part = quantified(atom(depth, zeroWidth), start);
      all = all.then(part, zeroWidth[0] || !part.empty);
    }
    return all;
  }

  private Part atom(int depth, boolean[] zeroWidth) throws Refused {
    int c = pattern.codePointAt(at);
    at += Character.charCount(c);
    switch (c) {
      case '(':
        return group(depth, zeroWidth);
      case '[':
        characterClass(0);
        return Part.CHARACTER;
      case '\\':
        return escape(zeroWidth);
      case '^', '$':
        zeroWidth[0] = true;
        return Part.NOTHING;
      case '*', '+', '?':
        throw new Refused("repeats nothing at " + (at - 1));
      default:
        return Part.CHARACTER;
    }
  }

  private Part group(int depth, boolean[] zeroWidth) throws Refused {
    boolean ahead = false;
    if (at < pattern.length() && pattern.charAt(at) == '?') {
      int end = at + 1;
      while (end < pattern.length() && "im-x".indexOf(pattern.charAt(end)) >= 0) {
        end++;
      }
      String kind = pattern.substring(at, Math.min(end + 1, pattern.length()));
      ahead = kind.equals("?=") || kind.equals("?!");
      if (!ahead && !kind.equals("?>") && !(kind.endsWith(":") && kind.indexOf('x') < 0)) {
        throw new Refused("has the group (" + kind + ", which is not known to be safe");
      }
      at = end + 1;
    }
    Part inside = alternatives(depth + 1);
    if (at >= pattern.length()) {
      throw new Refused("has a ( without its )");
    }
    at++;
    if (!ahead) {
      return new Part(inside.risky, inside.open, inside.ways, inside.empty, false);
    }
    if (inside.risky + inside.open > 0) {
      throw new Refused("looks ahead without bound");
    }
    zeroWidth[0] = true;
    return new Part(0, 0, inside.ways, true, false);
  }

  /** To the end of a class; classes may stand in classes. */
  private void characterClass(int depth) throws Refused {
    if (depth > DEEPEST) {
      throw new Refused("has classes more than " + DEEPEST + " deep");
    }
    if (at < pattern.length() && pattern.charAt(at) == '^') {
      at++;
    }
    for (boolean first = true; at < pattern.length(); first = false) {
      char c = pattern.charAt(at++);
      if (c == ']' && !first) {
        return;
      }
      if (c == '[') {
        characterClass(depth + 1);
      } else if (c == '\\') {
        escape(new boolean[1]);
      }
    }
    throw new Refused("has a [ without its ]");
  }

  private Part escape(boolean[] zeroWidth) throws Refused {
    if (at >= pattern.length()) {
      throw new Refused("ends in a \\");
    }
    int c = pattern.codePointAt(at);
    at += Character.charCount(c);
    if (c == 'p' || c == 'P') {
      int end = pattern.indexOf('}', at);
      if (at >= pattern.length() || pattern.charAt(at) != '{' || end < 0 || end - at > 40) {
        throw new Refused("has a \\p without a property");
      }
      at = end + 1;
    } else if (c == 'x' || c == 'u') {
      int end = at;
      boolean braces = end < pattern.length() && pattern.charAt(end) == '{';
      end = braces ? pattern.indexOf('}', at) + 1 : at + (c == 'x' ? 2 : 4);
      String digits = end <= at || end > pattern.length() ? "" : pattern.substring(at, end);
      if (!digits.toLowerCase(Locale.ROOT).matches("[0-9a-f]{2,4}|\\{[0-9a-f]{1,6}}")) {
        throw new Refused("has a \\" + (char) c + " without its number");
      }
      at = end;
    } else if (Character.isLetterOrDigit(c) && LETTERS.indexOf(c) < 0) {
      throw new Refused("has \\" + Character.toString(c) + ", which is not known to be safe");
    } else if (ZERO_WIDTH.indexOf(c) >= 0) {
      zeroWidth[0] = true;
      return Part.NOTHING;
    }
    return Part.CHARACTER;
  }

  private Part quantified(Part part, int start) throws Refused {
    if (at >= pattern.length()) {
      return part;
    }
    long least;
    long most;
    boolean counted = false;
    switch (pattern.charAt(at)) {
      case '?' -> {
        least = 0;
        most = 1;
      }
      case '*' -> {
        least = 0;
        most = Long.MAX_VALUE;
      }
      case '+' -> {
        least = 1;
        most = Long.MAX_VALUE;
      }
      case '{' -> {
        String count = pattern.substring(at, Math.max(at, pattern.indexOf('}', at) + 1));
        if (!count.matches("\\{\\d{1,4}(,\\d{0,4})?}")) {
          throw new Refused("has a { that counts nothing");
        }
        String[] ends = count.substring(1, count.length() - 1).split(",", -1);
        least = Long.parseLong(ends[0]);
        most =
            ends.length == 1 ? least : ends[1].isEmpty() ? Long.MAX_VALUE : Long.parseLong(ends[1]);
        counted = true;
        at += count.length() - 1;
      }
      default -> {
        return part;
      }
    }
    at++;
    boolean possessive = false;
    if (at < pattern.length() && "?+*{".indexOf(pattern.charAt(at)) >= 0) {
      char more = pattern.charAt(at);
      // Behind a count these do not mean what they mean behind the others.
      if (counted || more == '*' || more == '{') {
        throw new Refused("repeats a repetition at " + at);
      }
      possessive = more == '+';
      at++;
      if (at < pattern.length() && "?+*{".indexOf(pattern.charAt(at)) >= 0) {
        throw new Refused("repeats a repetition at " + at);
      }
    }
    String shown = pattern.substring(start, at);
    if (most == Long.MAX_VALUE) {
      if (!part.single || least > MOST_COUNTED) {
        throw new Refused("repeats a group without bound: " + shown);
      }
      return new Part(0, possessive ? 0 : 1, 1, least == 0, false);
    }
    if (most < least || most > MOST_COUNTED || (most > 1 && !part.single)) {
      throw new Refused("repeats a group, or too often: " + shown);
    }
    return new Part(
        part.risky, part.open, part.ways + most - least, part.empty || least == 0, false);
  }
}
