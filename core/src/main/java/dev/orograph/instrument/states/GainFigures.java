package dev.orograph.instrument.states;

import dev.orograph.model.forward.State;
import dev.orograph.model.forward.States;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Norms along the residual streams of one model. Null stands for a number that is not finite.
 *
 * @param stacks a stream per stack
 * @param drawn whether the ids were drawn for want of a tokenizer
 * @param leftOut texts that the model cannot read, and why
 * @param fault why nothing could be computed, or null
 */
record GainFigures(List<Stream> stacks, boolean drawn, List<String> leftOut, String fault)
    implements Serializable {
  /** What the seed adds to a norm before it divides by it. */
  static final double FLOOR = 1e-10;

  /**
   * One stack.
   *
   * @param stack its name
   * @param layers blocks
   * @param dModel width of the stream
   * @param heads query heads
   * @param finalNorm whether a norm stands behind the last block
   * @param normed whether the library's last state is the one behind that norm
   * @param after whether norms stand behind the sums, so that no gain is the residual's
   * @param prompts norms of each sequence
   */
  record Stream(
      String stack,
      int layers,
      int dModel,
      int heads,
      boolean finalNorm,
      boolean normed,
      boolean after,
      List<Norms> prompts)
      implements Serializable {
    static Stream of(ResidualStream s) {
      return new Stream(
          s.shape().stack().id(),
          s.shape().layers(),
          s.shape().dModel(),
          s.shape().heads(),
          !s.finalNorm().isEmpty(),
          s.normed(),
          s.after(),
          new ArrayList<>());
    }

    /** rho = heads / (width / heads), the division of whole numbers. */
    double rho() {
      int width = dModel / heads;
      return heads / (double) width;
    }
  }

  /**
   * One sequence in one stack. Lists have layers + 1 entries: what enters block 0, then what leaves
   * each block.
   *
   * @param name the sequence
   * @param tokens its positions
   * @param last L2 norms at the last position
   * @param lastNormed the norm behind the final norm at the last position; null without one
   * @param rest mean over positions from 1 on of the ratio of a norm to the one before, a block
   *     each; empty for one position
   * @param first L2 norms at position 0
   */
  record Norms(
      String name,
      int tokens,
      List<Double> last,
      Double lastNormed,
      List<Double> rest,
      List<Double> first)
      implements Serializable {
    static Norms of(Reading reading, ResidualStream stream, States states) {
      List<double[]> all = stream.blocks().stream().map(n -> norms(states.get(n))).toList();
      int tokens = all.get(0).length;
      List<Double> rest = new ArrayList<>();
      for (int i = 1; i < all.size() && tokens > 1; i++) {
        double sum = 0;
        for (int t = 1; t < tokens; t++) {
          sum += all.get(i)[t] / (all.get(i - 1)[t] + FLOOR);
        }
        rest.add(finite(sum / (tokens - 1)));
      }
      Double normed =
          stream.finalNorm().isEmpty()
              ? null
              : finite(norms(states.get(stream.finalNorm()))[tokens - 1]);
      return new Norms(
          reading.label(),
          tokens,
          all.stream().map(n -> finite(n[tokens - 1])).toList(),
          normed,
          rest,
          all.stream().map(n -> finite(n[0])).toList());
    }

    /** {@code hidden_states} as the library has it: the last entry may be behind the final norm. */
    private List<Double> tuple(boolean behindNorm) {
      List<Double> tuple = new ArrayList<>(last);
      if (behindNorm) {
        tuple.set(tuple.size() - 1, lastNormed);
      }
      return tuple;
    }

    /** h[-1] / h[-2] of the library's tuple. */
    Double withFinalNorm(Stream s) {
      List<Double> h = tuple(s.normed());
      return ratio(h, h.size() - 1);
    }

    /** h[-2] / h[-3]; null for a single block. */
    Double seed004(Stream s) {
      List<Double> h = tuple(s.normed());
      return h.size() < 3 ? null : ratio(h, h.size() - 2);
    }

    /** The last block's output over what entered it. */
    Double lastBlock() {
      return ratio(last, last.size() - 1);
    }

    /** Gain of that block. */
    Double gain(int block) {
      return ratio(last, block + 1);
    }

    private static Double ratio(List<Double> norms, int at) {
      Double a = norms.get(at);
      Double b = norms.get(at - 1);
      return a == null || b == null ? null : finite(a / (b + FLOOR));
    }
  }

  static Double finite(double v) {
    return Double.isFinite(v) ? v : null;
  }

  /** L2 norms of the positions of the first sequence. */
  static double[] norms(State state) {
    double[] x = state.sequence(0);
    int d = Math.toIntExact(state.shape().get(2));
    double[] norms = new double[x.length / d];
    for (int t = 0; t < norms.length; t++) {
      double squares = 0;
      for (int i = t * d; i < (t + 1) * d; i++) {
        squares += x[i] * x[i];
      }
      norms[t] = Math.sqrt(squares);
    }
    return norms;
  }
}
