package dev.orograph.instrument.embedding;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.finding.Section;
import dev.orograph.instrument.Applicability;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Context;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.ModelSubject;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Subject;
import dev.orograph.instrument.rows.TokenMatrices;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * How many dimensions the cloud of token vectors has where tokens are, and which are hubs in it.
 */
public final class IntrinsicDimension
    implements Instrument<TerrainSettings, IntrinsicPiece, IntrinsicFigures> {

  private static final Card CARD =
      new Card(
          "intrinsic_dimension",
          "Intrinsic dimension and hubness",
          "matrix",
          Card.Arity.ONE,
          "a matrix with a row per token that is stored plainly",
          "local dimension of the cloud of token vectors, and tokens that are neighbours of very"
              + " many",
          "From exact Euclidean distances to the 50 nearest of all distinct rows: TwoNN, (n - 1) /"
              + " sum ln(r2 / r1) and the fit through the origin without the largest tenth;"
              + " Levina-Bickel, the inverse of the mean of sum ln(T_k / T_j) / (k - 2); skewness"
              + " and maximum of how often a row is among the 10 nearest of others. Each is set"
              + " against Gaussian clouds of the same covariance and as many rows.",
          "METHODS.md section 1; Facco et al. 2017; Levina & Bickel 2004; Radovanovic et al. 2010",
          "An estimate holds at the scale of nearest neighbours and for this number of rows: it grows"
              + " with more of them, and all estimators are too low where the dimension is high."
              + " Levina-Bickel gives (k - 2) / (k - 1) of a flat cloud's dimension by its formula. The"
              + " null knows the covariance only: a difference says that tokens are not Gaussian,"
              + " not why.",
          List.of(
              "Facco, E., d'Errico, M., Rodriguez, A. & Laio, A. (2017). Estimating the intrinsic"
                  + " dimension of datasets by a minimal neighborhood information. Scientific"
                  + " Reports 7, 12140.",
              "Levina, E. & Bickel, P. J. (2004). Maximum likelihood estimation of intrinsic"
                  + " dimension. NeurIPS 17.",
              "MacKay, D. J. C. & Ghahramani, Z. (2005). Comments on 'Maximum likelihood estimation"
                  + " of intrinsic dimension' by E. Levina and P. Bickel.",
              "Radovanovic, M., Nanopoulos, A. & Ivanovic, M. (2010). Hubs in space: popular nearest"
                  + " neighbors in high-dimensional data. JMLR 11, 2487-2531."));

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public TerrainSettings settings(Options options) {
    return TerrainSettings.of(options);
  }

  @Override
  public Class<IntrinsicFigures> resultType() {
    return IntrinsicFigures.class;
  }

  @Override
  public Applicability applies(Context c, List<Subject> subjects, TerrainSettings settings) {
    if (!settings.sound()) {
      return Applicability.not("the seed documents print none of it");
    }
    return TokenMatrices.applies(c.model((ModelSubject) subjects.get(0)));
  }

  @Override
  public List<IntrinsicPiece> plan(
      Context c, List<Subject> subjects, TerrainSettings settings, List<IntrinsicFigures> before) {
    List<IntrinsicPiece> pieces = new ArrayList<>();
    if (before.isEmpty()) {
      for (Parameter p : c.model((ModelSubject) subjects.get(0)).tokenMatrices()) {
        pieces.add(IntrinsicPiece.of(pieces.size(), p));
      }
    }
    return pieces;
  }

  @Override
  public IntrinsicFigures measure(
      Context c, List<Subject> subjects, TerrainSettings settings, IntrinsicPiece piece) {
    Model model = c.model((ModelSubject) subjects.get(0));
    Parameter p = model.parameter(piece.tensor()).orElseThrow();
    try (TensorData data = model.checkpoint().map(p.tensor())) {
      return new IntrinsicMeasurement(
              c, settings, piece, TokenRows.of(c, data, model, piece.nativeThreads()))
          .measure();
    }
  }

  @Override
  public Section conclude(
      List<Subject> subjects, TerrainSettings settings, List<IntrinsicFigures> results) {
    return new IntrinsicSection(CARD, results).section();
  }
}
