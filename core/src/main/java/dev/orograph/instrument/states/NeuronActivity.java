package dev.orograph.instrument.states;

import dev.orograph.model.design.Activation;
import dev.orograph.model.forward.State;
import java.util.Arrays;

/**
 * Which neurons of one MLP never act on what is read. An activation is what enters the MLP's last
 * projection, behind the gate where there is one: f(up x), or f(gate x) * up x. A neuron is silent
 * where it stays exactly 0 (ReLU), or within {@link #SHARE} of the root mean square of all of the
 * layer's activations (GELU and SiLU are 0 nowhere but at 0).
 */
final class NeuronActivity {
  /** Of the root mean square, as a neuron is dead by weights below 1 % of the mean. */
  static final double SHARE = 0.01;

  private final boolean exact;
  private double[] largest = {};
  private double squares;
  private int tokens;

  NeuronActivity(Activation activation) {
    exact = activation == Activation.RELU;
  }

  /** Takes in the first sequence of a state {@code (batch, positions, dFf)}. */
  void add(State state) {
    int width = Math.toIntExact(state.shape().get(2));
    largest = Arrays.copyOf(largest, width);
    int positions = Math.toIntExact(state.shape().get(1));
    for (int t = 0; t < positions; t++) {
      double[] x = state.vector(0, t);
      for (int i = 0; i < width; i++) {
        largest[i] = Math.max(largest[i], Math.abs(x[i]));
        squares += x[i] * x[i];
      }
    }
    tokens += positions;
  }

  /** Its figures; needs one sequence. */
  StateFigures.Active figures(int layer) {
    double bound = exact ? 0 : SHARE * Math.sqrt(squares / ((double) tokens * largest.length));
    int silent = (int) Arrays.stream(largest).filter(v -> v <= bound).count();
    return new StateFigures.Active(layer, largest.length, silent, bound, tokens);
  }
}
