package dev.orograph.model;

import dev.orograph.checkpoint.TensorData;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;

/**
 * One block of a transformer in float64, the slow plain way, from the weights that a {@link Model}
 * hands out: matrices by their role, everything else by the end of its name. Positions are rows, a
 * state is {@code [nTokens][dModel]}.
 */
final class PlainBlock {
  private final Map<String, double[][]> matrices = new HashMap<>();
  private final Map<String, double[]> vectors = new HashMap<>();
  private final StackSpec stack;

  /** Reads block 0's weights of that stack. */
  PlainBlock(Model model, List<Parameter> parameters, StackSpec stack) {
    this.stack = stack;
    for (Parameter p : parameters) {
      try (TensorData data = model.checkpoint().map(p.tensor())) {
        double[] all = new double[Math.toIntExact(p.tensor().count())];
        data.read(0, all, 0, all.length);
        String key = key(p);
        Object before =
            p.matrix() ? matrices.put(key, matrix(p, all)) : vectors.putIfAbsent(key, all);
        if (before != null) {
          throw new AssertionError("two tensors are " + key);
        }
      }
    }
  }

  private static String key(Parameter p) {
    boolean byRole =
        switch (p.role().component()) {
          case NORM, SCALE -> false;
          default -> true;
        };
    String name = p.tensor().name();
    return byRole ? p.role().component().id() : name.substring(name.indexOf(".0.") + 3);
  }

  /** {@code (outputs, inputs)}. */
  private static double[][] matrix(Parameter p, double[] all) {
    double[][] w = new double[(int) p.outputs()][(int) p.inputs()];
    for (int o = 0; o < w.length; o++) {
      for (int i = 0; i < w[o].length; i++) {
        w[o][i] = p.transposed() ? all[i * w.length + o] : all[o * w[o].length + i];
      }
    }
    return w;
  }

  /** y = W x + b, with b where there is one. */
  double[][] linear(Component component, double[][] x) {
    double[][] w = matrices.get(component.id());
    double[] b = vectors.get(component.id());
    double[][] y = new double[x.length][w.length];
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < w.length; o++) {
        double sum = b == null ? 0 : b[o];
        for (int i = 0; i < w[o].length; i++) {
          sum += w[o][i] * x[t][i];
        }
        y[t][o] = sum;
      }
    }
    return y;
  }

  /** Softmax of scaled products, then the output projection; {@code mask[j]} hides key j. */
  double[][] attention(
      double[][] q, double[][] k, double[][] v, boolean causal, boolean[] mask, KeyHead keyHead) {
    int d = stack.dHead();
    double[][] z = new double[q.length][stack.heads() * d];
    for (int h = 0; h < stack.heads(); h++) {
      int g = keyHead.of(h);
      for (int i = 0; i < q.length; i++) {
        double[] p = new double[k.length];
        double most = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < k.length; j++) {
          double score = Double.NEGATIVE_INFINITY;
          if (!mask[j] && (!causal || j <= i)) {
            score = 0;
            for (int e = 0; e < d; e++) {
              score += q[i][h * d + e] * k[j][g * d + e];
            }
            score /= Math.sqrt(d);
          }
          p[j] = score;
          most = Math.max(most, score);
        }
        double total = 0;
        for (int j = 0; j < p.length; j++) {
          p[j] = Math.exp(p[j] - most);
          total += p[j];
        }
        for (int j = 0; j < p.length; j++) {
          for (int e = 0; e < d; e++) {
            z[i][h * d + e] += p[j] / total * v[j][g * d + e];
          }
        }
      }
    }
    return linear(Component.SELF_ATTN_O, z);
  }

  /** Which key head a query head uses. */
  interface KeyHead {
    int of(int head);
  }

  /** Rotates the leading dimensions of each head by position, as halves or in neighbours. */
  void rotate(double[][] x, double base, boolean neighbours) {
    int n = stack.rotary();
    rotate(x, neighbours, 1, i -> Math.pow(base, -2.0 * i / n));
  }

  /** The same with any turn of pair i, and rotated dimensions multiplied with a number. */
  void rotate(double[][] x, boolean neighbours, double magnitude, IntToDoubleFunction turn) {
    int n = stack.rotary();
    for (int t = 0; t < x.length; t++) {
      for (int at = 0; at < x[t].length; at += stack.dHead()) {
        for (int i = 0; i < n / 2; i++) {
          double angle = t * turn.applyAsDouble(i);
          int a = at + (neighbours ? 2 * i : i);
          int b = at + (neighbours ? 2 * i + 1 : i + n / 2);
          double first = x[t][a] * magnitude;
          x[t][b] *= magnitude;
          x[t][a] = first * Math.cos(angle) - x[t][b] * Math.sin(angle);
          x[t][b] = x[t][b] * Math.cos(angle) + first * Math.sin(angle);
        }
      }
    }
  }

  /** Mean and deviation taken out. */
  double[][] layerNorm(String name, double[][] x, double epsilon) {
    double[] scale = vectors.get(name + ".weight");
    double[] shift = vectors.get(name + ".bias");
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double mean = 0;
      double square = 0;
      for (double value : x[t]) {
        mean += value / x[t].length;
      }
      for (double value : x[t]) {
        square += (value - mean) * (value - mean) / x[t].length;
      }
      y[t] = new double[x[t].length];
      for (int i = 0; i < y[t].length; i++) {
        y[t][i] = (x[t][i] - mean) / Math.sqrt(square + epsilon) * scale[i] + shift[i];
      }
    }
    return y;
  }

  /** Root mean square taken out, of each run of that width (a row, or a head). */
  double[][] rmsNorm(String name, double[][] x, int width, double epsilon) {
    double[] scale = vectors.get(name + ".weight");
    double[][] y = new double[x.length][x[0].length];
    for (int t = 0; t < x.length; t++) {
      for (int at = 0; at < x[t].length; at += width) {
        double square = 0;
        for (int i = 0; i < width; i++) {
          square += x[t][at + i] * x[t][at + i] / width;
        }
        for (int i = 0; i < width; i++) {
          y[t][at + i] = x[t][at + i] / Math.sqrt(square + epsilon) * scale[i];
        }
      }
    }
    return y;
  }

  /** The same for each head, where the model has such a norm. */
  double[][] headNorm(String name, double[][] x, double epsilon) {
    return vectors.containsKey(name + ".weight") ? rmsNorm(name, x, stack.dHead(), epsilon) : x;
  }

  /** Up, activation, down. */
  double[][] mlp(double[][] x, DoubleUnaryOperator activation) {
    double[][] up = linear(Component.MLP_UP, x);
    for (double[] row : up) {
      for (int i = 0; i < row.length; i++) {
        row[i] = activation.applyAsDouble(row[i]);
      }
    }
    return linear(Component.MLP_DOWN, up);
  }

  /** Up times SiLU of gate, down. */
  double[][] gated(double[][] x) {
    double[][] up = linear(Component.MLP_UP, x);
    double[][] gate = linear(Component.MLP_GATE, x);
    for (int t = 0; t < up.length; t++) {
      for (int i = 0; i < up[t].length; i++) {
        up[t][i] *= gate[t][i] / (1 + Math.exp(-gate[t][i]));
      }
    }
    return linear(Component.MLP_DOWN, up);
  }

  /** Each dimension times its learned scale. */
  double[][] scaled(String name, double[][] x) {
    double[] scale = vectors.get(name);
    double[][] y = new double[x.length][x[0].length];
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < scale.length; i++) {
        y[t][i] = x[t][i] * scale[i];
      }
    }
    return y;
  }

  static double[][] plus(double[][] a, double[][] b) {
    double[][] sum = new double[a.length][a[0].length];
    for (int t = 0; t < a.length; t++) {
      for (int i = 0; i < a[t].length; i++) {
        sum[t][i] = a[t][i] + b[t][i];
      }
    }
    return sum;
  }
}
