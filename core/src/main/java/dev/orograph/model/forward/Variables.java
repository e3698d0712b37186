package dev.orograph.model.forward;

import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/**
 * The weights of a model as variables: each a view into one vector, so that a step of the optimiser
 * is a few operations on the whole. Those that decay are laid from its front on, the others (norms,
 * biases, T5's relative bias) from its end; what no weight takes between them stays 0.
 */
final class Variables implements AutoCloseable {
  /** Where a weight lies in the vector. */
  record Span(long from, long size) {}

  private final TensorFiles files;
  private final Flat values;
  private final Map<Parameter, Span> spans = new LinkedHashMap<>();
  private final List<Tensor> leaves = new ArrayList<>();
  private long front;
  private long back;

  Variables(Model model, Torch torchOf) {
    back = model.count();
    values = new Flat(torchOf, back);
    files = new TensorFiles(model.checkpoint(), torchOf);
  }

  /** The variable of a weight, with its stored value; asked for once. */
  Tensor read(Parameter p) {
    long[] sizes = p.tensor().shape().stream().mapToLong(Long::longValue).toArray();
    long count = p.tensor().count();
    boolean decays = decays(p);
    back -= decays ? 0 : count;
    Span span = new Span(decays ? front : back, count);
    front += decays ? count : 0;
    spans.put(p, span);
    Tensor view = values.tensor().narrow(0, span.from(), count).view(sizes);
    view.copy_(files.read(p.tensor()));
    // Detached: a variable of its own that shares nothing with the vector but memory.
    Tensor leaf = view.detach().requires_grad_(true);
    leaves.add(Torch.keep(leaf));
    return leaf;
  }

  private static boolean decays(Parameter p) {
    Component c = p.role().component();
    return p.tensor().rank() > 1 && c != Component.NORM && c != Component.POSITION_BIAS;
  }

  /** Numbers at the front of the vector that decay. */
  long decayed() {
    return front;
  }

  Flat values() {
    return values;
  }

  /** Where each weight lies, in the order in which they were asked for. */
  Map<Parameter, Span> spans() {
    return spans;
  }

  /** The variables, in the same order. */
  TensorVector leaves() {
    return new TensorVector(leaves.toArray(Tensor[]::new));
  }

  /** Part of a vector, in the shape of the weight. */
  static Tensor view(Parameter p, Span span, Tensor flat) {
    long[] sizes = p.tensor().shape().stream().mapToLong(Long::longValue).toArray();
    return flat.narrow(0, span.from(), span.size()).view(sizes);
  }

  /** The values of a variable, in the shape of the weight. */
  Tensor current(Parameter p) {
    return view(p, spans.get(p), values.tensor());
  }

  /** A weight that is no variable, as it is stored, in the precision of the pass. */
  Tensor stored(Parameter p) {
    return files.read(p.tensor());
  }

  /** Adds derivatives by the variables to a vector; those that are not defined are 0. */
  void add(TensorVector derivatives, Tensor into) {
    int i = 0;
    for (Map.Entry<Parameter, Span> e : spans.entrySet()) {
      Tensor d = derivatives.get(i++);
      if (d.defined()) {
        view(e.getKey(), e.getValue(), into).add_(d);
      }
    }
  }

  @Override
  public void close() {
    leaves.forEach(Torch::release);
    leaves.clear();
    values.close();
    files.close();
  }
}
