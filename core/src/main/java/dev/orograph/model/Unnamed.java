package dev.orograph.model;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What can be told of tensors without a role: which are the same matrix of different layers, and
 * which are no weights but computed: masks, tables of sines, frequencies. A family's position table
 * is looked at too, since DistilBERT's, for one, is learned or sines as its configuration says.
 *
 * <p>Numbers in a name count layers, and fall together, where the names under the same parent go on
 * from one number to the next and the tensors have one shape. Else they stand for steps of a
 * container ({@code net.0}, {@code net.2}), each with a place of its own: the last number of a name
 * is kept, then the one before it, until all of a group have one shape; where none helps, the shape
 * is part of the group.
 */
final class Unnamed {
  private static final Pattern NUMBER = Pattern.compile("(?<=^|\\.)\\d{1,9}(?=\\.|$)");
  private static final int MOST_NUMBERS = 4;

  /** Names that libraries give to what they compute and store all the same. */
  private static final Pattern COMPUTED =
      Pattern.compile(
          "(?:^|[._])(?:inv_freq|original_inv_freq|freqs_cis|(?:cos|sin)_cached|position_ids"
              + "|token_type_ids|masked_bias|num_batches_tracked)$");

  private static final int MOST_COLUMNS = 1 << 16;

  /** What bfloat16 rounds numbers up to 1 by, and three rows of its angle. */
  private static final double HALF_PRECISION = 0.016;

  private final Checkpoint checkpoint;

  Unnamed(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  /** The same parameters, those without a role with their group, masks as buffers. */
  List<Parameter> grouped(List<Parameter> parameters) {
    List<Parameter> known = new ArrayList<>();
    Map<String, List<TensorInfo>> patterns = new LinkedHashMap<>();
    for (Parameter p : parameters) {
      Parameter kept = computed(p) ? p.as(Component.BUFFER) : p;
      known.add(kept);
      if (kept.role().component() == Component.OTHER) {
        patterns
            .computeIfAbsent(starred(kept.tensor().name(), 0, Map.of()), k -> new ArrayList<>())
            .add(kept.tensor());
      }
    }
    Map<String, String> groups = new HashMap<>();
    Map<String, Boolean> steps = steps(patterns);
    patterns.forEach((pattern, tensors) -> group(tensors, steps, groups));
    return known.stream()
        .map(p -> p.in(groups.getOrDefault(p.tensor().name(), p.group())))
        .toList();
  }

  private static void group(
      List<TensorInfo> tensors, Map<String, Boolean> steps, Map<String, String> groups) {
    int numbers = (int) NUMBER.matcher(tensors.get(0).name()).results().count();
    for (int kept = 0; kept < Math.max(1, Math.min(numbers, MOST_NUMBERS)); kept++) {
      Map<String, List<TensorInfo>> by = new LinkedHashMap<>();
      for (TensorInfo t : tensors) {
        by.computeIfAbsent(starred(t.name(), kept, steps), k -> new ArrayList<>()).add(t);
      }
      if (by.values().stream().allMatch(Unnamed::alike)) {
        by.forEach((name, group) -> group.forEach(t -> groups.put(t.name(), name)));
        return;
      }
    }
    for (TensorInfo t : tensors) {
      groups.put(t.name(), starred(t.name(), 0, steps) + " " + t.shape());
    }
  }

  private static boolean alike(List<TensorInfo> tensors) {
    return tensors.stream().map(TensorInfo::shape).distinct().count() == 1;
  }

  /** A name with its numbers as stars, but for the last {@code kept} and those that are steps. */
  private static String starred(String name, int kept, Map<String, Boolean> steps) {
    int numbers = (int) NUMBER.matcher(name).results().count();
    Matcher m = NUMBER.matcher(name);
    StringBuilder out = new StringBuilder();
    for (int i = 0; m.find(); i++) {
      boolean step = steps.getOrDefault(place(name, m.start()), false);
      m.appendReplacement(out, i < numbers - kept && !step ? "*" : m.group());
    }
    return m.appendTail(out).toString();
  }

  /** What stands before a number, other numbers as stars. */
  private static String place(String name, int at) {
    return NUMBER.matcher(name.substring(0, at)).replaceAll("*");
  }

  /** For each place of a number whether it counts steps: several, and none follows another. */
  private static Map<String, Boolean> steps(Map<String, List<TensorInfo>> patterns) {
    Map<String, TreeSet<Integer>> seen = new HashMap<>();
    for (List<TensorInfo> tensors : patterns.values()) {
      for (TensorInfo t : tensors) {
        Matcher m = NUMBER.matcher(t.name());
        while (m.find()) {
          seen.computeIfAbsent(place(t.name(), m.start()), k -> new TreeSet<>())
              .add(Integer.parseInt(m.group()));
        }
      }
    }
    Map<String, Boolean> steps = new HashMap<>();
    seen.forEach(
        (place, numbers) ->
            steps.put(
                place,
                numbers.size() > 1 && numbers.stream().noneMatch(n -> numbers.contains(n + 1))));
    return steps;
  }

  private boolean computed(Parameter p) {
    return switch (p.role().component()) {
      case OTHER ->
          COMPUTED.matcher(p.tensor().name()).find() || mask(p.tensor()) || sines(p.tensor());
      case POSITION_EMBEDDING -> sines(p.tensor());
      default -> false;
    };
  }

  /**
   * Whether a matrix is a table of sines: pairs of columns, side by side or half a row apart, in
   * which row k holds sin(k a) and cos(k a), a an angle for each pair.
   */
  private boolean sines(TensorInfo t) {
    if (t.rank() != 2 || !t.dtype().floating() || t.rows() < 4 || t.columns() < 4) {
      return false;
    }
    int d = (int) Math.min(t.columns(), MOST_COLUMNS + 1);
    if (d % 2 != 0 || d > MOST_COLUMNS) {
      return false;
    }
    try (TensorData data = checkpoint.map(t)) {
      double[][] rows = new double[4][d];
      for (int k = 0; k < rows.length; k++) {
        data.read((long) k * d, rows[k], 0, d);
      }
      return sines(rows, 1, d / 2, 2) || sines(rows, d / 2, d / 2, 1);
    }
  }

  private static boolean sines(double[][] rows, int apart, int pairs, int step) {
    for (int j = 0; j < pairs; j++) {
      int at = j * step;
      double angle = Math.atan2(rows[1][at], rows[1][at + apart]);
      for (int k = 0; k < rows.length; k++) {
        boolean here =
            Math.abs(rows[k][at] - Math.sin(k * angle)) < HALF_PRECISION
                && Math.abs(rows[k][at + apart] - Math.cos(k * angle)) < HALF_PRECISION;
        if (!here) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Whether a tensor is a causal mask: its last two sizes are equal, and each row of a sample holds
   * one number up to the diagonal and another behind it, 1 and 0, or 0 and something below it.
   */
  private boolean mask(TensorInfo t) {
    int rank = t.rank();
    if (rank < 2 || !t.dtype().floating() || t.count() == 0) {
      return false;
    }
    long n = t.shape().get(rank - 1);
    if (n < 2 || n > 1 << 20 || t.shape().get(rank - 2) != n || t.count() != n * n) {
      return false;
    }
    try (TensorData data = checkpoint.map(t)) {
      double[] first = new double[2];
      data.read(0, first, 0, 2);
      boolean binary = first[0] == 1 && first[1] == 0;
      boolean added = first[0] == 0 && first[1] < -1;
      if (!binary && !added) {
        return false;
      }
      double[] row = new double[(int) n];
      for (long i : new long[] {0, 1, n / 2, n - 1}) {
        data.read(i * n, row, 0, (int) n);
        for (int j = 0; j < n; j++) {
          if (row[j] != first[j <= i ? 0 : 1]) {
            return false;
          }
        }
      }
      return true;
    }
  }
}
