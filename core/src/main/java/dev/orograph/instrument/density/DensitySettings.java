package dev.orograph.instrument.density;

import dev.orograph.instrument.Options;
import java.io.Serializable;
import java.util.List;

/**
 * Settings of the density instrument.
 *
 * @param sound whether to give the sound figures and the nulls
 * @param seed seed of the draws
 * @param tokens how many tokens to draw; {@link #ALL} for all, {@link #SOME} for all up to {@value
 *     #MOST} and {@value #SAMPLE} of more
 * @param k neighbours; 0 for {@value #USUAL_K}, or fewer where there are no more
 * @param dim dimension of volumes: "pr", "id" or a number
 * @param metric "causal", "euclidean" or "cosine"
 * @param matrix "head", "embedding", or "" for the head where one is stored
 * @param distances file of distances to read, or ""
 * @param tokenIds file that says which tokens they belong to, or ""
 * @param write file of distances to write, or ""
 */
public record DensitySettings(
    boolean sound,
    long seed,
    int tokens,
    int k,
    String dim,
    String metric,
    String matrix,
    String distances,
    String tokenIds,
    String write)
    implements Serializable {
  static final String ID = "density";
  static final int ALL = 0;
  static final int SOME = -1;

  /** Tokens of which a survey measures all. */
  static final int MOST = 60_000;

  /** Tokens that it draws of more: the seed's own number. */
  static final int SAMPLE = 32_000;

  static final int USUAL_K = 20;

  /** The dimension that the seed takes. */
  static final double SEED_DIMENSION = 1333;

  /** What a metric may be called. */
  public static final List<String> METRICS = List.of("causal", "euclidean", "cosine");

  /** What a matrix may be called. */
  public static final List<String> MATRICES = List.of("head", "embedding");

  /**
   * Checks what a user may choose.
   *
   * @throws IllegalArgumentException for what cannot be meant, in words
   */
  public DensitySettings {
    require(METRICS.contains(metric), "--metric", String.join(", ", METRICS), metric);
    require(
        matrix.isEmpty() || MATRICES.contains(matrix),
        "--matrix",
        String.join(", ", MATRICES),
        matrix);
    require(
        dim.equals("pr") || dim.equals("id") || (number(dim) > 0 && number(dim) <= 1e6),
        "--dim",
        "pr, id or a number up to 1e6",
        dim);
    require(k >= 0, "--k", "a number of neighbours, at least 1", Integer.toString(k));
    require(tokens >= SOME, "--tokens", "all or a number", Integer.toString(tokens));
    require(
        distances.isEmpty() || write.isEmpty(), "--distances", "no --write-distances", distances);
    require(
        distances.isEmpty() || tokens <= ALL, "--distances", "no --tokens beside it", distances);
    require(tokenIds.isEmpty() || !distances.isEmpty(), "--token-ids", "--distances", tokenIds);
  }

  private static void require(boolean holds, String option, String expected, String found) {
    if (!holds) {
      throw new IllegalArgumentException(
          option + " needs " + expected + ", found " + (found.isEmpty() ? "nothing" : found));
    }
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** From the user's choices. */
  public static DensitySettings of(Options o) {
    return new DensitySettings(
        o.figures() == Options.Figures.ALL,
        o.seed(),
        whole(o, "tokens", SOME, "all", ALL),
        whole(o, "k", 0, "", 0),
        o.choice(ID, "dim").orElse("pr"),
        o.choice(ID, "metric").orElse(METRICS.get(0)),
        o.choice(ID, "matrix").orElse(""),
        o.choice(ID, "distances").orElse(""),
        o.choice(ID, "token_ids").orElse(""),
        o.choice(ID, "write_distances").orElse(""));
  }

  private static int whole(Options o, String name, int without, String word, int meaning) {
    String text = o.choice(ID, name).orElse(null);
    if (text == null) {
      return without;
    }
    if (!word.isEmpty() && text.equals(word)) {
      return meaning;
    }
    try {
      int n = Integer.parseInt(text);
      if (n > 0) {
        return n;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new IllegalArgumentException(
        "--"
            + name
            + " needs "
            + (word.isEmpty() ? "" : "'" + word + "' or ")
            + "a whole number above 0, found '"
            + text
            + "'");
  }

  /** How many of so many tokens are drawn. */
  int drawn(int all) {
    if (tokens == SOME) {
      return all > MOST ? SAMPLE : all;
    }
    return tokens == ALL ? all : Math.min(tokens, all);
  }

  /** Neighbours among n points. */
  int neighbours(int n) {
    return k == 0 ? Math.min(USUAL_K, n - 1) : k;
  }

  /** The dimension where it is given as a number, else NaN. */
  double dimension() {
    return number(dim);
  }
}
