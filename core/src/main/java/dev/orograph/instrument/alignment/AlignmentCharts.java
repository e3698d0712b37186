package dev.orograph.instrument.alignment;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Bars;
import dev.orograph.finding.Boxes;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.alignment.AlignmentFigures.Band;
import dev.orograph.instrument.alignment.AlignmentFigures.Decay;
import dev.orograph.instrument.alignment.AlignmentFigures.Layer;
import dev.orograph.instrument.alignment.AlignmentFigures.Lexname;
import dev.orograph.instrument.alignment.AlignmentFigures.Norms;
import dev.orograph.instrument.alignment.AlignmentFigures.Stable;
import dev.orograph.stats.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Pictures and tables of the alignment with WordNet. */
final class AlignmentCharts {
  private static final int MOST_BARS = 15;

  private final AlignmentFigures r;
  private final List<Stable> stability;
  private final List<String> readings;
  private final List<Finding> all = new ArrayList<>();

  AlignmentCharts(AlignmentFigures r, List<Stable> stability) {
    this.r = r;
    this.stability = stability;
    this.readings = r.readings().stream().map(Norms::of).toList();
  }

  List<Finding> all() {
    layers();
    bands();
    decay();
    density();
    lexnames();
    stability();
    chain();
    tables();
    return all;
  }

  private static List<Double> each(int n, java.util.function.IntToDoubleFunction f) {
    return IntStream.range(0, n).mapToObj(i -> (Double) f.applyAsDouble(i)).toList();
  }

  private static Curve.Band chance(List<Double> x, List<Estimate> es, String of) {
    return new Curve.Band(
        "permuted words, 2 deviations",
        x,
        es.stream().map(e -> e.expected() - 2 * e.deviation()).toList(),
        es.stream().map(e -> e.expected() + 2 * e.deviation()).toList(),
        of);
  }

  private static boolean known(List<Estimate> es) {
    return !es.isEmpty()
        && es.stream().allMatch(e -> e.expected() != null && e.deviation() != null);
  }

  private void layers() {
    List<Layer> layers = r.layers();
    if (layers.size() < 2) {
      return;
    }
    List<Double> x = each(layers.size(), i -> i);
    List<Estimate> es = layers.stream().map(Layer::pearson).toList();
    List<Curve.Band> bands = new ArrayList<>();
    if (known(es)) {
      bands.add(chance(x, es, null));
    }
    if (es.stream().allMatch(e -> e.interval() != null)) {
      bands.add(
          new Curve.Band(
              "95 % over words",
              x,
              es.stream().map(e -> e.interval().get(0)).toList(),
              es.stream().map(e -> e.interval().get(1)).toList(),
              "mean over the gloss"));
    }
    all.add(
        new Curve(
            "wordnet.by_layer",
            "Where the alignment arises",
            Axis.linear("state (0: what enters the first block; then behind each block)"),
            Axis.linear("Pearson with path similarity, nouns"),
            List.of(
                new Curve.Panel(
                    "",
                    List.of(
                        new Curve.Line(
                            "mean over the gloss",
                            x,
                            es.stream().map(Estimate::value).toList(),
                            false)),
                    bands)),
            "Higher is closer to WordNet; what the first state has comes from words that glosses"
                + " share, not from the network."));
    all.add(
        Table.of(
            "wordnet.layers",
            "By layer",
            estimates(
                List.of(new Column<Layer>("state", "state of the stream", Layer::state)),
                Layer::pearson,
                "pearson"),
            layers));
  }

  private void bands() {
    List<Curve.Panel> panels = new ArrayList<>();
    for (String of : readings) {
      List<Band> sound = r.bands().stream().filter(b -> b.of().equals(of) && !b.seed()).toList();
      List<Band> seed = r.bands().stream().filter(b -> b.of().equals(of) && b.seed()).toList();
      List<Curve.Line> lines = new ArrayList<>();
      List<Curve.Band> behind = new ArrayList<>();
      if (!sound.isEmpty()) {
        List<Double> x = sound.stream().map(AlignmentCharts::middle).toList();
        List<Estimate> es = sound.stream().map(Band::cosine).toList();
        lines.add(new Curve.Line("nouns", x, es.stream().map(Estimate::value).toList(), false));
        if (known(es)) {
          behind.add(chance(x, es, null));
        }
        if (es.stream().allMatch(e -> e.interval() != null)) {
          behind.add(
              new Curve.Band(
                  "95 % over words",
                  x,
                  es.stream().map(e -> e.interval().get(0)).toList(),
                  es.stream().map(e -> e.interval().get(1)).toList(),
                  "nouns"));
        }
      }
      if (!seed.isEmpty()) {
        lines.add(
            new Curve.Line(
                "all, seed's bands",
                seed.stream().map(AlignmentCharts::middle).toList(),
                seed.stream().map(b -> b.cosine().value()).toList(),
                true,
                sound.isEmpty() ? null : "nouns"));
      }
      if (!lines.isEmpty()) {
        panels.add(new Curve.Panel(of, lines, behind));
      }
    }
    if (!panels.isEmpty()) {
      all.add(
          new Curve(
              "wordnet.by_band",
              "Cosine by path similarity",
              Axis.linear("middle of the band of path similarity"),
              Axis.linear("mean cosine"),
              panels,
              "A line that rises says that closer words have more similar vectors; the reference notebooks' bands"
                  + " hold all parts of speech."));
    }
    all.add(
        Table.of(
            "wordnet.bands",
            "Cosine by band of path similarity",
            estimates(
                List.of(
                    new Column<Band>("of", "way to read a word", Band::of),
                    new Column<Band>(
                        "seed", "whether by the reference notebooks' bands and pairs", Band::seed),
                    new Column<Band>("low", "lowest path similarity", Band::low),
                    new Column<Band>(
                        "high",
                        "upper end, left out but for the last band (and the reference notebooks' lowest)",
                        Band::high),
                    new Column<Band>("pairs", "how many", Band::n)),
                Band::cosine,
                "cosine"),
            r.bands()));
  }

  private static double middle(Band b) {
    return (b.low() + b.high()) / 2;
  }

  private void decay() {
    List<Curve.Panel> panels = new ArrayList<>();
    for (String of : readings) {
      List<Decay> sound = r.decays().stream().filter(d -> d.of().equals(of) && !d.seed()).toList();
      List<Decay> seed = r.decays().stream().filter(d -> d.of().equals(of) && d.seed()).toList();
      List<Curve.Line> lines = new ArrayList<>();
      List<Curve.Band> behind = new ArrayList<>();
      if (!sound.isEmpty()) {
        List<Double> x = each(sound.size(), i -> sound.get(i).steps());
        List<Estimate> es = sound.stream().map(Decay::cosine).toList();
        lines.add(
            new Curve.Line("true distance", x, es.stream().map(Estimate::value).toList(), false));
        if (known(es)) {
          behind.add(chance(x, es, null));
        }
      }
      if (!seed.isEmpty()) {
        lines.add(
            new Curve.Line(
                "matched ancestors, seed",
                each(seed.size(), i -> seed.get(i).steps()),
                seed.stream().map(d -> d.cosine().value()).toList(),
                true,
                sound.isEmpty() ? null : "true distance"));
      }
      if (!lines.isEmpty()) {
        panels.add(new Curve.Panel(of, lines, behind));
      }
    }
    if (!panels.isEmpty()) {
      all.add(
          new Curve(
              "wordnet.by_steps",
              "Cosine with hypernyms",
              Axis.linear("steps up"),
              Axis.linear("mean cosine with the word itself"),
              panels,
              "A line above the grey band says that a word is more like its own hypernym than like"
                  + " another word's at the same distance."));
      all.add(
          Table.of(
              "wordnet.decay",
              "Cosine with hypernyms",
              estimates(
                  List.of(
                      new Column<Decay>("of", "way to read a word", Decay::of),
                      new Column<Decay>(
                          "seed", "whether by place among matched ancestors", Decay::seed),
                      new Column<Decay>("steps", "steps up", d -> (long) d.steps()),
                      new Column<Decay>("pairs", "how many", d -> (long) d.n())),
                  Decay::cosine,
                  "cosine"),
              r.decays()));
    }
  }

  private void density() {
    if (r.density() == null) {
      return;
    }
    AlignmentFigures.Density d = r.density();
    List<String> rows = new ArrayList<>();
    List<List<Double>> values = new ArrayList<>();
    for (int b = d.edges().size() - 2; b >= 0; b--) {
      int at = b;
      rows.add(Spelling.number(Math.round(1000 * d.edges().get(b)) / 1000.0));
      values.add(
          d.columns().stream()
              .map(c -> c.shares().get(at) == 0 ? null : c.shares().get(at))
              .toList());
    }
    all.add(
        new Heatmap(
            "wordnet.density",
            "Pairs of nouns by distance and cosine (" + d.of() + ")",
            d.columns().stream().map(c -> Integer.toString(c.distance())).toList(),
            rows,
            values,
            Axis.ordinal("steps between the two in WordNet"),
            Axis.linear("cosine, from"),
            Axis.linear("share of the pairs at that distance"),
            null,
            "Each column adds up to 1; an alignment shows as columns whose weight lies the higher,"
                + " the closer the pairs are."));
  }

  private void lexnames() {
    List<String> names =
        r.lexnames().stream().map(Lexname::name).distinct().limit(MOST_BARS).toList();
    List<Bars.Group> groups = new ArrayList<>();
    for (String of : readings) {
      groups.add(
          new Bars.Group(of, bars(of, names, Lexname::cosine, Estimate::value), null, false));
      List<Double> chance = bars(of, names, Lexname::cosine, Estimate::expected);
      if (chance.stream().anyMatch(Objects::nonNull)) {
        groups.add(new Bars.Group("chance, " + of, chance, null, false));
      }
    }
    if (!names.isEmpty()) {
      all.add(
          new Bars(
              "wordnet.by_lexname",
              "Cosine within the lexicographers' files",
              Axis.linear("mean cosine of the first 200 words"),
              names,
              groups,
              "Chance is as many words of the same part of speech; a bar above it is a file whose"
                  + " words lie together."));
      all.add(
          Table.of(
              "wordnet.lexnames",
              "Cosine within the lexicographers' files",
              estimates(
                  List.of(
                      new Column<Lexname>("of", "way to read a word", Lexname::of),
                      new Column<Lexname>("lexname", "file of the lexicographers", Lexname::name),
                      new Column<Lexname>("words", "matched words", l -> (long) l.words())),
                  Lexname::cosine,
                  "cosine"),
              r.lexnames()));
    }
  }

  private List<Double> bars(
      String of,
      List<String> names,
      Function<Lexname, Estimate> e,
      Function<Estimate, Double> value) {
    List<Double> values = new ArrayList<>();
    for (String name : names) {
      values.add(
          r.lexnames().stream()
              .filter(l -> l.of().equals(of) && l.name().equals(name))
              .map(l -> value.apply(e.apply(l)))
              .filter(Objects::nonNull)
              .findFirst()
              .orElse(null));
    }
    return values;
  }

  private void stability() {
    List<Boxes.Panel> panels = new ArrayList<>();
    for (String figure : stability.stream().map(Stable::figure).distinct().toList()) {
      List<Boxes.Box> boxes = new ArrayList<>();
      for (Stable s : stability) {
        if (s.figure().equals(figure) && !s.values().isEmpty()) {
          List<Double> v = s.values().stream().sorted().toList();
          double mean = v.stream().mapToDouble(Double::doubleValue).average().orElse(0);
          boxes.add(
              new Boxes.Box(
                  s.of(),
                  v.get(0),
                  at(v, 0.25),
                  at(v, 0.5),
                  at(v, 0.75),
                  v.get(v.size() - 1),
                  v.size(),
                  mean));
        }
      }
      if (!boxes.isEmpty()) {
        panels.add(new Boxes.Panel(figure, boxes));
      }
    }
    if (panels.isEmpty()) {
      return;
    }
    all.add(
        new Boxes(
            "wordnet.over_seeds",
            "The reference notebooks' figures over 50 seeds",
            Axis.linear("way to read a word"),
            Axis.linear("value"),
            panels,
            null,
            "How far the reference notebooks' figures move with their draws of words and pairs alone; all draws"
                + " share most words, so that this is no interval."));
    all.add(
        Table.of(
            "wordnet.stability",
            "The reference notebooks' figures over 50 seeds",
            List.of(
                new Column<Stable>("figure", "which", Stable::figure, true),
                new Column<Stable>("of", "way to read a word", Stable::of, true),
                new Column<Stable>("mean", "over the seeds", s -> mean(s.values()), true),
                new Column<Stable>("std", "ddof 0", s -> std(s.values()), true),
                new Column<Stable>("min", "smallest", s -> at(sorted(s), 0), true),
                new Column<Stable>("max", "largest", s -> at(sorted(s), 1), true),
                new Column<Stable>(
                    "cv", "std / mean", s -> std(s.values()) / mean(s.values()), true)),
            stability));
  }

  private static List<Double> sorted(Stable s) {
    return s.values().stream().sorted().toList();
  }

  private static double at(List<Double> sorted, double p) {
    return dev.orograph.stats.Quantiles.ofSorted(
        sorted.stream().mapToDouble(Double::doubleValue).toArray(), p);
  }

  private static Double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
  }

  private static Double std(List<Double> values) {
    double mean = mean(values);
    return Math.sqrt(values.stream().mapToDouble(v -> (v - mean) * (v - mean)).average().orElse(0));
  }

  private void chain() {
    if (r.chain().isEmpty()) {
      return;
    }
    List<Double> x = each(r.chain().size(), i -> r.chain().get(i).step());
    List<Curve.Line> lines = new ArrayList<>();
    for (int k = 0; k < readings.size(); k++) {
      int at = k;
      lines.add(
          new Curve.Line(
              readings.get(k),
              x,
              r.chain().stream().map(s -> s.cosines().get(at)).toList(),
              false));
    }
    List<Column<AlignmentFigures.Step>> columns =
        new ArrayList<>(
            List.of(
                new Column<AlignmentFigures.Step>(
                    "steps", "steps above the first", s -> (long) s.step()),
                new Column<AlignmentFigures.Step>(
                    "tree",
                    "the word, further in the higher it stands",
                    s -> "\u00b7 ".repeat(s.step()) + s.word()),
                new Column<AlignmentFigures.Step>("synset", "its synset", s -> s.synset())));
    for (int k = 0; k < readings.size(); k++) {
      int at = k;
      columns.add(
          new Column<>(
              readings.get(k).replace(' ', '_'),
              "cosine with the first",
              s -> s.cosines().get(at)));
    }
    all.add(Table.of("wordnet.chain", "The longest chain of hypernyms", columns, r.chain()));
    all.add(
        new Curve(
            "wordnet.along_chain",
            "Along the longest chain: "
                + r.chain().get(0).word()
                + " to "
                + r.chain().get(r.chain().size() - 1).word(),
            Axis.linear("steps up"),
            Axis.linear("cosine with the first word"),
            List.of(new Curve.Panel("", lines, List.of())),
            "One chain as an example, no evidence: the word itself stands at 0 with cosine 1."));
  }

  private void tables() {
    all.add(
        Table.of(
            "wordnet.correlations",
            "Correlation of cosines with path similarity",
            List.of(
                new Column<AlignmentFigures.Correlation>(
                    "pairs",
                    "which pairs; 'drawn' ones are the reference notebooks'",
                    c -> c.pairs()),
                new Column<AlignmentFigures.Correlation>("of", "way to read a word", c -> c.of()),
                new Column<AlignmentFigures.Correlation>(
                    "seed", "whether the reference notebooks' code prints it", c -> c.seed()),
                new Column<AlignmentFigures.Correlation>(
                    "words", "words of the pairs", c -> (long) c.words()),
                new Column<AlignmentFigures.Correlation>("n", "pairs", c -> c.n()),
                new Column<AlignmentFigures.Correlation>(
                    "pearson", "Pearson's correlation", c -> c.pearson().value()),
                new Column<AlignmentFigures.Correlation>(
                    "low", "2.5 % of resampled words", c -> end(c.pearson(), 0)),
                new Column<AlignmentFigures.Correlation>(
                    "high", "97.5 % of resampled words", c -> end(c.pearson(), 1)),
                new Column<AlignmentFigures.Correlation>(
                    "permuted", "mean with words permuted", c -> c.pearson().expected()),
                new Column<AlignmentFigures.Correlation>(
                    "permuted_sd", "its deviation", c -> c.pearson().deviation()),
                new Column<AlignmentFigures.Correlation>(
                    "p", "(1 + b) / (1 + m)", c -> c.pearson().p()),
                new Column<AlignmentFigures.Correlation>(
                    "spearman", "Spearman's correlation", c -> c.spearman().value()),
                new Column<AlignmentFigures.Correlation>(
                    "spearman_permuted_sd",
                    "its deviation with words permuted",
                    c -> c.spearman().deviation()),
                new Column<AlignmentFigures.Correlation>(
                    "spearman_p", "(1 + b) / (1 + m)", c -> c.spearman().p())),
            r.correlations()));
    if (!r.partials().isEmpty()) {
      all.add(
          Table.of(
              "wordnet.partials",
              "What is left without frequency, length, polysemy",
              estimates(
                  List.of(
                      new Column<AlignmentFigures.Partial>(
                          "without", "figures of the words that are taken out", p -> p.without()),
                      new Column<AlignmentFigures.Partial>(
                          "of", "way to read a word", p -> p.of())),
                  p -> p.pearson(),
                  "pearson"),
              r.partials()));
    }
    if (!r.carriers().isEmpty()) {
      all.add(
          Table.of(
              "wordnet.carriers",
              "What carries the correlation of nouns",
              List.of(
                  new Column<AlignmentFigures.Carrier>(
                      "kind", "a word, or all words of a file", c -> c.kind()),
                  new Column<AlignmentFigures.Carrier>("of", "way to read a word", c -> c.of()),
                  new Column<AlignmentFigures.Carrier>("name", "which", c -> c.name()),
                  new Column<AlignmentFigures.Carrier>("lexname", "its file", c -> c.lexname()),
                  new Column<AlignmentFigures.Carrier>("words", "how many", c -> (long) c.words()),
                  new Column<AlignmentFigures.Carrier>(
                      "share",
                      "half of what its pairs add to Pearson's correlation; all words sum up to it",
                      c -> c.share())),
              r.carriers()));
    }
    if (!r.hierarchy().isEmpty()) {
      all.add(
          Table.of(
              "wordnet.hierarchy",
              "Whether child less parent is orthogonal to parent",
              List.of(
                  new Column<AlignmentFigures.Hierarchy>(
                      "means",
                      "nested: the child's words are the parent's too, as in the literature;"
                          + " disjoint: the parent's mean leaves them out",
                      h -> h.how()),
                  new Column<AlignmentFigures.Hierarchy>(
                      "rows", "own, or shuffled 20 times", h -> h.words()),
                  new Column<AlignmentFigures.Hierarchy>(
                      "pairs",
                      "children with a parent, ten words on either side",
                      h -> (long) h.pairs()),
                  new Column<AlignmentFigures.Hierarchy>(
                      "cosine", "mean cosine of child less parent with parent", h -> h.mean()),
                  new Column<AlignmentFigures.Hierarchy>(
                      "size", "mean of its absolute value", h -> h.size()),
                  new Column<AlignmentFigures.Hierarchy>(
                      "sd",
                      "deviation of the cosines, or of the mean over the shuffles",
                      h -> h.deviation())),
              r.hierarchy()));
    }
  }

  private static Double end(Estimate e, int which) {
    return e.interval() == null ? null : e.interval().get(which);
  }

  private static <T> List<Column<T>> estimates(
      List<Column<T>> first, Function<T, Estimate> of, String name) {
    List<Column<T>> columns = new ArrayList<>(first);
    columns.add(new Column<>(name, "value", t -> of.apply(t).value()));
    columns.add(new Column<>("ci_low", "lower end of the 95 % interval", t -> end(of.apply(t), 0)));
    columns.add(new Column<>("ci_high", "upper end", t -> end(of.apply(t), 1)));
    columns.add(new Column<>("permuted", "mean by chance", t -> of.apply(t).expected()));
    columns.add(new Column<>("permuted_sd", "its deviation", t -> of.apply(t).deviation()));
    columns.add(new Column<>("z", "deviations from it", t -> of.apply(t).z()));
    columns.add(new Column<>("p", "(1 + b) / (1 + m)", t -> of.apply(t).p()));
    return columns;
  }
}
