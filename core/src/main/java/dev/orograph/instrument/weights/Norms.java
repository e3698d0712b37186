package dev.orograph.instrument.weights;

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
import java.util.List;
import java.util.regex.Pattern;

/** How far the scales of the normalisations have moved from 1, where training starts. */
public final class Norms implements WeightInstrument<StoredTensor, NormFigures> {

  private static final Card CARD =
      new Card(
          "norms",
          "Norm scales",
          "tensor",
          2,
          "mean, spread and quartiles of the learned scales of LayerNorm and RMSNorm",
          "Of each scale vector mean, standard deviation (ddof 0), how many entries are above 1.5,"
              + " below 0.5 and strictly between 0.8 and 1.2 (seed), smallest, quartiles and"
              + " largest. There is no chance to set against it: beside each figure stands what it"
              + " is where training starts, with all scales at 1.",
          "seed 003 section 4; Ba, Kiros & Hinton 2016; Zhang & Sennrich 2019",
          "A scale is half of a product: it can be folded into the matrix behind it without"
              + " changing the model, so a small one means little by itself and a large one less"
              + " than the row or column that it multiplies. A distance from 1 tells what training"
              + " did to this number, not whether it matters.",
          List.of(
              "Ba, J. L., Kiros, J. R. & Hinton, G. E. (2016). Layer normalization. arXiv"
                  + " 1607.06450.",
              "Zhang, B. & Sennrich, R. (2019). Root mean square layer normalization. NeurIPS."));

  private static final Pattern SHIFT = Pattern.compile("(?:.*\\.)?(?:\\w*bias|beta)");

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Class<NormFigures> resultType() {
    return NormFigures.class;
  }

  /** Gemma's norms multiply with one more than what is stored. */
  @Override
  public Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS, Need.KNOWN_FAMILY)
        .orLacks("no scale of a normalisation");
  }

  @Override
  public List<Task<StoredTensor>> tasks(Work work, WeightSettings settings) {
    Model model = work.model();
    List<Task<StoredTensor>> tasks = new ArrayList<>();
    for (Parameter p : model.parameters()) {
      if (p.weight()
          && p.role().component() == Component.NORM
          && p.tensor().rank() == 1
          && !SHIFT.matcher(p.tensor().name()).matches()) {
        long sorted = 8 * Math.min(p.tensor().count(), NormFigures.MOST_SORTED);
        tasks.add(
            StoredTensor.task(tasks.size(), p, 0, 20.0 * p.tensor().count(), sorted + (1L << 20)));
      }
    }
    return tasks;
  }

  @Override
  public NormFigures measure(Work work, WeightSettings settings, Task<StoredTensor> task) {
    try (TensorData data = data(work.model(), task.label())) {
      return NormFigures.of(task, data, work.model().scaleOffset(task.label()));
    }
  }

  @Override
  public Section conclude(WeightSettings settings, List<NormFigures> results) {
    return new NormsSection(CARD, settings, results).section();
  }
}
