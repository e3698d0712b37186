package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.input.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the files beside a tokenizer say: its class, special tokens by name, and tokens beside the
 * model's.
 *
 * @param config {@code tokenizer_config.json}, or missing
 * @param specialMap {@code special_tokens_map.json}, or missing
 * @param addedTokens {@code added_tokens.json}, or missing
 */
record Settings(Json config, Json specialMap, Json addedTokens) {
  private static final List<String> NAMES =
      List.of("pad", "eos", "bos", "unk", "mask", "cls", "sep");
  private static final int LONGEST = 1024;
  private static final int MOST = 1 << 16;

  /** The name of the tokenizer's class without "Fast"; "" where it is not told. */
  String type() {
    Json name = config.at("tokenizer_class");
    String type = name.missing() ? "" : name.text(LONGEST);
    return type.endsWith("Fast") ? type.substring(0, type.length() - 4) : type;
  }

  /** A truth value of the configuration. */
  boolean flag(String key, boolean standard) {
    return config.at(key).missing() ? standard : config.at(key).flag();
  }

  /** A count in the configuration. */
  int count(String key, int standard) {
    return config.at(key).missing() ? standard : config.at(key).below(MOST);
  }

  /** Special tokens by name: {@code pad}, {@code eos}, ... */
  Map<String, String> named() {
    Map<String, String> named = new LinkedHashMap<>();
    for (String name : NAMES) {
      for (Json file : List.of(config, specialMap)) {
        Json token = file.at(name + "_token");
        if (!token.missing() && !named.containsKey(name)) {
          named.put(name, content(token));
        }
      }
    }
    return named;
  }

  /** Further special tokens, in the order of the files. */
  List<String> further() {
    List<String> further = new ArrayList<>();
    for (Json file : List.of(config, specialMap)) {
      Json list = file.at("additional_special_tokens");
      if (!list.missing()) {
        list.elements(MOST).forEach(token -> further.add(content(token)));
      }
    }
    return further;
  }

  private static String content(Json token) {
    return (token.node().isObject() ? token.at("content") : token).text(LONGEST);
  }

  /** Tokens beside the model's as {@code tokenizer.json} has them. */
  ArrayNode added() {
    Map<Integer, ObjectNode> byId = new TreeMap<>();
    Json decoder = config.at("added_tokens_decoder");
    if (!decoder.missing()) {
      decoder.object();
      for (Map.Entry<String, JsonNode> e : decoder.node().properties()) {
        Json token = decoder.at(e.getKey()).object();
        if (!e.getKey().matches("\\d{1,7}")) {
          throw token.refuse("must have an id as its key", "has " + Text.quoted(e.getKey()));
        }
        int id = Integer.parseInt(e.getKey());
        byId.put(id, ((ObjectNode) token.node()).deepCopy().put("id", id));
      }
    } else if (!addedTokens.missing()) {
      List<String> further = further();
      addedTokens.object();
      for (Map.Entry<String, JsonNode> e : addedTokens.node().properties()) {
        Json where = new Json(e.getValue(), addedTokens.file(), Text.quoted(e.getKey()));
        boolean special = further.contains(e.getKey()) || named().containsValue(e.getKey());
        byId.put(
            where.below(Vocabulary.MOST),
            JsonNodeFactory.instance
                .objectNode()
                .put("id", where.node().intValue())
                .put("content", e.getKey())
                .put("special", special));
      }
    }
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    byId.values().forEach(all::add);
    return all;
  }
}
