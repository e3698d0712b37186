package dev.orograph.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * Where one tensor is stored and how: elements in row-major order without gaps, or a {@link
 * Strided} view of stored ones.
 *
 * @param name the name in the file; of a part, with what it is in brackets behind it
 * @param dtype the element type
 * @param shape sizes, slowest first; empty for a scalar; a 0 makes the tensor empty
 * @param file the file that holds it
 * @param begin first stored byte, counted from the start of the file
 * @param end the byte after the last, counted from the start of the file
 * @param encoded how elements are made from these bytes; null where they are the elements
 * @param view which of the stored elements these are; null for all, as they lie
 * @param storedName the name under which it is stored: its own, or that of the tensor it is a part
 *     of
 */
public record TensorInfo(
    String name,
    DType dtype,
    List<Long> shape,
    Path file,
    long begin,
    long end,
    Encoded encoded,
    Strided view,
    String storedName) {
  /**
   * Checks that the bytes fit.
   *
   * @throws IllegalArgumentException where the bytes are not as many as shape and type need, or a
   *     view does not lie within them
   * @throws ArithmeticException where the number of elements or bytes overflows 63 bits
   */
  public TensorInfo {
    shape = List.copyOf(shape);
    long bytes = bytes(dtype, shape);
    long held = encoded == null ? end - begin : encoded.length();
    boolean fits =
        view == null
            ? held == bytes
            : view.count() == count(shape)
                && view.fits(held / dtype.bytes() * dtype.block())
                && (dtype.block() == 1 || view.keeps(dtype.block()));
    if (begin < 0 || end < begin || !fits) {
      throw new IllegalArgumentException(
          "bytes " + begin + " to " + end + " do not fit " + dtype + " " + shape);
    }
  }

  /** A whole tensor, as it lies in the file. */
  TensorInfo(String name, DType dtype, List<Long> shape, Path file, long begin, long end) {
    this(name, dtype, shape, file, begin, end, null, null, name);
  }

  /**
   * A part of this tensor: blocks of elements, all equally long and equally far apart. Element i is
   * element {@code start + (i / run) stride + i mod run} of the whole.
   *
   * @param what put behind the name in brackets
   * @param partShape its shape
   * @param start first element
   * @param run elements in a block, at least 1
   * @param stride from the start of one block to that of the next, at least run
   * @throws IllegalArgumentException where it does not lie within this tensor
   */
  public TensorInfo part(String what, List<Long> partShape, long start, long run, long stride) {
    if (isPart()) {
      throw new IllegalStateException(name + " is a part already");
    }
    long elements = count(partShape);
    if (elements < 1 || run < 1 || stride < run || elements % run != 0) {
      throw new IllegalArgumentException(
          "no part of " + run + " in " + stride + " of " + partShape);
    }
    Strided cut = Strided.of(start, List.of(elements / run, run), List.of(stride, 1L));
    if (!cut.fits(count())) {
      throw new IllegalArgumentException(cut + " is not within " + name + " " + shape);
    }
    return new TensorInfo(
        name + "[" + what + "]",
        dtype,
        partShape,
        file,
        begin,
        end,
        encoded,
        view == null ? cut : cut.on(view),
        name);
  }

  /** The same whole tensor under another name. */
  TensorInfo named(String other) {
    return name.equals(other)
        ? this
        : new TensorInfo(other, dtype, shape, file, begin, end, encoded, view, other);
  }

  /** How its elements are stored, for people: the type, and what it was decoded from. */
  public String stored() {
    return scaled() ? encoded.stored() : dtype.name();
  }

  /** Whether its numbers are computed from smaller stored ones and their scales. */
  public boolean scaled() {
    return encoded instanceof Quantised || encoded instanceof ScaledBlocks;
  }

  /** Whether it is a part of a stored tensor. */
  public boolean isPart() {
    return !name.equals(storedName);
  }

  /**
   * Bytes of a tensor of this type and shape, multiplied from left to right as safetensors does.
   *
   * @throws IllegalArgumentException for a negative size, or rows that are no whole blocks
   * @throws ArithmeticException where a product overflows 63 bits
   */
  static long bytes(DType dtype, List<Long> shape) {
    long count = count(shape);
    int block = dtype.block();
    if (block > 1 && (shape.isEmpty() || shape.get(shape.size() - 1) % block != 0)) {
      throw new IllegalArgumentException("rows of " + shape + " are no blocks of " + block);
    }
    return Math.multiplyExact(count / block, (long) dtype.bytes());
  }

  private static long count(List<Long> shape) {
    long count = 1;
    for (long size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException("shape " + shape + " has a negative size");
      }
      count = Math.multiplyExact(count, size);
    }
    return count;
  }

  /** Number of elements; 1 for a scalar. */
  public long count() {
    return count(shape);
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
    return bytes(dtype, shape);
  }

  private void requireMatrix() {
    if (rank() != 2) {
      throw new IllegalStateException(name + " has shape " + shape + ", expected two dimensions");
    }
  }
}
