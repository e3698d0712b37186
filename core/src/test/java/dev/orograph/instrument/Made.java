package dev.orograph.instrument;

import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checkpoints made for a test, also with what no training should leave behind. */
public final class Made {
  private final List<Entry> entries = new ArrayList<>();

  /** Adds values that the type holds exactly. */
  public Made add(String name, DType dtype, double[] values, long... shape) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    Map<Double, Long> patterns = dtype.bytes() <= 2 ? patterns(dtype) : Map.of();
    for (double v : values) {
      switch (dtype) {
        case F64 -> bytes.putDouble(v);
        case F32 -> bytes.putFloat((float) v);
        case I64 -> bytes.putLong((long) v);
        default -> {
          Long bits = patterns.get(v);
          if (bits == null) {
            throw new IllegalArgumentException(dtype + " does not hold " + v);
          }
          if (dtype.bytes() == 2) {
            bytes.putShort(bits.shortValue());
          } else {
            bytes.put(bits.byteValue());
          }
        }
      }
    }
    entries.add(Entry.of(name, dtype, bytes.array(), shape));
    return this;
  }

  /** Writes {@code model.safetensors} into the folder. */
  public Path write(Path folder) {
    SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), entries);
    return folder;
  }

  private static Map<Double, Long> patterns(DType dtype) {
    Map<Double, Long> patterns = new HashMap<>();
    for (long bits = 0; bits < 1L << (8 * dtype.bytes()); bits++) {
      patterns.putIfAbsent(dtype.decode(bits), bits);
    }
    return patterns;
  }

  /** Finite numbers of a small type, from random patterns no larger than {@code most}. */
  public static double[] patterns(DType dtype, int n, double most, long seed) {
    Generator g = Generator.of(seed);
    double[] values = new double[n];
    for (int i = 0; i < n; ) {
      double v = dtype.decode(g.integers(0, 1L << (8 * dtype.bytes())));
      if (Math.abs(v) <= most) {
        values[i++] = v;
      }
    }
    return values;
  }

  /** Gaussian numbers rounded to float32. */
  public static double[] gaussian(int n, double deviation, long seed) {
    double[] values = new double[n];
    Generator.of(seed).normal(0, deviation, values);
    return Arrays.stream(values).map(v -> (float) v).toArray();
  }

  /** A checkpoint of no known family whose tensors are each odd in a way of their own. */
  public static Path awkward(Path folder) {
    double[] holes = gaussian(48, 1, 1);
    holes[0] = Double.NaN;
    holes[17] = Double.POSITIVE_INFINITY;
    double[] zeroRows = gaussian(60, 1, 2);
    Arrays.fill(zeroRows, 10, 30, 0);
    double[] constant = new double[77];
    Arrays.fill(constant, 0.25);
    double[] tiny = Arrays.stream(gaussian(60, 1, 3)).map(v -> v * 1e-200).toArray();
    double[] huge = Arrays.stream(gaussian(60, 1, 4)).map(v -> v * 1e200).toArray();
    return new Made()
        .add("layers.0.holes", DType.F32, holes, 8, 6)
        .add("layers.0.zero_rows", DType.F32, zeroRows, 12, 5)
        .add("layers.1.zero_rows", DType.F32, zeroRows, 5, 12)
        .add("constant", DType.F16, constant, 7, 11)
        .add("zeros", DType.BF16, new double[30], 5, 6)
        .add("one_by_one", DType.F64, new double[] {-3}, 1, 1)
        .add("one_column", DType.F32, gaussian(40, 1, 5), 40, 1)
        .add("one_row", DType.F16, patterns(DType.F16, 40, 10, 6), 1, 40)
        .add("small_type", DType.F8_E4M3, patterns(DType.F8_E4M3, 120, 448, 7), 12, 10)
        .add("tiny", DType.F64, tiny, 10, 6)
        .add("huge", DType.F64, huge, 6, 10)
        .add("vector", DType.F32, gaussian(33, 1, 8), 33)
        .add("cube", DType.F32, gaussian(60, 1, 9), 3, 4, 5)
        .add("empty", DType.F32, new double[0], 0, 5)
        .add("whole", DType.I64, new double[] {1, 2, 3, 4}, 2, 2)
        .add("square", DType.F32, gaussian(900, 0.1, 10), 30, 30)
        .write(folder);
  }

  /** A tokenizer of 30 pieces: special ones, the digits, and words of two categories. */
  private static void words(Path folder) {
    String pieces =
        "[PAD] [UNK] [CLS] [SEP] [MASK] 0 1 2 3 4 5 6 7 8 9 cat dog bird fish horse mouse bear red"
            + " blue green black white orange the ##s";
    try {
      Files.writeString(folder.resolve("vocab.txt"), pieces.replace(' ', '\n'));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A T5 whose parts do not all fit or count, beside some that do. */
  public static Path oddT5(Path folder) {
    double[] holes = gaussian(48, 1, 1);
    holes[5] = Double.NaN;
    holes[6] = Double.NEGATIVE_INFINITY;
    double[] far = gaussian(8, 1, 2);
    far[3] = 1e300;
    double[] tokens = gaussian(180, 1, 14);
    tokens[7] = Double.NaN;
    Arrays.fill(tokens, 12, 24, 0);
    System.arraycopy(tokens, 60, tokens, 90, 18);
    String self = ".layer.0.SelfAttention.";
    String mlp = ".layer.1.DenseReluDense.";
    words(folder);
    return new Made()
        .add("shared.weight", DType.F32, tokens, 30, 6)
        .add("lm_head.weight", DType.F32, gaussian(180, 1, 15), 30, 6)
        .add("encoder.block.0" + self + "q.weight", DType.F32, gaussian(48, 1, 3), 8, 6)
        .add("encoder.block.1" + self + "q.weight", DType.F32, holes, 8, 6)
        .add("encoder.block.2" + self + "q.weight", DType.F32, gaussian(48, 1, 4), 8, 6)
        .add("encoder.block.3" + self + "q.weight", DType.F32, new double[48], 8, 6)
        .add("encoder.block.4" + self + "q.weight", DType.F32, gaussian(24, 1, 5), 4, 6)
        .add("encoder.block.0" + self + "k.weight", DType.F32, new double[] {2}, 1, 1)
        .add("encoder.block.1" + self + "k.weight", DType.F32, new double[] {-3}, 1, 1)
        .add("encoder.block.2" + self + "k.weight", DType.F32, new double[] {4}, 1, 1)
        .add("encoder.block.0" + mlp + "wi.weight", DType.F32, holes, 8, 6)
        .add("encoder.block.0" + mlp + "wo.weight", DType.F32, gaussian(48, 1, 6), 6, 8)
        .add("encoder.block.1" + mlp + "wi.weight", DType.F32, gaussian(48, 1, 7), 8, 6)
        .add("encoder.block.1" + mlp + "wo.weight", DType.F32, gaussian(42, 1, 8), 6, 7)
        .add("encoder.block.2" + mlp + "wi.weight", DType.F32, gaussian(6, 1, 9), 1, 6)
        .add("encoder.block.2" + mlp + "wo.weight", DType.F32, gaussian(6, 1, 10), 6, 1)
        .add("encoder.block.3" + mlp + "wi.weight", DType.F32, new double[48], 8, 6)
        .add("encoder.block.3" + mlp + "wo.weight", DType.F32, gaussian(48, 1, 11), 6, 8)
        .add("encoder.block.4" + mlp + "wi.weight", DType.F32, gaussian(48, 1, 12), 8, 6)
        .add("encoder.block.0.layer.0.layer_norm.weight", DType.F64, far, 8)
        .add("encoder.block.1.layer.0.layer_norm.weight", DType.F32, new double[0], 0)
        .add("encoder.block.2.layer.0.layer_norm.weight", DType.F32, new double[] {1}, 1)
        .add(
            "encoder.block.0" + self + "relative_attention_bias.weight",
            DType.F32,
            gaussian(64, 1, 13),
            16,
            4)
        .add(
            "encoder.block.1" + self + "relative_attention_bias.weight",
            DType.F32,
            new double[] {1, 2, 3},
            1,
            3)
        .add(
            "encoder.block.2" + self + "relative_attention_bias.weight",
            DType.F32,
            new double[] {1, 1, 1, 1},
            4,
            1)
        .add("encoder.block.3" + self + "relative_attention_bias.weight", DType.F32, holes, 8, 6)
        .write(folder);
  }
}
