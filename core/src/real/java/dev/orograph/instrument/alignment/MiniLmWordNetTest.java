package dev.orograph.instrument.alignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Task;
import dev.orograph.lexicon.MatchedWords;
import dev.orograph.lexicon.PartOfSpeech;
import dev.orograph.lexicon.Taxonomy;
import dev.orograph.lexicon.WordNet;
import dev.orograph.linalg.Scope;
import dev.orograph.model.BundledCheckpoint;
import dev.orograph.model.Model;
import dev.orograph.random.Generator;
import dev.orograph.stats.Pearson;
import dev.orograph.stats.Spearman;
import dev.orograph.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** all-MiniLM-L6-v2 against NLTK and PyTorch on the same files. */
@Tag("real")
class MiniLmWordNetTest {
  /** States are float32, added up in another order. */
  private static final double SINGLE = 1e-4;

  private static JsonNode reference;
  private static AlignmentFigures figures;
  private static MatchedWords words;
  private static Taxonomy taxonomy;
  private static Path arrays;

  @BeforeAll
  static void measure(@TempDir Path folder) throws IOException {
    reference =
        new ObjectMapper()
            .readTree(
                MiniLmWordNetTest.class.getResourceAsStream("/reference/real/minilm_wordnet.json"));
    WordNet w = WordNet.load();
    taxonomy = new Taxonomy(w);
    Path minilm = Path.of(BundledCheckpoint.MINILM.id());
    try (Model model = Model.open(minilm)) {
      Tokenizer t = model.tokenizer().orElseThrow();
      words = MatchedWords.of(w, n -> t.encode(n).ids(), id -> true, false);
      for (int i = 0; i < 5; i++) {
        List<Integer> ids = Glosses.cut(t, "summarize: " + w.definition(words.synset(i)), 128);
        JsonNode expected = reference.path("first_5_token_ids").get(i);
        assertThat(ids).hasSameSizeAs(expected);
        for (int k = 0; k < ids.size(); k++) {
          assertThat(ids.get(k)).isEqualTo(expected.get(k).intValue());
        }
      }
    }
    WordNetAlignment analysis = new WordNetAlignment();
    try (OneModel work = new OneModel(minilm, "wordnet", folder, 4L << 30)) {
      AlignmentSettings settings =
          analysis.settings(
              new Options(42, Options.Figures.SEED).with("wordnet", "read", "glosses"));
      Task<AlignmentFigures.Part> task = analysis.tasks(work, settings).get(0);
      figures = work.measure(analysis, settings, task);
    }
    try (java.util.stream.Stream<Path> files = java.nio.file.Files.walk(folder)) {
      arrays = files.filter(f -> f.endsWith("wordnet.safetensors")).findFirst().orElseThrow();
    }
  }

  private static Vectors vectors(String name, Scope scope) {
    try (Checkpoint c = Checkpoint.open(arrays);
        TensorData data = c.map(c.tensor(name).orElseThrow())) {
      int d = Math.toIntExact(data.info().columns());
      Vectors all = new Vectors(name, words.size(), d, scope);
      double[] row = new double[d];
      for (int i = 0; i < words.size(); i++) {
        data.read((long) i * d, row, 0, d);
        all.put(i, row);
      }
      return all;
    }
  }

  @Test
  void theWordsAreThoseOfTheReference() {
    assertThat(words.size()).isEqualTo(reference.path("matched").intValue());
    assertThat(words.sha256()).isEqualTo(reference.path("lines_sha256").textValue());
    assertThat(figures.counts().matched()).isEqualTo(words.size());
    assertThat(figures.counts().chains()).isEqualTo(reference.path("chains").intValue());
    assertThat(figures.counts().byPos().get(PartOfSpeech.NOUN.number()))
        .isEqualTo(reference.at("/matched_by_pos/n").intValue());
  }

  @Test
  void normsAndDecayAgree() {
    for (AlignmentFigures.Norms n : figures.readings()) {
      JsonNode expected = reference.path(n.of() + "_norm");
      assertThat(n.mean()).isEqualTo(expected.get(0).doubleValue(), within(SINGLE));
      assertThat(n.deviation()).isEqualTo(expected.get(1).doubleValue(), within(SINGLE));
      if (n.cosine() != null) {
        JsonNode cosine = reference.path("static_context_cosine");
        assertThat(n.cosine()).isEqualTo(cosine.get(0).doubleValue(), within(SINGLE));
        assertThat(n.spread()).isEqualTo(cosine.get(1).doubleValue(), within(SINGLE));
      }
    }
    for (JsonNode row : reference.path("decay")) {
      for (int k = 0; k < 2; k++) {
        String of = k == 0 ? "static" : "context";
        AlignmentFigures.Decay d =
            figures.decays().stream()
                .filter(x -> x.seed() && x.of().equals(of) && x.steps() == row.get(0).intValue())
                .findFirst()
                .orElseThrow();
        assertThat(d.n()).isEqualTo(row.get(1).intValue());
        assertThat(d.cosine().value()).isEqualTo(row.get(2 + k).doubleValue(), within(SINGLE));
      }
    }
  }

  @Test
  void correlationsAndBandsOfTheFirstPairsAgree() {
    SeedPairs all = SeedPairs.draw(words, taxonomy, Generator.of(42), 3000, 500_000);
    SeedPairs pairs = all.first(reference.path("pairs_used").intValue());
    try (Scope scope = new Scope()) {
      for (String of : List.of("static", "context")) {
        Vectors v = vectors(of, scope);
        agree("seed_all_pairs", pairs, v);
        agree("sound_nouns", pairs.of(p -> p == PartOfSpeech.NOUN), v);
        agree("sound_verbs", pairs.of(p -> p == PartOfSpeech.VERB), v);
        List<AlignmentFigures.Band> bands =
            SeedFigures.bands(of, pairs.similarities(), pairs.cosines(v));
        assertThat(bands).hasSameSizeAs(reference.path("bands"));
        for (int b = 0; b < bands.size(); b++) {
          JsonNode row = reference.path("bands").get(b);
          assertThat(bands.get(b).n()).isEqualTo(row.get(2).longValue());
          assertThat(bands.get(b).cosine().value())
              .isEqualTo(row.get(of.equals("static") ? 3 : 4).doubleValue(), within(SINGLE));
        }
      }
    }
    double thirds =
        pairs.of(p -> p != PartOfSpeech.NOUN && p != PartOfSpeech.VERB).size()
            / (double) pairs.size();
    assertThat(thirds).isEqualTo(reference.path("made_up_thirds_share").doubleValue());
  }

  private static void agree(String key, SeedPairs pairs, Vectors v) {
    JsonNode expected = reference.path(key);
    assertThat(pairs.size()).isEqualTo(expected.path("n").intValue());
    double[] s = pairs.similarities();
    double[] c = pairs.cosines(v);
    assertThat(Pearson.of(s, c))
        .as(key + v.name())
        .isEqualTo(expected.path(v.name() + "_pearson").doubleValue(), within(SINGLE));
    assertThat(Pearson.of(Spearman.ranks(s), Spearman.ranks(c)))
        .as(key + v.name())
        .isEqualTo(expected.path(v.name() + "_spearman").doubleValue(), within(SINGLE));
  }
}
