package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Singular values of every two-dimensional weight: rank figures, power-law tail, Marchenko-Pastur
 * spikes, each against the same matrix with its entries shuffled.
 */
public final class Spectra implements WeightInstrument<StoredTensor, SpectrumFigures> {

  private static final Card CARD =
      new Card(
          "spectra",
          "Spectra of the weights",
          "matrix",
          5,
          "singular values of every weight matrix: stable, effective and 90 % rank, condition,"
              + " power-law tail, Marchenko-Pastur spikes",
          "Singular values s come from the float64 Gram matrix on the short side (from a direct"
              + " decomposition where s1/sn exceeds 1e6); stable rank is |W|_F^2/s1^2, effective"
              + " rank exp(-sum p ln p) with p = s/sum s, alpha the exponent of the tail of s^2"
              + " above the x_min with the smallest Kolmogorov-Smirnov distance, spikes the s above"
              + " the Marchenko-Pastur edge std(W) (sqrt rows + sqrt columns) and, for finite matrices,"
              + " above the Tracy-Widom edge that noise reaches once in a hundred. The distance of a"
              + " spectrum from chance is the Wasserstein-1 distance of its s^2 from the shuffled"
              + " copies', over their mean. Beside the power law stand an exponential (Vuong), one with"
              + " a cut-off, and the bootstrap of Clauset et al. The null is the same"
              + " matrix with all its entries shuffled, which keeps every value and forgets where"
              + " it stood.",
          "seed 003 section 4; Roy & Vetterli 2007; Clauset, Shalizi & Newman 2009; Martin, Peng &"
              + " Mahoney 2021; Marchenko & Pastur 1967; Johnstone 2001; Ma 2012",
          "A low rank says that a matrix prefers few directions, not that the model uses only"
              + " these; the input's own covariance decides that. A power law fits many things:"
              + " read alpha only beside its distance and the shuffled copy's. Norm scales and"
              + " biases are not folded in.",
          List.of(
              "Roy, O. & Vetterli, M. (2007). The effective rank: a measure of effective"
                  + " dimensionality. EUSIPCO.",
              "Clauset, A., Shalizi, C. R. & Newman, M. E. J. (2009). Power-law distributions in"
                  + " empirical data. SIAM Review 51.",
              "Martin, C. H., Peng, T. & Mahoney, M. W. (2021). Predicting trends in the quality of"
                  + " state-of-the-art neural networks without access to training or testing data."
                  + " Nature Communications 12.",
              "Marchenko, V. A. & Pastur, L. A. (1967). Distribution of eigenvalues for some sets"
                  + " of random matrices.",
              "Johnstone, I. M. (2001). On the distribution of the largest eigenvalue in principal"
                  + " components analysis. Annals of Statistics 29.",
              "Ma, Z. (2012). Accuracy of the Tracy-Widom limits for the extreme eigenvalues in white"
                  + " Wishart matrices. Bernoulli 18.",
              "Vuong, Q. H. (1989). Likelihood ratio tests for model selection and non-nested"
                  + " hypotheses. Econometrica 57."));

  /** Short side up to which each matrix has ten shuffled copies. */
  private static final int SMALL = 256;

  private static final int COPIES_OF_SMALL = 10;

  /** Short side and entries up to which each matrix has copies of its own, a component as many. */
  private static final int MIDDLE = 1024;

  private static final int MIDDLE_ENTRIES = 1 << 22;
  private static final int COPIES_OF_MIDDLE = 12;
  private static final int FEWEST_OF_MIDDLE = 2;
  private static final int COPIES_OF_LARGE = 6;

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Class<SpectrumFigures> resultType() {
    return SpectrumFigures.class;
  }

  @Override
  public Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS).orLacks("no two-dimensional floating-point weight");
  }

  @Override
  public List<Task<StoredTensor>> tasks(Work work, WeightSettings settings) {
    Model model = work.model();
    List<Parameter> matrices = matrices(model, settings);
    Map<List<Object>, Integer> kinds = new HashMap<>();
    for (Parameter p : matrices) {
      kinds.merge(kind(p), 1, Integer::sum);
    }
    Map<List<Object>, Integer> seen = new HashMap<>();
    List<Task<StoredTensor>> tasks = new ArrayList<>();
    for (Parameter p : matrices) {
      int place = seen.merge(kind(p), 1, Integer::sum) - 1;
      tasks.add(task(work, settings, tasks.size(), p, copies(p, place, kinds.get(kind(p)))));
    }
    // What has other dimensions is no matrix, and stands in the table without figures.
    for (Parameter p : matrices.isEmpty() ? List.<Parameter>of() : model.parameters()) {
      if (settings.sound() && p.weight() && p.tensor().rank() > 2 && p.matrices().isEmpty()) {
        tasks.add(StoredTensor.task(tasks.size(), p, 0, 1, 1 << 20));
      }
    }
    return tasks;
  }

  private static final List<Parameter> NONE = List.of();

  private static List<Object> kind(Parameter p) {
    return List.of(p.group(), p.tensor().rows(), p.tensor().columns());
  }

  /**
   * Shuffled copies of the matrix at that place among those of its component and shape. A large
   * kind shares a few, spread evenly over its layers.
   */
  static int copies(Parameter p, int place, int of) {
    long n = Math.min(p.tensor().rows(), p.tensor().columns());
    if (n <= SMALL && p.tensor().count() <= MIDDLE_ENTRIES) {
      return COPIES_OF_SMALL;
    }
    boolean middle = n <= MIDDLE && p.tensor().count() <= MIDDLE_ENTRIES;
    long all = middle ? Math.max(COPIES_OF_MIDDLE, FEWEST_OF_MIDDLE * of) : COPIES_OF_LARGE;
    return (int) ((place + 1) * all / of - place * all / of);
  }

  private static Task<StoredTensor> task(
      Work w, WeightSettings settings, int index, Parameter p, int copies) {
    long rows = p.tensor().rows();
    long columns = p.tensor().columns();
    double n = Math.min(rows, columns);
    long copy = ShuffledEntries.bytes(p.tensor().dtype(), p.tensor().count());
    long bytes = (long) (8 * n * n) + (48L << 20);
    int draws = 0;
    if (settings.sound() && copy < Integer.MAX_VALUE && bytes + copy <= w.memory()) {
      draws = copies;
      bytes += copies > 0 ? copy : 0;
    }
    double work = ((double) rows * columns * n + 4 * n * n * n + 50.0 * rows * columns);
    return StoredTensor.task(index, p, draws, work * (1 + draws), bytes);
  }

  private static List<Parameter> matrices(Model model, WeightSettings settings) {
    // The seed leaves out embeddings, position biases and what it does not recognise as a block's.
    return model.parameters().stream()
        .flatMap(p -> (settings.sound() ? p.matrices() : p.matrix() ? List.of(p) : NONE).stream())
        .filter(
            p ->
                settings.sound()
                    || !model.recognised()
                    || !(p.role().component() == Component.EMBEDDING
                        || p.role().component() == Component.POSITION_EMBEDDING
                        || p.role().component() == Component.POSITION_BIAS
                        || p.role().component() == Component.HEAD
                        || p.role().component() == Component.PROJECTION))
        .toList();
  }

  @Override
  public SpectrumFigures measure(Work work, WeightSettings settings, Task<StoredTensor> task) {
    try (TensorData data = data(work.model(), task.label())) {
      return SpectrumMeasurement.measure(work, settings, task, data);
    }
  }

  @Override
  public List<SafetensorsWriter.Entry> arrays(SpectrumFigures r) {
    double[] s = r.few().stream().mapToDouble(Double::doubleValue).toArray();
    return s.length == 0 ? List.of() : List.of(SpectrumMeasurement.array(r.task(), s));
  }

  @Override
  public Section conclude(WeightSettings settings, List<SpectrumFigures> results) {
    return new SpectraSection(CARD, settings, results).section();
  }
}
