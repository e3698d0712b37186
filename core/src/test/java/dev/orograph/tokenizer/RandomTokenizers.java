package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Small tokenizers of all parts that are known, put together at random, and texts for them. */
final class RandomTokenizers {
  private static final List<String> LETTERS =
      List.of(
          "a", "b", "e", "\u2581", "x", "\u00e9", "1", "'", "A", "\u0120", "\u00c3", "\u00a9",
          "\u4f60", "s", "c");
  private static final List<String> PARTS =
      List.of(
          "a", "b", "e", " ", "\u2581", "x", "\u00e9", "\u0301", "1", "'", "A", "\n", "\u4f60", "<",
          "\u03a3");
  private static final List<String> EXPRESSIONS =
      List.of(
          "\\s+",
          "\\s+$",
          "[ab]+",
          "\\p{L}+",
          "\\d",
          "'s|'t| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          "(?i:'S|a)b?",
          "[^a-c\\s]+?x?",
          "a+?b",
          "(?>a|ab)c?",
          " {2,}",
          "\\A | \\z",
          "^a",
          "b$",
          "\\bx",
          "\\Bb",
          "[[:alpha:]]+",
          "[a-z&&[^e]]+",
          "[^[ab]e]",
          "[\\]a-]+",
          "x|ab|a",
          "a?b??c?x",
          ".{2,3}",
          "(?m:.)x",
          "(?m-i:a.)",
          "\\w+|[^\\w\\s]+",
          "\\n\\Z",
          "a++b?",
          "(ab?)?+a",
          "(?=a)[ab]",
          "(?!a)[ab]",
          "\\x61|\\u00e9",
          "\\p{^L}|\\P{Lu}x",
          "[\\x{4e00}-\\x{9fff}]+",
          TinyTokenizers.LLAMA3);

  private final SplittableRandom random;

  RandomTokenizers(long seed) {
    this.random = new SplittableRandom(seed);
  }

  private boolean flip() {
    return random.nextBoolean();
  }

  private boolean once(int in) {
    return random.nextInt(in) == 0;
  }

  private String of(String... all) {
    return all[random.nextInt(all.length)];
  }

  private String of(List<String> all) {
    return all.get(random.nextInt(all.size()));
  }

  private String word() {
    StringBuilder word = new StringBuilder();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      word.append(of(PARTS));
    }
    return word.toString();
  }

  /** A text of what the tokenizers are made of, or of many scripts. */
  String text() {
    if (once(5)) {
      return Texts.random(random);
    }
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(14); n > 0; n--) {
      text.append(
          once(4)
              ? word()
              : of("a", "b", "ab", " ", "  ", "e", "x", "\u00e9", "1", "'s", "\n", "A", "</w>"));
    }
    return text.toString();
  }

  /** Some of so many numbers. */
  long[] numbers(int bound) {
    return random.longs(random.nextInt(7) + 1, 0, bound).toArray();
  }

  private static ObjectNode part(String type) {
    return JsonNodeFactory.instance.objectNode().put("type", type);
  }

  private ObjectNode sequence(String key, int most, Supplier<ObjectNode> inner) {
    ObjectNode out = part("Sequence");
    ArrayNode list = out.putArray(key);
    for (int n = random.nextInt(most); n >= 0; n--) {
      list.add(inner.get());
    }
    return out;
  }

  private ObjectNode pattern(ObjectNode out) {
    if (flip()) {
      out.putObject("pattern").put("String", word());
    } else {
      out.putObject("pattern").put("Regex", of(EXPRESSIONS));
    }
    return out;
  }

  private ObjectNode normalizer(boolean inner) {
    switch (random.nextInt(inner ? 13 : 16)) {
      case 0:
        return part("NFC");
      case 1:
        return part("NFD");
      case 2:
        return part("NFKC");
      case 3:
        return part("NFKD");
      case 4:
        return part("Lowercase");
      case 5:
        return part("StripAccents");
      case 6:
        return part("Nmt");
      case 7:
        ObjectNode bert = part("BertNormalizer").put("clean_text", flip()).put("lowercase", flip());
        bert.put("handle_chinese_chars", flip());
        return flip() ? bert : bert.put("strip_accents", flip());
      case 8:
        return part("Strip").put("strip_left", flip()).put("strip_right", flip());
      case 9, 10:
        return pattern(part("Replace")).put("content", of("", "a", "  ", "xyz", "\u2581"));
      case 11:
        return part("Prepend").put("prepend", word());
      case 12:
        String map = Base64.getEncoder().encodeToString(TinyTokenizers.charsmap());
        return flip() ? part("ByteLevel") : part("Precompiled").put("precompiled_charsmap", map);
      default:
        return sequence("normalizers", 4, () -> normalizer(true));
    }
  }

  private ObjectNode byteLevel() {
    return part("ByteLevel")
        .put("add_prefix_space", flip())
        .put("trim_offsets", flip())
        .put("use_regex", flip());
  }

  private ObjectNode metaspace() {
    return part("Metaspace")
        .put("replacement", of("\u2581", "_", "a"))
        .put("split", flip())
        .put("prepend_scheme", of("always", "never", "first"));
  }

  private String behavior() {
    return of("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous");
  }

  private ObjectNode preTokenizer(boolean inner) {
    return switch (random.nextInt(inner ? 11 : 13)) {
      case 0 -> part("BertPreTokenizer");
      case 1 -> byteLevel();
      case 2 -> part("CharDelimiterSplit").put("delimiter", of("a", " ", "\u00e9"));
      case 3 -> metaspace();
      case 4 -> part("Whitespace");
      case 5 -> part("WhitespaceSplit");
      case 6 -> part("UnicodeScripts");
      case 7, 8 -> pattern(part("Split")).put("behavior", behavior()).put("invert", flip());
      case 9 -> part("Punctuation").put("behavior", behavior());
      case 10 -> part("Digits").put("individual_digits", flip());
      default -> sequence("pretokenizers", 3, () -> preTokenizer(true));
    };
  }

  private ObjectNode decoder(boolean inner) {
    return switch (random.nextInt(inner ? 9 : 11)) {
      case 0 -> part("BPEDecoder").put("suffix", of("</w>", "a"));
      case 1 -> byteLevel();
      case 2 -> part("WordPiece").put("prefix", of("##", "a", "")).put("cleanup", flip());
      case 3 -> metaspace();
      case 4 ->
          part("CTC")
              .put("pad_token", of("a", "", "<pad>"))
              .put("word_delimiter_token", of("|", "e", ""))
              .put("cleanup", flip());
      case 5 -> pattern(part("Replace")).put("content", of("", "a", " ", "xyz"));
      case 6 -> part("Fuse");
      // The library ends the process where both ends meet.
      case 7 ->
          part("Strip")
              .put("content", of("a", " ", "\u00e9"))
              .put("start", random.nextInt(3))
              .put("stop", 0);
      case 8 -> part("ByteFallback");
      default -> sequence("decoders", 4, () -> decoder(true));
    };
  }

  /** The next tokenizer. */
  ObjectNode next() {
    ObjectNode out = JsonNodeFactory.instance.objectNode().put("version", "1.0");
    if (!once(3)) {
      out.set("normalizer", normalizer(false));
    }
    if (!once(3)) {
      out.set("pre_tokenizer", preTokenizer(false));
    }
    if (!once(4)) {
      out.set("decoder", decoder(false));
    }
    Set<String> pieces = new LinkedHashSet<>(List.of("u"));
    LETTERS.stream().filter(letter -> !once(5)).forEach(pieces::add);
    if (flip()) {
      for (int b = 0; b < 256; b++) {
        if (!once(20)) {
          pieces.add(Bytes.piece(b));
        }
      }
    }
    switch (random.nextInt(5)) {
      case 0, 1 -> bpe(out.putObject("model").put("type", "BPE"), pieces);
      case 2 -> unigram(out.putObject("model").put("type", "Unigram"), pieces);
      case 3 -> {
        String prefix = of("", "##", "e");
        words(pieces, prefix);
        numbered(out.putObject("model").put("type", "WordPiece"), pieces)
            .put("unk_token", "u")
            .put("continuing_subword_prefix", prefix)
            .put("max_input_chars_per_word", flip() ? 5 : 100);
      }
      default -> {
        words(pieces, "");
        numbered(out.putObject("model").put("type", "WordLevel"), pieces).put("unk_token", "u");
      }
    }
    added(out.putArray("added_tokens"), new ArrayList<>(pieces));
    return out;
  }

  private void words(Set<String> pieces, String prefix) {
    for (int n = random.nextInt(20); n > 0; n--) {
      String word = word();
      pieces.addAll(flip() ? List.of(word) : List.of(word, prefix + word));
    }
  }

  private static ObjectNode numbered(ObjectNode model, Set<String> pieces) {
    ObjectNode vocab = model.putObject("vocab");
    pieces.forEach(piece -> vocab.put(piece, vocab.size()));
    return model;
  }

  private void unigram(ObjectNode model, Set<String> pieces) {
    words(pieces, "");
    model.put("unk_id", 0).put("byte_fallback", flip());
    ArrayNode vocab = model.putArray("vocab");
    pieces.forEach(p -> vocab.addArray().add(p).add(-random.nextInt(6) * (flip() ? 1 : 0.7)));
  }

  private void bpe(ObjectNode model, Set<String> pieces) {
    String prefix = of("", "", "##", "e");
    String suffix = of("", "", "</w>", "b");
    if (!(prefix + suffix).isEmpty()) {
      for (String letter : LETTERS) {
        for (String piece : List.of(prefix + letter, letter + suffix, prefix + letter + suffix)) {
          pieces.addAll(flip() ? List.of(piece) : List.of());
        }
      }
    }
    List<List<String>> merges = new ArrayList<>();
    for (int n = random.nextInt(14); n > 0; n--) {
      List<String> all = new ArrayList<>(pieces);
      String left = of(all);
      String right = of(all);
      if (right.startsWith(prefix) && !(left + right).contains("<0x")) {
        pieces.add(left + right.substring(prefix.length()));
        merges.add(List.of(left, right));
      }
    }
    numbered(model, pieces).put("fuse_unk", flip()).put("ignore_merges", once(4));
    // Bytes of what was put before or behind a character have no place in the text.
    model.put("byte_fallback", (prefix + suffix).isEmpty() && flip());
    if (flip()) {
      model.put("unk_token", "u");
    }
    if (!prefix.isEmpty()) {
      model.put("continuing_subword_prefix", prefix);
    }
    if (!suffix.isEmpty()) {
      model.put("end_of_word_suffix", suffix);
    }
    ArrayNode list = model.putArray("merges");
    merges.forEach(m -> list.addArray().add(m.get(0)).add(m.get(1)));
  }

  private void added(ArrayNode out, List<String> pieces) {
    Set<String> done = new LinkedHashSet<>();
    int next = pieces.size();
    // The library ends the process where one token's left is another one's right.
    boolean left = flip();
    for (int n = random.nextInt(5); n > 0; n--) {
      String content = flip() ? word() : of(pieces);
      if (done.add(content)) {
        int there = pieces.indexOf(content);
        out.addObject()
            .put("id", there < 0 ? next++ : there)
            .put("content", content)
            .put("single_word", once(4))
            .put("lstrip", left && once(3))
            .put("rstrip", !left && once(3))
            .put("normalized", flip())
            .put("special", flip());
      }
    }
  }

  static String shown(long[] numbers, List<String> pieces) {
    return Arrays.stream(numbers).mapToObj(n -> pieces.get((int) n)).toList().toString();
  }
}
