package dev.orograph.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Times two commands as whole processes, in turn (A B A B ...), after one uncounted run of each,
 * and prints minimum, median and maximum of each and of the ratio pair by pair.
 *
 * <p>Usage: {@code Pairs RUNS COMMAND_A [COMMAND_B]}; a command is one argument, given to a shell.
 */
public final class Pairs {
  private static final String[] FIGURES = {"wall s", "anonymous MiB"};

  private Pairs() {}

  /** Runs the comparison. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length < 2 || args.length > 3) {
      System.err.println("usage: Pairs RUNS COMMAND_A [COMMAND_B]");
      System.exit(2);
    }
    int runs = Integer.parseInt(args[0]);
    List<String> commands = Arrays.asList(args).subList(1, args.length);
    double[][][] seen = new double[commands.size()][FIGURES.length][runs];
    for (int run = -1; run < runs; run++) {
      for (int c = 0; c < commands.size(); c++) {
        double[] figures = time(commands.get(c));
        for (int f = 0; run >= 0 && f < FIGURES.length; f++) {
          seen[c][f][run] = figures[f];
        }
      }
    }
    for (int c = 0; c < commands.size(); c++) {
      System.out.println((char) ('A' + c) + ": " + commands.get(c));
      for (int f = 0; f < FIGURES.length; f++) {
        line(FIGURES[f], seen[c][f]);
      }
    }
    if (commands.size() == 2) {
      double[] ratio = new double[runs];
      for (int r = 0; r < runs; r++) {
        ratio[r] = seen[1][0][r] / seen[0][0][r];
      }
      line("B / A, wall", ratio);
    }
  }

  private static void line(String name, double[] values) {
    double[] v = values.clone();
    Arrays.sort(v);
    double median = (v[(v.length - 1) / 2] + v[v.length / 2]) / 2;
    System.out.printf(
        Locale.ROOT,
        "  %-14s min %8.2f   median %8.2f   max %8.2f%n",
        name,
        v[0],
        median,
        v[v.length - 1]);
  }

  private static double[] time(String command) throws IOException, InterruptedException {
    long start = System.nanoTime();
    Process p =
        new ProcessBuilder("sh", "-c", "exec " + command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Path status = Path.of("/proc", Long.toString(p.pid()), "status");
    long anonymous = 0;
    while (!p.waitFor(5, java.util.concurrent.TimeUnit.MILLISECONDS)) {
      anonymous = Math.max(anonymous, anonymous(status));
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (p.exitValue() != 0) {
      throw new IOException("exit " + p.exitValue() + ": " + command);
    }
    return new double[] {seconds, anonymous / 1024.0};
  }

  private static long anonymous(Path status) {
    try {
      List<String> lines = new ArrayList<>(Files.readAllLines(status));
      for (String line : lines) {
        if (line.startsWith("RssAnon")) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    } catch (IOException e) {
      // The process has ended.
    }
    return 0;
  }
}
