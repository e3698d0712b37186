package dev.orograph.instrument.embedding;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.util.List;
import java.util.Optional;

/** Whether a token's row in the embedding looks like its row in the head. */
public final class Unembedding
    implements Instrument<TerrainSettings, TokenMatrix, UnembeddingFigures> {
  private static final Card CARD =
      new Card(
          "unembedding",
          "Embedding against head",
          "pair of matrices",
          1,
          "cosine of each token's two rows, and how far the matrices lie apart",
          "Cosine of row i of the embedding with row i of the head: mean, standard deviation, range;"
              + " Frobenius norms of both and of their difference. The null pairs each token with"
              + " another one: its mean over all such pairs is in closed form, its spread that of"
              + " one random pairing over sqrt(n).",
          "seed 003 section 13a",
          "The head reads a space that all blocks have written to; nothing asks its axes to be the"
              + " embedding's. A mean cosine near chance does not say that the two are unrelated,"
              + " only that they are not aligned.",
          List.of(
              "Press, O. & Wolf, L. (2017). Using the output embedding to improve language models."
                  + " EACL."));

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS, Need.TOKEN_MATRIX);
  }

  @Override
  public Choices<TerrainSettings> choices() {
    return Choices.none(TerrainSettings::of);
  }

  @Override
  public Class<UnembeddingFigures> resultType() {
    return UnembeddingFigures.class;
  }

  private static Optional<Parameter> of(Model model, Component component) {
    return model.tokenMatrices().stream()
        .filter(p -> p.role().component() == component)
        .findFirst();
  }

  @Override
  public Optional<String> obstacle(Work work, TerrainSettings settings) {
    Model model = work.model();
    Optional<Parameter> embedding = of(model, Component.EMBEDDING);
    Optional<Parameter> head = of(model, Component.HEAD);
    if (embedding.isEmpty() || head.isEmpty()) {
      return Optional.of(lacking(model, embedding));
    }
    return embedding.get().tensor().columns() == head.get().tensor().columns()
        ? Optional.empty()
        : Optional.of("embedding and head differ in width");
  }

  /** Why there are no two matrices to compare. */
  private static String lacking(Model model, Optional<Parameter> embedding) {
    Optional<Parameter> head = model.head();
    if (embedding.isPresent() && head.isPresent()) {
      return "the head '"
          + head.get().tensor().name()
          + "' has "
          + head.get().tensor().rows()
          + " rows and the embedding "
          + embedding.get().tensor().rows()
          + ", so that no row is the other's";
    }
    String only =
        "there is only '"
            + embedding.or(() -> head).orElse(model.tokenMatrices().get(0)).tensor().name()
            + "'";
    boolean encoder = model.recognised() && !model.spec().writes();
    return encoder
        ? "there is no head: the model reads tokens and writes none"
        : "embedding and head are not stored apart: " + only;
  }

  @Override
  public List<Task<TokenMatrix>> tasks(Work work, TerrainSettings settings) {
    Parameter head = of(work.model(), Component.HEAD).orElseThrow();
    long bytes = 64 * head.tensor().rows() + 64 * head.tensor().columns() + (16L << 20);
    return List.of(MatrixInstrument.perEntry(head, "head", "", 60, bytes));
  }

  @Override
  public UnembeddingFigures measure(Work work, TerrainSettings settings, Task<TokenMatrix> task) {
    Model model = work.model();
    Parameter embedding = of(model, Component.EMBEDDING).orElseThrow();
    Parameter head = of(model, Component.HEAD).orElseThrow();
    try (TensorData e = model.checkpoint().map(embedding.tensor());
        TensorData h = model.checkpoint().map(head.tensor())) {
      return UnembeddingFigures.of(
          work,
          task,
          TokenRows.of(work, e, model, task.nativeThreads()),
          TokenRows.of(work, h, model, task.nativeThreads()));
    }
  }

  @Override
  public Section conclude(TerrainSettings settings, List<UnembeddingFigures> results) {
    return new UnembeddingSection(CARD, settings, results.get(0)).section();
  }
}
