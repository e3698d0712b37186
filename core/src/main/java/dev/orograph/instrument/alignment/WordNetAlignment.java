package dev.orograph.instrument.alignment;

import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Place;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.alignment.AlignmentFigures.Part;
import dev.orograph.linalg.RowProducts;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Whether words that are close in WordNet are close in a model. */
public final class WordNetAlignment
    implements Instrument<AlignmentSettings, Part, AlignmentFigures> {
  /** Slices of a pass that are computed side by side at most; their number changes no digit. */
  private static final int SIDE_BY_SIDE = 8;

  private static final int LEMMAS = 148_730;
  private static final int LAYERS = 2;
  private static final long BESIDE = 96L << 20;

  /** What the path between two words costs, in multiplications of a cosine. */
  private static final int PATH = 500;

  private static final String WORDS = "words";

  private static final Card CARD =
      new Card(
          "wordnet",
          "WordNet alignment",
          "model",
          2,
          "whether words that are close in WordNet have similar vectors, as rows and in context",
          "Words of WordNet 3.0 that are one token, each with its first synset; cosines of their"
              + " rows, and of the mean final states over 'summarize: ' and the gloss (at most 128"
              + " tokens), against path similarity 1 / (steps + 1). Seed: Pearson and Spearman over"
              + " 500,000 drawn pairs of 3,000 words of all parts of speech. Sound: all pairs of"
              + " 1,500 nouns, and of verbs; chance from words permuted in one of the two (Mantel),"
              + " intervals from words resampled; frequency rank (token id), length and polysemy"
              + " taken out by regression on their differences and sums.",
          "seed 003 sections 2 and 3; Mantel 1967; Nili et al. 2014; Park et al. 2024",
          "A word stands for the first of its synsets in WordNet's files, which is often not its"
              + " usual sense. Two adjectives or adverbs have a similarity of 1/3 whatever they"
              + " mean. Glosses of related words share words, so that contexts of any network agree"
              + " with WordNet to some degree: the curve by layer begins with the mean of the token"
              + " vectors, and the untrained model of the same shape is the control. Resampling"
              + " holds ranks and the list of words fixed.",
          List.of(
              "Mantel, N. (1967). The detection of disease clustering and a generalized regression"
                  + " approach. Cancer Research 27.",
              "Smouse, P., Long, J. & Sokal, R. (1986). Multiple regression and correlation"
                  + " extensions of the Mantel test. Systematic Zoology 35.",
              "Nili, H. et al. (2014). A toolbox for representational similarity analysis. PLoS"
                  + " Computational Biology 10.",
              "Wu, Z. & Palmer, M. (1994). Verb semantics and lexical selection. ACL.",
              "Park, K., Choe, Y. J., Jiang, Y. & Veitch, V. (2024). The geometry of categorical"
                  + " and hierarchical concepts in large language models. arXiv 2406.01506.",
              "Fellbaum, C. (1998). WordNet: an electronic lexical database. MIT Press."));

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS, Need.TOKEN_MATRIX, Need.TOKENIZER);
  }

  @Override
  public Choices<AlignmentSettings> choices() {
    return AlignmentSettings.CHOICES;
  }

  @Override
  public Class<AlignmentFigures> resultType() {
    return AlignmentFigures.class;
  }

  @Override
  public Optional<String> obstacle(Work work, AlignmentSettings settings) {
    if (settings.read().isEmpty()) {
      return Optional.of("it takes minutes and is asked for by itself: orograph wordnet MODEL");
    }
    return work.noRoom("the words' states need", bytes(work.model(), settings));
  }

  private static long bytes(Model model, AlignmentSettings settings) {
    Parameter embedding = model.tokenMatrices().get(0);
    long words = settings.several() ? LEMMAS : Math.min(LEMMAS, embedding.tensor().rows());
    long d = embedding.tensor().columns();
    long layers =
        settings.glosses() && model.recognised()
            ? model.spec().stacks().stream().mapToLong(s -> s.layers()).max().orElse(0) + LAYERS
            : 0;
    long vectors = Float.BYTES * d * (words * 3 + layers * AlignmentMeasurement.SAMPLE);
    long metric = 32L * d * d;
    return (settings.glosses() ? 4 * model.count() : 0)
        + vectors
        + metric
        + RowProducts.bytes(AlignmentMeasurement.MOST, d)
        + BESIDE;
  }

  @Override
  public List<Task<Part>> tasks(Work work, AlignmentSettings settings) {
    Model model = work.model();
    double tokens = settings.glosses() ? 30.0 * 10_000 : 100;
    return List.of(
        new Task<>(
            WORDS,
            Place.MODEL,
            tokens * (1.0 + model.count()),
            bytes(model, settings),
            settings.glosses() ? SIDE_BY_SIDE : 1,
            Part.WORDS));
  }

  /**
   * The seeds, once the words have vectors. They need not read glosses where they see what the
   * words' task left, but may have to.
   */
  @Override
  public List<Task<Part>> more(
      Work work, AlignmentSettings settings, List<AlignmentFigures> before) {
    if (before.size() > 1 || before.get(0).fault() != null) {
      return List.of();
    }
    long width = work.model().tokenMatrices().get(0).tensor().columns();
    double cost = SeedFigures.PAIRS * (AlignmentMeasurement.READINGS * (double) width + PATH);
    return IntStream.range(0, SeedFigures.SEEDS)
        .mapToObj(
            seed ->
                Task.of(
                    "seed " + seed,
                    Place.MODEL,
                    cost,
                    bytes(work.model(), settings),
                    new Part(seed)))
        .toList();
  }

  @Override
  public AlignmentFigures measure(Work work, AlignmentSettings settings, Task<Part> task) {
    if (task.detail().seed() != Part.NO_SEED) {
      return AlignmentFigures.drawn(
          SeedFigures.stability(
              Readings.of(work, settings, work.left(WORDS)), task.detail().seed()));
    }
    return new AlignmentMeasurement(work, settings, task.sideBySide()).figures();
  }

  @Override
  public Section conclude(AlignmentSettings settings, List<AlignmentFigures> results) {
    return new AlignmentSection(CARD, settings, results.get(0), SeedFigures.together(results))
        .section();
  }
}
