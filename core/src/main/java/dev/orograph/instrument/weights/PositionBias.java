package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.model.Role.Stack;
import java.util.ArrayList;
import java.util.List;

/** What each head adds to its scores by the distance between query and key. */
public final class PositionBias implements WeightInstrument<StoredTensor, PositionBiasFigures> {

  private static final Card CARD =
      new Card(
          "position_bias",
          "Relative position bias",
          "tensor",
          2,
          "per head, how the bias follows the distance between query and key",
          "The reference notebook takes each head's values over all buckets: range, share of steps that do not"
              + " rise in the first half, correlation with the number of the bucket, and where the"
              + " peak is (local: bucket 0 to 2, global: one of the last three). The sound figures"
              + " take each direction apart, the bucket that is never met left out: the rank"
              + " correlation of bias and distance, against every order of the buckets being"
              + " equally likely (mean 0, standard deviation 1/sqrt(buckets - 1), p by 9,999"
              + " random orders).",
          "seed 003 sections 4 and 6; Raffel et al. 2020; Spearman 1904",
          "Only differences within a head count, since softmax forgets what all keys have in"
              + " common. The bias is added to the product of query and key, which may well be"
              + " larger. A table stored with cross-attention, which no T5 reads, is left out.",
          List.of(
              "Raffel, C. et al. (2020). Exploring the limits of transfer learning with a unified"
                  + " text-to-text transformer. JMLR 21.",
              "Spearman, C. (1904). The proof and measurement of association between two things."
                  + " American Journal of Psychology 15."));

  /** Part of the name of a table that old checkpoints hold and no T5 reads. */
  private static final String UNREAD = ".EncDecAttention.";

  /** T5's own distance, where the configuration does not say. */
  private static final int MOST_DISTANCE = 128;

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Class<PositionBiasFigures> resultType() {
    return PositionBiasFigures.class;
  }

  @Override
  public Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS, Need.KNOWN_FAMILY)
        .orLacks("no table of relative position bias");
  }

  @Override
  public List<Task<StoredTensor>> tasks(Work work, WeightSettings settings) {
    Model model = work.model();
    List<Task<StoredTensor>> tasks = new ArrayList<>();
    for (Parameter p : model.parameters()) {
      if (p.matrix()
          && p.role().component() == Component.POSITION_BIAS
          && !p.tensor().name().contains(UNREAD)) {
        double entries = Math.min(p.tensor().count(), PositionBiasFigures.MOST_ENTRIES);
        int draws = settings.sound() ? PositionBiasFigures.DRAWS : 0;
        tasks.add(StoredTensor.task(tasks.size(), p, draws, entries * (draws + 10), 16L << 20));
      }
    }
    return tasks;
  }

  @Override
  public PositionBiasFigures measure(Work work, WeightSettings settings, Task<StoredTensor> task) {
    long count = task.detail().rows() * task.detail().columns();
    if (count > PositionBiasFigures.MOST_ENTRIES) {
      return new PositionBiasFigures(task, 0, 0, List.of());
    }
    double[] values = new double[(int) count];
    try (TensorData data = data(work.model(), task.label())) {
      data.read(0, values, 0, values.length);
    }
    return PositionBiasFigures.of(
        task, values, mostDistance(work.model()), () -> work.generator(task));
  }

  private static int mostDistance(Model model) {
    return model
        .checkpoint()
        .config()
        .map(node -> new Config(node, model.checkpoint().configFile().orElseThrow()))
        .map(config -> config.integer(MOST_DISTANCE, "relative_attention_max_distance"))
        .orElse(MOST_DISTANCE);
  }

  /** Whether a stack's queries also see what comes after them. */
  static boolean bidirectional(Task<StoredTensor> task) {
    return !task.place().stack().equals(Stack.DECODER.id());
  }

  @Override
  public Section conclude(WeightSettings settings, List<PositionBiasFigures> results) {
    return new PositionBiasSection(CARD, settings, results).section();
  }
}
