package dev.orograph.model.forward;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/**
 * Numbers that are learned, as variables: each a view into one vector, so that a step of the
 * optimiser is a few operations on the whole. Those that decay are laid from its front on, the
 * others from its end; what none takes between them stays 0. Owns the memory.
 */
final class Learned implements AutoCloseable {
  /**
   * Where a variable lies in the vector.
   *
   * @param shape its sizes, slowest first
   * @param rate its learning rate over the recipe's
   */
  record Span(long from, long size, List<Long> shape, double rate) {
    /** Part of a vector, in the shape of the variable. */
    Tensor of(Tensor flat) {
      return flat.narrow(0, from, size).view(shape.stream().mapToLong(Long::longValue).toArray());
    }
  }

  private final Flat values;
  private final List<Span> spans = new ArrayList<>();
  private final List<Tensor> leaves = new ArrayList<>();
  private long front;
  private long back;

  /** Room for so many numbers. */
  Learned(Torch torchOf, long size) {
    values = new Flat(torchOf, size);
    back = size;
  }

  /**
   * A further variable.
   *
   * @param value what it begins with
   * @return where it lies; {@link #leaf} is the variable itself
   */
  Span add(List<Long> shape, boolean decays, double rate, Tensor value) {
    long count = shape.stream().reduce(1L, Math::multiplyExact);
    back -= decays ? 0 : count;
    Span span = new Span(decays ? front : back, count, List.copyOf(shape), rate);
    front += decays ? count : 0;
    spans.add(span);
    Tensor view = span.of(values.tensor());
    view.copy_(value);
    // Detached: a variable of its own that shares nothing with the vector but memory.
    leaves.add(Torch.keep(view.detach().requires_grad_(true)));
    return span;
  }

  /** The variable that was added last. */
  Tensor leaf() {
    return leaves.get(leaves.size() - 1);
  }

  /** Numbers at the front of the vector that decay. */
  long decayed() {
    return front;
  }

  Flat values() {
    return values;
  }

  /** Where each variable lies, in the order in which they were added. */
  List<Span> spans() {
    return spans;
  }

  /** The variables, in the same order. */
  TensorVector leaves() {
    return new TensorVector(leaves.toArray(Tensor[]::new));
  }

  /** Adds derivatives by the variables to a vector; those that are not defined are 0. */
  void add(TensorVector derivatives, Tensor into) {
    int i = 0;
    for (Span span : spans) {
      Tensor d = derivatives.get(i++);
      if (d.defined()) {
        span.of(into).add_(d);
      }
    }
  }

  @Override
  public void close() {
    leaves.forEach(Torch::release);
    leaves.clear();
    values.close();
  }
}
