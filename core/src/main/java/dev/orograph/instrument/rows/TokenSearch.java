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
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
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

  /** How distance is measured. */
  public enum Metric {
    /** 1 - cosine. */
    COSINE,
    /** Euclidean distance. */
    EUCLIDEAN,
    /** Euclidean distance after whitening, see {@link #nearestByCause}. */
    CAUSAL
  }

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
   * What a question about words found.
   *
   * @param tensor over whose rows
   * @param words what was asked for, and the tokens that it is made of
   * @param hits the tokens found, nearest first, without those of the words
   * @param given of an analogy the one of the three words that lies nearer than all of those: the
   *     answer then rests on leaving it out; null otherwise
   */
  public record Answer(String tensor, List<Spelled> words, List<Hit> hits, Hit given) {
    /** A word and its tokens. */
    public record Spelled(String word, List<Integer> tokens) {}
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

  /** The k nearest to a point, nearest first. */
  public List<Hit> nearest(Metric metric, double[] point, int k) {
    return switch (metric) {
      case COSINE -> nearest(cosine(point), k);
      case EUCLIDEAN -> nearest(euclidean(point), k);
      case CAUSAL -> nearestByCause(point, k, Runtime.getRuntime().availableProcessors());
    };
  }

  /**
   * The tokens nearest to a word, itself left out.
   *
   * @param k how many, at most
   * @throws InputException where an angle is asked for and its row is zero
   */
  public Answer neighbours(Word word, Metric metric, int k) {
    double[] point = word.point();
    if (metric == Metric.COSINE && Arrays.stream(point).allMatch(v -> v == 0)) {
      throw InputException.at(model.checkpoint().root())
          .place("'" + word.word() + "'")
          .expected("should have a row with a direction")
          .found("every entry of its row is zero")
          .remedy("take --metric euclidean")
          .build();
    }
    int own = word.tokens().size() == 1 ? word.tokens().get(0) : -1;
    return answer(
        List.of(word), nearest(metric, point, more(k, 1)), Set.of(own), k, Optional.empty());
  }

  /**
   * A is to b as c is to which token: those nearest to b - a + c. For cosines the three rows are
   * first brought to length 1 (Mikolov, Yih & Zweig 2013).
   *
   * @param k how many, at most
   */
  public Answer analogy(Word a, Word b, Word c, Metric metric, int k) {
    double[][] rows = new double[3][];
    Set<Integer> given = new HashSet<>();
    List<Word> words = List.of(a, b, c);
    for (int i = 0; i < 3; i++) {
      double[] row = words.get(i).point();
      double length = Math.sqrt(dot(row, 0, row));
      rows[i] =
          metric == Metric.COSINE && length > 0
              ? Arrays.stream(row).map(v -> v / length).toArray()
              : row;
      given.addAll(words.get(i).tokens());
    }
    double[] point = new double[width];
    for (int j = 0; j < width; j++) {
      point[j] = rows[1][j] - rows[0][j] + rows[2][j];
    }
    List<Hit> hits = nearest(metric, point, more(k, given.size()));
    return answer(
        words, hits, given, k, hits.stream().findFirst().filter(h -> given.contains(h.token())));
  }

  private Answer answer(
      List<Word> words, List<Hit> hits, Set<Integer> without, int k, Optional<Hit> given) {
    return new Answer(
        tensor(),
        words.stream().map(w -> new Answer.Spelled(w.word(), w.tokens())).toList(),
        hits.stream().filter(h -> !without.contains(h.token())).limit(k).toList(),
        given.orElse(null));
  }

  private static int more(int k, int others) {
    return k + Math.min(others, Integer.MAX_VALUE - k);
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
