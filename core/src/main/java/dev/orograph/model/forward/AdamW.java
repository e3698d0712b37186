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
 * <p>Steps may be relative, as T5's own optimiser takes them (Adafactor, Shazeer and Stern 2018,
 * section 8): then the last line has r max(.001, RMS(w)) for r, where RMS(w) is the root mean
 * square of the weight before the step. So an embedding whose entries are near 1 and a matrix whose
 * entries are near .01 move alike.
 *
 * <p>Weights are worked through in pieces that stay in a processor's cache; where they are cut
 * follows from their lengths alone.
 */
public final class AdamW implements AutoCloseable {
  private static final long PIECE = 1 << 16;

  /** Weights that are smaller take relative steps as if they were this large. */
  private static final double LEAST = 1e-3;

  private final Trainable model;
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final double decay;
  private final boolean relative;
  private final Flat first;
  private final Flat second;

  /**
   * One whose moments are 0.
   *
   * @param beta1 b1, how much of the first moment is kept
   * @param beta2 b2, how much of the second is kept
   * @param epsilon added to the root of the second
   * @param decay of weights, per unit of learning rate
   * @param relative whether steps are relative to the size of each weight
   */
  public AdamW(
      Trainable model, double beta1, double beta2, double epsilon, double decay, boolean relative) {
    this.model = model;
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.decay = decay;
    this.relative = relative;
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
    long size = model.gradient().tensor().numel();
    for (long at = 0; at < size; at += PIECE) {
      Piece piece = new Piece(at, Math.min(PIECE, size - at));
      work.add(() -> square(model.gradient(), piece));
    }
    model.side(work, s -> squares[0] += s);
    return Math.sqrt(squares[0]);
  }

  /** Part of the vectors. */
  private record Piece(long from, long size) {
    Tensor of(Flat flat) {
      return flat.tensor().narrow(0, from, size);
    }
  }

  @SuppressWarnings("try") // the scope frees what is made inside it
  private static double square(Flat flat, Piece piece) {
    try (PointerScope scope = new PointerScope()) {
      Tensor norm =
          torch.linalg_vector_norm(
              piece.of(flat),
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
    for (Learned.Span span : model.learned().spans()) {
      double group = rate * span.rate();
      double own = relative ? group * size(span) : group;
      for (long at = 0; at < span.size(); at += PIECE) {
        Piece piece = new Piece(span.from() + at, Math.min(PIECE, span.size() - at));
        work.add(() -> piece(piece, step, group, own, scale));
      }
    }
    model.side(work, done -> {});
  }

  private double size(Learned.Span span) {
    double square = square(model.values(), new Piece(span.from(), span.size()));
    return Math.max(LEAST, Math.sqrt(square / span.size()));
  }

  @SuppressWarnings("try") // the scope frees what is made inside it
  private boolean piece(Piece piece, long step, double rate, double own, double scale) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard plain = new NoGradGuard()) {
      Tensor w = piece.of(model.values());
      Tensor m = piece.of(first);
      Tensor v = piece.of(second);
      Tensor g = piece.of(model.gradient());
      if (scale != 1) {
        g = g.mul(new Scalar(scale));
      }
      m.mul_(new Scalar(beta1)).add_(g, new Scalar(1 - beta1));
      v.mul_(new Scalar(beta2)).addcmul_(g, g, new Scalar(1 - beta2));
      if (piece.from() < model.decayed() && decay != 0) {
        w.mul_(new Scalar(1 - rate * decay));
      }
      double second = Math.sqrt(1 - Math.pow(beta2, (double) step));
      Tensor root = v.sqrt().div_(new Scalar(second)).add_(new Scalar(epsilon));
      w.addcdiv_(m, root, new Scalar(-own / (1 - Math.pow(beta1, (double) step))));
      return true;
    }
  }

  @Override
  public void close() {
    first.close();
    second.close();
  }
}
