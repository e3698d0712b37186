package dev.orograph.model.forward;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Stored tensors as the library's. Plain ones stay in their mapped file, of any size, where it
 * holds them in the precision of the pass, and are cast where it does not; parts of fused tensors
 * and packed blocks are decoded. A mapped file must not be shortened while it is in use.
 */
final class TensorFiles implements AutoCloseable {
  private static final int CHUNK = 1 << 20;

  /** A matrix of fewer numbers is cast once. */
  private static final long LARGE = 1L << 10;

  private final Checkpoint checkpoint;
  private final Torch torchOf;
  private final Map<Path, Tensor> files = new HashMap<>();
  private final Map<Path, FileChannel> channels = new HashMap<>();
  private final StoredRows.Memory memory;
  private final Map<TensorInfo, Checkpoint.Lying> held = new HashMap<>();

  TensorFiles(Checkpoint checkpoint, Torch torchOf) {
    this.checkpoint = checkpoint;
    this.torchOf = torchOf;
    memory = new StoredRows.Memory(torchOf.precision().type());
  }

  /** The tensor in the precision of the pass. */
  Tensor read(TensorInfo t) {
    try (TensorData data = checkpoint.map(t)) {
      ScalarType type = plain(t);
      return type == null ? decoded(data) : torchOf.placed(mapped(t, type)).view(sizes(t));
    }
  }

  /**
   * The tensor in the type that it is stored in, in its mapped file, where it is large and plain;
   * else in the precision of the pass.
   */
  Tensor inPlace(TensorInfo t) {
    ScalarType type = plain(t);
    return type == null || t.rank() != 2 || t.count() < LARGE
        ? read(t)
        : mapped(t, type).view(sizes(t));
  }

  /** The rows of a tensor that {@link #inPlace} leaves in its file, else null. */
  StoredRows rows(TensorInfo t) {
    ScalarType type = plain(t);
    if (type == null || t.rank() != 2 || t.count() < LARGE) {
      return null;
    }
    Checkpoint.Lying lying = lying(t);
    FileChannel file = channels.computeIfAbsent(lying.file(), TensorFiles::open);
    return new StoredRows(file, lying.begin(), t, type, memory);
  }

  private Checkpoint.Lying lying(TensorInfo t) {
    return held.computeIfAbsent(t, checkpoint::lying);
  }

  private static FileChannel open(Path file) {
    try {
      return FileChannel.open(file, StandardOpenOption.READ);
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }

  private static long[] sizes(TensorInfo t) {
    return t.shape().stream().mapToLong(Long::longValue).toArray();
  }

  /** The library's type where elements lie one after the other, else null. */
  private static ScalarType plain(TensorInfo t) {
    if (t.view() != null || t.encoded() != null) {
      return null;
    }
    return switch (t.dtype()) {
      case F64 -> ScalarType.Double;
      case F32 -> ScalarType.Float;
      case F16 -> ScalarType.Half;
      case BF16 -> ScalarType.BFloat16;
      default -> null;
    };
  }

  /** In the mapped file; a copy where its bytes are not aligned. */
  private Tensor mapped(TensorInfo t, ScalarType type) {
    Checkpoint.Lying lying = lying(t);
    Tensor file = files.computeIfAbsent(lying.file(), TensorFiles::map);
    Tensor bytes = file.narrow(0, lying.begin(), t.end() - t.begin());
    boolean aligned = lying.begin() % t.dtype().bytes() == 0;
    return (aligned ? bytes : bytes.clone(new MemoryFormatOptional())).view(type);
  }

  @SuppressWarnings("try") // the scope frees what is made inside it
  private static Tensor map(Path file) {
    try (PointerScope scope = new PointerScope()) {
      Charset names = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
      byte[] name = file.toString().getBytes(names);
      byte[] ended = java.util.Arrays.copyOf(name, name.length + 1);
      return Torch.keep(
          torch.from_file(
              new BytePointer(ended),
              new BoolOptional(false),
              new LongOptional(file.toFile().length()),
              new TensorOptions(ScalarType.Byte)));
    }
  }

  /** Element by element into memory of the library. */
  private Tensor decoded(TensorData data) {
    TensorInfo t = data.info();
    boolean wide = t.dtype() == DType.F64;
    Tensor into =
        torch.empty(
            sizes(t),
            new TensorOptions(wide ? ScalarType.Double : ScalarType.Float),
            new MemoryFormatOptional());
    fill(data, into);
    return torchOf.placed(into);
  }

  /** Element by element into a tensor without gaps, in float64 or float32. */
  static void fill(TensorData data, Tensor into) {
    boolean wide = into.scalar_type() == ScalarType.Double;
    long count = data.info().count();
    int length = (int) Math.min(CHUNK, count);
    double[] doubles = new double[wide ? length : 0];
    float[] floats = new float[wide ? 0 : length];
    for (long at = 0; at < count; at += length) {
      int n = (int) Math.min(length, count - at);
      if (wide) {
        data.read(at, doubles, 0, n);
        into.data_ptr_double().position(at).put(doubles, 0, n);
      } else {
        data.read(at, floats, 0, n);
        into.data_ptr_float().position(at).put(floats, 0, n);
      }
    }
  }

  @Override
  public void close() {
    files.values().forEach(Torch::release);
    files.clear();
    for (FileChannel each : channels.values()) {
      try {
        each.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    channels.clear();
    memory.close();
    held.values().forEach(Checkpoint.Lying::close);
    held.clear();
  }
}
