package dev.orograph.model.forward;

import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.model.design.Design;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A model in which something may change: the loss of labelled slices, and its derivatives by all
 * weights that the forward pass uses, or by the numbers of a modulator while the weights stay as
 * they are. The pass is that of {@link Transformer}.
 *
 * <p>Slices are computed side by side with one native thread each and added in their order, so that
 * bits depend on the slices but not on the number of threads. May be used by one thread at a time.
 */
public final class Trainable implements AutoCloseable {
  private final Model model;
  private final Torch torchOf;
  private final Network network;

  /** All weights; null where a modulator learns. */
  private final Variables variables;

  /** The weights that stay as they are; null where they learn. */
  private final TensorFiles frozen;

  private final Learned learned;
  private final Flat gradient;
  private Slices slices = new Slices(Runtime.getRuntime().availableProcessors());

  private Trainable(
      Model model,
      Torch torchOf,
      Network network,
      Variables variables,
      TensorFiles frozen,
      Learned learned) {
    this.model = model;
    this.torchOf = torchOf;
    this.network = network;
    this.variables = variables;
    this.frozen = frozen;
    this.learned = learned;
    this.gradient = zeros();
  }

  /**
   * A copy of a model's weights in float32 or float64.
   *
   * @throws InputException where {@link Transformer} cannot load it, or it scores no tokens
   * @throws IllegalArgumentException for a precision in which small steps are lost
   */
  @SuppressWarnings("try") // the scope frees what is made inside it
  public static Trainable load(Model model, Precision precision) {
    if (precision == Precision.BFLOAT16) {
      throw new IllegalArgumentException("weights are trained in float32 or float64");
    }
    Design design = Transformer.designOf(model);
    Torch torchOf = new Torch(precision, Device.CPU);
    try (PointerScope scope = new PointerScope()) {
      Variables variables = new Variables(model, torchOf);
      try {
        Network network = new Network(model, design, torchOf, variables::read);
        requireScores(network);
        return new Trainable(model, torchOf, network, variables, null, variables.learned());
      } catch (RuntimeException e) {
        variables.close();
        throw e;
      }
    }
  }

  private static void requireScores(Network network) {
    if (!network.names().contains("logits")) {
      throw network.checks().refused("scores tokens", "it has no head for that");
    }
  }

  /**
   * A model whose weights stay as they are while a modulator learns.
   *
   * @param modulator stays its owner's
   * @param unscaled whether scores lack the factor that the family has before them (T5's d^-1/2)
   * @throws InputException where {@link Transformer} cannot load the model, it scores no tokens, or
   *     the modulator is of another shape
   */
  @SuppressWarnings("try") // the scope frees what is made inside it
  public static Trainable modulated(Model model, Modulator modulator, boolean unscaled) {
    Design design = Transformer.designOf(model);
    if (unscaled && design.head().isPresent()) {
      design = design.withHead(design.head().get().withScale(1));
    }
    Torch torchOf = modulator.torchOf();
    TensorFiles files = new TensorFiles(model.checkpoint(), torchOf);
    try (PointerScope scope = new PointerScope()) {
      Network network = new Network(model, design, torchOf, p -> files.read(p.tensor()));
      try {
        requireScores(network);
        network.modulate(modulator);
        return new Trainable(model, torchOf, network, null, files, modulator.learned());
      } catch (RuntimeException e) {
        network.close();
        throw e;
      }
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  /** What it computes. */
  public Design design() {
    return network.design();
  }

  /** Threads from now on; all cores without it. Changes no bit. */
  public void threads(int count) {
    slices.close();
    slices = new Slices(count);
  }

  /** All that learns, one after the other: first what decays. */
  public Flat values() {
    return learned.values();
  }

  /** What {@link #gradient(List)} found last, in the same order. */
  public Flat gradient() {
    return gradient;
  }

  /** How many numbers at the front decay: weights that are neither norms nor biases. */
  public long decayed() {
    return learned.decayed();
  }

  /** A vector for as many numbers. */
  public Flat zeros() {
    return new Flat(torchOf, learned.values().tensor().numel());
  }

  Variables variables() {
    return variables;
  }

  Learned learned() {
    return learned;
  }

  /**
   * The loss of all slices together and the gradient of its mean.
   *
   * @throws InputException where the model cannot read a slice
   * @throws IllegalArgumentException where no label counts
   */
  @SuppressWarnings("try") // the scope frees what is made inside it
  public Loss gradient(List<Scored> all) {
    all.forEach(this::check);
    long count = all.stream().mapToLong(Scored::count).sum();
    if (count == 0) {
      throw new IllegalArgumentException("no label counts");
    }
    double[] sum = {0};
    try (PointerScope scope = new PointerScope()) {
      gradient.tensor().zero_();
    }
    List<Supplier<Part>> work = new ArrayList<>();
    for (Scored s : all) {
      if (s.count() > 0) {
        work.add(() -> part(s, count));
      }
    }
    side(
        work,
        part -> {
          sum[0] += part.loss();
          try (PointerScope scope = new PointerScope()) {
            gradient.tensor().add_(part.gradient());
          } finally {
            Torch.release(part.gradient());
          }
        });
    return new Loss(sum[0], count);
  }

  /** What one slice adds to loss and gradient. */
  private record Part(double loss, Tensor gradient) {}

  @SuppressWarnings("try") // the scope frees what is made inside it
  private Part part(Scored s, long count) {
    try (PointerScope scope = new PointerScope()) {
      Tensor loss = loss(s);
      TensorVector derivatives =
          torch.grad(
              new TensorVector(loss),
              learned.leaves(),
              new TensorVector(torchOf.numbers(new double[] {1.0 / count})),
              new BoolOptional(),
              false,
              true);
      Tensor all = torch.zeros(gradient.tensor().shape(), torchOf.options());
      learned.add(derivatives, all);
      return new Part(loss.item_double(), Torch.keep(all));
    }
  }

  /** The loss of all slices together, without derivatives. */
  @SuppressWarnings("try") // the scope frees what is made inside it
  public Loss loss(List<Scored> all) {
    all.forEach(this::check);
    double[] sum = {0};
    List<Supplier<Double>> work = new ArrayList<>();
    for (Scored s : all) {
      if (s.count() > 0) {
        work.add(
            () -> {
              try (PointerScope scope = new PointerScope();
                  NoGradGuard plain = new NoGradGuard()) {
                return loss(s).item_double();
              }
            });
      }
    }
    side(work, one -> sum[0] += one);
    return new Loss(sum[0], all.stream().mapToLong(Scored::count).sum());
  }

  /** The sum over the labels that count: only their positions are scored. */
  private Tensor loss(Scored s) {
    int n = Math.toIntExact(s.count());
    long[] rows = new long[n];
    long[] labels = new long[n];
    int at = 0;
    int position = 0;
    for (int[] row : s.labels()) {
      for (int label : row) {
        if (label != Scored.IGNORED) {
          rows[at] = position;
          labels[at++] = label;
        }
        position++;
      }
    }
    Tensor scores = network.scores(s.in(), torchOf.whole(rows, n));
    return torch.cross_entropy_loss(
        scores, torchOf.whole(labels, n), new TensorOptional(), SUM, Scored.IGNORED, 0);
  }

  /** The library's number for a sum without a mean. */
  private static final long SUM = 2;

  private void check(Scored s) {
    network.check(s.in(), java.util.Set.of("logits"));
    Inputs read = s.in().decoder == null ? s.in() : s.in().decoder;
    network.checks().labels(s.labels(), read, network.vocabulary());
  }

  /**
   * Pieces of native work side by side, each with one native thread.
   *
   * @param taken is given what each returns, in the order of the pieces
   */
  <T> void side(List<Supplier<T>> pieces, Consumer<T> taken) {
    slices.each(pieces, taken);
  }

  /**
   * Checks that the weights can be written as they were stored.
   *
   * @throws InputException where a stored tensor holds several weights
   * @throws IllegalStateException where a modulator learns, which is written by itself
   */
  public void requireWritable() {
    if (variables == null) {
      throw new IllegalStateException("the weights stay as they are");
    }
    for (Parameter p : model.parameters()) {
      if (p.tensor().isPart()) {
        throw InputException.at(p.tensor().file())
            .place(Text.quoted(p.tensor().storedName()))
            .expected("should be one weight to be trained")
            .found("it holds several")
            .remedy("store them one by one")
            .build();
      }
    }
  }

  /**
   * Writes the weights under the names that they were read from, in one safetensors file. Weights
   * that the pass does not use are written as they were; buffers are left out.
   *
   * @param type F64, F32, or rounded to nearest even BF16 or F16
   * @throws InputException where a stored tensor holds several weights, or the disk refuses
   */
  @SuppressWarnings("try") // the scope frees what is made inside it
  public void write(Path file, DType type) {
    requireWritable();
    List<Entry> entries = new ArrayList<>();
    Map<Parameter, Learned.Span> spans = variables.spans();
    try (PointerScope scope = new PointerScope()) {
      for (Parameter p : model.parameters()) {
        if (p.weight()) {
          Tensor t = spans.containsKey(p) ? variables.current(p) : variables.stored(p);
          entries.add(Flat.entry(p.tensor().name(), type, p.tensor().shape(), t));
        }
      }
      Map<String, String> metadata = new LinkedHashMap<>(model.aliases());
      metadata.put("format", "pt");
      SafetensorsWriter.write(file, metadata, entries);
    }
  }

  /** Frees everything. A second call does nothing. */
  @Override
  public void close() {
    slices.close();
    network.close();
    if (variables != null) {
      variables.close();
    } else {
      frozen.close();
    }
    gradient.close();
  }
}
