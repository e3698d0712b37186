package dev.orograph.samples;

import dev.orograph.checkpoint.Hashing;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.instrument.embedding.SeedWords;
import dev.orograph.samples.Course.Told;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code samples/train}: trains the bundled checkpoints. */
@Command(
    name = "samples/train",
    description = "Trains the bundled checkpoints on WordNet's glosses and examples.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  samples/train                      all three, about 80 minutes on 2 cores",
      "  samples/train --only bytes         one of them",
      "  samples/train --only bytes --snapshots 0,100,500,1500 --out /tmp/s",
      "                                     the weights after these steps too",
      "  samples/train --smoke --out /tmp/s a few steps of each, to see that it works",
      "  samples/train --evaluate           measure finished ones again",
      "",
      "A training that was interrupted goes on when the same command is given again.",
    })
final class Train implements Callable<Integer> {
  /** A fault in the input. */
  private static final int INPUT = 1;

  /** Interrupted; can be resumed. */
  private static final int INTERRUPTED = 3;

  private static final int KEY = 12;
  private static final int SMOKE_STEPS = 6;
  private static final int SMOKE_SYNSETS = 4000;
  private static final int SMOKE_PIECES = 1000;

  @Option(
      names = "--only",
      paramLabel = "SAMPLE",
      split = ",",
      description = "Which of ${COMPLETION-CANDIDATES}; all without it.")
  private List<Sample> only = Arrays.asList(Sample.values());

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "samples/checkpoints",
      description = "Where the checkpoints go (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      defaultValue = "samples/target/training",
      description = "Where unfinished work lies (default: ${DEFAULT-VALUE}).")
  private Path work;

  @Option(names = "--seed", defaultValue = "42", description = "Seed (default: 42).")
  private long seed;

  @Option(names = "--steps", description = "Steps of the optimiser instead of each sample's own.")
  private Long steps;

  @Option(
      names = "--snapshots",
      paramLabel = "STEP",
      split = ",",
      description =
          "Steps whose weights are kept too, as models in DIR/SAMPLE-steps/step-STEP; 0 is before"
              + " the first.")
  private List<Long> snapshots = List.of();

  @Option(names = "--threads", description = "Threads; all cores without it. Changes no bit.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--corpus",
      paramLabel = "FILE",
      description = "UTF-8 text, one entry a line, instead of WordNet; not for t5.")
  private Path corpus;

  @Option(names = "--smoke", description = "A few steps on a part of the text.")
  private boolean smoke;

  @Option(
      names = "--evaluate",
      description = "Only measure the finished checkpoints in --out, and write their cards.")
  private boolean evaluate;

  @Spec private CommandSpec spec;

  private volatile boolean stop;

  private Train() {}

  /** Trains and exits: 0 done, 1 a fault in the input, 2 wrong usage, 3 to be resumed. */
  public static void main(String[] args) {
    CountDownLatch ended = new CountDownLatch(1);
    Train train = new Train();
    Thread hook = new Thread(() -> train.interrupted(ended), "interrupt");
    Runtime.getRuntime().addShutdownHook(hook);
    int exit = train.run(args);
    ended.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It runs: interrupted.
    }
    System.exit(exit);
  }

  /** Runs the command and returns its exit code. */
  static int of(String... args) {
    return new Train().run(args);
  }

  private int run(String... args) {
    CommandLine line = new CommandLine(this).setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          if (e instanceof InputException) {
            System.err.println("samples/train: " + e.getMessage());
            return INPUT;
          }
          throw e;
        });
    return line.execute(args);
  }

  /** Lets the step that is under way end, so that all of it is saved. */
  private void interrupted(CountDownLatch ended) {
    stop = true;
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(INTERRUPTED);
  }

  @Override
  public Integer call() {
    for (Sample sample : only) {
      for (long at : snapshots) {
        if (at < 0 || at > count(sample)) {
          throw new CommandLine.ParameterException(
              spec.commandLine(),
              "--snapshots: " + sample.id() + " has steps 0 to " + count(sample) + ", not " + at);
        }
      }
    }
    if (corpus != null && only.contains(Sample.T5)) {
      throw InputException.at(corpus)
          .expected("must be for models of text")
          .found("t5 learns pairs of gloss and lemma")
          .remedy("add --only lm,bytes")
          .build();
    }
    List<Synset> synsets = corpus == null ? synsets() : List.of();
    Corpus<Synset> pairs = Corpus.of(synsets, seed, Synset::definition);
    Corpus<String> lines =
        corpus == null
            ? pairs.map(Synset::line)
            : Corpus.of(Corpus.lines(corpus), seed, line -> line);
    System.out.printf(
        Locale.ROOT,
        "%,d entries to learn from, %,d held out, %,d dropped because their text is learned too%n",
        lines.training().size(),
        lines.heldOut().size(),
        lines.repeated());
    if (lines.heldOut().isEmpty()) { // not so for WordNet
      throw InputException.at(corpus)
          .expected("must have lines to measure with")
          .found("all that were held out stand among the others too")
          .remedy("give a text whose lines differ")
          .build();
    }
    try {
      all(pairs, lines);
      return 0;
    } catch (CancellationException e) {
      System.err.println("samples/train: interrupted; give the same command again to go on");
      return INTERRUPTED;
    }
  }

  private void all(Corpus<Synset> pairs, Corpus<String> lines) {
    byte[] bytes = String.join("\n", lines.training()).getBytes(StandardCharsets.UTF_8);
    String sum = Hashing.parts(Map.of("text", bytes));
    // Named after its text, so that another text does not meet it.
    Path pieces = work.resolve("pieces-" + sum.substring(0, KEY) + ".model");
    if (!evaluate && only.stream().anyMatch(s -> !s.pieces().isEmpty()) && !Files.exists(pieces)) {
      pieces(lines.training(), pieces);
    }
    for (Sample sample : only) {
      Told told = new Told(command(sample), text(), sum);
      if (!evaluate && !course(sample, told).run(pieces, pairs, lines, () -> stop)) {
        throw new CancellationException("interrupted while training");
      }
      new Evaluation(sample, out.resolve(sample.id()), seed, threads, told, () -> stop)
          .run(pairs, lines);
    }
  }

  private Course course(Sample sample, Told told) {
    String id = sample.id();
    Path place = work.resolve(smoke ? "smoke-" + id : id);
    List<Long> kept = snapshots.stream().distinct().sorted().toList();
    return new Course(sample, place, out.resolve(id), count(sample), kept, seed, threads, told);
  }

  private long count(Sample sample) {
    return steps != null ? steps : smoke ? SMOKE_STEPS : sample.steps();
  }

  private String text() {
    return corpus != null
        ? corpus.getFileName().toString()
        : "WordNet 3.0, glosses and examples" + (smoke ? ", a part of them" : "");
  }

  /** What has to be said to train a sample like this. */
  private String command(Sample sample) {
    return "samples/train --only "
        + sample.id()
        + " --seed "
        + seed
        + (steps == null ? "" : " --steps " + steps)
        + (snapshots.isEmpty()
            ? ""
            : " --snapshots "
                + snapshots.stream().map(String::valueOf).collect(Collectors.joining(",")))
        + (smoke ? " --smoke" : "")
        + (corpus == null ? "" : " --corpus " + corpus.getFileName());
  }

  private List<Synset> synsets() {
    List<Synset> all = Synset.all();
    int every = smoke ? all.size() / SMOKE_SYNSETS : 1;
    return IntStream.range(0, all.size()).filter(i -> i % every == 0).mapToObj(all::get).toList();
  }

  private void pieces(List<String> text, Path file) {
    List<String> single = new ArrayList<>();
    SeedWords.lists().values().stream().flatMap(Collection::stream).distinct().forEach(single::add);
    IntStream.range(0, 10).forEach(digit -> single.add(Integer.toString(digit)));
    System.out.println("Training the tokenizer ...");
    List<String> apart =
        PieceModel.train(text, single, file, smoke ? SMOKE_PIECES : PieceModel.SIZE, () -> stop);
    System.out.println(
        Text.whole(
            (single.size() - apart.size())
                + " of "
                + single.size()
                + " words were one piece by themselves, repeated: "
                + apart));
  }
}
