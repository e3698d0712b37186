package dev.orograph.instrument.embedding;

import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.Moments;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.model.Parameter;
import java.util.ArrayList;
import java.util.List;

/** How the volumes of random sets of five tokens vary, and how they would by chance. */
public final class Simplices implements MatrixInstrument<SimplexFigures> {
  private static final Card CARD =
      new Card(
          "simplices",
          "Volumes of random simplices",
          "matrix with a row per token",
          1,
          "the coefficient of variation of the volumes of random 4-simplices, which the seeds call"
              + " universal, against three nulls",
          "1,000 random sets of five tokens; the volume of each is sqrt(det G) / 4!, G the Gram"
              + " matrix of the edges from the first point; CV = std / mean (ddof 0). Nulls:"
              + " (a) an isotropic Gaussian in d dimensions, in closed form; (b) a Gaussian with the"
              + " same covariance; (c) the same norms with random directions. (b) and (c) are drawn"
              + " 30 times, each time a cloud of as many points and 1,000 sets of it. The interval resamples the tokens 100 times, with 1,000 new sets"
              + " each.",
          "seed 003 sections 1 and 13a; Menger 1928",
          "The CV of volumes is nearly a function of the dimension, of the spectrum and of the spread"
              + " of the norms, all of which are reported by themselves: only what it exceeds null"
              + " (c) by could be new.",
          List.of(
              "Menger, K. (1928). Untersuchungen ueber allgemeine Metrik. Mathematische Annalen"
                  + " 100."));

  static final String SEEDS = "the seeds' draws";
  static final String COVARIANCE = "Gaussian of the same covariance";
  static final String NORMS = "same norms, random directions";
  static final String TOKENS = "resampled tokens";

  static final int DRAWS = 30;
  static final int RESAMPLES = 100;

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Class<SimplexFigures> resultType() {
    return SimplexFigures.class;
  }

  @Override
  public List<Task<TokenMatrix>> tasks(
      Work work, TerrainSettings settings, Parameter matrix, String id) {
    long rows = matrix.tensor().rows();
    long d = matrix.tensor().columns();
    double volume = 40.0 * SeedDraws.POINTS * d * settings.simplices();
    long bytes = 400 * d + 32 * rows + (8L << 20);
    List<Task<TokenMatrix>> tasks = new ArrayList<>();
    tasks.add(MatrixInstrument.part(matrix, id, SEEDS, 4 * volume, bytes));
    if (settings.sound()) {
      double gram = (double) rows * d * Math.min(rows, d);
      tasks.add(
          MatrixInstrument.part(
              matrix, id, COVARIANCE, DRAWS * volume + gram, bytes + Moments.bytes(rows, d)));
      tasks.add(MatrixInstrument.part(matrix, id, NORMS, DRAWS * volume, bytes));
      tasks.add(MatrixInstrument.part(matrix, id, TOKENS, RESAMPLES * volume / 4, bytes));
    }
    return tasks;
  }

  @Override
  public SimplexFigures measure(
      Work work, TerrainSettings settings, Task<TokenMatrix> task, TokenRows rows) {
    return new SimplexMeasurement(work, settings, task, rows).figures();
  }

  @Override
  public Section conclude(TerrainSettings settings, List<SimplexFigures> results) {
    return new SimplicesSection(CARD, settings, results).section();
  }
}
