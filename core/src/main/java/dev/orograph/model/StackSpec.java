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

  /** The key head that a query head uses. */
  public int keyHead(int head) {
    return (int) ((long) head * keyHeads / heads);
  }
}
