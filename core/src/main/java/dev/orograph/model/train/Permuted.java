package dev.orograph.model.train;

import dev.orograph.checkpoint.Hashing;
import dev.orograph.random.Generator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Batches of equally many examples, in another order in each epoch. Epoch e is the permutation of
 * the generator keyed by (seed, "train", e); what is left of it after the last whole batch waits
 * for the next.
 */
public final class Permuted implements Batches {
  private final List<Example> examples;
  private final int size;
  private final long seed;

  /** The order of the epoch that was asked for last. */
  private int[] order;

  private long epoch = -1;

  /**
   * Of these examples.
   *
   * @param size examples of a batch
   * @throws IllegalArgumentException for fewer examples than a batch has
   */
  public Permuted(List<Example> examples, int size, long seed) {
    this.examples = List.copyOf(examples);
    this.size = size;
    this.seed = seed;
    if (size < 1 || size > examples.size()) {
      throw new IllegalArgumentException(
          "batches of " + size + " from " + examples.size() + " examples");
    }
  }

  /** Batches of an epoch. */
  public long perEpoch() {
    return examples.size() / size;
  }

  @Override
  public synchronized List<Example> at(long number) {
    long wanted = number / perEpoch();
    if (wanted != epoch) {
      order = order(seed, wanted, examples.size());
      epoch = wanted;
    }
    int from = Math.toIntExact(number % perEpoch()) * size;
    List<Example> batch = new ArrayList<>();
    for (int i = from; i < from + size; i++) {
      batch.add(examples.get(order[i]));
    }
    return batch;
  }

  static int[] order(long seed, long epoch, int n) {
    return Generator.keyed(seed, "train", Long.toString(epoch)).permutation(n);
  }

  @Override
  public String fingerprint() {
    Map<String, byte[]> parts = new LinkedHashMap<>();
    parts.put("permuted", bytes(size, (int) (seed >>> 32), (int) seed));
    for (int i = 0; i < examples.size(); i++) {
      Example e = examples.get(i);
      parts.put("ids " + i, bytes(e.ids()));
      parts.put("decoder " + i, e.decoder() == null ? new byte[0] : bytes(e.decoder()));
      parts.put("labels " + i, bytes(e.labels()));
    }
    return Hashing.parts(parts);
  }

  static byte[] bytes(int... numbers) {
    ByteBuffer all = ByteBuffer.allocate(Math.multiplyExact(numbers.length, Integer.BYTES));
    all.asIntBuffer().put(numbers);
    return all.array();
  }
}
