package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The parts of a {@code tokenizer.json} around its model, of one kind: normalisers, pre-tokenizers
 * or decoders. Each type has a line that says its fields; a part is checked field by field and
 * written anew, and whatever has no line is refused by name.
 */
final class Components {
  private static final String BYTE_LEVEL =
      "add_prefix_space:flag=true trim_offsets:flag=true use_regex:flag=true";
  private static final String METASPACE =
      "replacement:char prepend_scheme:scheme split:flag=true add_prefix_space:left str_rep:left";

  /** Changes of the text. */
  static final Map<String, String> NORMALIZERS =
      Map.ofEntries(
          Map.entry("Sequence", "normalizers:parts"),
          Map.entry(
              "BertNormalizer",
              "clean_text:flag=true handle_chinese_chars:flag=true strip_accents:flag?"
                  + " lowercase:flag=true"),
          Map.entry("NFC", ""),
          Map.entry("NFD", ""),
          Map.entry("NFKC", ""),
          Map.entry("NFKD", ""),
          Map.entry("Nmt", ""),
          Map.entry("Lowercase", ""),
          Map.entry("StripAccents", ""),
          Map.entry("ByteLevel", ""),
          Map.entry("Strip", "strip_left:flag=true strip_right:flag=true"),
          Map.entry("Replace", "pattern:pattern content:text"),
          Map.entry("Prepend", "prepend:some"),
          Map.entry("Precompiled", "precompiled_charsmap:charsmap"));

  /** Cuts of the text into words. */
  static final Map<String, String> PRE_TOKENIZERS =
      Map.ofEntries(
          Map.entry("Sequence", "pretokenizers:parts"),
          Map.entry("BertPreTokenizer", ""),
          Map.entry("ByteLevel", BYTE_LEVEL),
          Map.entry("CharDelimiterSplit", "delimiter:char"),
          Map.entry("Metaspace", METASPACE),
          Map.entry("Whitespace", ""),
          Map.entry("WhitespaceSplit", ""),
          Map.entry("UnicodeScripts", ""),
          Map.entry("Split", "pattern:pattern behavior:behavior invert:flag=false"),
          Map.entry("Punctuation", "behavior:behavior"),
          Map.entry("Digits", "individual_digits:flag=false"));

  /** Ways back to text. */
  static final Map<String, String> DECODERS =
      Map.ofEntries(
          Map.entry("Sequence", "decoders:parts"),
          Map.entry("BPEDecoder", "suffix:some"),
          Map.entry("ByteLevel", BYTE_LEVEL),
          Map.entry("WordPiece", "prefix:text cleanup:flag=true"),
          Map.entry("Metaspace", METASPACE),
          Map.entry("CTC", "pad_token:text word_delimiter_token:text cleanup:flag=true"),
          Map.entry("Replace", "pattern:pattern content:text"),
          Map.entry("Fuse", ""),
          Map.entry("Strip", "content:char start:count stop:count"),
          Map.entry("ByteFallback", ""));

  private static final Set<String> BEHAVIORS =
      Set.of("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous");
  private static final Set<String> SCHEMES = Set.of("always", "never", "first");
  private static final int MOST_PARTS = 64;
  private static final int DEEPEST = 8;
  private static final int LONGEST_TEXT = 1024;

  private final Map<String, String> kinds;
  private int parts;

  Components(Map<String, String> kinds) {
    this.kinds = kinds;
  }

  /**
   * Checks a part and writes it anew.
   *
   * @return null where there is none
   * @throws dev.orograph.input.InputException where it is refused
   */
  JsonNode write(Json part) {
    return part.missing() ? JsonNodeFactory.instance.nullNode() : part(part, 0);
  }

  private ObjectNode part(Json part, int depth) {
    String type = part.object().at("type").text(LONGEST_TEXT);
    String fields = kinds.get(type);
    if (fields == null) {
      throw part.at("type").refuse("", "is '" + type + "', which is not known to this program");
    }
    if (++parts > MOST_PARTS || depth > DEEPEST) {
      throw part.refuse("must have at most " + MOST_PARTS + " parts, " + DEEPEST + " deep", "more");
    }
    ObjectNode out = JsonNodeFactory.instance.objectNode().put("type", type);
    Set<String> known = new HashSet<>(Set.of("type"));
    for (String field : fields.isEmpty() ? new String[0] : fields.split(" ", -1)) {
      int colon = field.indexOf(':');
      String key = field.substring(0, colon);
      known.add(key);
      field(part.at(key), field.substring(colon + 1), key, out, depth);
    }
    part.onlyKeys(known);
    if (type.equals("Metaspace") && part.at("prepend_scheme").missing()) {
      // Older files say it so.
      boolean first = part.at("add_prefix_space").missing() || part.at("add_prefix_space").flag();
      out.put("prepend_scheme", first ? "always" : "never");
    }
    return out;
  }

  private void field(Json value, String kind, String key, ObjectNode out, int depth) {
    int standard = kind.indexOf('=');
    if (value.missing() && standard >= 0) {
      out.put(key, Boolean.parseBoolean(kind.substring(standard + 1)));
      return;
    }
    switch (standard < 0 ? kind : kind.substring(0, standard)) {
      case "flag" -> out.put(key, value.flag());
      case "flag?" -> {
        if (!value.missing()) {
          out.put(key, value.flag());
        }
      }
      case "text" -> out.put(key, value.text(LONGEST_TEXT));
      case "some" -> out.put(key, value.some(LONGEST_TEXT));
      case "count" -> out.put(key, value.below(LONGEST_TEXT));
      case "char" -> {
        String text = value.some(2);
        if (text.codePointCount(0, text.length()) != 1) {
          throw value.refuse("must be one character", "it is not");
        }
        out.put(key, text);
      }
      case "scheme" -> {
        if (!value.missing()) {
          out.put(key, oneOf(value, SCHEMES));
        }
      }
      case "behavior" -> out.put(key, oneOf(value, BEHAVIORS));
      case "pattern" -> out.set(key, pattern(value));
      case "charsmap" -> out.put(key, Charsmap.of(value).base64());
      case "parts" -> {
        ArrayNode list = out.putArray(key);
        value.elements(MOST_PARTS).forEach(inner -> list.add(part(inner, depth + 1)));
      }
      default -> {
        // Left out: nothing uses it.
      }
    }
  }

  private static String oneOf(Json value, Set<String> known) {
    String text = value.text(LONGEST_TEXT);
    if (!known.contains(text)) {
      throw value.refuse("", "is '" + text + "', which is not known to this program");
    }
    return text;
  }

  private ObjectNode pattern(Json value) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    value.object().onlyKeys(Set.of("String", "Regex"));
    if (!value.at("String").missing()) {
      return out.put("String", value.at("String").some(LONGEST_TEXT));
    }
    Json regex = value.at("Regex");
    String pattern = regex.text(SafeRegex.LONGEST);
    try {
      SafeRegex.of(pattern);
    } catch (SafeRegex.Refused e) {
      throw regex.refuse("must be an expression that cannot blow up", e.getMessage());
    }
    return out.put("Regex", pattern);
  }
}
