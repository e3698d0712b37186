package dev.orograph.checkpoint;

/** How the elements of a tensor are made from stored bytes that are not the elements. */
public sealed interface Encoded permits Deflated, ProtoNumbers, Quantised, ScaledBlocks {
  /** Bytes of the elements once they are decoded. */
  long length();

  /** How it is stored, in a few words. */
  String stored();
}
