package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.instrument.Work;
import dev.orograph.linalg.Lapack;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Scope;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How alike the heads of an attention are in two models, whatever basis each head has: of the forms
 * M_h = L_h^T R_h (d_model squared), which stay the same where L_h and R_h are both multiplied by
 * any orthogonal matrix, the cosine tr(M_h^T M'_k) / (|M_h| |M'_k|). By traces of small products,
 * tr(M_h^T M'_k) = sum of (L_h L'_k^T) o (R_h R'_k^T) over d_head squared.
 */
final class HeadForms {
  /**
   * One attention and one of its forms.
   *
   * @param form {@code qk}: L = W_q, R = W_k; {@code ov}: L = W_o^T, R = W_v
   * @param left name of the tensor of L in both models
   * @param right that of R
   * @param heads rows of L come in so many blocks
   * @param groups rows of R do
   */
  record Attention(String form, String left, String right, int heads, int groups)
      implements Serializable {
    /** Whether a row of L is a column of what is stored as outputs by inputs. */
    boolean turned() {
      return form.equals("ov");
    }

    private int group(int head) {
      return head / (heads / groups);
    }
  }

  private static final int AT_ONCE = 64;

  private final Work work;
  private final Attention attention;

  HeadForms(Work work, Attention attention) {
    this.work = work;
    this.attention = attention;
  }

  /** Bytes of {@link #cosines}. */
  static long bytes(long inner, long dModel) {
    return 8 * (4 * inner * dModel + 2 * inner * inner) + (8L << 20);
  }

  /**
   * Cosines, {@code (heads of the first model, heads of the second)}; empty where a weight holds a
   * NaN or an infinite number.
   */
  List<List<Double>> cosines() {
    return Lapack.with(1, this::compared);
  }

  private List<List<Double>> compared() {
    try (Scope scope = new Scope()) {
      Matrix l = rows(0, true, scope);
      Matrix r = rows(0, false, scope);
      Matrix l2 = rows(1, true, scope);
      Matrix r2 = rows(1, false, scope);
      if (l == null || r == null || l2 == null || r2 == null) {
        return List.of();
      }
      double[] own = norms(l, r, scope);
      double[] theirs = norms(l2, r2, scope);
      Matrix left = l.timesTransposed(l2, scope);
      Matrix right = r.timesTransposed(r2, scope);
      List<List<Double>> all = new ArrayList<>();
      for (int h = 0; h < attention.heads(); h++) {
        work.checkCancelled();
        List<Double> row = new ArrayList<>();
        for (int k = 0; k < attention.heads(); k++) {
          double c = trace(left, right, h, k) / (own[h] * theirs[k]);
          row.add(Double.isFinite(c) ? (Double) c : null);
        }
        all.add(row);
      }
      return all;
    }
  }

  private double[] norms(Matrix l, Matrix r, Scope scope) {
    Matrix left = l.timesTransposed(l, scope);
    Matrix right = r.timesTransposed(r, scope);
    double[] norms = new double[attention.heads()];
    for (int h = 0; h < norms.length; h++) {
      norms[h] = Math.sqrt(Math.max(0, trace(left, right, h, h)));
    }
    return norms;
  }

  private double trace(Matrix left, Matrix right, int h, int k) {
    int width = left.rows() / attention.heads();
    int g = attention.group(h) * width;
    int f = attention.group(k) * width;
    double[] one = new double[width];
    double[] other = new double[width];
    double sum = 0;
    for (int j = 0; j < width; j++) {
      left.get(h * width, k * width + j, one, 0, width);
      right.get(g, f + j, other, 0, width);
      for (int i = 0; i < width; i++) {
        sum += one[i] * other[i];
      }
    }
    return sum;
  }

  /** Null where an entry is not finite. */
  private Matrix rows(int which, boolean left, Scope scope) {
    Model model = work.model(which);
    Parameter p = model.parameter(left ? attention.left() : attention.right()).orElseThrow();
    boolean turned = left && attention.turned();
    int count = Math.toIntExact(turned ? p.inputs() : p.outputs());
    int across = Math.toIntExact(turned ? p.outputs() : p.inputs());
    try (TensorData data = model.checkpoint().map(p.tensor())) {
      OutputRows rows = new OutputRows(data, turned != p.transposed());
      if (rows.nonFinite() > 0) {
        return null;
      }
      Matrix m = scope.matrix(count, across);
      for (int from = 0; from < count; from += AT_ONCE) {
        int some = Math.min(AT_ONCE, count - from);
        double[] values = rows.read(from, some);
        for (int i = 0; i < some; i++) {
          for (int j = 0; j < across; j++) {
            m.set(from + i, j, values[i * across + j]);
          }
        }
      }
      return m;
    }
  }
}
