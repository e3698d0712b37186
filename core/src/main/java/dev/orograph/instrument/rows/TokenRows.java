package dev.orograph.instrument.rows;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.instrument.Work;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.RowParts;
import dev.orograph.model.Model;
import dev.orograph.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A mapped matrix with a row per token, and which of its rows are whole. Rows with NaN, an infinite
 * number or one beyond float32, which the seeds make infinite, are counted and left out of
 * everything else.
 */
public final class TokenRows {
  private static final int PANEL = 1 << 18;

  private final Matrix matrix;
  private final TensorData data;
  private final int rows;
  private final int width;
  private final Norms norms;
  private final Optional<Tokenizer> tokenizer;

  /**
   * What one pass over the matrix tells.
   *
   * @param matrix which, of all that a run has open
   */
  private record NormsOf(Matrix matrix) {}

  /** A matrix among those of several models. */
  record Matrix(Path model, String tensor) {}

  /** Euclidean norms of all rows; NaN of a broken one. */
  private static final class Norms {
    private final double[] values;
    private final int[] whole;

    Norms(double[] values, int[] whole) {
      this.values = values;
      this.whole = whole;
    }
  }

  private TokenRows(Path root, TensorData data, Optional<Tokenizer> tokenizer, Norms norms) {
    this.matrix = new Matrix(root, data.info().name());
    this.data = data;
    this.tokenizer = tokenizer;
    this.rows = Math.toIntExact(data.info().rows());
    this.width = Math.toIntExact(data.info().columns());
    this.norms = norms;
  }

  /**
   * The rows of a mapped matrix; the first piece that asks reads it through once.
   *
   * @param threads threads that the piece may use; they change no bit
   */
  public static TokenRows of(Work work, TensorData data, Model model, int threads) {
    Optional<Tokenizer> tokenizer = tokenizer(model);
    Path root = model.checkpoint().root();
    TokenRows unread = new TokenRows(root, data, tokenizer, null);
    Norms norms =
        work.once(new NormsOf(unread.matrix), () -> unread.read(threads, work::checkCancelled));
    return new TokenRows(root, data, tokenizer, norms);
  }

  /** The same where nothing is shared; reads the matrix through. */
  static TokenRows of(TensorData data, Model model) {
    Optional<Tokenizer> tokenizer = tokenizer(model);
    Path root = model.checkpoint().root();
    Norms norms = new TokenRows(root, data, tokenizer, null).read(1, () -> {});
    return new TokenRows(root, data, tokenizer, norms);
  }

  /** Bytes that what is kept of a matrix of so many rows takes. */
  public static long bytes(long rows) {
    return 16 * rows;
  }

  private Norms read(int threads, Runnable check) {
    double[] values = new double[rows];
    RowParts.forEach(
        entries(),
        threads,
        (part, first, count, block) -> {
          check.run();
          for (int i = 0; i < count; i++) {
            values[first + i] = norm(block, i * width, width);
          }
        });
    return new Norms(
        values, IntStream.range(0, rows).filter(i -> !Double.isNaN(values[i])).toArray());
  }

  /**
   * Euclidean norm of a row; NaN where it has NaN, an infinite number or one beyond float32.
   *
   * @param at index of its first entry
   */
  public static double norm(double[] block, int at, int width) {
    double most = 0;
    boolean finite = true;
    for (int j = 0; j < width; j++) {
      double v = Math.abs(block[at + j]);
      finite &= v <= Float.MAX_VALUE;
      most = Math.max(most, v);
    }
    if (!finite || most == 0) {
      return finite ? 0 : Double.NaN;
    }
    // Scaled by the largest entry where it is tiny, so that no square becomes 0.
    double scale = most < 1e-150 ? most : 1;
    double sum = 0;
    for (int j = 0; j < width; j++) {
      double v = block[at + j] / scale;
      sum += v * v;
    }
    return scale * Math.sqrt(sum);
  }

  /** Receives rows of a panel. */
  public interface Panel {
    /**
     * Rows {@code first} to {@code first + n - 1}.
     *
     * @param block their entries, row-major, valid during the call
     */
    void rows(int first, double[] block, int n);
  }

  /** Reads all rows, broken ones too, in their order. */
  public void panels(Work work, Panel panel) {
    int most = Math.max(1, Math.min(rows, PANEL / width));
    double[] block = new double[most * width];
    for (int first = 0; first < rows; first += most) {
      work.checkCancelled();
      int n = Math.min(most, rows - first);
      data.read((long) first * width, block, 0, n * width);
      panel.rows(first, block, n);
    }
  }

  /** Tokens V, broken rows included. */
  public int count() {
    return rows;
  }

  /** Dimensions d. */
  public int width() {
    return width;
  }

  /** Indices of the rows whose entries are all finite in float32, ascending. */
  public int[] whole() {
    return norms.whole;
  }

  /** Rows with NaN, an infinite number or one beyond float32. */
  public int broken() {
    return rows - norms.whole.length;
  }

  /** Euclidean norm of a row; NaN where it is broken. */
  public double norm(int row) {
    return norms.values[row];
  }

  /** Norms of the whole rows, in their order. */
  public double[] norms() {
    return Arrays.stream(whole()).mapToDouble(this::norm).toArray();
  }

  /** The model's tokenizer. */
  public Optional<Tokenizer> tokenizer() {
    return tokenizer;
  }

  /** What a token stands for; "" where no tokenizer says. */
  public String text(int token) {
    return tokenizer.map(t -> text(t, token)).orElse("");
  }

  /** What tokens stand for, where a tokenizer says. */
  public static Optional<IntFunction<String>> texts(Model model) {
    return tokenizer(model).map(t -> token -> text(t, token));
  }

  private static Optional<Tokenizer> tokenizer(Model model) {
    return model.whyNoTokenizer().isPresent() ? Optional.empty() : model.tokenizer();
  }

  /** Blank ones, such as special tokens, as they are stored, and so what goes on with a word. */
  private static String text(Tokenizer t, int token) {
    if (token >= t.size()) {
      return "";
    }
    String text = t.text(token);
    String stored = t.token(token).orElse("");
    // WordPiece's own mark, without which a word and its ending would read the same.
    boolean goesOn = stored.startsWith("##") && !text.startsWith("##");
    return text.isBlank() || goesOn ? stored : text;
  }

  /** Copies a row. */
  public void read(int row, double[] into, int offset) {
    data.read((long) row * width, into, offset, width);
  }

  /** Those of these rows that are whole, in their order. */
  public int[] wholeOf(int[] which) {
    return Arrays.stream(which).filter(i -> !Double.isNaN(norm(i))).toArray();
  }

  /** All rows as entries, broken ones too. */
  public Entries entries() {
    return Entries.of(
        rows, width, (from, into, offset, length) -> data.read(from, into, offset, length));
  }

  /** Some rows as entries. */
  public Entries of(int[] which) {
    return Entries.ofRows(entries(), which);
  }

  /** Some rows less a point, as entries. */
  public Entries less(int[] which, double[] point) {
    return Entries.less(of(which), point);
  }

  /** Which matrix it is among those of all models. */
  Matrix matrix() {
    return matrix;
  }

  /** The tensor that the rows are. */
  public String tensor() {
    return data.info().name();
  }
}
