package dev.orograph.cli.serve;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What stands behind the question mark of an address. */
record Query(Map<String, List<String>> values) {
  static Query of(String raw) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (String pair : raw == null ? new String[0] : raw.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        values
            .computeIfAbsent(decoded(pair.substring(0, equals)), k -> new ArrayList<>())
            .add(decoded(pair.substring(equals + 1)));
      }
    }
    return new Query(values);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** All values of that name. */
  List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  /** The only one. */
  String one(String name) {
    List<String> all = all(name);
    if (all.size() != 1) {
      throw new IllegalArgumentException("'" + name + "' must be given once");
    }
    return all.get(0);
  }
}
