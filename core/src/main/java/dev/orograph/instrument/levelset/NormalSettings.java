package dev.orograph.instrument.levelset;

import dev.orograph.instrument.Choice;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.InputFile;
import java.io.Serializable;
import java.util.List;

/**
 * Which normals, and how.
 *
 * @param sound whether chance, curvature and the pictures are wanted beside the normals
 * @param points the file of a level-set
 * @param method gradient, central, seed or all
 * @param batch dimensions that go side by side
 * @param delta how far differences move a number
 * @param most points that are taken
 * @param dimensions that differences are taken of; 0 for all
 * @param curvature full, ends, none, or "" where the model's size decides
 */
record NormalSettings(
    boolean sound,
    InputFile points,
    String method,
    int batch,
    double delta,
    int most,
    int dimensions,
    String curvature)
    implements Serializable {
  private static final int BATCH = 128;
  private static final double DELTA = 1e-3;
  private static final int MOST = 16;

  /** All curvatures, of the whole Hessian. */
  static final String FULL = "full";

  /** The smallest and the largest. */
  static final String ENDS = "ends";

  /** Products with the Hessian that the ends take. */
  static final int PRODUCTS = 64;

  /** Numbers of a point beyond which a whole Hessian is not taken by itself. */
  private static final int WIDE = 1024;

  static final Choice<InputFile> POINTS =
      Choice.input(
          "points", "FILE", "The points: arrays/levelset.safetensors of a run of levelset.");

  static final Choice<String> METHOD =
      Choice.of(
          "method",
          "WAY",
          "gradient: exact, one pass forward and back; central: signed and unsigned differences"
              + " besides, brought back to the set exactly; seed: as the notebook's program does it;"
              + " all (default: gradient).",
          Choice.oneOf(List.of("gradient", "central", "seed", "all")),
          "gradient");

  static final Choice<Integer> BATCH_CHOICE =
      Choice.of(
          "batch",
          "N",
          "Dimensions side by side in differences; changes no digit (default: 128).",
          Choice::positive,
          BATCH);

  static final Choice<Double> DELTA_CHOICE =
      Choice.of(
          "delta",
          "D",
          "How far differences move a number (default: 0.001).",
          Choice::above0,
          DELTA);

  static final Choice<Integer> MOST_CHOICE =
      Choice.of("most", "N", "Points to take at most (default: 16).", Choice::positive, MOST);

  static final Choice<Integer> DIMENSIONS =
      Choice.of(
          "dimensions",
          "N",
          "Differences of the first N dimensions only (default: all).",
          Choice::positive,
          0);

  static final Choice<String> CURVATURE =
      Choice.of(
          "curvature",
          "full|ends|none",
          "Principal curvatures: all, by 2 d gradients a point; the smallest and largest, by "
              + 2 * PRODUCTS
              + "; or none (default: full, above 1,024 dimensions ends, above 100 million weights"
              + " none).",
          Choice.oneOf(List.of(FULL, ENDS, "none")),
          "");

  static final Choices<NormalSettings> CHOICES =
      new Choices<>(
          List.of(POINTS, METHOD, BATCH_CHOICE, DELTA_CHOICE, MOST_CHOICE, DIMENSIONS, CURVATURE),
          made ->
              new NormalSettings(
                  made.sound(),
                  made.get(POINTS),
                  made.get(METHOD),
                  made.get(BATCH_CHOICE),
                  made.get(DELTA_CHOICE),
                  made.get(MOST_CHOICE),
                  made.get(DIMENSIONS),
                  made.get(CURVATURE)));

  /** Whether signed and unsigned differences are taken. */
  boolean central() {
    return method.equals("central") || method.equals("all");
  }

  /** Whether the seed's program is followed. */
  boolean seed() {
    return method.equals("seed") || method.equals("all");
  }

  /** How curvature is taken: {@value #FULL}, {@value #ENDS}, or not at all. */
  String curvature(long weights, int width) {
    if (!curvature.isEmpty()) {
      return curvature;
    }
    return !sound || weights > LevelSetSettings.LARGE ? "none" : width <= WIDE ? FULL : ENDS;
  }

  /** Gradients that curvature takes at a point. */
  int bends(long weights, int width) {
    return switch (curvature(weights, width)) {
      case FULL -> 2 * width;
      case ENDS -> 2 * Math.min(PRODUCTS, width);
      default -> 0;
    };
  }
}
