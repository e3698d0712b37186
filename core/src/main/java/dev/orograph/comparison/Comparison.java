package dev.orograph.comparison;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Results;
import dev.orograph.finding.Results.Analysis;
import dev.orograph.finding.Results.ModelCard;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Several models beside each other, from what was found about each. A pure function of results: no
 * model is opened, and what a run lacks is empty.
 */
public final class Comparison {
  /** The family that the results of a comparison carry; no model has it. */
  public static final String FAMILY = "comparison";

  private static final int IN_WORDS = 3;
  private static final int ALIKE_IN_WORDS = 2;

  /** Figures whose interval keeps within a tenth of their size are called alike. */
  private static final double ALIKE = 0.1;

  private final List<Compared> models;
  private final Differences differences;
  private final Starts starts;
  private final Optional<Series> series;

  private Comparison(
      List<Results> runs, List<Results> pairs, Function<List<Compared>, Series> series) {
    this.starts = new Starts(pairs);
    this.models = Compared.of(runs);
    this.differences = new Differences(models);
    this.series = Optional.ofNullable(series.apply(models));
  }

  /** Whether these results are a comparison's. */
  public static boolean is(Results results) {
    return FAMILY.equals(results.model().family());
  }

  /**
   * Compares.
   *
   * @param runs results of at least two models, none of them a comparison; equal names get numbers
   * @throws IllegalArgumentException for anything else
   */
  public static Results of(List<Results> runs) {
    return of(runs, List.of());
  }

  /**
   * Compares, and tells which models share a start.
   *
   * @param pairs results of the analysis {@code shared_start} of pairs of the models
   */
  public static Results of(List<Results> runs, List<Results> pairs) {
    check(runs);
    return new Comparison(List.copyOf(runs), pairs, m -> null).results();
  }

  private static void check(List<Results> runs) {
    if (runs.size() < 2 || runs.stream().anyMatch(Comparison::is)) {
      throw new IllegalArgumentException("a comparison needs the results of two models or more");
    }
  }

  /**
   * Compares snapshots of one training, as an axis of time.
   *
   * @param runs results of the snapshots in the order of their steps
   * @param steps of the optimiser, ascending, one of each run
   * @param intervals results of the analysis {@code shared_start} of each snapshot with the next
   *     one; none where they are not to be had
   * @param ends the same of the first with the last; null where it is not to be had
   * @throws IllegalArgumentException for fewer than two, other counts or steps that do not ascend
   */
  public static Results ofSeries(
      List<Results> runs, List<Long> steps, List<Results> intervals, Results ends) {
    check(runs);
    boolean ascending =
        IntStream.range(1, steps.size()).allMatch(i -> steps.get(i - 1) < steps.get(i));
    if (steps.size() != runs.size()
        || !ascending
        || !(intervals.isEmpty() || intervals.size() == runs.size() - 1)) {
      throw new IllegalArgumentException(
          runs.size() + " runs at steps " + steps + " and " + intervals.size() + " intervals");
    }
    return new Comparison(List.copyOf(runs), List.of(), m -> new Series(m, steps, intervals, ends))
        .results();
  }

  /**
   * The steps that the names of snapshots tell: the first number in which all of them differ; none
   * where there is no such number.
   */
  public static Optional<List<Long>> steps(List<String> names) {
    return names.isEmpty() ? Optional.empty() : Series.steps(names);
  }

  private Results results() {
    List<Finding> curves = new DepthCurves(models).curves(series.isPresent() ? "step" : null);
    List<Section> sections = new ArrayList<>();
    List<Analysis> analyses = new ArrayList<>();
    Optional<Section> headDensity = HeadDensity.section(models);
    series.ifPresent(s -> sections.addAll(List.of(s.section(), s.figures())));
    sections.add(sideBySide());
    if (!curves.isEmpty()) {
      sections.add(byDepth(curves));
    }
    headDensity.ifPresent(sections::add);
    SharedTokens.section(models).ifPresent(sections::add);
    starts.section().ifPresent(sections::add);
    Outliers.of(models, Differences.ALL_PAIRS).ifPresent(sections::add);
    sections.add(figures());
    for (Section s : sections) {
      analyses.add(new Analysis(s.id(), s.title(), "done", null));
    }
    if (curves.isEmpty()) {
      analyses.add(
          new Analysis(
              "depth",
              "By relative depth",
              "not_applicable",
              "no two models have layers of the same component"));
    }
    return Results.of(card(), settings(), analyses, sections);
  }

  private String names() {
    if (series.isPresent()) {
      return models.get(0).name() + " to " + models.get(models.size() - 1).name();
    }
    return models.stream().map(Compared::name).collect(Collectors.joining(", "));
  }

  private ModelCard card() {
    Map<String, String> facts = new LinkedHashMap<>();
    Map<String, String> told = new LinkedHashMap<>();
    models.forEach(
        m ->
            told.put(
                m.name(),
                m.facts().entrySet().stream()
                    .map(f -> f.getKey() + " " + f.getValue())
                    .collect(Collectors.joining(", "))));
    if (series.isPresent() && told.values().stream().distinct().count() == 1) {
      facts.put("each snapshot", told.values().iterator().next());
    } else {
      facts.putAll(told);
    }
    String fingerprints =
        models.stream()
            .map(m -> Objects.requireNonNullElse(m.results().model().fingerprint(), "?"))
            .collect(Collectors.joining(" "));
    return new ModelCard(names(), FAMILY, facts, fingerprints, paragraph());
  }

  private String paragraph() {
    StringBuilder text =
        new StringBuilder(
            series
                .map(Series::sentence)
                .orElseGet(
                    () ->
                        models.size()
                            + " models beside each other: "
                            + models.stream()
                                .map(m -> m.name() + " (" + m.results().model().family() + ")")
                                .collect(Collectors.joining(", "))
                            + "."));
    text.append(' ');
    text.append(differences.clearest(IN_WORDS));
    List<String> alike = differences.alike(ALIKE_IN_WORDS, ALIKE);
    if (!alike.isEmpty()) {
      text.append(" Alike: ").append(String.join("; ", alike)).append('.');
    }
    text.append(starts.sentences());
    return text.toString();
  }

  /** Settings of the runs: one value where they agree, else each run's. */
  private Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    for (Compared m : models) {
      if (m.results().settings() != null) {
        m.results().settings().keySet().forEach(k -> settings.put(k, ""));
      }
    }
    settings.replaceAll((k, v) -> setting(k));
    return settings;
  }

  private String setting(String key) {
    List<String> values = models.stream().map(m -> setting(m, key)).toList();
    return values.stream().distinct().count() == 1
        ? values.get(0)
        : models.stream()
            .map(m -> m.name() + ": " + setting(m, key))
            .collect(Collectors.joining("; "));
  }

  private static String setting(Compared m, String key) {
    Map<String, String> settings = m.results().settings();
    return Objects.requireNonNullElse(settings == null ? null : settings.get(key), "not told");
  }

  private Section sideBySide() {
    List<Finding> findings = new ArrayList<>();
    Table table = ModelTable.of(models);
    notes(findings);
    findings.add(table);
    findings.add(ModelTable.facts(models));
    return new Section(
        "models",
        "Side by side",
        "The figures that the reference notebooks compare across models, each with the sound one or what"
            + " chance gives beside it; a row per stack where a model has several.",
        "Taken from the tables of the single runs. Shares of Q, K and V together are weighted by"
            + " entries; cross-attention is left out.",
        "The cross-model summary of the weight battery, with nulls added.",
        "Shares below a fixed threshold measure scale first; compare them with the Gaussian's share"
            + " beside them before comparing models.",
        findings);
  }

  private void notes(List<Finding> findings) {
    List<String> unlike =
        settings().keySet().stream()
            .filter(k -> models.stream().map(m -> setting(m, k)).distinct().count() > 1)
            .map(k -> k + " (" + setting(k) + ")")
            .toList();
    if (!unlike.isEmpty()) {
      findings.add(
          new Note(
              "compare.settings",
              "The runs were not made alike",
              "They differ in " + String.join(", ", unlike) + "."));
    }
    Map<String, List<String>> without = new LinkedHashMap<>();
    for (Compared m : models) {
      for (Analysis a : m.results().analyses()) {
        if (a != null && a.reason() != null) {
          without
              .computeIfAbsent("'" + a.title() + "': " + a.reason(), k -> new ArrayList<>())
              .add(m.name());
        }
      }
    }
    String lacking =
        without.entrySet().stream()
            .map(
                e ->
                    e.getValue().size() == 1
                        ? e.getValue().get(0) + " lacks " + e.getKey()
                        : (e.getValue().size() == models.size()
                                ? "all"
                                : String.join(", ", e.getValue()))
                            + " lack "
                            + e.getKey())
            .collect(Collectors.joining(". "));
    if (!lacking.isEmpty()) {
      findings.add(new Note("compare.lacking", "What some runs lack", lacking + "."));
    }
    // A run of the seed's figures alone has none of the sound ones; anything else should be there.
    String absent =
        models.stream()
            .filter(m -> !m.lacking().isEmpty() && !"seed".equals(setting(m, "figures")))
            .map(m -> m.name() + " has no " + String.join(", ", m.lacking()))
            .collect(Collectors.joining("; "));
    if (!absent.isEmpty()) {
      findings.add(
          new Note(
              "compare.lacking_figures",
              "Figures that some runs lack",
              "Made by another version of the program: " + absent + "."));
    }
    Map<String, List<String>> weights = new LinkedHashMap<>();
    for (Compared m : models) {
      String fingerprint = m.results().model().fingerprint();
      if (fingerprint != null) {
        weights.computeIfAbsent(fingerprint, k -> new ArrayList<>()).add(m.name());
      }
    }
    String same =
        weights.values().stream()
            .filter(names -> names.size() > 1)
            .map(names -> String.join(" and ", names))
            .collect(Collectors.joining("; "));
    if (!same.isEmpty()) {
      findings.add(
          new Note(
              "compare.same_weights",
              "The same weights",
              "These have the same fingerprint, so they are one model: " + same + "."));
    }
  }

  private static Section byDepth(List<Finding> curves) {
    return new Section(
        "depth",
        "By relative depth",
        "Models of different depth lie over each other: 0 is the first layer of a stack, 1 its"
            + " last. Components that only one model has are not drawn.",
        "x = layer / (layers - 1), 0 for a stack of one layer; several tensors of one component in"
            + " a layer are averaged. Grey or in a line's colour: what chance gives for it.",
        "The by-layer curves of the single runs.",
        "The same relative depth need not be the same function.",
        curves);
  }

  private Section figures() {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        new Note(
            "compare.intervals",
            "What an interval means here",
            "The layers of one model are not independent samples: they were trained together, and"
                + " neighbours resemble each other. An interval says how far the difference of two"
                + " means is blurred by how much the layers differ among themselves; it does not"
                + " say what another training run of the same model would give, and it is likely"
                + " too narrow. z is the difference over its standard error; with few layers a z"
                + " of 3 is nothing rare."));
    findings.addAll(differences.scalars());
    findings.add(differences.table());
    findings.add(SharedScalars.table(models));
    return new Section(
        "differences",
        "Figures and differences",
        differences.counts(),
        "Difference of the means over matrices of a component, with Welch's t interval from the"
            + " values of the single matrices (from three on either side); null 0, z = difference /"
            + " standard error. Up to four models in all pairs, more against the first.",
        "Welch 1947; Satterthwaite 1946.",
        "Figures that grow with the width of a model (stable rank, effective rank, condition) are in"
            + " the table only: their difference is first of all one of size. Many differences are"
            + " tested at once and nothing is corrected for that.",
        findings);
  }
}
