package dev.orograph.model.forward;

import dev.orograph.model.design.ModulatorDesign;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The gate of simplices of a {@link ModulatorDesign}. Squared distances and volumes follow from the
 * Gram matrix G of the edges that leave the first vertex: d_0i^2 = G_ii, d_ij^2 = G_ii + G_jj - 2
 * G_ij, vol^2 = det G / k!^2, which is what the Cayley-Menger determinant gives.
 */
final class Field implements AutoCloseable {
  /** LayerNorm's epsilon in PyTorch. */
  private static final double EPSILON = 1e-5;

  private final ModulatorDesign design;
  private final Torch torchOf;
  private final Map<String, Tensor> tensors;

  /** Dimensions that are changed, and where each dimension lies behind them; null for the first. */
  private final Tensor chosen;

  private final Tensor order;
  private final Tensor others;

  Field(ModulatorDesign design, Torch torchOf, Map<String, Tensor> tensors) {
    this.design = design;
    this.torchOf = torchOf;
    this.tensors = tensors;
    if (!design.scattered()) {
      chosen = null;
      others = null;
      order = null;
      return;
    }
    double[] active = Torch.doubles(tensors.get(ModulatorDesign.ACTIVE));
    int d = design.dModel();
    long[] place = new long[d];
    java.util.Arrays.fill(place, -1);
    long[] first = new long[active.length];
    for (int i = 0; i < active.length; i++) {
      int at = (int) active[i];
      if (at != active[i] || at < 0 || at >= d || place[at] >= 0) {
        throw new IllegalArgumentException(
            "the dimensions of a field are distinct and below " + d + ", not " + active[i]);
      }
      first[i] = at;
      place[at] = i;
    }
    List<Long> rest = new ArrayList<>();
    for (int i = 0; i < d; i++) {
      if (place[i] < 0) {
        place[i] = first.length + (long) rest.size();
        rest.add((long) i);
      }
    }
    chosen = Torch.keep(torchOf.whole(first, first.length));
    others =
        Torch.keep(torchOf.whole(rest.stream().mapToLong(Long::longValue).toArray(), rest.size()));
    order = Torch.keep(torchOf.whole(place, d));
  }

  /** The dimensions that are changed, {@code (..., active)}. */
  Tensor active(Tensor x) {
    return chosen == null
        ? x.narrow(-1, 0, design.active())
        : torch.index_select(x, x.dim() - 1, chosen);
  }

  /**
   * The stream behind the gate.
   *
   * @param x {@code (batch, positions, d)}
   * @param a {@code (experts)}
   */
  Tensor apply(Tensor x, Tensor a) {
    Tensor read = active(x);
    Tensor h = read;
    int i = 0;
    for (int k : design.experts()) {
      Tensor alpha = a.select(0, i++);
      Tensor features = features(k, read);
      long[] last = {features.size(-1)};
      Tensor normed =
          torch.layer_norm(
              features,
              last,
              Torch.optional(expert(k, "_norm.weight")),
              Torch.optional(expert(k, "_norm.bias")),
              EPSILON,
              false);
      Tensor gate =
          torch
              .linear(
                  normed,
                  tensors.get(ModulatorDesign.gate(k, "weight")),
                  Torch.optional(tensors.get(ModulatorDesign.gate(k, "bias"))))
              .sigmoid();
      // h (1 - a + a gate) = h + a (h gate - h)
      h = h.lerp(h.mul(gate), alpha);
    }
    if (chosen == null) {
      return design.free() == 0
          ? h
          : Torch.cat(-1, h, x.narrow(-1, design.active(), design.free()));
    }
    Tensor kept = torch.index_select(x, x.dim() - 1, others);
    return torch.index_select(Torch.cat(-1, h, kept), x.dim() - 1, order);
  }

  private Tensor expert(int k, String what) {
    return tensors.get(ModulatorDesign.expert(k, what));
  }

  /**
   * Squared distances of all pairs of vertices in the order (0, 1), (0, 2), ..., then the squared
   * volume, {@code (..., features)}.
   *
   * @param h {@code (..., active)}
   */
  Tensor features(int k, Tensor h) {
    long width = design.width();
    Tensor template = expert(k, "_template");
    Tensor bias =
        template.flatten().add(expert(k, "_to_deform.bias"), new Scalar(design.deformation()));
    Tensor corners =
        torch
            .linear(
                h,
                expert(k, "_to_deform.weight").mul(new Scalar(design.deformation())),
                Torch.optional(bias))
            .view(-1, k + 1L, width);
    Tensor edges = corners.narrow(1, 1, k).sub(corners.narrow(1, 0, 1));
    Tensor gram = torch.bmm(edges, edges.transpose(1, 2)); // (n, k, k)
    Tensor pairs = gram.view(-1, (long) k * k).matmul(pairs(k)).relu();
    double factorial = 1;
    for (int i = 2; i <= k; i++) {
      factorial *= i;
    }
    Tensor volume = determinant(k, gram).mul(new Scalar(1 / (factorial * factorial)));
    Tensor all = Torch.cat(-1, pairs, volume.unsqueeze(-1));
    long[] shape = h.shape();
    shape[shape.length - 1] = ModulatorDesign.features(k);
    return all.view(shape);
  }

  private static Tensor determinant(int k, Tensor g) {
    return switch (k) {
      case 1 -> g.flatten();
      case 2 -> at(g, 0, 0).mul(at(g, 1, 1)).sub(at(g, 0, 1).mul(at(g, 1, 0)));
      default -> torch.linalg_det(g);
    };
  }

  private static Tensor at(Tensor g, int i, int j) {
    return g.select(1, i).select(1, j);
  }

  /** From a Gram matrix to squared distances, {@code (k^2, pairs)}. */
  private Tensor pairs(int k) {
    int count = ModulatorDesign.features(k) - 1;
    double[] map = new double[k * k * count];
    int pair = 0;
    for (int i = 0; i <= k; i++) {
      for (int j = i + 1; j <= k; j++) {
        add(map, k, count, pair, i, i, 1);
        add(map, k, count, pair, j, j, 1);
        add(map, k, count, pair, i, j, -2);
        pair++;
      }
    }
    return torchOf.numbers(map, (long) k * k, count);
  }

  /** Adds to the entry of two edges; edge i leads to vertex i, and vertex 0 has none. */
  private static void add(double[] map, int k, int count, int pair, int i, int j, double value) {
    if (i > 0 && j > 0) {
      map[((i - 1) * k + j - 1) * count + pair] += value;
    }
  }

  @Override
  public void close() {
    if (chosen != null) {
      Torch.release(chosen);
      Torch.release(others);
      Torch.release(order);
    }
  }
}
