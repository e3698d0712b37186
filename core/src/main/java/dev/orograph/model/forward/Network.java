package dev.orograph.model.forward;

import dev.orograph.input.InputException;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.model.design.Design;
import dev.orograph.model.design.StackDesign;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The stacks of a model with what stands behind them, and the way of a batch through them. */
final class Network implements AutoCloseable {
  private final Design design;
  private final Torch torchOf;
  private final Checks checks;
  private final Weights weights;
  private final List<BlockStack> stacks = new ArrayList<>();
  private final Pooling pooling;
  private final Head head;
  private Modulator modulator;

  /**
   * Takes the weights, in the scope of the caller.
   *
   * @param source gives stored weights
   */
  Network(Model model, Design design, Torch torchOf, Weights.Source source) {
    this.design = design;
    this.torchOf = torchOf;
    this.checks = new Checks(model);
    this.weights = new Weights(model, source);
    try {
      for (StackDesign s : design.stacks()) {
        weights.requireShape(s.shape());
        String prefix = design.encoderDecoder() ? s.shape().stack().id() + "." : "";
        stacks.add(new BlockStack(weights, s, design.head(), prefix, torchOf));
      }
      StackDesign last = design.stacks().get(design.stacks().size() - 1);
      pooling = Pooling.of(weights, last);
      head = design.head().map(h -> Head.of(weights, h, last, design.head())).orElse(null);
      weights.requireNothingLeft(design.stacks());
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  Design design() {
    return design;
  }

  /**
   * What changes the stream of the first stack from now on; null for nothing.
   *
   * @throws InputException where it is of another shape
   */
  void modulate(Modulator other) {
    if (other != null) {
      other.check(this);
    }
    modulator = other;
  }

  /** A hook, or the modulator where there is none. */
  private Hook hook(Hook given, Inputs in) {
    return given == Hook.NONE && modulator != null ? modulator.hook(in) : given;
  }

  /** Weights outside of blocks that it does not use. */
  List<String> unused() {
    return weights.unused().stream().map(p -> p.tensor().name()).toList();
  }

  /** The weights that it uses. */
  List<Parameter> used() {
    return weights.used();
  }

  /** The names of its states in the order in which they come about. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    stacks.forEach(s -> names.addAll(s.names()));
    if (pooling != null) {
      names.add("pooled");
    }
    if (head != null) {
      names.add("logits");
    }
    return names;
  }

  /** Tokens that are scored. */
  long vocabulary() {
    return head.linear().weight().size(0);
  }

  Torch torchOf() {
    return torchOf;
  }

  Checks checks() {
    return checks;
  }

  BlockStack first() {
    return stacks.get(0);
  }

  BlockStack last() {
    return stacks.get(stacks.size() - 1);
  }

  /** The vectors that are given in place of tokens; null where there are none. */
  Tensor vectors(Inputs in) {
    return in.vectors == null ? null : torchOf.numbers(in.vectors.values(), in.vectors.sizes());
  }

  /** The wanted states; the caller's scope frees the rest. */
  States run(Inputs in, Tensor vectors, Set<String> wanted, Hook hook, Cache cache) {
    States kept = new States();
    Pass pass = new Pass(wanted, kept, hook(hook, in));
    try {
      Tensor x =
          design.encoderDecoder() ? both(pass, in, vectors, cache) : one(pass, in, vectors, cache);
      if (x != null && pooling != null && wanted.contains("pooled")) {
        pass.at("pooled", pooling.apply(x, in.ids));
      }
      if (x != null && head != null && wanted.contains("logits")) {
        pass.at("logits", head.apply(x));
      }
      return kept;
    } catch (RuntimeException e) {
      kept.close();
      throw e;
    }
  }

  /**
   * The scores of some positions, {@code (rows, vocabulary)}; the caller's scope frees the rest.
   *
   * @param rows which, counted through the batch
   */
  Tensor scores(Inputs in, Tensor rows) {
    return scores(in, null, rows);
  }

  /**
   * The same with vectors in place of tokens.
   *
   * @param vectors {@code (batch, positions, d)}; may be null
   */
  Tensor scores(Inputs in, Tensor vectors, Tensor rows) {
    Pass pass = new Pass(Set.of("logits"), new States(), hook(Hook.NONE, in));
    Tensor x =
        design.encoderDecoder() ? both(pass, in, vectors, null) : one(pass, in, vectors, null);
    return head.apply(torch.index_select(x.flatten(0, 1), 0, rows));
  }

  /** Whether it is one stack, whose gradient can be taken {@linkplain #back a block at a time}. */
  boolean single() {
    return stacks.size() == 1;
  }

  /**
   * The gradient of a function of the scores of some positions with respect to the vectors, a block
   * at a time; see {@link BlockStack#back}.
   *
   * @param rows which positions, counted through the batch
   * @param most bytes that blocks may note for the way back before they are computed twice
   * @param derivative df/d scores, {@code (rows, vocabulary)}, of those scores
   * @return {@code (batch, positions, d)}
   */
  @SuppressWarnings("try") // the guard is there for what happens inside it
  Tensor back(
      Inputs in, Tensor vectors, Tensor rows, double most, UnaryOperator<Tensor> derivative) {
    return last()
        .back(
            in,
            vectors,
            most,
            h -> {
              Tensor some = torch.index_select(h.flatten(0, 1), 0, rows);
              Tensor scores;
              try (NoGradGuard plain = new NoGradGuard()) {
                scores = head.apply(some);
              }
              Tensor by = derivative.apply(scores);
              try (NoGradGuard plain = new NoGradGuard()) {
                Tensor back = Torch.times(head.linear().back(by), head.scale());
                Tensor all = torch.zeros_like(h.flatten(0, 1));
                return all.index_copy(0, rows, back).view_as(h);
              }
            });
  }

  /** Before anything is computed: whether there are such states, and the model can read this. */
  void check(Inputs in, Set<String> wanted) {
    for (String name : wanted) {
      if (!names().contains(name)) {
        throw new IllegalArgumentException("no state '" + name + "': " + names());
      }
    }
    checks.inputs(stacks.get(0), in, 0);
    boolean reads = wanted.stream().allMatch(n -> n.startsWith("encoder."));
    if (design.encoderDecoder() && !reads) {
      if (in.decoder == null) {
        throw checks.refused("has a decoder", "no ids are given for it");
      }
      if (in.decoder.batch() != in.batch()) {
        throw checks.refused(
            "reads as many sequences in its decoder as in its encoder",
            "there are " + in.decoder.batch() + " and " + in.batch());
      }
      checks.inputs(last(), in.decoder, 0);
    }
  }

  private Tensor one(Pass pass, Inputs in, Tensor vectors, Cache cache) {
    return last().run(pass, in, vectors, null, null, cache);
  }

  private Tensor both(Pass pass, Inputs in, Tensor vectors, Cache cache) {
    Tensor memory = cache == null ? null : cache.memory();
    if (memory == null) {
      memory = stacks.get(0).run(pass, in, vectors, null, null, null);
      if (cache != null) {
        cache.remember(memory);
      }
    }
    if (pass.done()) {
      return null;
    }
    return last().run(pass, in.decoder, null, memory, in.mask, cache);
  }

  @Override
  public void close() {
    weights.close();
  }
}
