package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Byte pairs by rank, as a {@code tokenizer.json}: tiktoken's lines of {@code base64 rank} (as Meta
 * ships them for Llama 3) and Mistral's {@code tekken.json}. A token is merged from every two that
 * make it up, the lowest rank first. The file of tiktoken has no rule that cuts texts into words;
 * Llama 3's is taken.
 */
final class Tiktoken {
  private static final String LLAMA3 =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
          + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  /** Ranks of Llama 3, whose 256 special tokens follow them and are in no file. */
  private static final int LLAMA3_RANKS = 128_000;

  private static final Map<Integer, String> LLAMA3_SPECIAL =
      Map.of(
          0, "<|begin_of_text|>",
          1, "<|end_of_text|>",
          6, "<|start_header_id|>",
          7, "<|end_header_id|>",
          9, "<|eot_id|>");

  private static final int LLAMA3_SPECIALS = 256;
  private static final int LONGEST = 1024;

  private Tiktoken() {}

  /** Whether a file starts with such a line. */
  static boolean starts(byte[] bytes) {
    int n = Math.min(bytes.length, 256);
    String start = new String(bytes, 0, n, StandardCharsets.ISO_8859_1);
    return start.matches("(?s)[A-Za-z0-9+/]{2,}={0,2} \\d{1,9}(\\r?\\n.*)?");
  }

  /** Lines of {@code base64 rank}. */
  static ObjectNode lines(byte[] bytes, Path file) {
    Map<String, Integer> ranks = new HashMap<>();
    int number = 0;
    for (String line : new String(bytes, StandardCharsets.ISO_8859_1).split("\r?\n", -1)) {
      number++;
      if (line.isEmpty()) {
        continue;
      }
      String[] two = line.split(" ", -1);
      if (two.length != 2 || !two[1].matches("\\d{1,9}")) {
        throw fault(file, "line " + number + " is no token and its rank");
      }
      put(ranks, two[0], Integer.parseInt(two[1]), file, "line " + number);
    }
    ObjectNode json = json(ranks, LLAMA3, 0, file);
    ArrayNode added = json.putArray("added_tokens");
    if (ranks.size() == LLAMA3_RANKS) {
      for (int i = 0; i < LLAMA3_SPECIALS; i++) {
        special(
            added,
            LLAMA3_RANKS + i,
            LLAMA3_SPECIAL.getOrDefault(i, "<|reserved_special_token_" + i + "|>"));
      }
    }
    return json;
  }

  /** Mistral's {@code tekken.json}: special tokens first, then tokens by rank. */
  static ObjectNode tekken(JsonNode root, Path file) {
    JsonNode config = root.path("config");
    int specials = config.path("default_num_special_tokens").asInt(-1);
    int size = config.path("default_vocab_size").asInt(-1);
    String pattern = config.path("pattern").asText("");
    if (specials < 0 || size <= specials || size > Vocabulary.MOST || pattern.isEmpty()) {
      throw fault(file, "lacks pattern, default_vocab_size or default_num_special_tokens");
    }
    Map<String, Integer> ranks = new HashMap<>();
    for (JsonNode token : root.path("vocab")) {
      int rank = token.path("rank").asInt(-1);
      if (rank >= 0 && rank < size - specials) {
        put(ranks, token.path("token_bytes").asText(""), rank, file, "rank " + rank);
      }
    }
    ObjectNode json = json(ranks, pattern, specials, file);
    ArrayNode added = json.putArray("added_tokens");
    Map<Integer, String> names = new HashMap<>();
    for (JsonNode token : root.path("special_tokens")) {
      names.put(token.path("rank").asInt(-1), token.path("token_str").asText(""));
    }
    for (int i = 0; i < specials; i++) {
      String name = names.getOrDefault(i, "");
      special(added, i, name.isEmpty() ? "<SPECIAL_" + i + ">" : name);
    }
    return json;
  }

  private static void special(ArrayNode added, int id, String content) {
    added.addObject().put("id", id).put("content", content).put("special", true);
  }

  private static void put(
      Map<String, Integer> ranks, String base64, int rank, Path file, String place) {
    byte[] token;
    try {
      token = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw fault(file, place + " is not base64");
    }
    if (token.length == 0 || token.length > LONGEST || rank >= Vocabulary.MOST) {
      throw fault(file, place + " is empty, longer than " + LONGEST + " bytes, or ranked too high");
    }
    if (ranks.put(PieceText.piece(token), rank) != null) {
      throw fault(file, place + " is there twice");
    }
  }

  private static ObjectNode json(
      Map<String, Integer> ranks, String pattern, int offset, Path file) {
    List<Map.Entry<String, Integer>> ordered = new ArrayList<>(ranks.entrySet());
    ordered.sort(Map.Entry.comparingByValue());
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    ObjectNode both = out.putObject("pre_tokenizer").put("type", "Sequence");
    ArrayNode parts = both.putArray("pretokenizers");
    ObjectNode split = parts.addObject().put("type", "Split").put("behavior", "Isolated");
    split.putObject("pattern").put("Regex", pattern);
    parts
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("use_regex", false);
    out.putObject("decoder").put("type", "ByteLevel");
    ObjectNode model = out.putObject("model").put("type", "BPE");
    ObjectNode vocab = model.putObject("vocab");
    ArrayNode merges = model.putArray("merges");
    int before = -1;
    for (Map.Entry<String, Integer> token : ordered) {
      if (token.getValue() == before) {
        throw fault(file, "gives the rank " + before + " to two tokens");
      }
      before = token.getValue();
      vocab.put(token.getKey(), offset + token.getValue());
      merges(token.getKey(), ranks).forEach(merges::add);
    }
    return out;
  }

  /** The pairs of tokens that make up one, lower ranks first. */
  private static List<String> merges(String token, Map<String, Integer> ranks) {
    List<String[]> pairs = new ArrayList<>();
    for (int cut = 1; cut < token.length(); cut++) {
      String left = token.substring(0, cut);
      String right = token.substring(cut);
      if (ranks.containsKey(left) && ranks.containsKey(right)) {
        pairs.add(new String[] {left, right});
      }
    }
    pairs.sort(
        Comparator.comparing((String[] p) -> ranks.get(p[0])).thenComparing(p -> ranks.get(p[1])));
    return pairs.stream().map(p -> p[0] + " " + p[1]).toList();
  }

  private static InputException fault(Path file, String found) {
    return InputException.at(file)
        .expected("must be tokens by rank, as tiktoken writes them")
        .found(Text.visible(found, 200).toLowerCase(Locale.ROOT))
        .remedy("take the tokenizer from the model's source again")
        .build();
  }
}
