package dev.orograph.instrument.levelset;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import dev.orograph.model.forward.Precision;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A level-set as a run left it: points, target and level.
 *
 * @param points those that are on the set, {@code (n, width)}
 * @param target probabilities, {@code (vocabulary)}
 * @param called what the target is called
 * @param epsilon the level
 * @param tolerance of |f - epsilon|, in parts of epsilon
 * @param reverse whether it is KL(model||target)
 * @param precision of the pass
 * @param left points of the file that are not on the set
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record LevelSetFile(
    double[][] points,
    double[] target,
    String called,
    double epsilon,
    double tolerance,
    boolean reverse,
    Precision precision,
    int left) {
  static final String NAME = "levelset.safetensors";
  static final String STARTS = "starts";
  static final String POINTS = "points";
  static final String VALUES = "values";
  static final String CONVERGED = "converged";
  static final String PROBABILITIES = "target";
  static final String MODEL = "model";
  static final String TARGET = "target_name";
  static final String REVERSE = "reverse";
  static final String PRECISION = "precision";
  static final String TOLERANCE = "tolerance";
  static final String EPSILON = "epsilon";

  private static final long MOST = 1L << 24;

  /**
   * Reads it.
   *
   * @param model fingerprint of the model that it must belong to
   * @throws InputException where it is none of this model
   */
  static LevelSetFile read(Path file, String model, int width) {
    try (Checkpoint c = Checkpoint.open(file)) {
      String of = c.metadata().get(MODEL);
      if (of == null) {
        throw fault(file, "must be the points of a level-set", "it does not say of which model");
      }
      if (!of.equals(model)) {
        throw fault(file, "must be points of this model", "they are another model's");
      }
      double[] all = numbers(c, file, POINTS, DType.F64);
      double[] target = numbers(c, file, PROBABILITIES, DType.F64);
      double[] converged = numbers(c, file, CONVERGED, DType.I64);
      if (all.length != (long) converged.length * width) {
        throw fault(
            file,
            "must have " + converged.length + " points of width " + width,
            "has " + all.length + " numbers");
      }
      double[][] points = new double[converged.length][];
      int n = 0;
      for (int i = 0; i < converged.length; i++) {
        if (converged[i] != 0) {
          points[n++] = Arrays.copyOfRange(all, i * width, (i + 1) * width);
        }
      }
      boolean reverse = Boolean.parseBoolean(c.metadata().get(REVERSE));
      double sum = Arrays.stream(target).sum();
      boolean whole = Arrays.stream(target).allMatch(p -> p >= 0 && !(reverse && p == 0));
      if (!whole || !(Math.abs(sum - 1) < 1e-6)) {
        throw fault(file, "must have a target that adds up to 1", "its sum is " + sum);
      }
      return new LevelSetFile(
          Arrays.copyOf(points, n),
          target,
          c.metadata().getOrDefault(TARGET, "the target"),
          positive(c, file, EPSILON),
          positive(c, file, TOLERANCE),
          reverse,
          precision(c, file),
          converged.length - n);
    }
  }

  private static double[] numbers(Checkpoint c, Path file, String name, DType type) {
    List<TensorInfo> found = c.tensors().stream().filter(t -> t.name().equals(name)).toList();
    if (found.size() != 1 || found.get(0).dtype() != type || found.get(0).count() > MOST) {
      throw fault(file, "must have an array '" + name + "' of " + type, "it has none");
    }
    double[] values = new double[Math.toIntExact(found.get(0).count())];
    try (TensorData data = c.map(found.get(0))) {
      if (type == DType.I64) {
        long[] whole = new long[values.length];
        data.readRaw(0, whole, 0, whole.length);
        Arrays.setAll(values, i -> whole[i]);
      } else {
        data.read(0, values, 0, values.length);
      }
    }
    for (double v : values) {
      if (!Double.isFinite(v)) {
        throw fault(file, "must have finite numbers in '" + name + "'", "one is " + v);
      }
    }
    return values;
  }

  private static double positive(Checkpoint c, Path file, String name) {
    String text = c.metadata().getOrDefault(name, "");
    try {
      double v = Double.parseDouble(text);
      if (v > 0 && Double.isFinite(v)) {
        return v;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw fault(file, "must say " + name + " as a number above 0", "it says '" + text + "'");
  }

  private static Precision precision(Checkpoint c, Path file) {
    try {
      return Precision.of(c.metadata().getOrDefault(PRECISION, ""));
    } catch (IllegalArgumentException e) {
      throw fault(file, "must say the precision: " + e.getMessage(), "it does not");
    }
  }

  private static InputException fault(Path file, String expected, String found) {
    return InputException.at(file)
        .expected(expected)
        .found(found)
        .remedy("make it again with 'orograph levelset'")
        .build();
  }
}
