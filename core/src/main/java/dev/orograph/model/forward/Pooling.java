package dev.orograph.model.forward;

import dev.orograph.model.Component;
import dev.orograph.model.Role;
import dev.orograph.model.design.StackDesign;
import dev.orograph.model.design.StackDesign.Kind;
import dev.orograph.model.design.StackDesign.Pool;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** One vector for the whole input. */
final class Pooling {
  private final Pool pool;
  private final Linear dense;
  private final Norm norm;

  private Pooling(Pool pool, Linear dense, Norm norm) {
    this.pool = pool;
    this.dense = dense;
    this.norm = norm;
  }

  /** The one of a stack; null where it has none, or the file lacks its weights. */
  static Pooling of(Weights w, StackDesign design) {
    Pool pool = design.pool();
    Role role = new Role(design.shape().stack(), Role.NO_LAYER, Component.POOLER);
    long d = design.shape().dModel();
    boolean dense = pool.kind() == Kind.DENSE;
    if (pool.kind() == Kind.NONE || (dense && !w.has(role, pool.name(), false))) {
      return null;
    }
    return new Pooling(
        pool,
        dense
            ? Linear.of(w, role.stack(), Role.NO_LAYER, role.component(), pool.name(), d, d, true)
            : null,
        pool.kind() == Kind.NORM
            ? Norm.of(w, design.norm(), role.stack(), Role.NO_LAYER, pool.name(), d)
            : null);
  }

  /** {@code (batch, positions, d)} to {@code (batch, d)}. */
  Tensor apply(Tensor x, List<int[]> ids) {
    return switch (pool.kind()) {
      case FIRST -> x.select(1, 0);
      case DENSE -> dense.apply(x.select(1, 0)).tanh();
      case NORM -> norm.apply(x.select(1, 0));
      case END, LARGEST -> chosen(x, ids);
      case NONE -> throw new IllegalStateException("no pool");
    };
  }

  private Tensor chosen(Tensor x, List<int[]> ids) {
    if (ids == null) {
      throw new IllegalArgumentException("'pooled' is found by token ids, and there are none");
    }
    Tensor[] rows = new Tensor[ids.size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = x.select(0, i).narrow(0, position(ids.get(i)), 1); // (1, d)
    }
    return Torch.cat(0, rows);
  }

  private int position(int[] ids) {
    int best = 0;
    for (int i = 0; i < ids.length; i++) {
      if (pool.kind() == Kind.END && ids[i] == pool.end()) {
        return i;
      }
      if (pool.kind() == Kind.LARGEST && ids[i] > ids[best]) {
        best = i;
      }
    }
    return best;
  }
}
