package dev.orograph.instrument.alignment.modulator;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.alignment.Glosses;
import dev.orograph.instrument.alignment.Vectors;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Piece;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Trained;
import dev.orograph.linalg.Scope;
import dev.orograph.model.forward.Modulator;
import dev.orograph.model.train.Epochs;
import dev.orograph.model.train.Example;
import dev.orograph.model.train.Progress;
import dev.orograph.model.train.Recipe;
import dev.orograph.model.train.Training;
import dev.orograph.random.Generator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * One training of a modulator on glosses and their words, which goes on where it was killed: the
 * numbers lie in {@code training.safetensors}, what was noted on the way in {@value #NOTES}, never
 * fewer steps of it.
 */
final class Course implements AutoCloseable {
  static final String NOTES = "history.safetensors";

  /** How much of AdamW's mean gradient a step keeps, and of the mean of its squares. */
  static final double FIRST = 0.9;

  static final double SECOND = 0.999;

  private static final int BATCH = 32;
  private static final double TRAINED = 0.9;
  private static final int LONGEST = 16;
  private static final int NOTED = 10;
  private static final int SAVED = 50;
  private static final int PATIENCE = 5;
  private static final double TARGET = 0.21;
  private static final double TOLERANCE = 0.05;
  private static final int SEEN = 8;

  private final Work work;
  private final Bench bench;
  private final ModulateSettings settings;
  private final Piece piece;
  private final Epochs batches;
  private final List<Example> heldOut;
  private final Recipe recipe;
  private final Supplier<Modulator> beginning;
  private Modulator modulator;
  private Training training;

  private double[] losses;
  private final List<Double> measured = new ArrayList<>();
  private final List<Double> cvs = new ArrayList<>();
  private final List<double[]> alphas = new ArrayList<>();
  private long known;
  private long written = -1;
  private String ended = "";

  /**
   * A training.
   *
   * @param beginning makes the modulator as it begins
   */
  Course(
      Work work,
      Bench bench,
      ModulateSettings settings,
      Piece piece,
      Supplier<Modulator> beginning) {
    this.work = work;
    this.bench = bench;
    this.settings = settings;
    this.piece = piece;
    this.beginning = beginning;
    List<Example> all = examples(bench, settings.asSeed());
    Generator g = Generator.of(piece.seed());
    int[] order = g.permutation(all.size());
    int trained = (int) (order.length * TRAINED);
    List<Example> learned = Arrays.stream(order, 0, trained).mapToObj(all::get).toList();
    heldOut = Arrays.stream(order, trained, order.length).mapToObj(all::get).toList();
    batches = new Epochs(learned, BATCH, settings.epochs(), g);
    int perEpoch = batches.perEpoch();
    long steps = (long) settings.epochs() * perEpoch;
    recipe =
        new Recipe(
            steps, settings.rate(), 0, 0, FIRST, SECOND, 1e-8, 0.01, 1, 1, false, perEpoch, 1e-6);
    losses = new double[Math.toIntExact(steps)];
    begin();
  }

  private void begin() {
    modulator = beginning.get();
    training = Training.of(work.model(), modulator, settings.asSeed(), recipe, batches);
    training.threads(1);
  }

  /**
   * A gloss and its word; as the notebook pairs them, the decoder reads at each place what it
   * should write there.
   */
  private static List<Example> examples(Bench bench, boolean asSeed) {
    List<Example> all = new ArrayList<>();
    for (int i = 0; i < bench.words().size(); i++) {
      int[] target =
          Glosses.cut(bench.tokenizer(), bench.words().name(i), LONGEST).stream()
              .mapToInt(Integer::intValue)
              .toArray();
      int[] source = bench.glosses().get(i);
      all.add(
          asSeed
              ? Example.pair(source, target, target)
              : Example.pair(source, target, bench.start()));
    }
    return all;
  }

  /** The modulator as it is now; closed with this. */
  Modulator modulator() {
    return modulator;
  }

  /** The loss on words held out: per token, or as the notebook takes it the mean of batches. */
  double heldOut() {
    if (!settings.asSeed()) {
      return training.evaluate(heldOut).mean();
    }
    return IntStream.iterate(0, i -> i < heldOut.size(), i -> i + BATCH)
        .mapToObj(i -> heldOut.subList(i, Math.min(heldOut.size(), i + BATCH)))
        .mapToDouble(part -> training.evaluate(part).mean())
        .average()
        .orElse(Double.NaN);
  }

  /** Trains to the end, or on to it. */
  Trained run() {
    Path folder = work.keep();
    modulator.bypass(true);
    double frozen = heldOut();
    modulator.bypass(false);
    read(folder.resolve(NOTES));
    if (known == 0) {
      measured.add(heldOut());
    }
    try {
      training.run(
          folder,
          SAVED,
          () -> {
            boolean stop = cancelled() || outside();
            if (stop) {
              write(folder.resolve(NOTES));
            }
            return stop;
          },
          p -> {
            if (written < 0) {
              written = p.step() - 1;
              forget(written);
            }
            note(p);
            // As often as the numbers are saved, and before they are.
            if (p.step() - written >= SAVED || p.step() == p.of()) {
              write(folder.resolve(NOTES));
              written = p.step();
            }
          });
    } catch (InputException e) {
      if (!training.diverged()) {
        throw e;
      }
      ended = "diverged";
      restore(folder);
    }
    work.checkCancelled();
    if (outside()) {
      ended = "band";
    }
    double[] last = modulator.alphas();
    int perEpoch = batches.perEpoch();
    int done = Math.toIntExact(training.done());
    List<Double> means = new ArrayList<>();
    for (int from = 0; from < done; from += perEpoch) {
      means.add(
          Arrays.stream(losses, from, Math.min(done, from + perEpoch)).average().orElseThrow());
    }
    if (measured.size() == 1 || !ended.isEmpty()) {
      measured.add(heldOut());
    }
    int experts = Math.max(1, modulator.design().experts().size());
    return new Trained(
        done,
        recipe.steps(),
        perEpoch,
        frozen,
        means,
        List.copyOf(measured),
        IntStream.range(0, alphas.size()).mapToObj(this::noted).toList(),
        alphas.stream().map(a -> layers(a, experts)).toList(),
        Arrays.stream(last).boxed().toList(),
        List.copyOf(cvs),
        ended);
  }

  /** A modulator as it was saved last, or as it begins. */
  private void restore(Path folder) {
    training.close();
    modulator.close();
    begin();
    training.run(folder, SAVED, () -> true, p -> {});
    read(folder.resolve(NOTES));
    forget(training.done());
  }

  private boolean cancelled() {
    try {
      work.checkCancelled();
      return false;
    } catch (java.util.concurrent.CancellationException e) {
      return true;
    }
  }

  /** Whether the CV has been outside its band for five epochs, where that ends a training. */
  private boolean outside() {
    int n = cvs.size();
    return settings.stop()
        && n >= PATIENCE
        && cvs.subList(n - PATIENCE, n).stream().allMatch(c -> Math.abs(c - TARGET) >= TOLERANCE);
  }

  /** Alphas are noted behind the first step of an epoch and every tenth that follows. */
  private static boolean noted(long step, int perEpoch) {
    return (step - 1) % perEpoch % NOTED == 0;
  }

  private long noted(int index) {
    int each = (batches.perEpoch() + NOTED - 1) / NOTED;
    return (long) index / each * batches.perEpoch() + (long) (index % each) * NOTED + 1;
  }

  private static List<Double> layers(double[] a, int experts) {
    return IntStream.range(0, a.length / experts)
        .mapToObj(
            l -> (Double) Arrays.stream(a, l * experts, (l + 1) * experts).average().orElseThrow())
        .toList();
  }

  private void note(Progress p) {
    int step = Math.toIntExact(p.step());
    losses[step - 1] = p.loss();
    known = step;
    if (noted(step, batches.perEpoch())) {
      alphas.add(modulator.alphas());
    }
    if (step % batches.perEpoch() == 0) {
      measured.add(heldOut());
      if (settings.stop()) {
        try (Scope local = new Scope()) {
          Vectors v = bench.read(modulator, local);
          int seen = settings.asSeed() ? Math.min(SEEN, v.width()) : v.width();
          Double cv = Bench.variation(v, Generator.of(piece.seed()), seen);
          cvs.add(cv == null ? 0 : cv);
        }
      }
    }
  }

  /** What was noted behind a step is forgotten: it comes again, to the same digit. */
  private void forget(long step) {
    known = Math.min(known, step);
    int perEpoch = batches.perEpoch();
    int epochs = Math.toIntExact(known / perEpoch);
    cut(measured, 1 + epochs);
    cut(cvs, epochs);
    long noted = IntStream.rangeClosed(1, (int) known).filter(s -> noted(s, perEpoch)).count();
    cut(alphas, (int) noted);
  }

  private static void cut(List<?> list, int size) {
    if (list.size() > size) {
      list.subList(size, list.size()).clear();
    }
  }

  private void write(Path file) {
    int width = modulator.alphas().length;
    double[] flat = alphas.stream().flatMapToDouble(Arrays::stream).toArray();
    SafetensorsWriter.write(
        file,
        Map.of("step", Long.toString(known)),
        List.of(
            Entry.of("losses", losses, losses.length),
            Entry.of("held_out", array(measured), measured.size()),
            Entry.of("cv", array(cvs), cvs.size()),
            Entry.of("alphas", flat, flat.length / width, width)));
  }

  private static double[] array(List<Double> list) {
    return list.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** What an earlier run noted; {@link Training} checks that it is the same training. */
  private void read(Path file) {
    known = 0;
    measured.clear();
    cvs.clear();
    alphas.clear();
    if (!Files.exists(file)) {
      return;
    }
    try (Checkpoint c = Checkpoint.open(file)) {
      String step = c.metadata().getOrDefault("step", "");
      double[] saved = numbers(c, "losses");
      if (!step.matches("\\d{1,9}") || saved.length != losses.length) {
        throw InputException.at(file)
            .expected("should be what this training noted")
            .found("it is another's")
            .remedy("start again with --fresh")
            .build();
      }
      losses = saved;
      Arrays.stream(numbers(c, "held_out")).forEach(measured::add);
      Arrays.stream(numbers(c, "cv")).forEach(cvs::add);
      int width = modulator.alphas().length;
      double[] flat = numbers(c, "alphas");
      for (int i = 0; i + width <= flat.length; i += width) {
        alphas.add(Arrays.copyOfRange(flat, i, i + width));
      }
      known = Long.parseLong(step);
    }
  }

  private static double[] numbers(Checkpoint c, String name) {
    return c.tensor(name)
        .map(
            t -> {
              double[] values = new double[Math.toIntExact(t.count())];
              if (values.length > 0) {
                try (TensorData data = c.map(t)) {
                  data.read(0, values, 0, values.length);
                }
              }
              return values;
            })
        .orElse(new double[0]);
  }

  @Override
  public void close() {
    training.close();
    modulator.close();
  }
}
