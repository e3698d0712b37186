package dev.orograph.model.forward;

/** Where a pass computes. */
public enum Device {
  /** The processor. */
  CPU,
  /** A graphics processor of NVIDIA; needs the library of that classifier. */
  CUDA
}
