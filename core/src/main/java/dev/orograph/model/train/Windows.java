package dev.orograph.model.train;

import dev.orograph.checkpoint.Hashing;
import dev.orograph.random.Generator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Batches of windows of one long stream of tokens, for a language model. In each epoch the stream
 * is cut anew, from an offset drawn for it on, into windows of equal length whose every token is
 * scored, and the windows are permuted.
 */
public final class Windows implements Batches {
  private final int[] stream;
  private final int length;
  private final int size;
  private final long seed;
  private int[] order;
  private int offset;
  private long epoch = -1;

  /**
   * Of this stream.
   *
   * @param length tokens that a window reads
   * @param size windows of a batch
   * @throws IllegalArgumentException where the stream is too short for a batch
   */
  public Windows(int[] stream, int length, int size, long seed) {
    this.stream = stream.clone();
    this.length = length;
    this.size = size;
    this.seed = seed;
    if (length < 1 || size < 1 || perEpoch() < 1) {
      throw new IllegalArgumentException(
          size + " windows of " + length + " from " + stream.length + " tokens");
    }
  }

  /** Batches of an epoch. */
  public long perEpoch() {
    return windows() / size;
  }

  /** Windows that fit behind every offset; one token more is read for the last label. */
  private int windows() {
    return (stream.length - length) / length;
  }

  @Override
  public synchronized List<Example> at(long number) {
    long wanted = number / perEpoch();
    if (wanted != epoch) {
      order = Permuted.order(seed, wanted, windows());
      offset = (int) Generator.keyed(seed, "train", "offset " + wanted).integers(0, length);
      epoch = wanted;
    }
    int first = Math.toIntExact(number % perEpoch()) * size;
    List<Example> batch = new ArrayList<>();
    for (int i = first; i < first + size; i++) {
      int from = offset + order[i] * length;
      batch.add(Example.text(Arrays.copyOfRange(stream, from, from + length + 1)));
    }
    return batch;
  }

  @Override
  public String fingerprint() {
    Map<String, byte[]> parts = new LinkedHashMap<>();
    parts.put("windows", Permuted.bytes(length, size, (int) (seed >>> 32), (int) seed));
    parts.put("stream", Permuted.bytes(stream));
    return Hashing.parts(parts);
  }
}
