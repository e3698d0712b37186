package dev.orograph.instrument.projection;

import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.geometry.Cka;
import dev.orograph.geometry.MutualNeighbours;
import dev.orograph.geometry.Simplex;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.projection.ProjectionFigures.Counts;
import dev.orograph.instrument.projection.ProjectionFigures.Digits;
import dev.orograph.instrument.projection.ProjectionFigures.Estimates;
import dev.orograph.instrument.projection.ProjectionFigures.Lying;
import dev.orograph.instrument.projection.ProjectionFigures.Pair;
import dev.orograph.instrument.projection.ProjectionFigures.Ranked;
import dev.orograph.instrument.projection.ProjectionFigures.Residual;
import dev.orograph.instrument.projection.ProjectionFigures.Simplices;
import dev.orograph.instrument.projection.ProjectionFigures.Stretch;
import dev.orograph.instrument.projection.ProjectionFigures.Volume;
import dev.orograph.instrument.rows.Spread;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.InnerProduct;
import dev.orograph.linalg.Lapack;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Points;
import dev.orograph.linalg.Scope;
import dev.orograph.linalg.SymmetricEigenvalues;
import dev.orograph.random.Generator;
import dev.orograph.stats.Bootstrap;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Mantel;
import dev.orograph.stats.Pearson;
import dev.orograph.stats.Spearman;
import dev.orograph.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Measures a projection; draws follow the seed's program, in its order. */
final class ProjectionMeasurement {
  /** Held-out tokens whose pairs are compared. */
  static final int RELATIONS = 1000;

  private static final int POINTS = 5;
  private static final int SETS = 1000;
  private static final int RANKED = 20;
  private static final int SHOWN = 2000;
  private static final int STRETCHES = 100;
  private static final int BLOCK = 512;
  private static final int SHUFFLES = 19;
  private static final int PERMUTATIONS = 99;
  private static final int RESAMPLED = 200;

  /** What the seed adds to norms. */
  private static final double FLOOR = 1e-8;

  private final Work work;
  private final ProjectionSettings settings;
  private final int threads;
  private final TokenRows largeRows;
  private final TokenRows smallRows;
  private final TokenPairs pairs;
  private final int broken;
  private final Entries large;
  private final Entries small;
  private final int[] fitted;
  private final int[] anchors;
  private final int[] heldOut;
  private final Generator seed;

  ProjectionMeasurement(
      Work work,
      ProjectionSettings settings,
      int threads,
      TokenPairs matched,
      TokenRows largeRows,
      TokenRows smallRows) {
    this.work = work;
    this.settings = settings;
    this.threads = threads;
    this.largeRows = largeRows;
    this.smallRows = smallRows;
    int[] whole =
        IntStream.range(0, matched.size())
            .filter(i -> !Double.isNaN(largeRows.norm(matched.large()[i])))
            .filter(i -> !Double.isNaN(smallRows.norm(matched.small()[i])))
            .toArray();
    pairs = whole.length == matched.size() ? matched : matched.only(whole);
    broken = matched.size() - whole.length;
    large = largeRows.of(pairs.large());
    small = smallRows.of(pairs.small());
    int n = pairs.size();
    seed = Generator.of(settings.seed());
    fitted = seed.choice(n, Math.min(settings.fitted(), n), false);
    int[] order = seed.permutation(n);
    int a = settings.anchors(n);
    anchors = Arrays.copyOf(order, a);
    heldOut = Arrays.copyOfRange(order, a, a + settings.heldOut(n));
  }

  ProjectionFigures figures() {
    String largeName = work.model(0).name();
    String smallName = work.model(1).name();
    if (pairs.size() < TokenPairs.FEWEST) {
      return ProjectionFigures.fault(
          "only "
              + pairs.size()
              + " tokens have rows of finite numbers in both models, and fewer than "
              + TokenPairs.FEWEST
              + " say nothing",
          largeName,
          smallName);
    }
    try (Scope scope = new Scope()) {
      Alignment alignment = new Alignment(large, small, fitted, anchors, threads, scope);
      Matrix own = alignment.target(heldOut, scope);
      Matrix moved = alignment.aligned(heldOut, scope);
      double[] all = cosines(alignment);
      double[] cosines = cosines(own, moved, new double[own.rows()]);
      Simplices simplices = simplices(alignment);
      Relations relations = relations(own, moved, scope);
      ProjectionFigures figures =
          new ProjectionFigures(
              null,
              largeName,
              smallName,
              counts(relations.size),
              new ProjectionFigures.Map(alignment.kept(), alignment.scale(), alignment.stretch()),
              Spread.of(cosines),
              Spread.of(distances(own, moved)),
              Spread.of(all),
              above(all),
              null,
              lying(alignment, own, scope),
              ranked(all),
              byId(all),
              null,
              relations.shown(),
              digits(alignment),
              simplices);
      arrays(alignment, all);
      return judged(figures, alignment, own, moved, cosines, relations);
    }
  }

  private Counts counts(int relations) {
    int zero = 0;
    for (int i = 0; i < pairs.size(); i++) {
      boolean some = largeRows.norm(pairs.large()[i]) > 0 && smallRows.norm(pairs.small()[i]) > 0;
      zero += some ? 0 : 1;
    }
    return new Counts(
        pairs.how(),
        largeRows.count(),
        smallRows.count(),
        pairs.size(),
        broken,
        zero,
        fitted.length,
        anchors.length,
        largeRows.width(),
        smallRows.width(),
        relations);
  }

  /** Puts what needs nulls and intervals into figures. */
  private ProjectionFigures judged(
      ProjectionFigures f,
      Alignment alignment,
      Matrix own,
      Matrix moved,
      double[] cosines,
      Relations relations) {
    double[] centred = cosines(own, moved, alignment.target());
    Estimate cosine = meanOf(cosines);
    Estimate aboutMean = meanOf(centred);
    Estimate explained = Estimate.of(explained(own, moved, alignment.target()));
    List<Double> shuffled = List.of();
    try (Scope scope = new Scope()) {
      if (settings.sound()) {
        Matrix unturned = alignment.unturned(heldOut, scope);
        List<Double> chance = new ArrayList<>();
        List<Double> chanceCentred = new ArrayList<>();
        List<Double> chanceExplained = new ArrayList<>();
        for (int k = 0; k < SHUFFLES; k++) {
          work.checkCancelled();
          try (Scope local = new Scope()) {
            int[] order = generator("shuffled " + k).permutation(anchors.length);
            Matrix wrong = alignment.misaligned(order, unturned, local);
            chance.add(mean(cosines(own, wrong, new double[own.rows()])));
            chanceCentred.add(mean(cosines(own, wrong, alignment.target())));
            chanceExplained.add(explained(own, wrong, alignment.target()));
            if (k == 0) {
              shuffled = spectrum(own, wrong, local);
            }
          }
        }
        cosine = cosine.among(chance);
        aboutMean = aboutMean.among(chanceCentred);
        explained = explained.among(chanceExplained);
      }
      Residual residual =
          new Residual(spectrum(own, moved, scope), spectrum(own, alignment, scope), shuffled);
      return new ProjectionFigures(
          f.fault(),
          f.large(),
          f.small(),
          f.counts(),
          f.map(),
          f.heldOut(),
          f.distances(),
          f.all(),
          f.above(),
          relations.estimates(cosine, aboutMean, explained),
          f.lying(),
          f.tokens(),
          f.byId(),
          residual,
          f.pairs(),
          f.digits(),
          f.simplices());
    }
  }

  private Generator generator(String what) {
    return Generator.keyed(settings.seed(), "project", what);
  }

  private Estimate meanOf(double[] values) {
    double mean = mean(values);
    Estimate e = Estimate.of(mean);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    double half = 1.96 * Math.sqrt(squares / (values.length - 1.0) / values.length);
    return settings.sound() && half > 0 ? e.within(mean - half, mean + half).inside(-1, 1) : e;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  private static double cosine(double[] a, double[] b) {
    return InnerProduct.of(a, b)
        / (Math.sqrt(InnerProduct.of(a, a)) * Math.sqrt(InnerProduct.of(b, b)) + FLOOR);
  }

  /** Cosines of columns, less a point. */
  static double[] cosines(Matrix a, Matrix b, double[] less) {
    double[] x = new double[a.rows()];
    double[] y = new double[a.rows()];
    double[] cosines = new double[a.columns()];
    for (int i = 0; i < cosines.length; i++) {
      a.get(0, i, x, 0, x.length);
      b.get(0, i, y, 0, y.length);
      for (int j = 0; j < x.length; j++) {
        x[j] -= less[j];
        y[j] -= less[j];
      }
      cosines[i] = cosine(x, y);
    }
    return cosines;
  }

  /** Of all tokens, with their own rows. */
  private double[] cosines(Alignment alignment) {
    double[] all = new double[pairs.size()];
    for (int from = 0; from < all.length; from += BLOCK) {
      work.checkCancelled();
      int[] which = IntStream.range(from, Math.min(all.length, from + BLOCK)).toArray();
      try (Scope scope = new Scope()) {
        Matrix own = alignment.target(which, scope);
        double[] some = cosines(own, alignment.aligned(which, scope), new double[own.rows()]);
        System.arraycopy(some, 0, all, from, some.length);
      }
    }
    return all;
  }

  private static double[] distances(Matrix a, Matrix b) {
    double[] x = new double[a.rows()];
    double[] y = new double[a.rows()];
    double[] distances = new double[a.columns()];
    for (int i = 0; i < distances.length; i++) {
      a.get(0, i, x, 0, x.length);
      b.get(0, i, y, 0, y.length);
      double sum = 0;
      for (int j = 0; j < x.length; j++) {
        sum += (x[j] - y[j]) * (x[j] - y[j]);
      }
      distances[i] = Math.sqrt(sum);
    }
    return distances;
  }

  /** 1 - |a - c b|^2 / |a|^2 about a point, with the c that makes it largest; 0 where a is. */
  private static double explained(Matrix a, Matrix b, double[] about) {
    double[] x = new double[a.rows()];
    double[] y = new double[a.rows()];
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (int i = 0; i < a.columns(); i++) {
      a.get(0, i, x, 0, x.length);
      b.get(0, i, y, 0, y.length);
      for (int j = 0; j < x.length; j++) {
        x[j] -= about[j];
        y[j] -= about[j];
      }
      xx += InnerProduct.of(x, x);
      yy += InnerProduct.of(y, y);
      xy += InnerProduct.of(x, y);
    }
    return xx > 0 && yy > 0 && xy > 0 ? xy / xx * (xy / yy) : 0;
  }

  private static List<Double> above(double[] all) {
    List<Double> shares = new ArrayList<>();
    for (int t = 0; t < 10; t++) {
      double edge = t / 10.0;
      shares.add(Arrays.stream(all).filter(c -> c > edge).count() / (double) all.length);
    }
    return shares;
  }

  /** Eigenvalues of the mean of (a - b)(a - b)', descending. */
  private List<Double> spectrum(Matrix a, Matrix b, Scope scope) {
    Matrix left = scope.matrix(a.rows(), a.columns());
    double[] x = new double[a.rows()];
    double[] y = new double[a.rows()];
    for (int i = 0; i < a.columns(); i++) {
      a.get(0, i, x, 0, x.length);
      b.get(0, i, y, 0, y.length);
      for (int j = 0; j < x.length; j++) {
        x[j] -= y[j];
      }
      left.put(0, i, x, 0, x.length);
    }
    return eigenvalues(left, scope);
  }

  private List<Double> spectrum(Matrix own, Alignment alignment, Scope scope) {
    Matrix centre = scope.matrix(own.rows(), own.columns());
    for (int i = 0; i < own.columns(); i++) {
      centre.put(0, i, alignment.target(), 0, own.rows());
    }
    return spectrum(own, centre, scope);
  }

  private List<Double> eigenvalues(Matrix points, Scope scope) {
    Matrix c = Lapack.with(threads, () -> Points.covariance(points, scope));
    double[] ascending = SymmetricEigenvalues.of(c, threads);
    List<Double> values = new ArrayList<>();
    for (int i = ascending.length - 1; i >= 0; i--) {
      values.add(Math.max(0, ascending[i]));
    }
    return values;
  }

  private Lying lying(Alignment alignment, Matrix own, Scope scope) {
    if (large.columns() != small.columns()) {
      return null;
    }
    Matrix raw = scope.matrix(own.rows(), own.columns());
    Matrix centred = scope.matrix(own.rows(), own.columns());
    double[] row = new double[own.rows()];
    double[] middle = new double[own.rows()];
    for (int i : anchors) {
      large.read((long) i * row.length, row, 0, row.length);
      for (int j = 0; j < row.length; j++) {
        middle[j] += row[j] / anchors.length;
      }
    }
    for (int i = 0; i < heldOut.length; i++) {
      large.read((long) heldOut[i] * row.length, row, 0, row.length);
      raw.put(0, i, row, 0, row.length);
      for (int j = 0; j < row.length; j++) {
        row[j] += alignment.target()[j] - middle[j];
      }
      centred.put(0, i, row, 0, row.length);
    }
    return new Lying(
        mean(cosines(own, raw, new double[own.rows()])),
        mean(cosines(own, centred, alignment.target())),
        explained(own, centred, alignment.target()),
        alignment.diagonal());
  }

  private List<Ranked> ranked(double[] all) {
    List<Ranked> ranked = new ArrayList<>();
    boolean[] out = new boolean[all.length];
    for (int i : heldOut) {
      out[i] = true;
    }
    List<Integer> order =
        IntStream.range(0, all.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> all[i]))
            .toList();
    List<Integer> reversed = new ArrayList<>(order);
    java.util.Collections.reverse(reversed);
    for (boolean held : List.of(false, true)) {
      for (boolean worst : List.of(true, false)) {
        int rank = 0;
        for (int i : worst ? order : reversed) {
          if (rank == RANKED) {
            break;
          }
          if (!held || out[i]) {
            rank++;
            ranked.add(
                new Ranked(
                    worst ? "worst" : "best",
                    held ? "held out" : "all",
                    rank,
                    pairs.small()[i],
                    pairs.large()[i],
                    smallRows.text(pairs.small()[i]),
                    all[i]));
          }
        }
      }
    }
    return ranked;
  }

  private List<Stretch> byId(double[] all) {
    int parts = Math.min(STRETCHES, all.length / POINTS);
    List<Stretch> means = new ArrayList<>();
    for (int p = 0; p < parts; p++) {
      int from = (int) ((long) p * all.length / parts);
      int to = (int) ((p + 1L) * all.length / parts);
      double id = (pairs.small()[from] + pairs.small()[to - 1]) / 2.0;
      means.add(new Stretch(id, mean(Arrays.copyOfRange(all, from, to))));
    }
    return means;
  }

  private String text(int pair) {
    String text = smallRows.text(pairs.small()[pair]);
    return text.isEmpty() ? "#" + pairs.small()[pair] : text;
  }

  private Digits digits(Alignment alignment) {
    Optional<Tokenizer> tokenizer = smallRows.tokenizer();
    int[] which = tokenizer.map(pairs::digits).orElse(new int[0]);
    if (which.length == 0 || Arrays.stream(which).distinct().count() < which.length) {
      return null;
    }
    try (Scope scope = new Scope()) {
      Matrix own = alignment.target(which, scope);
      Matrix moved = alignment.aligned(which, scope);
      double[] a = Relations.cosines(own);
      double[] b = Relations.cosines(moved);
      int n = which.length;
      Mantel mantel = Relations.mantel(n, a, b);
      double[] first = Relations.upper(n, a);
      double[] second = Relations.upper(n, b);
      Estimate e = Estimate.of(Pearson.of(first, second));
      if (!Double.isFinite(e.value())) {
        return null;
      }
      return new Digits(
          Arrays.stream(cosines(own, moved, new double[own.rows()])).boxed().toList(),
          settings.sound() ? e.among(mantel.permuted(PERMUTATIONS, generator("digits"))) : e,
          difference(first, second),
          rows(a, n),
          rows(b, n));
    }
  }

  private static List<List<Double>> rows(double[] square, int n) {
    return IntStream.range(0, n)
        .mapToObj(i -> Arrays.stream(square, i * n, (i + 1) * n).boxed().toList())
        .toList();
  }

  private static double difference(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]) / a.length;
    }
    return sum;
  }

  /** Drawn behind the anchors, as the seed's program does. */
  private Simplices simplices(Alignment alignment) {
    int[] which = new int[SETS * POINTS];
    for (int i = 0; i < SETS; i++) {
      System.arraycopy(seed.choice(pairs.size(), POINTS, false), 0, which, i * POINTS, POINTS);
    }
    double[] own = new double[SETS];
    double[] moved = new double[SETS];
    try (Scope scope = new Scope()) {
      Simplex simplex = new Simplex(POINTS - 1, smallRows.width());
      Matrix a = alignment.target(which, scope);
      Matrix b = alignment.aligned(which, scope);
      double[] points = new double[POINTS * a.rows()];
      for (int i = 0; i < SETS; i++) {
        a.get(0, i * POINTS, points, 0, points.length);
        own[i] = simplex.volume(points);
        b.get(0, i * POINTS, points, 0, points.length);
        moved[i] = simplex.volume(points);
      }
    }
    double[] first = Arrays.stream(own).filter(v -> v > 0).toArray();
    double[] second = Arrays.stream(moved).filter(v -> v > 0).toArray();
    int[] both = IntStream.range(0, SETS).filter(i -> own[i] > 0 && moved[i] > 0).toArray();
    List<Volume> volumes = new ArrayList<>();
    for (int i : both) {
      String texts =
          String.join(
              " ", IntStream.range(0, POINTS).mapToObj(p -> text(which[i * POINTS + p])).toList());
      volumes.add(new Volume(texts, own[i], moved[i]));
    }
    int least = Math.min(first.length, second.length);
    double r =
        Pearson.of(
            Arrays.stream(both).mapToDouble(i -> own[i]).toArray(),
            Arrays.stream(both).mapToDouble(i -> moved[i]).toArray());
    boolean some = both.length > 2 && Double.isFinite(r);
    return new Simplices(
        SETS,
        first.length < 2 ? null : Spread.of(first),
        second.length < 2 ? null : Spread.of(second),
        some
            ? (Double) Pearson.of(Arrays.copyOf(first, least), Arrays.copyOf(second, least))
            : null,
        !some
            ? null
            // Where tokens are fewer than are drawn, sets share them and are no independent draws.
            : settings.sound() && pairs.size() >= SETS * POINTS
                ? Estimate.of(r).against(0, Spearman.deviation(both.length))
                : Estimate.of(r),
        volumes);
  }

  private Relations relations(Matrix own, Matrix moved, Scope scope) {
    return new Relations(own, moved, scope);
  }

  /** Cosines of the pairs of the first held-out tokens, in both and in the larger as it is. */
  private final class Relations {
    private final int size;
    private final double[] native_;
    private final double[] projected;
    private final double[] raw;

    Relations(Matrix own, Matrix moved, Scope scope) {
      size = Math.min(RELATIONS, heldOut.length);
      native_ = cosines(own.columns(size));
      projected = cosines(moved.columns(size));
      Matrix rows = scope.matrix(largeRows.width(), size);
      double[] row = new double[rows.rows()];
      for (int i = 0; i < size; i++) {
        large.read((long) heldOut[i] * row.length, row, 0, row.length);
        rows.put(0, i, row, 0, row.length);
      }
      raw = cosines(rows);
    }

    /** Cosines of all pairs of columns, {@code (n, n)}. */
    static double[] cosines(Matrix points) {
      int n = points.columns();
      double[] square = new double[n * n];
      try (Scope local = new Scope()) {
        Matrix units = local.matrix(points.rows(), n);
        double[] x = new double[points.rows()];
        for (int i = 0; i < n; i++) {
          points.get(0, i, x, 0, x.length);
          double norm = Math.sqrt(InnerProduct.of(x, x)) + FLOOR;
          for (int j = 0; j < x.length; j++) {
            x[j] /= norm;
          }
          units.put(0, i, x, 0, x.length);
        }
        Matrix products = Lapack.with(1, () -> Points.along(units, units, local));
        products.get(0, 0, square, 0, square.length);
      }
      return square;
    }

    static double[] upper(int n, double[] square) {
      double[] some = new double[n * (n - 1) / 2];
      for (int i = 0, k = 0; i < n; i++) {
        for (int j = i + 1; j < n; j++) {
          some[k++] = square[i * n + j];
        }
      }
      return some;
    }

    private static float[] narrow(double[] values) {
      float[] narrow = new float[values.length];
      for (int i = 0; i < narrow.length; i++) {
        narrow[i] = (float) values[i];
      }
      return narrow;
    }

    static Mantel mantel(int n, double[] a, double[] b) {
      return new Mantel(n, narrow(upper(n, a)), narrow(b));
    }

    Estimates estimates(Estimate cosine, Estimate centred, Estimate explained) {
      double[] a = upper(size, native_);
      double[] b = upper(size, projected);
      Mantel own = mantel(size, native_, projected);
      Mantel before = mantel(size, native_, raw);
      double r = Pearson.of(a, b);
      double rawR = Pearson.of(a, upper(size, raw));
      Estimate relational = Estimate.of(Double.isFinite(r) ? r : 0);
      Estimate relationalRaw = Estimate.of(Double.isFinite(rawR) ? rawR : 0);
      Estimate gain = Estimate.of(relational.value() - relationalRaw.value());
      if (!settings.sound()) {
        return new Estimates(
            cosine,
            centred,
            explained,
            relational,
            relationalRaw,
            gain,
            difference(a, b),
            null,
            null);
      }
      if (Double.isFinite(r) && Double.isFinite(rawR)) {
        double[] one = own.resampled(RESAMPLED, generator("resampled"));
        double[] other = before.resampled(RESAMPLED, generator("resampled"));
        double[] less = new double[RESAMPLED];
        Arrays.setAll(less, k -> one[k] - other[k]);
        relational =
            Bootstrap.around(relational, one)
                .among(own.permuted(PERMUTATIONS, generator("relations")));
        relationalRaw =
            Bootstrap.around(relationalRaw, other)
                .among(before.permuted(PERMUTATIONS, generator("raw relations")));
        gain = Bootstrap.around(gain, less);
      }
      return new Estimates(
          cosine,
          centred,
          explained,
          relational,
          relationalRaw,
          gain,
          difference(a, b),
          cka(),
          neighbours());
    }

    private Estimate cka() {
      if (size < Cka.FEWEST) {
        return null;
      }
      work.checkCancelled();
      Cka a = Cka.of(rows(large), size, largeRows.width());
      Cka b = Cka.of(rows(small), size, smallRows.width());
      double value = a.debiased(b);
      if (!Double.isFinite(value)) {
        return null;
      }
      Generator g = generator("cka");
      List<Double> chance = new ArrayList<>();
      for (int k = 0; k < SHUFFLES; k++) {
        chance.add(a.debiased(b.permuted(g.permutation(size))));
      }
      return Estimate.of(value).among(chance);
    }

    private double[] rows(Entries of) {
      int d = Math.toIntExact(of.columns());
      double[] all = new double[size * d];
      for (int i = 0; i < size; i++) {
        of.read((long) heldOut[i] * d, all, i * d, d);
      }
      return all;
    }

    private Estimate neighbours() {
      int n = heldOut.length;
      int k = Math.min(settings.neighbours(), n - 1);
      work.checkCancelled();
      MutualNeighbours mutual =
          MutualNeighbours.of(
              units(large, largeRows, pairs.large()),
              units(small, smallRows, pairs.small()),
              k,
              threads,
              work::checkCancelled);
      Estimate e = meanOf(mutual.shares()).inside(0, 1);
      Generator g = generator("neighbours");
      List<Double> chance = new ArrayList<>();
      for (int d = 0; d < PERMUTATIONS; d++) {
        chance.add(mean(mutual.shuffled(g.permutation(n))));
      }
      return e.among(chance);
    }

    /** Held-out rows, each brought to length 1; a zero one stays. */
    private Entries units(Entries of, TokenRows rows, int[] ids) {
      double[] norms =
          Arrays.stream(heldOut)
              .mapToDouble(i -> rows.norm(ids[i]))
              .map(norm -> norm > 0 ? norm : 1)
              .toArray();
      return Entries.divided(Entries.ofRows(of, heldOut), norms);
    }

    private List<Pair> shown() {
      int[] some = IntStream.range(0, size * (size - 1) / 2).toArray();
      if (some.length > SHOWN) {
        some = generator("shown").choice(some.length, SHOWN, false);
        Arrays.sort(some);
      }
      List<Pair> shown = new ArrayList<>();
      int first = 0;
      int start = 0;
      for (int k : some) {
        while (k >= start + size - 1 - first) {
          start += size - 1 - first++;
        }
        int second = first + 1 + k - start;
        shown.add(
            new Pair(
                pairs.small()[heldOut[first]],
                pairs.small()[heldOut[second]],
                text(heldOut[first]) + " / " + text(heldOut[second]),
                native_[first * size + second],
                projected[first * size + second]));
      }
      return shown;
    }
  }

  private void arrays(Alignment alignment, double[] all) {
    int wide = largeRows.width();
    int d = smallRows.width();
    double[] map = new double[Math.multiplyExact(wide, d)];
    double[] column = new double[wide];
    for (int j = 0; j < d; j++) {
      alignment.map().get(0, j, column, 0, wide);
      for (int i = 0; i < wide; i++) {
        map[i * d + j] = column[i];
      }
    }
    SafetensorsWriter.write(
        work.arrays().resolve("project.safetensors"),
        Map.of(),
        List.of(
            Entry.of("large_ids", wide(pairs.large()), pairs.size()),
            Entry.of("small_ids", wide(pairs.small()), pairs.size()),
            Entry.of("cosines", all, all.length),
            Entry.of("anchors", wide(anchors), anchors.length),
            Entry.of("held_out", wide(heldOut), heldOut.length),
            Entry.of("mean", alignment.mean(), wide),
            Entry.of("map", map, wide, d),
            Entry.of("offset", alignment.offset(), d)));
  }

  private static long[] wide(int[] values) {
    return Arrays.stream(values).asLongStream().toArray();
  }
}
