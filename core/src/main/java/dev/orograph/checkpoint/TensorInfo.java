package dev.orograph.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * Where one tensor is stored and how: elements in row-major order without gaps, or a {@link Part}
 * of such a tensor.
 *
 * @param name the name in the header; of a part, with what it is in brackets behind it
 * @param dtype the element type
 * @param shape sizes, slowest first; empty for a scalar; a 0 makes the tensor empty
 * @param file the file that holds it
 * @param begin first byte of the stored tensor, counted from the start of the file
 * @param end the byte after its last, counted from the start of the file
 * @param part which elements of the stored tensor these are; null for all
 */
public record TensorInfo(
    String name, DType dtype, List<Long> shape, Path file, long begin, long end, Part part) {
  /**
   * Blocks of elements of a stored tensor, all equally long and equally far apart: element i of the
   * part is element {@code start + (i / run) stride + i mod run} of the whole.
   *
   * @param of name of the stored tensor
   * @param start first element
   * @param run elements in a block, at least 1
   * @param stride from the start of one block to that of the next
   */
  public record Part(String of, long start, long run, long stride) {}

  /**
   * Checks that the parts fit.
   *
   * @throws IllegalArgumentException where the bytes are not as many as shape and type need, or a
   *     part does not lie within them
   * @throws ArithmeticException where the number of elements or bytes overflows 63 bits
   */
  public TensorInfo {
    shape = List.copyOf(shape);
    long bytes = bytes(dtype, shape);
    if (begin < 0
        || end < begin
        || (part == null
            ? end - begin != bytes
            : !fits(part, bytes / dtype.bytes(), (end - begin) / dtype.bytes()))) {
      throw new IllegalArgumentException(
          "bytes " + begin + " to " + end + " do not fit " + dtype + " " + shape);
    }
  }

  /** A whole tensor. */
  TensorInfo(String name, DType dtype, List<Long> shape, Path file, long begin, long end) {
    this(name, dtype, shape, file, begin, end, null);
  }

  private static boolean fits(Part p, long count, long stored) {
    if (p.start < 0 || p.run < 1 || p.stride < p.run || count < 1 || count % p.run != 0) {
      return false;
    }
    long last = Math.multiplyExact(count / p.run - 1, p.stride);
    return Math.addExact(Math.addExact(p.start, last), p.run) <= stored;
  }

  /**
   * A part of this tensor.
   *
   * @param what put behind the name in brackets
   * @param partShape its shape
   * @param start see {@link Part}
   * @param run see {@link Part}
   * @param stride see {@link Part}
   * @throws IllegalArgumentException where it does not lie within this tensor
   */
  public TensorInfo part(String what, List<Long> partShape, long start, long run, long stride) {
    if (part != null) {
      throw new IllegalStateException(name + " is a part already");
    }
    return new TensorInfo(
        name + "[" + what + "]",
        dtype,
        partShape,
        file,
        begin,
        end,
        new Part(name, start, run, stride));
  }

  /** The name under which it is stored: its own, or that of the tensor it is a part of. */
  public String storedName() {
    return part == null ? name : part.of;
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

  /** Number of bytes that its elements take. */
  public long byteLength() {
    return part == null ? end - begin : bytes(dtype, shape);
  }

  private void requireMatrix() {
    if (rank() != 2) {
      throw new IllegalStateException(name + " has shape " + shape + ", expected two dimensions");
    }
  }
}
