package dev.orograph.checkpoint;

/** Elements that are computed from what is stored, as float32 numbers, while they are read. */
interface Decoded extends AutoCloseable {
  /** The number that element e, as stored, stands for. */
  float value(long e);

  @Override
  void close();
}
