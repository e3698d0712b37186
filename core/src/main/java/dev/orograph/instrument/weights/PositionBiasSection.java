package dev.orograph.instrument.weights;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.weights.PositionBiasFigures.Direction;
import dev.orograph.instrument.weights.PositionBiasFigures.Head;
import dev.orograph.instrument.weights.PositionBiasFigures.Kind;
import dev.orograph.model.RelativeBuckets;
import dev.orograph.stats.Binomial;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import dev.orograph.stats.Spearman;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;

/** What the bias of the heads says: scalars by stack, maps of heads and distances, every head. */
final class PositionBiasSection {
  /** Most heads in a map. */
  private static final int MOST_ROWS = 64;

  private final Card card;
  private final WeightSettings settings;
  private final List<PositionBiasFigures> all;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * One head with its table.
   *
   * @param table the table
   * @param number position in it
   */
  private record Row(PositionBiasFigures table, int number) {
    Head head() {
      return table.heads().get(number);
    }
  }

  PositionBiasSection(Card card, WeightSettings settings, List<PositionBiasFigures> results) {
    this.card = card;
    this.settings = settings;
    this.all = results;
  }

  Section section() {
    notes();
    Groups.byStack(all, PositionBiasFigures::task)
        .forEach(
            (stack, tables) -> {
              List<Row> heads = rows(tables);
              if (heads.isEmpty()) {
                return;
              }
              if (settings.sound()) {
                direction(stack, heads, "before", Head::before);
                direction(stack, heads, "after", Head::after);
              }
              seed(stack, heads);
              List<PositionBiasFigures> drawn =
                  tables.stream().filter(t -> !t.heads().isEmpty()).toList();
              Groups.spread(drawn, 2).forEach(t -> map(t, drawn.size() > 1));
            });
    findings.add(Table.of("position_bias.heads", "Every head", columns(), rows(all)));
    return card.section(summary(), findings);
  }

  private static List<Row> rows(List<PositionBiasFigures> tables) {
    return tables.stream()
        .flatMap(t -> IntStream.range(0, t.heads().size()).mapToObj(h -> new Row(t, h)))
        .toList();
  }

  private String summary() {
    List<Row> heads = rows(all);
    if (heads.isEmpty()) {
      return "No head could be measured.";
    }
    String text =
        heads.size()
            + " heads have a relative position bias; by their peak bucket the reference notebook calls "
            + count(heads, Kind.LOCAL)
            + " local, "
            + count(heads, Kind.GLOBAL)
            + " global and "
            + count(heads, Kind.MIXED)
            + " mixed.";
    if (!settings.sound()) {
      return text;
    }
    return text
        + " In "
        + clear(heads, Head::before)
        + " of "
        + with(heads, Head::before).size()
        + " the bias follows the distance of keys before the query (p below 0.01), in "
        + clear(heads, Head::after)
        + " of "
        + with(heads, Head::after).size()
        + " that of keys after it.";
  }

  private static long count(List<Row> heads, Kind kind) {
    return heads.stream().filter(r -> r.head().kind() == kind).count();
  }

  private static List<Direction> with(List<Row> heads, Function<Head, Direction> of) {
    return heads.stream().map(r -> of.apply(r.head())).filter(Objects::nonNull).toList();
  }

  private static long clear(List<Row> heads, Function<Head, Direction> of) {
    return with(heads, of).stream().filter(d -> d.p() != null && d.p() < 0.01).count();
  }

  private void notes() {
    List<PositionBiasFigures> broken = all.stream().filter(t -> t.nonFinite() > 0).toList();
    if (!broken.isEmpty()) {
      findings.add(
          new Note(
              "position_bias.non_finite",
              "Not measured: NaN or infinity",
              broken.size()
                  + " tables hold entries that are NaN, infinite or beyond float32; the first is '"
                  + broken.get(0).task().label()
                  + "' with "
                  + broken.get(0).nonFinite()
                  + " of them."));
    }
    List<PositionBiasFigures> large =
        all.stream().filter(t -> t.heads().isEmpty() && t.nonFinite() == 0).toList();
    if (!large.isEmpty()) {
      findings.add(
          new Note(
              "position_bias.large",
              "Not measured: too large",
              large.size()
                  + " tables have more than "
                  + PositionBiasFigures.MOST_ENTRIES
                  + " entries, which no relative position bias needs; the first is '"
                  + large.get(0).task().label()
                  + "'."));
    }
  }

  /** Mean rank correlation of bias and distance over the heads of a stack. */
  private void direction(String stack, List<Row> heads, String name, Function<Head, Direction> of) {
    List<Direction> known = with(heads, of);
    if (known.isEmpty()) {
      return;
    }
    double variances =
        known.stream().mapToDouble(d -> Math.pow(Spearman.deviation(d.buckets()), 2)).sum();
    Estimate e =
        Samples.meanOf(known.stream().map(Direction::correlation).toList())
            .inside(-1, 1)
            .against(0, Math.sqrt(variances) / known.size());
    findings.add(
        Scalar.of(
                "position_bias." + stack + "." + name,
                stack + ": rank correlation of bias and distance, keys " + name + " the query",
                e,
                null,
                "1",
                "position_bias." + name,
                "Over "
                    + known.size()
                    + " heads of the "
                    + stack
                    + " the bias has a mean rank correlation of "
                    + Spelling.number(e.value())
                    + " with the distance of keys "
                    + name
                    + " the query"
                    + Words.against(
                        e,
                        "buckets in random order give ",
                        "near keys are preferred",
                        "far keys are preferred"))
            .on(Scale.BOUNDED));
  }

  /** What the seed prints of each head, as means over the heads of a stack. */
  private void seed(String stack, List<Row> heads) {
    double n = heads.size();
    // One table per layer may have its own number of buckets only in a broken model; take the mean.
    double buckets =
        Samples.mean(heads.stream().map(r -> (double) r.head().values().size()).toList());
    for (Kind kind : Kind.values()) {
      double chance = Math.min(1, kind == Kind.MIXED ? Math.max(0, 1 - 6 / buckets) : 3 / buckets);
      seed(
          stack,
          kind.id(),
          "share of heads that the reference notebook calls " + kind.id(),
          settings.sound()
              ? Estimate.of(count(heads, kind) / n)
                  .beside(
                      chance,
                      Math.sqrt(chance * (1 - chance) / n),
                      Binomial.twoSided((int) count(heads, kind), heads.size(), chance),
                      null)
              : Estimate.of(count(heads, kind) / n));
    }
    List<Double> falling =
        heads.stream().map(r -> r.head().falling()).filter(Objects::nonNull).toList();
    if (!falling.isEmpty()) {
      double half = Math.floor(buckets / 2);
      seed(
          stack,
          "near_non_increasing",
          "share of steps in the near half that do not rise",
          against(
              Samples.meanOf(falling).inside(0, 1),
              0.5,
              Math.sqrt((half + 1) / 12 / falling.size()) / (half - 1)));
    }
    List<Double> correlations =
        heads.stream().map(r -> r.head().correlation()).filter(Objects::nonNull).toList();
    if (!correlations.isEmpty()) {
      seed(
          stack,
          "correlation",
          "correlation of bias and bucket number",
          against(
              Samples.meanOf(correlations).inside(-1, 1),
              0,
              Math.sqrt(1 / (buckets - 1) / correlations.size())));
    }
  }

  private Estimate against(Estimate e, double mean, double deviation) {
    return settings.sound() ? e.against(mean, deviation) : e;
  }

  private void seed(String stack, String name, String words, Estimate against) {
    String directions =
        name.equals("correlation") && stack.equals("encoder")
            ? " Buckets of an encoder number two directions one after the other, so this mixes"
                + " them."
            : "";
    findings.add(
        Scalar.of(
            "position_bias." + stack + "." + name,
            stack + ": " + words,
            against,
            against.value(),
            "1",
            null,
            "In the "
                + stack
                + " the "
                + words
                + " is "
                + Spelling.number(against.value())
                + Words.against(
                    against,
                    "buckets in random order give ",
                    "it is below chance",
                    "it is above chance")
                + directions));
  }

  private void map(PositionBiasFigures t, boolean several) {
    RelativeBuckets buckets = t.buckets();
    List<Integer> order = buckets.inOrder();
    if (order.isEmpty()) {
      return;
    }
    List<Head> heads = t.heads().stream().limit(MOST_ROWS).toList();
    String place = t.task().place().stack() + (several ? " " + t.task().place().layer() : "");
    findings.add(
        new Heatmap(
            "position_bias." + place.replace(' ', '.') + ".map",
            "Bias by head and distance: " + place,
            order.stream().map(buckets::label).toList(),
            IntStream.range(0, heads.size()).mapToObj(h -> "head " + h).toList(),
            heads.stream().map(h -> h.seen(order)).toList(),
            Axis.linear("key minus query, tokens"),
            null,
            Axis.linear("bias less the head's mean"),
            0.0,
            "Each row is a head; what it adds to all keys alike is taken off, since softmax does"
                + " not see it. "
                + (buckets.bidirectional()
                    ? "Keys before the query are left of 0, keys after it right."
                    : "Keys are at or before the query."),
            new Heatmap.Group("Bias by head and distance", place)));
  }

  private List<Column<Row>> columns() {
    List<Column<Row>> c = new ArrayList<>(StoredTensor.place(r -> r.table().task()));
    c.add(new Column<>("head", "number of the head", r -> (long) r.number()));
    head(c, "low", "smallest bias; seed", Head::low);
    head(c, "high", "largest bias; seed", Head::high);
    head(
        c,
        "near_non_increasing",
        "share of steps in the first half of the buckets that do not rise; seed",
        Head::falling);
    head(c, "correlation", "of bias and bucket number, all buckets; seed", Head::correlation);
    head(c, "peak_bucket", "bucket of the largest bias; seed", h -> (long) h.peak());
    head(
        c,
        "kind",
        "local: peak at bucket 0 to 2, global: at one of the last three, else mixed; seed",
        h -> h.kind().id());
    if (settings.sound()) {
      c.add(
          new Column<>(
              "peak_distance",
              "key minus query of the largest bias among buckets that are met; sound",
              r -> {
                RelativeBuckets buckets = r.table().buckets();
                return buckets.inOrder().stream()
                    .max(Comparator.comparingDouble(b -> r.head().values().get(b)))
                    .map(buckets::label)
                    .orElse(null);
              }));
      for (String name : List.of("before", "after")) {
        Function<Head, Direction> of = name.equals("before") ? Head::before : Head::after;
        direction(
            c,
            name,
            "rank correlation of bias and distance of keys " + name + " the query; sound",
            of,
            Direction::correlation);
        direction(
            c,
            name + "_z",
            "it times sqrt(buckets - 1)",
            of,
            d -> d.correlation() / Spearman.deviation(d.buckets()));
        direction(c, name + "_p", "p-value by 9,999 random orders", of, Direction::p);
      }
    }
    return c;
  }

  private static void head(
      List<Column<Row>> c, String name, String about, Function<Head, Object> of) {
    c.add(new Column<>(name, about, r -> of.apply(r.head())));
  }

  private static void direction(
      List<Column<Row>> c,
      String name,
      String about,
      Function<Head, Direction> of,
      Function<Direction, Object> figure) {
    c.add(
        new Column<>(
            name,
            about,
            r -> of.apply(r.head()) == null ? null : figure.apply(of.apply(r.head()))));
  }
}
