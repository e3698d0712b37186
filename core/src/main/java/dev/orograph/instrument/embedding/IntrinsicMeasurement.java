package dev.orograph.instrument.embedding;

import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.geometry.GaussianCloud;
import dev.orograph.geometry.Hubness;
import dev.orograph.geometry.LevinaBickel;
import dev.orograph.geometry.TwoNN;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.embedding.IntrinsicFigures.Hub;
import dev.orograph.instrument.rows.Token;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.DistinctRows;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.NearestNeighbours;
import dev.orograph.linalg.Scope;
import dev.orograph.model.Parameter;
import dev.orograph.random.Generator;
import dev.orograph.stats.Estimate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Measures one matrix, random parts of it, and Gaussian clouds of its covariance. */
final class IntrinsicMeasurement {
  /** Gaussian clouds. */
  static final int NULL_DRAWS = 10;

  /** Random parts, or orders, of the rows. */
  static final int DATA_DRAWS = 5;

  /** Bins of the 10-occurrence; what is larger lies outside. */
  static final List<Double> EDGES = IntStream.rangeClosed(0, 30).mapToObj(i -> 2.0 * i).toList();

  private static final int HUBS = 20;

  /** Share of all rows that count a row among their nearest, from which it stands in their way. */
  private static final double OVERALL = 0.1;

  /** Times that a row has to be counted, twenty times the mean, where there are few rows. */
  private static final int MANY = 20 * CloudFigures.HUB_K;

  /** Distance of unit rows that is rounding. */
  private static final double SAME_DIRECTION = 1e-6;

  /**
   * Rows of a matrix that are measured; of a larger one so many at random, or what memory holds.
   */
  static final int MOST_ROWS = 60_000;

  /** Rows of the clouds that are set against each other: as many of the data as of the null. */
  static final int CLOUD_ROWS = 5_000;

  /** Neighbours that are sought. */
  static final int NEIGHBOURS = 50;

  /** Multiplications from which a second thread is worth it. */
  private static final double LARGE = 1e11;

  private final Work work;
  private final Task<TokenMatrix> task;
  private final TokenRows rows;
  private final Generator generator;

  IntrinsicMeasurement(Work work, Task<TokenMatrix> task, TokenRows rows) {
    this.work = work;
    this.task = task;
    this.rows = rows;
    this.generator = work.generator(task);
  }

  /**
   * The task on a matrix; its threads change no digit.
   *
   * @param memory bytes that it may take
   */
  static Task<TokenMatrix> task(Parameter p, TokenMatrix m, long memory) {
    return task(p, m, rows(p, m, memory));
  }

  private static int rows(Parameter p, TokenMatrix m, long memory) {
    int most = Math.min(m.rows(), MOST_ROWS);
    return Work.fitting(memory, most, CLOUD_ROWS, n -> task(p, m, n).bytes());
  }

  private static Task<TokenMatrix> task(Parameter p, TokenMatrix m, int n) {
    int d = m.columns();
    long cloud = Math.min(n, CLOUD_ROWS);
    int clouds = DATA_DRAWS + NULL_DRAWS;
    double work = ((double) n * n + (double) clouds * cloud * cloud) * d / 2 + (double) n * d * d;
    int threads = work > LARGE ? 2 : 1;
    long all =
        Math.max(
            NearestNeighbours.bytes(n, d, NEIGHBOURS, threads),
            GaussianCloud.bytes(n, d)
                + GaussianCloud.drawBytes(cloud, d)
                + NearestNeighbours.bytes(cloud, d, NEIGHBOURS, threads));
    // What is kept of the neighbours while clouds are drawn, and buffers for reading.
    long kept = TokenRows.bytes(m.rows()) + DistinctRows.bytes(m.rows()) + n * 20L * NEIGHBOURS;
    return TokenMatrix.task(p, m, work, all + kept + (16L << 20), threads);
  }

  IntrinsicFigures measure() {
    int[] finite = rows.whole();
    DistinctRows distinct = new DistinctRows(points(finite));
    int[] kept = Arrays.stream(distinct.representatives()).map(i -> finite[i]).toArray();
    int all = kept.length;
    Parameter p = work.model().parameter(task.detail().tensor()).orElseThrow();
    int most = rows(p, task.detail(), work.memory());
    if (all > most) {
      kept = some(kept, most);
      Arrays.sort(kept);
    }
    int clusters = distinct.clusters().size();
    long zeros = Arrays.stream(finite).filter(i -> rows.norm(i) == 0).count();
    if (kept.length <= 2) {
      return new IntrinsicFigures(
          task,
          rows.broken(),
          zeros,
          all,
          clusters,
          kept.length,
          0,
          null,
          null,
          List.of(),
          null,
          List.of(),
          0,
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          0,
          null,
          null,
          null);
    }
    Entries points = points(kept);
    NearestNeighbours found = neighbours(points, NEIGHBOURS);
    write(found, kept);
    Estimate twonn = null;
    Estimate fit = null;
    TwoNN ratios = new TwoNN(found.distances(2), 2);
    if (ratios.defined()) {
      twonn = ratios.likelihood();
      fit = ratios.fit(generator);
    }
    List<Estimate> levinaBickel = new ArrayList<>();
    double[] distances = found.distances(found.k());
    for (int k : CloudFigures.ks(found.k())) {
      Estimate e = LevinaBickel.of(distances, found.k(), k);
      levinaBickel.add(Double.isFinite(e.value()) ? e : null);
    }
    Hubness hubness = CloudFigures.hubness(found);
    Estimate skewness = hubness == null ? null : Estimate.of(hubness.skewness());
    List<Hub> hubs = new ArrayList<>();
    if (hubness != null) {
      for (int i : hubness.hubs(HUBS)) {
        int copies = distinct.multiplicity(Arrays.binarySearch(finite, kept[i]));
        String name = Token.of(rows, kept[i], 0).name();
        hubs.add(new Hub(kept[i], name, hubness.occurrence(i), rows.norm(kept[i]), copies));
      }
    }
    Clouds clouds = new Clouds(points, found);
    int[] overall =
        hubness == null
            ? new int[0]
            : IntStream.of(hubness.hubs(HUBS))
                .filter(i -> hubness.occurrence(i) > Math.max(OVERALL * found.count(), MANY))
                .toArray();
    ByCosine byCosine = new ByCosine(kept);
    return new IntrinsicFigures(
        task,
        rows.broken(),
        zeros,
        all,
        clusters,
        kept.length,
        found.again(),
        twonn,
        fit,
        levinaBickel,
        skewness == null || Double.isNaN(skewness.value()) ? null : skewness,
        hubs,
        clouds.size,
        clouds.data,
        clouds.nulls,
        clouds.shares(clouds.occurrences),
        clouds.shares(clouds.nullOccurrences),
        overall.length,
        overall.length == 0 ? null : without(found, overall),
        byCosine.figures,
        byCosine.shared);
  }

  /** TwoNN of all rows but some, from the neighbours that are left of those that were found. */
  private static Double without(NearestNeighbours found, int[] but) {
    Set<Integer> gone = IntStream.of(but).boxed().collect(Collectors.toSet());
    double[] pairs = new double[2 * (found.count() - gone.size())];
    int at = 0;
    for (int i = 0; i < found.count(); i++) {
      if (!gone.contains(i)) {
        int have = 0;
        for (int rank = 0; rank < found.k() && have < 2; rank++) {
          if (!gone.contains(found.neighbour(i, rank))) {
            pairs[at + have++] = found.distance(i, rank);
          }
        }
        if (have < 2) {
          return null;
        }
        at += 2;
      }
    }
    TwoNN left = new TwoNN(pairs, 2);
    return left.defined() ? CloudFigures.finite(left.likelihood().value()) : null;
  }

  private NearestNeighbours neighbours(Entries points, int k) {
    int most = (int) Math.min(k, points.rows() - 1);
    return NearestNeighbours.of(
        points, most, task.nativeThreads(), (steps, of) -> work.checkCancelled());
  }

  /** So many of the rows in random order. */
  private int[] some(int[] of, int count) {
    return Arrays.stream(generator.choice(of.length, count, false)).map(i -> of[i]).toArray();
  }

  /** Some rows; reading them ends where the run is being stopped. */
  private Entries points(int[] which) {
    Entries stored = rows.of(which);
    return Entries.of(
        stored.rows(),
        stored.columns(),
        (from, into, offset, length) -> {
          work.checkCancelled();
          stored.read(from, into, offset, length);
        });
  }

  /** The nearest neighbours of every row that was measured, by numbers of rows of the matrix. */
  private void write(NearestNeighbours found, int[] kept) {
    int k = Math.min(CloudFigures.HUB_K, found.k());
    long[] neighbours = Arrays.stream(found.neighbours(k)).mapToLong(i -> kept[i]).toArray();
    long[] numbers = Arrays.stream(kept).asLongStream().toArray();
    String name = SafetensorsWriter.arrayName(task.detail().tensor(), task.detail().index());
    Path file = work.arrays().resolve("neighbours.safetensors");
    SafetensorsWriter.writeUnforced(
        file,
        List.of(
            Entry.of(name + ".rows", numbers, numbers.length),
            Entry.of(name + ".neighbours", neighbours, found.count(), k),
            Entry.of(name + ".distances", found.distances(k), found.count(), k)));
  }

  /** Random rows by cosine: as rows of unit length, beside the same rows as they are. */
  private final class ByCosine {
    private CloudFigures figures;
    private Double shared;

    ByCosine(int[] kept) {
      int[] directed = IntStream.of(kept).filter(i -> rows.norm(i) > 0).toArray();
      int size = Math.min(directed.length, CLOUD_ROWS);
      if (size <= CloudFigures.HUB_K) {
        return;
      }
      int[] some = some(directed, size);
      Entries plain = points(some);
      Entries unit = Entries.divided(plain, Arrays.stream(some).mapToDouble(rows::norm).toArray());
      NearestNeighbours byCosine = neighbours(unit, NEIGHBOURS);
      for (int i = 0; i < size; i++) {
        if (!(byCosine.distance(i, 0) > SAME_DIRECTION)) {
          return;
        }
      }
      NearestNeighbours euclidean = neighbours(plain, CloudFigures.HUB_K);
      int[] a = byCosine.neighbours(CloudFigures.HUB_K);
      int[] b = euclidean.neighbours(CloudFigures.HUB_K);
      long both = 0;
      for (int i = 0; i < size; i++) {
        int from = i * CloudFigures.HUB_K;
        for (int j = from; j < from + CloudFigures.HUB_K; j++) {
          for (int k = from; k < from + CloudFigures.HUB_K; k++) {
            both += a[j] == b[k] ? 1 : 0;
          }
        }
      }
      figures = CloudFigures.of(byCosine, List.of());
      shared = (double) both / size;
    }
  }

  /** Clouds of the same number of rows: parts of the data, and Gaussian ones. */
  private final class Clouds {
    final int size;
    final List<CloudFigures> data = new ArrayList<>();
    final List<CloudFigures> nulls = new ArrayList<>();
    final List<Hubness> occurrences = new ArrayList<>();
    final List<Hubness> nullOccurrences = new ArrayList<>();

    Clouds(Entries points, NearestNeighbours found) {
      int n = found.count();
      size = Math.min(n, CLOUD_ROWS);
      int[] every = IntStream.range(0, n).toArray();
      for (int i = 0; i < DATA_DRAWS; i++) {
        Entries part = Entries.ofRows(points, some(every, size));
        // In another order the whole has the same neighbours.
        add(part, size == n ? found : neighbours(part, NEIGHBOURS), data, occurrences);
      }
      GaussianCloud cloud = new GaussianCloud(points, 1);
      for (int i = 0; i < NULL_DRAWS; i++) {
        try (Scope scope = new Scope()) {
          Entries drawn = cloud.draw(size, generator, scope);
          add(drawn, neighbours(drawn, NEIGHBOURS), nulls, nullOccurrences);
        }
      }
    }

    private void add(
        Entries cloud, NearestNeighbours found, List<CloudFigures> figures, List<Hubness> hubs) {
      List<Double> byScale = new ArrayList<>();
      for (int part : CloudFigures.parts(size)) {
        Entries first = Entries.ofRows(cloud, IntStream.range(0, part).toArray());
        byScale.add(CloudFigures.twonn(neighbours(first, 2)));
      }
      figures.add(CloudFigures.of(found, byScale));
      Hubness hubness = CloudFigures.hubness(found);
      if (hubness != null) {
        hubs.add(hubness);
      }
    }

    List<Double> shares(List<Hubness> hubs) {
      List<Double> shares = new ArrayList<>();
      for (int b = 0; !hubs.isEmpty() && b + 1 < EDGES.size(); b++) {
        double low = EDGES.get(b);
        // The last bin is closed.
        double high = EDGES.get(b + 1) + (b + 2 == EDGES.size() ? 1 : 0);
        long count = hubs.stream().mapToLong(h -> h.between(low, high)).sum();
        shares.add(count / (double) size / hubs.size());
      }
      return shares;
    }
  }
}
