package dev.orograph.model;

/**
 * The role of one parameter.
 *
 * @param stack which stack
 * @param layer block number from 0, or {@value #NO_LAYER} outside the blocks
 * @param component what it does
 */
public record Role(Stack stack, int layer, Component component) {
  /** Layer of a parameter outside the blocks. */
  public static final int NO_LAYER = -1;

  /** The stacks of a model. */
  public enum Stack {
    /** Bidirectional text. */
    ENCODER,
    /** Causal text. */
    DECODER,
    /** Images. */
    VISION,
    /** The text tower of a two-tower model. */
    TEXT,
    /** Belongs to all or to none. */
    SHARED;

    /** Its name in ids and tables. */
    public String id() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
