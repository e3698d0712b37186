package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Cuts of a text into words, as the tokenizers library makes them. Each is made from a part that
 * {@link Components} has checked. Words are given on as they are found; an empty one is none.
 */
final class PreTokenizers {
  /** GPT-2's words (Radford et al. 2019). */
  private static final String GPT2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

  private PreTokenizers() {}

  /** A way to cut. */
  interface Cut {
    void into(Aligned text, Consumer<Aligned> words);
  }

  /** What becomes of a match. */
  private enum Behavior {
    REMOVED,
    ISOLATED,
    MERGED_WITH_PREVIOUS,
    MERGED_WITH_NEXT,
    CONTIGUOUS
  }

  /** The cut that a part describes; none for null. */
  static Cut of(JsonNode part) {
    if (part.isNull()) {
      return (text, words) -> words.accept(text);
    }
    return switch (part.get("type").textValue()) {
      case "Sequence" -> sequence(part.get("pretokenizers"));
      case "BertPreTokenizer" ->
          then(
              split(Pattern.each(Characters::space), false, Behavior.REMOVED),
              split(Pattern.each(Characters::punctuation), false, Behavior.ISOLATED));
      case "ByteLevel" -> byteLevel(part);
      case "CharDelimiterSplit" ->
          split(Pattern.literal(part.get("delimiter").textValue()), false, Behavior.REMOVED);
      case "Metaspace" -> metaspace(part);
      case "Whitespace" -> split(new Pattern.Found(PreTokenizers::run), true, Behavior.REMOVED);
      case "WhitespaceSplit" -> split(Pattern.each(Characters::space), false, Behavior.REMOVED);
      case "UnicodeScripts" -> PreTokenizers::scripts;
      case "Split" ->
          split(
              Pattern.of(part.get("pattern")),
              part.get("invert").booleanValue(),
              behavior(part.get("behavior")));
      case "Punctuation" ->
          split(Pattern.each(Characters::punctuation), false, behavior(part.get("behavior")));
      case "Digits" ->
          split(
              Pattern.each(Characters::number),
              false,
              part.get("individual_digits").booleanValue()
                  ? Behavior.ISOLATED
                  : Behavior.CONTIGUOUS);
      default -> throw new IllegalArgumentException(part.toString());
    };
  }

  private static Behavior behavior(JsonNode name) {
    return switch (name.textValue()) {
      case "Removed" -> Behavior.REMOVED;
      case "Isolated" -> Behavior.ISOLATED;
      case "MergedWithPrevious" -> Behavior.MERGED_WITH_PREVIOUS;
      case "MergedWithNext" -> Behavior.MERGED_WITH_NEXT;
      default -> Behavior.CONTIGUOUS;
    };
  }

  private static Cut then(Cut first, Cut second) {
    return (text, words) -> first.into(text, word -> second.into(word, words));
  }

  private static Cut sequence(JsonNode parts) {
    List<Cut> all = new ArrayList<>();
    parts.forEach(part -> all.add(of(part)));
    return all.stream().reduce((text, words) -> words.accept(text), PreTokenizers::then);
  }

  private static Cut byteLevel(JsonNode part) {
    boolean prefix = part.get("add_prefix_space").booleanValue();
    Cut cut =
        part.get("use_regex").booleanValue()
            ? split(Pattern.expression(GPT2), false, Behavior.ISOLATED)
            : (text, words) -> words.accept(text);
    return (text, words) -> {
      boolean add = prefix && !text.isEmpty() && text.at(0) != ' ';
      cut.into(
          add ? Normalizers.prepend(text, " ") : text,
          word -> words.accept(Normalizers.bytes(word)));
    };
  }

  private static Cut metaspace(JsonNode part) {
    String mark = part.get("replacement").textValue();
    String scheme = part.get("prepend_scheme").textValue();
    boolean split = part.get("split").booleanValue();
    Cut cut = split(Pattern.literal(mark), false, Behavior.MERGED_WITH_NEXT);
    var marks = Normalizers.replace(Pattern.literal(" "), mark);
    return (text, words) -> {
      Aligned marked = marks.apply(text);
      boolean first = scheme.equals("always") || (scheme.equals("first") && text.origin() == 0);
      if (first && !marked.isEmpty() && marked.at(0) != mark.codePointAt(0)) {
        marked = Normalizers.prepend(marked, mark);
      }
      if (split) {
        cut.into(marked, words);
      } else {
        words.accept(marked);
      }
    };
  }

  /** Length of the run of a word's characters, or of others that are no white space. */
  private static int run(Aligned text, int at) {
    if (Characters.space(text.at(at))) {
      return 0;
    }
    boolean word = Characters.wordOrJoiner(text.at(at));
    int end = at + 1;
    while (end < text.length()
        && !Characters.space(text.at(end))
        && Characters.wordOrJoiner(text.at(end)) == word) {
      end++;
    }
    return end - at;
  }

  /** Gives on what lies between matches and, after its behavior, each match. */
  private static Cut split(Pattern pattern, boolean invert, Behavior behavior) {
    return (text, words) -> {
      Pattern.Matches matches = pattern.in(text);
      Pieces pieces = new Pieces(text, behavior, words);
      int at = 0;
      while (matches.next()) {
        if (at < matches.start()) {
          pieces.add(at, matches.start(), invert);
        }
        pieces.add(matches.start(), matches.end(), !invert);
        at = matches.end();
      }
      if (at < text.length()) {
        pieces.add(at, text.length(), invert);
      }
      pieces.end();
    };
  }

  /** Pieces of a text in their order, matches and others, as they are joined or left out. */
  private static final class Pieces {
    private final Aligned text;
    private final Behavior behavior;
    private final Consumer<Aligned> words;
    private int begin = -1;
    private int end;
    private boolean match;

    Pieces(Aligned text, Behavior behavior, Consumer<Aligned> words) {
      this.text = text;
      this.behavior = behavior;
      this.words = words;
    }

    void add(int first, int last, boolean matched) {
      boolean joins =
          begin >= 0
              && switch (behavior) {
                case REMOVED, ISOLATED -> false;
                case CONTIGUOUS -> matched == match;
                case MERGED_WITH_PREVIOUS -> matched && !match;
                case MERGED_WITH_NEXT -> match && !matched;
              };
      if (!joins) {
        end();
        begin = first;
      }
      end = last;
      match = matched;
    }

    void end() {
      if (begin >= 0 && !(behavior == Behavior.REMOVED && match)) {
        words.accept(text.part(begin, end));
      }
    }
  }

  /**
   * SentencePiece's cut: where the script changes; Japan's three are one, a space has any. What
   * stands before the first character with a script is left out, as the library does.
   */
  private static void scripts(Aligned text, Consumer<Aligned> words) {
    Character.UnicodeScript last = null;
    int begin = 0;
    for (int i = 0; i < text.length(); i++) {
      Character.UnicodeScript script = script(text.at(i));
      if (script == null || script == last) {
        continue;
      }
      if (last != null) {
        words.accept(text.part(begin, i));
      }
      begin = i;
      last = script;
    }
    if (last != null) {
      words.accept(text.part(begin, text.length()));
    }
  }

  private static Character.UnicodeScript script(int c) {
    if (c == ' ') {
      return null;
    }
    Character.UnicodeScript script = Character.UnicodeScript.of(c);
    boolean japan =
        c == 0x30FC
            || script == Character.UnicodeScript.HIRAGANA
            || script == Character.UnicodeScript.KATAKANA;
    return japan
        ? Character.UnicodeScript.HAN
        : script == Character.UnicodeScript.UNKNOWN ? null : script;
  }
}
