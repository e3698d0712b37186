package dev.orograph.instrument.alignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orograph.checkpoint.RealCheckpoints;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.alignment.AlignmentFigures.Part;
import dev.orograph.instrument.alignment.AlignmentFigures.Stable;
import dev.orograph.lexicon.MatchedWords;
import dev.orograph.lexicon.PartOfSpeech;
import dev.orograph.lexicon.Taxonomy;
import dev.orograph.lexicon.WordNet;
import dev.orograph.linalg.Scope;
import dev.orograph.random.Generator;
import dev.orograph.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordNetAlignmentTest {
  private static MatchedWords words;
  private static Taxonomy taxonomy;
  private static JsonNode reference;

  @BeforeAll
  static void match() throws IOException {
    reference =
        new ObjectMapper()
            .readTree(WordNetAlignmentTest.class.getResourceAsStream("/reference/wordnet.json"));
    WordNet w = WordNet.loadMended();
    taxonomy = new Taxonomy(w);
    try (Tokenizer t = Tokenizer.open(RealCheckpoints.at("tokenizers/t5-small"))) {
      words = MatchedWords.of(w, n -> t.encode(n).ids(), id -> id < 32_000, false);
    }
  }

  @Test
  void theSeedsDrawIsThatOfItsProgram() {
    SeedPairs pairs = SeedPairs.draw(words, taxonomy, Generator.of(42), 3000, 500_000);
    JsonNode seed = reference.path("seed_sample");
    for (int k = 0; k < 10; k++) {
      assertThat(pairs.sample()[k]).isEqualTo(seed.path("rel_idx_first_10").get(k).intValue());
    }
    assertThat(pairs.size()).isEqualTo(seed.path("pairs_after_self_removed").intValue());
    JsonNode first = seed.path("first_100000_pairs");
    double[] s = pairs.first(100_000).similarities();
    assertThat(Arrays.stream(s).filter(v -> v > 0).count())
        .isEqualTo(first.path("valid").intValue());
    // One pair in a hundred thousand may round apart at the last place of the sum.
    assertThat(Arrays.stream(s).sum()).isEqualTo(first.path("sum").doubleValue(), within(1e-8));
    first
        .path("counts_by_value")
        .properties()
        .forEach(
            e ->
                assertThat(
                        Arrays.stream(s)
                            .filter(
                                v ->
                                    String.format(java.util.Locale.ROOT, "%.6f", v)
                                        .equals(e.getKey()))
                            .count())
                    .as(e.getKey())
                    .isEqualTo(e.getValue().longValue()));
  }

  /** Vectors that are made of the taxonomy agree with it, and vectors of chance do not. */
  @Test
  void aPlantedAlignmentIsFoundAndChanceIsNot() {
    int[] nouns =
        java.util.stream.IntStream.range(0, words.size())
            .filter(i -> words.words().pos(words.synset(i)) == PartOfSpeech.NOUN)
            .limit(300)
            .toArray();
    NounPairs pairs = new NounPairs(words, taxonomy, nouns);
    Generator g = Generator.of(3);
    int d = 64;
    try (Scope scope = new Scope()) {
      Vectors planted = new Vectors("planted", words.size(), d, scope);
      Vectors chance = new Vectors("chance", words.size(), d, scope);
      for (int i : nouns) {
        double[] sum = new double[d];
        for (int above : taxonomy.ancestors(words.synset(i))) {
          double[] own = new double[d];
          Generator.keyed(1, "synset", "" + above).standardNormal(own);
          for (int k = 0; k < d; k++) {
            sum[k] += own[k];
          }
        }
        planted.put(i, sum);
        double[] random = new double[d];
        g.standardNormal(random);
        chance.put(i, random);
      }
      float[] cosines = planted.cosines(nouns);
      assertThat(cosines[1]).isEqualTo((float) planted.cosine(nouns[0], nouns[1]), within(1e-5f));
      dev.orograph.stats.Mantel m = pairs.mantel(cosines);
      assertThat(m.value()).isGreaterThan(0.5);
      assertThat(
              dev.orograph.stats.Estimate.of(m.value()).among(m.permuted(49, Generator.of(1))).z())
          .isGreaterThan(5);
      dev.orograph.stats.Mantel none = pairs.mantel(chance.cosines(nouns));
      assertThat(
              Math.abs(
                  dev.orograph.stats.Estimate.of(none.value())
                      .among(none.permuted(49, Generator.of(1)))
                      .z()))
          .isLessThan(4);
      List<AlignmentFigures.Band> bands = pairs.bands("x", cosines, true, Generator.of(2));
      assertThat(bands.stream().mapToLong(AlignmentFigures.Band::n).sum()).isEqualTo(m.pairs());
      assertThat(bands.get(0).cosine().value())
          .isGreaterThan(bands.get(bands.size() - 1).cosine().value());
    }
  }

  /**
   * The figure of the literature is about 0 for vectors of chance as well; with disjoint means
   * chance is well below 0 and a planted hierarchy is not.
   */
  @Test
  void nestedMeansAreOrthogonalByThemselves() {
    int[] nouns =
        java.util.stream.IntStream.range(0, words.size())
            .filter(i -> words.words().pos(words.synset(i)) == PartOfSpeech.NOUN)
            .toArray();
    int d = 200;
    double[][] chance = new double[nouns.length][d];
    double[][] planted = new double[nouns.length][d];
    Generator g = Generator.of(8);
    for (int i = 0; i < nouns.length; i++) {
      g.standardNormal(chance[i]);
      for (int above : taxonomy.ancestors(words.synset(nouns[i]))) {
        double[] own = new double[d];
        Generator.keyed(1, "synset", "" + above).standardNormal(own);
        for (int k = 0; k < d; k++) {
          planted[i][k] += own[k];
        }
      }
    }
    List<AlignmentFigures.Hierarchy> noise =
        new Hierarchies(words, taxonomy, nouns, chance).measure(Generator.of(1));
    assertThat(noise.get(0).pairs()).isGreaterThan(30);
    assertThat(noise.get(0).how() + noise.get(0).words()).isEqualTo("nestedown");
    assertThat(Math.abs(noise.get(0).mean())).isLessThan(0.1);
    assertThat(noise.get(3).how() + noise.get(3).words()).isEqualTo("disjointown");
    assertThat(noise.get(3).mean()).isLessThan(-0.2);
    List<AlignmentFigures.Hierarchy> real =
        new Hierarchies(words, taxonomy, nouns, planted).measure(Generator.of(1));
    assertThat(real.get(3).mean()).isGreaterThan(noise.get(3).mean() + 0.1);
    assertThat(real.get(3).mean()).isGreaterThan(real.get(4).mean() + 0.1);
  }

  /** What the glosses gave is read back, or read anew by a process that does not see it. */
  @Tag("campaign")
  @Test
  void aSeedFindsTheSameWithoutWhatTheWordsLeft(@TempDir Path folder) {
    WordNetAlignment analysis = new WordNetAlignment();
    AlignmentSettings settings =
        analysis.settings(
            new Options(42, Options.Figures.SEED)
                .with("wordnet", "read", AlignmentSettings.GLOSSES));
    try (OneModel model =
        new OneModel(Path.of("../samples/checkpoints/t5"), "wordnet", folder, OneModel.AMPLE)) {
      AlignmentFigures whole =
          model.measure(analysis, settings, analysis.tasks(model, settings).get(0));
      List<Task<Part>> seeds = analysis.more(model, settings, List.of(whole));
      assertThat(seeds).hasSize(50);
      AlignmentFigures seen = model.measure(analysis, settings, seeds.get(7));
      assertThat(seen.stability())
          .extracting(Stable::figure, Stable::of)
          .contains(tuple("pearson", "static"), tuple("pearson", "context"));
      assertThat(analysis.measure(model, settings, seeds.get(7))).isEqualTo(seen);
      assertThat(analysis.more(model, settings, List.of(whole, seen))).isEmpty();
    }
  }
}
