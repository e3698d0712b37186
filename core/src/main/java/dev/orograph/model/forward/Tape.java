package dev.orograph.model.forward;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The way back through linear maps whose weights stay in their file. The library would hold the
 * cast weights of every map for its own way back; here its graph ends at each map, whose input and
 * output are noted, and W' dy is taken from the file again. Owns what it notes.
 */
final class Tape implements AutoCloseable {
  /**
   * A linear map on the way.
   *
   * @param x what it read, with the graph behind it
   * @param y what came out, a leaf
   */
  private record Cut(Linear linear, Tensor x, Tensor y) {}

  private final List<Cut> cuts = new ArrayList<>();
  private Tensor start;
  private Tensor end;

  /** y = W x + b, at which the graph begins anew. */
  @SuppressWarnings("try") // the guard is there for what happens inside it
  Tensor through(Linear linear, Tensor x) {
    Tensor y;
    try (NoGradGuard plain = new NoGradGuard()) {
      y = linear.apply(x.detach());
    }
    y = y.requires_grad_(true);
    cuts.add(new Cut(linear, Torch.keep(x), Torch.keep(y)));
    return y;
  }

  /** Notes where the way begins, a leaf, and where it ends. */
  void ends(Tensor first, Tensor last) {
    start = Torch.keep(first);
    end = Torch.keep(last);
  }

  /** What a change of the end makes of the start: (d end / d start)' by. */
  Tensor back(Tensor by) {
    Tensor[] sums = new Tensor[cuts.size() + 1]; // of the start, then of each y
    spread(end, by, sums, cuts.size());
    for (int i = cuts.size() - 1; i >= 0; i--) {
      if (sums[i + 1] != null) {
        Cut cut = cuts.get(i);
        spread(cut.x(), cut.linear().back(sums[i + 1]), sums, i);
      }
    }
    return sums[0];
  }

  /** Adds what a change of z makes of the start and of the first outputs. */
  private void spread(Tensor z, Tensor by, Tensor[] sums, int outputs) {
    TensorVector leaves = new TensorVector(start);
    for (int i = 0; i < outputs; i++) {
      leaves.push_back(cuts.get(i).y());
    }
    TensorVector parts =
        torch.grad(
            new TensorVector(z),
            leaves,
            new TensorVector(by),
            new BoolOptional(true), // maps that read the same share the graph behind it
            false,
            true);
    for (int i = 0; i <= outputs; i++) {
      Tensor part = parts.get(i);
      if (part.defined()) {
        sums[i] = sums[i] == null ? part.detach() : sums[i].add(part.detach());
      }
    }
  }

  @Override
  public void close() {
    for (Cut cut : cuts) {
      Torch.release(cut.x());
      Torch.release(cut.y());
    }
    cuts.clear();
    if (start != null) {
      Torch.release(start);
      Torch.release(end);
      start = null;
    }
  }
}
