package dev.orograph.comparison;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scatter;
import dev.orograph.finding.Scatter.Colouring;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.geometry.MutualNeighbours;
import dev.orograph.random.Generator;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Tokens that two models both have, by their text: of the nearest tokens that the maps of their
 * embeddings tell, the share that is the same, token by token; against the same where the tokens of
 * one are paired with those of the other at random; and the two maps side by side.
 */
final class SharedTokens {
  /** Id of the section. */
  static final String ID = "tokens";

  private static final String MAPS = "embedding_map.";
  private static final int FEWEST = 50;
  private static final int DRAWS = 20;
  private static final int ROWS = 200;
  private static final int TOLD = 5;

  /** Most neighbours that the two maps carry together. */
  private static final int MOST_LISTED = 3 << 18;

  private final List<Compared> models;
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> sentences = new ArrayList<>();

  private SharedTokens(List<Compared> models) {
    this.models = models;
  }

  /** The section; empty where no two models have maps with tokens in common. */
  static Optional<Section> section(List<Compared> models) {
    SharedTokens tokens = new SharedTokens(models);
    for (int i = 0; i < models.size(); i++) {
      for (int j = i + 1;
          j < models.size() && (i == 0 || models.size() <= Differences.ALL_PAIRS);
          j++) {
        tokens.add(i, j);
      }
    }
    return tokens.findings.isEmpty() ? Optional.empty() : Optional.of(tokens.section());
  }

  /** The first map of a model whose tokens have texts and known neighbours. */
  private static Scatter map(Compared model) {
    for (Finding f : model.findings()) {
      if (f.id().startsWith(MAPS)
          && f instanceof Scatter s
          && s.neighbours() != null
          && IntStream.range(0, s.ids().size())
              .anyMatch(i -> !s.labels().get(i).equals("#" + s.ids().get(i)))) {
        return s;
      }
    }
    return null;
  }

  private void add(int i, int j) {
    Scatter a = map(models.get(i));
    Scatter b = map(models.get(j));
    if (a == null || b == null) {
      return;
    }
    Pair pair = new Pair(models.get(i).name(), models.get(j).name(), a, b);
    if (pair.first.length < Math.max(FEWEST, pair.k + 2)) {
      return;
    }
    boolean shown = findings.isEmpty();
    double[] shares = pair.overlap.shares();
    Scalar mean = mean(pair, shares, (j + 1) + "-" + (i + 1));
    sentences.add(mean.sentence());
    if (shown) {
      String group = "compare.tokens." + (j + 1) + "-" + (i + 1);
      findings.add(pair.scatter(pair.a, pair.first, pair.nearA, pair.nameA, group, shares, "a"));
      findings.add(pair.scatter(pair.b, pair.second, pair.nearB, pair.nameB, group, shares, "b"));
      findings.add(pair.table(shares));
    }
    findings.add(mean);
  }

  private static Scalar mean(Pair pair, double[] shares, String id) {
    double mean = Arrays.stream(shares).average().orElseThrow();
    Generator generator = Generator.of(shares.length);
    List<Double> nulls = new ArrayList<>();
    for (int d = 0; d < DRAWS; d++) {
      double[] drawn = pair.overlap.shuffled(generator.permutation(shares.length));
      nulls.add(Arrays.stream(drawn).average().orElseThrow());
    }
    return Scalar.of(
        "compare.tokens.neighbours_in_common." + id,
        "neighbours in common, " + pair.nameA + " and " + pair.nameB,
        Estimate.of(mean).among(nulls),
        null,
        "1",
        null,
        String.format(
            Locale.ROOT,
            "Of a token's %d nearest by %s, %.2f are the same in %s and %s, over %d tokens that"
                + " both have; with tokens paired at random %.2g, and k / (n - 1) is %.2g.",
            pair.k,
            pair.near().measure(),
            pair.k * mean,
            pair.nameA,
            pair.nameB,
            shares.length,
            pair.k * Samples.mean(nulls),
            pair.k * pair.overlap.chance()));
  }

  private Section section() {
    return new Section(
        ID,
        "Tokens beside each other",
        String.join(" ", sentences),
        "Tokens are the same where their texts are. Neighbours are those that each run's map tells,"
            + " exact among all tokens of its model; one that the other model does not have is in"
            + " common to none. The null draws which token of one model is paired with which of the"
            + " other, "
            + DRAWS
            + " times. Maps, colours and the table are of the first pair of models with maps; the table"
            + " leaves out special tokens and those that have one among their nearest in either.",
        "our own; the overlap is the mutual k-nearest-neighbour alignment of Huh, Cheung, Wang &"
            + " Isola 2024, of tokens in place of inputs.",
        "Each map was laid out for itself: that a token stands elsewhere says nothing, only which"
            + " stand about it does. Tokens that were hardly trained have neighbours by accident.",
        findings);
  }

  /** Two maps, and the tokens of both. */
  private static final class Pair {
    private final String nameA;
    private final String nameB;
    private final Scatter a;
    private final Scatter b;

    /** Where the common tokens stand in the lists of either map. */
    private final int[] first;

    private final int[] second;
    private final int k;

    /** Neighbours as common tokens, -1 where one is none. */
    private final int[] nearA;

    private final int[] nearB;
    private final MutualNeighbours overlap;

    Pair(String nameA, String nameB, Scatter a, Scatter b) {
      this.nameA = nameA;
      this.nameB = nameB;
      this.a = a;
      this.b = b;
      Map<String, Integer> theirs = new HashMap<>();
      for (int i = 0; i < b.ids().size(); i++) {
        theirs.putIfAbsent(b.labels().get(i), i);
      }
      Map<Integer, Integer> pairs = new HashMap<>();
      for (int i = 0; i < a.ids().size(); i++) {
        Integer other = theirs.remove(a.labels().get(i));
        if (other != null) {
          pairs.put(i, other);
        }
      }
      first = pairs.keySet().stream().sorted().mapToInt(i -> i).toArray();
      second = Arrays.stream(first).map(pairs::get).toArray();
      k = Math.min(near().count(), b.neighbours().get(0).count());
      nearA = near(a, first, k);
      nearB = near(b, second, k);
      overlap = MutualNeighbours.of(k, nearA, nearB);
    }

    private Scatter.Neighbours near() {
      return a.neighbours().get(0);
    }

    private static int[] near(Scatter map, int[] which, int k) {
      Map<Integer, Integer> common = new HashMap<>();
      for (int i = 0; i < which.length; i++) {
        common.put(which[i], i);
      }
      Scatter.Neighbours known = map.neighbours().get(0);
      int[] near = new int[which.length * k];
      for (int i = 0; i < which.length; i++) {
        for (int r = 0; r < k; r++) {
          Integer point = known.points().get(which[i] * known.count() + r);
          near[i * k + r] = point == null ? -1 : common.getOrDefault(point, -1);
        }
      }
      return near;
    }

    Scatter scatter(
        Scatter map,
        int[] which,
        int[] near,
        String name,
        String group,
        double[] shares,
        String side) {
      int listed = Math.min(k, Math.max(3, MOST_LISTED / which.length));
      Scatter.Neighbours known = map.neighbours().get(0);
      List<Integer> points = new ArrayList<>();
      List<Double> values = new ArrayList<>();
      for (int i = 0; i < which.length; i++) {
        for (int r = 0; r < listed; r++) {
          points.add(near[i * k + r] < 0 ? null : (Integer) near[i * k + r]);
          values.add(known.values().get(which[i] * known.count() + r));
        }
      }
      Scatter.Layout layout = map.layouts().get(0);
      List<Colouring> colourings = new ArrayList<>();
      colourings.add(
          new Colouring(
              "In common",
              Axis.linear("nearest in common, of " + k),
              Arrays.stream(shares).mapToObj(s -> (Double) Math.rint(k * s)).toList(),
              null,
              null));
      for (Colouring c : map.colourings()) {
        colourings.add(
            new Colouring(
                c.name(),
                c.value(),
                c.values() == null ? null : of(c.values(), which),
                c.categories(),
                c.members() == null ? null : of(c.members(), which)));
      }
      return new Scatter(
          group + "." + side,
          name + ": " + map.title(),
          map.point(),
          of(map.ids(), which),
          of(map.labels(), which),
          List.of(
              new Scatter.Layout(
                  layout.name(),
                  layout.across(),
                  layout.up(),
                  of(layout.x(), which),
                  of(layout.y(), which),
                  layout.about(),
                  layout.measure())),
          colourings,
          List.of(new Scatter.Neighbours(known.measure(), listed, points, values)),
          "Tokens that both models have. What is pointed at, chosen, found or selected on one map"
              + " shows on the other; lines lead to the nearest by each model's own rows.",
          group);
    }

    private static <T> List<T> of(List<T> values, int[] which) {
      return Arrays.stream(which).mapToObj(values::get).collect(Collectors.toList());
    }

    /**
     * The tokens whose neighbours differ most; of those alike, the ones with the nearest ones. What
     * special tokens are among the nearest of was hardly trained, and is left out.
     */
    Table table(double[] shares) {
      boolean[] trained = trained();
      List<Integer> order =
          IntStream.range(0, first.length)
              .filter(i -> trained[i])
              .boxed()
              .sorted(
                  (i, j) ->
                      shares[i] != shares[j]
                          ? Double.compare(shares[i], shares[j])
                          : Double.compare(sure(j), sure(i)))
              .limit(ROWS)
              .toList();
      String measure = near().measure();
      return Table.of(
          "compare.tokens.changed",
          "Tokens whose neighbours differ most",
          List.of(
              new Column<>("token", "its text", i -> a.labels().get(first[i])),
              new Column<>("id_1", "its number in " + nameA, i -> a.ids().get(first[i])),
              new Column<>("id_2", "its number in " + nameB, i -> b.ids().get(second[i])),
              new Column<>("common", "nearest in common, of " + k, i -> Math.round(k * shares[i])),
              new Column<>("nearest_1", "nearest in " + nameA, i -> texts(a, first[i])),
              new Column<>("nearest_2", "nearest in " + nameB, i -> texts(b, second[i])),
              new Column<>(
                  "nearness_1", measure + " of the nearest in " + nameA, i -> value(a, first[i])),
              new Column<>(
                  "nearness_2", measure + " of the nearest in " + nameB, i -> value(b, second[i]))),
          order);
    }

    /** Whether each token stands for text, and so do its nearest in both models. */
    private boolean[] trained() {
      boolean[] special = new boolean[first.length];
      for (Colouring c : a.colourings()) {
        int kind = c.categories() == null ? -1 : c.categories().indexOf("special");
        for (int i = 0; kind >= 0 && i < special.length; i++) {
          special[i] = Objects.equals(c.members().get(first[i]), kind);
        }
      }
      boolean[] trained = new boolean[first.length];
      for (int i = 0; i < trained.length; i++) {
        trained[i] = !special[i];
        for (int at = i * k; at < (i + 1) * k && trained[i]; at++) {
          trained[i] =
              !(nearA[at] >= 0 && special[nearA[at]]) && !(nearB[at] >= 0 && special[nearB[at]]);
        }
      }
      return trained;
    }

    private double sure(int i) {
      double one = value(a, first[i]);
      double other = value(b, second[i]);
      return near().measure().equals("cosine") ? Math.min(one, other) : -Math.max(one, other);
    }

    private static double value(Scatter map, int point) {
      Scatter.Neighbours known = map.neighbours().get(0);
      return known.values().get(point * known.count());
    }

    private static String texts(Scatter map, int point) {
      Scatter.Neighbours known = map.neighbours().get(0);
      return IntStream.range(0, Math.min(TOLD, known.count()))
          .mapToObj(r -> map.labels().get(known.points().get(point * known.count() + r)))
          .collect(Collectors.joining(", "));
    }
  }
}
