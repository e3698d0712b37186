package dev.orograph.model.forward;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a forward pass reads: a batch of token ids, of vectors in their place, or of images. All
 * sequences of a batch are equally long; where they are not by nature, padding on either side is
 * hidden by the mask.
 */
public final class Inputs {
  /** Numbers with their shape, row-major. */
  static final class Numbers {
    private final double[] values;
    private final List<Integer> shape;

    private Numbers(double[] values, Integer... shape) {
      this.values = values;
      this.shape = List.of(shape);
      long count = this.shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
      if (count != values.length) {
        throw new IllegalArgumentException(values.length + " numbers for shape " + this.shape);
      }
    }

    double[] values() {
      return values;
    }

    List<Integer> shape() {
      return shape;
    }

    /** Some entries of the first size. */
    private Numbers slice(int from, int to) {
      int each = values.length / shape.get(0);
      Integer[] sizes = shape.toArray(Integer[]::new);
      sizes[0] = to - from;
      return new Numbers(Arrays.copyOfRange(values, from * each, to * each), sizes);
    }

    long[] sizes() {
      return shape.stream().mapToLong(Integer::longValue).toArray();
    }
  }

  final List<int[]> ids;
  final Numbers vectors;
  final Numbers pixels;
  final List<int[]> mask;
  final List<int[]> positions;
  final List<int[]> types;
  final Inputs decoder;

  private Inputs(
      List<int[]> ids,
      Numbers vectors,
      Numbers pixels,
      List<int[]> mask,
      List<int[]> positions,
      List<int[]> types,
      Inputs decoder) {
    this.ids = ids;
    this.vectors = vectors;
    this.pixels = pixels;
    this.mask = mask;
    this.positions = positions;
    this.types = types;
    this.decoder = decoder;
  }

  /** Token ids, a row per sequence. */
  public static Inputs ids(List<int[]> sequences) {
    return new Inputs(List.copyOf(sequences), null, null, null, null, null, null);
  }

  /** Token ids of one sequence. */
  public static Inputs ids(int... sequence) {
    return ids(List.of(sequence));
  }

  /** Sequences of any length, padded with {@code pad} on the left or the right, and masked. */
  public static Inputs padded(List<int[]> sequences, int pad, boolean left) {
    int longest = sequences.stream().mapToInt(s -> s.length).max().orElse(0);
    List<int[]> ids = new ArrayList<>();
    List<int[]> mask = new ArrayList<>();
    for (int[] s : sequences) {
      int from = left ? longest - s.length : 0;
      int[] row = new int[longest];
      int[] seen = new int[longest];
      Arrays.fill(row, pad);
      System.arraycopy(s, 0, row, from, s.length);
      Arrays.fill(seen, from, from + s.length, 1);
      ids.add(row);
      mask.add(seen);
    }
    return ids(ids).mask(mask);
  }

  /**
   * Vectors in place of token vectors, {@code (batch, positions, d)} in row-major order; what the
   * model adds to token vectors is added to them.
   */
  public static Inputs vectors(double[] values, int batch, int positions, int d) {
    return new Inputs(null, new Numbers(values, batch, positions, d), null, null, null, null, null);
  }

  /** Images, {@code (batch, channels, height, width)} in row-major order, already normalised. */
  public static Inputs pixels(double[] values, int batch, int channels, int height, int width) {
    return new Inputs(
        null, null, new Numbers(values, batch, channels, height, width), null, null, null, null);
  }

  /** The same where positions with 0 are seen by nobody; all are seen where there is no mask. */
  public Inputs mask(List<int[]> rows) {
    List<int[]> kept = rows == null ? null : List.copyOf(rows);
    return new Inputs(ids, vectors, pixels, kept, positions, types, decoder);
  }

  /** The same at these positions instead of 0, 1, 2, ... from the first id on that is seen. */
  public Inputs positions(List<int[]> rows) {
    return new Inputs(ids, vectors, pixels, mask, List.copyOf(rows), types, decoder);
  }

  /** The same with token types instead of 0. */
  public Inputs types(List<int[]> rows) {
    return new Inputs(ids, vectors, pixels, mask, positions, List.copyOf(rows), decoder);
  }

  /** The same with what the decoder of a model with an encoder reads. */
  public Inputs decoder(Inputs other) {
    return new Inputs(ids, vectors, pixels, mask, positions, types, other);
  }

  /** Some entries of the batch. */
  Inputs slice(int from, int to) {
    return new Inputs(
        rows(ids, from, to),
        vectors == null ? null : vectors.slice(from, to),
        pixels == null ? null : pixels.slice(from, to),
        rows(mask, from, to),
        rows(positions, from, to),
        rows(types, from, to),
        decoder == null ? null : decoder.slice(from, to));
  }

  private static List<int[]> rows(List<int[]> all, int from, int to) {
    return all == null ? null : all.subList(from, to);
  }

  /** Sequences or images. */
  public int batch() {
    return ids != null ? ids.size() : (vectors != null ? vectors : pixels).shape().get(0);
  }

  /** Positions of every sequence; 0 for images. */
  int length() {
    return ids != null
        ? ids.isEmpty() ? 0 : ids.get(0).length
        : vectors != null ? vectors.shape().get(1) : 0;
  }
}
