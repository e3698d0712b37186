package dev.orograph.lexicon;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntPredicate;

/**
 * The words of WordNet that a tokenizer knows: synset by synset and word by word, each token once,
 * with the first synset whose gloss has more than ten characters.
 */
public final class MatchedWords {
  private static final int SHORT = 10;

  private final WordNet words;
  private final List<String> names = new ArrayList<>();
  private final List<int[]> tokens = new ArrayList<>();
  private final List<Integer> synsets = new ArrayList<>();
  private final Map<String, Integer> senses = new HashMap<>();

  private MatchedWords(WordNet words) {
    this.words = words;
  }

  /**
   * Matches.
   *
   * @param encode text to ids, without special tokens around it
   * @param known whether there is a row for an id
   * @param several whether words of several tokens match too, each sequence of tokens once
   */
  public static MatchedWords of(
      WordNet words, Function<String, List<Integer>> encode, IntPredicate known, boolean several) {
    MatchedWords all = new MatchedWords(words);
    Map<String, int[]> ids = new HashMap<>();
    Set<List<Integer>> seen = new HashSet<>();
    for (int s = 0; s < words.size(); s++) {
      for (String lemma : words.lemmas(s)) {
        String name = lemma.replace('_', ' ');
        all.senses.merge(name, 1, Integer::sum);
        int[] of =
            ids.computeIfAbsent(
                name, n -> encode.apply(n).stream().mapToInt(Integer::intValue).toArray());
        if (of.length == 0
            || (of.length > 1 && !several)
            || !Arrays.stream(of).allMatch(known)
            || words.definition(s).length() <= SHORT
            || !seen.add(Arrays.stream(of).boxed().toList())) {
          continue;
        }
        all.names.add(name);
        all.tokens.add(of);
        all.synsets.add(s);
      }
    }
    return all;
  }

  /** Some of them, in this order. */
  public MatchedWords only(int[] which) {
    MatchedWords some = new MatchedWords(words);
    some.senses.putAll(senses);
    for (int i : which) {
      some.names.add(names.get(i));
      some.tokens.add(tokens.get(i));
      some.synsets.add(synsets.get(i));
    }
    return some;
  }

  /** How many there are. */
  public int size() {
    return names.size();
  }

  /** The word, spaces for underscores. */
  public String name(int i) {
    return names.get(i);
  }

  /** Its synset. */
  public int synset(int i) {
    return synsets.get(i);
  }

  /** Its tokens. */
  public int[] tokens(int i) {
    return tokens.get(i).clone();
  }

  /** How many synsets have the word, of any part of speech. */
  public int senses(int i) {
    return senses.get(names.get(i));
  }

  /** WordNet. */
  public WordNet words() {
    return words;
  }

  /**
   * SHA-256 of the lines {@code name|pos|offset|token} (several tokens by commas), which tells two
   * lists apart.
   */
  public String sha256() {
    return sha256(words::offset);
  }

  /** The same with offsets of another edition of the files. */
  public String sha256(java.util.function.IntUnaryOperator offset) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (int i = 0; i < size(); i++) {
        int s = synset(i);
        String ids = Arrays.toString(tokens.get(i)).replaceAll("[\\[\\] ]", "");
        digest.update(
            (name(i) + "|" + words.pos(s).letter() + "|" + offset.applyAsInt(s) + "|" + ids + "\n")
                .getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Chains of matched words by first hypernyms: from each synset that is matched, itself first, at
   * most ten steps up, at least three words. What something is an instance of is left out.
   *
   * @return numbers of matched words
   */
  public List<int[]> chains() {
    Map<Integer, Integer> first = new java.util.LinkedHashMap<>();
    for (int i = 0; i < size(); i++) {
      first.putIfAbsent(synset(i), i);
    }
    List<int[]> chains = new ArrayList<>();
    for (Map.Entry<Integer, Integer> e : first.entrySet()) {
      List<Integer> chain = new ArrayList<>(List.of(e.getValue()));
      int current = e.getKey();
      for (int step = 0; step < SHORT; step++) {
        List<Integer> above = words.hypernyms(current);
        if (above.isEmpty()) {
          break;
        }
        current = above.get(0);
        if (first.containsKey(current)) {
          chain.add(first.get(current));
        }
      }
      if (chain.size() >= 3) {
        chains.add(chain.stream().mapToInt(Integer::intValue).toArray());
      }
    }
    return chains;
  }
}
