package dev.orograph.model.forward;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Keys and values of all blocks of a stack that writes, and the memory that it reads. */
final class Cache implements AutoCloseable {
  private final List<KeyValues> own = new ArrayList<>();
  private final List<KeyValues> other = new ArrayList<>();
  private Tensor memory;
  private int length;

  Cache(int layers) {
    for (int i = 0; i < layers; i++) {
      own.add(new KeyValues());
      other.add(new KeyValues());
    }
  }

  KeyValues own(int layer) {
    return own.get(layer);
  }

  KeyValues other(int layer) {
    return other.get(layer);
  }

  /** Positions that it holds. */
  int length() {
    return length;
  }

  void grow(int positions) {
    length += positions;
  }

  /** The encoder's last state; null until it has run. */
  Tensor memory() {
    return memory;
  }

  void remember(Tensor state) {
    memory = Torch.keep(state);
  }

  @Override
  public void close() {
    own.forEach(KeyValues::close);
    other.forEach(KeyValues::close);
    if (memory != null) {
      Torch.release(memory);
      memory = null;
    }
  }
}
