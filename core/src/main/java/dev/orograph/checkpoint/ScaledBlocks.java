package dev.orograph.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Small floating-point numbers with a scale for each block of a matrix, which stand for code times
 * scale in float32. Decoded while they are read:
 *
 * <ul>
 *   <li>FP8 {@code X} with {@code X_scale_inv}: blocks of the configuration's {@code
 *       weight_block_size}, 128 x 128 without one (DeepSeek-V3's format);
 *   <li>FP8 {@code X} with {@code X_scale}, one for all, for each row or for each such block, where
 *       the configuration names a method that means this;
 *   <li>MXFP4 {@code X_blocks} (..., rows, groups, 16 bytes) with {@code X_scales} (..., rows,
 *       groups): 32 numbers E2M1, the first of two in the lower half of a byte, times 2^(b - 127).
 * </ul>
 *
 * <p>Anything else beside FP8 numbers is not decoded, and {@code model} refuses it by name.
 * Sources: OCP Microscaling Formats (MX) Specification 1.0; the transformers library, "Fine-grained
 * FP8", "Compressed Tensors", "MXFP4".
 *
 * @param type of a code: FP8, or U8 for two of four bits
 * @param count elements
 * @param columns elements of a row
 * @param blockRows rows that share scales
 * @param blockColumns elements of a row that share a scale
 * @param scale where the scales lie: F32, BF16, or U8 for powers of two
 */
record ScaledBlocks(
    DType type, long count, long columns, long blockRows, long blockColumns, TensorInfo scale)
    implements Encoded {
  private static final long USUAL_BLOCK = 128;
  private static final int GROUP = 32;
  private static final Set<String> TIMES_SCALE =
      Set.of("fp8", "fbgemm_fp8", "compressed-tensors", "modelopt");

  /** The numbers of E2M1 by their pattern. */
  private static final float[] E2M1 = {
    0, .5f, 1, 1.5f, 2, 3, 4, 6, -0f, -.5f, -1, -1.5f, -2, -3, -4, -6
  };

  @Override
  public long length() {
    return Math.multiplyExact(count, (long) Float.BYTES);
  }

  @Override
  public String stored() {
    return (type == DType.U8 ? "MXFP4" : type.name()) + " with scales";
  }

  /** The codes and their scales, mapped. */
  Decoded open(MappedWindows codes, int windowBits) {
    MappedWindows scales = TensorData.map(scale, windowBits);
    float[] table = new float[256];
    for (int i = 0; i < table.length; i++) {
      table[i] = type == DType.U8 ? 0 : type.decodeFloat(i);
    }
    long across = (columns + blockColumns - 1) / blockColumns;
    return new Decoded() {
      @Override
      public float value(long e) {
        long row = e / columns;
        long at = row / blockRows * across + (e - row * columns) / blockColumns;
        if (type != DType.U8) {
          return table[codes.windowOf(e).get(codes.positionOf(e)) & 0xFF] * scaleAt(scales, at);
        }
        int pair = codes.windowOf(e >> 1).get(codes.positionOf(e >> 1));
        return E2M1[pair >> ((e & 1) << 2) & 0xF] * scaleAt(scales, at);
      }

      @Override
      public void close() {
        scales.close();
      }
    };
  }

  private float scaleAt(MappedWindows scales, long at) {
    long first = at * scale.dtype().bytes();
    return switch (scale.dtype()) {
      case F32 -> scales.windowOf(first).getFloat(scales.positionOf(first));
      case BF16 -> SmallFloat.bfloat16(scales.windowOf(first).getShort(scales.positionOf(first)));
      default -> {
        int exponent = scales.windowOf(first).get(scales.positionOf(first)) & 0xFF;
        yield exponent == 255 ? Float.NaN : Math.scalb(1f, exponent - 127);
      }
    };
  }

  /** The files with such pairs as the tensors that they stand for. */
  static List<WeightFile> decoded(List<WeightFile> files, Optional<JsonNode> config) {
    Map<String, TensorInfo> byName = new HashMap<>();
    files.forEach(f -> f.tensors().forEach(t -> byName.put(t.name(), t)));
    Map<String, TensorInfo> made = new HashMap<>();
    Set<String> taken = new HashSet<>();
    for (TensorInfo t : byName.values()) {
      Optional<TensorInfo> weight = fp8(t) ? scaled(t, byName, config) : blocks(t, byName, config);
      weight.ifPresent(
          w -> {
            made.put(t.name(), w);
            taken.add(((ScaledBlocks) w.encoded()).scale.name());
          });
    }
    if (made.isEmpty()) {
      return files;
    }
    return files.stream().map(f -> rebuilt(f, made, taken)).toList();
  }

  private static WeightFile rebuilt(WeightFile f, Map<String, TensorInfo> made, Set<String> taken) {
    List<TensorInfo> tensors = new ArrayList<>();
    int decoded = 0;
    int activations = 0;
    String kind = "";
    for (TensorInfo t : f.tensors()) {
      TensorInfo weight = made.get(t.name());
      String beside = t.name().replaceFirst("\\.(?:input|output)_scale$", ".weight");
      if (weight != null) {
        tensors.add(weight);
        kind = weight.encoded().stored();
        decoded++;
      } else if (!beside.equals(t.name()) && made.containsKey(beside)) {
        activations++;
      } else if (!taken.contains(t.name())) {
        tensors.add(t);
      }
    }
    List<String> remarks = new ArrayList<>(f.remarks());
    if (decoded > 0) {
      remarks.add(
          decoded
              + (decoded == 1 ? " tensor of " : " tensors of ")
              + kind
              + (decoded == 1 ? " is" : " are")
              + " read as code times scale");
    }
    List<String> leftOut = new ArrayList<>(f.leftOut());
    if (activations > 0) {
      leftOut.add(activations + (activations == 1 ? " scale" : " scales") + " of activations");
    }
    return f.holding(tensors).remarking(remarks).leavingOut(leftOut);
  }

  private static boolean fp8(TensorInfo t) {
    return t.dtype() == DType.F8_E4M3 || t.dtype() == DType.F8_E5M2;
  }

  private static boolean plain(TensorInfo t) {
    return t != null && t.view() == null && t.encoded() == null && t.count() > 0;
  }

  private static Optional<TensorInfo> scaled(
      TensorInfo t, Map<String, TensorInfo> byName, Optional<JsonNode> config) {
    if (t.rank() != 2 || !plain(t)) {
      return Optional.empty();
    }
    JsonNode said = config.map(c -> c.path("quantization_config")).orElse(null);
    TensorInfo inverse = byName.get(t.name() + "_scale_inv");
    TensorInfo scale = inverse != null ? inverse : byName.get(t.name() + "_scale");
    boolean floating = plain(scale) && (scale.dtype() == DType.F32 || scale.dtype() == DType.BF16);
    boolean meant =
        inverse != null
            || (said != null && TIMES_SCALE.contains(said.path("quant_method").asText()));
    if (!floating || !meant || byName.containsKey(t.name() + "_scale_2")) {
      return Optional.empty();
    }
    long rows = t.rows();
    long columns = t.columns();
    if (scale.count() == 1) {
      return Optional.of(as(t, t.name(), t.shape(), rows, columns, scale));
    }
    boolean byRow = scale.shape().equals(List.of(rows, 1L)) || scale.shape().equals(List.of(rows));
    if (inverse == null && byRow) {
      return Optional.of(as(t, t.name(), t.shape(), 1, columns, scale));
    }
    long down = block(said, 0);
    long across = block(said, 1);
    List<Long> blocks = List.of((rows + down - 1) / down, (columns + across - 1) / across);
    return scale.shape().equals(blocks)
        ? Optional.of(as(t, t.name(), t.shape(), down, across, scale))
        : Optional.empty();
  }

  private static long block(JsonNode said, int i) {
    JsonNode size = said == null ? null : said.path("weight_block_size").path(i);
    boolean told = size != null && size.isIntegralNumber() && size.canConvertToInt();
    return told && size.intValue() > 0 ? size.intValue() : USUAL_BLOCK;
  }

  private static Optional<TensorInfo> blocks(
      TensorInfo t, Map<String, TensorInfo> byName, Optional<JsonNode> config) {
    if (t.dtype() != DType.U8 || t.rank() < 3 || !t.name().endsWith("_blocks") || !plain(t)) {
      return Optional.empty();
    }
    String name = t.name().substring(0, t.name().length() - "_blocks".length());
    TensorInfo scale = byName.get(name + "_scales");
    int last = t.rank() - 1;
    String method =
        config.map(c -> c.path("quantization_config").path("quant_method").asText()).orElse("");
    if (!plain(scale)
        || scale.dtype() != DType.U8
        || !scale.shape().equals(t.shape().subList(0, last))
        || t.shape().get(last) != GROUP / 2
        || byName.containsKey(name)
        || !(method.isEmpty() || method.equals("mxfp4"))) {
      return Optional.empty();
    }
    List<Long> shape = new ArrayList<>(t.shape().subList(0, last - 1));
    shape.add(t.shape().get(last - 1) * GROUP);
    return Optional.of(as(t, name, shape, 1, GROUP, scale));
  }

  private static TensorInfo as(
      TensorInfo t, String name, List<Long> shape, long down, long across, TensorInfo scale) {
    long columns = shape.get(shape.size() - 1);
    long count = 1;
    for (long size : shape) {
      count = Math.multiplyExact(count, size);
    }
    return new TensorInfo(
        name,
        DType.F32,
        shape,
        t.file(),
        t.begin(),
        t.end(),
        new ScaledBlocks(t.dtype(), count, columns, down, across, scale),
        null,
        name);
  }
}
