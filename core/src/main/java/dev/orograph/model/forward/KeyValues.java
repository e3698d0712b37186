package dev.orograph.model.forward;

import org.bytedeco.pytorch.Tensor;

/** Keys and values that one attention has seen, kept from one step of writing to the next. */
final class KeyValues implements AutoCloseable {
  private Tensor key;
  private Tensor value;

  /** {@code (batch, keyHeads, positions, dHead)}. */
  Tensor key() {
    return key;
  }

  /** {@code (batch, keyHeads, positions, dHead)}. */
  Tensor value() {
    return value;
  }

  boolean filled() {
    return key != null;
  }

  /** Puts these behind the ones it has. */
  void append(Tensor keys, Tensor values) {
    Tensor k = Torch.keep(filled() ? Torch.cat(2, key, keys) : keys);
    Tensor v = Torch.keep(filled() ? Torch.cat(2, value, values) : values);
    close();
    key = k;
    value = v;
  }

  @Override
  public void close() {
    if (filled()) {
      Torch.release(key);
      Torch.release(value);
      key = null;
      value = null;
    }
  }
}
