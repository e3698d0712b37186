package dev.orograph.model;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a configuration leaves out of a shape and the weights show. */
final class Measured {
  private Measured() {}

  /**
   * The shape, with layers, widths and vocabulary as the weights have them where the configuration
   * does not say, and without the stacks of which nothing is stored (an encoder alone).
   *
   * @param heads query heads as the user says; 0 where the configuration counts
   * @param byNames whether only names say what the configuration's keys mean, so that the widths of
   *     heads are those of the weights
   */
  static ModelSpec spec(ModelSpec told, List<Parameter> parameters, int heads, boolean byNames) {
    long rows =
        parameters.stream()
            .filter(p -> p.role().component() == Component.EMBEDDING && p.matrix())
            .mapToLong(p -> p.tensor().rows())
            .max()
            .orElse(0);
    Set<Role.Stack> stored = EnumSet.noneOf(Role.Stack.class);
    parameters.forEach(p -> stored.add(p.role().stack()));
    stored.retainAll(told.stacks().stream().map(StackSpec::stack).toList());
    return new ModelSpec(
        told.family(),
        told.stacks().stream()
            .filter(s -> stored.isEmpty() || stored.contains(s.stack()))
            .map(s -> stack(s, parameters, heads > 0 || !byNames ? heads : s.heads()))
            .toList(),
        told.vocabulary() > 0 ? told.vocabulary() : small(rows),
        told.tied(),
        told.activation(),
        told.dtype());
  }

  /** Heads that do not divide the queries, or whose keys do not, are none. */
  private static StackSpec stack(StackSpec s, List<Parameter> parameters, int said) {
    List<Parameter> own =
        parameters.stream().filter(p -> p.role().stack() == s.stack() && p.weight()).toList();
    long layers =
        own.stream()
            .mapToInt(p -> p.role().layer())
            .filter(l -> l != Role.NO_LAYER)
            .distinct()
            .count();
    long width =
        first(own, Component.SELF_ATTN_Q)
            .map(Parameter::inputs)
            .or(() -> first(own, Component.EMBEDDING).map(p -> p.tensor().columns()))
            .orElse(0L);
    long hidden = first(own, Component.MLP_UP).map(Parameter::outputs).orElse(0L);
    int heads = said > 0 ? said : s.heads();
    int keys = s.keyHeads();
    int dHead = s.dHead();
    Optional<Parameter> query = first(own, Component.SELF_ATTN_Q);
    Optional<Parameter> key = first(own, Component.SELF_ATTN_K);
    if (said > 0 && query.isPresent() && query.get().outputs() % said == 0) {
      dHead = small(query.get().outputs() / said);
      keys = key.map(Parameter::outputs).map(n -> small(n)).orElse(said * dHead) / dHead;
      keys = key.isPresent() && key.get().outputs() != (long) keys * dHead ? 0 : keys;
      heads = keys == 0 ? 0 : said;
    } else if (said > 0 && query.isPresent()) {
      heads = 0;
      keys = 0;
      dHead = 0;
    }
    return new StackSpec(
        s.stack(),
        s.layers() > 0 ? s.layers() : small(layers),
        s.dModel() > 0 ? s.dModel() : small(width),
        heads,
        keys,
        dHead,
        s.dFf() > 0 ? s.dFf() : small(hidden),
        Math.min(s.rotary(), dHead));
  }

  private static Optional<Parameter> first(List<Parameter> own, Component component) {
    return own.stream().filter(p -> p.role().component() == component && p.matrix()).findFirst();
  }

  private static int small(long n) {
    return (int) Math.min(n, Integer.MAX_VALUE);
  }
}
