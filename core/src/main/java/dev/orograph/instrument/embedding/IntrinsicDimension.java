package dev.orograph.instrument.embedding;

import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.model.Parameter;
import java.util.List;
import java.util.Optional;

/**
 * How many dimensions the cloud of token vectors has where tokens are, and which are hubs in it.
 */
public final class IntrinsicDimension implements MatrixInstrument<IntrinsicFigures> {

  private static final Card CARD =
      new Card(
          "intrinsic_dimension",
          "Intrinsic dimension and hubness",
          "matrix",
          4,
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
  public Class<IntrinsicFigures> resultType() {
    return IntrinsicFigures.class;
  }

  @Override
  public Optional<String> obstacle(Work work, TerrainSettings settings) {
    return settings.sound()
        ? Optional.empty()
        : Optional.of("the reference notebooks print none of it");
  }

  @Override
  public List<Task<TokenMatrix>> tasks(
      Work work, TerrainSettings settings, Parameter matrix, String id) {
    int index = work.model().tokenMatrices().indexOf(matrix);
    return List.of(
        IntrinsicMeasurement.task(matrix, TokenMatrix.of(matrix, id, "", index), work.memory()));
  }

  @Override
  public IntrinsicFigures measure(
      Work work, TerrainSettings settings, Task<TokenMatrix> task, TokenRows rows) {
    return new IntrinsicMeasurement(work, task, rows).measure();
  }

  @Override
  public Section conclude(TerrainSettings settings, List<IntrinsicFigures> results) {
    return new IntrinsicSection(CARD, results).section();
  }
}
