package dev.orograph.comparison;

import dev.orograph.finding.Figure;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.weights.CrossLayerColumns;
import dev.orograph.instrument.weights.NeuronColumns;
import dev.orograph.instrument.weights.QkColumns;
import dev.orograph.instrument.weights.SparsityColumns;
import dev.orograph.instrument.weights.SpectraColumns;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The models under each other: a row per model and stack, empty where a run lacks the analysis. */
final class ModelTable {
  private static final List<String> QKV = List.of("self_attn_q", "self_attn_k", "self_attn_v");
  private static final Map<String, String> SHORT =
      Map.of("self_attn_q", "q", "self_attn_k", "k", "self_attn_v", "v", "mlp_up", "mlp_up");

  private ModelTable() {}

  /** A stack of a model; null for a model whose tensors are in no stack with layers. */
  private record Place(Compared model, String stack) {
    /** Rows of a table in this stack, of one component where one is named. */
    Stream<Row> rows(String table, String component) {
      return model.rows(table).stream()
          .filter(r -> stack == null || stack.equals(r.text("stack")))
          .filter(r -> component == null || component.equals(r.text("component")));
    }

    /** A value of the first (0) or last (1) layer. */
    Double atEnd(String table, String component, Function<Row, Double> of, int end) {
      List<Row> rows =
          rows(table, component)
              .filter(r -> r.layer() != null)
              .sorted(Comparator.comparing(Row::layer))
              .toList();
      return rows.isEmpty() ? null : of.apply(rows.get(end * (rows.size() - 1)));
    }

    /** Mean of a value over the rows that have it. */
    Double mean(String table, String component, Function<Row, Double> of) {
      List<Double> values = rows(table, component).map(of).filter(Objects::nonNull).toList();
      return values.isEmpty() ? null : Samples.mean(values);
    }

    Double sum(Figure<?> figure) {
      List<Double> values =
          rows(figure.table(), null).map(r -> r.number(figure)).filter(Objects::nonNull).toList();
      return values.isEmpty() ? null : values.stream().mapToDouble(v -> v).sum();
    }

    /** A share of entries over several components, each weighted by its entries. */
    Double share(List<String> components, Function<Row, Double> of) {
      List<Row> rows =
          components.stream().flatMap(c -> rows(SparsityColumns.COMPONENTS, c)).toList();
      ToDoubleFunction<Row> entries = r -> r.number("entries") == null ? 0 : r.number("entries");
      double total = rows.stream().mapToDouble(entries).sum();
      return total == 0 || rows.stream().anyMatch(r -> of.apply(r) == null)
          ? null
          : rows.stream().mapToDouble(r -> entries.applyAsDouble(r) * of.apply(r)).sum() / total;
    }
  }

  static Table of(List<Compared> models) {
    List<Place> places = new ArrayList<>();
    for (Compared m : models) {
      if (m.stacks().isEmpty()) {
        places.add(new Place(m, null));
      }
      m.stacks().forEach(s -> places.add(new Place(m, s)));
    }
    return Table.of("compare.models", "Models side by side", columns(), places);
  }

  private static List<Column<Place>> columns() {
    List<Column<Place>> c = new ArrayList<>();
    c.add(new Column<>("model", "name", p -> p.model().name()));
    c.add(new Column<>("stack", "which stack", Place::stack));
    c.add(new Column<>("family", "family", p -> p.model().results().model().family()));
    c.add(
        new Column<>(
            "parameters", "of the whole model", p -> count(p.model().facts().get("parameters"))));
    QKV.forEach(q -> shares(c, SHORT.get(q), List.of(q)));
    shares(c, "qkv", QKV);
    for (String component : List.of("self_attn_q", "self_attn_k", "self_attn_v", "mlp_up")) {
      String name = SHORT.get(component);
      c.add(
          new Column<>(
              name + "_stable_rank",
              "mean of |W|_F^2 / s1^2; seed and sound",
              p ->
                  p.mean(
                      SpectraColumns.COMPONENTS,
                      component,
                      r -> r.number(SpectraColumns.STABLE_RANK))));
      c.add(
          new Column<>(
              name + "_effective_rank_ratio",
              "mean effective rank over the mean of shuffled copies; sound",
              p ->
                  Row.quotient(
                      p.mean(
                          SpectraColumns.COMPONENTS,
                          component,
                          r -> r.number(SpectraColumns.EFFECTIVE_RANK)),
                      p.mean(
                          SpectraColumns.COMPONENTS,
                          component,
                          r -> r.chance(SpectraColumns.EFFECTIVE_RANK)))));
    }
    queryKey(c);
    c.add(
        new Column<>(
            "dead_neurons",
            "neurons whose weights are below 1 % of the mean; seed",
            p -> whole(p.sum(NeuronColumns.DEAD))));
    c.add(new Column<>("neurons", "of all layers", p -> whole(p.sum(NeuronColumns.D_FF))));
    c.add(
        new Column<>(
            "adjacent_cosine",
            "cosine of weights between neighbouring layers, mean over components; seed",
            p ->
                p.mean(
                    CrossLayerColumns.COMPONENTS,
                    null,
                    r -> r.number(CrossLayerColumns.ADJACENT_MEAN))));
    return c;
  }

  private static void shares(List<Column<Place>> c, String name, List<String> components) {
    c.add(
        new Column<>(
            name + "_below_1e-1",
            "share of |w| below 0.1; seed",
            p -> p.share(components, r -> r.number(SparsityColumns.BELOW_TENTH))));
    c.add(
        new Column<>(
            name + "_gaussian_below_1e-1",
            "share that Gaussians of the same scale have below 0.1",
            p -> p.share(components, r -> r.chance(SparsityColumns.BELOW_TENTH))));
  }

  private static void queryKey(List<Column<Place>> c) {
    Function<Row, Double> share = r -> r.number(QkColumns.SEED_POSITIVE_SHARE);
    ends(c, share, "qk_positive_share", "share of positive eigenvalues; seed");
    c.add(
        new Column<>(
            "qk_positive_share_trend",
            "last layer's minus first layer's; seed",
            p -> {
              Double first = p.atEnd(QkColumns.LAYERS, "self_attn", share, 0);
              Double last = p.atEnd(QkColumns.LAYERS, "self_attn", share, 1);
              return first == null || last == null ? null : (Object) (last - first);
            }));
    ends(
        c,
        r -> r.number(QkColumns.SCORE),
        "qk_score",
        "query-key symmetry 2r - 1, mean over heads; sound");
    ends(c, r -> r.chance(QkColumns.SCORE), "qk_score_null", "what chance gives for it");
  }

  private static void ends(
      List<Column<Place>> c, Function<Row, Double> of, String name, String about) {
    List<String> ends = List.of("first", "last");
    for (int i = 0; i < ends.size(); i++) {
      int end = i;
      c.add(
          new Column<>(
              name + "_" + ends.get(i),
              about + "; " + ends.get(i) + " layer",
              p -> p.atEnd(QkColumns.LAYERS, "self_attn", of, end)));
    }
  }

  /** A number of parameters written with commas, as a number; any other text as it is. */
  private static Object count(String text) {
    return text != null && text.matches("[0-9]{1,3}(,[0-9]{3}){0,5}")
        ? (Object) Long.parseLong(text.replace(",", ""))
        : text;
  }

  private static Object whole(Double v) {
    return v != null && v == Math.rint(v) && Math.abs(v) < 1L << 53 ? (Object) v.longValue() : v;
  }

  /** What the runs say about their models, a row per fact. */
  static Finding facts(List<Compared> models) {
    Set<String> labels =
        models.stream()
            .flatMap(m -> m.facts().keySet().stream())
            .collect(Collectors.toCollection(LinkedHashSet::new));
    List<String> columns = new ArrayList<>(List.of("fact"));
    models.forEach(m -> columns.add(m.name()));
    List<List<Object>> rows = new ArrayList<>();
    for (String label : labels) {
      List<Object> row = new ArrayList<>();
      row.add(label);
      models.forEach(m -> row.add(m.facts().get(label)));
      rows.add(row);
    }
    List<String> about = new ArrayList<>(List.of("what"));
    models.forEach(m -> about.add("of " + m.name()));
    return new Table("compare.facts", "Facts", Compared.apart(columns), about, rows);
  }
}
