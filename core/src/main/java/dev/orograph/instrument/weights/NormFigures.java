package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Unlike;
import dev.orograph.instrument.Task;
import dev.orograph.stats.Quantiles;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The entries of one scale of a normalisation.
 *
 * @param task which tensor
 * @param offset what the norm adds to the stored entries; the figures are of the sums
 * @param nonFinite entries that are NaN, infinite or beyond float32, which the other figures leave
 *     out
 * @param mean mean; null where no entry is finite, as are deviation, min and max
 * @param deviation standard deviation, ddof 0
 * @param above entries above 1.5
 * @param below entries below 0.5
 * @param near entries strictly between 0.8 and 1.2
 * @param min smallest
 * @param max largest
 * @param quartiles lower quartile, median and upper quartile, linear; empty where no entry is
 *     finite or there are more than {@value #MOST_SORTED}
 * @param entries which entries are unlike the others; null where that is not tested
 */
public record NormFigures(
    Task<StoredTensor> task,
    int offset,
    long nonFinite,
    Double mean,
    Double deviation,
    long above,
    long below,
    long near,
    Double min,
    Double max,
    List<Double> quartiles,
    Unlike entries)
    implements Serializable {
  /** Most entries that are sorted; far more than any model is wide. */
  static final int MOST_SORTED = 1 << 20;

  private static final int CHUNK = 1 << 13;

  static NormFigures of(Task<StoredTensor> task, TensorData data, int offset) {
    long n = data.info().count();
    double[] chunk = new double[(int) Math.min(n, CHUNK)];
    double[] kept = new double[n <= MOST_SORTED ? (int) n : 0];
    Totals t = new Totals();
    for (int pass = 0; pass < 2; pass++) {
      for (long at = 0; at < n; at += chunk.length) {
        int length = (int) Math.min(chunk.length, n - at);
        data.read(at, chunk, 0, length);
        for (int i = 0; i < length; i++) {
          if (Math.abs(chunk[i]) <= Float.MAX_VALUE) {
            t.add(pass, chunk[i] + offset, kept);
          }
        }
      }
    }
    if (t.count == 0) {
      return new NormFigures(task, offset, n, null, null, 0, 0, 0, null, null, List.of(), null);
    }
    List<Double> quartiles = List.of();
    Unlike entries = null;
    if (kept.length > 0) {
      if (t.count == n) {
        entries = Unlike.of("dimension", "scale", Scale.DIFFERENCE, kept, Integer::toString);
      }
      double[] sorted = Arrays.copyOf(kept, (int) t.count);
      Arrays.sort(sorted);
      quartiles = Stream.of(0.25, 0.5, 0.75).map(q -> Quantiles.ofSorted(sorted, q)).toList();
    }
    return new NormFigures(
        task,
        offset,
        n - t.count,
        t.mean(),
        Math.sqrt(t.squares / t.count),
        t.above,
        t.below,
        t.near,
        t.min,
        t.max,
        quartiles,
        entries);
  }

  private static final class Totals {
    long count;
    double sum;
    double squares;
    long above;
    long below;
    long near;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;

    double mean() {
      return sum / count;
    }

    /** The first pass gives the mean that the second takes differences from. */
    void add(int pass, double v, double[] kept) {
      if (pass == 1) {
        squares += (v - mean()) * (v - mean());
        return;
      }
      if (kept.length > 0) {
        kept[(int) count] = v;
      }
      count++;
      sum += v;
      above += v > 1.5 ? 1 : 0;
      below += v < 0.5 ? 1 : 0;
      // The seed compares float32 with these numbers as float32.
      near += (float) v > 0.8f && (float) v < 1.2f ? 1 : 0;
      min = Math.min(min, v);
      max = Math.max(max, v);
    }
  }

  /** Finite entries. */
  long count() {
    return task.detail().rows() - nonFinite;
  }

  /** What stands where in a block: the name without the number of the block. */
  String place() {
    String name = task.label().replaceAll("\\.(?:weight|scale|gamma)$", "");
    int at = task.place().layer() < 0 ? -1 : name.indexOf("." + task.place().layer() + ".");
    return at < 0
        ? name
        : task.place().stack() + " " + name.substring(name.indexOf('.', at + 1) + 1);
  }
}
