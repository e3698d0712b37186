package dev.orograph.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Changes of a JSON text that keep it JSON as far as the change allows: other numbers and texts,
 * members twice or gone, nesting. It is cut into tokens, not parsed, so that damaged texts can be
 * changed further.
 */
final class JsonEdits {
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "{}",
          "[]",
          "\"\"",
          "0",
          "-0",
          "1.5",
          "1e3",
          "1e400",
          "-1e-400",
          "1E5",
          "\"\\ud800\"",
          "\"\\u0000\"",
          "\"\\udbff\\udfff\"",
          "18446744073709551616",
          "[1,2]",
          "{\"a\":{\"b\":[null]}}",
          "NaN",
          "01",
          "\"../../outside.safetensors\"");

  private static final int[] DEPTHS = {2, 60, 63, 64, 65, 1000, 20_000};

  private final SplittableRandom random;

  JsonEdits(SplittableRandom random) {
    this.random = random;
  }

  byte[] change(byte[] json) {
    List<String> tokens = tokens(new String(json, StandardCharsets.UTF_8));
    if (tokens.isEmpty()) {
      return VALUES.get(random.nextInt(VALUES.size())).getBytes(StandardCharsets.UTF_8);
    }
    int at = random.nextInt(tokens.size());
    switch (random.nextInt(9)) {
      case 0, 1, 2 -> number(tokens, at);
      case 3 -> tokens.set(value(tokens, at), VALUES.get(random.nextInt(VALUES.size())));
      case 4 -> tokens.set(at, text(tokens));
      case 5 -> twice(tokens, at);
      case 6 -> tokens.remove(at);
      case 7 -> nest(tokens, value(tokens, at));
      default -> {
        int with = random.nextInt(tokens.size());
        String moved = tokens.get(at);
        tokens.set(at, tokens.get(with));
        tokens.set(with, moved);
      }
    }
    return String.join("", tokens).getBytes(StandardCharsets.UTF_8);
  }

  /** The first number from there on becomes another. */
  private void number(List<String> tokens, int from) {
    for (int i = from; i < tokens.size(); i++) {
      String token = tokens.get(i);
      if (Character.isDigit(token.charAt(token.length() - 1))) {
        long old = token.matches("-?\\d{1,18}") ? Long.parseLong(token) : 1;
        tokens.set(i, Long.toString(new Edits(random).number(old)));
        return;
      }
    }
  }

  /** The first value behind a colon, a comma or a bracket from there on. */
  private static int value(List<String> tokens, int from) {
    for (int i = from; i + 1 < tokens.size(); i++) {
      if (":,[".contains(tokens.get(i)) && !"[{]}".contains(tokens.get(i + 1))) {
        return i + 1;
      }
    }
    return from;
  }

  private String text(List<String> tokens) {
    String other = tokens.get(random.nextInt(tokens.size()));
    return switch (random.nextInt(4)) {
      case 0 -> '"' + "x".repeat(1 << random.nextInt(15)) + '"';
      case 1 -> '"' + Edits.WORDS.get(random.nextInt(Edits.WORDS.size())) + '"';
      case 2 -> '"' + "a.0.".repeat(random.nextInt(400)) + "1\\n\\u001b\"";
      default -> other;
    };
  }

  /** A member or element once more, so that keys stand twice. */
  private static void twice(List<String> tokens, int at) {
    int end = at + 1;
    int depth = 0;
    while (end < tokens.size()) {
      String token = tokens.get(end);
      depth += "[{".contains(token) ? 1 : "]}".contains(token) ? -1 : 0;
      if (depth < 0 || (depth == 0 && token.equals(","))) {
        break;
      }
      end++;
    }
    List<String> copy = new ArrayList<>(tokens.subList(at, Math.min(end, tokens.size())));
    copy.add(0, ",");
    tokens.addAll(Math.min(end, tokens.size()), copy);
  }

  private void nest(List<String> tokens, int at) {
    int depth = DEPTHS[random.nextInt(DEPTHS.length)];
    boolean list = random.nextBoolean();
    tokens.set(
        at,
        (list ? "[" : "{\"a\":").repeat(depth) + tokens.get(at) + (list ? "]" : "}").repeat(depth));
  }

  /** Brackets, commas, colons, texts with their quotes, and what is between them. */
  private static List<String> tokens(String json) {
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < json.length(); ) {
      int end = i + 1;
      char c = json.charAt(i);
      if (c == '"') {
        while (end < json.length() && json.charAt(end) != '"') {
          end += json.charAt(end) == '\\' ? 2 : 1;
        }
        end++;
      } else if ("[]{},:".indexOf(c) < 0) {
        while (end < json.length() && "[]{},:\"".indexOf(json.charAt(end)) < 0) {
          end++;
        }
      }
      tokens.add(json.substring(i, Math.min(end, json.length())));
      i = end;
    }
    return tokens;
  }
}
