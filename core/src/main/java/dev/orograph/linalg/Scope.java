package dev.orograph.linalg;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Owner of native memory: everything allocated through a scope is freed when it closes, in reverse
 * order, never by the garbage collector. Not safe for use by several threads.
 */
public final class Scope implements AutoCloseable {
  static {
    Lapack.ownMemory();
  }

  private final Deque<Pointer> owned = new ArrayDeque<>();

  /** A zero-filled matrix of float64, {@code rows x columns}, column-major. */
  public Matrix matrix(int rows, int columns) {
    return new Matrix(rows, columns, doubles((long) rows * columns));
  }

  /** A vector of 16-bit words, uninitialised; at most 2^30 - 1 of them. */
  public java.nio.ShortBuffer shorts(long count) {
    return bytes(Math.multiplyExact(count, 2L)).asByteBuffer().order(NATIVE).asShortBuffer();
  }

  /** A vector of 32-bit words, uninitialised; at most 2^29 - 1 of them. */
  public java.nio.IntBuffer ints(long count) {
    return bytes(Math.multiplyExact(count, 4L)).asByteBuffer().order(NATIVE).asIntBuffer();
  }

  /** A vector of 64-bit words, uninitialised; at most 2^28 - 1 of them. */
  public java.nio.LongBuffer longs(long count) {
    return bytes(Math.multiplyExact(count, 8L)).asByteBuffer().order(NATIVE).asLongBuffer();
  }

  private static final java.nio.ByteOrder NATIVE = java.nio.ByteOrder.nativeOrder();

  private BytePointer bytes(long count) {
    if (count > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          count + " bytes: a buffer holds at most " + Integer.MAX_VALUE);
    }
    BytePointer p = new BytePointer(Math.max(1, count));
    owned.push(p);
    return p;
  }

  DoublePointer doubles(long count) {
    DoublePointer p = new DoublePointer(Math.max(1, count));
    owned.push(p);
    Pointer.memset(p, 0, Math.max(1, count) * Double.BYTES);
    return p;
  }

  /** A vector of float32, uninitialised. */
  FloatPointer floats(long count) {
    FloatPointer p = new FloatPointer(Math.max(1, count));
    owned.push(p);
    return p;
  }

  /**
   * Gives memory that was freed back to the system, where the C library's allocator can: it keeps
   * some with every thread, which nobody counts.
   */
  public static void giveBack() {
    Pointer.trimMemory();
  }

  @Override
  public void close() {
    while (!owned.isEmpty()) {
      owned.pop().deallocate();
    }
  }
}
