package dev.orograph.model.forward;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A vector in native memory with a number for every trained parameter of a model: their values,
 * their gradient, a moment of it. Owns the memory.
 */
public final class Flat implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  private final Tensor tensor;
  private boolean closed;

  /** Zeros. */
  @SuppressWarnings("try") // the scope frees what is made inside it
  Flat(Torch torchOf, long size) {
    try (PointerScope scope = new PointerScope()) {
      tensor = Torch.keep(torch.zeros(new long[] {size}, torchOf.options()));
    }
  }

  Tensor tensor() {
    return tensor;
  }

  /** Its numbers. */
  @SuppressWarnings("try") // the scope frees what is made inside it
  public double[] doubles() {
    try (PointerScope scope = new PointerScope()) {
      return Torch.doubles(tensor);
    }
  }

  /** A tensor of a file, with every bit. */
  public Entry entry(String name) {
    DType type = tensor.scalar_type() == ScalarType.Double ? DType.F64 : DType.F32;
    return entry(name, type, List.of(tensor.numel()), tensor);
  }

  /** Takes the numbers of that tensor of a file, which must be as many and of the same type. */
  public void read(Checkpoint c, String name) {
    Entry own = entry(name);
    TensorInfo info =
        c.tensor(name)
            .filter(t -> t.dtype() == own.dtype() && t.shape().equals(own.shape()))
            .orElseThrow(
                () ->
                    InputException.at(c.files().get(0))
                        .place(Text.quoted(name))
                        .expected("should be " + own.dtype() + " " + own.shape())
                        .found("there is no such tensor")
                        .remedy("remove the file to start again")
                        .build());
    try (TensorData data = c.map(info)) {
      TensorFiles.fill(data, tensor);
    }
  }

  /** A tensor of a file that holds these numbers, rounded to the nearest, ties to even. */
  static Entry entry(String name, DType type, List<Long> shape, Tensor t) {
    return new Entry(name, type, shape, out -> write(t, type, out));
  }

  @SuppressWarnings("try") // the scope frees what is made inside it
  private static void write(Tensor t, DType type, OutputStream out) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      Tensor bytes = t.detach().to(type(type)).contiguous().cpu().reshape(-1).view(ScalarType.Byte);
      BytePointer at = new BytePointer(bytes.data_ptr());
      byte[] chunk = new byte[BUFFER];
      long length = bytes.numel();
      for (long from = 0; from < length; from += chunk.length) {
        int n = (int) Math.min(chunk.length, length - from);
        at.position(from).get(chunk, 0, n);
        out.write(chunk, 0, n);
      }
    }
  }

  private static ScalarType type(DType type) {
    return switch (type) {
      case F64 -> ScalarType.Double;
      case F32 -> ScalarType.Float;
      case F16 -> ScalarType.Half;
      case BF16 -> ScalarType.BFloat16;
      default -> throw new IllegalArgumentException("weights are not written as " + type);
    };
  }

  /** Frees it. A second call does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Torch.release(tensor);
    }
  }
}
