package dev.orograph.model.forward;

import dev.orograph.model.design.RotaryDesign;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Rotary positions for one batch. Angles are computed in float64; the transformers library takes
 * them in float32, which is what limits agreement with it to 1e-6.
 *
 * @param cos cosines, {@code (batch, 1, positions, r/2)}, times the attention factor if there is
 *     one
 * @param sin sines of the same angles, times the same
 * @param neighbours whether a pair is two neighbours instead of one dimension of each half
 */
record Rotary(Tensor cos, Tensor sin, boolean neighbours) {
  /**
   * The angles of these positions.
   *
   * @param width rotated dimensions, r
   * @param positions whole numbers, {@code (batch, positions)}; where turns depend on the length, a
   *     sequence is as long as its last position tells
   */
  static Rotary of(Torch torchOf, RotaryDesign design, int width, Tensor positions) {
    int half = width / 2;
    Tensor exact = positions.cpu().to(ScalarType.Double); // (batch, positions)
    int rows = Math.toIntExact(exact.size(0));
    long[] lengths = new long[rows];
    if (design.byLength()) {
      for (int row = 0; row < rows; row++) {
        lengths[row] = (long) exact.select(0, row).max().item_double() + 1;
      }
    }
    double[] turns = new double[rows * half];
    for (int i = 0; i < turns.length; i++) {
      turns[i] = design.turn(i % half, width, lengths[i / half]);
    }
    Tensor angles = // (batch, 1, positions, r/2)
        exact.unsqueeze(2).mul(Torch.exact(turns, rows, half).view(rows, 1, half)).unsqueeze(1);
    double size = design.magnitude();
    return new Rotary(
        torchOf.placed(Torch.times(angles.cos(), size)),
        torchOf.placed(Torch.times(angles.sin(), size)),
        design.neighbours());
  }

  /** Turns the leading r dimensions of each head: {@code (batch, heads, positions, dHead)}. */
  Tensor apply(Tensor x) {
    long half = cos.size(3);
    long rest = x.size(3) - 2 * half;
    Tensor turned = x.narrow(3, 0, 2 * half);
    Tensor a = neighbours ? turned.slice(3, from(0), end(), 2) : turned.narrow(3, 0, half);
    Tensor b = neighbours ? turned.slice(3, from(1), end(), 2) : turned.narrow(3, half, half);
    Tensor c = a.mul(cos).sub(b.mul(sin));
    Tensor d = b.mul(cos).add(a.mul(sin));
    Tensor both =
        neighbours ? torch.stack(new TensorVector(c, d), 4).flatten(3, 4) : Torch.cat(3, c, d);
    return rest == 0 ? both : Torch.cat(3, both, x.narrow(3, 2 * half, rest));
  }

  private static org.bytedeco.pytorch.LongOptional from(long at) {
    return new org.bytedeco.pytorch.LongOptional(at);
  }

  private static org.bytedeco.pytorch.LongOptional end() {
    return new org.bytedeco.pytorch.LongOptional();
  }
}
