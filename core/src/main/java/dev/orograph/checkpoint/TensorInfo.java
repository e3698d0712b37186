package dev.orograph.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * Where one tensor is stored and how. Elements are in row-major order without gaps.
 *
 * @param name the name in the header
 * @param dtype the element type
 * @param shape sizes, slowest first; empty for a scalar; a 0 makes the tensor empty
 * @param file the file that holds it
 * @param begin first byte, counted from the start of the file
 * @param end the byte after the last, counted from the start of the file
 */
public record TensorInfo(
    String name, DType dtype, List<Long> shape, Path file, long begin, long end) {
  /**
   * Checks that the parts fit.
   *
   * @throws IllegalArgumentException where the bytes are not as many as shape and type need
   * @throws ArithmeticException where the number of elements or bytes overflows 63 bits
   */
  public TensorInfo {
    shape = List.copyOf(shape);
    if (begin < 0 || end < begin || end - begin != bytes(dtype, shape)) {
      throw new IllegalArgumentException(
          "bytes " + begin + " to " + end + " do not fit " + dtype + " " + shape);
    }
  }

  /**
   * Bytes of a tensor of this type and shape, multiplied from left to right as safetensors does.
   *
   * @throws IllegalArgumentException for a negative size
   * @throws ArithmeticException where a product overflows 63 bits
   */
  static long bytes(DType dtype, List<Long> shape) {
    long count = 1;
    for (long size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException("shape " + shape + " has a negative size");
      }
      count = Math.multiplyExact(count, size);
    }
    return Math.multiplyExact(count, (long) dtype.bytes());
  }

  /** Number of elements; 1 for a scalar. */
  public long count() {
    return byteLength() / dtype.bytes();
  }

  /** Number of dimensions; 0 for a scalar. */
  public int rank() {
    return shape.size();
  }

  /**
   * First size of a matrix.
   *
   * @throws IllegalStateException where the rank is not 2
   */
  public long rows() {
    requireMatrix();
    return shape.get(0);
  }

  /**
   * Second size of a matrix.
   *
   * @throws IllegalStateException where the rank is not 2
   */
  public long columns() {
    requireMatrix();
    return shape.get(1);
  }

  /** Number of bytes in the file. */
  public long byteLength() {
    return end - begin;
  }

  private void requireMatrix() {
    if (rank() != 2) {
      throw new IllegalStateException(name + " has shape " + shape + ", expected two dimensions");
    }
  }
}
