package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * Ways back from pieces to a text, as the tokenizers library goes them. Each is made from a part
 * that {@link Components} has checked, and makes texts of texts; at the end they are joined.
 */
final class Decoders {
  /** Most chars of all texts together. */
  static final int MOST = 1 << 25;

  private static final String REPLACEMENT = "\uFFFD";

  /** What BERT's library puts right in English, in this order. */
  private static final List<String> CLEANED =
      List.of(
          " .", ".", " ?", "?", " !", "!", " ,", ",", " ' ", "'", " n't", "n't", " 'm", "'m",
          " do not", " don't", " 's", "'s", " 've", "'ve", " 're", "'re");

  private Decoders() {}

  /** The way that a part describes; for null, a space between pieces. */
  static UnaryOperator<List<String>> of(JsonNode part) {
    if (part.isNull()) {
      return pieces -> List.of(String.join(" ", pieces));
    }
    UnaryOperator<List<String>> decoder = decoder(part);
    return pieces -> bounded(decoder.apply(pieces));
  }

  private static UnaryOperator<List<String>> decoder(JsonNode part) {
    return switch (part.get("type").textValue()) {
      case "Sequence" -> sequence(part.get("decoders"));
      case "BPEDecoder" -> endOfWord(part.get("suffix").textValue());
      case "ByteLevel" -> Decoders::byteLevel;
      case "WordPiece" ->
          wordPiece(part.get("prefix").textValue(), part.get("cleanup").booleanValue());
      case "Metaspace" ->
          metaspace(
              part.get("replacement").textValue(),
              !part.get("prepend_scheme").textValue().equals("never"));
      case "CTC" -> ctc(part);
      case "Replace" -> replace(part);
      case "Fuse" -> pieces -> List.of(String.join("", pieces));
      case "Strip" ->
          each(
              (piece, i) ->
                  strip(
                      piece,
                      part.get("content").textValue().codePointAt(0),
                      part.get("start").intValue(),
                      part.get("stop").intValue()));
      case "ByteFallback" -> Decoders::byteFallback;
      default -> throw new IllegalArgumentException(part.toString());
    };
  }

  private static List<String> bounded(List<String> pieces) {
    long chars = 0;
    for (String piece : pieces) {
      chars += piece.length();
    }
    if (chars > MOST) {
      throw tooLong();
    }
    return pieces;
  }

  private static Codec.Refused tooLong() {
    return new Codec.Refused("it makes more than " + MOST + " characters of the pieces");
  }

  private static UnaryOperator<List<String>> sequence(JsonNode parts) {
    List<UnaryOperator<List<String>>> all = new ArrayList<>();
    parts.forEach(part -> all.add(of(part)));
    return pieces -> {
      List<String> texts = pieces;
      for (UnaryOperator<List<String>> one : all) {
        texts = one.apply(texts);
      }
      return texts;
    };
  }

  /** What becomes of a piece at a place. */
  private interface Each {
    String of(String piece, int i);
  }

  private static UnaryOperator<List<String>> each(Each each) {
    return pieces -> {
      List<String> out = new ArrayList<>(pieces.size());
      long chars = 0;
      for (int i = 0; i < pieces.size(); i++) {
        String text = each.of(pieces.get(i), i);
        chars += text.length();
        if (chars > MOST) {
          throw tooLong();
        }
        out.add(text);
      }
      return out;
    };
  }

  private static UnaryOperator<List<String>> endOfWord(String suffix) {
    return pieces ->
        each((piece, i) -> piece.replace(suffix, i == pieces.size() - 1 ? "" : " ")).apply(pieces);
  }

  private static List<String> byteLevel(List<String> pieces) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String piece : pieces) {
      if (PieceText.standsForBytes(piece)) {
        piece.chars().forEach(c -> out.write(PieceText.unshown(c)));
      } else {
        out.writeBytes(piece.getBytes(StandardCharsets.UTF_8));
      }
    }
    return List.of(PieceText.utf8(out.toByteArray()));
  }

  private static UnaryOperator<List<String>> wordPiece(String prefix, boolean cleanup) {
    return each(
        (piece, i) -> {
          String text = piece;
          if (i > 0) {
            text = piece.startsWith(prefix) ? piece.substring(prefix.length()) : " " + piece;
          }
          return cleanup ? clean(text) : text;
        });
  }

  private static String clean(String text) {
    String clean = text;
    for (int i = 0; i < CLEANED.size(); i += 2) {
      clean = clean.replace(CLEANED.get(i), CLEANED.get(i + 1));
    }
    return clean;
  }

  private static UnaryOperator<List<String>> metaspace(String mark, boolean first) {
    return each((piece, i) -> piece.replace(mark, i == 0 && first ? "" : " "));
  }

  private static UnaryOperator<List<String>> ctc(JsonNode part) {
    String pad = part.get("pad_token").textValue();
    String space = part.get("word_delimiter_token").textValue();
    boolean cleanup = part.get("cleanup").booleanValue();
    BinaryOperator<String> without = (text, what) -> what.isEmpty() ? text : text.replace(what, "");
    UnaryOperator<List<String>> all =
        each(
            (piece, i) -> {
              String text = without.apply(piece, pad);
              return cleanup ? clean(text).replace(space, " ") : text;
            });
    return pieces -> {
      List<String> once = new ArrayList<>();
      for (String piece : pieces) {
        if (once.isEmpty() || !once.get(once.size() - 1).equals(piece)) {
          once.add(piece);
        }
      }
      return all.apply(once).stream().filter(text -> !text.isEmpty()).toList();
    };
  }

  private static UnaryOperator<List<String>> replace(JsonNode part) {
    UnaryOperator<Aligned> by =
        Normalizers.replace(Pattern.of(part.get("pattern")), part.get("content").textValue());
    return each((piece, i) -> by.apply(Aligned.of(piece)).toString());
  }

  private static String strip(String piece, int content, int start, int stop) {
    int[] points = piece.codePoints().toArray();
    int first = 0;
    while (first < Math.min(start, points.length) && points[first] == content) {
      first++;
    }
    int last = points.length;
    while (last > Math.max(first, points.length - stop) && points[last - 1] == content) {
      last--;
    }
    return new String(points, first, last - first);
  }

  /** Pieces such as {@code <0x0A>} as bytes; a run of them that is no UTF-8 is as many U+FFFD. */
  private static List<String> byteFallback(List<String> pieces) {
    List<String> out = new ArrayList<>();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String piece : pieces) {
      int b = Bytes.of(piece);
      if (b >= 0) {
        bytes.write(b);
      } else {
        flush(bytes, out);
        out.add(piece);
      }
    }
    flush(bytes, out);
    return out;
  }

  private static void flush(ByteArrayOutputStream bytes, List<String> out) {
    if (bytes.size() == 0) {
      return;
    }
    try {
      ByteBuffer all = ByteBuffer.wrap(bytes.toByteArray());
      out.add(StandardCharsets.UTF_8.newDecoder().decode(all).toString());
    } catch (CharacterCodingException e) {
      out.addAll(Collections.nCopies(bytes.size(), REPLACEMENT));
    }
    bytes.reset();
  }
}
