package dev.orograph.instrument.levelset;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.model.design.Design;
import dev.orograph.model.forward.Device;
import dev.orograph.model.forward.Divergence;
import dev.orograph.model.forward.Divergence.Around;
import dev.orograph.model.forward.Precision;
import dev.orograph.model.forward.Transformer;
import dev.orograph.random.Generator;
import dev.orograph.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model whose answer to one vector is compared with a target: what the program reads instead of a
 * token behind the tokenizer's own special tokens (BOS), or alone in front of the end token of an
 * encoder.
 */
final class Scene implements AutoCloseable {
  /** Slices that are computed side by side at most; their number changes no digit. */
  private static final int SIDE_BY_SIDE = 8;

  private static final int FEW = 2;

  private static final long BESIDE = 256L << 20;

  private final Work work;
  private final Model model;
  private final Precision precision;
  private final int threads;
  private final Transformer transformer;
  private final TensorData table;
  private final TokenRows rows;
  private final Around around;
  private final List<Integer> context;

  private Scene(Work work, Precision precision, int threads, boolean few) {
    this.work = work;
    this.model = work.model();
    this.precision = precision;
    this.threads = threads;
    transformer =
        inPlace(work, precision, few)
            ? Transformer.inPlace(model, precision)
            : Transformer.load(model, precision, Device.CPU);
    TensorData mapped = null;
    try {
      transformer.threads(threads);
      mapped = model.checkpoint().map(embedding(model).tensor());
      rows = TokenRows.of(work, mapped, model, threads);
      Design design = transformer.design();
      List<Integer> before = new ArrayList<>();
      List<Integer> after = new ArrayList<>();
      around(model, design, before, after);
      context = List.copyOf(before);
      around =
          new Around(
              vectors(before),
              vectors(after),
              design.encoderDecoder() ? List.of(design.start()) : List.of());
    } catch (RuntimeException e) {
      if (mapped != null) {
        mapped.close();
      }
      transformer.close();
      throw e;
    }
    table = mapped;
  }

  /**
   * Opens a model for a pass.
   *
   * @param threads slices side by side; change no digit
   * @param few whether few passes are made of it
   */
  static Scene open(Work work, Precision precision, int threads, boolean few) {
    return new Scene(work, precision, threads, few);
  }

  /**
   * Whether a large model's weights stay in their file and are cast when they are used: where a few
   * passes would not be worth the wait, or memory does not hold them otherwise.
   */
  private static boolean inPlace(Work work, Precision precision, boolean few) {
    Model model = work.model();
    return model.count() > LevelSetSettings.LARGE
        && !model.design().orElseThrow().encoderDecoder()
        && (few || bytes(model, precision, false) > work.memory());
  }

  private static Parameter embedding(Model model) {
    return model.tokenMatrices().get(0);
  }

  private static void around(
      Model model, Design design, List<Integer> before, List<Integer> after) {
    Optional<Tokenizer> tokenizer =
        model.whyNoTokenizer().isPresent() ? Optional.empty() : model.tokenizer();
    tokenizer.ifPresent(t -> before.addAll(t.prompt("")));
    if (design.encoderDecoder()) {
      if (tokenizer.isPresent()) {
        List<Integer> all = tokenizer.get().encodeWithSpecials("").ids();
        after.addAll(all.subList(before.size(), all.size()));
      } else if (design.ends().size() == 1) {
        after.addAll(design.ends());
      }
    }
  }

  private double[] vectors(List<Integer> ids) {
    double[] all = new double[Math.multiplyExact(ids.size(), rows.width())];
    for (int i = 0; i < ids.size(); i++) {
      rows.read(ids.get(i), all, i * rows.width());
    }
    return all;
  }

  /** What stands in the way of a pass, or empty. */
  static Optional<String> obstacle(Work work, Precision precision) {
    Model model = work.model();
    Design design = model.design().orElseThrow();
    if (design.head().isEmpty()) {
      return Optional.of("it scores no tokens");
    }
    if (!design.encoderDecoder() && !design.stacks().get(0).block().attention().causal()) {
      return Optional.of("it sees text on both sides");
    }
    return work.noRoom(
        "a forward pass in " + precision.id() + " needs", bytes(work, precision, false));
  }

  /** How many slices are computed side by side: few where each of them is large. */
  static int threads(Model model) {
    return model.count() > LevelSetSettings.LARGE ? FEW : SIDE_BY_SIDE;
  }

  /**
   * Bytes that passes take: weights that are cast, and what a slice holds for its way back.
   *
   * @param few whether few passes are made
   */
  static long bytes(Work work, Precision precision, boolean few) {
    return bytes(work.model(), precision, inPlace(work, precision, few));
  }

  private static long bytes(Model model, Precision precision, boolean inPlace) {
    Parameter table = embedding(model);
    long d = table.tensor().columns();
    long v = table.tensor().rows();
    long slice = Divergence.TOGETHER * (64L * v + 512L * d * model.spec().stacks().size());
    long layers = model.spec().stacks().stream().mapToLong(s -> s.layers() * 32L * s.dFf()).sum();
    long block =
        model.spec().stacks().stream()
            .mapToLong(s -> 4L * s.dModel() * (s.dModel() + s.dFf()))
            .max()
            .orElse(0);
    long weights = inPlace ? threads(model) * block : model.count();
    return precision.bytes() * weights
        + threads(model) * (slice + Divergence.TOGETHER * layers * 4)
        + TokenRows.bytes(v)
        + BESIDE;
  }

  Transformer transformer() {
    return transformer;
  }

  TokenRows rows() {
    return rows;
  }

  Model model() {
    return model;
  }

  /** Threads that it may use; they change no digit. */
  int threads() {
    return threads;
  }

  /** The rows of the embedding that are nearest to some points. */
  Nearby.Hit[] nearest(double[][] points) {
    return Nearby.nearest(work, rows, points, threads);
  }

  /** Token ids in front of the vector. */
  List<Integer> context() {
    return context;
  }

  /** Numbers of a point. */
  int width() {
    return rows.width();
  }

  /** Tokens that the model scores. */
  int vocabulary() {
    return Math.toIntExact(transformer.scored());
  }

  /** The divergence from a target as a function of the vector. */
  Landscape landscape(double[] target, boolean reverse) {
    Divergence f = divergence(target, reverse);
    return new Landscape() {
      @Override
      public double[] values(double[][] points) {
        work.checkCancelled();
        return f.values(points);
      }

      @Override
      public Slopes slopes(double[][] points) {
        work.checkCancelled();
        Divergence.Slopes s = f.slopes(points);
        return new Slopes(s.values(), s.gradients());
      }
    };
  }

  private Divergence divergence(double[] target, boolean reverse) {
    return new Divergence(transformer, around, width(), target, reverse);
  }

  /** What the model itself says where it reads that vector. */
  double[] said(double[] x) {
    double[] any = new double[vocabulary()];
    any[0] = 1;
    double[] p = divergence(any, false).logProbabilities(x);
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(p[i]);
    }
    return p;
  }

  /**
   * How far f moves where x moves by rounding alone: the largest difference of f between points
   * whose numbers are changed by one unit of the precision's last place up or down, at some points.
   */
  double resolution(Landscape f, double[][] points, Generator g) {
    double unit =
        switch (precision) {
          case FLOAT64 -> 0x1p-52;
          case FLOAT32 -> 0x1p-23;
          case BFLOAT16 -> 0x1p-7;
        };
    double most = 0;
    for (int k = 0; k < Math.min(4, points.length); k++) {
      double[][] near = new double[Divergence.TOGETHER][];
      for (int i = 0; i < near.length; i++) {
        near[i] = points[k].clone();
        for (int j = 0; i > 0 && j < near[i].length; j++) {
          near[i][j] *= 1 + (g.random() < 0.5 ? unit : -unit);
        }
      }
      double[] values = f.values(near);
      double low = java.util.Arrays.stream(values).min().orElseThrow();
      double high = java.util.Arrays.stream(values).max().orElseThrow();
      most = Math.max(most, Math.max(high - low, unit * high));
    }
    return most;
  }

  /** A fault in what was asked of this model. */
  InputException fault(String place, String expected, String found, String remedy) {
    return InputException.at(model.checkpoint().root())
        .place(place)
        .expected(expected)
        .found(found)
        .remedy(remedy)
        .build();
  }

  @Override
  public void close() {
    transformer.close();
    table.close();
  }
}
