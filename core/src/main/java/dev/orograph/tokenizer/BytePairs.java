package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;

/**
 * Byte-pair encoding (Sennrich et al., arXiv:1508.07909): the characters of a word, of which the
 * two neighbours whose merge comes first in the list become one, again and again; of equal ones the
 * leftmost.
 */
final class BytePairs implements Model {
  private final LongMap merges;
  private final int[] merged;
  private final LongMap characters;
  private final Trie whole;
  private final String prefix;
  private final String suffix;
  private final int unknown;
  private final boolean fuse;
  private final int[] bytes;

  /** A model that {@link ModelJson} has checked. */
  BytePairs(JsonNode model) {
    JsonNode vocab = model.get("vocab");
    JsonNode list = model.get("merges");
    prefix = model.path("continuing_subword_prefix").asText("");
    suffix = model.path("end_of_word_suffix").asText("");
    merges = new LongMap(list.size());
    merged = new int[list.size()];
    for (int rank = 0; rank < merged.length; rank++) {
      String left = list.get(rank).get(0).textValue();
      String right = list.get(rank).get(1).textValue();
      merged[rank] = vocab.get(left + right.substring(prefix.length())).intValue();
      merges.put(pair(vocab.get(left).intValue(), vocab.get(right).intValue()), rank);
    }
    characters = new LongMap(1024);
    vocab.properties().forEach(e -> characters(e.getKey(), e.getValue().intValue()));
    whole = model.get("ignore_merges").booleanValue() ? Vocabulary.trie(vocab) : null;
    unknown =
        model.has("unk_token") ? vocab.get(model.get("unk_token").textValue()).intValue() : -1;
    fuse = model.get("fuse_unk").booleanValue();
    bytes = model.get("byte_fallback").booleanValue() ? new int[Bytes.COUNT] : null;
    for (int b = 0; bytes != null && b < bytes.length; b++) {
      bytes[b] = vocab.path(Bytes.piece(b)).asInt(-1);
    }
  }

  /** Keeps a piece that is one character, at the beginning, the end, or elsewhere in a word. */
  private void characters(String piece, int number) {
    for (int place = 0; place < 4; place++) {
      String before = (place & 1) == 0 ? prefix : "";
      String behind = (place & 2) == 0 ? "" : suffix;
      int n = piece.length() - before.length() - behind.length();
      if (n > 0 && piece.startsWith(before) && piece.endsWith(behind)) {
        int c = piece.codePointAt(before.length());
        if (Character.charCount(c) == n) {
          characters.put((long) place << 21 | c, number);
        }
      }
    }
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | right;
  }

  @Override
  public void encode(Aligned word, Tokens out) {
    int number = whole == null ? -1 : whole.number(word, 0, word.length());
    if (number >= 0) {
      out.add(number, word, 0, word.length());
      return;
    }
    Symbols symbols = new Symbols(word);
    symbols.merge();
    symbols.into(out);
  }

  /** The symbols of one word, with their lengths in bytes. */
  private final class Symbols {
    private final Aligned word;
    private int[] number;
    private int[] length;
    private int[] next;
    private int[] before;
    private int n;

    Symbols(Aligned word) {
      this.word = word;
      this.number = new int[word.length()];
      this.length = new int[word.length()];
      int fused = 0;
      for (int i = 0; i < word.length(); i++) {
        int c = word.at(i);
        int place = (i == 0 ? 1 : 0) | (i == word.length() - 1 ? 2 : 0);
        int known = characters.get((long) place << 21 | c);
        int size = PieceText.utf8Length(c);
        if (known >= 0) {
          fused = unknown(fused);
          add(known, size);
        } else if (!(bytes != null && bytes(c, place)) && unknown >= 0) {
          // An unknown piece that waits stays behind bytes, as in the library.
          fused = (fuse ? fused : unknown(fused)) + size;
        }
      }
      unknown(fused);
      next = new int[n];
      before = new int[n];
      for (int i = 0; i < n; i++) {
        next[i] = i + 1;
        before[i] = i - 1;
      }
    }

    private int unknown(int size) {
      if (size > 0) {
        add(unknown, size);
      }
      return 0;
    }

    private boolean bytes(int c, int place) {
      String text =
          ((place & 1) == 0 ? prefix : "")
              + Character.toString(c)
              + ((place & 2) == 0 ? "" : suffix);
      byte[] all = PieceText.bytes(text);
      for (byte b : all) {
        if (bytes[b & 255] < 0) {
          return false;
        }
      }
      for (byte b : all) {
        add(bytes[b & 255], 1);
      }
      return true;
    }

    private void add(int symbol, int size) {
      if (n == number.length) {
        number = Arrays.copyOf(number, 2 * n + 4);
        length = Arrays.copyOf(length, 2 * n + 4);
      }
      number[n] = symbol;
      length[n++] = size;
    }

    /** Merges, the first in the list first. */
    void merge() {
      Queue queue = new Queue(n);
      for (int i = 0; i + 1 < n; i++) {
        offer(queue, i);
      }
      while (!queue.isEmpty()) {
        long top = queue.poll();
        int at = (int) top;
        int right = next[at];
        if (length[at] == 0 || right == n) {
          continue;
        }
        int rank = merges.get(pair(number[at], number[right]));
        // What stood in the queue may have been merged with something else since.
        if (rank < 0 || merged[rank] != merged[(int) (top >>> 32)]) {
          continue;
        }
        number[at] = merged[rank];
        length[at] += length[right];
        length[right] = 0;
        next[at] = next[right];
        if (next[at] < n) {
          before[next[at]] = at;
          offer(queue, at);
        }
        if (before[at] >= 0) {
          offer(queue, before[at]);
        }
      }
    }

    private void offer(Queue queue, int at) {
      int rank = merges.get(pair(number[at], number[next[at]]));
      if (rank >= 0) {
        queue.add((long) rank << 32 | at);
      }
    }

    /** Adds the symbols that are left; a part of a character stands for all of it. */
    void into(Tokens out) {
      int all = 0;
      for (int i = 0; i < n; i = next[i]) {
        all += length[i];
      }
      int[] places = all == word.length() && word.below(128) ? null : places();
      int at = 0;
      for (int i = 0; i < n; i = next[i]) {
        int end = at + length[i];
        if (places == null) {
          out.add(number[i], word, at, end);
        } else {
          // Bytes of a suffix lie behind the last character.
          int most = places.length - 1;
          out.add(number[i], word, places[Math.min(at, most)], places[Math.min(end - 1, most)] + 1);
        }
        at = end;
      }
    }

    /** The character that each byte of the word belongs to. */
    private int[] places() {
      int[] places = new int[4 * word.length()];
      int size = 0;
      for (int i = 0; i < word.length(); i++) {
        int last = size + PieceText.utf8Length(word.at(i));
        Arrays.fill(places, size, last, i);
        size = last;
      }
      return Arrays.copyOf(places, size);
    }
  }

  /** Numbers, the least first. */
  private static final class Queue {
    private long[] heap;
    private int size;

    Queue(int expected) {
      heap = new long[expected + 1];
    }

    boolean isEmpty() {
      return size == 0;
    }

    void add(long value) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, 2 * size + 2);
      }
      int at = size++;
      while (at > 0 && heap[(at - 1) / 2] > value) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
      }
      heap[at] = value;
    }

    long poll() {
      long least = heap[0];
      long last = heap[--size];
      int at = 0;
      while (2 * at + 1 < size) {
        int child = 2 * at + 1;
        child += child + 1 < size && heap[child + 1] < heap[child] ? 1 : 0;
        if (heap[child] >= last) {
          break;
        }
        heap[at] = heap[child];
        at = child;
      }
      heap[at] = last;
      return least;
    }
  }
}
