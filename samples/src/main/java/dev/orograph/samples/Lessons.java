package dev.orograph.samples;

import dev.orograph.model.train.Example;
import dev.orograph.random.Generator;
import dev.orograph.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Text as examples of token ids.
 *
 * @param tokenizer of the sample
 * @param sample which
 */
record Lessons(Tokenizer tokenizer, Sample sample) {
  /** Most tokens of a line that is measured with: what the models were made for. */
  static final int MOST = 512;

  /** A gloss and its lemma, both with an end token; a gloss keeps its first tokens. */
  Example pair(Synset s) {
    return Example.pair(source(s), target(s.lemma()), PieceModel.PAD);
  }

  /** What the encoder reads of a gloss. */
  int[] source(Synset s) {
    int[] ids = ids(s.source());
    if (ids.length > sample.length()) {
      ids = Arrays.copyOf(ids, sample.length());
      ids[ids.length - 1] = PieceModel.EOS;
    }
    return ids;
  }

  /** What the decoder should write. */
  int[] target(String lemma) {
    return ids(lemma);
  }

  /** A line between its first and its last token. */
  int[] line(String text) {
    int[] ids = ids(text);
    int end = tokenizer.specials().get("eos");
    if (ids[ids.length - 1] != end) {
      ids = Arrays.copyOf(ids, ids.length + 1);
      ids[ids.length - 1] = end;
    }
    return ids;
  }

  private int[] ids(String text) {
    return tokenizer.encodeWithSpecials(text).ids().stream().mapToInt(i -> i).toArray();
  }

  /**
   * Lines in an order drawn by the seed, as many one after the other as fit into a sequence. A line
   * that is longer than a sequence goes on in the next.
   */
  List<Example> packed(List<String> lines, long seed) {
    int[] order = Generator.keyed(seed, "samples", "packed").permutation(lines.size());
    List<Example> all = new ArrayList<>();
    int[] open = new int[sample.length() + 1];
    int filled = 0;
    for (int index : order) {
      int[] line = line(lines.get(index));
      if (filled > 0 && filled + line.length > open.length) {
        if (filled > 1) { // one token alone, the end of a long line, has no next
          all.add(Example.text(Arrays.copyOf(open, filled)));
        }
        filled = 0;
      }
      for (int from = 0; from < line.length; ) {
        int n = Math.min(open.length - filled, line.length - from);
        System.arraycopy(line, from, open, filled, n);
        filled += n;
        from += n;
        if (filled == open.length) {
          all.add(Example.text(open.clone()));
          filled = 0;
        }
      }
    }
    if (filled > 1) {
      all.add(Example.text(Arrays.copyOf(open, filled)));
    }
    return all;
  }

  /** Lines by themselves, to measure with. */
  List<int[]> alone(List<String> lines) {
    return lines.stream().map(l -> IntStream.of(line(l)).limit(MOST).toArray()).toList();
  }

  /** Says how many tokens of the vocabulary training never met. */
  String unmet(IntPredicate met, int vocabulary) {
    List<Integer> missing = IntStream.range(0, vocabulary).filter(met.negate()).boxed().toList();
    String special =
        missing.stream()
            .filter(tokenizer::special)
            .map(id -> '`' + tokenizer.token(id).orElse("") + '`')
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "%,d of %,d tokens occur nowhere in what it learned from%s: their rows learned only not to"
            + " be written.",
        missing.size(),
        vocabulary,
        special.isEmpty() ? "" : ", among them " + special);
  }
}
