package dev.orograph.checkpoint;

import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;

/**
 * The elements of one tensor, mapped read-only. Nothing is copied until it is read; {@link #close}
 * gives the mapping back at once.
 *
 * <p>Indices count elements in row-major order. Any number of threads may read at the same time;
 * closing waits for them, and reading after that is an {@link IllegalStateException}. An index
 * outside of the tensor or the array is an {@link IndexOutOfBoundsException}. A file that somebody
 * else shortens while it is mapped is an {@link dev.orograph.input.InputException} where the Java
 * runtime tells in time, which it need not, see {@link #shortened}.
 */
public final class TensorData implements AutoCloseable {
  /** Bytes that lie together of which fewer are gathered before they are decoded. */
  private static final int SHORT = 128;

  private static final int GATHERED = 1 << 13;
  private static final int BLOCKS = 256;

  private final TensorInfo info;
  private final MappedWindows windows;
  private final Decoded quantised;
  private final Consumer<TensorData> onClose;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  TensorData(TensorInfo info, int windowBits, Consumer<TensorData> onClose) {
    this.info = info;
    this.onClose = onClose;
    this.windows = map(info, windowBits);
    try {
      this.quantised =
          info.encoded() instanceof Quantised q
              ? q.new Open(windows, windowBits)
              : info.encoded() instanceof ScaledBlocks s ? s.open(windows, windowBits) : null;
    } catch (RuntimeException e) {
      windows.close();
      throw e;
    }
  }

  /** The stored bytes, or what they decode to where that takes a file of its own. */
  static MappedWindows map(TensorInfo info, int windowBits) {
    if (info.encoded() instanceof Deflated deflated) {
      return deflated.map(info, windowBits);
    }
    if (info.encoded() instanceof ProtoNumbers numbers) {
      return numbers.map(info, windowBits);
    }
    return MappedWindows.map(info.file(), info.begin(), info.end(), windowBits);
  }

  /** What is mapped. */
  public TensorInfo info() {
    return info;
  }

  /**
   * Reads elements as float64; see {@link DType#decode} for what is exact (all but large 64-bit
   * integers); elements of block types are float32 numbers, see {@link Blocks}.
   *
   * @param from index of the first element
   * @param into where they go
   * @param offset index in {@code into} of the first
   * @param length how many
   */
  public void read(long from, double[] into, int offset, int length) {
    DType dtype = info.dtype();
    if (dtype.block() > 1) {
      Objects.checkFromIndexSize(offset, length, into.length);
      float[] chunk = new float[Math.min(length, GATHERED)];
      for (int done = 0; done < length; done += chunk.length) {
        int n = Math.min(chunk.length, length - done);
        read(from + done, chunk, 0, n);
        for (int i = 0; i < n; i++) {
          into[offset + done + i] = chunk[i];
        }
      }
      return;
    }
    each(
        from,
        into.length,
        offset,
        length,
        dtype.bytes(),
        (window, at, to, n) -> Elements.decode(dtype, window, at, into, to, n));
  }

  /**
   * Reads elements as float32, rounded once to nearest with ties to even, as NumPy's {@code
   * astype(float32)} does; float32 patterns are kept bit for bit.
   *
   * @param from index of the first element
   * @param into where they go
   * @param offset index in {@code into} of the first
   * @param length how many
   */
  public void read(long from, float[] into, int offset, int length) {
    DType dtype = info.dtype();
    if (dtype.block() > 1) {
      blocks(from, into, offset, length);
      return;
    }
    each(
        from,
        into.length,
        offset,
        length,
        dtype.bytes(),
        (window, at, to, n) -> Elements.decode(dtype, window, at, into, to, n));
  }

  /**
   * Copies 16-bit patterns as they are stored.
   *
   * @param from index of the first element
   * @param into where they go
   * @param offset index in {@code into} of the first
   * @param length how many
   * @throws IllegalStateException where elements do not have two bytes
   */
  public void readRaw(long from, short[] into, int offset, int length) {
    requireBytes(2);
    each(
        from,
        into.length,
        offset,
        length,
        2,
        (window, at, to, n) -> window.asShortBuffer().get(at >> 1, into, to, n));
  }

  /**
   * Copies 32-bit patterns as they are stored.
   *
   * @param from index of the first element
   * @param into where they go
   * @param offset index in {@code into} of the first
   * @param length how many
   * @throws IllegalStateException where elements do not have four bytes
   */
  public void readRaw(long from, int[] into, int offset, int length) {
    requireBytes(4);
    each(
        from,
        into.length,
        offset,
        length,
        4,
        (window, at, to, n) -> window.asIntBuffer().get(at >> 2, into, to, n));
  }

  /**
   * Copies 64-bit patterns as they are stored.
   *
   * @param from index of the first element
   * @param into where they go
   * @param offset index in {@code into} of the first
   * @param length how many
   * @throws IllegalStateException where elements do not have eight bytes
   */
  public void readRaw(long from, long[] into, int offset, int length) {
    requireBytes(8);
    each(
        from,
        into.length,
        offset,
        length,
        8,
        (window, at, to, n) -> window.asLongBuffer().get(at >> 3, into, to, n));
  }

  /**
   * Copies bytes as they are stored, of any type: here {@code from} and {@code length} count bytes
   * of the tensor.
   *
   * @param from index of the first byte
   * @param into where they go
   * @param offset index in {@code into} of the first
   * @param length how many bytes
   */
  public void readRaw(long from, byte[] into, int offset, int length) {
    each(from, into.length, offset, length, 1, (window, at, to, n) -> window.get(at, into, to, n));
  }

  /** Gives the mapping back, once reads that are under way have ended. A second call is nothing. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        windows.close();
        if (quantised != null) {
          quantised.close();
        }
        onClose.accept(this);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Reads n units that lie in one window, from byte {@code at} of it. */
  private interface Piece {
    void read(ByteBuffer window, int at, int to, int n);
  }

  private void each(long from, int room, int offset, int length, int unit, Piece piece) {
    Objects.checkFromIndexSize(offset, length, room);
    Objects.checkFromIndexSize(from, (long) length, info.byteLength() / unit);
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException(info.name() + " is closed");
      }
      long at = from * unit;
      int done = 0;
      while (done < length) {
        if (quantised != null) {
          int n = Math.min(length - done, GATHERED / unit);
          piece.read(decoded(at, n * unit), (int) (at % Float.BYTES), offset + done, n);
          done += n;
          at += (long) n * unit;
          continue;
        }
        long stored = stored(at);
        int position = windows.positionOf(stored);
        long together = Math.min(contiguous(at), windows.windowSize() - position);
        int n;
        if (info.view() != null && together < SHORT && (long) (length - done) * unit > together) {
          n = Math.min(length - done, GATHERED / unit);
          piece.read(gather(at, n, unit), 0, offset + done, n);
        } else {
          n = (int) Math.min(length - done, together / unit);
          piece.read(windows.windowOf(stored), position, offset + done, n);
        }
        done += n;
        at += (long) n * unit;
      }
    } catch (InternalError e) {
      if (!shortened(e)) {
        throw e;
      }
      throw InputException.at(info.file())
          .place(Text.quoted(info.name()))
          .found("became shorter while it was read")
          .remedy("start again when nothing writes to it")
          .cause(e)
          .build();
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Whether an error is that of the Java runtime for a mapped file that somebody has shortened. It
   * may come from a later place in the program than the one that read.
   */
  public static boolean shortened(Throwable e) {
    return e instanceof InternalError
        && e.getMessage() != null
        && e.getMessage().contains("unsafe memory access");
  }

  /** Units that lie scattered, put together so that they are decoded in one go. */
  private ByteBuffer gather(long at, int n, int unit) {
    ByteBuffer together = ByteBuffer.allocate(n * unit).order(ByteOrder.LITTLE_ENDIAN);
    // Where elements lie a fixed way apart, that way is gone without asking for each.
    boolean steps = info.dtype().block() == 1 && unit == info.dtype().bytes();
    for (int i = 0; i < n; ) {
      long first = at + (long) i * unit;
      int m = steps ? (int) Math.min(n - i, info.view().steady(first / unit)) : 1;
      put(stored(first), info.view().step() * unit, m, unit, together);
      i += m;
    }
    return together.flip();
  }

  private void put(long stored, long step, int n, int unit, ByteBuffer together) {
    long at = stored;
    for (int i = 0; i < n; i++) {
      ByteBuffer window = windows.windowOf(at);
      int position = windows.positionOf(at);
      switch (unit) {
        case 1 -> together.put(window.get(position));
        case 2 -> together.putShort(window.getShort(position));
        case 4 -> together.putInt(window.getInt(position));
        default -> together.putLong(window.getLong(position));
      }
      at += step;
    }
  }

  /** The elements that hold bytes {@code at} to {@code at + length}, decoded. */
  private ByteBuffer decoded(long at, int length) {
    long first = at / Float.BYTES;
    int count = (int) ((at + length - 1) / Float.BYTES - first) + 1;
    ByteBuffer elements = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    Strided view = info.view();
    for (int i = 0; i < count; i++) {
      elements.putFloat(quantised.value(view == null ? first + i : view.at(first + i)));
    }
    return elements.flip();
  }

  /** Where byte {@code at} of these elements lies among the stored bytes. */
  private long stored(long at) {
    Strided view = info.view();
    if (view == null) {
      return at;
    }
    int bytes = info.dtype().bytes();
    int block = info.dtype().block();
    return view.at(at / bytes * block) / block * bytes + at % bytes;
  }

  /** How many bytes from {@code at} on lie without a gap. */
  private long contiguous(long at) {
    Strided view = info.view();
    if (view == null) {
      return Long.MAX_VALUE;
    }
    int bytes = info.dtype().bytes();
    int block = info.dtype().block();
    return view.run(at / bytes * block) / block * bytes - at % bytes;
  }

  /** Elements of a block type, from any of them on. */
  private void blocks(long from, float[] into, int offset, int length) {
    DType dtype = info.dtype();
    Objects.checkFromIndexSize(offset, length, into.length);
    Objects.checkFromIndexSize(from, (long) length, info.count());
    int block = dtype.block();
    byte[] raw = new byte[Math.min(BLOCKS, length / block + 2) * dtype.bytes()];
    int done = 0;
    while (done < length) {
      long at = from + done;
      int skip = (int) (at % block);
      int n = Math.min(length - done, raw.length / dtype.bytes() * block - skip);
      int whole = (skip + n + block - 1) / block;
      readRaw(at / block * dtype.bytes(), raw, 0, whole * dtype.bytes());
      Blocks.decode(dtype, raw, skip, n, into, offset + done);
      done += n;
    }
  }

  private void requireBytes(int bytes) {
    if (info.dtype().bytes() != bytes) {
      throw new IllegalStateException(
          info.name() + " is " + info.dtype() + ", expected a type of " + bytes + " bytes");
    }
  }
}
