package dev.orograph.comparison;

import dev.orograph.finding.Figure;
import dev.orograph.finding.Finding;
import dev.orograph.finding.FirstScreen;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.finding.Unlike;
import dev.orograph.instrument.weights.CrossLayerColumns;
import dev.orograph.instrument.weights.NeuronColumns;
import dev.orograph.instrument.weights.NormColumns;
import dev.orograph.instrument.weights.QkColumns;
import dev.orograph.instrument.weights.SparsityColumns;
import dev.orograph.instrument.weights.SpectraColumns;
import dev.orograph.stats.Gaussian;
import dev.orograph.stats.Outlying;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Layers, heads, rows, dimensions and tokens that differ from the others of their kind, from the
 * tables of a run: layers and heads by the figures below, lines of matrices and tokens by what
 * their analyses tested where they read them. A kind counts where its p, by {@link Outlying}, is
 * below {@value #LEVEL} over the number of kinds tested (Bonferroni), so that a model of chance has
 * any such with that probability, and where the difference is at least a tenth.
 */
public final class Outliers {
  /** Id of the section. */
  public static final String SECTION = "outliers";

  /** How often a whole run of chance may name anything. */
  private static final double LEVEL = 0.01;

  private static final int IN_WORDS = 3;

  /**
   * A figure whose members are compared.
   *
   * @param overChance whether its ratio to what chance gives is
   */
  private record Aspect(Figure<?> figure, boolean overChance) {
    String words() {
      return figure.words() + (overChance ? " over the shuffled copies'" : "");
    }

    Double of(Row row) {
      return overChance ? row.overChance(figure) : row.number(figure);
    }

    String analysis() {
      return figure.table().substring(0, figure.table().indexOf('.'));
    }
  }

  private static final List<Aspect> ASPECTS =
      List.of(
          new Aspect(SpectraColumns.EFFECTIVE_RANK, true),
          new Aspect(SpectraColumns.STABLE_RANK, true),
          new Aspect(SpectraColumns.LOG10_SPECTRAL_NORM, false),
          new Aspect(SparsityColumns.DEVIATION, false),
          new Aspect(SparsityColumns.KURTOSIS, false),
          new Aspect(SparsityColumns.GINI, false),
          new Aspect(QkColumns.HEAD_SCORE, false),
          new Aspect(QkColumns.HEAD_POSITIVE_ENERGY, false),
          new Aspect(QkColumns.HEAD_S1, false),
          new Aspect(QkColumns.LAYER_SCORE, false),
          new Aspect(NeuronColumns.CV, false),
          new Aspect(CrossLayerColumns.COSINE, false),
          new Aspect(NormColumns.MEAN, false));

  /** What a row of a table is about: which kind, and which member of it. */
  private record Member(String kind, String component, String stack, String what, String name) {
    /** Of a row about a layer, a head or two neighbouring layers; null of any other. */
    static Member of(Row row) {
      Double layer = row.layer();
      if (layer == null || row.text("component") == null) {
        return null;
      }
      Double head = row.number("head");
      boolean pair = row.number("layer") == null;
      String what = head != null ? "head" : pair ? "pair of layers" : "layer";
      String number = Long.toString((long) Math.floor(layer));
      String name =
          head != null
              ? "layer " + number + " head " + Math.round(head)
              : pair ? "layers " + number + " and " + Math.round(layer + 0.5) : "layer " + number;
      String tensor = row.text("tensor");
      String kind =
          tensor == null
              ? row.text("component") + " " + row.text("stack") + " " + what
              : withoutLayer(tensor, layer) + " " + row.entries();
      return new Member(kind, row.text("component"), row.text("stack"), what, name);
    }
  }

  /**
   * A kind that was tested.
   *
   * @param component what the weight does; of a scale its name without the number of the layer
   * @param place where its members are, in words; "" for all layers
   * @param more who else lies beyond the gap
   */
  private record Kind(
      String analysis,
      String figure,
      String what,
      String component,
      String stack,
      String place,
      long members,
      String member,
      List<String> more,
      Scale scale,
      double value,
      double typical,
      double nearest,
      double effect,
      double p) {

    static Kind of(String analysis, Member m, String place, Unlike u) {
      boolean none = u.outliers().isEmpty();
      return new Kind(
          analysis,
          u.figure(),
          u.what(),
          m.component(),
          m.stack(),
          place,
          u.members(),
          none ? "" : u.outliers().get(0),
          none ? List.of() : u.outliers().subList(1, u.outliers().size()),
          u.scale(),
          none ? 0 : u.values().get(0),
          u.typical(),
          u.nearest(),
          none ? 0 : u.effect(u.values().get(0)),
          u.p());
    }

    /** Whether a row of a table of tests has what it needs; a stored one may be odd. */
    static boolean told(Row r) {
      return r.text("figure") != null
          && r.text("what") != null
          && r.text("component") != null
          && r.number("members") != null
          && r.number("p") != null
          && (r.number("effect") == null
              || (r.number("value") != null
                  && r.number("typical") != null
                  && r.number("nearest") != null));
    }

    /** Of a row of a table of tests. */
    static Kind of(String analysis, Row r) {
      Double layer = r.layer();
      Double effect = r.number("effect");
      // A block has several norms of one component.
      String tensor = r.text("tensor");
      return new Kind(
          analysis,
          r.text("figure"),
          r.text("what"),
          tensor != null && r.text("component").equals("norm")
              ? withoutLayer(tensor, layer)
              : r.text("component"),
          r.text("stack"),
          layer == null ? "" : "layer " + Math.round(layer),
          Math.round(r.number("members")),
          r.text("farthest") == null ? "" : r.text("farthest"),
          r.text("more") == null ? List.of() : List.of(r.text("more").split(", ")),
          analysis.equals("norms") ? Scale.DIFFERENCE : null,
          effect == null ? 0 : r.number("value"),
          effect == null ? 0 : r.number("typical"),
          effect == null ? 0 : r.number("nearest"),
          effect == null ? 0 : effect,
          r.number("p"));
    }

    boolean large() {
      return Math.abs(effect) >= FirstScreen.SMALLEST;
    }

    /** Where and what: "output row 99 of mlp_down in layer 2 of the encoder". */
    String name() {
      boolean named = member.startsWith("layer") || member.startsWith(what);
      boolean inside = stack == null || stack.equals("other");
      return (named ? member : what + " " + member)
          + " of "
          + component
          + (place.isEmpty() ? "" : " in " + place)
          + (inside ? "" : " of the " + stack);
    }

    /** Whether it tells of the same member of a like kind. */
    boolean sameAs(Kind o) {
      return analysis.equals(o.analysis)
          && figure.equals(o.figure)
          && what.equals(o.what)
          && component.equals(o.component)
          && (member.equals(o.member) || o.more.contains(member));
    }

    String sentence() {
      String name = name();
      return name.substring(0, 1).toUpperCase(java.util.Locale.ROOT)
          + name.substring(1)
          + " has "
          + Spelling.number(value)
          + " as its "
          + figure
          + "; the other "
          + (members - 1 - more.size())
          + " have "
          + Spelling.number(typical)
          + " in the median, the nearest "
          + Spelling.number(nearest)
          + "."
          + (more.isEmpty() ? "" : " Beyond the same gap lie " + String.join(", ", more) + ".");
    }

    String id() {
      return SECTION + "." + analysis + "." + Spelling.id((figure + " " + what).replace(' ', '_'));
    }
  }

  private final List<Kind> tested = new ArrayList<>();
  private final List<Kind> found;

  private Outliers(Map<String, List<Row>> tables) {
    for (Aspect a : ASPECTS) {
      kinds(tables.getOrDefault(a.figure().table(), List.of()), a)
          .forEach(
              members -> {
                Member first = members.keySet().iterator().next();
                tested.add(Kind.of(a.analysis(), first, "", test(a, members)));
              });
    }
    tables.forEach(
        (id, rows) -> {
          if (id.endsWith(Unlike.TABLE)) {
            String analysis = id.substring(0, id.length() - Unlike.TABLE.length());
            rows.stream().filter(Kind::told).forEach(r -> tested.add(Kind.of(analysis, r)));
          }
        });
    tested.removeIf(k -> k.members() < Outlying.FEWEST);
    this.found = clear(tested);
  }

  /** What is unlike its kind in one run; none where nothing could be tested. */
  public static Optional<Section> of(List<Section> sections) {
    Map<String, List<Row>> tables = new LinkedHashMap<>();
    for (Section s : sections) {
      for (Finding f : s.findings()) {
        if (f instanceof Table t) {
          tables.putIfAbsent(t.id(), Row.of(t, lacking -> {}));
        }
      }
    }
    Outliers o = new Outliers(tables);
    return o.tested.isEmpty() ? Optional.empty() : Optional.of(o.section());
  }

  /** A tensor's name without the number of its layer, null for none. */
  private static String withoutLayer(String tensor, Double layer) {
    return layer == null
        ? tensor
        : tensor.replaceFirst("(^|\\.)" + Math.round(layer) + "\\.", "$1#.");
  }

  /** Values of a figure by kind, kinds and members in the order of the table. */
  private static List<Map<Member, Double>> kinds(List<Row> rows, Aspect a) {
    Map<String, Map<Member, Double>> kinds = new LinkedHashMap<>();
    for (Row r : rows) {
      Member m = Member.of(r);
      Double v = m == null ? null : a.of(r);
      if (v != null) {
        kinds.computeIfAbsent(m.kind(), k -> new LinkedHashMap<>()).put(m, v);
      }
    }
    return List.copyOf(kinds.values());
  }

  private static Unlike test(Aspect a, Map<Member, Double> members) {
    List<Member> names = List.copyOf(members.keySet());
    return Unlike.of(
        names.get(0).what(),
        a.words(),
        a.figure().scale(),
        members.values().stream().mapToDouble(Double::doubleValue).toArray(),
        i -> names.get(i).name());
  }

  /** Those whose p is small among so many, and whose difference is no slight one. */
  private static List<Kind> clear(List<Kind> tested) {
    return tested.stream()
        .filter(k -> k.p() <= LEVEL / tested.size() && k.large())
        .sorted(
            Comparator.comparingDouble(Kind::p)
                .thenComparingDouble(k -> -Math.abs(k.effect()))
                .thenComparing(Kind::name))
        .toList();
  }

  /** One of each figure, the clearest. */
  private static List<Kind> once(List<Kind> found) {
    Set<String> seen = new LinkedHashSet<>();
    return found.stream().filter(k -> seen.add(k.id())).toList();
  }

  private Section section() {
    List<Finding> findings = new ArrayList<>();
    List<Kind> first = once(found);
    for (Kind k : first) {
      findings.add(scalar(k, k.id(), SECTION + "." + k.analysis(), sentence(k)));
    }
    if (!found.isEmpty()) {
      findings.add(Table.of(SECTION + ".found", "All that differ", columns(), found));
    }
    String kinds = tested.size() + " kinds of layers, heads, rows, dimensions and tokens";
    return new Section(
        SECTION,
        "What differs from its own kind",
        found.isEmpty()
            ? "In none of " + kinds + " does a member differ from the others beyond chance."
            : found.size()
                + " of "
                + kinds
                + " have members that differ from the others. "
                + String.join(" ", first.stream().limit(IN_WORDS).map(this::sentence).toList()),
        "Fewer than 40 members are tested as a sample of one normal law (generalised extreme"
            + " studentised deviate), more by their own tail: the gap below the outermost against"
            + " the gaps that follow, which are exponential in an exponential tail. Told is what has"
            + " p below .01 over the number of kinds, so that chance alone names anything in one"
            + " model of a hundred, and a difference of a tenth at least.",
        "Rosner 1983; Renyi 1953",
        "Which members differ, not why. Layers at the ends of a stack differ from the middle as a"
            + " rule. A kind of fewer than five is not tested, and five layers differ clearly only"
            + " where one does by far.",
        findings);
  }

  /** With the other layers in which the same member differs. */
  private String sentence(Kind k) {
    Set<String> places =
        new TreeSet<>(Comparator.comparingInt(String::length).thenComparing(p -> p));
    for (Kind o : found) {
      if (k.sameAs(o) && !o.place().isEmpty() && !o.place().equals(k.place())) {
        places.add(o.place());
      }
    }
    return k.sentence()
        + (places.isEmpty() ? "" : " The same differs in " + String.join(", ", places) + ".");
  }

  private static Scalar scalar(Kind k, String id, String claim, String sentence) {
    return new Scalar(
            id,
            k.name() + ": " + k.figure(),
            k.value(),
            null,
            null,
            k.typical(),
            null,
            null,
            Math.signum(k.effect()) * Gaussian.deviate(k.p()),
            k.p(),
            "1",
            claim,
            sentence)
        .on(k.scale());
  }

  private static List<Column<Kind>> columns() {
    return List.of(
        new Column<>("analysis", "which analysis", Kind::analysis),
        new Column<>("component", "what it does", Kind::component),
        new Column<>("stack", "which stack", Kind::stack),
        new Column<>("place", "where its kind is; empty for all layers", k -> text(k.place())),
        new Column<>("what", "what differs", Kind::what),
        new Column<>("member", "which", Kind::member),
        new Column<>(
            "more", "who else lies beyond the same gap", k -> text(String.join(", ", k.more()))),
        new Column<>("figure", "by which figure", Kind::figure),
        new Column<>("value", "its figure", k -> (Object) k.value()),
        new Column<>("typical", "median of the others", k -> (Object) k.typical()),
        new Column<>("nearest", "which of them comes nearest", k -> (Object) k.nearest()),
        new Column<>("members", "of how many", Kind::members),
        new Column<>("p", "how rarely chance gives such in one kind", k -> (Object) k.p()));
  }

  private static String text(String s) {
    return s.isEmpty() ? null : s;
  }

  /** A kind that differs in one of the models that are compared, or in their difference. */
  private record Beside(String model, Kind kind, String also) {}

  /**
   * What is unlike its kind in any of several models, in which others too, and where the difference
   * of two models is unlike their other differences, which a mean over layers hides; none where
   * nothing could be tested.
   */
  static Optional<Section> of(List<Compared> models, int allPairs) {
    List<Outliers> each = new ArrayList<>();
    List<Beside> rows = new ArrayList<>();
    models.forEach(m -> each.add(new Outliers(m.tables())));
    for (int i = 0; i < models.size(); i++) {
      for (Kind k : each.get(i).found) {
        List<String> also = new ArrayList<>();
        for (int j = 0; j < models.size(); j++) {
          if (j != i && each.get(j).found.stream().anyMatch(k::sameAs)) {
            also.add(models.get(j).name());
          }
        }
        rows.add(new Beside(models.get(i).name(), k, String.join(", ", also)));
      }
    }
    List<Beside> pairs = new ArrayList<>();
    for (int i = 0; i < models.size(); i++) {
      for (int j = i + 1; j < models.size() && (i == 0 || models.size() <= allPairs); j++) {
        pairs.addAll(differences(models.get(i), models.get(j)));
      }
    }
    int compared = pairs.size();
    List<Kind> clear = clear(pairs.stream().map(Beside::kind).toList());
    pairs.removeIf(b -> !clear.contains(b.kind()));
    pairs.sort(Comparator.comparingInt(b -> clear.indexOf(b.kind())));
    if (each.stream().allMatch(o -> o.tested.isEmpty())) {
      return Optional.empty();
    }
    return Optional.of(section(models, each, rows, pairs, compared));
  }

  /** Second over first where a figure is compared by ratio, else second less first, by layer. */
  private static List<Beside> differences(Compared first, Compared second) {
    List<Beside> all = new ArrayList<>();
    String pair = second.name() + " against " + first.name();
    for (Aspect a : ASPECTS) {
      Map<String, Map<Member, Double>> own = new LinkedHashMap<>();
      for (Map<Member, Double> kind : kinds(first.rows(a.figure().table()), a)) {
        own.put(kind.keySet().iterator().next().kind(), kind);
      }
      for (Map<Member, Double> kind : kinds(second.rows(a.figure().table()), a)) {
        Member one = kind.keySet().iterator().next();
        Map<Member, Double> other = own.get(one.kind());
        if (other == null || !other.keySet().equals(kind.keySet())) {
          continue;
        }
        Scale scale = a.figure().scale();
        Map<Member, Double> apart = new LinkedHashMap<>();
        kind.forEach(
            (m, v) ->
                apart.put(
                    m,
                    scale == null
                        ? v / other.get(m)
                        : Scale.on(scale, v) - Scale.on(scale, other.get(m))));
        List<Member> names = List.copyOf(apart.keySet());
        Unlike u =
            Unlike.of(
                one.what(),
                (scale == null ? "ratio of " : "difference in ") + a.words(),
                scale == null ? null : Scale.DIFFERENCE,
                apart.values().stream().mapToDouble(Double::doubleValue).toArray(),
                i -> names.get(i).name());
        if (u.members() >= Outlying.FEWEST) {
          all.add(new Beside(pair, Kind.of(a.analysis(), one, "", u), ""));
        }
      }
    }
    return all;
  }

  private static Section section(
      List<Compared> models,
      List<Outliers> each,
      List<Beside> rows,
      List<Beside> pairs,
      int compared) {
    List<Finding> findings = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    for (Beside b : pairs) {
      String id = "compare." + b.kind().id();
      if (seen.add(id)) {
        findings.add(
            scalar(b.kind(), id, "compare." + SECTION, b.model() + ": " + b.kind().sentence()));
      }
    }
    table(findings, "compare.unlike", "What differs from its kind, by model", "model", rows);
    table(findings, "compare.unlike_pairs", "Differences unlike the others", "models", pairs);
    List<String> counts = new ArrayList<>();
    for (int i = 0; i < models.size(); i++) {
      counts.add(
          models.get(i).name()
              + " "
              + each.get(i).found.size()
              + " of "
              + each.get(i).tested.size());
    }
    long shared = rows.stream().filter(b -> !b.also().isEmpty()).count();
    return new Section(
        SECTION,
        "What differs from its own kind",
        "Kinds with members that differ from the others: "
            + String.join(", ", counts)
            + "; "
            + shared
            + " of these differ in another model too. "
            + (pairs.isEmpty()
                ? compared == 0
                    ? "No two of the models have the same layers under the same names."
                    : "In none of "
                        + compared
                        + " kinds is the difference between two models another in one layer or head"
                        + " than in the rest."
                : "Between the models: "
                    + String.join(
                        " ",
                        pairs.stream()
                            .limit(IN_WORDS)
                            .map(b -> b.model() + ": " + b.kind().sentence())
                            .toList())),
        "As in each survey, from the tables of the runs; beside that the differences of two models,"
            + " layer by layer and head by head, each set against the others of its kind.",
        "Rosner 1983; Renyi 1953",
        "Pairs are compared where both models have the same layers and heads under the same names.",
        findings);
  }

  private static void table(
      List<Finding> findings, String id, String title, String model, List<Beside> rows) {
    if (!rows.isEmpty()) {
      List<Column<Beside>> c = new ArrayList<>();
      c.add(new Column<>(model, "whose", Beside::model));
      columns()
          .forEach(k -> c.add(new Column<>(k.name(), k.about(), b -> k.cell().apply(b.kind()))));
      c.add(new Column<>("also", "in which of the others too", b -> text(b.also())));
      findings.add(Table.of(id, title, c, rows));
    }
  }
}
