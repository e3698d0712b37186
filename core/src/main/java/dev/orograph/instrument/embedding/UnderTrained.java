package dev.orograph.instrument.embedding;

import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.DistinctRows;
import dev.orograph.model.Parameter;
import java.util.List;
import java.util.Optional;

/** Which tokens look as if training never met them. */
public final class UnderTrained implements MatrixInstrument<UnderTrainedFigures> {
  private static final Card CARD =
      new Card(
          "undertrained",
          "Under-trained tokens",
          "matrix with a row per token",
          2,
          "exact copies, rows near zero, and tokens that lie where the unused ones do",
          "Clusters of equal rows; rows shorter than 1e-6 and than 1 % of the median. Unused tokens are"
              + " rows that the tokenizer has no token for and tokens whose name says so ([unused0],"
              + " <|reserved_0|>, ...); where there are none, the rows of the largest cluster of three"
              + " or more copies. Of all other tokens the Euclidean distance to the mean of the unused"
              + " rows; those nearer than nine in ten of the unused ones are suspects. There is no"
              + " chance to set against it: beside the distances stands their median over all tokens.",
          "Land & Bartolo 2024",
          "Unused rows tell where training starts only if weight decay and tied gradients left them"
              + " alone; with a tied head every row is pushed at every step. A suspect is a token to"
              + " try in a prompt, no more.",
          List.of(
              "Land, S. & Bartolo, M. (2024). Fishing for magikarp: automatically detecting"
                  + " under-trained tokens in large language models. EMNLP."));

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Class<UnderTrainedFigures> resultType() {
    return UnderTrainedFigures.class;
  }

  @Override
  public Optional<String> obstacle(Work work, TerrainSettings settings) {
    return settings.sound()
        ? Optional.empty()
        : Optional.of("the reference notebooks print none of it (--figures seed)");
  }

  @Override
  public List<Task<TokenMatrix>> tasks(
      Work work, TerrainSettings settings, Parameter matrix, String id) {
    long rows = matrix.tensor().rows();
    long bytes = DistinctRows.bytes(rows) + 40 * rows + (16L << 20);
    return List.of(MatrixInstrument.perEntry(matrix, id, "", 40, bytes));
  }

  @Override
  public UnderTrainedFigures measure(
      Work work, TerrainSettings settings, Task<TokenMatrix> task, TokenRows rows) {
    return UnderTrainedFigures.of(work, task, rows);
  }

  @Override
  public Section conclude(TerrainSettings settings, List<UnderTrainedFigures> results) {
    return new UnderTrainedSection(CARD, results).section();
  }
}
