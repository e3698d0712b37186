package dev.orograph.model.design;

import dev.orograph.model.StackSpec;

/**
 * One stack of blocks.
 *
 * @param shape its sizes
 * @param entry what enters block 0
 * @param norm how every norm of it works
 * @param block one of its blocks; all are alike
 * @param finalNorm the last part of the name of the norm behind the last block; "" for none
 * @param pool one vector for the whole input, if any
 * @param positions most positions that an input may have; 0 where only memory says
 */
public record StackDesign(
    StackSpec shape,
    EntryDesign entry,
    NormDesign norm,
    BlockDesign block,
    String finalNorm,
    Pool pool,
    int positions) {
  /** How the states of all positions become one vector. */
  public enum Kind {
    /** Not at all. */
    NONE,
    /** The first position. */
    FIRST,
    /** tanh(W h + b) of the first position, where W is stored. */
    DENSE,
    /** A norm of the first position. */
    NORM,
    /** The first position that holds the token {@code end}; without one the first. */
    END,
    /** The first position that holds the largest id of its sequence. */
    LARGEST
  }

  /**
   * How the states of all positions become one vector, named {@code pooled}.
   *
   * @param kind which way
   * @param name of {@link Kind#DENSE} and {@link Kind#NORM} the last part of the stored name
   * @param end of {@link Kind#END} the token
   */
  public record Pool(Kind kind, String name, int end) {
    /** No such vector. */
    public static final Pool NONE = new Pool(Kind.NONE, "", 0);

    /** Without a token. */
    public static Pool of(Kind kind, String name) {
      return new Pool(kind, name, 0);
    }
  }

  /** The same with another block. */
  public StackDesign withBlock(BlockDesign other) {
    return new StackDesign(shape, entry, norm, other, finalNorm, pool, positions);
  }

  /** The same with another norm. */
  public StackDesign withNorm(NormDesign other) {
    return new StackDesign(shape, entry, other, block, finalNorm, pool, positions);
  }

  /** The same with other sizes. */
  public StackDesign withShape(StackSpec other) {
    return new StackDesign(other, entry, norm, block, finalNorm, pool, positions);
  }

  /** The same with another way in. */
  public StackDesign withEntry(EntryDesign other) {
    return new StackDesign(shape, other, norm, block, finalNorm, pool, positions);
  }

  /** The same with that norm behind the last block. */
  public StackDesign withFinalNorm(String name) {
    return new StackDesign(shape, entry, norm, block, name, pool, positions);
  }

  /** The same with another pool. */
  public StackDesign withPool(Pool other) {
    return new StackDesign(shape, entry, norm, block, finalNorm, other, positions);
  }
}
