package dev.orograph.model.design;

import dev.orograph.model.Config;

/**
 * How what is given becomes the state that enters block 0. Names are the last parts of stored
 * names, without {@code .weight}; "" where there is none.
 *
 * @param tokens the table of token vectors; of images the projection of patches
 * @param positions the table of learned positions
 * @param types the table of token types; of images the vector that stands before the patches
 * @param norm the norm behind the sum
 * @param image of images their shape; of tokens null
 */
public record EntryDesign(String tokens, String positions, String types, String norm, Image image) {
  /**
   * The images that a model reads.
   *
   * @param side height and width in pixels
   * @param patch height and width of a patch, which are projected without overlap
   * @param channels colours
   * @param biased whether the projection of patches has a bias
   */
  public record Image(int side, int patch, int channels, boolean biased) {
    /** As most configurations spell it, with these sizes where they do not. */
    public static Image of(Config c, int side, int patch, boolean biased) {
      return new Image(
          c.integerFrom(1, side, "image_size"),
          c.integerFrom(1, patch, "patch_size"),
          c.integerFrom(1, 3, "num_channels"),
          biased);
    }

    /** Patches of an image. */
    public int patches() {
      return (side / patch) * (side / patch);
    }
  }

  /** Token vectors alone. */
  public static EntryDesign tokens(String table) {
    return new EntryDesign(table, "", "", "", null);
  }

  /** The same with learned positions. */
  public EntryDesign withPositions(String table) {
    return new EntryDesign(tokens, table, types, norm, image);
  }

  /** The same with token types. */
  public EntryDesign withTypes(String table) {
    return new EntryDesign(tokens, positions, table, norm, image);
  }

  /** The same with a norm behind the sum. */
  public EntryDesign withNorm(String name) {
    return new EntryDesign(tokens, positions, types, name, image);
  }
}
