package dev.orograph.instrument.alignment.modulator;

import dev.orograph.geometry.Simplex;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.alignment.Glosses;
import dev.orograph.instrument.alignment.NounPairs;
import dev.orograph.instrument.alignment.SeedPairs;
import dev.orograph.instrument.alignment.Vectors;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Band;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Measured;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Said;
import dev.orograph.lexicon.MatchedWords;
import dev.orograph.lexicon.PartOfSpeech;
import dev.orograph.lexicon.Taxonomy;
import dev.orograph.lexicon.WordNet;
import dev.orograph.linalg.Scope;
import dev.orograph.model.Model;
import dev.orograph.model.forward.Generation;
import dev.orograph.model.forward.Inputs;
import dev.orograph.model.forward.Modulator;
import dev.orograph.model.forward.Transformer;
import dev.orograph.random.Generator;
import dev.orograph.stats.Bootstrap;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Mantel;
import dev.orograph.stats.Pearson;
import dev.orograph.stats.Spearman;
import dev.orograph.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A model with the words of WordNet that are its tokens: reads their glosses with or without a
 * modulator, and sets what it reads beside WordNet. The figures of the reference notebook are drawn
 * as sections 8 to 10 draw them.
 */
final class Bench implements AutoCloseable {
  static final int FEWEST = 100;

  private static final int SAMPLE = 3000;
  private static final int PAIRS = 50_000;
  private static final int NOUNS = 1500;
  private static final int RESAMPLED = 100;
  private static final int SIMPLICES = 500;
  private static final int CORNERS = 5;
  private static final double[][] BANDS = {
    {0.5, 1}, {0.25, 0.5}, {0.1, 0.25}, {0.05, 0.1}, {0, 0.05}
  };

  private final Work work;
  private final Model model;
  private final long seed;
  private final Tokenizer tokenizer;
  private final Transformer transformer;
  private final Lexicon lexicon;
  private final Glosses glosses;
  private final Scope scope = new Scope();
  private Vectors plain;

  Bench(Work work, ModulateSettings settings) {
    this.work = work;
    this.seed = settings.seed();
    model = work.model();
    tokenizer = model.tokenizer().orElseThrow();
    transformer = Transformer.load(model);
    try {
      transformer.threads(1);
      lexicon = Lexicon.of(work, settings);
      glosses = new Glosses(transformer, tokenizer, lexicon.words());
    } catch (RuntimeException e) {
      transformer.close();
      throw e;
    }
  }

  /** The words and how far they are from each other: made once for all tasks. */
  record Lexicon(MatchedWords words, Taxonomy taxonomy) {
    private record Key(long seed, int words) {}

    static Lexicon of(Work work, ModulateSettings settings) {
      return work.once(
          new Key(settings.seed(), settings.words()),
          () -> {
            Tokenizer t = work.model().tokenizer().orElseThrow();
            WordNet words = WordNet.load();
            long rows = work.model().tokenMatrices().get(0).tensor().rows();
            MatchedWords all =
                MatchedWords.of(
                    words,
                    n -> n.length() > t.longest() ? List.of() : t.encode(n).ids(),
                    id -> id >= 0 && id < rows,
                    false);
            return new Lexicon(some(all, settings), new Taxonomy(words));
          });
    }
  }

  private static MatchedWords some(MatchedWords all, ModulateSettings settings) {
    if (settings.words() >= all.size()) {
      return all;
    }
    Generator g = Generator.keyed(settings.seed(), "modulate", "which words");
    int[] which = g.choice(all.size(), settings.words(), false);
    Arrays.sort(which);
    return all.only(which);
  }

  MatchedWords words() {
    return lexicon.words();
  }

  Taxonomy taxonomy() {
    return lexicon.taxonomy();
  }

  Tokenizer tokenizer() {
    return tokenizer;
  }

  /** What is read of each word's gloss. */
  List<int[]> glosses() {
    return glosses.ids();
  }

  /** The token that the decoder begins with. */
  int start() {
    return transformer.design().start();
  }

  private record Plain(long seed, String what) {}

  /** States without a modulator, {@code (words, d)}, as means over positions. */
  Vectors plain() {
    if (plain == null) {
      plain = made();
    }
    return plain;
  }

  private Vectors made() {
    float[][] rows =
        work.once(
            new Plain(seed, "states"),
            () -> {
              try (Scope local = new Scope()) {
                Vectors v = read(null, local);
                float[][] all = new float[v.count()][];
                for (int i = 0; i < all.length; i++) {
                  double[] x = v.get(i);
                  all[i] = new float[x.length];
                  for (int k = 0; k < x.length; k++) {
                    all[i][k] = (float) x[k];
                  }
                }
                return all;
              }
            });
    Vectors v = new Vectors("plain", rows.length, rows[0].length, scope);
    for (int i = 0; i < rows.length; i++) {
      double[] wide = new double[rows[i].length];
      for (int k = 0; k < wide.length; k++) {
        wide[k] = rows[i][k];
      }
      v.put(i, wide);
    }
    return v;
  }

  /** States with a modulator; null for without. */
  Vectors read(Modulator modulator, Scope into) {
    transformer.modulate(modulator);
    try {
      Integer pad = tokenizer.specials().get("pad");
      return glosses
          .read(work, new int[0], pad == null || pad >= transformer.vocabulary() ? 0 : pad, into)
          .get("context");
    } finally {
      transformer.modulate(null);
    }
  }

  /** What WordNet says of the words, and the model without a modulator: made once. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Ground(
      SeedPairs pairs, double[] ranks, NounPairs nouns, Mantel before, double[] resampled) {}

  private Ground ground() {
    return work.once(
        new Plain(seed, "ground"),
        () -> {
          SeedPairs pairs = SeedPairs.draw(words(), taxonomy(), Generator.of(seed), SAMPLE, PAIRS);
          int[] nouns =
              Arrays.stream(pairs.sample())
                  .filter(i -> words().words().pos(words().synset(i)) == PartOfSpeech.NOUN)
                  .limit(NOUNS)
                  .toArray();
          NounPairs all = nouns.length < 3 ? null : new NounPairs(words(), taxonomy(), nouns);
          Mantel m = all == null ? null : all.mantel(plain().cosines(nouns));
          return new Ground(
              pairs,
              Spearman.ranks(pairs.similarities()),
              all,
              m,
              m == null ? null : m.resampled(RESAMPLED, generator()));
        });
  }

  /** The same words in every sample, so that figures may be compared sample by sample. */
  private Generator generator() {
    return Generator.keyed(seed, "modulate", "words");
  }

  /**
   * Measures an encoder.
   *
   * @param modulator null for none
   * @param heldOut its loss, or null
   */
  Measured measure(Modulator modulator, Double heldOut) {
    work.checkCancelled();
    Ground g = ground();
    Vectors plain = plain();
    try (Scope local = new Scope()) {
      Vectors v = modulator == null ? plain : read(modulator, local);
      double[] own = new double[v.count()];
      Arrays.setAll(own, i -> v.norm(i) == 0 ? 0 : cosine(plain, v, i));
      double mean = Arrays.stream(own).average().orElseThrow();
      double[] s = g.pairs().similarities();
      double[] c = g.pairs().cosines(v);
      Estimate nouns = null;
      Estimate gain = null;
      List<Double> draws = List.of();
      if (g.nouns() != null) {
        Mantel m = g.nouns().mantel(v.cosines(g.nouns().members()));
        double[] resampled = m.resampled(RESAMPLED, generator());
        draws = Arrays.stream(resampled).filter(Double::isFinite).boxed().toList();
        double[] more = new double[RESAMPLED];
        Arrays.setAll(more, i -> resampled[i] - g.resampled()[i]);
        nouns = finite(m.value(), resampled);
        gain = finite(m.value() - g.before().value(), more);
      }
      return new Measured(
          mean,
          Math.sqrt(Arrays.stream(own).map(x -> (x - mean) * (x - mean)).average().orElse(0)),
          Pearson.of(s, c),
          Pearson.of(g.ranks(), Spearman.ranks(c)),
          gradient(s, c),
          nouns,
          draws,
          gain,
          variation(v, modulator != null),
          heldOut,
          bands(s, c));
    }
  }

  private static Estimate finite(double value, double[] draws) {
    return Double.isFinite(value) ? Bootstrap.around(Estimate.of(value), draws) : null;
  }

  private static double cosine(Vectors a, Vectors b, int i) {
    double[] x = a.unit(i);
    double[] y = b.unit(i);
    return IntStream.range(0, x.length).mapToDouble(k -> x[k] * y[k]).sum();
  }

  private static Double gradient(double[] s, double[] c) {
    double near = mean(s, c, 0.25, 2);
    double far = mean(s, c, 0, 0.1);
    return Double.isFinite(near - far) ? (Double) (near - far) : null;
  }

  private static double mean(double[] s, double[] c, double low, double high) {
    return IntStream.range(0, s.length)
        .filter(k -> s[k] >= low && s[k] < high)
        .mapToDouble(k -> c[k])
        .average()
        .orElse(Double.NaN);
  }

  private static List<Band> bands(double[] s, double[] c) {
    List<Band> all = new ArrayList<>();
    for (double[] b : BANDS) {
      double high = b[1] == 1 ? 2 : b[1]; // the first includes its upper end
      long n = Arrays.stream(s).filter(x -> x >= b[0] && x < high).count();
      if (n >= CORNERS) {
        all.add(new Band(b[0], b[1], n, mean(s, c, b[0], high)));
      }
    }
    return all;
  }

  /** CV of the volumes of five states; the notebook draws on for the second encoder. */
  private Double variation(Vectors v, boolean second) {
    if (v.count() < CORNERS) {
      return null;
    }
    Generator g = Generator.of(seed);
    for (int k = 0; second && k < SIMPLICES; k++) {
      g.choice(v.count(), CORNERS, false);
    }
    return variation(v, g, v.width());
  }

  /**
   * The CV of the volumes of five states along their first dimensions.
   *
   * @param dimensions how many: 8 in the notebook's own check, where a Gaussian gives .61
   */
  static Double variation(Vectors v, Generator g, int dimensions) {
    Simplex simplex = new Simplex(CORNERS - 1, dimensions);
    double[] points = new double[CORNERS * dimensions];
    List<Double> volumes = new ArrayList<>();
    for (int k = 0; k < SIMPLICES; k++) {
      int[] which = g.choice(v.count(), CORNERS, false);
      for (int p = 0; p < CORNERS; p++) {
        System.arraycopy(v.get(which[p]), 0, points, p * dimensions, dimensions);
      }
      double volume = simplex.volume(points);
      if (volume > 0) {
        volumes.add(volume);
      }
    }
    double mean = volumes.stream().mapToDouble(x -> x).average().orElse(0);
    double squares = volumes.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
    return mean > 0 ? (Double) (Math.sqrt(squares / volumes.size()) / mean) : null;
  }

  /** What the model answers without and with a modulator, always the likeliest token. */
  List<Said> talk(Modulator modulator, List<String> prompts, int most) {
    List<Said> all = new ArrayList<>();
    for (String prompt : prompts) {
      work.checkCancelled();
      int[] ids =
          Glosses.cut(tokenizer, prompt, 512).stream().mapToInt(Integer::intValue).toArray();
      String plain = answer(null, ids, most);
      String modulated = answer(modulator, ids, most);
      List<Integer> a = encoded(plain);
      List<Integer> b = encoded(modulated);
      int both = Math.min(a.size(), b.size());
      long differ = IntStream.range(0, both).filter(i -> !a.get(i).equals(b.get(i))).count();
      int longer = Math.max(a.size(), b.size());
      all.add(new Said(prompt, plain, modulated, (int) differ + longer - both, longer));
    }
    return all;
  }

  private List<Integer> encoded(String text) {
    return text.isEmpty() || text.length() > tokenizer.longest()
        ? List.of()
        : tokenizer.encodeWithSpecials(text).ids();
  }

  private String answer(Modulator modulator, int[] ids, int most) {
    transformer.modulate(modulator);
    try {
      Generation how = Generation.greedy(most, transformer.design().ends());
      int[] said = transformer.generate(Inputs.ids(ids), how, Generation.Listener.NONE).get(0);
      return tokenizer.decode(Arrays.stream(said).boxed().toList(), true);
    } finally {
      transformer.modulate(null);
    }
  }

  @Override
  public void close() {
    scope.close();
    transformer.close();
  }
}
