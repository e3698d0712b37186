package dev.orograph.instrument.projection;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Nothing;
import dev.orograph.instrument.Task.Place;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.NearestNeighbours;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.util.List;
import java.util.Optional;

/** Whether the tokens of a larger model lie as those of a smaller one, up to a rotation. */
public final class Projection
    implements Instrument<ProjectionSettings, Nothing, ProjectionFigures> {
  private static final int THREADS = 2;

  private static final Card CARD =
      new Card(
          "project",
          "Projection onto another model",
          "pair of models",
          1,
          "whether tokens of a larger model, projected and rotated onto a smaller one, lie where"
              + " that has them",
          "Rows of the larger model along as many principal components as the smaller one is wide,"
              + " then the orthogonal Procrustes rotation that brings 10,000 anchors nearest to"
              + " their rows in the smaller one: R = U V' with A'B = U S V'. 5,000 other tokens"
              + " judge it: cosine with their own rows, correlation of the cosines of their pairs,"
              + " the share of variance explained, what is left. Chance: rotations fitted to"
              + " shuffled anchors, tokens permuted in one model. Debiased CKA and mutual nearest"
              + " neighbours need no rotation. Where both are as wide the same figures without any"
              + " rotation stand beside: what they have of it, a shared start explains.",
          "seed 003 section 13b; Schonemann 1966; Huh et al. 2024",
          "Two models that were trained from one start agree without having found the same geometry"
              + " anew: shared_start says whether these were. A rotation has d (d - 1) / 2 numbers,"
              + " so that with few anchors it fits anything: only held-out tokens judge it."
              + " Cosines of uncentred rows agree where both have a common direction. Tokens that"
              + " both models leave as they began agree too. Pairs of tokens depend on each other,"
              + " intervals of means take tokens as independent.",
          List.of(
              "Schonemann, P. H. (1966). A generalized solution of the orthogonal Procrustes"
                  + " problem. Psychometrika 31.",
              "Kornblith, S. et al. (2019). Similarity of neural network representations revisited."
                  + " ICML.",
              "Huh, M., Cheung, B., Wang, T. & Isola, P. (2024). The Platonic representation"
                  + " hypothesis. ICML.",
              "Mantel, N. (1967). The detection of disease clustering and a generalized regression"
                  + " approach. Cancer Research 27."));

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Needs needs() {
    return Needs.twoModels(Need.PLAIN_WEIGHTS, Need.TOKEN_MATRIX);
  }

  @Override
  public Choices<ProjectionSettings> choices() {
    return ProjectionSettings.CHOICES;
  }

  @Override
  public Class<ProjectionFigures> resultType() {
    return ProjectionFigures.class;
  }

  @Override
  public Optional<String> obstacle(Work work, ProjectionSettings settings) {
    long wide = TokenPairs.matrix(work.model(0)).tensor().columns();
    long width = TokenPairs.matrix(work.model(1)).tensor().columns();
    if (wide < width) {
      return Optional.of(
          work.model(0).name()
              + " has rows of "
              + wide
              + " numbers and "
              + work.model(1).name()
              + " of "
              + width
              + ": the wider model is projected, so it has to come first");
    }
    String why = pairs(work).whyNot();
    if (why != null) {
      return Optional.of(why);
    }
    return work.noRoom("it needs", bytes(work, settings));
  }

  private record PairsOf() {}

  private static TokenPairs pairs(Work work) {
    return work.once(new PairsOf(), () -> TokenPairs.of(work.model(0), work.model(1)));
  }

  private static long bytes(Work work, ProjectionSettings settings) {
    Parameter large = TokenPairs.matrix(work.model(0));
    Parameter small = TokenPairs.matrix(work.model(1));
    int n = pairs(work).size();
    long wide = large.tensor().columns();
    long width = small.tensor().columns();
    long rows = large.tensor().rows() + small.tensor().rows();
    long held = settings.heldOut(n);
    long pairs = 80L * ProjectionMeasurement.RELATIONS * ProjectionMeasurement.RELATIONS;
    return Alignment.bytes(wide, width, settings.anchors(n), held)
        + NearestNeighbours.bytes(held, wide, Math.min(settings.neighbours(), held), THREADS)
        + TokenRows.bytes(rows)
        + 64L * n
        + pairs;
  }

  @Override
  public List<Task<Nothing>> tasks(Work work, ProjectionSettings settings) {
    double wide = TokenPairs.matrix(work.model(0)).tensor().columns();
    double width = TokenPairs.matrix(work.model(1)).tensor().columns();
    double n = pairs(work).size();
    double cost = n * wide * width + 20 * width * width * (settings.anchors((int) n) + 10 * width);
    return List.of(
        new Task<>(
            "tokens",
            Place.MODEL,
            cost + settings.fitted() * wide * wide / 2,
            bytes(work, settings),
            THREADS,
            new Nothing()));
  }

  @Override
  public ProjectionFigures measure(Work work, ProjectionSettings settings, Task<Nothing> task) {
    Model large = work.model(0);
    Model small = work.model(1);
    int threads = task.nativeThreads();
    try (TensorData wide = large.checkpoint().map(TokenPairs.matrix(large).tensor());
        TensorData narrow = small.checkpoint().map(TokenPairs.matrix(small).tensor())) {
      return new ProjectionMeasurement(
              work,
              settings,
              threads,
              pairs(work),
              TokenRows.of(work, wide, large, threads),
              TokenRows.of(work, narrow, small, threads))
          .figures();
    }
  }

  @Override
  public Section conclude(ProjectionSettings settings, List<ProjectionFigures> results) {
    return new ProjectionSection(CARD, settings, results.get(0)).section();
  }
}
