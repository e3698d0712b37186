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
          2,
          "the coefficient of variation of the volumes of random 4-simplices, which the reference notebooks call"
              + " universal, against three nulls",
          "Random sets of five tokens; the volume of each is sqrt(det G) / 4!, G the Gram"
              + " matrix of the edges from the first point; CV = std / mean (ddof 0). Nulls:"
              + " (a) an isotropic Gaussian in d dimensions, in closed form; (b) a Gaussian of the"
              + " covariance that the rows are a sample of; (c) the same norms with random directions."
              + " The reference notebooks draw 1,000 sets; the sound figure is of 20,000, within 20 groups of tokens,"
              + " whose spread gives the interval. (b) and (c) are drawn 12 times, each time a cloud"
              + " of as many points and 20,000 sets of it.",
          "seed 003 sections 1 and 13a; Menger 1928",
          "The CV of volumes is nearly a function of the dimension, of the spectrum and of the spread"
              + " of the norms, all of which are reported by themselves: only what it exceeds null"
              + " (c) by could be new.",
          List.of(
              "Menger, K. (1928). Untersuchungen ueber allgemeine Metrik. Mathematische Annalen"
                  + " 100."));

  static final String SEEDS = "the reference notebooks' draws";
  static final String COVARIANCE = "Gaussian of the same covariance";
  static final String NORMS = "same norms, random directions";
  static final String TOKENS = "groups of tokens";

  static final int DRAWS = 12;

  /** Groups of tokens; each has as many sets as the seed draws of all. */
  static final int GROUPS = 20;

  /** Numbers of a cloud that are held. */
  private static final int HELD = 1 << 22;

  /** Points of a cloud for so many tokens. */
  static int cloud(int tokens, int d) {
    return Math.min(tokens, Math.max(2 * GROUPS * SeedDraws.POINTS, HELD / d));
  }

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
    long bytes = 400 * d + 32 * rows + 8L * HELD;
    List<Task<TokenMatrix>> tasks = new ArrayList<>();
    tasks.add(MatrixInstrument.part(matrix, id, SEEDS, 4 * volume, bytes));
    if (settings.sound()) {
      double gram = (double) rows * d * Math.min(rows, d);
      tasks.add(
          MatrixInstrument.part(
              matrix,
              id,
              COVARIANCE,
              GROUPS * DRAWS * volume / 4 + gram,
              bytes + Moments.bytes(rows, d)));
      tasks.add(MatrixInstrument.part(matrix, id, NORMS, GROUPS * DRAWS * volume / 4, bytes));
      tasks.add(MatrixInstrument.part(matrix, id, TOKENS, GROUPS * volume / 4, bytes));
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
