package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;

/**
 * The pieces of a word whose scores add up to the most (Kudo, arXiv:1804.10959), found from the
 * beginning to each place (Viterbi). A character that no piece begins with is unknown, for 10 less
 * than the least score; unknown characters behind each other are one piece, or their bytes.
 */
final class Unigram implements Model {
  private static final double PENALTY = 10;

  /** Decimals of so many digits are whole numbers that a double holds. */
  private static final int EXACT_DIGITS = 15;

  private static final int POWERS = 309;

  /** Most characters times the length of the longest piece: seconds of work. */
  private static final long MOST_STEPS = 1L << 31;

  private final Trie trie;
  private final double[] scores;
  private final double least;
  private final int unknown;
  private final int[] bytes;

  /** A model that {@link ModelJson} has checked. */
  Unigram(JsonNode model) {
    JsonNode vocab = model.get("vocab");
    trie = new Trie(4 * vocab.size());
    scores = new double[vocab.size()];
    for (int i = 0; i < scores.length; i++) {
      trie.add(vocab.get(i).get(0).textValue(), i);
      scores[i] = asRead(vocab.get(i).get(1).doubleValue());
    }
    least = Arrays.stream(scores).min().orElseThrow();
    unknown = model.get("unk_id").intValue();
    bytes = model.get("byte_fallback").booleanValue() ? new int[Bytes.COUNT] : null;
    for (int b = 0; bytes != null && b < bytes.length; b++) {
      int node = trie.walk(Bytes.piece(b));
      bytes[b] = node < 0 ? -1 : trie.number(node);
    }
  }

  /**
   * The number that the library reads where a file has the shortest decimal of this one. Rust's
   * {@code serde_json} divides the digits by a power of ten, both as doubles, and may be off by the
   * last bit where there are more than 15; that decides between cuts of equal scores.
   */
  static double asRead(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int digits = EXACT_DIGITS; ; digits++) {
      BigDecimal shortest = exact.round(new MathContext(digits)).stripTrailingZeros();
      if (shortest.doubleValue() == value) {
        int scale = shortest.scale();
        return digits == EXACT_DIGITS || scale <= 0 || scale >= POWERS
            ? value
            : shortest.unscaledValue().longValueExact() / Double.parseDouble("1e" + scale);
      }
    }
  }

  @Override
  public void encode(Aligned word, Tokens out) {
    int n = word.length();
    if ((long) n * trie.longest() > MOST_STEPS) {
      throw new Codec.Refused(
          "it has a piece of " + trie.longest() + " characters, and the word " + n);
    }
    double[] best = new double[n + 1];
    int[] begin = new int[n + 1];
    int[] piece = new int[n + 1];
    Arrays.fill(begin, -1);
    for (int at = 0; at < n; at++) {
      boolean known = false;
      int node = Trie.ROOT;
      for (int i = at; i < n; i++) {
        node = trie.step(node, word.at(i));
        if (node < 0) {
          break;
        }
        int number = trie.number(node);
        if (number >= 0) {
          double score = scores[number] + best[at];
          if (begin[i + 1] < 0 || score > best[i + 1]) {
            best[i + 1] = score;
            begin[i + 1] = at;
            piece[i + 1] = number;
          }
          known |= i == at;
        }
      }
      double score = least - PENALTY + best[at];
      if (!known && (begin[at + 1] < 0 || score > best[at + 1])) {
        best[at + 1] = score;
        begin[at + 1] = at;
        piece[at + 1] = unknown;
      }
    }
    // The way back, turned around: each place then says where the piece that begins there ends.
    int[] end = new int[n + 1];
    for (int at = n; at > 0; at = begin[at]) {
      end[begin[at]] = at;
    }
    for (int at = 0; at < n; ) {
      int last = end[at];
      if (piece[last] != unknown) {
        out.add(piece[last], word, at, last);
      } else {
        while (last < n && piece[end[last]] == unknown) {
          last = end[last];
        }
        unknown(word, at, last, out);
      }
      at = last;
    }
  }

  private void unknown(Aligned word, int first, int last, Tokens out) {
    int number = trie.number(word, first, last);
    if (number >= 0 || bytes == null) {
      out.add(number < 0 ? unknown : number, word, first, last);
      return;
    }
    byte[] all = PieceText.bytes(word.part(first, last).toString());
    boolean each = true;
    for (byte b : all) {
      each &= bytes[b & 255] >= 0;
    }
    if (!each) {
      out.add(unknown, word, first, last);
      return;
    }
    for (byte b : all) {
      out.add(bytes[b & 255], word, first, last);
    }
  }
}
