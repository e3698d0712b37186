package dev.orograph.instrument.density;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.finding.Section;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Applicability;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Context;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.ModelSubject;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Subject;
import dev.orograph.instrument.rows.TokenMatrices;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How densely tokens lie, near the middle of their cloud and far from it. */
public final class Density implements Instrument<DensitySettings, DensityPiece, DensityFigures> {
  private static final Card CARD =
      new Card(
          DensitySettings.ID,
          "Local density by causal norm",
          "matrix with a row per token",
          Card.Arity.ONE,
          "a head or an embedding with a row per token, stored plainly",
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

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public DensitySettings settings(Options options) {
    return DensitySettings.of(options);
  }

  @Override
  public Class<DensityFigures> resultType() {
    return DensityFigures.class;
  }

  @Override
  public Applicability applies(Context c, List<Subject> subjects, DensitySettings settings) {
    Model model = c.model((ModelSubject) subjects.get(0));
    Applicability any = TokenMatrices.applies(model);
    if (!any.yes() || matrix(model, settings).isPresent()) {
      return any;
    }
    return Applicability.not(
        "it stores no "
            + settings.matrix()
            + " of its own; there is "
            + String.join(
                ", ", model.tokenMatrices().stream().map(p -> p.tensor().name()).toList()));
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
  public List<DensityPiece> plan(
      Context c, List<Subject> subjects, DensitySettings settings, List<DensityFigures> before) {
    if (!before.isEmpty()) {
      return List.of();
    }
    Model model = c.model((ModelSubject) subjects.get(0));
    Parameter p = matrix(model, settings).orElseThrow();
    int rows = Math.toIntExact(p.tensor().rows());
    int columns = Math.toIntExact(p.tensor().columns());
    int tokens = settings.drawn(rows);
    requireFewer(model, p, settings, tokens);
    String id = TokenMatrices.id(p, model.tokenMatrices());
    String tensor = p.tensor().name();
    List<DensityPiece> pieces = new ArrayList<>();
    pieces.add(DensityPiece.density(tensor, id, rows, columns, tokens, settings));
    if (!settings.write().isEmpty()) {
      pieces.add(DensityPiece.write(tensor, id, rows, columns, tokens));
    }
    return pieces;
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
  public DensityFigures measure(
      Context c, List<Subject> subjects, DensitySettings settings, DensityPiece piece) {
    ModelSubject subject = (ModelSubject) subjects.get(0);
    Model model = c.model(subject);
    Parameter p = model.parameter(piece.tensor()).orElseThrow();
    try (TensorData data = model.checkpoint().map(p.tensor())) {
      TokenRows rows = TokenRows.of(c, data, model, piece.nativeThreads());
      DensityWork work = new DensityWork(c, settings, piece, rows);
      return piece.part().equals(DensityPiece.WRITE)
          ? work.write(subject.fingerprint())
          : work.measure(tokens -> requireFewer(model, p, settings, tokens));
    }
  }

  @Override
  public Section conclude(
      List<Subject> subjects, DensitySettings settings, List<DensityFigures> results) {
    return new DensitySection(CARD, settings, results).section();
  }
}
