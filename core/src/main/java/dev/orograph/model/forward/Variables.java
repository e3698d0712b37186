package dev.orograph.model.forward;

import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * The weights of a model as variables. Matrices decay; norms, biases and T5's relative bias do not.
 */
final class Variables implements AutoCloseable {
  private final TensorFiles files;
  private final Learned learned;
  private final Map<Parameter, Learned.Span> spans = new LinkedHashMap<>();

  Variables(Model model, Torch torchOf) {
    learned = new Learned(torchOf, model.count());
    files = new TensorFiles(model.checkpoint(), torchOf);
  }

  /** The variable of a weight, with its stored value; asked for once. */
  Tensor read(Parameter p) {
    spans.put(p, learned.add(p.tensor().shape(), decays(p), 1, files.read(p.tensor())));
    return learned.leaf();
  }

  private static boolean decays(Parameter p) {
    Component c = p.role().component();
    return p.tensor().rank() > 1 && c != Component.NORM && c != Component.POSITION_BIAS;
  }

  Learned learned() {
    return learned;
  }

  /** Where each weight lies, in the order in which they were asked for. */
  Map<Parameter, Learned.Span> spans() {
    return spans;
  }

  /** The values of a variable, in the shape of the weight. */
  Tensor current(Parameter p) {
    return spans.get(p).of(learned.values().tensor());
  }

  /** A weight that is no variable, as it is stored, in the precision of the pass. */
  Tensor stored(Parameter p) {
    return files.read(p.tensor());
  }

  @Override
  public void close() {
    learned.close();
    files.close();
  }
}
