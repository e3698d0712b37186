package dev.orograph.model.design;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The forward pass of a model: one stack, or an encoder and the decoder that reads its last state.
 *
 * @param stacks one stack or two
 * @param head scores of tokens behind the last stack, if any
 * @param start the token that a decoder starts with where an encoder reads the prompt
 * @param ends the tokens that end a text, as far as the configuration says
 */
public record Design(
    List<StackDesign> stacks, Optional<HeadDesign> head, int start, Set<Integer> ends) {

  /** Copies its lists. */
  public Design {
    stacks = List.copyOf(stacks);
    ends = Set.copyOf(ends);
  }

  /** One stack without scores of tokens. */
  public static Design of(StackDesign stack) {
    return new Design(List.of(stack), Optional.empty(), 0, Set.of());
  }

  /** One stack that writes text. */
  public static Design of(StackDesign stack, HeadDesign head, Set<Integer> ends) {
    return new Design(List.of(stack), Optional.of(head), 0, ends);
  }

  /** Whether an encoder reads the prompt. */
  public boolean encoderDecoder() {
    return stacks.size() == 2;
  }

  /** The same with every stack changed. */
  public Design withStacks(UnaryOperator<StackDesign> change) {
    return new Design(stacks.stream().map(change).toList(), head, start, ends);
  }

  /** The same with another head. */
  public Design withHead(HeadDesign other) {
    return new Design(stacks, Optional.of(other), start, ends);
  }
}
