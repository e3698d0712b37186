package dev.orograph.instrument.density;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Work;
import dev.orograph.random.Generator;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A square matrix of distances in a file, mapped. Every entry is checked to be a number that is not
 * below 0, every diagonal entry to be 0; symmetry is checked on {@value #PAIRS} sampled pairs.
 */
final class GivenDistances implements Distances, AutoCloseable {
  /** Pairs of entries that are compared. */
  static final int PAIRS = 100_000;

  /** Squared distances from float32 products differ by this share of the largest. */
  private static final double ROUNDING = 1e-4;

  private final Work work;
  private final Path file;
  private final Checkpoint checkpoint;
  private final TensorData data;
  private final int n;

  /** The point that stands for each: the first at distance 0. */
  private final int[] first;

  /**
   * Opens and checks.
   *
   * @throws InputException where it is not what it should be
   */
  GivenDistances(Work work, Path file, Generator draws) {
    this.work = work;
    this.file = file;
    checkpoint = Checkpoint.open(file);
    try {
      TensorInfo t = only(checkpoint, file, "one square matrix of distances");
      boolean square = t.rank() == 2 && t.rows() == t.columns() && t.rows() >= 3;
      boolean numbers = t.dtype() == DType.F32 || t.dtype() == DType.F64;
      if (!square || !numbers || t.rows() > 1 << 24) {
        throw fault(
            "must be a square matrix of float32 or float64 with at least 3 rows",
            "is " + t.dtype() + " " + t.shape());
      }
      n = (int) t.rows();
      data = checkpoint.map(t);
      requireSymmetry(draws);
      first = check();
    } catch (RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  /** The only tensor of a file. */
  static TensorInfo only(Checkpoint checkpoint, Path file, String what) {
    List<TensorInfo> all = checkpoint.tensors();
    if (all.size() != 1) {
      throw InputException.at(file)
          .expected("must hold " + what)
          .found("holds " + all.size() + " arrays")
          .remedy("save it alone: numpy.save")
          .build();
    }
    return all.get(0);
  }

  private InputException fault(String expected, String found) {
    return InputException.at(file)
        .expected(expected)
        .found(found)
        .remedy("make it again, for instance with --write-distances")
        .build();
  }

  private double entry(int i, int j) {
    double[] one = new double[1];
    data.read((long) i * n + j, one, 0, 1);
    return one[0];
  }

  private void requireSymmetry(Generator draws) {
    int[] i = new int[PAIRS];
    int[] j = new int[PAIRS];
    double[] here = new double[PAIRS];
    double largest = 0;
    for (int p = 0; p < PAIRS; p++) {
      i[p] = (int) draws.integers(0, n);
      j[p] = (int) draws.integers(0, n);
      here[p] = entry(i[p], j[p]);
      largest = Math.max(largest, here[p]);
    }
    for (int p = 0; p < PAIRS; p++) {
      double there = entry(j[p], i[p]);
      if (Math.abs(here[p] * here[p] - there * there) > ROUNDING * largest * largest) {
        throw fault(
            "must be symmetric",
            "entry ("
                + i[p]
                + ", "
                + j[p]
                + ") is "
                + here[p]
                + ", entry ("
                + j[p]
                + ", "
                + i[p]
                + ") is "
                + there);
      }
    }
  }

  private int[] check() {
    int[] stands = new int[n];
    double[] row = new double[n];
    for (int i = 0; i < n; i++) {
      work.checkCancelled();
      data.read((long) i * n, row, 0, n);
      stands[i] = i;
      for (int j = 0; j < n; j++) {
        if (!(row[j] >= 0 && row[j] <= Double.MAX_VALUE)) {
          throw fault(
              "must hold finite numbers that are not below 0",
              "entry (" + i + ", " + j + ") is " + row[j]);
        }
        if (row[j] == 0 && j < stands[i]) {
          stands[i] = j;
        }
      }
      if (row[i] != 0) {
        throw fault("must hold 0 on its diagonal", "entry (" + i + ", " + i + ") is " + row[i]);
      }
      stands[i] = stands[stands[i]];
    }
    return stands;
  }

  /** The first point that each is at distance 0 from: itself, where there is none before. */
  int[] stands() {
    return first.clone();
  }

  /** Points of the matrix. */
  int size() {
    return n;
  }

  @Override
  public int count() {
    return n;
  }

  @Override
  public double between(int i, int j) {
    return entry(i, j);
  }

  @Override
  public Nearest nearest(int[] which, int k) {
    int m = which.length;
    int[] neighbours = new int[m * k];
    double[] distances = new double[m * k];
    double[] row = new double[n];
    for (int i = 0; i < m; i++) {
      work.checkCancelled();
      data.read((long) which[i] * n, row, 0, n);
      int at = i * k;
      int size = 0;
      for (int j = 0; j < m; j++) {
        double distance = row[which[j]];
        if (j == i || (size == k && distance >= distances[at + k - 1])) {
          continue;
        }
        int place = size < k ? size++ : k - 1;
        while (place > 0 && distances[at + place - 1] > distance) {
          distances[at + place] = distances[at + place - 1];
          neighbours[at + place] = neighbours[at + place - 1];
          place--;
        }
        distances[at + place] = distance;
        neighbours[at + place] = j;
      }
    }
    return new Nearest(m, k, neighbours, distances);
  }

  /**
   * The tokens that rows stand for, from a file of whole numbers ({@code token_indices} of
   * several).
   *
   * @param tokens how many tokens there are
   */
  static int[] ids(Path file, int expected, int tokens) {
    try (Checkpoint ids = Checkpoint.open(file)) {
      TensorInfo t =
          ids.tensor("token_indices").orElseGet(() -> only(ids, file, "the numbers of tokens"));
      boolean whole = t.dtype() == DType.I64 || t.dtype() == DType.I32;
      if (t.rank() != 1 || !whole || t.count() != expected) {
        throw wrong(
            file,
            "must be " + expected + " whole numbers (int64 or int32), one per row of the distances",
            "is " + t.dtype() + " " + t.shape());
      }
      double[] values = new double[expected];
      try (TensorData data = ids.map(t)) {
        data.read(0, values, 0, expected);
      }
      boolean[] seen = new boolean[tokens];
      for (int i = 0; i < expected; i++) {
        int id = (int) values[i];
        if (values[i] != id || id < 0 || id >= tokens || seen[id]) {
          throw wrong(
              file,
              "must name different tokens from 0 to " + (tokens - 1),
              "entry "
                  + i
                  + " is "
                  + (long) values[i]
                  + (id >= 0 && id < tokens ? " once more" : ""));
        }
        seen[id] = true;
      }
      return Arrays.stream(values).mapToInt(v -> (int) v).toArray();
    }
  }

  private static InputException wrong(Path file, String expected, String found) {
    return InputException.at(file)
        .expected(expected)
        .found(found)
        .remedy("give the ids that the distances were made with")
        .build();
  }

  @Override
  public void close() {
    checkpoint.close();
  }
}
