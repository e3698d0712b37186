package dev.orograph.model.forward;

import dev.orograph.input.InputException;
import dev.orograph.linalg.Lapack;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.model.design.Design;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A model that computes: token ids, vectors or images in, named states out ({@code embed}, {@code
 * block_0.attn.out}, {@code block_0.mlp.act}, {@code block_0.mlp.out}, {@code block_0.out}, ...,
 * {@code final_norm.out}, {@code logits}, {@code pooled}; with an encoder {@code encoder.} and
 * {@code decoder.} in front of what belongs to a stack). {@code block_i.out} is the stream before
 * the final norm; {@code block_i.mlp.act} is what the MLP's neurons give, behind activation and
 * gate, {@code (batch, positions, dFf)}.
 *
 * <p>A pass computes no further than what is wanted of it, and keeps nothing else. May be used by
 * one thread at a time; the weights are those of the open model, which must not change meanwhile.
 */
public final class Transformer implements AutoCloseable {
  private final TensorFiles files;
  private final Network network;
  private final boolean inPlace;
  private int threads = Runtime.getRuntime().availableProcessors();
  private Slices slices = new Slices(threads);

  private Transformer(Network network, TensorFiles files, boolean inPlace) {
    this.network = network;
    this.files = files;
    this.inPlace = inPlace;
  }

  /** A model in float32 on the processor. */
  public static Transformer load(Model model) {
    return load(model, Precision.FLOAT32, Device.CPU);
  }

  /**
   * A model that computes in that precision.
   *
   * @throws InputException where its family has no forward pass yet, its configuration asks for
   *     what is not known, or weights are missing, left over or of another shape
   */
  public static Transformer load(Model model, Precision precision, Device device) {
    return load(model, designOf(model), precision, device);
  }

  /** What a model computes; refused where nobody knows. */
  static Design designOf(Model model) {
    model
        .packed()
        .ifPresent(
            why -> {
              throw refused(model, "needs plain weights", why);
            });
    return model
        .design()
        .orElseThrow(
            () ->
                refused(
                    model,
                    "is of family '" + model.spec().family() + "'",
                    "there is no forward pass for this family yet"));
  }

  /**
   * A model on the processor whose matrices stay in their mapped file in the type that they are
   * stored in, and are cast a few rows at a time whenever they are used: little memory, no wait
   * before the first pass, and about twice the work of each. Gradients of {@link Divergence} take
   * it a block at a time.
   */
  public static Transformer inPlace(Model model, Precision precision) {
    return load(model, designOf(model), precision, Device.CPU, true);
  }

  /** The same with another design. */
  static Transformer load(Model model, Design design, Precision precision, Device device) {
    return load(model, design, precision, device, false);
  }

  @SuppressWarnings("try") // the scope frees what is made inside it
  private static Transformer load(
      Model model, Design design, Precision precision, Device device, boolean inPlace) {
    Torch torchOf = new Torch(precision, device);
    TensorFiles files = new TensorFiles(model.checkpoint(), torchOf);
    try (PointerScope scope = new PointerScope()) {
      Weights.Source source = inPlace ? new InPlace(files) : p -> files.read(p.tensor());
      return new Transformer(new Network(model, design, torchOf, source), files, inPlace);
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  /** Large weights stay in their file, and rows of them are cast when they are used. */
  private record InPlace(TensorFiles files) implements Weights.Source {
    @Override
    public Tensor read(Parameter p) {
      return files.inPlace(p.tensor());
    }

    @Override
    public StoredRows rows(Parameter p) {
      return files.rows(p.tensor());
    }
  }

  private static InputException refused(Model model, String expected, String found) {
    return InputException.at(model.checkpoint().root())
        .place("the model")
        .expected(expected)
        .found(found)
        .remedy("the analyses of weights apply")
        .build();
  }

  /** What it computes. */
  public Design design() {
    return network.design();
  }

  /** Weights outside of blocks that the pass does not use: heads for a task, projections. */
  public List<String> unused() {
    return network.unused();
  }

  /** Token ids that its first stack reads are below this; 0 for images. */
  public long vocabulary() {
    return network.first().entry().vocabulary();
  }

  /** Tokens that it scores; 0 where it has no head. */
  public long scored() {
    return network.names().contains("logits") ? network.vocabulary() : 0;
  }

  /** Token types that its first stack tells apart; 0 for none. */
  public long tokenTypes() {
    return network.first().entry().typed();
  }

  /** Most positions that a sequence may have; 0 where only memory says. */
  public long positions() {
    return network.first().most();
  }

  /**
   * How many entries of such a batch are computed together. A corpus that is given in batches of a
   * multiple of it has the same digits whatever the multiple.
   */
  public int together(Inputs in) {
    return Slices.rows(network.first().positions(in));
  }

  /**
   * What changes the stream of the first stack from now on, in every pass without a hook; null for
   * nothing, and then no digit changes.
   *
   * @param modulator stays its owner's, and must live as long as it is used
   * @throws InputException where it is of another shape
   */
  public void modulate(Modulator modulator) {
    network.modulate(modulator);
  }

  /** The names of its states in the order in which they come about. */
  public List<String> stateNames() {
    return network.names();
  }

  /**
   * How many threads it computes with from now on; all cores without it. A batch is cut into slices
   * that run side by side with one native thread each; only what cannot be cut, a single sequence
   * or what a hook sees, has all of them. Then it waits for native work elsewhere in the process to
   * end, as {@link Lapack#with} does, and may not be called inside such work; with 1 it never does.
   */
  public void threads(int count) {
    slices.close();
    slices = new Slices(count);
    threads = count;
  }

  /** The states of these names. */
  public States forward(Inputs in, Set<String> wanted) {
    return forward(in, wanted, Hook.NONE);
  }

  /**
   * The states of these names, where a hook sees the stream before every block. Where the mask is 0
   * a state is a number without meaning.
   *
   * @throws InputException where the model cannot read the input
   * @throws IllegalArgumentException for a name that is no state of this model
   */
  public States forward(Inputs in, Set<String> wanted, Hook hook) {
    network.check(in, wanted);
    List<Inputs> parts = Slices.of(in, network.first().positions(in));
    // A small batch is a slice too: with all threads its digits would be those of this machine.
    return in.batch() == 1 || hook != Hook.NONE
        ? whole(() -> plain(in, wanted, hook, null))
        : slices.run(parts, slice -> plain(slice, wanted, hook, null));
  }

  /**
   * The states of several inputs, computed side by side with one native thread each and so with the
   * same digits for any number of threads. All of them are held at the same time.
   *
   * @param taken is given them in the order of the inputs, in the caller's thread, and closes them:
   *     what it is given throws an {@link InputException} for an input that the model cannot read.
   *     It is given all, also where it threw
   */
  public void each(List<Inputs> inputs, Set<String> wanted, Consumer<Supplier<States>> taken) {
    List<Supplier<Supplier<States>>> pieces = new ArrayList<>();
    for (Inputs in : inputs) {
      pieces.add(
          () -> {
            try {
              network.check(in, wanted);
              States states = plain(in, wanted, Hook.NONE, null);
              return () -> states;
            } catch (InputException e) {
              return () -> {
                throw e;
              };
            }
          });
    }
    slices.each(pieces, taken);
  }

  /** One piece of work that has all threads. */
  <T> T whole(Lapack.Work<T> work) {
    return Lapack.with(
        threads,
        () -> {
          if (torch.get_num_threads() != threads) {
            torch.set_num_threads(threads);
          }
          return work.run();
        });
  }

  /** Pieces of native work side by side, each with one native thread; see {@link Slices#each}. */
  <T> void side(List<Supplier<T>> pieces, Consumer<T> taken) {
    slices.each(pieces, taken);
  }

  /** A pass without derivatives. */
  @SuppressWarnings("try") // the scope frees what is made inside it
  States plain(Inputs in, Set<String> wanted, Hook hook, Cache cache) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard plain = new NoGradGuard()) {
      return network.run(in, network.vectors(in), wanted, hook, cache);
    }
  }

  /**
   * The gradient with respect to the vectors that are given in place of tokens: what {@code
   * cotangent} makes of a state's numbers (the derivative of some f by each of them, in row-major
   * order) is carried back through the model.
   *
   * @return df/dx, {@code (batch, positions, d)} in row-major order
   */
  public double[] gradient(Inputs in, String state, UnaryOperator<double[]> cotangent) {
    network.check(in, Set.of(state));
    return whole(() -> back(in, state, cotangent));
  }

  @SuppressWarnings("try") // the scope frees what is made inside it
  private double[] back(Inputs in, String state, UnaryOperator<double[]> cotangent) {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = network.vectors(in);
      if (x == null) {
        throw new IllegalArgumentException("gradients need vectors in place of token ids");
      }
      x.requires_grad_(true);
      try (States states = network.run(in, x, Set.of(state), Hook.NONE, null)) {
        Tensor y = states.get(state).tensor();
        Tensor dy =
            network.torchOf().numbers(cotangent.apply(Torch.doubles(y.detach())), y.shape());
        TensorVector dx =
            torch.grad(
                new TensorVector(y),
                new TensorVector(x),
                new TensorVector(dy),
                new BoolOptional(),
                false,
                false);
        return Torch.doubles(dx.get(0));
      }
    }
  }

  /**
   * Shannon's entropy of the next token in nats, {@code (batch, positions)}: -sum p log p.
   *
   * @throws IllegalArgumentException for a model that scores no tokens
   */
  public List<double[]> entropy(Inputs in) {
    try (States states = forward(in, Set.of("logits"))) {
      State logits = states.get("logits");
      List<double[]> rows = new ArrayList<>();
      int positions = Math.toIntExact(logits.shape().get(1));
      for (int b = 0; b < in.batch(); b++) {
        double[] row = new double[positions];
        for (int t = 0; t < positions; t++) {
          // One at a time: the scores of a long text are larger than the heap.
          row[t] = Choice.entropy(logits.vector(b, t));
        }
        rows.add(row);
      }
      return rows;
    }
  }

  /**
   * Writes on from each prompt; see {@link Generation}.
   *
   * @return the new tokens of each sequence, without the prompt
   */
  public List<int[]> generate(Inputs prompt, Generation how, Generation.Listener listener) {
    return new Writer(this, how, listener).write(prompt);
  }

  /** Whether its weights are cast when they are used, so that a graph must not hold them all. */
  boolean inPlace() {
    return inPlace;
  }

  Network network() {
    return network;
  }

  /** Frees the weights. A second call does nothing. */
  @Override
  public void close() {
    slices.close();
    network.close();
    files.close();
  }
}
