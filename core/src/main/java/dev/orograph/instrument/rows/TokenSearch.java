package dev.orograph.instrument.rows;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.input.InputException;
import dev.orograph.linalg.Cholesky;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.Scope;
import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.IntFunction;

/**
 * The tokens nearest to a point, exactly: every row of a matrix is measured in float64. Rows with
 * NaN or infinity are left out.
 */
public final class TokenSearch {
  private static final int PANEL = 1 << 17;
  private static final Comparator<Hit> FARTHEST_FIRST =
      Comparator.comparingDouble(Hit::distance).thenComparingInt(Hit::token).reversed();

  /** Native threads of the causal metric. */
  private static final int THREADS = 2;

  private final Model model;
  private final Parameter matrix;
  private final Tokenizer tokenizer;
  private final IntFunction<String> texts;
  private final int width;

  /**
   * What was found.
   *
   * @param token its number
   * @param text what it stands for; where the tokenizer has no such token its number, so said
   * @param distance Euclidean distance, or for cosines 1 - cosine
   */
  public record Hit(int token, String text, double distance) {}

  /**
   * A word as the model has it.
   *
   * @param word what was asked for
   * @param tokens its pieces: one, where it is a token
   * @param row the row, or the mean of the rows of several
   */
  public record Word(String word, List<Integer> tokens, List<Double> row) {
    /** The row as a point, {@code (d)}. */
    public double[] point() {
      return row.stream().mapToDouble(v -> v).toArray();
    }
  }

  /**
   * The rows of a matrix.
   *
   * @param model stays open as long as this is used
   * @param matrix one of {@link Model#tokenMatrices}
   */
  public TokenSearch(Model model, Parameter matrix) {
    this.model = model;
    this.matrix = matrix;
    this.width = Math.toIntExact(matrix.tensor().columns());
    this.tokenizer = model.tokenizer().orElse(null);
    this.texts =
        TokenRows.texts(model)
            .<IntFunction<String>>map(t -> token -> named(t.apply(token), token))
            .orElse(token -> "");
  }

  /**
   * The matrix of that component ("embedding", "head"), or the first where none is asked for.
   *
   * @throws InputException where there is none
   */
  public static TokenSearch of(Model model, String component) {
    List<Parameter> matrices = model.packed().isPresent() ? List.of() : model.tokenMatrices();
    return new TokenSearch(
        model,
        matrices.stream()
            .filter(p -> component.isEmpty() || p.role().component().id().equals(component))
            .min(
                Comparator.comparing(
                    (Parameter p) -> component.isEmpty() && p.role().component() == Component.HEAD))
            .or(() -> matrices.size() == 1 ? matrices.stream().findFirst() : Optional.empty())
            .orElseThrow(
                () ->
                    InputException.at(model.checkpoint().root())
                        .expected("should have a matrix with a row per token")
                        .found(model.packed().orElse("there is none"))
                        .remedy("see 'orograph inspect'")
                        .build()));
  }

  private static String named(String text, int token) {
    return text.isEmpty() ? "#" + token + ", no token" : text;
  }

  /** The tensor whose rows are searched. */
  public String tensor() {
    return matrix.tensor().name();
  }

  /** What a token stands for; "" where no tokenizer says. */
  public String text(int token) {
    return texts.apply(token);
  }

  /**
   * A word's row. {@code #17} is token 17; any other word is taken as it stands in a sentence, with
   * the space before it, where that is one token, and by itself otherwise.
   *
   * @throws InputException where there is no such token, or no tokenizer to ask
   */
  public Word word(String word) {
    List<Integer> tokens = tokens(word);
    double[] mean = new double[width];
    double[] row = new double[width];
    try (TensorData data = model.checkpoint().map(matrix.tensor())) {
      for (int token : tokens) {
        if (token >= matrix.tensor().rows()) {
          throw wrong(word, "token " + token + " has no row in '" + tensor() + "'");
        }
        data.read((long) token * width, row, 0, width);
        for (int j = 0; j < width; j++) {
          mean[j] += row[j] / tokens.size();
        }
      }
    }
    List<Double> boxed = new ArrayList<>();
    for (double v : mean) {
      if (!Double.isFinite(v)) {
        throw wrong(word, "its row holds a NaN or an infinite number");
      }
      boxed.add(v);
    }
    return new Word(word, tokens, boxed);
  }

  private List<Integer> tokens(String word) {
    if (word.matches("#\\d{1,9}")) {
      return List.of(Integer.parseInt(word.substring(1)));
    }
    if (tokenizer == null) {
      throw wrong(
          word, "no tokenizer lies beside the weights, so only numbers such as #17 are known");
    }
    List<Integer> spaced = tokenizer.encode(" " + word).ids();
    List<Integer> tokens = spaced.size() == 1 ? spaced : tokenizer.encode(word).ids();
    if (tokens.isEmpty()) {
      throw wrong(word, "the tokenizer makes nothing of it");
    }
    // A bare space mark in front is a matter of spelling, not part of the word.
    List<Integer> written = tokens.stream().filter(t -> !tokenizer.text(t).isBlank()).toList();
    return written.isEmpty() ? tokens : written;
  }

  private InputException wrong(String word, String why) {
    return InputException.at(model.checkpoint().root())
        .place("'" + word + "'")
        .expected("should be a token of the model")
        .found(why)
        .remedy("name another word, or a token's number as #17")
        .build();
  }

  /** A distance of rows to a fixed point. */
  public interface Distance {
    /** Of the row that starts there; NaN for a row to leave out. */
    double of(double[] block, int at);
  }

  /** Euclidean distance to a point. */
  public static Distance euclidean(double[] point) {
    return (block, at) -> {
      double sum = 0;
      for (int j = 0; j < point.length; j++) {
        double v = block[at + j] - point[j];
        sum += v * v;
      }
      return Math.sqrt(sum);
    };
  }

  /** 1 - cosine; rows of length 0 have none. */
  public static Distance cosine(double[] point) {
    double length = Math.sqrt(dot(point, 0, point));
    return (block, at) -> {
      double square = 0;
      for (int j = 0; j < point.length; j++) {
        square += block[at + j] * block[at + j];
      }
      return square > 0 && length > 0
          ? 1 - dot(block, at, point) / Math.sqrt(square) / length
          : Double.NaN;
    };
  }

  private static double dot(double[] block, int at, double[] point) {
    double sum = 0;
    for (int j = 0; j < point.length; j++) {
      sum += block[at + j] * point[j];
    }
    return sum;
  }

  /** The k nearest, nearest first, ties by lower number. */
  public List<Hit> nearest(Distance distance, int k) {
    int rows = Math.toIntExact(matrix.tensor().rows());
    double[] far = new double[rows];
    int most = Math.max(1, Math.min(rows, PANEL / width));
    double[] block = new double[Math.multiplyExact(most, width)];
    try (TensorData data = model.checkpoint().map(matrix.tensor())) {
      for (int first = 0; first < rows; first += most) {
        int n = Math.min(most, rows - first);
        data.read((long) first * width, block, 0, n * width);
        for (int i = 0; i < n; i++) {
          far[first + i] = distance.of(block, i * width);
        }
      }
    }
    return best(far, k);
  }

  /**
   * The k nearest by the causal metric: sqrt((x - p)' C^-1 (x - p)), C the covariance of all whole
   * rows (1/n), in logometers (Park, Choe & Veitch 2024); C is inverted as {@link Whitening} does.
   *
   * @param point the point p
   * @param threads threads to use; they change no digit
   */
  public List<Hit> nearestByCause(double[] point, int k, int threads) {
    try (TensorData data = model.checkpoint().map(matrix.tensor());
        Scope scope = new Scope()) {
      TokenRows rows = TokenRows.of(data, model);
      double[] far = new double[rows.count()];
      whitening(rows, scope)
          .solve(
              Entries.less(rows.entries(), point),
              threads,
              (done, all) -> {},
              (first, block, count) -> {
                for (int i = 0; i < count; i++) {
                  far[first + i] = Math.sqrt(square(block, i * width));
                }
              });
      return best(far, k);
    }
  }

  private double square(double[] block, int at) {
    double sum = 0;
    for (int j = 0; j < width; j++) {
      sum += block[at + j] * block[at + j];
    }
    return sum;
  }

  private Cholesky whitening(TokenRows rows, Scope scope) {
    Entries whole = rows.of(rows.whole());
    Moments.Scattered m =
        whole.rows() == 0 ? null : Moments.scattered(whole, THREADS, scope, () -> {});
    if (m == null || !(m.moments().total() > 0)) {
      throw InputException.at(model.checkpoint().root())
          .place("'" + tensor() + "'")
          .expected("should have rows that differ")
          .found("they are equal")
          .remedy("take another metric")
          .build();
    }
    return new Whitening(m.moments()).factor(m, THREADS);
  }

  private List<Hit> best(double[] far, int k) {
    PriorityQueue<Hit> best = new PriorityQueue<>(FARTHEST_FIRST);
    for (int i = 0; i < far.length; i++) {
      boolean nearer = best.size() < k || far[i] < best.peek().distance();
      if (Double.isFinite(far[i]) && nearer) {
        best.add(new Hit(i, text(i), far[i]));
        if (best.size() > k) {
          best.poll();
        }
      }
    }
    List<Hit> hits = new ArrayList<>(best);
    hits.sort(FARTHEST_FIRST.reversed());
    return hits;
  }
}
