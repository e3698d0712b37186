package dev.orograph.model.forward;

import dev.orograph.linalg.Lapack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The native library and who owns its memory. Everything that an operation returns belongs to the
 * innermost {@link PointerScope} and is freed when that closes; what must outlive it is {@linkplain
 * #keep kept} and given back by {@link #release}.
 */
final class Torch {
  static {
    Lapack.ownMemory();
    extract();
  }

  private final Precision precision;
  private final Device device;

  Torch(Precision precision, Device device) {
    this.precision = precision;
    this.device = device;
    if (device == Device.CUDA && !torch.cuda_is_available()) {
      throw new UnsupportedOperationException("no CUDA device, or not the library for it");
    }
    if (PassKernels.loaded().isEmpty()) {
      PassKernels.load();
    }
  }

  /**
   * Unpacks our libraries before a class of theirs is initialised: the loader would otherwise find
   * those of the distribution where they are installed, and the process would end.
   */
  private static void extract() {
    String platform = Loader.getPlatform();
    if (!platform.startsWith("linux")) {
      return;
    }
    try {
      for (String name : List.of("libc10.so", "libtorch_cpu.so", "libtorch.so")) {
        Loader.cacheResource("/org/bytedeco/pytorch/" + platform + "/" + name);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the native library of the forward pass", e);
    }
  }

  Precision precision() {
    return precision;
  }

  Device device() {
    return device;
  }

  private org.bytedeco.pytorch.Device place() {
    return new org.bytedeco.pytorch.Device(device.name().toLowerCase(Locale.ROOT));
  }

  /** What a pass computes with. */
  TensorOptions options() {
    return options(precision.type());
  }

  private TensorOptions options(ScalarType type) {
    return new TensorOptions(place()).dtype(new ScalarTypeOptional(type));
  }

  /** These numbers in the precision of the pass. */
  Tensor numbers(double[] values, long... shape) {
    return placed(exact(values, shape));
  }

  /** These numbers in float64. */
  static Tensor exact(double[] values, long... shape) {
    TensorOptions type = new TensorOptions(ScalarType.Double);
    Tensor t = torch.empty(shape, type, new MemoryFormatOptional());
    t.data_ptr_double().put(values, 0, values.length);
    return t;
  }

  /** These whole numbers. */
  Tensor whole(long[] values, long... shape) {
    Tensor t = torch.empty(shape, new TensorOptions(ScalarType.Long), new MemoryFormatOptional());
    t.data_ptr_long().put(values, 0, values.length);
    return t.to(place(), ScalarType.Long);
  }

  /** These whole numbers, {@code (rows, columns)}. */
  Tensor whole(List<int[]> rows) {
    int columns = rows.get(0).length;
    long[] values = new long[Math.multiplyExact(rows.size(), columns)];
    for (int i = 0; i < values.length; i++) {
      values[i] = rows.get(i / columns)[i % columns];
    }
    return whole(values, rows.size(), columns);
  }

  /** The tensor on the device, in the precision of the pass; itself where it is so already. */
  Tensor placed(Tensor t) {
    return t.to(place(), precision.type());
  }

  /** An operation's result, which lives in the scope around this call; all else is freed. */
  @SuppressWarnings("try") // the scope frees what is made inside it
  static Tensor scoped(Supplier<Tensor> work) {
    Tensor result;
    try (PointerScope inner = new PointerScope()) {
      result = keep(work.get());
    }
    return given(result);
  }

  /** The tensor, which now outlives its scope. */
  static Tensor keep(Tensor t) {
    t.retainReference();
    return t;
  }

  /** What was kept, which lives in the scope around this call from now on. */
  static Tensor given(Tensor kept) {
    PointerScope.getInnerScope().attach(kept);
    release(kept);
    return kept;
  }

  /** Gives back what was kept. */
  static void release(Tensor t) {
    t.releaseReference();
  }

  static TensorOptional optional(Tensor t) {
    return t == null ? new TensorOptional() : new TensorOptional(t);
  }

  static Tensor times(Tensor t, double factor) {
    return factor == 1 ? t : t.mul(new Scalar(factor));
  }

  static Tensor cat(long dimension, Tensor... parts) {
    return torch.cat(new TensorVector(parts), dimension);
  }

  static ScalarTypeOptional type(ScalarType t) {
    return new ScalarTypeOptional(t);
  }

  /** All elements in row-major order. */
  static double[] doubles(Tensor t) {
    double[] values = new double[Math.toIntExact(t.numel())];
    t.to(ScalarType.Double).contiguous().cpu().data_ptr_double().get(values);
    return values;
  }
}
