package dev.orograph.instrument.alignment;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.alignment.AlignmentFigures.Band;
import dev.orograph.instrument.alignment.AlignmentFigures.Carrier;
import dev.orograph.instrument.alignment.AlignmentFigures.Correlation;
import dev.orograph.instrument.alignment.AlignmentFigures.Counts;
import dev.orograph.instrument.alignment.AlignmentFigures.Decay;
import dev.orograph.instrument.alignment.AlignmentFigures.Density;
import dev.orograph.instrument.alignment.AlignmentFigures.Hierarchy;
import dev.orograph.instrument.alignment.AlignmentFigures.Layer;
import dev.orograph.instrument.alignment.AlignmentFigures.Lexname;
import dev.orograph.instrument.alignment.AlignmentFigures.Norms;
import dev.orograph.instrument.alignment.AlignmentFigures.Partial;
import dev.orograph.instrument.alignment.AlignmentFigures.Simplices;
import dev.orograph.instrument.alignment.AlignmentFigures.Step;
import dev.orograph.instrument.rows.Moments;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.instrument.rows.Whitening;
import dev.orograph.lexicon.MatchedWords;
import dev.orograph.lexicon.PartOfSpeech;
import dev.orograph.lexicon.Taxonomy;
import dev.orograph.lexicon.WordNet;
import dev.orograph.linalg.Cholesky;
import dev.orograph.linalg.InnerProduct;
import dev.orograph.linalg.Scope;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.model.forward.Transformer;
import dev.orograph.random.Generator;
import dev.orograph.stats.Bootstrap;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Mantel;
import dev.orograph.stats.Pearson;
import dev.orograph.stats.Samples;
import dev.orograph.stats.Spearman;
import dev.orograph.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Measures one model's words against WordNet. */
final class AlignmentMeasurement {
  static final int FEWEST = 100;
  static final int SAMPLE = 3000;
  static final int PAIRS = 500_000;

  /** Words of which all pairs are taken. */
  static final int MOST = 1500;

  /** Ways to read a word that the figures over seeds are of, at most. */
  static final int READINGS = 2;

  private static final String FILE = "wordnet.safetensors";
  private static final String STATIC = "static";
  private static final String CONTEXT = "context";
  private static final int SIMPLICES = 1000;
  private static final int PERMUTATIONS = 199;
  private static final int RESAMPLED = 200;
  private static final int FEWER = 49;
  private static final int CAPPED = 200;
  private static final int CARRIERS = 15;

  /** Numbers of vectors in the causal metric that are held. */
  private static final int HELD = 1 << 22;

  private final Work work;
  private final AlignmentSettings settings;
  private final Model model;
  private final int threads;
  private final List<String> notes = new ArrayList<>();
  private MatchedWords words;
  private Taxonomy taxonomy;

  AlignmentMeasurement(Work work, AlignmentSettings settings, int threads) {
    this.work = work;
    this.settings = settings;
    this.model = work.model();
    this.threads = threads;
  }

  private Generator generator(String what) {
    return Generator.keyed(settings.seed(), "wordnet", what);
  }

  AlignmentFigures figures() {
    Tokenizer tokenizer = model.tokenizer().orElseThrow();
    Parameter embedding = model.tokenMatrices().get(0);
    try (TensorData data = model.checkpoint().map(embedding.tensor());
        Scope scope = new Scope()) {
      TokenRows rows = TokenRows.of(work, data, model, 1);
      match(tokenizer, rows);
      if (words.size() < FEWEST) {
        return AlignmentFigures.fault(
            words.size()
                + " words of WordNet are "
                + (settings.several() ? "" : "a single token ")
                + "in its vocabulary, and fewer than "
                + FEWEST
                + " say nothing: is it of another language or of bytes? (--words all takes words of"
                + " several tokens)");
      }
      return figures(tokenizer, rows, scope);
    }
  }

  private void match(Tokenizer tokenizer, TokenRows rows) {
    words =
        MatchedWords.of(
            WordNet.load(),
            n -> n.length() > tokenizer.longest() ? List.of() : tokenizer.encode(n).ids(),
            id -> id >= 0 && id < rows.count() && !Double.isNaN(rows.norm(id)),
            settings.several());
    taxonomy = new Taxonomy(words.words());
  }

  /**
   * The words again, under the first two ways to read them.
   *
   * @param left where the task of all other figures left their vectors; where that is not to be
   *     seen they are read anew
   */
  Readings readings(Optional<Path> left) {
    Tokenizer tokenizer = model.tokenizer().orElseThrow();
    Parameter embedding = model.tokenMatrices().get(0);
    Scope scope = new Scope();
    try (TensorData data = model.checkpoint().map(embedding.tensor())) {
      TokenRows rows = TokenRows.of(work, data, model, 1);
      match(tokenizer, rows);
      List<Vectors> all = new ArrayList<>();
      if (left.isPresent()) {
        all.addAll(left(left.get(), scope));
      } else {
        all.add(statics(rows, scope));
        contexts(tokenizer, new int[0], scope, all, new LinkedHashMap<>());
      }
      return new Readings(
          words, taxonomy, all.subList(0, Math.min(READINGS, all.size())), words.chains(), scope);
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  private AlignmentFigures figures(Tokenizer tokenizer, TokenRows rows, Scope scope) {
    Generator g = Generator.of(settings.seed());
    SeedPairs pairs = SeedPairs.draw(words, taxonomy, g, SAMPLE, PAIRS);
    List<Vectors> readings = new ArrayList<>(List.of(statics(rows, scope)));
    Map<String, Vectors> states = new LinkedHashMap<>();
    contexts(tokenizer, pairs.sample(), scope, readings, states);
    leave(readings);
    List<int[]> chains = words.chains();
    Simplices simplices = SeedFigures.simplices(readings, g, SIMPLICES);
    NounPairs nouns = group(pairs.sample(), PartOfSpeech.NOUN);
    NounPairs verbs = group(generator("verbs").permutation(words.size()), PartOfSpeech.VERB);

    List<Correlation> correlations = new ArrayList<>();
    List<Correlation> lifts = new ArrayList<>();
    List<Band> bands = new ArrayList<>();
    List<Decay> decays = new ArrayList<>();
    List<Lexname> lexnames = new ArrayList<>();
    List<Partial> partials = new ArrayList<>();
    List<Carrier> carriers = new ArrayList<>();
    Density density = null;
    double[] before = null;
    for (Vectors v : readings) {
      work.checkCancelled();
      double[] cosines = pairs.cosines(v);
      drawn(correlations, "all", pairs, v, cosines);
      drawn(correlations, "nouns, drawn", pairs.of(p -> p == PartOfSpeech.NOUN), v, null);
      drawn(correlations, "verbs, drawn", pairs.of(p -> p == PartOfSpeech.VERB), v, null);
      bands.addAll(SeedFigures.bands(v.name(), pairs.similarities(), cosines));
      decays.addAll(SeedFigures.decay(v, chains));
      decays.addAll(decay(v, chains));
      lexnames.addAll(lexnames(v));
      if (nouns.size() >= FEWEST) {
        float[] c = v.cosines(nouns.members());
        Mantel m = nouns.mantel(c);
        correlations.add(correlation("nouns", v, nouns, m));
        bands.addAll(nouns.bands(v.name(), c, settings.sound(), generator("bands " + v.name())));
        density = nouns.density(v.name(), c);
        if (settings.sound()) {
          double[] resampled = m.resampled(RESAMPLED, generator("words"));
          if (before != null) {
            lifts.add(lift(v, nouns, m, resampled, correlations, before));
          } else {
            before = resampled;
          }
          partials.addAll(partials(v, nouns, m));
        }
        carriers.addAll(carriers(v, nouns, m));
      }
      if (verbs.size() >= FEWEST) {
        float[] c = v.cosines(verbs.members());
        correlations.add(correlation("verbs", v, verbs, verbs.mantel(c)));
      }
    }
    return new AlignmentFigures(
        null,
        counts(pairs, chains),
        norms(readings),
        correlations,
        lifts,
        bands,
        decays,
        lexnames,
        simplices,
        List.of(),
        partials,
        layers(states, pairs.sample(), nouns),
        carriers,
        density,
        chain(chains, readings),
        settings.sound() ? hierarchy() : List.of(),
        notes);
  }

  private Vectors statics(TokenRows rows, Scope scope) {
    Vectors all = new Vectors(STATIC, words.size(), rows.width(), scope);
    double[] row = new double[rows.width()];
    for (int i = 0; i < words.size(); i++) {
      double[] mean = new double[rows.width()];
      int[] tokens = words.tokens(i);
      for (int token : tokens) {
        rows.read(token, row, 0);
        for (int k = 0; k < mean.length; k++) {
          mean[k] += row[k] / tokens.length;
        }
      }
      all.put(i, mean);
    }
    return all;
  }

  private void contexts(
      Tokenizer tokenizer,
      int[] sample,
      Scope scope,
      List<Vectors> readings,
      Map<String, Vectors> states) {
    if (!settings.glosses()) {
      return;
    }
    Optional<String> without = Needs.oneModel(Need.TEXT_PASS).unmet(work);
    if (without.isPresent()) {
      notes.add("Only the static rows are measured: " + without.get() + ".");
      return;
    }
    try (Transformer t = Transformer.load(model)) {
      t.threads(threads);
      Glosses glosses = new Glosses(t, tokenizer, words);
      Integer pad = tokenizer.specials().get("pad");
      states.putAll(
          glosses.read(work, sample, pad == null || pad >= t.vocabulary() ? 0 : pad, scope));
      notes.add(
          glosses.causal()
              ? "The model sees only what comes before: a context is the mean over all positions,"
                  + " and 'last token' the last one."
              : "A context is the mean over all positions of the gloss, special tokens included.");
    }
    for (String name : List.of(CONTEXT, "last token")) {
      Vectors v = states.remove(name);
      if (v != null) {
        readings.add(v);
      }
    }
  }

  /** The vectors of all words, with their first tokens and the offsets of their synsets. */
  private void leave(List<Vectors> readings) {
    int n = words.size();
    long[] tokens = new long[n];
    long[] offsets = new long[n];
    long[] letters = new long[n];
    for (int i = 0; i < n; i++) {
      tokens[i] = words.tokens(i)[0];
      offsets[i] = words.words().offset(words.synset(i));
      letters[i] = words.words().pos(words.synset(i)).letter();
    }
    List<Entry> entries =
        new ArrayList<>(
            List.of(
                Entry.of("tokens", tokens, n),
                Entry.of("offsets", offsets, n),
                Entry.of("pos", letters, n)));
    readings.forEach(v -> entries.add(v.entry()));
    SafetensorsWriter.write(work.arrays().resolve(FILE), Map.of(), entries);
  }

  /** The vectors that the other task left; float32 as they were. */
  private List<Vectors> left(Path folder, Scope scope) {
    try (Checkpoint file = Checkpoint.open(folder.resolve(FILE))) {
      List<Vectors> all = new ArrayList<>();
      for (String name : List.of(STATIC, CONTEXT)) {
        TensorInfo tensor = file.tensor(name).orElse(null);
        if (tensor != null) {
          try (TensorData data = file.map(tensor)) {
            double[] row = new double[Math.toIntExact(tensor.columns())];
            Vectors v = new Vectors(name, words.size(), row.length, scope);
            for (int i = 0; i < words.size(); i++) {
              data.read((long) i * row.length, row, 0, row.length);
              v.put(i, row);
            }
            all.add(v);
          }
        }
      }
      return all;
    }
  }

  private NounPairs group(int[] from, PartOfSpeech pos) {
    return new NounPairs(
        words,
        taxonomy,
        Arrays.stream(from)
            .filter(i -> words.words().pos(words.synset(i)) == pos)
            .limit(MOST)
            .toArray());
  }

  private Counts counts(SeedPairs pairs, List<int[]> chains) {
    Integer[] byPos = new Integer[PartOfSpeech.values().length];
    Arrays.fill(byPos, 0);
    for (int i = 0; i < words.size(); i++) {
      byPos[words.words().pos(words.synset(i)).number()]++;
    }
    double thirds =
        pairs.of(p -> p != PartOfSpeech.NOUN && p != PartOfSpeech.VERB).size()
            / (double) pairs.size();
    return new Counts(
        words.size(),
        List.of(byPos),
        words.sha256(),
        pairs.sample().length,
        pairs.size(),
        thirds,
        chains.size());
  }

  private List<Norms> norms(List<Vectors> readings) {
    Vectors first = readings.get(0);
    List<Norms> all = new ArrayList<>();
    for (Vectors v : readings) {
      double[] norms = IntStream.range(0, v.count()).mapToDouble(v::norm).toArray();
      double[] cosines =
          v == first || v.width() != first.width()
              ? null
              : IntStream.range(0, v.count())
                  .mapToDouble(
                      i ->
                          InnerProduct.of(first.get(i), v.get(i))
                              / (first.norm(i) * v.norm(i) + Vectors.FLOOR))
                  .toArray();
      all.add(
          new Norms(
              v.name(),
              mean(norms),
              deviation(norms),
              cosines == null ? null : (Double) mean(cosines),
              cosines == null ? null : (Double) deviation(cosines)));
    }
    return all;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }

  private static double deviation(double[] values) {
    double mean = mean(values);
    return Math.sqrt(Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElse(0));
  }

  /** The correlation over drawn pairs, which the seed's code prints for all of them. */
  private static void drawn(
      List<Correlation> all, String name, SeedPairs pairs, Vectors v, double[] known) {
    if (pairs.size() < 3) {
      return;
    }
    double[] s = pairs.similarities();
    double[] c = known == null ? pairs.cosines(v) : known;
    double pearson = Pearson.of(s, c);
    double spearman = Pearson.of(Spearman.ranks(s), Spearman.ranks(c));
    if (Double.isFinite(pearson) && Double.isFinite(spearman)) {
      all.add(
          new Correlation(
              name,
              v.name(),
              pairs.sample().length,
              pairs.size(),
              known != null,
              Estimate.of(pearson),
              Estimate.of(spearman)));
    }
  }

  private Correlation correlation(String pairs, Vectors v, NounPairs group, Mantel m) {
    String key = pairs + " " + v.name();
    return new Correlation(
        pairs,
        v.name(),
        group.size(),
        m.pairs(),
        false,
        estimate(m, PERMUTATIONS, key),
        estimate(m.ranks(), PERMUTATIONS, key));
  }

  private Estimate estimate(Mantel m, int draws, String key) {
    double value = m.value();
    if (!Double.isFinite(value)) {
      return Estimate.of(0);
    }
    Estimate e = Estimate.of(value);
    return settings.sound()
        ? Bootstrap.around(e, m.resampled(RESAMPLED, generator("words")))
            .among(m.permuted(draws, generator(key)))
        : e;
  }

  private static Correlation lift(
      Vectors v,
      NounPairs group,
      Mantel m,
      double[] resampled,
      List<Correlation> correlations,
      double[] before) {
    double first =
        correlations.stream()
            .filter(c -> c.pairs().equals("nouns") && c.of().equals("static"))
            .findFirst()
            .orElseThrow()
            .pearson()
            .value();
    double[] differences = new double[resampled.length];
    Arrays.setAll(differences, k -> resampled[k] - before[k]);
    Estimate e = Bootstrap.around(Estimate.of(m.value() - first), differences);
    return new Correlation("nouns", v.name(), group.size(), m.pairs(), false, e, null);
  }

  private List<Partial> partials(Vectors v, NounPairs nouns, Mantel m) {
    int[] who = nouns.members();
    double[] rank = Arrays.stream(who).mapToDouble(i -> Math.log1p(words.tokens(i)[0])).toArray();
    double[] length = Arrays.stream(who).mapToDouble(i -> words.name(i).length()).toArray();
    double[] senses = Arrays.stream(who).mapToDouble(i -> Math.log(words.senses(i))).toArray();
    Map<String, List<double[]>> without = new LinkedHashMap<>();
    without.put("nothing", List.of());
    without.put("frequency rank", List.of(rank));
    without.put("length", List.of(length));
    without.put("polysemy", List.of(senses));
    without.put("all three", List.of(rank, length, senses));
    List<Partial> all = new ArrayList<>();
    without.forEach(
        (name, figures) -> {
          work.checkCancelled();
          Mantel left = figures.isEmpty() ? m : m.without(figures);
          all.add(new Partial(name, v.name(), estimate(left, FEWER, "without " + name)));
        });
    return all;
  }

  private List<Carrier> carriers(Vectors v, NounPairs nouns, Mantel m) {
    double[] shares = m.shares();
    int[] who = nouns.members();
    Map<String, double[]> files = new TreeMap<>();
    for (int i = 0; i < who.length; i++) {
      double[] sum =
          files.computeIfAbsent(words.words().lexname(words.synset(who[i])), k -> new double[2]);
      sum[0] += shares[i];
      sum[1]++;
    }
    List<Carrier> all = new ArrayList<>();
    files.entrySet().stream()
        .sorted((a, b) -> Double.compare(b.getValue()[0], a.getValue()[0]))
        .forEach(
            e ->
                all.add(
                    new Carrier(
                        "lexname",
                        v.name(),
                        e.getKey(),
                        e.getKey(),
                        (int) e.getValue()[1],
                        e.getValue()[0])));
    List<Integer> order =
        IntStream.range(0, who.length)
            .boxed()
            .sorted((a, b) -> Double.compare(shares[b], shares[a]))
            .toList();
    for (int k = 0; k < order.size(); k++) {
      if (k < CARRIERS || k >= order.size() - 5) {
        int i = order.get(k);
        all.add(
            new Carrier(
                "word",
                v.name(),
                words.name(who[i]),
                words.words().lexname(words.synset(who[i])),
                1,
                shares[i]));
      }
    }
    return all;
  }

  /** By the true distance between the ends, against ancestors that are dealt anew. */
  private List<Decay> decay(Vectors v, List<int[]> chains) {
    Map<Integer, List<int[]>> bySteps = new TreeMap<>();
    for (int[] chain : chains) {
      for (int d = 1; d < chain.length; d++) {
        int steps = taxonomy.distance(words.synset(chain[0]), words.synset(chain[d]));
        bySteps.computeIfAbsent(steps, k -> new ArrayList<>()).add(new int[] {chain[0], chain[d]});
      }
    }
    List<Decay> all = new ArrayList<>();
    bySteps.forEach(
        (steps, ends) -> {
          int n = ends.size();
          if (n < FEWER) {
            return;
          }
          double[][] from = new double[n][];
          double[][] to = new double[n][];
          List<Double> own = new ArrayList<>();
          for (int k = 0; k < n; k++) {
            from[k] = v.unit(ends.get(k)[0]);
            to[k] = v.unit(ends.get(k)[1]);
            own.add(InnerProduct.of(from[k], to[k]));
          }
          Estimate e = settings.sound() ? Samples.meanOf(own) : Estimate.of(Samples.mean(own));
          if (settings.sound()) {
            Generator g = generator("decay " + v.name() + " " + steps);
            List<Double> nulls = new ArrayList<>();
            for (int d = 0; d < 19; d++) {
              int[] order = g.permutation(n);
              double sum = 0;
              for (int k = 0; k < n; k++) {
                sum += InnerProduct.of(from[k], to[order[k]]);
              }
              nulls.add(sum / n);
            }
            e = e.among(nulls);
          }
          all.add(new Decay(v.name(), false, steps, n, e));
        });
    return all;
  }

  /** The first two hundred of each file, against as many words of its parts of speech. */
  private List<Lexname> lexnames(Vectors v) {
    Map<String, List<Integer>> files = new TreeMap<>();
    Map<Character, List<Integer>> kinds = new TreeMap<>();
    for (int i = 0; i < words.size(); i++) {
      String name = words.words().lexname(words.synset(i));
      files.computeIfAbsent(name, k -> new ArrayList<>()).add(i);
      kinds.computeIfAbsent(kind(name), k -> new ArrayList<>()).add(i);
    }
    List<Lexname> all = new ArrayList<>();
    files.entrySet().stream()
        .sorted((a, b) -> Integer.compare(b.getValue().size(), a.getValue().size()))
        .filter(e -> e.getValue().size() >= 10)
        .forEach(
            file -> {
              work.checkCancelled();
              int[] own =
                  file.getValue().stream().limit(CAPPED).mapToInt(Integer::intValue).toArray();
              Estimate e = Estimate.of(within(v, own));
              List<Integer> others = kinds.get(kind(file.getKey()));
              if (settings.sound() && others.size() > 2 * own.length) {
                Generator g = generator("lexnames " + v.name() + file.getKey());
                List<Double> nulls = new ArrayList<>();
                for (int d = 0; d < FEWER; d++) {
                  nulls.add(
                      within(
                          v,
                          Arrays.stream(g.choice(others.size(), own.length, false))
                              .map(others::get)
                              .toArray()));
                }
                e = e.among(nulls);
              }
              all.add(new Lexname(v.name(), file.getKey(), file.getValue().size(), e));
            });
    return all;
  }

  /** adj, adv, noun or verb, by two letters that tell them apart. */
  private static char kind(String lexname) {
    return lexname.startsWith("adv") ? 'r' : lexname.charAt(0);
  }

  /** Mean cosine of all pairs, from the length of the sum of the unit vectors. */
  private static double within(Vectors v, int[] which) {
    double[] sum = new double[v.width()];
    double own = 0;
    for (int i : which) {
      double[] u = v.unit(i);
      for (int k = 0; k < sum.length; k++) {
        sum[k] += u[k];
      }
      own += InnerProduct.of(u, u);
    }
    return (InnerProduct.of(sum, sum) - own) / ((double) which.length * (which.length - 1));
  }

  private List<Layer> layers(Map<String, Vectors> states, int[] sample, NounPairs nouns) {
    List<Layer> all = new ArrayList<>();
    if (nouns.size() < FEWEST) {
      return all;
    }
    Map<Integer, Integer> places = new LinkedHashMap<>();
    for (int k = 0; k < sample.length; k++) {
      places.put(sample[k], k);
    }
    int[] which = Arrays.stream(nouns.members()).map(places::get).toArray();
    List<String> order =
        states.keySet().stream().sorted((a, b) -> Integer.compare(depth(a), depth(b))).toList();
    for (String name : order) {
      work.checkCancelled();
      Mantel m = nouns.mantel(states.get(name).cosines(which));
      all.add(new Layer(name, all.size(), estimate(m, FEWER, "layer " + name)));
    }
    return all;
  }

  private static int depth(String state) {
    String digits = state.replaceAll("\\D", "");
    return state.endsWith("embed")
        ? -1
        : digits.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(digits);
  }

  /** The longest, the first of several. */
  private List<Step> chain(List<int[]> chains, List<Vectors> readings) {
    int[] longest =
        chains.stream().reduce((a, b) -> b.length > a.length ? b : a).orElse(new int[0]);
    List<Step> steps = new ArrayList<>();
    for (int k = 0; k < longest.length; k++) {
      int word = longest[k];
      steps.add(
          new Step(
              taxonomy.distance(words.synset(longest[0]), words.synset(word)),
              words.name(word),
              words.words().name(words.synset(word)),
              readings.stream().map(v -> v.cosine(longest[0], word)).toList()));
    }
    return steps;
  }

  /** In the causal metric: rows of the head, or of the embedding where none is stored. */
  private List<Hierarchy> hierarchy() {
    Parameter matrix = model.head().orElse(model.tokenMatrices().get(0));
    int[] nouns =
        IntStream.range(0, words.size())
            .filter(i -> words.words().pos(words.synset(i)) == PartOfSpeech.NOUN)
            .filter(i -> words.tokens(i).length == 1)
            .filter(i -> words.tokens(i)[0] < matrix.tensor().rows())
            .toArray();
    try (TensorData data = model.checkpoint().map(matrix.tensor());
        Scope scope = new Scope()) {
      TokenRows rows = TokenRows.of(work, data, model, 1);
      int[] which =
          Arrays.stream(nouns)
              .filter(i -> !Double.isNaN(rows.norm(words.tokens(i)[0])))
              .limit(HELD / rows.width())
              .toArray();
      int d = rows.width();
      if (which.length < FEWEST || d < 2) {
        return List.of();
      }
      Moments.Scattered scattered =
          Moments.scattered(rows.of(rows.whole()), 1, scope, work::checkCancelled);
      Whitening whitening = new Whitening(scattered.moments());
      if (!(whitening.largest() > 0)) {
        return List.of();
      }
      double[] mean = scattered.moments().mean();
      Cholesky factor = whitening.factor(scattered, 1);
      double[][] vectors = new double[which.length][d];
      for (int i = 0; i < which.length; i++) {
        rows.read(words.tokens(which[i])[0], vectors[i], 0);
        for (int k = 0; k < d; k++) {
          vectors[i][k] -= mean[k];
        }
        factor.solve(vectors[i]);
      }
      return new Hierarchies(words, taxonomy, which, vectors).measure(generator("hierarchy"));
    }
  }
}
