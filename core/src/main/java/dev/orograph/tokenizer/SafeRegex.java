package dev.orograph.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/**
 * Reads regular expressions that cannot blow up, in the syntax of the tokenizers library
 * (Oniguruma, Ruby's). A pattern is refused unless it is a sequence of simple parts:
 *
 * <ul>
 *   <li>{@code *}, {@code +} and {@code {n,}} stand behind single characters and classes only,
 *       never behind a group or another quantifier;
 *   <li>no back-references, no look-behind, no calls, no conditions; a look-ahead repeats nothing
 *       without bound;
 *   <li>within one alternative at most one unbounded repetition is followed by something that must
 *       match;
 *   <li>the choices of options, counted repetitions and alternatives multiply to at most {@value
 *       #MOST_WAYS};
 *   <li>where case does not count ({@code (?i:'s|'t)}), characters are ASCII's, and no two of them
 *       are one character in another spelling ({@code ss} and the sharp s).
 * </ul>
 *
 * <p>{@link Expression} then takes a number of steps for each character that depends on the
 * expression alone.
 */
final class SafeRegex {
  /** Longest pattern in chars. */
  static final int LONGEST = 8192;

  /** Most ways through the choices of a pattern. */
  static final int MOST_WAYS = 100;

  private static final int DEEPEST = 8;
  private static final int MOST_COUNTED = 32;
  private static final int MOST_PARTS = 1000;
  private static final String ZERO_WIDTH = "bBAzZ";
  private static final String LIGATURES = "ss ff fi fl st";

  /**
   * A part of a pattern and what it can cost.
   *
   * @param code makes its nodes, given what follows
   * @param set the characters it matches, where it is one character or class; else null
   * @param risky unbounded repetitions that something must follow
   * @param open unbounded repetitions that nothing must follow yet
   * @param ways product of the choices
   * @param empty whether it matches nothing at all
   * @param zeroWidth whether it is a place between characters
   */
  private record Part(
      UnaryOperator<Expression.Node> code,
      CharacterSet set,
      int risky,
      int open,
      long ways,
      boolean empty,
      boolean zeroWidth) {
    static final Part NOTHING = new Part(UnaryOperator.identity(), null, 0, 0, 1, true, false);

    static Part character(CharacterSet set) {
      CharacterSet[] one = {set};
      return new Part(next -> Expression.characters(one, next), set, 0, 0, 1, false, false);
    }

    static Part place(Expression.Place place) {
      return new Part(next -> Expression.place(place, next), null, 0, 0, 1, true, true);
    }

    /** This one and then another. */
    Part then(Part next) {
      // What is repeated may have to give back what the next one must have.
      boolean must = next.zeroWidth || !next.empty;
      return new Part(
          follow -> code.apply(next.code.apply(follow)),
          null,
          risky + next.risky + (must ? open : 0),
          next.open + (must ? 0 : open),
          Math.min(ways * next.ways, 1L << 30),
          empty && next.empty,
          false);
    }

    static Part either(List<Part> parts) {
      return new Part(
          next ->
              Expression.either(
                  parts.stream().map(p -> p.code.apply(next)).toArray(Expression.Node[]::new)),
          null,
          parts.stream().mapToInt(Part::risky).max().orElseThrow(),
          parts.stream().mapToInt(Part::open).max().orElseThrow(),
          Math.min(parts.stream().mapToLong(Part::ways).sum(), 1L << 30),
          parts.stream().anyMatch(Part::empty),
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

  private final SetReader in;
  private boolean anyCase;
  private boolean dotAll;
  private int parts;
  private int repetitions;

  private SafeRegex(String pattern) {
    this.in = new SetReader(pattern);
  }

  /**
   * Reads a pattern.
   *
   * @throws Refused where it could blow up, or is none
   */
  static Expression of(String pattern) throws Refused {
    if (pattern.isEmpty() || pattern.length() > LONGEST) {
      throw new Refused("has " + pattern.length() + " characters");
    }
    SafeRegex reader = new SafeRegex(pattern);
    Part whole = reader.alternatives(0);
    if (reader.in.more()) {
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
    return new Expression(whole.code, reader.repetitions);
  }

  private Part alternatives(int depth) throws Refused {
    if (depth > DEEPEST) {
      throw new Refused("has groups more than " + DEEPEST + " deep");
    }
    List<Part> all = new ArrayList<>(List.of(sequence(depth)));
    while (in.peek() == '|') {
      in.at++;
      all.add(sequence(depth));
    }
    return all.size() == 1 ? all.get(0) : Part.either(all);
  }

  private Part sequence(int depth) throws Refused {
    Part all = Part.NOTHING;
    List<CharacterSet> run = new ArrayList<>();
    int before = -1;
    while (in.more() && in.peek() != '|' && in.peek() != ')') {
      int start = in.at;
      Part part = quantified(atom(depth), start);
      if (part.set == null) {
        all = all.then(characters(run)).then(part);
        run.clear();
        before = -1;
        if (++parts > MOST_PARTS) {
          throw new Refused("has more than " + MOST_PARTS + " parts");
        }
        continue;
      }
      run.add(part.set);
      int c = in.at == start + 1 ? in.pattern.charAt(start) : -1;
      if (anyCase && before >= 0 && c >= 0 && ligature(before, c)) {
        throw new Refused("has letters that are one character in another spelling");
      }
      before = c;
    }
    return all.then(characters(run));
  }

  private static boolean ligature(int first, int second) {
    String both = (Character.toString(first) + Character.toString(second));
    return LIGATURES.contains(both.toLowerCase(java.util.Locale.ROOT));
  }

  /** Characters that stand behind each other are one node. */
  private static Part characters(List<CharacterSet> run) {
    if (run.isEmpty()) {
      return Part.NOTHING;
    }
    CharacterSet[] sets = run.toArray(CharacterSet[]::new);
    return new Part(next -> Expression.characters(sets, next), null, 0, 0, 1, false, false);
  }

  private Part atom(int depth) throws Refused {
    int c = in.take();
    switch (c) {
      case '(':
        return group(depth);
      case '[':
        return character(in.characterClass(anyCase, 0));
      case '\\':
        return ZERO_WIDTH.indexOf(in.peek()) >= 0 && in.more()
            ? place(in.take())
            : character(in.escape(anyCase));
      case '^', '$':
        return place(c);
      case '.':
        boolean all = dotAll;
        return character(x -> all || x != '\n');
      case '*', '+', '?':
        throw new Refused("repeats nothing at " + (in.at - 1));
      default:
        return character(SetReader.one(c, anyCase));
    }
  }

  private static Part character(IntPredicate set) {
    return Part.character(CharacterSet.of(set));
  }

  private static Part place(int c) {
    return Part.place(
        switch (c) {
          case '^' -> (text, at) -> at == 0 || (at < text.length() && text.at(at - 1) == '\n');
          case '$' -> (text, at) -> at == text.length() || text.at(at) == '\n';
          case 'A' -> (text, at) -> at == 0;
          case 'z' -> (text, at) -> at == text.length();
          case 'Z' ->
              (text, at) -> at == text.length() || (at == text.length() - 1 && text.at(at) == '\n');
          case 'b' -> Expression::edge;
          default -> (text, at) -> !Expression.edge(text, at);
        });
  }

  private Part group(int depth) throws Refused {
    boolean wasAnyCase = anyCase;
    boolean wasDotAll = dotAll;
    String kind = "";
    if (in.peek() == '?') {
      int end = in.at + 1;
      while (end < in.pattern.length() && "im-x".indexOf(in.pattern.charAt(end)) >= 0) {
        end++;
      }
      kind = in.pattern.substring(in.at, Math.min(end + 1, in.pattern.length()));
      boolean flags = kind.endsWith(":") && kind.indexOf('x') < 0;
      if (!flags && !kind.equals("?=") && !kind.equals("?!") && !kind.equals("?>")) {
        throw new Refused("has the group (" + kind + ", which is not known to be safe");
      }
      for (int i = 1; i < kind.length() - 1; i++) {
        boolean on = kind.indexOf('-') < 0 || i < kind.indexOf('-');
        anyCase = kind.charAt(i) == 'i' ? on : anyCase;
        dotAll = kind.charAt(i) == 'm' ? on : dotAll;
      }
      in.at = end + 1;
    }
    Part inside = alternatives(depth + 1);
    anyCase = wasAnyCase;
    dotAll = wasDotAll;
    if (!in.more()) {
      throw new Refused("has a ( without its )");
    }
    in.at++;
    UnaryOperator<Expression.Node> code = inside.code;
    switch (kind) {
      case "?=", "?!":
        if (inside.risky + inside.open > 0) {
          throw new Refused("looks ahead without bound");
        }
        boolean there = kind.equals("?=");
        return new Part(
            next -> Expression.look(code, there, next), null, 0, 0, inside.ways, true, true);
      case "?>":
        return group(inside, next -> Expression.once(code, next));
      default:
        return group(inside, code);
    }
  }

  private static Part group(Part inside, UnaryOperator<Expression.Node> code) {
    return new Part(code, null, inside.risky, inside.open, inside.ways, inside.empty, false);
  }

  private Part quantified(Part part, int start) throws Refused {
    if (!in.more()) {
      return part;
    }
    int least;
    int most;
    boolean counted = false;
    switch (in.peek()) {
      case '?' -> {
        least = 0;
        most = 1;
      }
      case '*' -> {
        least = 0;
        most = Integer.MAX_VALUE;
      }
      case '+' -> {
        least = 1;
        most = Integer.MAX_VALUE;
      }
      case '{' -> {
        String count =
            in.pattern.substring(in.at, Math.max(in.at, in.pattern.indexOf('}', in.at) + 1));
        if (!count.matches("\\{\\d{1,4}(,\\d{0,4})?}")) {
          throw new Refused("has a { that counts nothing");
        }
        String[] ends = count.substring(1, count.length() - 1).split(",", -1);
        least = Integer.parseInt(ends[0]);
        most =
            ends.length == 1
                ? least
                : ends[1].isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(ends[1]);
        counted = true;
        in.at += count.length() - 1;
      }
      default -> {
        return part;
      }
    }
    in.at++;
    Expression.Manner manner = manner(counted);
    String shown = in.pattern.substring(start, in.at);
    boolean unbounded = most == Integer.MAX_VALUE;
    if (unbounded && (part.set == null || least > MOST_COUNTED)) {
      throw new Refused("repeats a group without bound: " + shown);
    }
    if (!unbounded && (most < least || most > MOST_COUNTED || (most > 1 && part.set == null))) {
      throw new Refused("repeats a group, or too often: " + shown);
    }
    boolean open = unbounded && manner != Expression.Manner.POSSESSIVE;
    return new Part(
        part.set != null
            ? repeated(part.set, least, most, manner)
            : optional(part.code, least, most, manner),
        null,
        part.risky,
        part.open + (open ? 1 : 0),
        part.ways + (unbounded ? 0 : most - least),
        part.empty || least == 0,
        false);
  }

  /** What stands behind a quantifier. */
  private Expression.Manner manner(boolean counted) throws Refused {
    if (!in.more() || "?+*{".indexOf(in.peek()) < 0) {
      return Expression.Manner.GREEDY;
    }
    char more = in.peek();
    in.at++;
    // Behind a count these do not mean what they mean behind the others.
    if (counted || more == '*' || more == '{' || (in.more() && "?+*{".indexOf(in.peek()) >= 0)) {
      throw new Refused("repeats a repetition at " + in.at);
    }
    return more == '?' ? Expression.Manner.LAZY : Expression.Manner.POSSESSIVE;
  }

  private UnaryOperator<Expression.Node> repeated(
      CharacterSet set, int least, int most, Expression.Manner manner) {
    int number = repetitions++;
    return next -> Expression.repeated(set, least, most, manner, number, next);
  }

  /** A group once or not at all. */
  private static UnaryOperator<Expression.Node> optional(
      UnaryOperator<Expression.Node> code, int least, int most, Expression.Manner manner) {
    if (most == 0) {
      return UnaryOperator.identity();
    }
    if (least == 1) {
      return code;
    }
    return switch (manner) {
      case LAZY -> next -> Expression.either(new Expression.Node[] {next, code.apply(next)});
      case GREEDY -> next -> Expression.either(new Expression.Node[] {code.apply(next), next});
      case POSSESSIVE ->
          next ->
              Expression.once(
                  end -> Expression.either(new Expression.Node[] {code.apply(end), end}), next);
    };
  }
}
