package dev.orograph.model;

import dev.orograph.model.Role.Stack;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The shape of a model as its configuration gives it; 0 or "" where it does not say.
 *
 * @param family the family's name, "matrices" where none is recognised
 * @param stacks its stacks of blocks, in the order to show
 * @param vocabulary number of tokens
 * @param tied whether embedding and head share one matrix
 * @param activation the MLP's activation as the configuration spells it
 * @param dtype the declared type of the weights
 */
public record ModelSpec(
    String family,
    List<StackSpec> stacks,
    int vocabulary,
    boolean tied,
    String activation,
    String dtype) {

  /** The spec of a model of no known family. */
  public static ModelSpec none() {
    return new ModelSpec("matrices", List.of(), 0, false, "", "");
  }

  /**
   * A spec with what all configurations spell alike.
   *
   * @param family the family's name
   * @param c the configuration
   * @param tied whether embedding and head are one matrix where the configuration does not say
   * @param activation the MLP's activation
   * @param stacks its stacks
   */
  public static ModelSpec of(
      String family, Config c, boolean tied, String activation, StackSpec... stacks) {
    return new ModelSpec(
        family,
        List.of(stacks),
        c.count(0, "vocab_size"),
        c.flag(tied, "tie_word_embeddings"),
        activation,
        c.text("", "torch_dtype", "dtype"));
  }

  /** The same where only names tell the family: nothing that the configuration does not say. */
  ModelSpec byNames(Config c) {
    return new ModelSpec(
        family,
        stacks.stream().map(s -> s.withRotary(0)).toList(),
        vocabulary,
        tied,
        c.has("hidden_act") ? activation : "",
        dtype);
  }

  /** The stack of that kind. */
  public Optional<StackSpec> stack(Stack kind) {
    return stacks.stream().filter(s -> s.stack() == kind).findFirst();
  }

  /** Whether it writes text: has a decoder, and with it a head over a vocabulary. */
  public boolean writes() {
    return vocabulary > 0 && stack(Stack.DECODER).isPresent();
  }

  /** Label to value, only what is known, in the order to show. */
  public Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    put(facts, "d_model", s -> number(s.dModel()));
    put(facts, "layers", s -> number(s.layers()));
    put(facts, "heads", ModelSpec::heads);
    put(facts, "rotary", s -> s.rotary() > 0 ? s.rotary() + " of " + s.dHead() : "");
    put(facts, "d_ff", s -> number(s.dFf()));
    if (vocabulary > 0) {
      facts.put("vocabulary", number(vocabulary));
    }
    if (!activation.isEmpty()) {
      facts.put("activation", activation);
    }
    if (!dtype.isEmpty()) {
      facts.put("declared dtype", dtype);
    }
    if (writes()) {
      facts.put("embedding and head", tied ? "tied" : "separate");
    }
    return facts;
  }

  private static String heads(StackSpec s) {
    if (s.heads() == 0) {
      return "";
    }
    String grouped = s.keyHeads() != s.heads() ? " query, " + s.keyHeads() + " key/value" : "";
    return s.heads() + grouped + (s.dHead() > 0 ? " of width " + s.dHead() : "");
  }

  /** One value where all stacks agree, one per stack otherwise. */
  private void put(Map<String, String> facts, String label, Function<StackSpec, String> value) {
    List<StackSpec> known = stacks.stream().filter(s -> !value.apply(s).isEmpty()).toList();
    if (known.isEmpty()) {
      return;
    }
    boolean same = known.stream().map(value).distinct().count() == 1 && !label.equals("layers");
    facts.put(
        label,
        same || known.size() == 1
            ? value.apply(known.get(0))
            : known.stream()
                .map(s -> value.apply(s) + " " + s.stack().id())
                .collect(Collectors.joining(" + ")));
  }

  private static String number(int value) {
    return value > 0 ? String.format(Locale.ROOT, "%,d", value) : "";
  }
}
