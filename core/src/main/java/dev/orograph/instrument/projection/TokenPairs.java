package dev.orograph.instrument.projection;

import dev.orograph.input.Text;
import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Which row of one model stands for the same token as which row of another: the same number where
 * the vocabularies are one, else the same text. Pairs stand in the order of the second model's ids.
 */
final class TokenPairs {
  /** Fewest pairs with which anything can be said. */
  static final int FEWEST = 24;

  private final String how;
  private final String whyNot;
  private final int[] large;
  private final int[] small;

  private TokenPairs(String how, String whyNot, int[] large, int[] small) {
    this.how = how;
    this.whyNot = whyNot;
    this.large = large;
    this.small = small;
  }

  /** The matrix that is projected, or projected onto: the embedding where there is one. */
  static Parameter matrix(Model model) {
    return model.tokenMatrices().stream()
        .min(Comparator.comparing((Parameter p) -> p.role().component() == Component.HEAD))
        .orElseThrow();
  }

  /** Those of two models that have token matrices. */
  static TokenPairs of(Model a, Model b) {
    int rows = Math.toIntExact(matrix(a).tensor().rows());
    int others = Math.toIntExact(matrix(b).tensor().rows());
    Optional<Tokenizer> first = a.whyNoTokenizer().isPresent() ? Optional.empty() : a.tokenizer();
    Optional<Tokenizer> second = b.whyNoTokenizer().isPresent() ? Optional.empty() : b.tokenizer();
    if (first.isEmpty() || second.isEmpty()) {
      return rows == others
          ? same(rows, "row number: " + (first.isEmpty() ? a : b).name() + " has no tokenizer")
          : refused(
              "the vocabularies have "
                  + Text.grouped(rows)
                  + " and "
                  + Text.grouped(others)
                  + " rows, and "
                  + without(first.isEmpty() ? a : b)
                  + ", so that nothing says which row is which token");
    }
    if (rows == others && alike(first.get(), second.get(), rows)) {
      return same(rows, "id: the two vocabularies are one");
    }
    return byText(first.get(), rows, second.get(), others);
  }

  private static String without(Model model) {
    return model.name() + ": " + model.whyNoTokenizer().orElseThrow();
  }

  private static boolean alike(Tokenizer a, Tokenizer b, int rows) {
    return IntStream.range(0, rows).allMatch(i -> a.token(i).equals(b.token(i)));
  }

  private static TokenPairs same(int rows, String how) {
    int[] ids = IntStream.range(0, rows).toArray();
    return rows < FEWEST ? few(rows, rows, rows) : new TokenPairs(how, null, ids, ids);
  }

  private static TokenPairs refused(String why) {
    return new TokenPairs("", why, new int[0], new int[0]);
  }

  private static TokenPairs few(int pairs, int rows, int others) {
    return refused(
        "the vocabularies of "
            + Text.grouped(rows)
            + " and "
            + Text.grouped(others)
            + " tokens have only "
            + pairs
            + " in common, and fewer than "
            + FEWEST
            + " say nothing");
  }

  private static TokenPairs byText(Tokenizer a, int rows, Tokenizer b, int others) {
    Map<String, Integer> ids = new HashMap<>();
    Texts texts = new Texts(a, rows);
    for (int i = 0; i < rows; i++) {
      String key = texts.key(i);
      if (key != null) {
        ids.putIfAbsent(key, i);
      }
    }
    Texts theirs = new Texts(b, others);
    int[] large = new int[others];
    int[] small = new int[others];
    int n = 0;
    for (int i = 0; i < others; i++) {
      Integer id = ids.remove(theirs.key(i));
      if (id != null) {
        large[n] = id;
        small[n++] = i;
      }
    }
    return n < FEWEST
        ? few(n, rows, others)
        : new TokenPairs("text", null, Arrays.copyOf(large, n), Arrays.copyOf(small, n));
  }

  /**
   * What tokens stand for, however a vocabulary marks where a word begins: by a space in front of
   * it, or by a mark in front of what goes on within one.
   */
  private static final class Texts {
    private final Tokenizer tokenizer;
    private final boolean within;

    Texts(Tokenizer tokenizer, int rows) {
      this.tokenizer = tokenizer;
      this.within = IntStream.range(0, rows).anyMatch(this::goesOn);
    }

    /** Whether the piece is one within a word and marked as such ("##s"). */
    private boolean goesOn(int id) {
      String piece = tokenizer.token(id).orElse("");
      String text = tokenizer.text(id);
      return piece.length() > text.length() && piece.startsWith("##") && piece.endsWith(text);
    }

    /** Null for an id without a piece; the same for two that stand for the same. */
    String key(int id) {
      Optional<String> piece = tokenizer.token(id);
      if (piece.isEmpty()) {
        return null;
      }
      if (tokenizer.special(id)) {
        return "<" + piece.get();
      }
      String text = tokenizer.text(id);
      return within && !goesOn(id) ? " " + text : text;
    }
  }

  /** By what tokens were matched. */
  String how() {
    return how;
  }

  /** Why there are no pairs, or null. */
  String whyNot() {
    return whyNot;
  }

  /** Ids in the first model. */
  int[] large() {
    return large;
  }

  /** Ids in the second model. */
  int[] small() {
    return small;
  }

  /** Only the pairs of these numbers. */
  TokenPairs only(int[] which) {
    return new TokenPairs(
        how,
        whyNot,
        Arrays.stream(which).map(i -> large[i]).toArray(),
        Arrays.stream(which).map(i -> small[i]).toArray());
  }

  int size() {
    return small.length;
  }

  /** Ids of digits 0 to 9, as numbers of pairs; none where not all ten are there. */
  int[] digits(Tokenizer tokenizer) {
    Map<Integer, Integer> places = new HashMap<>();
    for (int i = 0; i < small.length; i++) {
      places.put(small[i], i);
    }
    int[] found = new int[10];
    for (int d = 0; d < found.length; d++) {
      String digit = Integer.toString(d);
      List<Integer> pieces = tokenizer.encode(digit).ids();
      Integer place =
          pieces.stream()
              .filter(i -> tokenizer.text(i).strip().equals(digit))
              .map(places::get)
              .findFirst()
              .orElse(null);
      if (place == null) {
        return new int[0];
      }
      found[d] = place;
    }
    return found;
  }
}
