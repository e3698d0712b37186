package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ObjIntConsumer;

/**
 * Pieces by id. Ids may have gaps, so that a piece has a second number: its rank among the ids that
 * are there.
 */
final class Vocabulary {
  /** Most ids. */
  static final int MOST = 1 << 22;

  /** Longest piece in chars. */
  static final int LONGEST = 16_384;

  private final List<String> pieces = new ArrayList<>();
  private final Map<String, Integer> ids = new HashMap<>();
  private final BitSet special = new BitSet();
  private int[] rank = {};
  private int[] id = {};
  private int own;

  /**
   * Adds a piece of the model.
   *
   * @param where the piece in the file, for the message
   */
  void add(Json where, String piece, int newId) {
    if (piece.length() > LONGEST) {
      throw where.refuse("must be at most " + LONGEST + " characters long", "a piece is not");
    }
    while (pieces.size() <= newId) {
      pieces.add(null);
    }
    if (pieces.get(newId) != null) {
      throw where.refuse(
          "must give an id to one piece",
          Text.quoted(piece) + " and " + Text.quoted(pieces.get(newId)) + " have " + newId);
    }
    if (ids.putIfAbsent(piece, newId) != null) {
      throw where.refuse("must hold each piece once", "holds " + Text.quoted(piece) + " again");
    }
    pieces.set(newId, piece);
  }

  /** Adds a label, which others may equal; {@link #id} gives the first. */
  void label(String text, int newId) {
    while (pieces.size() <= newId) {
      pieces.add(null);
    }
    ids.putIfAbsent(text, newId);
    pieces.set(newId, text);
  }

  /** The same piece under the name that the file gives it. */
  void rename(int ofId, String name) {
    ids.remove(pieces.get(ofId));
    ids.putIfAbsent(name, ofId);
    pieces.set(ofId, name);
  }

  /**
   * Numbers the pieces that have no number yet, in the order of their ids: first the model's, then
   * those beside it.
   */
  void number() {
    int before = rank.length;
    rank = Arrays.copyOf(rank, pieces.size());
    Arrays.fill(rank, before, rank.length, -1);
    int n = id.length;
    id = Arrays.copyOf(id, rank.length);
    for (int i = 0; i < rank.length; i++) {
      if (rank[i] < 0 && pieces.get(i) != null) {
        rank[i] = n;
        id[n++] = i;
      }
    }
    id = Arrays.copyOf(id, n);
    own = own == 0 ? n : own;
  }

  /** The model's pieces and their numbers. */
  void forEachOfTheModel(ObjIntConsumer<String> consumer) {
    for (int n = 0; n < own; n++) {
      consumer.accept(pieces.get(id[n]), n);
    }
  }

  /** The pieces in the order of their ranks, as they are called now. */
  List<String> ranked() {
    return Arrays.stream(id).mapToObj(pieces::get).toList();
  }

  /** Pieces and their numbers, to be found in a text. */
  static Trie trie(JsonNode pieces) {
    Trie trie = new Trie(4 * pieces.size());
    pieces.properties().forEach(e -> trie.add(e.getKey(), e.getValue().intValue()));
    return trie;
  }

  void markSpecial(int ofId) {
    special.set(ofId);
  }

  boolean special(int ofId) {
    return special.get(ofId);
  }

  /** Largest id + 1. */
  int size() {
    return pieces.size();
  }

  /** How many ids have a piece. */
  int count() {
    return id.length;
  }

  Optional<String> piece(int ofId) {
    return ofId < 0 || ofId >= pieces.size()
        ? Optional.empty()
        : Optional.ofNullable(pieces.get(ofId));
  }

  /** The id of a piece; null where it is none. */
  Integer id(String piece) {
    return ids.get(piece);
  }

  /** The rank of an id that has a piece. */
  int rank(int ofId) {
    return rank[ofId];
  }

  /** The id of a rank. */
  int idOf(int ofRank) {
    return id[ofRank];
  }
}
