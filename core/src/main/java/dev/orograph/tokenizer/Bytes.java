package dev.orograph.tokenizer;

import dev.orograph.input.Text;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The bytes of a text in UTF-8 as tokens; special tokens come before and behind them. */
final class Bytes implements Codec {
  static final int COUNT = 256;

  /** What the bytes stand for. */
  static final PieceText TEXT = new PieceText(false, "", true, "", "");

  private final int offset;

  /**
   * Encodes byte b as {@code b + offset}.
   *
   * @param offset id of the byte 0, which is also its rank
   */
  Bytes(int offset) {
    this.offset = offset;
  }

  /** The piece of a byte, in SentencePiece's manner. */
  static String piece(int b) {
    return String.format(Locale.ROOT, "<0x%02X>", b);
  }

  /** The byte that a piece stands for in SentencePiece's manner; below 0 for others. */
  static int of(String piece) {
    boolean form = piece.length() == 6 && piece.startsWith("<0x") && piece.endsWith(">");
    int high = form ? Character.digit(piece.charAt(3), 16) : -1;
    int low = form ? Character.digit(piece.charAt(4), 16) : -1;
    return high < 0 || low < 0 || piece.charAt(3) > 'f' || piece.charAt(4) > 'f'
        ? -1
        : high << 4 | low;
  }

  @Override
  public Encoding encode(String text) {
    List<Integer> ids = new ArrayList<>(text.length());
    List<Encoding.Span> spans = new ArrayList<>(text.length());
    for (int i = 0; i < text.length(); ) {
      int next = i + Character.charCount(text.codePointAt(i));
      Encoding.Span span = new Encoding.Span(i, next);
      for (byte b : text.substring(i, next).getBytes(StandardCharsets.UTF_8)) {
        ids.add((b & 255) + offset);
        spans.add(span);
      }
      i = next;
    }
    return new Encoding(ids, spans);
  }

  @Override
  public String decode(long[] ranks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (long rank : ranks) {
      if (rank >= offset && rank < offset + COUNT) {
        out.write((int) rank - offset);
      }
    }
    return PieceText.utf8(out.toByteArray());
  }

  @Override
  public String toString() {
    return "bytes from id " + Text.grouped(offset) + " on";
  }
}
