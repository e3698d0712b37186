package dev.orograph.model.forward;

import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * One run through the model: what is wanted of it, and what has been kept.
 *
 * @param wanted names of states
 * @param kept the states so far
 * @param hook what may change the stream
 */
record Pass(Set<String> wanted, States kept, Hook hook) {
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
