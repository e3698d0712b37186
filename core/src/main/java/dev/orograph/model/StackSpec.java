package dev.orograph.model;

import dev.orograph.model.Role.Stack;

/**
 * The shape of one stack of blocks as the configuration gives it; 0 where it does not say.
 *
 * @param stack which stack
 * @param layers blocks
 * @param dModel width of its residual stream
 * @param heads query heads
 * @param keyHeads key and value heads; equal to {@code heads} without grouping. Query head h uses
 *     key head floor(h keyHeads / heads)
 * @param dHead width of a head
 * @param dFf hidden width of the MLP
 * @param rotary leading dimensions of each head that are rotated by position; 0 for none
 */
public record StackSpec(
    Stack stack, int layers, int dModel, int heads, int keyHeads, int dHead, int dFf, int rotary) {

  /** A stack whose heads have keys of their own and share its width evenly, without rotation. */
  public static StackSpec of(Stack stack, int layers, int dModel, int heads, int dFf) {
    return new StackSpec(
        stack, layers, dModel, heads, heads, heads > 0 ? dModel / heads : 0, dFf, 0);
  }

  /** The same from the keys that most configurations use. */
  public static StackSpec usual(Stack stack, Config c) {
    return of(
        stack,
        c.count(0, "num_hidden_layers"),
        c.count(0, "hidden_size"),
        c.count(0, "num_attention_heads"),
        c.count(0, "intermediate_size"));
  }

  /** The same with that many key heads, and heads of that width. */
  public StackSpec withHeads(int keys, int width) {
    return new StackSpec(stack, layers, dModel, heads, keys, width, dFf, rotary);
  }

  /** The same where the leading dimensions of each head are rotated, at most all of them. */
  public StackSpec withRotary(int dimensions) {
    return new StackSpec(
        stack, layers, dModel, heads, keyHeads, dHead, dFf, Math.min(dimensions, dHead));
  }

  /**
   * The same where a share of each head is rotated: what the configuration says, in the old
   * spelling or the new, or {@code otherwise}.
   */
  public StackSpec withRotaryShare(Config c, double otherwise, String... keys) {
    double share = c.number(otherwise, keys);
    if (c.holds("rope_parameters")) {
      share = c.object("rope_parameters").number(share, "partial_rotary_factor");
    }
    return withRotary((int) (dHead * share));
  }

  /** The key head that a query head uses. */
  public int keyHead(int head) {
    return keyHead(head, heads, keyHeads);
  }

  /** The key head that one of {@code heads} query heads uses: floor(head keyHeads / heads). */
  public static int keyHead(int head, int heads, int keyHeads) {
    return (int) ((long) head * keyHeads / heads);
  }
}
