package dev.orograph.model.forward;

import org.bytedeco.pytorch.global.torch;

/** What libtorch says of itself. */
public final class Capability {
  private Capability() {}

  /** The instruction set whose kernels it has taken. */
  public static String loaded() {
    return torch.get_cpu_capability().getString();
  }
}
