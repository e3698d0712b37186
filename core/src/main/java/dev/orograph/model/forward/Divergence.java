package dev.orograph.model.forward;

import dev.orograph.input.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The Kullback-Leibler divergence between a distribution over tokens and the one that a model gives
 * for the next token, in nats, as a function f of one vector x, {@code (d)}, that stands in place
 * of a token's. A model with an encoder reads x there, and its decoder's last position answers.
 *
 * <p>f(x) = sum t (ln t - ln p(x)), or sum p(x) (ln p(x) - ln t) the other way round, with the
 * logarithm of the softmax in float64 whatever the precision of the pass.
 *
 * <p>Points are computed {@value #TOGETHER} at a time, the last group filled up with copies, so
 * that the shapes that native kernels see, and with them the digits of a point, do not depend on
 * how many points are given at once. May be used by one thread at a time.
 */
public final class Divergence {
  /** Points of a slice. */
  public static final int TOGETHER = 8;

  private final Transformer transformer;
  private final Around around;
  private final double[] target;
  private final double[] logTarget;
  private final boolean reverse;
  private final int width;
  private final long positions;

  /**
   * What stands around the vector.
   *
   * @param before vectors in front of it, {@code (n, d)} row-major
   * @param after vectors behind it
   * @param decoder what a decoder behind an encoder reads; empty without one
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Around(double[] before, double[] after, List<Integer> decoder) {}

  /**
   * Values and gradients of some points.
   *
   * @param values f, one per point
   * @param gradients df/dx, {@code (points, d)}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Slopes(double[] values, double[][] gradients) {}

  /**
   * A divergence.
   *
   * @param width numbers of x
   * @param target probabilities t, one per token that the model scores
   * @param reverse whether it is that of the model from the target
   * @throws InputException where the model scores no tokens, or others than the target has
   * @throws IllegalArgumentException where the target has a 0 that would make f infinite
   */
  public Divergence(
      Transformer transformer, Around around, int width, double[] target, boolean reverse) {
    this.transformer = transformer;
    this.around = around;
    this.width = width;
    this.reverse = reverse;
    this.target = target.clone();
    this.positions = 1L + (around.before().length + around.after().length) / width;
    Network network = transformer.network();
    if (!network.names().contains("logits")) {
      throw network.checks().refused("scores tokens", "it has no head for that");
    }
    if (network.vocabulary() != target.length) {
      throw network
          .checks()
          .refused(
              "scores " + network.vocabulary() + " tokens",
              "the target has " + target.length + " probabilities");
    }
    if (reverse && Arrays.stream(target).anyMatch(t -> t == 0)) {
      throw new IllegalArgumentException(
          "a token of probability 0 makes KL(model||target) infinite");
    }
    logTarget = Arrays.stream(target).map(t -> t > 0 ? Math.log(t) : 0).toArray();
  }

  /** Numbers of a point. */
  public int width() {
    return width;
  }

  /** f at each point, without derivatives. */
  public double[] values(double[][] points) {
    return of(points, false).values();
  }

  /** f and its gradient at each point: one pass forward and one back. */
  public Slopes slopes(double[][] points) {
    return of(points, true);
  }

  private Slopes of(double[][] points, boolean derive) {
    double[] values = new double[points.length];
    double[][] gradients = new double[derive ? points.length : 0][];
    List<Supplier<Slopes>> work = new ArrayList<>();
    for (int from = 0; from < points.length; from += TOGETHER) {
      double[][] slice = new double[TOGETHER][];
      for (int i = 0; i < TOGETHER; i++) {
        slice[i] = points[Math.min(points.length - 1, from + i)];
      }
      work.add(() -> slice(slice, derive));
    }
    int[] at = {0};
    transformer.side(
        work,
        part -> {
          int n = Math.min(TOGETHER, points.length - at[0]);
          System.arraycopy(part.values(), 0, values, at[0], n);
          if (derive) {
            System.arraycopy(part.gradients(), 0, gradients, at[0], n);
          }
          at[0] += n;
        });
    return new Slopes(values, gradients);
  }

  /** The logarithms of the model's probabilities at a point, {@code (vocabulary)}. */
  @SuppressWarnings("try") // the scope frees what is made inside it
  public double[] logProbabilities(double[] point) {
    double[][] slice = new double[TOGETHER][];
    Arrays.fill(slice, point);
    double[][] result = new double[1][];
    transformer.side(
        List.of(
            () -> {
              try (PointerScope scope = new PointerScope();
                  NoGradGuard plain = new NoGradGuard()) {
                Inputs in = inputs(slice);
                return Torch.doubles(log(in, transformer.network().vectors(in)).select(0, 0));
              }
            }),
        (double[] row) -> result[0] = row);
    return result[0];
  }

  @SuppressWarnings("try") // the scope frees what is made inside it
  private Slopes slice(double[][] slice, boolean derive) {
    try (PointerScope scope = new PointerScope()) {
      Inputs in = inputs(slice);
      Tensor x = transformer.network().vectors(in);
      if (!derive) {
        try (NoGradGuard plain = new NoGradGuard()) {
          return new Slopes(Torch.doubles(divergence(log(in, x))), new double[0][]);
        }
      }
      x.requires_grad_(true);
      double[] values = new double[TOGETHER];
      double[] all = Torch.doubles(gradient(in, x, values));
      double[][] gradients = new double[TOGETHER][];
      int before = around.before().length;
      int row = Math.toIntExact(positions * width);
      for (int i = 0; i < TOGETHER; i++) {
        gradients[i] = Arrays.copyOfRange(all, i * row + before, i * row + before + width);
      }
      return new Slopes(values, gradients);
    }
  }

  /** df/dx, and f as a by-product. */
  private Tensor gradient(Inputs in, Tensor x, double[] values) {
    Network network = transformer.network();
    if (transformer.inPlace() && network.single()) {
      return network.back(
          in,
          x,
          rows(in),
          BlockStack.NOTED,
          scores -> {
            scores.requires_grad_(true);
            return gradient(divergence(log(scores)), scores, values);
          });
    }
    return gradient(divergence(log(in, x)), x, values);
  }

  private static Tensor gradient(Tensor each, Tensor x, double[] values) {
    System.arraycopy(Torch.doubles(each), 0, values, 0, values.length);
    return torch.grad(new TensorVector(each.sum()), new TensorVector(x)).get(0).detach();
  }

  private Inputs inputs(double[][] slice) {
    double[] all = new double[Math.toIntExact(slice.length * positions * width)];
    int at = 0;
    for (double[] x : slice) {
      if (x.length != width) {
        throw new IllegalArgumentException(x.length + " numbers for " + width);
      }
      for (double[] part : List.of(around.before(), x, around.after())) {
        System.arraycopy(part, 0, all, at, part.length);
        at += part.length;
      }
    }
    Inputs in = Inputs.vectors(all, slice.length, Math.toIntExact(positions), width);
    if (!around.decoder().isEmpty()) {
      int[] ids = around.decoder().stream().mapToInt(Integer::intValue).toArray();
      in = in.decoder(Inputs.ids(Collections.nCopies(slice.length, ids)));
    }
    transformer.network().check(in, Set.of("logits"));
    return in;
  }

  /** {@code (points, vocabulary)} in float64. */
  private Tensor log(Inputs in, Tensor x) {
    return log(transformer.network().scores(in, x, rows(in)));
  }

  private static Tensor log(Tensor scores) {
    return torch.log_softmax(scores.to(ScalarType.Double), -1);
  }

  /** The last position of each entry, counted through the batch. */
  private Tensor rows(Inputs in) {
    long last = around.decoder().isEmpty() ? positions : around.decoder().size();
    long[] rows = new long[in.batch()];
    Arrays.setAll(rows, i -> (i + 1) * last - 1);
    return transformer.network().torchOf().whole(rows, rows.length);
  }

  /** {@code (points)}. */
  private Tensor divergence(Tensor log) {
    Tensor t = Torch.exact(target, target.length);
    Tensor lt = Torch.exact(logTarget, target.length);
    Tensor terms = reverse ? log.exp().mul(log.sub(lt)) : t.mul(lt.sub(log));
    return terms.sum(-1);
  }
}
