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
 * A model whose weights may change: the loss of labelled slices, and its derivatives by all weights
 * that the forward pass uses. The pass is that of {@link Transformer}.
 *
 * <p>Slices are computed side by side with one native thread each and added in their order, so that
 * bits depend on the slices but not on the number of threads. May be used by one thread at a time.
 */
public final class Trainable implements AutoCloseable {
  private final Model model;
  private final Torch torchOf;
  private final Variables variables;
  private final Network network;
  private final Flat gradient;
  private Slices slices = new Slices(Runtime.getRuntime().availableProcessors());

  private Trainable(Model model, Torch torchOf, Variables variables, Network network) {
    this.model = model;
    this.torchOf = torchOf;
    this.variables = variables;
    this.network = network;
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
        if (!network.names().contains("logits")) {
          throw network.checks().refused("scores tokens", "it has no head for that");
        }
        return new Trainable(model, torchOf, variables, network);
      } catch (RuntimeException e) {
        variables.close();
        throw e;
      }
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

  /** All weights, one after the other: first those that decay. */
  public Flat values() {
    return variables.values();
  }

  /** What {@link #gradient(List)} found last, in the same order. */
  public Flat gradient() {
    return gradient;
  }

  /** How many numbers at the front decay: weights that are neither norms nor biases. */
  public long decayed() {
    return variables.decayed();
  }

  /** A vector for as many numbers. */
  public Flat zeros() {
    return new Flat(torchOf, variables.values().tensor().numel());
  }

  Variables variables() {
    return variables;
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
              variables.leaves(),
              new TensorVector(torchOf.numbers(new double[] {1.0 / count})),
              new BoolOptional(),
              false,
              true);
      Tensor all = torch.zeros(gradient.tensor().shape(), torchOf.options());
      variables.add(derivatives, all);
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
   */
  public void requireWritable() {
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
    Map<Parameter, Variables.Span> spans = variables.spans();
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
    variables.close();
    gradient.close();
  }
}
