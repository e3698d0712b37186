package dev.orograph.benchmarks;

import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.instrument.Job;
import dev.orograph.instrument.Subject;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.Workshop;
import dev.orograph.instrument.weights.QkFigures;
import dev.orograph.instrument.weights.QkForms;
import dev.orograph.instrument.weights.QkPair;
import dev.orograph.instrument.weights.WeightSettings;
import dev.orograph.linalg.Crew;
import dev.orograph.model.Model;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The sound analysis of the query-key forms of one layer, 4096 wide with 64 heads, permuted inputs
 * included, against the seed's eigenproblem of the 4096 x 4096 product in libtorch (float32, {@code
 * eigvalsh} alone, without the product and the singular values): alternating runs in one process;
 * then a layer on every core, side by side, as a survey measures them.
 */
public final class QueryKeyBenchmark {
  private static final int D = 4096;
  private static final int HEADS = 64;

  private QueryKeyBenchmark() {}

  /** Runs it; a number of runs and a folder to write the layer into may be given. */
  public static void main(String[] args) throws IOException {
    int runs = args.length > 0 ? Integer.parseInt(args[0]) : 3;
    Path folder = args.length > 1 ? Path.of(args[1]) : Files.createTempDirectory("query-key");
    Files.createDirectories(folder);
    write(folder);
    Torch.load();
    try (Model model = Model.open(folder);
        Workshop workshop = new Workshop()) {
      Subject subject = new Subject(folder.toString(), "layer", "");
      workshop.lend(subject, model);
      QkForms instrument = new QkForms();
      WeightSettings settings = new WeightSettings(true);
      // No memory for the seed's product, so that heads alone are timed.
      Job<WeightSettings, QkPair, QkFigures> job =
          new Job<>(instrument, List.of(subject), settings, 42, 0, folder.toString());
      Task<QkPair> task = instrument.tasks(workshop.planning(job), settings).get(0);
      Work work = workshop.at(job, task);
      if (task.detail().seed()) {
        throw new IllegalStateException("the seed's product is meant to be left out");
      }
      float[] symmetric = symmetric();
      double[] ours = new double[runs];
      double[] theirs = new double[runs];
      double[] ratio = new double[runs];
      double[] together = new double[runs];
      double[] togetherRatio = new double[runs];
      for (int r = -1; r < runs; r++) {
        long a = System.nanoTime();
        QkFigures figures = instrument.measure(work, settings, task);
        double own = (System.nanoTime() - a) / 1e9;
        double other = eigenvalues(symmetric);
        double each = sideBySide(() -> instrument.measure(work, settings, task)) / Torch.CORES;
        if (figures.heads().size() != HEADS) {
          throw new IllegalStateException(figures.heads().size() + " heads");
        }
        if (r >= 0) {
          ours[r] = own;
          theirs[r] = other;
          ratio[r] = other / own;
          together[r] = each;
          togetherRatio[r] = other / each;
        }
      }
      System.out.printf(
          Locale.ROOT,
          "%d x %d, %d heads, %d permutations: ours %.3f s (one thread), libtorch eigvalsh %.3f s (%d"
              + " threads), ratio %.1f%n",
          D,
          D,
          HEADS,
          task.detail().draws(),
          Torch.median(ours),
          Torch.median(theirs),
          Torch.CORES,
          Torch.median(ratio));
      System.out.printf(
          Locale.ROOT,
          "%d layers side by side on as many threads: %.3f s a layer, ratio %.1f%n",
          Torch.CORES,
          Torch.median(together),
          Torch.median(togetherRatio));
    }
    System.exit(0);
  }

  /** Seconds until the work is done on every core at once. */
  private static double sideBySide(Runnable work) {
    long start = System.nanoTime();
    new Crew(Torch.CORES).run(member -> work.run());
    return (System.nanoTime() - start) / 1e9;
  }

  private static void write(Path folder) throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        "{\"model_type\": \"t5\", \"d_model\": 4096, \"num_heads\": 64, \"d_kv\": 64,"
            + " \"num_layers\": 1, \"num_decoder_layers\": 0}");
    String at = "encoder.block.0.layer.0.SelfAttention.";
    SafetensorsWriter.write(
        folder.resolve("model.safetensors"),
        Map.of(),
        List.of(weight(at + "q.weight", 1), weight(at + "k.weight", 2)));
  }

  private static Entry weight(String name, long seed) {
    Generator g = Generator.of(seed);
    ByteBuffer bytes = ByteBuffer.allocate(D * D * 4).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      bytes.putFloat((float) g.standardNormal());
    }
    return Entry.of(name, DType.F32, bytes.array(), D, D);
  }

  private static float[] symmetric() {
    float[] a = new float[D * D];
    Generator g = Generator.of(3);
    for (int i = 0; i < D; i++) {
      for (int j = 0; j <= i; j++) {
        a[i * D + j] = (float) g.standardNormal();
        a[j * D + i] = a[i * D + j];
      }
    }
    return a;
  }

  @SuppressWarnings("try") // the scope frees what is made inside it
  private static double eigenvalues(float[] a) {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = torch.from_blob(new FloatPointer(a), D, D);
      long start = System.nanoTime();
      torch.linalg_eigvalsh(x).contiguous();
      return (System.nanoTime() - start) / 1e9;
    }
  }
}
