package dev.orograph.model.forward;

import dev.orograph.model.design.ModulatorDesign;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;

/**
 * A field in plain float64, as seed 003 section 12 writes it down: vertices, squared distances, the
 * Cayley-Menger determinant, LayerNorm, gates.
 */
final class PlainField {
  private PlainField() {}

  static double[] apply(Modulator m, int layer, double[] x) {
    return apply(m.design(), m::get, layer, x);
  }

  /** Gates of layer 0 for a stream drawn from a seed: h behind over h before. */
  static double[] gates(ModulatorDesign design, Map<String, double[]> values, long seed) {
    double[] x = new double[design.dModel()];
    dev.orograph.random.Generator.of(seed).standardNormal(x);
    double[] y = apply(design, values::get, 0, x);
    double[] ratio = new double[design.active()];
    Arrays.setAll(ratio, i -> (float) (y[i] / x[i]));
    return ratio;
  }

  private static double[] apply(
      ModulatorDesign design, Function<String, double[]> get, int layer, double[] x) {
    double[] active = get.apply(ModulatorDesign.ACTIVE);
    double[] h = Arrays.stream(active).map(a -> x[(int) a]).toArray();
    double[] combined = new double[h.length];
    Arrays.fill(combined, 1);
    for (int e = 0; e < design.experts().size(); e++) {
      int k = design.experts().get(e);
      double logit = get.apply(ModulatorDesign.ALPHA)[layer * design.experts().size() + e];
      double a = Math.max(design.floor(), Math.min(design.ceiling(), 1 / (1 + Math.exp(-logit))));
      double[] n = features(design, get, k, h);
      normalise(
          n,
          get.apply(ModulatorDesign.expert(k, "_norm.weight")),
          get.apply(ModulatorDesign.expert(k, "_norm.bias")));
      double[] w = get.apply(ModulatorDesign.gate(k, "weight"));
      double[] b = get.apply(ModulatorDesign.gate(k, "bias"));
      for (int i = 0; i < h.length; i++) {
        double sum = b[i];
        for (int j = 0; j < n.length; j++) {
          sum += w[i * n.length + j] * n[j];
        }
        combined[i] *= 1 - a + a / (1 + Math.exp(-sum));
      }
    }
    double[] out = x.clone();
    for (int i = 0; i < h.length; i++) {
      out[(int) active[i]] = h[i] * combined[i];
    }
    return out;
  }

  static double[] features(Modulator m, int k, double[] h) {
    return features(m.design(), m::get, k, h);
  }

  private static double[] features(
      ModulatorDesign design, Function<String, double[]> get, int k, double[] h) {
    double[] w = get.apply(ModulatorDesign.expert(k, "_to_deform.weight"));
    double[] b = get.apply(ModulatorDesign.expert(k, "_to_deform.bias"));
    double[] template = get.apply(ModulatorDesign.expert(k, "_template"));
    int width = design.width();
    double[][] v = new double[k + 1][width];
    for (int i = 0; i < v.length; i++) {
      for (int j = 0; j < width; j++) {
        int row = i * width + j;
        double sum = b[row];
        for (int c = 0; c < h.length; c++) {
          sum += w[row * h.length + c] * h[c];
        }
        v[i][j] = template[row] + design.deformation() * sum;
      }
    }
    double[] features = new double[ModulatorDesign.features(k)];
    double[][] bordered = new double[k + 2][k + 2];
    int at = 0;
    for (int i = 0; i <= k; i++) {
      bordered[0][i + 1] = 1;
      bordered[i + 1][0] = 1;
      for (int j = i + 1; j <= k; j++) {
        double sum = 0;
        for (int c = 0; c < width; c++) {
          sum += (v[i][c] - v[j][c]) * (v[i][c] - v[j][c]);
        }
        features[at++] = sum;
        bordered[i + 1][j + 1] = sum;
        bordered[j + 1][i + 1] = sum;
      }
    }
    double factorial = 1;
    for (int i = 2; i <= k; i++) {
      factorial *= i;
    }
    features[at] =
        (k % 2 == 0 ? -1 : 1) * determinant(bordered) / (Math.pow(2, k) * factorial * factorial);
    return features;
  }

  /** Laplace's expansion along the first row. */
  private static double determinant(double[][] a) {
    if (a.length == 1) {
      return a[0][0];
    }
    double sum = 0;
    for (int c = 0; c < a.length; c++) {
      double[][] minor = new double[a.length - 1][a.length - 1];
      for (int i = 1; i < a.length; i++) {
        for (int j = 0, to = 0; j < a.length; j++) {
          if (j != c) {
            minor[i - 1][to++] = a[i][j];
          }
        }
      }
      sum += (c % 2 == 0 ? 1 : -1) * a[0][c] * (a[0][c] == 0 ? 0 : determinant(minor));
    }
    return sum;
  }

  private static void normalise(double[] n, double[] w, double[] b) {
    double mean = Arrays.stream(n).average().orElseThrow();
    double variance = Arrays.stream(n).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    for (int i = 0; i < n.length; i++) {
      n[i] = (n[i] - mean) / Math.sqrt(variance + 1e-5) * w[i] + b[i];
    }
  }
}
