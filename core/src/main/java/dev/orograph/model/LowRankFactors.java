package dev.orograph.model;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.TensorInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The two factors of what a low-rank adapter (LoRA) adds to a matrix, B A. Those of a convolution
 * are (rank, channels, height, width) and (outputs, rank, 1, 1). Names as in the PEFT library and
 * in kohya's scripts.
 *
 * @param module what the names of both begin with
 * @param a A, (rank, inputs)
 * @param b B, (outputs, rank)
 */
public record LowRankFactors(String module, TensorInfo a, TensorInfo b) {
  private static final Pattern FIRST =
      Pattern.compile("(.+)\\.lora_(?:(A|embedding_A)(\\.[^.]+)?(\\.weight)?|down(\\.weight))");

  /** Either factor. */
  private static final Pattern EITHER =
      Pattern.compile(
          ".+\\.lora_(?:(?:embedding_)?[AB](?:\\.[^.]+)?(?:\\.weight)?|(?:up|down)\\.weight)");

  private static final int MOST_RANK = 4096;

  /** Entries of a factor; both are held as Java arrays. */
  private static final long MOST_ENTRIES = 1L << 28;

  /** All pairs of a checkpoint, in the order of its tensors. */
  public static List<LowRankFactors> of(Checkpoint c) {
    Map<String, TensorInfo> byName = new HashMap<>();
    c.tensors().forEach(t -> byName.put(t.name(), t));
    List<LowRankFactors> pairs = new ArrayList<>();
    for (TensorInfo a : c.tensors()) {
      Matcher m = FIRST.matcher(a.name());
      TensorInfo b = m.matches() ? byName.get(second(m)) : null;
      if (b != null && paired(a, b)) {
        pairs.add(new LowRankFactors(m.group(1), a, b));
      }
    }
    return pairs;
  }

  /**
   * The factors that make no update: their other half is missing, does not fit, or the rank is
   * above that of any matrix of their shape.
   */
  public static List<String> alone(Checkpoint c) {
    Map<String, TensorInfo> left = new TreeMap<>();
    c.tensors().stream()
        .filter(t -> EITHER.matcher(t.name()).matches())
        .forEach(t -> left.put(t.name(), t));
    for (LowRankFactors pair : of(c)) {
      left.remove(pair.a.name());
      left.remove(pair.b.name());
    }
    return List.copyOf(left.keySet());
  }

  /** Their inner size. */
  public int rank() {
    return Math.toIntExact(a.shape().get(0));
  }

  /** Outputs of what is updated. */
  public long rows() {
    return b.shape().get(0);
  }

  /** Inputs of what is updated, of a convolution with its window. */
  public long columns() {
    return a.count() / rank();
  }

  private static String second(Matcher m) {
    return m.group(1)
        + (m.group(2) == null
            ? ".lora_up" + m.group(5)
            : ".lora_" + m.group(2).replace('A', 'B') + part(m, 3) + part(m, 4));
  }

  private static String part(Matcher m, int group) {
    return m.group(group) == null ? "" : m.group(group);
  }

  private static boolean paired(TensorInfo a, TensorInfo b) {
    if (a.rank() < 2 || b.rank() < 2 || a.count() == 0 || b.count() == 0) {
      return false;
    }
    long rank = a.shape().get(0);
    return a.dtype().floating()
        && b.dtype().floating()
        && rank == b.shape().get(1)
        && b.count() == b.shape().get(0) * rank
        && rank <= Math.min(MOST_RANK, Math.min(a.count() / rank, b.shape().get(0)))
        && Math.max(a.count(), b.count()) <= MOST_ENTRIES;
  }
}
