package dev.orograph.comparison;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Results;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How far a matrix went between the snapshots of a training: Frobenius norms of its differences.
 *
 * @param tensor its name
 * @param stack which stack
 * @param component what it does
 * @param layer number of the block; -1 outside
 * @param norms of the matrix before each interval, {@code (intervals)}
 * @param lengths of its difference over each interval, {@code (intervals)}
 * @param straight of the difference between the last and the first; null where it is not known
 */
record Way(
    String tensor,
    String stack,
    String component,
    int layer,
    List<Double> norms,
    List<Double> lengths,
    Double straight) {
  private static final String PAIRS = "shared_start.tensors";

  /**
   * The matrices that every interval has, none of which was 0 or not finite.
   *
   * @param intervals {@code shared_start} of each snapshot with the next one
   * @param ends the same of the first with the last; null for none
   */
  static List<Way> of(List<Results> intervals, Results ends) {
    Map<String, List<Row>> rows = new LinkedHashMap<>();
    for (Results r : intervals) {
      matrices(r)
          .forEach((name, row) -> rows.computeIfAbsent(name, k -> new ArrayList<>()).add(row));
    }
    Map<String, Row> whole = ends == null ? Map.of() : matrices(ends);
    List<Way> ways = new ArrayList<>();
    rows.forEach(
        (name, all) -> {
          if (all.size() == intervals.size()) {
            Double layer = all.get(0).layer();
            ways.add(
                new Way(
                    name,
                    Objects.requireNonNullElse(all.get(0).text("stack"), ""),
                    Objects.requireNonNullElse(all.get(0).text("component"), ""),
                    layer == null ? -1 : layer.intValue(),
                    all.stream().map(r -> r.number("norm")).toList(),
                    all.stream().map(Way::length).toList(),
                    whole.containsKey(name) ? length(whole.get(name)) : null));
          }
        });
    return ways;
  }

  private static double length(Row r) {
    return r.number("change") * r.number("norm");
  }

  /** Rows of matrices with figures; norms and biases begin alike and have few entries. */
  private static Map<String, Row> matrices(Results pair) {
    Map<String, Row> rows = new LinkedHashMap<>();
    for (Section s : pair.sections()) {
      for (Finding f : s.findings()) {
        if (f instanceof Table t && t.id().equals(PAIRS)) {
          for (Row r : Row.of(t, c -> {})) {
            String shape = r.text("shape");
            if (r.number("change") != null && shape != null && shape.contains(" x ")) {
              rows.putIfAbsent(r.text("tensor"), r);
            }
          }
        }
      }
    }
    return rows;
  }

  /** How far it went in all. */
  double length() {
    return lengths.stream().mapToDouble(v -> v).sum();
  }

  /** |last - first| over the length of the way: 1 for a straight one; null where not known. */
  Double directness() {
    return straight == null || length() == 0 ? null : (Double) (straight / length());
  }

  /** The share of the way that was gone by each step; null for one that never moved. */
  List<Double> gone() {
    double all = length();
    if (!(all > 0)) {
      return null;
    }
    List<Double> gone = new ArrayList<>(List.of(0.0));
    double sum = 0;
    for (double l : lengths) {
      sum += l;
      gone.add(sum / all);
    }
    return gone;
  }

  /** The step by which half of the way was gone, as if each interval were gone evenly; or null. */
  Double half(List<Long> steps) {
    List<Double> gone = gone();
    if (gone == null) {
      return null;
    }
    int i = 1;
    while (i < gone.size() - 1 && gone.get(i) < 0.5) {
      i++;
    }
    double before = gone.get(i - 1);
    double share = (0.5 - before) / (gone.get(i) - before);
    return steps.get(i - 1) + share * (steps.get(i) - steps.get(i - 1));
  }

  /** Its layer as a row is called, with the stack where there are several. */
  String place(boolean stacks) {
    return layer < 0 ? component : (stacks ? stack + " " : "") + "layer " + layer;
  }
}
