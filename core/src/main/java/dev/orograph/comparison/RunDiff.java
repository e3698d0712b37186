package dev.orograph.comparison;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Results;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What changed between two runs.
 *
 * @param same whether their results are equal
 * @param circumstances how the runs were made: version, settings, model, machine
 * @param analyses what became of an analysis
 * @param gone ids of findings that only the old run has
 * @param added ids of findings that only the new run has
 * @param scalars numbers of scalars, largest relative change first
 * @param tables tables that changed
 * @param redrawn ids of charts and notes that changed
 * @param reworded ids of findings and sections of which only words changed
 */
public record RunDiff(
    boolean same,
    List<Change> circumstances,
    List<Change> analyses,
    List<String> gone,
    List<String> added,
    List<Figure> scalars,
    List<Rows> tables,
    List<String> redrawn,
    List<String> reworded) {

  /**
   * A text that changed.
   *
   * @param before null where there was none
   * @param after null where there is none any more
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Change(String what, String before, String after) {}

  /**
   * A number that changed.
   *
   * @param before null where there was none
   * @param after null where there is none any more
   * @param relative (after - before) / |before|; null where there is none or before is 0
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Figure(String what, Double before, Double after, Double relative) {
    private static Figure of(String what, Double before, Double after) {
      Double relative =
          before == null || after == null || before == 0
              ? null
              : (Double) ((after - before) / Math.abs(before));
      return new Figure(
          what, before, after, relative == null || relative.isInfinite() ? null : relative);
    }

    /** How far it changed; a number that appeared, vanished or left 0 stands before all others. */
    private double size() {
      return relative == null ? Double.POSITIVE_INFINITY : Math.abs(relative);
    }
  }

  /**
   * A table that changed.
   *
   * @param compared how many rows both have
   * @param gone keys of rows that only the old run has
   * @param added keys of rows that only the new run has
   * @param columnsGone columns that only the old run has
   * @param columnsAdded columns that only the new run has
   * @param words cells of text that changed
   * @param numbers cells of numbers that changed, largest relative change first
   */
  public record Rows(
      String id,
      int compared,
      List<String> gone,
      List<String> added,
      List<String> columnsGone,
      List<String> columnsAdded,
      List<Change> words,
      List<Figure> numbers) {
    private boolean empty() {
      return gone.isEmpty()
          && added.isEmpty()
          && columnsGone.isEmpty()
          && columnsAdded.isEmpty()
          && words.isEmpty()
          && numbers.isEmpty();
    }
  }

  /** Columns of whole numbers that say which row it is. */
  private static final Set<String> INDEX =
      Set.of("layer", "layer_a", "layer_b", "head", "key_head");

  private static final Comparator<Figure> LARGEST =
      Comparator.comparingDouble((Figure n) -> -n.size()).thenComparing(Figure::what);

  /**
   * Compares two runs.
   *
   * @param before the old run
   * @param after the new run
   * @param runBefore what else is told of the old run (version, machine), by name
   * @param runAfter the same of the new one
   */
  public static RunDiff of(
      Results before, Results after, Map<String, String> runBefore, Map<String, String> runAfter) {
    List<Change> circumstances = new ArrayList<>();
    circumstances.addAll(changes("model ", model(before), model(after)));
    circumstances.addAll(changes("setting ", texts(before.settings()), texts(after.settings())));
    circumstances.addAll(changes("", runBefore, runAfter));

    Map<String, Finding> old = findings(before);
    Map<String, Finding> now = findings(after);
    List<Figure> scalars = new ArrayList<>();
    List<Rows> tables = new ArrayList<>();
    List<String> redrawn = new ArrayList<>();
    List<String> reworded = new ArrayList<>(sections(before, after));
    old.forEach(
        (id, a) -> {
          Finding b = now.get(id);
          if (b == null || a.equals(b)) {
            return;
          }
          int found = scalars.size() + tables.size();
          if (a instanceof Scalar s && b instanceof Scalar t) {
            scalars.addAll(numbers(id, parts(s), parts(t)));
          } else if (a instanceof Table s && b instanceof Table t) {
            Rows rows = rows(s, t);
            if (!rows.empty()) {
              tables.add(rows);
            }
          } else {
            redrawn.add(id);
            return;
          }
          if (scalars.size() + tables.size() == found) {
            reworded.add(id);
          }
        });
    scalars.sort(LARGEST);
    return new RunDiff(
        before.equals(after),
        circumstances,
        changes("", statuses(before), statuses(after)),
        only(old.keySet(), now.keySet()),
        only(now.keySet(), old.keySet()),
        scalars,
        tables,
        redrawn,
        reworded);
  }

  private static List<String> only(Set<String> these, Set<String> those) {
    return these.stream().filter(k -> !those.contains(k)).toList();
  }

  private static List<Change> changes(
      String prefix, Map<String, String> before, Map<String, String> after) {
    Set<String> names = new LinkedHashSet<>(before.keySet());
    names.addAll(after.keySet());
    return names.stream()
        .filter(n -> !Objects.equals(before.get(n), after.get(n)))
        .map(n -> new Change(prefix + n, before.get(n), after.get(n)))
        .toList();
  }

  private static Map<String, String> model(Results results) {
    Map<String, String> model = new LinkedHashMap<>();
    model.put("name", results.model().name());
    model.put("family", results.model().family());
    model.put("fingerprint", results.model().fingerprint());
    model.putAll(texts(results.model().facts()));
    return model;
  }

  private static Map<String, String> texts(Map<String, String> texts) {
    return texts == null ? Map.of() : texts;
  }

  private static Map<String, String> statuses(Results results) {
    Map<String, String> statuses = new LinkedHashMap<>();
    for (Results.Analysis a : results.analyses()) {
      if (a != null) {
        statuses.put(
            String.valueOf(a.id()), a.status() + (a.reason() == null ? "" : ": " + a.reason()));
      }
    }
    return statuses;
  }

  /** Sections of which the words changed. */
  private static List<String> sections(Results before, Results after) {
    Map<String, Section> old = new HashMap<>();
    before.sections().forEach(s -> old.put(s.id(), s));
    return after.sections().stream()
        .filter(s -> old.containsKey(s.id()) && !words(s).equals(words(old.get(s.id()))))
        .map(s -> "section " + s.id())
        .toList();
  }

  private static List<String> words(Section s) {
    List<String> words = new ArrayList<>();
    for (String w : new String[] {s.title(), s.summary(), s.method(), s.source(), s.limits()}) {
      words.add(String.valueOf(w));
    }
    return words;
  }

  private static Map<String, Finding> findings(Results results) {
    Map<String, Finding> findings = new LinkedHashMap<>();
    results.sections().forEach(s -> s.findings().forEach(f -> findings.put(f.id(), f)));
    return findings;
  }

  private static Map<String, Double> parts(Scalar s) {
    Map<String, Double> parts = new LinkedHashMap<>();
    parts.put("", s.value());
    parts.put(" seed", s.seed());
    List<Double> interval = s.interval() == null ? List.of() : s.interval();
    parts.put(" low", interval.isEmpty() ? null : interval.get(0));
    parts.put(" high", interval.isEmpty() ? null : interval.get(interval.size() - 1));
    parts.put(" null", s.expected());
    parts.put(" null_sd", s.deviation());
    parts.put(" z", s.z());
    parts.put(" p", s.p());
    return parts;
  }

  private static List<Figure> numbers(
      String id, Map<String, Double> before, Map<String, Double> after) {
    List<Figure> numbers = new ArrayList<>();
    before.forEach(
        (name, v) -> {
          if (!Objects.equals(v, after.get(name))) {
            numbers.add(Figure.of(id + name, v, after.get(name)));
          }
        });
    return numbers;
  }

  private static Rows rows(Table before, Table after) {
    Map<String, List<Object>> old = byKey(before);
    Map<String, List<Object>> now = byKey(after);
    List<Change> words = new ArrayList<>();
    List<Figure> numbers = new ArrayList<>();
    Map<String, Integer> columns = new HashMap<>();
    for (int j = 0; j < after.columns().size(); j++) {
      columns.put(after.columns().get(j), j);
    }
    int compared = 0;
    for (Map.Entry<String, List<Object>> row : old.entrySet()) {
      List<Object> other = now.get(row.getKey());
      if (other == null) {
        continue;
      }
      compared++;
      for (int i = 0; i < before.columns().size(); i++) {
        Integer j = columns.get(before.columns().get(i));
        if (j == null || Objects.equals(row.getValue().get(i), other.get(j))) {
          continue;
        }
        String what = row.getKey() + " " + before.columns().get(i);
        Object a = row.getValue().get(i);
        Object b = other.get(j);
        if ((a == null || a instanceof Number) && (b == null || b instanceof Number)) {
          numbers.add(Figure.of(what, number(a), number(b)));
        } else {
          words.add(new Change(what, text(a), text(b)));
        }
      }
    }
    numbers.sort(LARGEST);
    Set<String> oldColumns = new LinkedHashSet<>(before.columns());
    return new Rows(
        before.id(),
        compared,
        only(old.keySet(), now.keySet()),
        only(now.keySet(), old.keySet()),
        only(oldColumns, columns.keySet()),
        after.columns().stream().filter(c -> !oldColumns.contains(c)).toList(),
        words,
        numbers);
  }

  private static Double number(Object cell) {
    return cell == null ? null : (Double) ((Number) cell).doubleValue();
  }

  private static String text(Object cell) {
    return cell == null ? null : cell.toString();
  }

  /**
   * Rows by the tensor that they are about, or else by their texts and indices; a key that occurs
   * again gets a number.
   */
  private static Map<String, List<Object>> byKey(Table table) {
    int tensor = table.columns().indexOf("tensor");
    List<String> keys = new ArrayList<>();
    for (List<Object> row : table.rows()) {
      StringBuilder key = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        Object cell = row.get(i);
        String column = table.columns().get(i);
        // The name of a tensor tells its layer, and what else is text may have changed.
        if (tensor >= 0 && i != tensor && (cell instanceof String || column.equals("layer"))) {
          continue;
        }
        if (cell instanceof String s) {
          key.append(key.length() == 0 ? "" : " ").append(s);
        } else if (cell != null && INDEX.contains(column)) {
          key.append(key.length() == 0 ? "" : " ").append(column).append(' ').append(cell);
        }
      }
      keys.add(key.toString());
    }
    List<String> apart = Compared.apart(keys);
    Map<String, List<Object>> rows = new LinkedHashMap<>();
    for (int i = 0; i < apart.size(); i++) {
      rows.put(apart.get(i), table.rows().get(i));
    }
    return rows;
  }
}
