package dev.orograph.model.forward;

import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * One run through the model: what is wanted of it, and what has been kept.
 *
 * @param wanted names of states
 * @param kept the states so far
 * @param hook what may change the stream
 * @param tape what notes the linear maps on the way, for the way back; null where the library does
 */
record Pass(Set<String> wanted, States kept, Hook hook, Tape tape) {
  /** One whose way back, if there is one, is the library's. */
  Pass(Set<String> wanted, States kept, Hook hook) {
    this(wanted, kept, hook, null);
  }

  /** What a linear map of a block makes of its input. */
  Tensor through(Linear linear, Tensor x) {
    return tape == null ? linear.apply(x) : tape.through(linear, x);
  }

  /** Whether every wanted state is there, so that the rest need not be computed. */
  boolean done() {
    return wanted.stream().allMatch(kept::has);
  }

  /** The state, which is kept where somebody wants it. */
  Tensor at(String name, Tensor state) {
    if (wanted.contains(name)) {
      kept.put(new State(name, Torch.keep(state)));
    }
    return state;
  }
}
