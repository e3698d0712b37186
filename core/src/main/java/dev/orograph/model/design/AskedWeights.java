package dev.orograph.model.design;

import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.model.Role;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.StackSpec;
import dev.orograph.model.design.EntryDesign.Image;
import dev.orograph.model.design.StackDesign.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The weights of a model as a forward pass asks for them: by role and name, each of the shape that
 * its place has. {@link #check} asks for all of a design's without computing anything, so that what
 * a model lacks is known before a pass is promised.
 */
public final class AskedWeights {
  private final Model model;
  private final Map<Role, List<Parameter>> byRole = new HashMap<>();
  private final Set<Parameter> asked = new HashSet<>();

  /** The weights of that model. */
  public AskedWeights(Model model) {
    this.model = model;
    for (Parameter p : model.parameters()) {
      if (p.weight()) {
        byRole.computeIfAbsent(p.role(), r -> new ArrayList<>()).add(p);
      }
    }
  }

  /**
   * Checks that a model has what a design needs and no weight of a block beside.
   *
   * @throws InputException where it lacks a weight, has one too many, or one of another shape
   */
  public static void check(Model model, Design design) {
    AskedWeights needs = new AskedWeights(model);
    for (StackDesign s : design.stacks()) {
      needs.shape(s.shape());
      needs.stack(s, design.head());
    }
    StackDesign last = design.stacks().get(design.stacks().size() - 1);
    needs.pool(last);
    design.head().ifPresent(h -> needs.score(h, last));
    needs.nothingLeft(design.stacks());
  }

  /** What was asked for and fitted, so far. */
  public Set<Parameter> asked() {
    return asked;
  }

  private void stack(StackDesign design, Optional<HeadDesign> head) {
    StackSpec s = design.shape();
    Stack stack = s.stack();
    long d = s.dModel();
    EntryDesign e = design.entry();
    Image image = e.image();
    if (image == null) {
      fit(tokens(design, head), List.of(0L, d));
      if (!e.types().isEmpty()) {
        fit(require(outside(stack, Component.TYPE_EMBEDDING), e.types(), false), List.of(0L, d));
      }
    } else {
      Role patches = outside(stack, Component.PROJECTION);
      long side = image.patch();
      fit(require(patches, e.tokens(), false), List.of(d, (long) image.channels(), side, side));
      fit(require(outside(stack, Component.EMBEDDING), e.types(), false), List.of(d));
      if (image.biased()) {
        fit(require(patches, e.tokens(), true), List.of(d));
      }
    }
    if (!e.positions().isEmpty()) {
      fit(
          require(outside(stack, Component.POSITION_EMBEDDING), e.positions(), false),
          List.of(image == null ? 0L : image.patches() + 1L, d));
    }
    norm(design.norm(), stack, Role.NO_LAYER, e.norm(), d);
    for (int i = 0; i < s.layers(); i++) {
      block(design, i);
    }
    design
        .block()
        .attention()
        .relative()
        .ifPresent(
            r ->
                fit(
                    require(
                        new Role(stack, 0, Component.POSITION_BIAS),
                        AttentionDesign.RELATIVE_TABLE,
                        false),
                    List.of((long) r.buckets(), (long) s.heads())));
    norm(design.norm(), stack, Role.NO_LAYER, design.finalNorm(), d);
  }

  private void block(StackDesign design, int layer) {
    StackSpec s = design.shape();
    Stack stack = s.stack();
    BlockDesign b = design.block();
    AttentionDesign a = b.attention();
    long d = s.dModel();
    long queries = (long) s.heads() * s.dHead();
    long keys = (long) s.keyHeads() * s.dHead();
    linear(stack, layer, Component.SELF_ATTN_Q, "", queries, d, a.biasIn());
    linear(stack, layer, Component.SELF_ATTN_K, "", keys, d, a.biasIn());
    linear(stack, layer, Component.SELF_ATTN_V, "", keys, d, a.biasIn());
    linear(stack, layer, Component.SELF_ATTN_O, "", d, queries, a.biasOut());
    if (a.headNorm()) {
      norm(design.norm(), stack, layer, "self_attn.q_norm", s.dHead());
      norm(design.norm(), stack, layer, "self_attn.k_norm", s.dHead());
    }
    if (!b.crossNorm().isEmpty()) {
      linear(stack, layer, Component.CROSS_ATTN_Q, "", queries, d, a.biasIn());
      linear(stack, layer, Component.CROSS_ATTN_K, "", queries, d, a.biasIn());
      linear(stack, layer, Component.CROSS_ATTN_V, "", queries, d, a.biasIn());
      linear(stack, layer, Component.CROSS_ATTN_O, "", d, queries, a.biasOut());
    }
    MlpDesign mlp = b.mlp();
    long hidden = linear(stack, layer, Component.MLP_UP, "", s.dFf(), d, mlp.biased());
    if (mlp.gated()) {
      linear(stack, layer, Component.MLP_GATE, "", hidden, d, mlp.biased());
    }
    linear(stack, layer, Component.MLP_DOWN, "", d, hidden, mlp.biased());
    for (String name : new String[] {b.attentionNorm(), b.crossNorm(), b.mlpNorm()}) {
      norm(design.norm(), stack, layer, name, d);
    }
    for (String name : new String[] {b.attentionScale(), b.mlpScale()}) {
      if (!name.isEmpty()) {
        fit(require(new Role(stack, layer, Component.SCALE), name, false), List.of(d));
      }
    }
  }

  private void pool(StackDesign design) {
    Role role = outside(design.shape().stack(), Component.POOLER);
    String name = design.pool().name();
    long d = design.shape().dModel();
    if (design.pool().kind() == Kind.DENSE && find(role, name, false).isPresent()) {
      linear(role.stack(), Role.NO_LAYER, role.component(), name, d, d, true);
    }
    if (design.pool().kind() == Kind.NORM) {
      norm(design.norm(), role.stack(), Role.NO_LAYER, name, d);
    }
  }

  private void score(HeadDesign head, StackDesign last) {
    Parameter table =
        head.tied() ? tokens(last, Optional.of(head)) : head(head, last.shape().stack());
    fit(table, List.of(0L, (long) last.shape().dModel()));
    if (head.biased()) {
      Role role = outside(last.shape().stack(), Component.HEAD);
      fit(require(role, head.table(), true), List.of(table.tensor().rows()));
    }
  }

  private static Role outside(Stack stack, Component component) {
    return new Role(stack, Role.NO_LAYER, component);
  }

  /** Its outputs. */
  private long linear(
      Stack stack, int layer, Component c, String name, long outputs, long inputs, boolean biased) {
    Role role = new Role(stack, layer, c);
    Parameter p = matrix(role, name, outputs, inputs);
    if (biased) {
      fit(require(role, name, true), List.of(p.outputs()));
    }
    return p.outputs();
  }

  private void norm(NormDesign norm, Stack stack, int layer, String name, long d) {
    if (name.isEmpty()) {
      return;
    }
    Role role = new Role(stack, layer, Component.NORM);
    fit(require(role, name, false), List.of(d));
    if (norm.kind() == NormDesign.Kind.LAYER) {
      fit(require(role, name, true), List.of(d));
    }
  }

  /** A matrix, {@code (outputs, inputs)} whichever way it is stored; 0 stands for any size. */
  public Parameter matrix(Role role, String name, long outputs, long inputs) {
    Parameter p = require(role, name, false);
    return fit(p, p.transposed() ? List.of(inputs, outputs) : List.of(outputs, inputs));
  }

  /** The vectors of tokens: a stack's own, or those that all share, or a head tied to them. */
  public Parameter tokens(StackDesign design, Optional<HeadDesign> head) {
    Role role = outside(design.shape().stack(), Component.EMBEDDING);
    String name = design.entry().tokens();
    for (Stack stack : List.of(Stack.SHARED, role.stack(), Stack.ENCODER, Stack.DECODER)) {
      Optional<Parameter> own = find(outside(stack, role.component()), name, false);
      if (own.isPresent()) {
        return own.get();
      }
    }
    if (head.isPresent() && head.get().tied()) {
      Optional<Parameter> other =
          find(outside(role.stack(), Component.HEAD), head.get().table(), false);
      if (other.isPresent()) {
        return other.get();
      }
    }
    return require(role, name, false);
  }

  /** What scores tokens where it is not tied. */
  public Parameter head(HeadDesign head, Stack stack) {
    String name = head.table() + ".weight";
    return model.aliases().keySet().stream()
        .filter(alias -> alias.equals(name) || alias.endsWith("." + name))
        .findFirst()
        .flatMap(model::parameter)
        .orElseGet(() -> require(outside(stack, Component.HEAD), head.table(), false));
  }

  /**
   * The same weight, after a check of its shape; sizes of 1, which some families write in front, do
   * not count.
   *
   * @param expected sizes, 0 for any
   * @throws InputException where it has another
   */
  public Parameter fit(Parameter p, List<Long> expected) {
    List<Long> found = p.tensor().shape();
    if (!fits(squeezed(found), squeezed(expected))) {
      throw InputException.at(p.tensor().file())
          .place(Text.quoted(p.tensor().name()))
          .expected(
              "should have shape "
                  + expected.stream().map(n -> n == 0 ? "any" : n.toString()).toList())
          .found("it has " + found)
          .remedy("check the configuration against the weights")
          .build();
    }
    asked.add(p);
    return p;
  }

  private static boolean fits(List<Long> found, List<Long> expected) {
    boolean fits = found.size() == expected.size();
    for (int i = 0; fits && i < found.size(); i++) {
      fits = expected.get(i) == 0 || expected.get(i).equals(found.get(i));
    }
    return fits;
  }

  private static List<Long> squeezed(List<Long> shape) {
    return shape.stream().filter(n -> n != 1).toList();
  }

  /**
   * The weight of that role and name.
   *
   * @throws InputException where there is none, or several
   */
  public Parameter require(Role role, String name, boolean bias) {
    return find(role, name, bias)
        .orElseThrow(
            () ->
                InputException.at(model.checkpoint().files().get(0))
                    .place(
                        role.stack().id()
                            + (role.layer() < 0 ? "" : " block " + role.layer())
                            + " '"
                            + (name.isEmpty() ? role.component().id() : name)
                            + (bias ? "' bias" : "' weight"))
                    .expected("is needed by the forward pass")
                    .found("no stored tensor has that role")
                    .remedy(
                        "check its configuration; without it only the analyses of weights apply")
                    .build());
  }

  /**
   * The weight of that role and name, if there is one.
   *
   * @throws InputException where there are several
   */
  public Optional<Parameter> find(Role role, String name, boolean bias) {
    List<Parameter> all =
        byRole.getOrDefault(role, List.of()).stream().filter(p -> named(p, name, bias)).toList();
    if (all.size() > 1) {
      throw InputException.at(all.get(1).tensor().file())
          .place(Text.quoted(all.get(1).tensor().name()))
          .expected("should be the only tensor of its role")
          .found(Text.quoted(all.get(0).tensor().name()) + " has it too")
          .remedy("store the model without one of them")
          .build();
    }
    return all.stream().findFirst();
  }

  /**
   * Whether that regular expression fits its name behind the layer number, or outside of blocks its
   * last parts.
   */
  private static boolean named(Parameter p, String name, boolean bias) {
    String stored = p.tensor().storedName();
    boolean isBias = stored.endsWith("bias") || stored.endsWith(".beta");
    if (isBias != bias || name.isEmpty()) {
      return isBias == bias;
    }
    String bare = stored.replaceFirst("\\.(weight|bias|gamma|beta)$", "");
    int layer = p.role().layer();
    String inside = layer < 0 ? bare : bare.replaceFirst("^(.*?\\.)?" + layer + "\\.", "");
    return inside.matches(layer < 0 ? "(.*\\.)?(" + name + ")" : name);
  }

  /**
   * Checks that a stack can be computed.
   *
   * @throws InputException where its sizes are not told, or do not fit each other
   */
  public void shape(StackSpec s) {
    if (s.layers() < 1 || s.dModel() < 1 || s.heads() < 1 || s.dHead() < 1 || s.keyHeads() < 1) {
      throw refused(
          "has no shape to compute with",
          s.layers()
              + " layers of width "
              + s.dModel()
              + " with "
              + s.heads()
              + " heads of "
              + s.dHead());
    }
    if (s.heads() % s.keyHeads() != 0) {
      throw refused(
          "shares keys among query heads evenly",
          "there are " + s.heads() + " query heads and " + s.keyHeads() + " key heads");
    }
    if (s.rotary() % 2 != 0) {
      throw refused("rotates dimensions in pairs", s.rotary() + " are to be rotated");
    }
  }

  private InputException refused(String expected, String found) {
    return InputException.at(model.checkpoint().configFile().orElse(model.checkpoint().root()))
        .place("the model")
        .expected(expected)
        .found(found)
        .remedy("give it what it was made for")
        .build();
  }

  /** The weights that nobody asked for, as they are stored. */
  public List<Parameter> unused() {
    return model.parameters().stream().filter(p -> p.weight() && !asked.contains(p)).toList();
  }

  /**
   * Checks that no weight of a block is left over: it would change what is computed.
   *
   * @throws InputException where one is
   */
  public void nothingLeft(List<StackDesign> stacks) {
    for (Parameter p : unused()) {
      boolean inside =
          p.role().layer() >= 0
              && stacks.stream().anyMatch(s -> s.shape().stack() == p.role().stack());
      // Files of the first T5 bring a second table, which the transformers library does not read.
      boolean old = p.tensor().storedName().contains("EncDecAttention.relative_attention_bias");
      if (inside && !old) {
        throw InputException.at(p.tensor().file())
            .place(Text.quoted(p.tensor().name()))
            .expected("belongs to a block")
            .found("the forward pass that the configuration describes has no place for it")
            .remedy("check the configuration against the weights")
            .build();
      }
    }
  }
}
