package dev.orograph.instrument.embedding;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Bars;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.embedding.WordFigures.Category;
import dev.orograph.instrument.embedding.WordFigures.Digits;
import dev.orograph.instrument.rows.Token;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the words of a matrix say. */
final class WordSection {
  /** Of eight categories one lies two deviations out by chance every few models. */
  private static final double CLEAR = 3;

  private final Card card;
  private final TerrainSettings settings;
  private final List<WordFigures> all;
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> sentences = new ArrayList<>();

  WordSection(Card card, TerrainSettings settings, List<WordFigures> all) {
    this.card = card;
    this.settings = settings;
    this.all = all;
  }

  Section section() {
    for (WordFigures r : all) {
      String id = card.id() + "." + r.task().detail().id();
      SeedTable.broken(card.id(), r.task(), r.broken()).ifPresent(findings::add);
      digits(r, id);
      categories(r, id);
      specials(r, id);
    }
    return card.section(String.join(" ", sentences), findings);
  }

  private void digits(WordFigures r, String id) {
    Digits d = settings.sound() ? r.digits() : r.seedDigits();
    if (d == null) {
      sentences.add(
          "Not every digit is a token of the "
              + r.task().detail().name()
              + ", so no order is asked of them.");
      return;
    }
    Digits seed = r.seedDigits();
    Double seedCorrelation = seed == null ? null : seed.correlation();
    if (d.correlation() == null) {
      sentences.add("The digits of the " + r.task().detail().name() + " all have the same cosine.");
    } else {
      String sentence =
          "Cosine falls with the distance between digits in the "
              + r.task().detail().name()
              + " by a correlation of "
              + Spelling.number(d.correlation())
              + (seedCorrelation != null && !seedCorrelation.equals(d.correlation())
                  ? " (the reference notebooks' choice of tokens: "
                      + Spelling.number(seedCorrelation)
                      + ")"
                  : "")
              + "; neighbours have "
              + Spelling.number(d.adjacent())
              + ", others "
              + Spelling.number(d.apart());
      Estimate e = Estimate.of(d.correlation()).among(d.permuted());
      if (e.p() != null) {
        sentence += "; permuted digits get as far in a share of " + Spelling.number(e.p());
      }
      sentences.add(sentence + ".");
      findings.add(
          Scalar.of(
                  id + ".digits.correlation",
                  "digits: |i - j| with cosine, " + r.task().detail().name(),
                  e,
                  seedCorrelation,
                  "1",
                  "digits in order",
                  sentence + ".")
              .on(Scale.BOUNDED));
      double gap = d.adjacent() - d.apart();
      findings.add(
          Scalar.of(
              id + ".digits.gap",
              "digits: neighbours less others, " + r.task().detail().name(),
              Estimate.of(gap),
              seed == null ? null : seed.adjacent() - seed.apart(),
              "1",
              null,
              "Neighbouring digits have a cosine "
                  + Spelling.number(gap)
                  + " above that of other pairs."));
    }
    List<String> labels =
        IntStream.range(0, d.tokens().size()).mapToObj(Integer::toString).toList();
    findings.add(
        new Heatmap(
            id + ".digits",
            "Cosines of the digits, " + r.task().detail().name(),
            labels,
            labels,
            d.cosines(),
            Axis.ordinal("digit"),
            Axis.ordinal("digit"),
            Axis.linear("cosine"),
            null,
            "Each cell is the cosine of two digits; a manifold of numbers would be bright along the"
                + " diagonal and fade away from it."));
  }

  private void categories(WordFigures r, String id) {
    List<Category> known =
        r.categories().stream()
            .filter(k -> (settings.sound() ? k.cosine() : k.seedCosine()) != null)
            .toList();
    if (known.isEmpty()) {
      sentences.add("No category has three words that are single tokens.");
    } else {
      known.forEach(k -> category(r, id, k));
      summary(known);
      bars(r, id, known);
    }
    table(r, id);
    List<String> names =
        r.categories().stream().filter(k -> k.seedCosine() != null).map(Category::name).toList();
    if (names.size() > 1) {
      findings.add(
          new Heatmap(
              id + ".centroids",
              "Cosines of the categories' centroids, " + r.task().detail().name(),
              names,
              names,
              r.centroids(),
              Axis.linear("category"),
              null,
              Axis.linear("cosine"),
              null,
              "Each cell is the cosine between the mean rows of two categories (seed)."));
    }
  }

  private void category(WordFigures r, String id, Category k) {
    if (!settings.sound()) {
      findings.add(
          Scalar.seed(
              id + "." + Spelling.id(k.name()) + ".cosine",
              k.name() + ": mean cosine, " + r.task().detail().name(),
              k.seedCosine(),
              "1",
              k.seedWords().size()
                  + " words have a mean cosine of "
                  + Spelling.number(k.seedCosine())
                  + "."));
      return;
    }
    Estimate e = Estimate.of(k.cosine()).among(k.chance());
    findings.add(
        Scalar.of(
                id + "." + Spelling.id(k.name()) + ".cosine",
                k.name() + ": mean cosine, " + r.task().detail().name(),
                e,
                k.seedCosine(),
                "1",
                "words of a kind together",
                "The "
                    + k.words().size()
                    + " "
                    + k.name()
                    + " that are single tokens have a mean cosine of "
                    + Spelling.number(k.cosine())
                    + (e.expected() == null
                        ? "."
                        : "; other words of like norm have "
                            + Spelling.spread(e.expected(), e.deviation())
                            + "."))
            .on(Scale.BOUNDED));
  }

  private void summary(List<Category> known) {
    if (!settings.sound()) {
      return;
    }
    List<String> apart =
        known.stream()
            .filter(k -> k.chance().size() > 2)
            .filter(k -> Estimate.of(k.cosine()).among(k.chance()).z() != null)
            .filter(k -> Estimate.of(k.cosine()).among(k.chance()).z() >= CLEAR)
            .map(Category::name)
            .toList();
    sentences.add(
        apart.size()
            + " of "
            + known.size()
            + " categories lie closer together than words of like norm by more than three"
            + " deviations"
            + (apart.isEmpty() ? "." : ": " + String.join(", ", apart) + "."));
  }

  private void bars(WordFigures r, String id, List<Category> known) {
    List<Bars.Group> groups = new ArrayList<>();
    List<Double> seeds = new ArrayList<>();
    List<Double> sound = new ArrayList<>();
    List<Double> chance = new ArrayList<>();
    for (Category k : known) {
      seeds.add(k.seedCosine());
      sound.add(k.cosine());
      chance.add(k.chance().isEmpty() ? null : Samples.mean(k.chance()));
    }
    if (settings.sound()) {
      groups.add(new Bars.Group("words of the category", sound, r.mean(), false));
      groups.add(new Bars.Group("other words of like norm", chance, null, false));
    }
    groups.add(new Bars.Group("seed", seeds, settings.sound() ? null : r.mean(), true));
    findings.add(
        new Bars(
            id + ".categories",
            "Cosine within categories, " + r.task().detail().name(),
            Axis.linear("mean cosine"),
            known.stream().map(Category::name).toList(),
            groups,
            "Mean cosine within each list of words; the grey line is the mean of the reference notebooks' sample of"
                + " all pairs."));
  }

  private void table(WordFigures r, String id) {
    List<Column<Category>> columns = new ArrayList<>();
    columns.add(new Column<>("category", "name of the list", Category::name));
    columns.add(new Column<>("words", "words asked for", k -> (long) k.asked()));
    columns.add(
        new Column<>(
            "seed_tokens",
            "single tokens by themselves; seed",
            k -> (long) k.seedWords().size(),
            true));
    columns.add(
        new Column<>("seed_cosine", "mean cosine of these; seed", Category::seedCosine, true));
    columns.add(
        new Column<>(
            "seed_lift",
            "less the mean of the reference notebooks' sample of pairs; seed",
            k -> k.seedCosine() == null || r.mean() == null ? null : k.seedCosine() - r.mean(),
            true));
    if (settings.sound()) {
      columns.add(
          new Column<>(
              "tokens",
              "single tokens as they stand in a sentence, each once",
              k -> (long) k.words().size()));
      columns.add(new Column<>("cosine", "mean cosine of these", Category::cosine));
      columns.add(
          new Column<>(
              "chance",
              "mean of other words of like norm",
              k -> k.chance().isEmpty() ? null : (Object) Samples.mean(k.chance())));
      columns.add(new Column<>("z", "deviations of the cosine from chance", k -> estimate(k).z()));
      columns.add(new Column<>("p", "two-sided p, (1 + b) / (1 + m)", k -> estimate(k).p()));
    }
    columns.add(
        new Column<>(
            "which",
            "the words",
            k ->
                (k.words().isEmpty() ? k.seedWords() : k.words())
                    .stream().map(t -> t.text().strip()).collect(Collectors.joining(" "))));
    findings.add(
        Table.of(
            id + ".category", "Categories, " + r.task().detail().name(), columns, r.categories()));
  }

  private static Estimate estimate(Category k) {
    return k.cosine() == null ? Estimate.of(0) : Estimate.of(k.cosine()).among(k.chance());
  }

  private void specials(WordFigures r, String id) {
    if (r.specials().isEmpty()) {
      return;
    }
    findings.add(
        Table.of(
            id + ".special",
            "Special tokens, " + r.task().detail().name(),
            List.of(
                new Column<Token>("token", "as the tokenizer spells it", Token::text),
                new Column<>("id", "number", t -> (long) t.id()),
                new Column<>("norm", "norm of its row", Token::value)),
            r.specials()));
    List<String> names = r.specials().stream().map(Token::text).toList();
    if (names.size() > 1 && names.stream().distinct().count() == names.size()) {
      findings.add(
          new Heatmap(
              id + ".special_cosines",
              "Cosines of the special tokens, " + r.task().detail().name(),
              names,
              names,
              r.specialCosines(),
              Axis.linear("token"),
              null,
              Axis.linear("cosine"),
              null,
              "Each cell is the cosine of two special tokens (seed)."));
    }
  }
}
