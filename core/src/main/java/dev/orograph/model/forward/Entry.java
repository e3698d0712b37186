package dev.orograph.model.forward;

import dev.orograph.model.Component;
import dev.orograph.model.Role;
import dev.orograph.model.StackSpec;
import dev.orograph.model.design.EntryDesign;
import dev.orograph.model.design.EntryDesign.Image;
import dev.orograph.model.design.HeadDesign;
import dev.orograph.model.design.StackDesign;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** From tokens or patches to the state that enters block 0. */
final class Entry {
  private final Image image;
  private final Tensor tokens;
  private final Tensor positions;
  private final Tensor types;
  private final Tensor patchBias;
  private final Norm norm;

  /** The way into a stack. */
  Entry(Weights w, StackDesign design, Optional<HeadDesign> head) {
    EntryDesign e = design.entry();
    StackSpec s = design.shape();
    long d = s.dModel();
    image = e.image();
    Role table = new Role(s.stack(), Role.NO_LAYER, Component.EMBEDDING);
    Role patches = new Role(s.stack(), Role.NO_LAYER, Component.PROJECTION);
    if (image == null) {
      tokens = w.tokens(design, head);
      Role segments = new Role(s.stack(), Role.NO_LAYER, Component.TYPE_EMBEDDING);
      types = e.types().isEmpty() ? null : w.tensor(segments, e.types(), 0L, d);
      patchBias = null;
    } else {
      long side = image.patch();
      tokens = w.tensor(patches, e.tokens(), d, (long) image.channels(), side, side);
      types = w.vector(table, e.types(), false, d);
      patchBias = image.biased() ? w.vector(patches, e.tokens(), true, d) : null;
    }
    positions =
        e.positions().isEmpty()
            ? null
            : w.tensor(
                new Role(s.stack(), Role.NO_LAYER, Component.POSITION_EMBEDDING),
                e.positions(),
                image == null ? 0L : image.patches() + 1L,
                d);
    norm = Norm.of(w, design.norm(), s.stack(), Role.NO_LAYER, e.norm(), d);
  }

  /** Rows of the table of tokens; 0 for images. */
  long vocabulary() {
    return image == null ? tokens.size(0) : 0;
  }

  /** Learned positions; 0 where there are none. */
  long learned() {
    return positions == null || image != null ? 0 : positions.size(0);
  }

  /** Token types; 0 where there are none. */
  long typed() {
    return types == null || image != null ? 0 : types.size(0);
  }

  /** The images that it reads; null for tokens. */
  Image image() {
    return image;
  }

  /**
   * The state that enters block 0, {@code (batch, positions, d)}.
   *
   * @param at positions of the ids, {@code (batch, positions)}
   */
  Tensor apply(Torch torchOf, Inputs in, Tensor vectors, Tensor at) {
    Tensor x = image != null ? patches(torchOf, in) : vectors;
    if (x == null) {
      x = torchOf.placed(torch.embedding(tokens, torchOf.whole(in.ids)));
    }
    if (positions != null) {
      Tensor places =
          image != null
              ? positions.view(-1, x.size(2))
              : torchOf.placed(torch.embedding(positions, at));
      x = x.add(places);
    }
    if (types != null && image == null) {
      x = x.add(in.types == null ? types.select(0, 0) : types(torchOf, in));
    }
    return norm == null ? x : norm.apply(x);
  }

  private Tensor types(Torch torchOf, Inputs in) {
    return torch.embedding(types, torchOf.whole(in.types));
  }

  /** The class vector, then the patches row by row. */
  private Tensor patches(Torch torchOf, Inputs in) {
    long[] step = {image.patch(), image.patch()};
    Tensor pixels = torchOf.numbers(in.pixels.values(), in.pixels.sizes());
    Tensor grid = // (batch, d, rows, columns)
        torch.conv2d(
            pixels,
            tokens,
            Torch.optional(patchBias),
            step,
            new long[] {0, 0},
            new long[] {1, 1},
            1);
    Tensor rows = grid.flatten(2, 3).transpose(1, 2); // (batch, patches, d)
    return Torch.cat(1, types.view(1, 1, -1).expand(rows.size(0), 1, -1), rows);
  }
}
