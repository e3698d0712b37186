package dev.orograph.instrument.embedding;

import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.Moments;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.RowProducts;
import dev.orograph.model.Parameter;
import java.util.ArrayList;
import java.util.List;

/** How tokens lie to each other: cosines and distances of pairs. */
public final class Cosines implements MatrixInstrument<PairFigures> {
  private static final Card CARD =
      new Card(
          "cosines",
          "Cosines and distances between tokens",
          "matrix with a row per token",
          2,
          "cosines and Euclidean distances of pairs of tokens; the common direction; whether the"
              + " reference notebooks' constants are special",
          "The reference notebooks take all pairs of 5,000 (cosine) and 2,000 (distance) drawn tokens. Over all"
              + " pairs of the vocabulary the mean cosine is (n^2 |m|^2 - n) / (n (n - 1)) with m the"
              + " mean of the unit rows: as stored, after centring, after standardising each"
              + " dimension, and without the leading d / 100 principal components. Its null is"
              + " 0 ± sqrt(2 / (d n (n - 1))), directions drawn evenly. A constant c is special if"
              + " more pairs lie within 0.01 of it than a cubic through the shares within 0.01 of"
              + " c - 0.04, c - 0.02, c + 0.02 and c + 0.04 gives; the null is that the density is"
              + " smooth there, with the error of a jackknife over ten groups of tokens. The distances' coefficient of variation is set against a"
              + " Gaussian cloud of the same covariance, 1 / sqrt(2 PR) to first order.",
          "seed 003 sections 1 and 13a; Timkey & van Schijndel 2021",
          "Cosine forgets length, and one direction that all tokens share (or three dimensions with"
              + " huge entries) can make every pair look alike. Pairs share tokens, so that millions"
              + " of pairs are worth no more than thousands of tokens.",
          List.of(
              "Timkey, W. & van Schijndel, M. (2021). All bark and no bite: rogue dimensions in"
                  + " transformer language models obscure representational quality. EMNLP."));

  static final String COSINES = "cosines";
  static final String DISTANCES = "distances";
  static final String ALL_PAIRS = "all pairs";

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Class<PairFigures> resultType() {
    return PairFigures.class;
  }

  @Override
  public List<Task<TokenMatrix>> tasks(
      Work work, TerrainSettings settings, Parameter matrix, String id) {
    long rows = matrix.tensor().rows();
    long d = matrix.tensor().columns();
    long n = Math.min(rows, settings.cosines());
    long m = Math.min(rows, settings.distances());
    List<Task<TokenMatrix>> tasks = new ArrayList<>();
    tasks.add(
        MatrixInstrument.part(
            matrix, id, COSINES, n * n * (d + 30.0), RowProducts.bytes(n, d) + 4 * n * n));
    // Drawing the second sample draws all of the seed's Gaussian simplices first.
    tasks.add(
        MatrixInstrument.part(
            matrix, id, DISTANCES, 2 * m * m * (d + 30.0) + 2e5 * d, 16 * m * m + (64 << 20)));
    if (settings.sound()) {
      tasks.add(
          MatrixInstrument.part(
              matrix,
              id,
              ALL_PAIRS,
              rows * (double) d * (20 + Math.min(rows, d)),
              Moments.bytes(rows, d) + 32 * rows));
    }
    return tasks;
  }

  /** Key of the shared value. */
  private record SampleOf(String tensor) {}

  /** The seeds' sample of cosines, taken once. */
  static PairFigures.Sampled sample(
      Work work, TerrainSettings settings, Task<TokenMatrix> task, TokenRows rows) {
    return work.once(
        new SampleOf(task.detail().tensor()),
        () -> SampledCosines.of(work, rows, new SeedDraws(settings, rows)));
  }

  /** Bytes that taking it needs. */
  static long sampleBytes(TerrainSettings settings, long rows, long d) {
    long n = Math.min(rows, settings.cosines());
    return RowProducts.bytes(n, d) + 4 * n * n + 32 * rows + (16L << 20);
  }

  @Override
  public PairFigures measure(
      Work work, TerrainSettings settings, Task<TokenMatrix> task, TokenRows rows) {
    SeedDraws draws = new SeedDraws(settings, rows);
    return switch (task.detail().part()) {
      case COSINES -> PairFigures.of(task, rows.broken(), sample(work, settings, task, rows));
      case DISTANCES ->
          PairFigures.of(
              task,
              rows.broken(),
              SampledDistances.of(rows, draws.distances1()),
              SampledDistances.of(rows, draws.distances13()));
      default -> PairFigures.of(task, rows.broken(), AllPairs.of(work, task, rows));
    };
  }

  @Override
  public Section conclude(TerrainSettings settings, List<PairFigures> results) {
    return new CosinesSection(CARD, settings, results).section();
  }
}
