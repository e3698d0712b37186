package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;

/**
 * Changes of a text before it is cut into words, as the tokenizers library makes them. Each is made
 * from a part that {@link Components} has checked.
 */
final class Normalizers {
  private Normalizers() {}

  /** The change that a part describes; none for null. */
  static UnaryOperator<Aligned> of(JsonNode part) {
    if (part.isNull()) {
      return UnaryOperator.identity();
    }
    return switch (part.get("type").textValue()) {
      case "Sequence" -> sequence(part.get("normalizers"));
      case "BertNormalizer" -> bert(part);
      case "NFC" -> new Composition(Normalizer.Form.NFC);
      case "NFD" -> new Composition(Normalizer.Form.NFD);
      case "NFKC" -> new Composition(Normalizer.Form.NFKC);
      case "NFKD" -> new Composition(Normalizer.Form.NFKD);
      case "Nmt" -> text -> map(filter(text, c -> !dropped(c)), Normalizers::spaced);
      case "Lowercase" -> Normalizers::lowercase;
      case "StripAccents" -> text -> filter(text, c -> !Characters.mark(c));
      case "ByteLevel" -> Normalizers::bytes;
      case "Strip" ->
          text ->
              strip(
                  text,
                  part.get("strip_left").booleanValue(),
                  part.get("strip_right").booleanValue());
      case "Replace" -> replace(Pattern.of(part.get("pattern")), part.get("content").textValue());
      case "Prepend" -> text -> prepend(text, part.get("prepend").textValue());
      case "Precompiled" -> Charsmap.of(new Json(part.get("precompiled_charsmap"), null, ""));
      default -> throw new IllegalArgumentException(part.toString());
    };
  }

  private static UnaryOperator<Aligned> sequence(JsonNode parts) {
    List<UnaryOperator<Aligned>> all = new ArrayList<>();
    parts.forEach(part -> all.add(of(part)));
    return text -> {
      Aligned changed = text;
      for (UnaryOperator<Aligned> one : all) {
        changed = one.apply(changed);
      }
      return changed;
    };
  }

  private static UnaryOperator<Aligned> bert(JsonNode part) {
    boolean clean = part.get("clean_text").booleanValue();
    boolean chinese = part.get("handle_chinese_chars").booleanValue();
    boolean lower = part.get("lowercase").booleanValue();
    boolean strip = part.has("strip_accents") ? part.get("strip_accents").booleanValue() : lower;
    UnaryOperator<Aligned> apart = new Composition(Normalizer.Form.NFD);
    return text -> {
      Aligned changed = text;
      if (clean) {
        changed = filter(changed, c -> c != 0 && c != 0xFFFD && !Characters.control(c));
        changed = map(changed, c -> Characters.space(c) ? ' ' : c);
      }
      if (chinese && !changed.below(0x3400)) {
        changed = spacesAroundChinese(changed);
      }
      if (strip) {
        changed = filter(apart.apply(changed), c -> !Characters.nonSpacingMark(c));
      }
      return lower ? lowercase(changed) : changed;
    };
  }

  private static Aligned filter(Aligned text, IntPredicate kept) {
    int first = 0;
    while (first < text.length() && kept.test(text.at(first))) {
      first++;
    }
    if (first == text.length()) {
      return text;
    }
    Aligned.Change change = text.new Change();
    for (int i = 0; i < text.length(); i++) {
      if (i < first || kept.test(text.at(i))) {
        change.keep(i);
      }
    }
    return change.done();
  }

  private static Aligned map(Aligned text, IntUnaryOperator to) {
    int first = 0;
    while (first < text.length() && to.applyAsInt(text.at(first)) == text.at(first)) {
      first++;
    }
    if (first == text.length()) {
      return text;
    }
    Aligned.Change change = text.new Change();
    for (int i = 0; i < text.length(); i++) {
      change.put(to.applyAsInt(text.at(i)), i);
    }
    return change.done();
  }

  /** Blocks of ideographs as BERT has them. */
  private static boolean chinese(int c) {
    return (c >= 0x4E00 && c <= 0x9FFF)
        || (c >= 0x3400 && c <= 0x4DBF)
        || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0x20000 && c <= 0x2A6DF)
        || (c >= 0x2A700 && c <= 0x2B81F)
        || (c >= 0x2B920 && c <= 0x2CEAF)
        || (c >= 0x2F800 && c <= 0x2FA1F);
  }

  private static Aligned spacesAroundChinese(Aligned text) {
    Aligned.Change change = text.new Change();
    for (int i = 0; i < text.length(); i++) {
      if (chinese(text.at(i))) {
        change.put(' ', i);
        change.keep(i);
        change.put(' ', i);
      } else {
        change.keep(i);
      }
    }
    return change.done();
  }

  /** Character by character, so that a sigma at the end of a word is none of its own. */
  private static Aligned lowercase(Aligned text) {
    Aligned.Change change = text.new Change();
    for (int i = 0; i < text.length(); i++) {
      if (text.at(i) == 0x130) {
        change.put('i', i);
        change.put(0x307, i);
      } else {
        change.put(Character.toLowerCase(text.at(i)), i);
      }
    }
    return change.done();
  }

  /** Each byte of a character in UTF-8 as GPT-2 shows it. */
  static Aligned bytes(Aligned text) {
    Aligned.Change change = text.new Change();
    for (int i = 0; i < text.length(); i++) {
      int c = text.at(i);
      if (c < 0x80) {
        change.put(PieceText.shown(c), i);
      } else {
        int following = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
        change.put(PieceText.shown((0xF0 << 3 - following | c >> 6 * following) & 0xFF), i);
        for (int k = following - 1; k >= 0; k--) {
          change.put(PieceText.shown(0x80 | c >> 6 * k & 0x3F), i);
        }
      }
    }
    return change.done();
  }

  private static Aligned strip(Aligned text, boolean left, boolean right) {
    int first = 0;
    while (left && first < text.length() && Characters.space(text.at(first))) {
      first++;
    }
    int last = text.length();
    while (right && last > first && Characters.space(text.at(last - 1))) {
      last--;
    }
    Aligned.Change change = text.new Change();
    for (int i = first; i < last; i++) {
      change.keep(i);
    }
    return last - first == text.length() ? text : change.done();
  }

  /** The text with something in place of each match. */
  static UnaryOperator<Aligned> replace(Pattern pattern, String content) {
    int[] by = content.codePoints().toArray();
    return text -> {
      Pattern.Matches matches = pattern.in(text);
      if (!matches.next()) {
        return text;
      }
      Aligned.Change change = text.new Change();
      int at = 0;
      do {
        for (; at < matches.start(); at++) {
          change.keep(at);
        }
        for (int c : by) {
          change.put(c, matches.end() - 1);
        }
        at = matches.end();
      } while (matches.next());
      for (; at < text.length(); at++) {
        change.keep(at);
      }
      return change.done();
    };
  }

  /** The text behind something, unless it is empty. */
  static Aligned prepend(Aligned text, String before) {
    if (text.isEmpty()) {
      return text;
    }
    Aligned.Change change = text.new Change();
    before.codePoints().forEach(c -> change.put(c, 0));
    for (int i = 0; i < text.length(); i++) {
      change.keep(i);
    }
    return change.done();
  }

  private static boolean dropped(int c) {
    return (c >= 1 && c <= 8)
        || c == 0xB
        || (c >= 0xE && c <= 0x1F)
        || c == 0x7F
        || c == 0x8F
        || c == 0x9F;
  }

  private static int spaced(int c) {
    return switch (c) {
      case 9, 0xA, 0xC, 0xD, 0x1680, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F -> ' ';
      case 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD -> ' ';
      default -> c;
    };
  }
}
