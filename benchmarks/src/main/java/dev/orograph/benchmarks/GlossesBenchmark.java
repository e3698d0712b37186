package dev.orograph.benchmarks;

import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.instrument.alignment.Glosses;
import dev.orograph.lexicon.MatchedWords;
import dev.orograph.lexicon.WordNet;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.model.forward.Inputs;
import dev.orograph.model.forward.States;
import dev.orograph.model.forward.Transformer;
import dev.orograph.tokenizer.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What an encoder of BERT's kind reads of WordNet's glosses: batches of 64, sorted by length so
 * that little is padded, every {@code EVERY}-th of them, in turn in this process and in a Python
 * process that runs the same layers in PyTorch ({@code python/glosses.py}) on the same weights,
 * batches and as many threads. The means over the positions must agree.
 *
 * <p>Usage: {@code GlossesBenchmark RUNS MODEL_FOLDER EVERY [PYTHON]}.
 */
public final class GlossesBenchmark {
  private static final int BATCH = 64;

  private GlossesBenchmark() {}

  /** Runs it. */
  public static void main(String[] args) throws IOException {
    int runs = Integer.parseInt(args[0]);
    int every = Integer.parseInt(args[2]);
    Path shared = Files.createTempDirectory("glosses");
    Path weights = shared.resolve("model.safetensors");
    Path ids = shared.resolve("ids.txt");
    try (Model model = Model.open(Path.of(args[1]));
        Transformer t = Transformer.load(model)) {
      t.threads(Torch.CORES);
      String last = last(t);
      write(model, weights);
      List<List<int[]>> batches = batches(model, t, every);
      Files.write(
          ids,
          batches.stream()
              .map(b -> b.stream().map(GlossesBenchmark::line).collect(Collectors.joining(";")))
              .toList());
      Process other =
          new ProcessBuilder(
                  args.length > 3 ? args[3] : "python3",
                  "benchmarks/python/glosses.py",
                  weights.toString(),
                  ids.toString(),
                  Integer.toString(heads(model)),
                  Integer.toString(Torch.CORES))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      measure(runs, t, last, batches, other);
      other.destroy();
    } finally {
      Files.deleteIfExists(weights);
      Files.deleteIfExists(ids);
      Files.delete(shared);
    }
    System.exit(0);
  }

  private static void measure(
      int runs, Transformer t, String last, List<List<int[]>> batches, Process other)
      throws IOException {
    int glosses = batches.stream().mapToInt(List::size).sum();
    try (BufferedReader answers = other.inputReader(StandardCharsets.UTF_8);
        Writer asks = new OutputStreamWriter(other.getOutputStream(), StandardCharsets.UTF_8)) {
      for (int r = -1; r < runs; r++) {
        long start = System.nanoTime();
        double sum = 0;
        for (List<int[]> batch : batches) {
          try (States s = t.forward(Inputs.padded(batch, 0, false), Set.of(last))) {
            for (int b = 0; b < batch.size(); b++) {
              double[] values = s.get(last).sequence(b);
              int d = values.length / batch.get(batch.size() - 1).length;
              int n = batch.get(b).length;
              double all = 0;
              for (int k = 0; k < n * d; k++) {
                all += Math.abs(values[k]);
              }
              sum += all / n;
            }
          }
        }
        double ours = (System.nanoTime() - start) / 1e9;
        asks.write("\n");
        asks.flush();
        String[] answer = answers.readLine().split(" ", -1);
        double theirs = Double.parseDouble(answer[0]);
        System.out.printf(
            Locale.ROOT,
            "%s%d glosses in %d batches, %d threads: ours %.2f s (%.0f a second), theirs %.2f s (%.0f"
                + " a second), ratio %.2f; sums differ by %.1e%n",
            r < 0 ? "first, not counted: " : "",
            glosses,
            batches.size(),
            Torch.CORES,
            ours,
            glosses / ours,
            theirs,
            glosses / theirs,
            theirs / ours,
            Math.abs(sum / Double.parseDouble(answer[1]) - 1));
      }
    }
  }

  private static String last(Transformer t) {
    List<String> states =
        t.stateNames().stream()
            .filter(n -> n.matches("block_\\d+\\.out|final_norm\\.out"))
            .toList();
    return states.get(states.size() - 1);
  }

  private static int heads(Model model) {
    return model.spec().stacks().get(0).heads();
  }

  private static String line(int[] row) {
    return IntStream.of(row).mapToObj(Integer::toString).collect(Collectors.joining(" "));
  }

  private static List<List<int[]>> batches(Model model, Transformer t, int every) {
    Tokenizer tokenizer = model.tokenizer().orElseThrow();
    MatchedWords words =
        MatchedWords.of(
            WordNet.load(),
            n -> n.length() > tokenizer.longest() ? List.of() : tokenizer.encode(n).ids(),
            id -> id >= 0,
            false);
    List<int[]> ids = new ArrayList<>(new Glosses(t, tokenizer, words).ids());
    ids.sort(Comparator.comparingInt(row -> row.length));
    List<List<int[]>> batches = new ArrayList<>();
    for (int from = 0; from + BATCH <= ids.size(); from += BATCH * every) {
      batches.add(ids.subList(from, from + BATCH));
    }
    return batches;
  }

  /** All weights in float32, matrices with a row per output. */
  private static void write(Model model, Path file) {
    List<SafetensorsWriter.Entry> entries = new ArrayList<>();
    for (Parameter p : model.parameters()) {
      if (!p.weight()) {
        continue;
      }
      float[] values = new float[Math.toIntExact(p.tensor().count())];
      try (TensorData data = model.checkpoint().map(p.tensor())) {
        data.read(0, values, 0, values.length);
      }
      long[] shape = p.tensor().shape().stream().mapToLong(Long::longValue).toArray();
      if (p.transposed()) {
        int rows = Math.toIntExact(shape[0]);
        int columns = Math.toIntExact(shape[1]);
        float[] turned = new float[values.length];
        for (int i = 0; i < rows; i++) {
          for (int j = 0; j < columns; j++) {
            turned[j * rows + i] = values[i * columns + j];
          }
        }
        values = turned;
        shape = new long[] {columns, rows};
      }
      entries.add(SafetensorsWriter.Entry.of(p.tensor().name(), values, shape));
    }
    SafetensorsWriter.writeUnforced(file, entries);
  }
}
