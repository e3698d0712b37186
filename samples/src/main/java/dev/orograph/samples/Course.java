package dev.orograph.samples;

import dev.orograph.checkpoint.DType;
import dev.orograph.input.InputException;
import dev.orograph.model.Model;
import dev.orograph.model.RandomCheckpoint;
import dev.orograph.model.train.Example;
import dev.orograph.model.train.Permuted;
import dev.orograph.model.train.Progress;
import dev.orograph.model.train.Training;
import dev.orograph.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/**
 * The training of one sample, from its initialisation to a folder as the bundled ones are.
 *
 * @param sample which
 * @param work where unfinished work lies
 * @param out the folder of the finished checkpoint
 * @param steps of the optimiser
 * @param seed of initialisation and order
 * @param snapshots steps after which the weights are kept too, ascending; 0 is before the first
 * @param threads that work side by side; changes no bit
 * @param told what its log tells besides
 */
record Course(
    Sample sample,
    Path work,
    Path out,
    long steps,
    List<Long> snapshots,
    long seed,
    int threads,
    Told told) {
  /**
   * What its log tells besides.
   *
   * @param command that trains it again
   * @param text what it learned from
   * @param textSha256 of the training lines
   */
  record Told(String command, String text, String textSha256) {}

  private static final int ROWS = 100;
  private static final long SPOKEN_EVERY = Duration.ofSeconds(10).toNanos();

  /**
   * Trains, or goes on.
   *
   * @param pieces the tokenizer's model; not read for bytes
   * @param stop asked between steps
   * @return whether it is finished; otherwise the same call goes on later
   */
  boolean run(Path pieces, Corpus<Synset> synsets, Corpus<String> lines, BooleanSupplier stop) {
    Path initial = work.resolve("initial");
    begin(initial, pieces);
    try (Model model = Model.open(initial)) {
      Tokenizer tokenizer = model.tokenizer().orElseThrow();
      Lessons lessons = new Lessons(tokenizer, sample);
      List<Example> learned =
          sample.pairs()
              ? synsets.training().stream().map(lessons::pair).toList()
              : lessons.packed(lines.training(), seed);
      List<Example> heldOut =
          sample.pairs()
              ? synsets.measured(seed).stream().map(lessons::pair).toList()
              : lessons.alone(lines.measured(seed)).stream().map(Example::text).toList();
      Permuted batches =
          new Permuted(learned, Math.min(sample.batch(), learned.size()), seed, sample.pool());
      System.out.printf(
          Locale.ROOT,
          "%s: %,d parameters, %,d sequences, %,d steps of %d%n",
          sample.id(),
          model.count(),
          learned.size(),
          steps,
          sample.batch());
      try (Training training = Training.of(model, sample.recipe(steps), batches)) {
        training.threads(threads);
        Watch watch = new Watch(training, heldOut);
        for (long at : snapshots) {
          if (!reach(at, training, watch, stop)) {
            return false;
          }
        }
        boolean done = reach(steps, training, watch, stop);
        if (done) {
          finish(training, heldOut, watch);
        }
        return done;
      }
    }
  }

  /** Trains until after a step; a snapshot is written before anything is learned beyond it. */
  private boolean reach(long at, Training training, Watch watch, BooleanSupplier stop) {
    training.run(
        work,
        Math.max(1, steps / ROWS),
        () -> stop.getAsBoolean() || training.done() >= at,
        watch::step);
    if (training.done() < at) {
      return false;
    }
    if (snapshots.contains(at)) {
      Path folder = snapshot(at);
      if (training.done() == at) {
        Path weights = work.resolve("snapshot.safetensors");
        training.write(weights, DType.BF16);
        Folder.model(this, weights, folder);
      } else if (!Files.exists(folder.resolve(Folder.WEIGHTS))) {
        throw InputException.at(work)
            .place("step " + training.done())
            .expected("cannot be beyond step " + at + ", whose weights are asked for")
            .found(folder + " has none")
            .remedy("remove the folder to train from the beginning, or ask for later steps")
            .build();
      }
    }
    return true;
  }

  /** Where the weights after a step go: names in the order of the steps. */
  Path snapshot(long at) {
    int digits = Long.toString(steps).length();
    return out.resolveSibling(sample.id() + "-steps")
        .resolve(String.format(Locale.ROOT, "step-%0" + digits + "d", at));
  }

  /** The untrained model with its tokenizer, made once. */
  private void begin(Path initial, Path pieces) {
    if (!Files.exists(initial.resolve(sample.shape().configuration()))) {
      RandomCheckpoint.write(sample.shape(), seed, initial);
    }
    Folder.tokenizer(sample, pieces, initial);
  }

  private void finish(Training training, List<Example> heldOut, Watch watch) {
    double exact = training.evaluate(heldOut).mean();
    Path weights = work.resolve("model.safetensors");
    training.write(weights, DType.BF16);
    Folder.write(this, weights, exact, watch.seconds());
    try {
      Files.copy(
          work.resolve(Curve.NAME), out.resolve(Curve.NAME), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw InputException.unwritable(out, e);
    }
    System.out.println(sample.id() + ": finished in " + out);
  }

  /** Listens to a training: writes its curve and says how far it is. */
  private final class Watch {
    private final Training training;
    private final List<Example> heldOut;
    private Curve curve;
    private long spoken = System.nanoTime();

    Watch(Training training, List<Example> heldOut) {
      this.training = training;
      this.heldOut = heldOut;
    }

    void step(Progress p) {
      if (curve == null) {
        curve = new Curve(work.resolve(Curve.NAME), p.step() - 1);
      }
      curve.step(p);
      long every = Math.max(1, p.of() / ROWS);
      if (p.step() == 1 || p.step() % every == 0 || p.step() == p.of()) {
        curve.row(p, training.evaluate(heldOut).mean());
      }
      if (System.nanoTime() - spoken > SPOKEN_EVERY || p.step() == p.of()) {
        spoken = System.nanoTime();
        System.out.printf(
            Locale.ROOT,
            "%s: step %,d of %,d, loss %.3f, %,.0f tokens/s, %d min %02d s left%n",
            sample.id(),
            p.step(),
            p.of(),
            p.loss(),
            p.tokensPerSecond(),
            p.left().toMinutes(),
            p.left().toSecondsPart());
      }
    }

    double seconds() {
      // No step was left to do where all was saved before.
      return (curve == null ? new Curve(work.resolve(Curve.NAME), steps) : curve).seconds();
    }
  }
}
