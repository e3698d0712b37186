package dev.orograph.model.forward;

import org.bytedeco.pytorch.global.torch.ScalarType;

/** The type in which a pass computes; weights of other types are cast to it once. */
public enum Precision {
  /** IEEE binary64: for derivatives, and to tell rounding from a fault. */
  FLOAT64,
  /** IEEE binary32, the default. */
  FLOAT32,
  /** The upper half of a binary32: a third of the digits, faster where the machine has it. */
  BFLOAT16;

  /** Its type in libtorch; a method, so that naming a precision does not load the library. */
  ScalarType type() {
    return switch (this) {
      case FLOAT64 -> ScalarType.Double;
      case FLOAT32 -> ScalarType.Float;
      case BFLOAT16 -> ScalarType.BFloat16;
    };
  }
}
