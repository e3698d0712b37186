package dev.orograph.instrument.embedding;

import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.Moments;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.model.Parameter;
import java.util.List;

/** How long the rows of embedding and head are, and how their dimensions are scaled. */
public final class EmbeddingNorms implements MatrixInstrument<NormsOfRows> {
  private static final Card CARD =
      new Card(
          "embedding_norms",
          "Norms of the embedding",
          "matrix with a row per token",
          3,
          "norms of all tokens, means and spreads of all dimensions, rows near zero",
          "Euclidean norms of all rows: mean, standard deviation, percentiles (linear), shortest and"
              + " longest token; means and standard deviations of the dimensions and their spread."
              + " The null of the norms' spread is a Gaussian cloud with the same mean and"
              + " covariance: |x|^2 has mean M = tr S + |m|^2 and variance 2 tr S^2 + 4 m'Sm, and"
              + " |x| the standard deviation sqrt(var / 4M) to first order.",
          "seed 003 sections 1 and 13a",
          "Norms of a tied matrix serve two ends: as input a norm is often divided out by the first"
              + " normalisation, as output it raises a token's logits. Frequent and rare tokens"
              + " differ in norm for reasons of training, not of meaning.",
          List.of(
              "Land, S. & Bartolo, M. (2024). Fishing for magikarp: automatically detecting"
                  + " under-trained tokens in large language models. EMNLP."));

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Class<NormsOfRows> resultType() {
    return NormsOfRows.class;
  }

  @Override
  public List<Task<TokenMatrix>> tasks(
      Work work, TerrainSettings settings, Parameter matrix, String id) {
    long rows = matrix.tensor().rows();
    long columns = matrix.tensor().columns();
    long bytes = 32 * rows + (settings.sound() ? Moments.bytes(rows, columns) : 0) + (16L << 20);
    double cost = settings.sound() ? 20 + Math.min(rows, columns) : 20;
    return List.of(MatrixInstrument.perEntry(matrix, id, "", cost, bytes));
  }

  @Override
  public NormsOfRows measure(
      Work work, TerrainSettings settings, Task<TokenMatrix> task, TokenRows rows) {
    return NormsOfRows.of(work, settings, task, rows);
  }

  @Override
  public Section conclude(TerrainSettings settings, List<NormsOfRows> results) {
    return new NormsOfRowsSection(CARD, settings, results).section();
  }
}
