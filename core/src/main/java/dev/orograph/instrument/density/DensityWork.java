package dev.orograph.instrument.density;

import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.density.DensityFigures.Beside;
import dev.orograph.instrument.density.DensityFigures.Counts;
import dev.orograph.instrument.density.DensityFigures.Identity;
import dev.orograph.instrument.density.DensityFigures.Written;
import dev.orograph.instrument.rows.Token;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.DistanceMatrix;
import dev.orograph.linalg.DistinctRows;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.Scope;
import dev.orograph.model.Parameter;
import dev.orograph.random.Generator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Draws tokens, makes the metric, and brings points and distances to whoever measures them. */
final class DensityWork {
  private static final int FEWEST = 3;
  private static final int CLUSTERS = 20;
  private static final int COMPARED = 2000;

  private final Work work;
  private final DensitySettings settings;
  private final Task<TokenMatrix> task;
  private final TokenRows rows;
  private final int[] usable;

  DensityWork(Work work, DensitySettings settings, Task<TokenMatrix> task, TokenRows rows) {
    this.work = work;
    this.settings = settings;
    this.task = task;
    this.rows = rows;
    usable = Metric.usable(settings.metric(), rows);
  }

  /**
   * The figures.
   *
   * @param check is told how many tokens have a place, and may refuse
   */
  DensityFigures measure(IntConsumer check) {
    if (!settings.distances().isEmpty()) {
      Path file = Path.of(settings.distances());
      try (GivenDistances given = new GivenDistances(work, file, work.generator(task))) {
        return measure(ids(given.size()), given, check);
      }
    }
    return measure(drawn(), null, check);
  }

  private int[] ids(int size) {
    if (!settings.tokenIds().isEmpty()) {
      return GivenDistances.ids(Path.of(settings.tokenIds()), size, rows.count());
    }
    if (size != rows.count()) {
      throw InputException.at(Path.of(settings.distances()))
          .expected("must have a row for each of the " + rows.count() + " tokens")
          .found("has " + size)
          .remedy("say with --token-ids which tokens they are")
          .build();
    }
    return IntStream.range(0, size).toArray();
  }

  /** As the seed draws: sorted choice without replacement. */
  private int[] drawn() {
    int all = rows.count();
    Parameter p = work.model().parameter(task.detail().tensor()).orElseThrow();
    int n = Density.tokens(work, settings, p);
    if (n == all) {
      return IntStream.range(0, all).toArray();
    }
    int[] drawn = Generator.of(settings.seed()).choice(all, n, false);
    Arrays.sort(drawn);
    return drawn;
  }

  private DensityFigures measure(int[] drawn, GivenDistances given, IntConsumer check) {
    int[] at =
        IntStream.range(0, drawn.length)
            .filter(t -> Arrays.binarySearch(usable, drawn[t]) >= 0)
            .toArray();
    int[] tokens = Arrays.stream(at).map(t -> drawn[t]).toArray();
    try (Scope scope = new Scope()) {
      Metric metric =
          usable.length < FEWEST
              ? null
              : Metric.of(work, settings.metric(), rows, task.nativeThreads(), scope);
      if (metric == null || tokens.length < FEWEST) {
        return DensityFigures.none(task, counts(drawn.length, null, tokens.length, 0, false));
      }
      check.accept(tokens.length);
      int[] stands =
          given == null
              ? equal(metric, tokens, task.nativeThreads())
              : together(given.stands(), at);
      Sample sample = new Sample(tokens, stands, given == null ? null : at);
      if (sample.points() < FEWEST) {
        return DensityFigures.none(task, counts(drawn.length, sample, tokens.length, 0, false));
      }
      int[] places =
          Arrays.stream(sample.firsts()).map(t -> Arrays.binarySearch(usable, tokens[t])).toArray();
      int[] stored = given == null ? places : new int[0];
      Cloud cloud = new Cloud(work, metric, stored, task.nativeThreads(), scope);
      double[] norms = Arrays.stream(places).mapToDouble(i -> cloud.norms()[i]).toArray();
      double[] plain = Arrays.stream(places).mapToDouble(i -> cloud.plainNorms()[i]).toArray();
      int k = settings.neighbours(tokens.length);
      List<Identity> identities = identities(metric, cloud);
      if (given != null) {
        identities.add(compared(metric, given, sample, places));
      }
      Distances distances = given == null ? cloud : given;
      boolean single = given == null && cloud.single();
      DensityFigures figures =
          new DensityMeasurement(
                  work, settings, task, rows, metric, sample, distances, norms, plain, k)
              .figures(counts(drawn.length, sample, tokens.length, k, single), identities);
      return settings.sound() && given == null
          ? figures.beside(beside(Arrays.stream(sample.firsts()).map(t -> tokens[t]).toArray(), k))
          : figures;
    }
  }

  /** At most {@value Density#CLOUD} of these rows, drawn at random, in the other metrics. */
  private List<Beside> beside(int[] points, int k) {
    int[] some = points;
    if (points.length > Density.CLOUD) {
      some =
          Arrays.stream(Generator.of(settings.seed()).choice(points.length, Density.CLOUD, false))
              .map(i -> points[i])
              .sorted()
              .toArray();
    }
    List<Beside> all = new ArrayList<>();
    for (String kind : List.of("euclidean", "cosine")) {
      int[] own = Metric.usable(kind, rows);
      int[] places =
          Arrays.stream(some).map(i -> Arrays.binarySearch(own, i)).filter(i -> i >= 0).toArray();
      try (Scope scope = new Scope()) {
        if (kind.equals(settings.metric()) || places.length <= k) {
          continue;
        }
        Metric metric = Metric.plain(work, kind, rows, task.nativeThreads());
        Cloud cloud = new Cloud(work, metric, places, task.nativeThreads(), scope);
        // Rows that are all equal have no distances.
        if (Arrays.stream(cloud.norms()).anyMatch(v -> v > 0)) {
          double[] norms = Arrays.stream(places).mapToDouble(i -> cloud.norms()[i]).toArray();
          Nearest nearest = cloud.nearest(places, k);
          double[] edges =
              Radial.of(norms, Shape.inverse(nearest.means())).edges().stream()
                  .mapToDouble(Double::doubleValue)
                  .toArray();
          Shape shape = Shape.of(norms, null, nearest, edges);
          all.add(Beside.of(kind, places.length, shape));
        }
      }
    }
    return all;
  }

  /** The first of the tokens that each equals. */
  private static int[] equal(Metric metric, int[] tokens, int threads) {
    int[] places = Arrays.stream(tokens).map(t -> Arrays.binarySearch(metric.ids(), t)).toArray();
    DistinctRows distinct = new DistinctRows(Entries.ofRows(metric.points(), places), threads);
    return IntStream.range(0, tokens.length).map(distinct::representative).toArray();
  }

  /** The same from points of a file, some of which are left out. */
  private static int[] together(int[] stands, int[] at) {
    Map<Integer, Integer> first = new HashMap<>();
    return IntStream.range(0, at.length)
        .map(t -> first.computeIfAbsent(stands[at[t]], s -> t))
        .toArray();
  }

  private Counts counts(int drawn, Sample sample, int measured, int k, boolean single) {
    int zeros = (int) Arrays.stream(rows.whole()).filter(i -> rows.norm(i) == 0).count();
    int[] copies = sample == null ? new int[0] : sample.copies();
    List<Token> some =
        IntStream.range(0, copies.length)
            .filter(p -> copies[p] > 1)
            .boxed()
            .sorted(Comparator.comparingInt(p -> -copies[p]))
            .limit(CLUSTERS)
            .map(p -> Token.of(rows, sample.token(p), copies[p]))
            .toList();
    return new Counts(
        rows.broken(),
        zeros,
        drawn,
        measured,
        copies.length,
        (int) Arrays.stream(copies).filter(n -> n > 1).count(),
        Arrays.stream(copies).max().orElse(0),
        some,
        k,
        single);
  }

  private static List<Identity> identities(Metric metric, Cloud cloud) {
    MetricFigures f = metric.figures();
    double v = f.rows();
    double square = Arrays.stream(cloud.norms()).map(x -> x * x).sum() / v;
    double pairs = 2 * (square - cloud.meanSquare());
    List<Identity> all = new ArrayList<>();
    all.add(
        new Identity("mean_square_norm", "mean squared centred norm: tr(M C)", square, f.trace()));
    all.add(
        new Identity(
            "mean_square_distance",
            "mean squared distance over all (i, j): 2 tr(M C)",
            pairs,
            2 * f.trace()));
    all.add(
        new Identity(
            "mean_square_distance_of_others",
            "the same over i != j: 2 tr(M C) V / (V - 1)",
            pairs * (v / (v - 1)),
            2 * f.trace() * (v / (v - 1))));
    if (!f.kind().equals("cosine")) {
      double plain = Arrays.stream(cloud.plainNorms()).map(x -> x * x).sum() / v;
      all.add(
          new Identity(
              "mean_square_seed_norm",
              "mean squared norm, not centred: tr(M C) + mu'M mu",
              plain,
              f.trace() + f.meanSquare()));
    }
    return all;
  }

  /** Whether given distances are those of this metric. */
  private Identity compared(Metric metric, GivenDistances given, Sample sample, int[] places) {
    Generator draws = work.generator(task);
    int[] i = new int[COMPARED];
    int[] j = new int[COMPARED];
    double theirs = 0;
    for (int p = 0; p < COMPARED; p++) {
      int a = (int) draws.integers(0, places.length);
      int b = (int) draws.integers(0, places.length);
      i[p] = places[a];
      j[p] = places[b];
      theirs += Math.pow(given.between(sample.places()[a], sample.places()[b]), 2) / COMPARED;
    }
    double[] ours = new double[COMPARED];
    metric.differences(i, j, ours);
    return new Identity(
        "given_distances",
        "mean squared distance of sampled pairs in the file, and in this metric",
        theirs,
        Arrays.stream(ours).map(x -> x * x).sum() / COMPARED);
  }

  /** Writes the distances of all drawn tokens that have a place. */
  DensityFigures write(String fingerprint) {
    int[] drawn = drawn();
    int[] members =
        Arrays.stream(drawn).map(t -> Arrays.binarySearch(usable, t)).filter(i -> i >= 0).toArray();
    try (Scope scope = new Scope()) {
      Metric metric =
          usable.length < FEWEST
              ? null
              : Metric.of(work, settings.metric(), rows, task.nativeThreads(), scope);
      Path file = Path.of(settings.write());
      if (metric == null || members.length < 1) {
        throw InputException.at(file)
            .expected("needs rows that differ")
            .found("'" + task.detail().tensor() + "' has none")
            .remedy("leave --write-distances out")
            .build();
      }
      Cloud cloud = new Cloud(work, metric, members, task.nativeThreads(), scope);
      String key =
          String.join(
              " ",
              fingerprint,
              Text.visible(task.detail().tensor()),
              settings.metric(),
              Long.toString(settings.seed()),
              Integer.toString(drawn.length));
      new DistancesFile(file, members.length, key)
          .write(
              work::checkCancelled,
              new DistanceMatrix(cloud.stored(), cloud::between),
              task.nativeThreads());
      return new DensityFigures(
          task,
          counts(drawn.length, null, members.length, 0, cloud.single()),
          metric.figures(),
          List.of(),
          null,
          null,
          new Written(file.toString(), members.length),
          List.of());
    }
  }
}
