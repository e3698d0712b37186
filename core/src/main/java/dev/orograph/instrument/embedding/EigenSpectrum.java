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

/** How many directions the rows of embedding and head fill: the spectrum of their covariance. */
public final class EigenSpectrum implements MatrixInstrument<CovarianceFigures> {
  private static final Card CARD =
      new Card(
          "eigenspectrum",
          "Spectrum of the embedding's covariance",
          "matrix with a row per token",
          2,
          "eigenvalues of the covariance of the rows, participation ratio, dimensions for 80 to 99 %"
              + " of the variance",
          "Eigenvalues l of the d x d covariance; participation ratio PR = (sum l)^2 / sum l^2. From"
              + " n rows it comes out too small (white data: d / (1 + d/n)); the corrected one is"
              + " the ratio of unbiased estimators of (tr S)^2 and tr S^2. Its interval is the delta"
              + " method's. Nulls: isotropic data (d), and the same dimensions made independent, each"
              + " with its own variance v: (sum v)^2 / sum v^2. IsoScore equals (PR - 1) / (d - 1)"
              + " exactly and so says nothing that the naive PR does not.",
          "seed 003 sections 1 and 13a; Chun et al. 2025; Himeno & Yamada 2014; Rudman et al. 2022",
          "PR / d depends on how many rows there are, on the padding rows among them, and on a few"
              + " dimensions with huge variance; the covariance sees no curvature, for which see"
              + " the intrinsic dimension.",
          List.of(
              "Chun, C. et al. (2025). Estimating dimensionality of neural representations from"
                  + " finite samples. arXiv 2509.26560.",
              "Himeno, T. & Yamada, T. (2014). Estimations for some functions of covariance matrix in"
                  + " high dimension under non-normality. Journal of Multivariate Analysis 130.",
              "Rudman, W. et al. (2022). IsoScore: measuring the uniformity of embedding space"
                  + " utilization. Findings of ACL. arXiv 2108.07344."));

  static final String ALL = "all rows";
  static final String SAMPLE = "the second seed's sample";

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Class<CovarianceFigures> resultType() {
    return CovarianceFigures.class;
  }

  @Override
  public List<Task<TokenMatrix>> tasks(
      Work work, TerrainSettings settings, Parameter matrix, String id) {
    long rows = matrix.tensor().rows();
    long d = matrix.tensor().columns();
    long sample = Math.min(rows, settings.spectrum());
    return List.of(
        MatrixInstrument.perEntry(
            matrix, id, ALL, 2.0 * Math.min(rows, d), Moments.bytes(rows, d) + (128L << 20)),
        MatrixInstrument.perEntry(
            matrix, id, SAMPLE, (double) sample / rows * d + 1, Moments.bytes(sample, d)));
  }

  @Override
  public CovarianceFigures measure(
      Work work, TerrainSettings settings, Task<TokenMatrix> task, TokenRows rows) {
    if (rows.whole().length < 2) {
      return CovarianceFigures.none(task, rows.broken());
    }
    if (task.detail().part().equals(ALL)) {
      return CovarianceFigures.of(work, settings, task, rows);
    }
    int[] sample = rows.wholeOf(new SeedDraws(settings, rows).spectrum13());
    return sample.length < 2
        ? CovarianceFigures.none(task, rows.broken())
        : CovarianceFigures.seed(task, rows.broken(), Moments.of(work, rows, sample));
  }

  @Override
  public Section conclude(TerrainSettings settings, List<CovarianceFigures> results) {
    return new EigenSpectrumSection(CARD, settings, results).section();
  }
}
