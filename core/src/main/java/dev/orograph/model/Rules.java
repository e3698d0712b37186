package dev.orograph.model;

import dev.orograph.model.Family.Rule;
import dev.orograph.model.Role.Stack;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes down which tensor name has which role. A name is given in a short notation: {@code #}
 * stands for the layer number, {@code *} for {@code weight} or {@code bias}, a dot for itself, and
 * everything else is a regular expression. The first rule that matches a whole name counts.
 */
public final class Rules {
  private final List<Rule> rules = new ArrayList<>();
  private Stack stack;
  private String prefix = "";

  private Rules(Stack stack) {
    this.stack = stack;
  }

  /** Rules for names of that stack. */
  public static Rules of(Stack stack) {
    return new Rules(stack);
  }

  /** The names that follow belong to that stack and start with that prefix. */
  public Rules in(Stack names, String start) {
    stack = names;
    return under(start);
  }

  /** The names that follow start with that prefix. */
  public Rules under(String start) {
    prefix = start;
    return this;
  }

  /** A tensor that holds one weight, {@code (outputs, inputs)} where it is a matrix. */
  public Rules name(String notation, Component component) {
    return name(notation, Layout.LINEAR, component);
  }

  /** A tensor that holds these weights in that layout. */
  public Rules name(String notation, Layout layout, Component... components) {
    rules.add(Rule.of(prefix + notation, stack, List.of(components), layout));
    return this;
  }

  /** The four projections of self-attention under {@code at}. */
  public Rules selfAttention(String at, String q, String k, String v, String o) {
    return name(at + q + ".*", Component.SELF_ATTN_Q)
        .name(at + k + ".*", Component.SELF_ATTN_K)
        .name(at + v + ".*", Component.SELF_ATTN_V)
        .name(at + o + ".*", Component.SELF_ATTN_O);
  }

  /** The four projections of cross-attention under {@code at}. */
  public Rules crossAttention(String at, String q, String k, String v, String o) {
    return name(at + q + ".*", Component.CROSS_ATTN_Q)
        .name(at + k + ".*", Component.CROSS_ATTN_K)
        .name(at + v + ".*", Component.CROSS_ATTN_V)
        .name(at + o + ".*", Component.CROSS_ATTN_O);
  }

  /**
   * The outputs of models for a task, which the transformers library names alike everywhere and
   * without a prefix; the names that follow have none either.
   */
  public Rules taskHeads() {
    prefix = "";
    return name("(?:score|classifier|qa_outputs).*", Component.HEAD)
        .name("(?:classifier|classification_head).dense.*", Component.PROJECTION)
        .name("(?:classifier|classification_head).out_proj.*", Component.HEAD);
  }

  /** All of them in the order in which they were written. */
  public List<Rule> list() {
    return List.copyOf(rules);
  }
}
