package dev.orograph.instrument.density;

import dev.orograph.instrument.Choice;
import dev.orograph.instrument.Choices;
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

  static final Choice<Integer> TOKENS =
      Choice.of(
          "tokens",
          "all|N",
          "How many tokens, drawn by the seed (default: all; a survey draws 32,000 of more than"
              + " 60,000).",
          text -> text.equals("all") ? ALL : Choice.positive(text),
          SOME);

  static final Choice<Integer> K =
      Choice.of(
          "k", "K", "Neighbours (default: 20, or as many as there are).", Choice::positive, 0);

  static final Choice<String> DIM =
      Choice.of(
          "dim",
          "pr|id|D",
          "Dimension of volumes: participation ratio, intrinsic dimension or a number (default: pr;"
              + " the reference notebooks take 1333).",
          text -> text,
          "pr");

  static final Choice<String> METRIC =
      Choice.of(
          "metric",
          "METRIC",
          "causal, euclidean or cosine (default: causal).",
          Choice.oneOf(METRICS),
          METRICS.get(0));

  static final Choice<String> MATRIX =
      Choice.of(
          "matrix",
          "MATRIX",
          "head or embedding (default: the head where one is stored).",
          Choice.oneOf(MATRICES),
          "");

  static final Choice<String> WRITE =
      Choice.target(
          "write_distances", "Write all distances as a float32 matrix that numpy.load reads.");

  static final Choice<String> DISTANCES =
      Choice.array(
          "distances", "Take the distances of this square .npy instead of measuring them.");

  static final Choice<String> TOKEN_IDS =
      Choice.array(
          "token_ids", "Which tokens the rows of --distances are (.npy, .pt or .safetensors).");

  /** The options, and the settings under them. */
  static final Choices<DensitySettings> CHOICES =
      new Choices<>(
          List.of(TOKENS, K, DIM, METRIC, MATRIX, WRITE, DISTANCES, TOKEN_IDS),
          made ->
              new DensitySettings(
                  made.sound(),
                  made.seed(),
                  made.get(TOKENS),
                  made.get(K),
                  made.get(DIM),
                  made.get(METRIC),
                  made.get(MATRIX),
                  made.get(DISTANCES),
                  made.get(TOKEN_IDS),
                  made.get(WRITE)));

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
