package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a piece stands for in a text.
 *
 * @param byteLevel whether a character of a piece stands for a byte (GPT-2)
 * @param space the character that stands for a space, or ""
 * @param bytes whether {@code <0x0A>} stands for a byte
 * @param prefix what a piece within a word begins with, or ""
 * @param suffix what the last piece of a word ends with, or ""
 */
record PieceText(boolean byteLevel, String space, boolean bytes, String prefix, String suffix) {
  /** Space mark of SentencePiece. */
  static final String MARK = "\u2581";

  /** Pieces that are texts. */
  static final PieceText PLAIN = new PieceText(false, "", false, "", "");

  private static final Map<Character, Byte> BYTES = new HashMap<>();
  private static final char[] SHOWN = new char[256];

  static {
    // GPT-2: printable bytes stand for themselves, the others for the characters from 256 on.
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean shown = (b > 32 && b < 127) || (b > 160 && b != 173);
      SHOWN[b] = (char) (shown ? b : next++);
      BYTES.put(SHOWN[b], (byte) b);
    }
  }

  /** The manner of a checked {@code tokenizer.json}. */
  static PieceText of(JsonNode json) {
    List<JsonNode> parts = json.findParents("type");
    JsonNode model = json.get("model");
    boolean byteLevel = parts.stream().anyMatch(p -> is(p, "ByteLevel"));
    String space = "";
    String prefix = "";
    String suffix = "";
    for (JsonNode p : parts) {
      if (is(p, "Metaspace")) {
        space = p.path("replacement").asText();
      } else if (is(p, "Replace")
          && p.path("pattern").path("String").asText().equals(MARK)
          && p.path("content").asText().equals(" ")) {
        space = MARK;
      } else if (is(p, "WordPiece") && p.has("prefix")) {
        prefix = p.path("prefix").asText();
      } else if (is(p, "BPEDecoder")) {
        suffix = p.path("suffix").asText();
      }
    }
    if (prefix.isEmpty()) {
      prefix = model.path("continuing_subword_prefix").asText("");
    }
    if (suffix.isEmpty()) {
      suffix = model.path("end_of_word_suffix").asText("");
    }
    boolean bytes =
        model.path("byte_fallback").asBoolean()
            || parts.stream().anyMatch(p -> is(p, "ByteFallback"));
    return new PieceText(byteLevel, space, bytes, prefix, suffix);
  }

  private static boolean is(JsonNode part, String type) {
    return part.get("type").asText().equals(type);
  }

  /** The text; bytes that are no character in UTF-8 are U+FFFD. */
  String of(String piece) {
    if (bytes && piece.matches("<0x[0-9A-Fa-f]{2}>")) {
      return utf8(new byte[] {(byte) Integer.parseInt(piece.substring(3, 5), 16)});
    }
    String inner = piece;
    if (!prefix.isEmpty() && inner.startsWith(prefix)) {
      inner = inner.substring(prefix.length());
    }
    boolean last = !suffix.isEmpty() && inner.endsWith(suffix);
    if (last) {
      inner = inner.substring(0, inner.length() - suffix.length());
    }
    if (byteLevel) {
      ByteBuffer out = ByteBuffer.allocate(inner.length());
      for (int i = 0; i < inner.length() && out != null; i++) {
        Byte b = BYTES.get(inner.charAt(i));
        out = b == null ? null : out.put(b);
      }
      inner = out == null ? inner : utf8(out.array());
    }
    return (space.isEmpty() ? inner : inner.replace(space, " ")) + (last ? " " : "");
  }

  /** The character that GPT-2's pieces have for a byte. */
  static char shown(int b) {
    return SHOWN[b];
  }

  /** The byte that a character of GPT-2's pieces stands for; below 0 for others. */
  static int unshown(int c) {
    Byte b = c < 0x200 ? BYTES.get((char) c) : null;
    return b == null ? -1 : b & 255;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Length of a character in UTF-8. */
  static int utf8Length(int c) {
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  }

  static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** GPT-2's piece for these bytes. */
  static String piece(byte[] bytes) {
    StringBuilder piece = new StringBuilder();
    for (byte b : bytes) {
      piece.append(shown(b & 0xFF));
    }
    return piece.toString();
  }

  /** The characters of GPT-2's pieces that stand for one byte each. */
  static boolean standsForBytes(String piece) {
    return piece.chars().allMatch(c -> BYTES.containsKey((char) c));
  }
}
