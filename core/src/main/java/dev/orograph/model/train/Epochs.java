package dev.orograph.model.train;

import dev.orograph.random.Generator;
import java.util.ArrayList;
import java.util.List;

/**
 * Batches as a notebook deals them: an order for each epoch, drawn one after the other by one
 * generator, and what is left at its end as a smaller batch.
 */
public final class Epochs implements Batches {
  private final List<Example> examples;
  private final int size;
  private final List<int[]> orders = new ArrayList<>();

  /**
   * Of these examples.
   *
   * @param size examples of a batch
   * @param generator of {@code numpy.random.default_rng}, drawn on by a permutation an epoch
   */
  public Epochs(List<Example> examples, int size, int epochs, Generator generator) {
    this.examples = List.copyOf(examples);
    this.size = size;
    if (size < 1 || epochs < 1 || examples.isEmpty()) {
      throw new IllegalArgumentException(
          epochs + " epochs of batches of " + size + " from " + examples.size() + " examples");
    }
    for (int e = 0; e < epochs; e++) {
      orders.add(generator.permutation(examples.size()));
    }
  }

  /** Batches of an epoch. */
  public int perEpoch() {
    return (examples.size() + size - 1) / size;
  }

  @Override
  public List<Example> at(long number) {
    int[] order = orders.get(Math.toIntExact(number / perEpoch()));
    int from = (int) (number % perEpoch()) * size;
    List<Example> batch = new ArrayList<>();
    for (int i = from; i < Math.min(from + size, order.length); i++) {
      batch.add(examples.get(order[i]));
    }
    return batch;
  }

  @Override
  public String fingerprint() {
    return Permuted.fingerprint(
        "epochs " + size, examples, orders.stream().map(Permuted::bytes).toList());
  }
}
