package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.util.ArrayList;
import java.util.List;

/** How the magnitudes of the entries of every weight are spread, against a Gaussian's. */
public final class Sparsity implements WeightInstrument<StoredTensor, EntryFigures> {

  private static final Card CARD =
      new Card(
          "sparsity",
          "Sparsity of the weights",
          "tensor",
          4,
          "shares of small entries, kurtosis, Hoyer and Gini by tensor, component, stack and model",
          "The reference notebook counts |w| (as float32) below 1e-6 to 1e-1, which measures the scale of a"
              + " matrix before its sparsity; the sound figures are shares below 0.01, 0.1 and 0.5"
              + " of the matrix's own standard deviation, kurtosis, Hoyer (sqrt N -"
              + " |w|_1/|w|_2)/(sqrt N - 1) and the Gini coefficient of |w|. The null is a centred"
              + " Gaussian of the same size in closed form: .00798, .0797, .3829, 3, .2021, .4142.",
          "seed 003 sections 4 to 6; Hoyer 2004; Hurley & Rickard 2009",
          "Small is not useless: a small weight may meet a large input, and a norm's scale may be"
              + " folded into its neighbour. Nothing here says what pruning would cost.",
          List.of(
              "Hoyer, P. O. (2004). Non-negative matrix factorization with sparseness constraints."
                  + " JMLR 5.",
              "Hurley, N. & Rickard, S. (2009). Comparing measures of sparsity. IEEE Transactions"
                  + " on Information Theory 55."));

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Class<EntryFigures> resultType() {
    return EntryFigures.class;
  }

  @Override
  public Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS).orLacks("no floating-point weight");
  }

  @Override
  public List<Task<StoredTensor>> tasks(Work work, WeightSettings settings) {
    Model model = work.model();
    List<Task<StoredTensor>> tasks = new ArrayList<>();
    for (Parameter p : model.parameters()) {
      if (p.weight()) {
        double cost = (settings.sound() ? 30.0 : 10.0) * p.tensor().count();
        tasks.add(StoredTensor.task(tasks.size(), p, 0, cost, 64L << 20));
      }
    }
    return tasks;
  }

  @Override
  public EntryFigures measure(Work work, WeightSettings settings, Task<StoredTensor> task) {
    try (TensorData data = data(work.model(), task.label())) {
      return EntryStatistics.of(task, data, settings.sound() && task.detail().matrix());
    }
  }

  @Override
  public Section conclude(WeightSettings settings, List<EntryFigures> results) {
    return new SparsitySection(CARD, settings, results).section();
  }
}
