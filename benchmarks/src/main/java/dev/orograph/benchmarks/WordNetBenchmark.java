package dev.orograph.benchmarks;

import dev.orograph.lexicon.PartOfSpeech;
import dev.orograph.lexicon.Taxonomy;
import dev.orograph.lexicon.WordNet;
import dev.orograph.random.Generator;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Similarities of WordNet by pairs, start of the JVM and reading of the lexicon included: path
 * similarity of drawn pairs of all synsets (argument: how many, default ten million), and the
 * matrix of Wu and Palmer's of 3,000 drawn nouns, both ways since NLTK's is not symmetric.
 */
public final class WordNetBenchmark {
  private static final int NOUNS = 3000;

  private WordNetBenchmark() {}

  /** Prints a line for each. */
  public static void main(String[] args) {
    int pairs = args.length > 0 ? Integer.parseInt(args[0]) : 10_000_000;
    WordNet words = WordNet.load();
    Taxonomy taxonomy = new Taxonomy(words);
    told("lexicon read", words.size());
    Generator g = Generator.of(1);
    int[] first = g.choice(words.size(), pairs, true);
    int[] second = g.choice(words.size(), pairs, true);
    double sum = 0;
    for (int k = 0; k < pairs; k++) {
      sum += taxonomy.path(first[k], second[k]);
    }
    told("path similarities, mean " + sum / pairs, pairs);
    IntPredicate noun = s -> words.pos(s) == PartOfSpeech.NOUN;
    int[] nouns = IntStream.range(0, words.size()).filter(noun).toArray();
    int[] drawn = g.choice(nouns.length, NOUNS, false);
    double total = 0;
    for (int a : drawn) {
      for (int b : drawn) {
        total += taxonomy.wuPalmer(nouns[a], nouns[b]);
      }
    }
    told("Wu-Palmer similarities, mean " + total / NOUNS / NOUNS, NOUNS * NOUNS);
  }

  private static void told(String what, int count) {
    double since = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    long worked =
        ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime();
    System.out.printf(
        Locale.ROOT,
        "%,d %s: %.2f s since the start, %.2f s of processor time%n",
        count,
        what,
        since / 1e3,
        worked / 1e9);
  }
}
