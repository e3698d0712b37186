package dev.orograph.spark;

import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Instruments;
import dev.orograph.instrument.Job;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Subject;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Workshop;
import dev.orograph.linalg.InnerProduct;
import dev.orograph.model.Model;
import dev.orograph.survey.Engine;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * What the spectra of a checkpoint cost on a cluster: processor seconds of executors as the sum
 * over its matrices of {@code a + b work^(2/3) + c work}, fitted by least squares of relative error
 * to runs of one and two cores, and what that gives for the shape of a Llama of 70 B on 32 cores.
 * Work grows as the third power of a size, and what is done entry by entry as its square. Prints;
 * see benchmarks/RESULTS.md.
 */
final class CostModel {
  private static final int[] SIZES = {128, 256, 512, 1024, 2048, 4096};
  private static final int[] COUNTS = {12, 8, 6, 4, 2, 1};
  private static final long MEMORY = 3L << 30;
  private static final int CORES = 32;

  private CostModel() {}

  /** A matrix that was measured, a partition of its own: its work, processor seconds. */
  private record Measured(int size, int cores, double work, double seconds) {}

  /** Takes an empty folder. */
  public static void main(String[] args) throws IOException {
    Path dir = Path.of(args[0]);
    List<Measured> all = new ArrayList<>();
    for (int cores : new int[] {1, 2}) {
      SparkContext spark = Application.local(cores);
      // The first product of a process loads libraries.
      measure(spark, dir, 64, 4, cores);
      for (int i = 0; i < SIZES.length; i++) {
        List<Measured> runs = measure(spark, dir, SIZES[i], COUNTS[i], cores);
        all.addAll(runs);
        double work = runs.stream().mapToDouble(Measured::work).sum();
        double seconds = runs.stream().mapToDouble(Measured::seconds).sum();
        say(
            "%d matrices of %d, %d cores: %.3e multiplications, %.2f s of processor time",
            COUNTS[i], SIZES[i], cores, work, seconds);
      }
      spark.stop();
    }
    double[] fit = fit(all);
    say("seconds of a matrix = %.4f + %.3e work^(2/3) + %.3e work", fit[0], fit[1], fit[2]);
    for (int size : SIZES) {
      double[] ratios =
          all.stream()
              .filter(m -> m.size() == size)
              .mapToDouble(m -> predicted(fit, m.work()) / m.seconds())
              .sorted()
              .toArray();
      say("%d: predicted over measured %.2f to %.2f", size, ratios[0], ratios[ratios.length - 1]);
    }
    List<Task<?>> llama = tasks(llama(dir.resolve("llama-70b")));
    double work = llama.stream().mapToDouble(Task::work).sum();
    double most = llama.stream().mapToDouble(Task::work).max().orElseThrow();
    double seconds = llama.stream().mapToDouble(t -> predicted(fit, t.work())).sum();
    double longest = predicted(fit, most);
    say(
        "Llama of 70 B: %d tasks, %.3e multiplications, the largest %.3e and %.1f GB",
        llama.size(), work, most, llama.stream().mapToLong(Task::bytes).max().orElseThrow() / 1e9);
    // Largest first, nobody idle before the last one begins (Graham 1969).
    say(
        "on one core %.1f h; on 32 %.2f h of work for each, the longest task %.2f h; so between %.2f"
            + " and %.2f h",
        seconds / 3600,
        seconds / 3600 / CORES,
        longest / 3600,
        Math.max(seconds / CORES, longest) / 3600,
        (seconds / CORES + longest * (CORES - 1) / CORES) / 3600);
  }

  private static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  private static double[] terms(double work) {
    return new double[] {1, Math.cbrt(work) * Math.cbrt(work), work};
  }

  private static double predicted(double[] fit, double work) {
    return InnerProduct.of(fit, terms(work));
  }

  /** Weighted so that small and large matrices count alike: each line divided by its seconds. */
  private static double[] fit(List<Measured> all) {
    double[][] normal = new double[3][4];
    for (Measured m : all) {
      double[] t = terms(m.work());
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
          normal[i][j] += t[i] * t[j] / (m.seconds() * m.seconds());
        }
        normal[i][3] += t[i] / m.seconds();
      }
    }
    // Gauss and Jordan, on equations whose diagonal leads.
    for (int k = 0; k < 3; k++) {
      for (int i = 0; i < 3; i++) {
        double factor = i == k ? 0 : normal[i][k] / normal[k][k];
        for (int j = k; j < 4; j++) {
          normal[i][j] -= factor * normal[k][j];
        }
      }
    }
    return new double[] {
      normal[0][3] / normal[0][0], normal[1][3] / normal[1][1], normal[2][3] / normal[2][2]
    };
  }

  /** The spectra of some random square matrices; a task is a partition. */
  private static List<Measured> measure(
      SparkContext spark, Path dir, int size, int count, int cores) throws IOException {
    Path file = dir.resolve("square-" + size + ".safetensors");
    if (!Files.exists(file)) {
      write(file, size, count);
    }
    Map<Integer, Double> seconds = Collections.synchronizedMap(new java.util.HashMap<>());
    spark.addSparkListener(
        new SparkListener() {
          @Override
          public void onTaskEnd(SparkListenerTaskEnd end) {
            seconds.put(
                end.stageId() * 1000 + end.taskInfo().partitionId(),
                end.taskMetrics().executorCpuTime() / 1e9);
          }
        });
    return run(Instruments.find("spectra").orElseThrow(), spark, file, size, cores, seconds);
  }

  private static <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      List<Measured> run(
          Instrument<S, D, R> spectra,
          SparkContext spark,
          Path file,
          int size,
          int cores,
          Map<Integer, Double> seconds)
          throws IOException {
    List<Measured> all = new ArrayList<>();
    try (Workshop workshop = new Workshop();
        Engine engine = new SparkEngine(spark, MEMORY, Integer.MAX_VALUE)) {
      Job<S, D, R> job = job(spectra, file, Files.createTempDirectory(file.getParent(), "job"));
      List<Task<D>> tasks = spectra.tasks(workshop.planning(job), job.settings());
      engine.measure(job, tasks, (task, result) -> {});
      // Told a moment later.
      while (seconds.size() < tasks.size()) {
        java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
      }
      List<Piece<D>> pieces = Piece.deal(tasks, Integer.MAX_VALUE);
      for (Map.Entry<Integer, Double> one : seconds.entrySet()) {
        double work = pieces.get(one.getKey() % 1000).tasks().get(0).work();
        all.add(new Measured(size, cores, work, one.getValue()));
      }
    }
    return all;
  }

  private static <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      Job<S, D, R> job(Instrument<S, D, R> i, Path model, Path folder) {
    Subject subject;
    try (Model opened = Model.open(model)) {
      subject = new Subject(model.toString(), opened.name(), opened.checkpoint().fingerprint());
    }
    return new Job<>(
        i, List.of(subject), i.settings(Options.usual()), 42, MEMORY, folder.toString());
  }

  private static List<Task<?>> tasks(Path model) throws IOException {
    return planned(Instruments.find("spectra").orElseThrow(), model);
  }

  private static <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      List<Task<?>> planned(Instrument<S, D, R> i, Path model) {
    try (Workshop workshop = new Workshop()) {
      Job<S, D, R> job = job(i, model, model);
      return List.copyOf(i.tasks(workshop.planning(job), job.settings()));
    }
  }

  private static void write(Path file, int size, int count) throws IOException {
    List<SafetensorsWriter.Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      entries.add(
          new SafetensorsWriter.Entry(
              "layers." + i + ".weight",
              DType.F32,
              List.of((long) size, (long) size),
              out -> {
                Random random = new Random(number);
                ByteBuffer row = ByteBuffer.allocate(4 * size).order(ByteOrder.LITTLE_ENDIAN);
                for (int r = 0; r < size; r++) {
                  row.clear();
                  for (int c = 0; c < size; c++) {
                    row.putFloat((float) random.nextGaussian());
                  }
                  out.write(row.array());
                }
              }));
    }
    SafetensorsWriter.write(file, Map.of(), entries);
  }

  /** Headers and holes: as large as the model, and next to nothing on a disk. */
  private static Path llama(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("config.json"),
        "{\"model_type\":\"llama\",\"hidden_size\":8192,\"num_hidden_layers\":80,"
            + "\"num_attention_heads\":64,\"num_key_value_heads\":8,\"intermediate_size\":28672,"
            + "\"vocab_size\":128256,\"rms_norm_eps\":1e-5}");
    StringBuilder header = new StringBuilder("{");
    long[] at = new long[1];
    tensor(header, at, "model.embed_tokens.weight", 128256, 8192);
    tensor(header, at, "lm_head.weight", 128256, 8192);
    for (int layer = 0; layer < 80; layer++) {
      String block = "model.layers." + layer + ".";
      tensor(header, at, block + "self_attn.q_proj.weight", 8192, 8192);
      tensor(header, at, block + "self_attn.k_proj.weight", 1024, 8192);
      tensor(header, at, block + "self_attn.v_proj.weight", 1024, 8192);
      tensor(header, at, block + "self_attn.o_proj.weight", 8192, 8192);
      tensor(header, at, block + "mlp.gate_proj.weight", 28672, 8192);
      tensor(header, at, block + "mlp.up_proj.weight", 28672, 8192);
      tensor(header, at, block + "mlp.down_proj.weight", 8192, 28672);
    }
    byte[] json = (header.substring(0, header.length() - 1) + "}").getBytes(StandardCharsets.UTF_8);
    try (RandomAccessFile file =
        new RandomAccessFile(folder.resolve("model.safetensors").toFile(), "rw")) {
      file.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
      file.write(json);
      file.setLength(8 + json.length + at[0]);
    }
    return folder;
  }

  private static void tensor(
      StringBuilder header, long[] at, String name, long rows, long columns) {
    long end = at[0] + 2 * rows * columns;
    header.append(
        "\"%s\":{\"dtype\":\"BF16\",\"shape\":[%d,%d],\"data_offsets\":[%d,%d]},"
            .formatted(name, rows, columns, at[0], end));
    at[0] = end;
  }
}
