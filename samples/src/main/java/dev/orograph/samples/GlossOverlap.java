package dev.orograph.samples;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Answers a gloss with the lemmas of the glosses most like it: cosine of word counts, each weighed
 * by ln(glosses / glosses that have the word) (Salton and Buckley 1988, <i>Term-weighting
 * approaches in automatic text retrieval</i>). Words are runs of letters and digits, in lower case.
 */
final class GlossOverlap {
  private static final Pattern WORD = Pattern.compile("[^\\p{L}\\p{N}]+");

  private final List<Synset> learned;
  private final Map<String, List<Entry>> index = new HashMap<>();
  private final double[] norms;

  /** That a word stands so often in a gloss. */
  private record Entry(int gloss, int count) {}

  /** Learns glosses and their lemmas. */
  GlossOverlap(List<Synset> learned) {
    this.learned = List.copyOf(learned);
    for (int i = 0; i < learned.size(); i++) {
      int gloss = i;
      words(learned.get(i).definition())
          .forEach(
              (word, n) ->
                  index.computeIfAbsent(word, w -> new ArrayList<>()).add(new Entry(gloss, n)));
    }
    norms = new double[learned.size()];
    index.forEach(
        (word, entries) ->
            entries.forEach(e -> norms[e.gloss] += Math.pow(e.count * idf(word), 2)));
  }

  private static Map<String, Integer> words(String text) {
    Map<String, Integer> counts = new HashMap<>();
    WORD.splitAsStream(text.toLowerCase(Locale.ROOT))
        .filter(w -> !w.isEmpty())
        .forEach(w -> counts.merge(w, 1, Integer::sum));
    return counts;
  }

  private double idf(String word) {
    return Math.log((double) learned.size() / index.get(word).size());
  }

  /** Different lemmas, the nearest gloss first; of equally near ones the first in order. */
  List<String> answers(String definition, int count) {
    double[] products = new double[learned.size()];
    words(definition)
        .forEach(
            (word, n) -> {
              List<Entry> entries = index.getOrDefault(word, List.of());
              double weight = entries.isEmpty() ? 0 : n * idf(word) * idf(word);
              entries.forEach(e -> products[e.gloss] += weight * e.count);
            });
    Set<String> lemmas = new LinkedHashSet<>();
    // The norm of what is asked is the same for all.
    IntStream.range(0, products.length)
        .filter(i -> products[i] > 0)
        .boxed()
        .sorted(
            Comparator.<Integer>comparingDouble(i -> -products[i] / Math.sqrt(norms[i]))
                .thenComparing(i -> i))
        .map(i -> learned.get(i).lemma())
        .takeWhile(lemma -> lemmas.size() < count)
        .forEach(lemmas::add);
    return List.copyOf(lemmas);
  }
}
