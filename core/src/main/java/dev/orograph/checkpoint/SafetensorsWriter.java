package dev.orograph.checkpoint;

import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Writes safetensors files. The same tensors give the same bytes: metadata sorted by key, tensors
 * from the widest type to the narrowest and then by name, as the reference implementation orders
 * them, and a header padded with spaces to a multiple of 8, so that every tensor is aligned to its
 * element size.
 *
 * <p>The file appears whole or not at all: bytes go to a temporary file beside it, which is forced
 * to the disk and then renamed.
 */
public final class SafetensorsWriter {
  private static final int BUFFER = 1 << 16;

  private SafetensorsWriter() {}

  /**
   * What an array about a tensor may be called: the tensor's name, unless it holds characters that
   * no array may be called by.
   *
   * @param index number that no other tensor has
   */
  public static String arrayName(String tensor, int index) {
    String safe = tensor.replaceAll("\\p{Cc}", "?");
    return safe.equals(tensor) ? safe : safe + "#" + index;
  }

  /** Gives the bytes of one tensor when they are wanted. */
  @FunctionalInterface
  public interface Source {
    /**
     * Writes exactly the bytes of the tensor: little-endian elements in row-major order.
     *
     * @param out buffered; need not be closed
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * A tensor to write.
   *
   * @param name its name, unique in the file
   * @param dtype its element type
   * @param shape its sizes, slowest first
   * @param source its bytes
   */
  public record Entry(String name, DType dtype, List<Long> shape, Source source) {
    /**
     * Checks name and shape.
     *
     * @throws IllegalArgumentException for a name with control characters, {@code __metadata__}, a
     *     negative size, or a block type, which the format does not have
     * @throws ArithmeticException where the number of bytes overflows 63 bits
     */
    public Entry {
      shape = List.copyOf(shape);
      if (name.equals(SafetensorsHeader.METADATA)
          || name.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException("a tensor cannot have this name: " + name);
      }
      if (dtype.block() > 1) {
        throw new IllegalArgumentException(name + " is " + dtype + ", not a type of safetensors");
      }
      TensorInfo.bytes(dtype, shape);
    }

    /**
     * Float64 values.
     *
     * @throws IllegalArgumentException where the shape holds another number of elements
     */
    public static Entry of(String name, double[] values, long... shape) {
      return of(name, DType.F64, values.length, i -> Double.doubleToRawLongBits(values[i]), shape);
    }

    /**
     * Float32 values.
     *
     * @throws IllegalArgumentException where the shape holds another number of elements
     */
    public static Entry of(String name, float[] values, long... shape) {
      return of(name, DType.F32, values.length, i -> Float.floatToRawIntBits(values[i]), shape);
    }

    /**
     * Signed 64-bit integers.
     *
     * @throws IllegalArgumentException where the shape holds another number of elements
     */
    public static Entry of(String name, long[] values, long... shape) {
      return of(name, DType.I64, values.length, i -> values[i], shape);
    }

    /**
     * Bytes that are already in the file's form.
     *
     * @throws IllegalArgumentException where the shape needs another number of bytes
     */
    public static Entry of(String name, DType dtype, byte[] bytes, long... shape) {
      List<Long> sizes = Arrays.stream(shape).boxed().toList();
      requireBytes(name, dtype, sizes, bytes.length);
      return new Entry(name, dtype, sizes, out -> out.write(bytes));
    }

    /** A tensor whose bytes come bit by bit through {@link SafetensorsStream}. */
    public static Entry streamed(String name, DType dtype, List<Long> shape) {
      return new Entry(
          name,
          dtype,
          shape,
          out -> {
            throw new IllegalStateException(name + " is streamed");
          });
    }

    private static Entry of(String name, DType dtype, int count, Patterns patterns, long[] shape) {
      List<Long> sizes = Arrays.stream(shape).boxed().toList();
      requireBytes(name, dtype, sizes, (long) count * dtype.bytes());
      return new Entry(name, dtype, sizes, out -> writePatterns(out, dtype, count, patterns));
    }
  }

  private interface Patterns {
    long at(int i);
  }

  /**
   * Writes a file, replacing one of that name.
   *
   * @param file where; its folder must exist
   * @param metadata strings for {@code __metadata__}; left out where empty
   * @param entries the tensors, in any order
   * @throws IllegalArgumentException for two tensors of one name, or a source that does not write
   *     as many bytes as its shape needs; no file is left then
   * @throws InputException where the disk refuses; no file is left then
   */
  public static void write(Path file, Map<String, String> metadata, List<Entry> entries) {
    write(file, metadata, entries, true);
  }

  /**
   * Writes a file that can be made again: as a whole or not at all, but not forced to the disk, so
   * that a failure of the machine (not of the program) may lose it.
   *
   * @param file where; its folder must exist
   * @param entries the tensors, in any order
   */
  public static void writeUnforced(Path file, List<Entry> entries) {
    write(file, Map.of(), entries, false);
  }

  private static void write(
      Path file, Map<String, String> metadata, List<Entry> entries, boolean force) {
    List<Entry> ordered = ordered(entries);
    try (Disk.Part part = Disk.part(file)) {
      CountedOutput out = new CountedOutput(new BufferedOutputStream(part.stream(), BUFFER));
      out.write(HeaderText.of(metadata, ordered));
      for (Entry entry : ordered) {
        long before = out.count();
        entry.source().writeTo(out);
        requireBytes(entry.name(), entry.dtype(), entry.shape(), out.count() - before);
      }
      out.flush();
      if (force) {
        part.publish();
      } else {
        part.publishUnforced();
      }
    } catch (IOException e) {
      throw InputException.unwritable(file, e);
    }
  }

  /** From the widest type to the narrowest, then by name. */
  static List<Entry> ordered(List<Entry> entries) {
    return entries.stream()
        .sorted(
            Comparator.comparingInt((Entry entry) -> -entry.dtype().bytes())
                .thenComparing(Entry::name))
        .toList();
  }

  private static void writePatterns(OutputStream out, DType dtype, int count, Patterns patterns)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      if (dtype.bytes() == 8) {
        buffer.putLong(patterns.at(i));
      } else {
        buffer.putInt((int) patterns.at(i));
      }
      if (!buffer.hasRemaining() || i == count - 1) {
        out.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
    }
  }

  private static void requireBytes(String name, DType dtype, List<Long> shape, long found) {
    long expected = TensorInfo.bytes(dtype, shape);
    if (expected != found) {
      throw new IllegalArgumentException(
          name + " needs " + expected + " bytes for " + dtype + " " + shape + ", found " + found);
    }
  }
}
