package dev.orograph.model.forward;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The type in which a pass computes; weights of other types are cast to it once. */
public enum Precision {
  /** IEEE binary64: for derivatives, and to tell rounding from a fault. */
  FLOAT64,
  /** IEEE binary32, the default. */
  FLOAT32,
  /** The upper half of a binary32: a third of the digits, faster where the machine has it. */
  BFLOAT16;

  /** Its usual name: {@code float32}, {@code bf16}. */
  public String id() {
    return this == BFLOAT16 ? "bf16" : name().toLowerCase(Locale.ROOT);
  }

  /**
   * The precision of that name.
   *
   * @throws IllegalArgumentException that names them where there is none
   */
  public static Precision of(String text) {
    for (Precision p : values()) {
      if (p.id().equalsIgnoreCase(text) || p.name().equalsIgnoreCase(text)) {
        return p;
      }
    }
    throw new IllegalArgumentException(
        Arrays.stream(values()).map(Precision::id).collect(Collectors.joining(", ")));
  }

  /** Bytes of a number. */
  public int bytes() {
    return switch (this) {
      case FLOAT64 -> Double.BYTES;
      case FLOAT32 -> Float.BYTES;
      case BFLOAT16 -> Short.BYTES;
    };
  }

  /** Its type in libtorch; a method, so that naming a precision does not load the library. */
  ScalarType type() {
    return switch (this) {
      case FLOAT64 -> ScalarType.Double;
      case FLOAT32 -> ScalarType.Float;
      case BFLOAT16 -> ScalarType.BFloat16;
    };
  }
}
