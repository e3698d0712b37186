package dev.orograph.model.forward;

import dev.orograph.model.RelativeBuckets;
import dev.orograph.model.design.AttentionDesign;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What is added to the products of queries and keys, the same in all blocks of a stack. */
final class Visible {
  /** For what is hidden: no weight is left beside anything seen, and no row becomes NaN. */
  private static final double HIDDEN = -1e30;

  private Visible() {}

  /**
   * 0 where query i sees key j and {@value #HIDDEN} where not; null where everybody sees all.
   *
   * @param past keys before the first query
   * @param queries queries
   * @param mask 0 for keys that nobody sees, a row per sequence; null where there are none
   * @return {@code (1 or batch, 1, queries, past + queries)}
   */
  static Tensor of(Torch torchOf, AttentionDesign design, int past, int queries, List<int[]> mask) {
    int keys = past + queries;
    boolean narrow = design.window() > 0 && design.window() < keys;
    Tensor hidden = null;
    if (design.causal() && (queries > 1 || narrow)) {
      TensorOptions whole = torchOf.options().dtype(Torch.type(ScalarType.Long));
      Tensor i = torch.arange(new Scalar(past), new Scalar(keys), whole).unsqueeze(1);
      Tensor j = torch.arange(new Scalar(0), new Scalar(keys), whole).unsqueeze(0);
      hidden = j.gt(i);
      if (narrow) {
        hidden = hidden.logical_or(j.le(i.sub(new Scalar(design.window()))));
      }
      hidden = hidden.unsqueeze(0).unsqueeze(0);
    }
    Tensor padded = padding(torchOf, mask);
    if (padded != null) {
      hidden = hidden == null ? padded : hidden.logical_or(padded);
    }
    return hidden == null ? null : filled(torchOf, hidden);
  }

  /** The same for keys of another stack, {@code (batch, 1, 1, keys)}. */
  static Tensor of(Torch torchOf, List<int[]> mask) {
    Tensor padded = padding(torchOf, mask);
    return padded == null ? null : filled(torchOf, padded);
  }

  private static Tensor padding(Torch torchOf, List<int[]> mask) {
    boolean any = mask != null && mask.stream().anyMatch(row -> contains(row, 0));
    return any ? torchOf.whole(mask).eq(new Scalar(0)).unsqueeze(1).unsqueeze(1) : null;
  }

  private static boolean contains(int[] row, int value) {
    for (int v : row) {
      if (v == value) {
        return true;
      }
    }
    return false;
  }

  private static Tensor filled(Torch torchOf, Tensor hidden) {
    return torchOf.placed(hidden).mul(new Scalar(HIDDEN));
  }

  /**
   * T5's bias: the table's row for the bucket of key minus query.
   *
   * @param table {@code (buckets, heads)}
   * @param hidden added to it; may be null
   * @return {@code (1 or batch, heads, queries, keys)}
   */
  static Tensor relative(
      Torch torchOf, RelativeBuckets buckets, Tensor table, int past, int queries, Tensor hidden) {
    int keys = past + queries;
    long[] rows = new long[Math.multiplyExact(queries, keys)];
    for (int i = 0; i < queries; i++) {
      for (int j = 0; j < keys; j++) {
        rows[i * keys + j] = buckets.of((long) j - past - i);
      }
    }
    Tensor bias =
        torch
            .embedding(table, torchOf.whole(rows, queries, keys)) // (queries, keys, heads)
            .permute(2, 0, 1)
            .unsqueeze(0)
            .contiguous();
    return hidden == null ? bias : bias.add(hidden);
  }
}
