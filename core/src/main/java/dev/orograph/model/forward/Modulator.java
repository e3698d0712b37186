package dev.orograph.model.forward;

import dev.orograph.model.StackSpec;
import dev.orograph.model.design.ModulatorDesign;
import dev.orograph.model.design.ModulatorDesign.Entry;
import dev.orograph.model.design.ModulatorDesign.Kind;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What changes the stream before the blocks of an encoder, as its {@link ModulatorDesign} says,
 * with the numbers that it has now. Its owner closes it, after what uses it.
 */
public final class Modulator implements AutoCloseable {
  private static final String ENCODER = "encoder.block_";

  private final ModulatorDesign design;
  private final Torch torchOf;
  private final Learned learned;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Map<String, Learned.Span> spans = new LinkedHashMap<>();
  private final Field field;
  private boolean bypassed;

  private Modulator(ModulatorDesign design, Map<String, double[]> values, Precision precision) {
    this.design = design;
    torchOf = new Torch(precision, Device.CPU);
    long size = design.entries().stream().filter(e -> e.rate() > 0).mapToLong(Entry::count).sum();
    learned = new Learned(torchOf, size);
    for (Entry e : design.entries()) {
      add(e, values.get(e.name()));
    }
    field = design.kind() == Kind.FIELD ? new Field(design, torchOf, tensors) : null;
  }

  /**
   * One with these numbers.
   *
   * @param values of each of the design's entries, row-major
   * @throws IllegalArgumentException where one is missing, of another size, or not finite
   */
  @SuppressWarnings("try") // the scope frees what is made inside it
  public static Modulator of(
      ModulatorDesign design, Map<String, double[]> values, Precision precision) {
    for (Entry e : design.entries()) {
      double[] own = values.get(e.name());
      if (own == null || own.length != e.count()) {
        throw new IllegalArgumentException(
            e.name() + " has " + (own == null ? "no" : own.length) + " numbers for " + e.shape());
      }
      if (!Arrays.stream(own).allMatch(Double::isFinite)) {
        throw new IllegalArgumentException(e.name() + " has a number that is not finite");
      }
    }
    try (PointerScope scope = new PointerScope()) {
      return new Modulator(design, values, precision);
    }
  }

  private void add(Entry e, double[] values) {
    long[] shape = e.shape().stream().mapToLong(Long::longValue).toArray();
    Tensor value = torchOf.numbers(values, shape);
    if (e.rate() > 0) {
      spans.put(e.name(), learned.add(e.shape(), true, e.rate(), value));
      tensors.put(e.name(), learned.leaf());
    } else {
      tensors.put(e.name(), Torch.keep(value.clone()));
    }
  }

  /** What it is. */
  public ModulatorDesign design() {
    return design;
  }

  Torch torchOf() {
    return torchOf;
  }

  Learned learned() {
    return learned;
  }

  /** The numbers of a tensor, row-major. */
  @SuppressWarnings("try") // the scope frees what is made inside it
  public double[] get(String name) {
    try (PointerScope scope = new PointerScope()) {
      return Torch.doubles(tensors.get(name).detach());
    }
  }

  /** How much is injected, by layer, or by layer and expert: a. */
  public double[] alphas() {
    double[] a = get(ModulatorDesign.ALPHA);
    if (design.kind() == Kind.LOW_RANK) {
      return a;
    }
    Arrays.setAll(
        a, i -> Math.max(design.floor(), Math.min(design.ceiling(), 1 / (1 + Math.exp(-a[i])))));
    return a;
  }

  /**
   * Gives every layer and expert one a.
   *
   * @param a between 0 and 1, both left out
   */
  @SuppressWarnings("try") // the scope frees what is made inside it
  public void alpha(double a) {
    if (!(a > 0 && a < 1)) {
      throw new IllegalArgumentException("alpha lies between 0 and 1, not " + a);
    }
    double value = design.kind() == Kind.LOW_RANK ? a : Math.log(a / (1 - a));
    try (PointerScope scope = new PointerScope();
        NoGradGuard plain = new NoGradGuard()) {
      spans.get(ModulatorDesign.ALPHA).of(learned.values().tensor()).fill_(new Scalar(value));
    }
  }

  /** Whether it changes nothing from now on: not a bit of what the model computes without it. */
  public void bypass(boolean on) {
    bypassed = on;
  }

  /** Refuses a model whose first stack it does not fit. */
  void check(Network network) {
    StackSpec s = network.first().design().shape();
    if (!network.design().encoderDecoder()) {
      throw network.checks().refused("has an encoder before its decoder", "it has one stack");
    }
    if (s.layers() != design.layers() || s.dModel() != design.dModel()) {
      throw network
          .checks()
          .refused(
              "has an encoder of " + s.layers() + " blocks of width " + s.dModel(),
              "the modulator has " + design.layers() + " of width " + design.dModel());
    }
    long vocabulary = network.first().entry().vocabulary();
    if (design.kind() != Kind.FIELD && vocabulary != design.vocabulary()) {
      throw network
          .checks()
          .refused(
              "reads " + vocabulary + " tokens",
              "the modulator has vectors for " + design.vocabulary());
    }
  }

  /** What changes the stream of one input. */
  Hook hook(Inputs in) {
    if (bypassed) {
      return Hook.NONE;
    }
    Tensor alpha = tensors.get(ModulatorDesign.ALPHA);
    if (field != null) {
      Tensor a =
          alpha
              .sigmoid()
              .clamp(
                  new ScalarOptional(new Scalar(design.floor())),
                  new ScalarOptional(new Scalar(design.ceiling())));
      return before((layer, x) -> field.apply(x, a.select(0, layer)));
    }
    if (in.ids == null) {
      throw new IllegalArgumentException("a modulator with a vector per token needs token ids");
    }
    // Once for all layers: it depends on the tokens alone.
    Tensor target =
        torch.linear(
            torch.embedding(tensors.get(ModulatorDesign.TABLE), torchOf.whole(in.ids)),
            tensors.get(ModulatorDesign.PROJECTION));
    if (design.kind() == Kind.LOW_RANK) {
      return before((layer, x) -> torch.addcmul(x, target, alpha.select(0, layer)));
    }
    Tensor a = alpha.sigmoid();
    return before((layer, x) -> x.lerp(target, a.select(0, layer)));
  }

  /** Changes the stream before a block of that number. */
  private interface Change {
    Tensor of(int layer, Tensor x);
  }

  private static Hook before(Change change) {
    return (block, x) ->
        block.startsWith(ENCODER)
            ? change.of(Integer.parseInt(block.substring(ENCODER.length())), x)
            : x;
  }

  /**
   * Squared volumes of an expert's simplices where the stream is x, before LayerNorm.
   *
   * @param x {@code (n, d)}, row-major
   * @return one per row
   */
  @SuppressWarnings("try") // the scope frees what is made inside it
  public double[] squaredVolumes(int k, double[] x) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard plain = new NoGradGuard()) {
      Tensor rows = torchOf.numbers(x, x.length / design.dModel(), design.dModel());
      return Torch.doubles(field.features(k, field.active(rows)).select(-1, -1));
    }
  }

  /** Frees its numbers. A second call does nothing. */
  @Override
  public void close() {
    if (field != null) {
      field.close();
    }
    for (Entry e : design.entries()) {
      Tensor t = tensors.remove(e.name());
      if (t != null && e.rate() == 0) {
        Torch.release(t);
      }
    }
    learned.close();
  }
}
