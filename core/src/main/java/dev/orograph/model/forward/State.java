package dev.orograph.model.forward;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A named state of a pass, {@code (batch, positions, d)} ({@code d} is its own width), in native
 * memory until its {@link States} are closed. Numbers come out as float64 whatever the precision of
 * the pass was.
 */
public final class State {
  private final String name;
  private final Tensor tensor;

  State(String name, Tensor tensor) {
    this.name = name;
    this.tensor = tensor;
  }

  /** Its name: {@code block_0.out}. */
  public String name() {
    return name;
  }

  /** Sizes, slowest first. */
  public List<Long> shape() {
    return LongStream.of(tensor.shape()).boxed().toList();
  }

  /** All numbers in row-major order. */
  @SuppressWarnings("try") // the scope frees what is made inside it
  public double[] doubles() {
    try (PointerScope scope = new PointerScope()) {
      return Torch.doubles(tensor);
    }
  }

  /** One entry of the batch, {@code (positions, d)} in row-major order. */
  @SuppressWarnings("try") // the scope frees what is made inside it
  public double[] sequence(int entry) {
    try (PointerScope scope = new PointerScope()) {
      return Torch.doubles(tensor.select(0, entry));
    }
  }

  /** One position of one entry, {@code (d)}. */
  @SuppressWarnings("try") // the scope frees what is made inside it
  public double[] vector(int entry, int position) {
    try (PointerScope scope = new PointerScope()) {
      return Torch.doubles(tensor.select(0, entry).select(0, position));
    }
  }

  /** All numbers rounded to float32. */
  public float[] floats() {
    double[] wide = doubles();
    float[] narrow = new float[wide.length];
    for (int i = 0; i < wide.length; i++) {
      narrow[i] = (float) wide[i];
    }
    return narrow;
  }

  Tensor tensor() {
    return tensor;
  }

  void close() {
    Torch.release(tensor);
  }

  @Override
  public String toString() {
    return name + " " + Arrays.toString(tensor.shape());
  }
}
