package dev.orograph.model.train;

import dev.orograph.checkpoint.Hashing;
import dev.orograph.random.Generator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Batches of equally many examples, in another order in each epoch. Epoch e is the permutation of
 * the generator keyed by (seed, "train", e); what is left of it after the last whole batch waits
 * for the next.
 *
 * <p>Batches may be of examples of like length, so that little is padding: then the examples of
 * every {@code pool} batches are sorted by length and dealt anew, and those batches permuted.
 */
public final class Permuted implements Batches {
  private final List<Example> examples;
  private final int size;
  private final int pool;
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
    this(examples, size, seed, 1);
  }

  /**
   * Of these examples, with batches of like length.
   *
   * @param size examples of a batch
   * @param pool batches whose examples are dealt by length; 1 for none
   * @throws IllegalArgumentException for fewer examples than a batch has, or no pool
   */
  public Permuted(List<Example> examples, int size, long seed, int pool) {
    this.examples = List.copyOf(examples);
    this.size = size;
    this.seed = seed;
    this.pool = pool;
    if (pool < 1 || size < 1 || size > examples.size()) {
      throw new IllegalArgumentException(
          "batches of " + size + " from " + examples.size() + " examples, dealt by " + pool);
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
      if (pool > 1) {
        order = dealt(wanted);
      }
      epoch = wanted;
    }
    int from = Math.toIntExact(number % perEpoch()) * size;
    List<Example> batch = new ArrayList<>();
    for (int i = from; i < from + size; i++) {
      batch.add(examples.get(order[i]));
    }
    return batch;
  }

  private int[] dealt(long of) {
    int[] dealt = order.clone();
    int batches = Math.toIntExact(perEpoch());
    for (int from = 0; from < batches; from += pool) {
      int n = Math.min(pool, batches - from);
      List<Integer> sorted =
          Arrays.stream(order, from * size, (from + n) * size)
              .boxed()
              .sorted(Comparator.comparingInt(i -> examples.get(i).length()))
              .toList();
      int[] place = Generator.keyed(seed, "train", "pool " + of + " " + from).permutation(n);
      for (int i = 0; i < n * size; i++) {
        dealt[(from + place[i / size]) * size + i % size] = sorted.get(i);
      }
    }
    return dealt;
  }

  static int[] order(long seed, long epoch, int n) {
    return Generator.keyed(seed, "train", Long.toString(epoch)).permutation(n);
  }

  @Override
  public String fingerprint() {
    return fingerprint(
        "permuted", examples, List.of(bytes(size, pool, (int) (seed >>> 32), (int) seed)));
  }

  /** A digest of examples and of how they are dealt. */
  static String fingerprint(String how, List<Example> examples, List<byte[]> dealt) {
    Map<String, byte[]> parts = new LinkedHashMap<>();
    for (int i = 0; i < dealt.size(); i++) {
      parts.put(i == 0 ? how : how + " " + i, dealt.get(i));
    }
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
