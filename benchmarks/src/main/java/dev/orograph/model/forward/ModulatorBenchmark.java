package dev.orograph.model.forward;

import com.sun.management.OperatingSystemMXBean;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.model.Model;
import dev.orograph.model.design.ModulatorDesign;
import dev.orograph.model.design.ModulatorDesign.Entry;
import dev.orograph.random.Generator;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * What a training step of a modulator takes, beside the frozen model's own forward and backward
 * pass (the derivative by the token vectors) of the same batch, alternating in one process with one
 * thread. In the package of the forward pass, whose tensors it takes the time of. Arguments: a T5
 * (sample:t5), rounds of 20 passes each (9).
 */
public final class ModulatorBenchmark {
  private static final int BATCH = 32;
  private static final int READ = 20;
  private static final int SAID = 4;

  /** Passes of each kind in a round: processor time is told in hundredths of a second. */
  private static final int TURNS = 20;

  private ModulatorBenchmark() {}

  /** Prints a line per modulator: median milliseconds, and the median of the ratios. */
  public static void main(String[] args) {
    Path path = Path.of(args.length > 0 ? args[0] : "sample:t5");
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 9;
    try (Model model = Model.open(path)) {
      int layers = model.spec().stacks().get(0).layers();
      int d = model.spec().stacks().get(0).dModel();
      int v = Math.toIntExact(model.tokenMatrices().get(0).tensor().rows());
      for (ModulatorDesign design :
          List.of(
              ModulatorDesign.lerp(layers, d, v, 64),
              ModulatorDesign.lowRank(layers, d, v, 64),
              ModulatorDesign.field(layers, d, false))) {
        line(model, design, v, rounds);
      }
    }
  }

  private static void line(Model model, ModulatorDesign design, int v, int rounds) {
    Generator g = Generator.of(1);
    Map<String, double[]> values = new HashMap<>();
    for (Entry e : design.entries()) {
      double[] all = new double[e.count()];
      g.normal(0, 0.05, all);
      values.put(e.name(), all);
    }
    List<int[]> read = new ArrayList<>();
    List<int[]> said = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      read.add(Arrays.stream(g.integers(2, v, READ)).mapToInt(x -> (int) x).toArray());
      said.add(Arrays.stream(g.integers(2, v, SAID)).mapToInt(x -> (int) x).toArray());
    }
    Scored batch = new Scored(Inputs.ids(read).decoder(Inputs.ids(said)), said);
    double[] step = new double[rounds];
    double[] plain = new double[rounds];
    double[] ratio = new double[rounds];
    // One thread computes. On a machine with other work the clock would tell of that.
    OperatingSystemMXBean processor =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    try (Modulator m = Modulator.of(design, values, Precision.FLOAT32);
        Trainable t = Trainable.modulated(model, m, false);
        Transformer frozen = Transformer.load(model);
        AdamW adam = new AdamW(t, 0.9, 0.999, 1e-8, 0.01, false)) {
      t.threads(1);
      frozen.threads(1);
      double[] vectors = vectors(model, read, design.dModel());
      long steps = 0;
      for (int i = -1; i < rounds; i++) {
        long own = 0;
        long other = 0;
        for (int k = 0; k < TURNS; k++) {
          long begun = processor.getProcessCpuTime();
          frozen.side(List.of(() -> plain(frozen, batch, vectors)), x -> {});
          long between = processor.getProcessCpuTime();
          t.gradient(List.of(batch));
          double norm = adam.norm();
          adam.step(++steps, 1e-3, Math.min(1, 1 / norm));
          other += between - begun;
          own += processor.getProcessCpuTime() - between;
        }
        if (i >= 0) {
          plain[i] = other / 1e6 / TURNS;
          step[i] = own / 1e6 / TURNS;
          ratio[i] = step[i] / plain[i];
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%-9s processor time: step %.1f ms, frozen forward and backward %.1f ms, ratio %.3f (middle half %.3f to"
            + " %.3f)%n",
        design.kind(),
        at(step, 0.5),
        at(plain, 0.5),
        at(ratio, 0.5),
        at(ratio, 0.25),
        at(ratio, 0.75));
  }

  private static double at(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) (share * (sorted.length - 1))];
  }

  private static double[] vectors(Model model, List<int[]> read, int d) {
    double[] all = new double[BATCH * READ * d];
    try (TensorData data = model.checkpoint().map(model.tokenMatrices().get(0).tensor())) {
      for (int i = 0; i < BATCH * READ; i++) {
        data.read((long) read.get(i / READ)[i % READ] * d, all, i * d, d);
      }
    }
    return all;
  }

  @SuppressWarnings("try") // the scope frees what is made inside it
  private static double plain(Transformer t, Scored batch, double[] vectors) {
    try (PointerScope scope = new PointerScope()) {
      Network network = t.network();
      Torch torchOf = network.torchOf();
      int n = BATCH * SAID;
      long[] rows = new long[n];
      long[] labels = new long[n];
      for (int i = 0; i < n; i++) {
        rows[i] = i;
        labels[i] = batch.labels().get(i / SAID)[i % SAID];
      }
      Tensor x = torchOf.numbers(vectors, BATCH, READ, vectors.length / BATCH / READ);
      x.requires_grad_(true);
      Tensor scores = network.scores(batch.in(), x, torchOf.whole(rows, n));
      Tensor loss =
          torch.cross_entropy_loss(
              scores, torchOf.whole(labels, n), new TensorOptional(), 2, -100, 0);
      TensorVector by = torch.grad(new TensorVector(loss), new TensorVector(x));
      return by.get(0).sum().item_double() + loss.item_double();
    }
  }
}
