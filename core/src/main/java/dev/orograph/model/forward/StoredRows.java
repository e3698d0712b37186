package dev.orograph.model.forward;

import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Rows of a stored matrix, read and cast when they are used. A page of memory that is touched for
 * the first time, of a mapped file too, costs a fault, which in a virtual machine takes many times
 * as long as the numbers in it; so both the bytes and their cast go where others were before. May
 * be used by several threads.
 *
 * @param file where it lies
 * @param begin its first byte there
 * @param info the matrix, plain, {@code (rows, columns)}
 * @param type the library's type of its numbers
 * @param memory what it is read into, shared with other matrices
 */
record StoredRows(FileChannel file, long begin, TensorInfo info, ScalarType type, Memory memory) {

  /** Memory that is used again and again: as many places as threads have wanted one at once. */
  static final class Memory implements AutoCloseable {
    /** Bytes as they are stored, and a vector of numbers. */
    private record Place(ByteBuffer bytes, Tensor numbers) {}

    private final TensorOptions type;
    private final ConcurrentLinkedQueue<Place> free = new ConcurrentLinkedQueue<>();

    /** For casts to that type. */
    Memory(ScalarType type) {
      this.type = new TensorOptions(type);
    }

    @SuppressWarnings("try") // the scope frees what is made inside it
    private Place take(int bytes, long numbers) {
      Place place = free.poll();
      if (place != null
          && place.bytes().capacity() >= bytes
          && place.numbers().numel() >= numbers) {
        place.bytes().clear().limit(bytes);
        return place;
      }
      if (place != null) {
        Torch.release(place.numbers());
      }
      try (PointerScope scope = new PointerScope()) {
        Tensor t = torch.empty(new long[] {numbers}, type, new MemoryFormatOptional());
        return new Place(ByteBuffer.allocateDirect(bytes), Torch.keep(t));
      }
    }

    @Override
    public void close() {
      for (Place p = free.poll(); p != null; p = free.poll()) {
        Torch.release(p.numbers());
      }
    }
  }

  /**
   * What is made of some rows, in the memory's type.
   *
   * @param product must not hold them beyond its return, as a graph would
   */
  Tensor with(long from, long count, UnaryOperator<Tensor> product) {
    int bytes = Math.toIntExact(count * info.columns() * info.dtype().bytes());
    Memory.Place place = memory.take(bytes, count * info.columns());
    try {
      fill(place.bytes(), begin + from * info.columns() * info.dtype().bytes());
      return Torch.scoped(
          () -> {
            long[] sizes = {count, info.columns()};
            BytePointer at = new BytePointer(place.bytes().rewind());
            Tensor stored = torch.from_blob(at, sizes, new TensorOptions(type));
            Tensor cast = place.numbers().narrow(0, 0, stored.numel()).view(sizes);
            return product.apply(cast.copy_(stored));
          });
    } finally {
      memory.free.add(place);
    }
  }

  private void fill(ByteBuffer buffer, long at) {
    try {
      while (buffer.hasRemaining()) {
        int n = file.read(buffer, at + buffer.position());
        if (n < 0) {
          throw InputException.at(info.file())
              .place(Text.quoted(info.name()))
              .expected("should end at byte " + info.end())
              .found("the file ends before")
              .remedy("it was shortened while it was in use; start again with a whole one")
              .build();
        }
      }
    } catch (IOException e) {
      throw InputException.unreadable(info.file(), e);
    }
  }
}
