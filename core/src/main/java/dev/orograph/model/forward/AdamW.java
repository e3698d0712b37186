package dev.orograph.model.forward;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongArrayRefOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), with gradients clipped by their
 * global norm before. With g the clipped gradient, step number t from 1 and learning rate r:
 *
 * <pre>{@code
 * m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
 * w = w - r decay w                                    (neither norms nor biases)
 * w = w - r (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)
 * }</pre>
 *
 * <p>The vectors are worked through in pieces that stay in a processor's cache; where they are cut
 * follows from their length alone.
 */
public final class AdamW implements AutoCloseable {
  private static final long PIECE = 1 << 16;

  private final Trainable model;
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final double decay;
  private final Flat first;
  private final Flat second;

  /**
   * One whose moments are 0.
   *
   * @param beta1 b1, how much of the first moment is kept
   * @param beta2 b2, how much of the second is kept
   * @param epsilon added to the root of the second
   * @param decay of weights, per unit of learning rate
   */
  public AdamW(Trainable model, double beta1, double beta2, double epsilon, double decay) {
    this.model = model;
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.decay = decay;
    first = model.zeros();
    second = model.zeros();
  }

  /** m. */
  public Flat first() {
    return first;
  }

  /** v. */
  public Flat second() {
    return second;
  }

  /** The Euclidean norm of the gradient, in float64. */
  public double norm() {
    double[] squares = {0};
    List<Supplier<Double>> work = new ArrayList<>();
    for (long at = 0; at < size(); at += PIECE) {
      long from = at;
      work.add(() -> square(piece(model.gradient(), from)));
    }
    model.side(work, s -> squares[0] += s);
    return Math.sqrt(squares[0]);
  }

  @SuppressWarnings("try") // the scope frees what is made inside it
  private static double square(Supplier<Tensor> piece) {
    try (PointerScope scope = new PointerScope()) {
      Tensor norm =
          torch.linalg_vector_norm(
              piece.get(),
              new Scalar(2.0),
              new LongArrayRefOptional(),
              false,
              new ScalarTypeOptional(ScalarType.Double));
      double n = norm.item_double();
      return n * n;
    }
  }

  /**
   * One step along the model's gradient.
   *
   * @param step t, from 1
   * @param rate r
   * @param scale what the gradient is multiplied with, 1 or less where it is clipped
   */
  public void step(long step, double rate, double scale) {
    List<Supplier<Boolean>> work = new ArrayList<>();
    for (long at = 0; at < size(); at += PIECE) {
      long from = at;
      work.add(() -> piece(from, step, rate, scale));
    }
    model.side(work, done -> {});
  }

  @SuppressWarnings("try") // the scope frees what is made inside it
  private boolean piece(long from, long step, double rate, double scale) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard plain = new NoGradGuard()) {
      Tensor w = piece(model.values(), from).get();
      Tensor m = piece(first, from).get();
      Tensor v = piece(second, from).get();
      Tensor g = piece(model.gradient(), from).get();
      if (scale != 1) {
        g = g.mul(new Scalar(scale));
      }
      m.mul_(new Scalar(beta1)).add_(g, new Scalar(1 - beta1));
      v.mul_(new Scalar(beta2)).addcmul_(g, g, new Scalar(1 - beta2));
      long decayed = Math.min(w.numel(), model.decayed() - from);
      if (decayed > 0 && decay != 0) {
        w.narrow(0, 0, decayed).mul_(new Scalar(1 - rate * decay));
      }
      double second = Math.sqrt(1 - Math.pow(beta2, (double) step));
      Tensor root = v.sqrt().div_(new Scalar(second)).add_(new Scalar(epsilon));
      w.addcdiv_(m, root, new Scalar(-rate / (1 - Math.pow(beta1, (double) step))));
      return true;
    }
  }

  private long size() {
    return first.tensor().numel();
  }

  private Supplier<Tensor> piece(Flat flat, long from) {
    return () -> flat.tensor().narrow(0, from, Math.min(PIECE, size() - from));
  }

  @Override
  public void close() {
    first.close();
    second.close();
  }
}
