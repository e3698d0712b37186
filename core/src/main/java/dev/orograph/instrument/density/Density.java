package dev.orograph.instrument.density;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.finding.Section;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.Cholesky;
import dev.orograph.linalg.DistanceMatrix;
import dev.orograph.linalg.DistinctRows;
import dev.orograph.linalg.NearestNeighbours;
import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How densely tokens lie, near the middle of their cloud and far from it. */
public final class Density implements Instrument<DensitySettings, TokenMatrix, DensityFigures> {
  private static final Card CARD =
      new Card(
          DensitySettings.ID,
          "Local density by causal norm",
          "matrix with a row per token",
          4,
          "density of the k nearest neighbours of every token in the causal metric, by its norm",
          "Metric M = C^-1, C the covariance (1/V) of all rows; where C is singular or its condition"
              + " number exceeds 1e10, (1 - w) C + w m I by Ledoit and Wolf. Density is 1 / mean"
              + " distance to the k nearest distinct rows; core are the tokens below the 10 %"
              + " percentile of the norm of g - mu, shell those between 40 and 60 %. Core over shell"
              + " and the rank correlation of norm and density are set against Gaussian clouds of"
              + " the same covariance, and against the same norms in random directions, all of as"
              + " many points.",
          "seed 002",
          "Density of k nearest neighbours depends on how many tokens there are, and in high"
              + " dimension it falls with the distance from the middle by geometry alone: only the"
              + " difference from the clouds of random directions says something of tokens. Nothing"
              + " here says why tokens crowd together.",
          List.of(
              "Park, K., Choe, Y. J. & Veitch, V. (2024). The linear representation hypothesis and"
                  + " the geometry of large language models. ICML. arXiv 2311.03658.",
              "Ledoit, O. & Wolf, M. (2004). A well-conditioned estimator for large-dimensional"
                  + " covariance matrices. Journal of Multivariate Analysis 88, 365-411.",
              "Bonett, D. G. & Wright, T. A. (2000). Sample size requirements for estimating"
                  + " Pearson, Kendall and Spearman correlations. Psychometrika 65, 23-28."));

  static final String DENSITY = "density";
  static final String DISTANCES = "distances";

  /** Tokens of the clouds that are set against each other. */
  static final int CLOUD = 4000;

  /** So many tokens are drawn whatever memory there is, or none. */
  private static final int FEW = 2000;

  /** Multiplications from which a second thread is worth it. */
  private static final double LARGE = 1e11;

  private static final int PER_TOKEN = 200;

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS, Need.TOKEN_MATRIX);
  }

  @Override
  public Choices<DensitySettings> choices() {
    return DensitySettings.CHOICES;
  }

  @Override
  public Class<DensityFigures> resultType() {
    return DensityFigures.class;
  }

  @Override
  public Optional<String> obstacle(Work work, DensitySettings settings) {
    Model model = work.model();
    Optional<Parameter> matrix = matrix(model, settings);
    if (matrix.isEmpty()) {
      return Optional.of(
          "it stores no "
              + settings.matrix()
              + " of its own; there is "
              + String.join(
                  ", ", model.tokenMatrices().stream().map(p -> p.tensor().name()).toList()));
    }
    int tokens = tokens(work, settings, matrix.get());
    return settings.distances().isEmpty()
        ? work.noRoom(
                Text.grouped(tokens) + " tokens need",
                density(matrix.get(), "", tokens, settings).bytes())
            .map(why -> why + "; --tokens may draw fewer")
        : Optional.empty();
  }

  /**
   * How many tokens are drawn. A survey, which nobody told how many, draws fewer where memory asks
   * for it.
   */
  static int tokens(Work work, DensitySettings settings, Parameter p) {
    int most = settings.drawn(Math.toIntExact(p.tensor().rows()));
    return settings.tokens() == DensitySettings.SOME
        ? Work.fitting(work.memory(), most, FEW, n -> density(p, "", n, settings).bytes())
        : most;
  }

  /** The chosen matrix; without a choice the head where one is stored, else the first. */
  private static Optional<Parameter> matrix(Model model, DensitySettings settings) {
    List<Parameter> all = model.tokenMatrices();
    Component wanted = settings.matrix().equals("embedding") ? Component.EMBEDDING : Component.HEAD;
    Optional<Parameter> found =
        all.stream().filter(p -> p.role().component() == wanted).findFirst();
    return settings.matrix().isEmpty() ? found.or(() -> all.stream().findFirst()) : found;
  }

  @Override
  public List<Task<TokenMatrix>> tasks(Work work, DensitySettings settings) {
    Model model = work.model();
    Parameter p = matrix(model, settings).orElseThrow();
    int tokens = tokens(work, settings, p);
    requireFewer(model, p, settings, tokens);
    String id = TokenMatrix.id(p, model.tokenMatrices());
    List<Task<TokenMatrix>> tasks = new ArrayList<>();
    tasks.add(density(p, id, tokens, settings));
    if (!settings.write().isEmpty()) {
      tasks.add(distances(p, id, tokens));
    }
    return tasks;
  }

  private static Task<TokenMatrix> density(Parameter p, String id, int tokens, DensitySettings s) {
    long rows = p.tensor().rows();
    int columns = Math.toIntExact(p.tensor().columns());
    double d = columns;
    int m = Math.min(tokens, CLOUD);
    int clouds = s.sound() ? DensityMeasurement.DATA_DRAWS + 2 * DensityMeasurement.NULL_DRAWS : 0;
    double work = 2 * rows * d * d + ((double) tokens * tokens + (double) clouds * m * m) * d / 2;
    int threads = threads(work);
    int k = s.k() == 0 ? DensitySettings.USUAL_K : s.k();
    long search =
        Math.max(
            NearestNeighbours.bytes(tokens, columns, k, threads),
            NullClouds.bytes(m, columns) + NearestNeighbours.bytes(m, columns, k, threads));
    return task(p, id, DENSITY, tokens, work, search + 24L * k * tokens);
  }

  private static Task<TokenMatrix> distances(Parameter p, String id, int tokens) {
    double d = p.tensor().columns();
    double work = 2 * p.tensor().rows() * d * d + (double) tokens * tokens * d / 2;
    return task(
        p, id, DISTANCES, tokens, work, DistanceMatrix.bytes(tokens, (int) d, threads(work)));
  }

  private static Task<TokenMatrix> task(
      Parameter p, String id, String part, int tokens, double work, long search) {
    TokenMatrix m = TokenMatrix.of(p, id, part, 0);
    int threads = threads(work);
    long stored = Cloud.bytes(m.rows(), tokens, m.columns());
    long factor = 8L * m.columns() * m.columns();
    long bytes =
        Math.max(
                Metric.bytes(m.rows(), m.columns(), threads),
                factor + stored + Math.max(search, Cholesky.bytes(m.columns(), threads)))
            + DistinctRows.bytes(tokens)
            + (long) PER_TOKEN * m.rows()
            + (32L << 20);
    return TokenMatrix.task(p, m, work, bytes, threads);
  }

  /** Threads change no digit. */
  private static int threads(double work) {
    return work > LARGE ? 2 : 1;
  }

  /** Refuses more neighbours than there are other tokens. */
  static void requireFewer(Model model, Parameter p, DensitySettings settings, int tokens) {
    if (settings.k() >= tokens) {
      throw InputException.at(Path.of(p.tensor().file().toString()))
          .place("'" + p.tensor().name() + "'")
          .expected("needs more tokens than neighbours, which --k sets to " + settings.k())
          .found(tokens + " tokens of " + model.name() + " are measured")
          .remedy("choose a smaller --k, or more --tokens")
          .build();
    }
  }

  @Override
  public DensityFigures measure(Work work, DensitySettings settings, Task<TokenMatrix> task) {
    Model model = work.model();
    Parameter p = model.parameter(task.detail().tensor()).orElseThrow();
    try (TensorData data = model.checkpoint().map(p.tensor())) {
      TokenRows rows = TokenRows.of(work, data, model, task.nativeThreads());
      DensityWork density = new DensityWork(work, settings, task, rows);
      return task.detail().part().equals(DISTANCES)
          ? density.write(work.fingerprint(0))
          : density.measure(tokens -> requireFewer(model, p, settings, tokens));
    }
  }

  @Override
  public Section conclude(DensitySettings settings, List<DensityFigures> results) {
    return new DensitySection(CARD, settings, results).section();
  }
}
