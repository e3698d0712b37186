package dev.orograph.benchmarks;

import dev.orograph.model.Model;
import dev.orograph.model.forward.Inputs;
import dev.orograph.model.forward.States;
import dev.orograph.model.forward.Transformer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A T5 encoder on 64 sequences of 32 tokens, in turn in this process and in a Python process that
 * runs the same layers in PyTorch ({@code python/encoder.py}), on the same weights and as many
 * threads. The norms of the last state must agree.
 *
 * <p>Usage: {@code EncoderBenchmark RUNS MODEL_FOLDER [PYTHON [PROGRAM]]}.
 */
public final class EncoderBenchmark {
  private static final int SEQUENCES = 64;
  private static final int TOKENS = 32;
  private static final String LAST = "encoder.final_norm.out";

  private EncoderBenchmark() {}

  /** Runs it. */
  public static void main(String[] args) throws IOException {
    int runs = Integer.parseInt(args[0]);
    Path folder = Path.of(args[1]);
    String python = args.length > 2 ? args[2] : "python3";
    String program = args.length > 3 ? args[3] : "benchmarks/python/encoder.py";
    Process other =
        new ProcessBuilder(
                python,
                program,
                folder.resolve("model.safetensors").toString(),
                Integer.toString(SEQUENCES),
                Integer.toString(TOKENS),
                Integer.toString(Torch.CORES))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    double[] ours = new double[runs];
    double[] theirs = new double[runs];
    double[] ratio = new double[runs];
    double[] difference = new double[runs];
    try (Model model = Model.open(folder);
        Transformer t = Transformer.load(model);
        BufferedReader answers = other.inputReader(StandardCharsets.UTF_8);
        Writer asks = new OutputStreamWriter(other.getOutputStream(), StandardCharsets.UTF_8)) {
      t.threads(Torch.CORES);
      Inputs in = Inputs.ids(ids(model.spec().vocabulary()));
      for (int r = -2; r < runs; r++) {
        long start = System.nanoTime();
        double seconds;
        double norm = 0;
        try (States s = t.forward(in, Set.of(LAST))) {
          seconds = (System.nanoTime() - start) / 1e9;
          for (double v : s.get(LAST).doubles()) {
            norm += v * v;
          }
        }
        asks.write("\n");
        asks.flush();
        String[] answer = answers.readLine().split(" ", -1);
        if (r >= 0) {
          ours[r] = seconds;
          theirs[r] = Double.parseDouble(answer[0]);
          ratio[r] = theirs[r] / ours[r];
          difference[r] = Math.abs(Math.sqrt(norm) / Double.parseDouble(answer[1]) - 1);
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d x %d tokens, %d threads: ours %.3f s, theirs %.3f s, ratio %.2f; norms differ by %.1e%n",
        SEQUENCES,
        TOKENS,
        Torch.CORES,
        Torch.median(ours),
        Torch.median(theirs),
        Torch.median(ratio),
        Torch.median(difference));
    System.exit(0);
  }

  private static List<int[]> ids(int vocabulary) {
    List<int[]> rows = new ArrayList<>();
    for (int i = 0; i < SEQUENCES; i++) {
      int[] row = new int[TOKENS];
      for (int j = 0; j < TOKENS; j++) {
        row[j] = (int) ((i * TOKENS + j) * 7919L % vocabulary);
      }
      rows.add(row);
    }
    return rows;
  }
}
