package dev.orograph.model.train;

import dev.orograph.checkpoint.DType;
import dev.orograph.input.InputException;
import dev.orograph.model.Model;
import dev.orograph.model.forward.AdamW;
import dev.orograph.model.forward.Loss;
import dev.orograph.model.forward.Modulator;
import dev.orograph.model.forward.Precision;
import dev.orograph.model.forward.Scored;
import dev.orograph.model.forward.Trainable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A model in training. A step goes down the gradient of the mean loss over all labels of its
 * batches, however they are sliced; the same model, recipe and batches give the same bits on the
 * same kernels, whatever the number of threads and wherever it was interrupted.
 */
public final class Training implements AutoCloseable {
  private final Recipe recipe;
  private final Batches data;
  private final Trainable model;
  private final AdamW optimiser;
  private final Slicing slicing;
  private final Snapshot snapshot;
  private long done;
  private boolean diverged;

  private Training(Trainable model, Snapshot snapshot, Recipe recipe, Batches data) {
    this.recipe = recipe;
    this.data = data;
    this.snapshot = snapshot;
    this.model = model;
    this.optimiser =
        new AdamW(
            this.model,
            recipe.beta1(),
            recipe.beta2(),
            recipe.epsilon(),
            recipe.decay(),
            recipe.relative());
    this.slicing = new Slicing(this.model.design());
  }

  /**
   * The training of an open model, which stays as it is, in float32.
   *
   * @throws InputException where it has no forward pass, scores no tokens, or stores several
   *     weights in one tensor
   */
  public static Training of(Model model, Recipe recipe, Batches data) {
    return of(model, recipe, data, Precision.FLOAT32);
  }

  /** The same in another precision. */
  public static Training of(Model model, Recipe recipe, Batches data, Precision precision) {
    Snapshot snapshot = new Snapshot(model, recipe, data);
    Training training = new Training(Trainable.load(model, precision), snapshot, recipe, data);
    try {
      training.model.requireWritable();
      return training;
    } catch (RuntimeException e) {
      training.close();
      throw e;
    }
  }

  /**
   * The training of a modulator before the encoder of a model whose weights stay as they are.
   *
   * @param modulator stays its owner's; its numbers change
   * @param unscaled whether scores lack the factor that the family has before them
   * @throws InputException where the model has no forward pass, scores no tokens, or the modulator
   *     is of another shape
   */
  public static Training of(
      Model model, Modulator modulator, boolean unscaled, Recipe recipe, Batches data) {
    Snapshot snapshot = new Snapshot(model, modulator, unscaled, recipe, data);
    Trainable trainable = Trainable.modulated(model, modulator, unscaled);
    return new Training(trainable, snapshot, recipe, data);
  }

  /** Threads from now on; all cores without it. Changes no bit. */
  public void threads(int count) {
    model.threads(count);
  }

  /** Whether it ended because the loss or the gradient was no longer a number. */
  public boolean diverged() {
    return diverged;
  }

  /** Steps done so far. */
  public long done() {
    return done;
  }

  /**
   * Trains to the end of the recipe, or until it is stopped; goes on from what an earlier run left
   * in the folder.
   *
   * @param folder where it is saved: {@code training.safetensors}
   * @param every steps between two times that it is saved; also when it ends
   * @param stop asked before every step; once it says yes, all is saved and the run ends
   * @param listener told of every step
   * @return whether all steps are done
   * @throws InputException where the folder holds another training or cannot be written, an example
   *     cannot be read by the model, or the loss is no longer a number
   */
  public boolean run(Path folder, long every, BooleanSupplier stop, Consumer<Progress> listener) {
    done = snapshot.read(folder, model, optimiser);
    long saved = done;
    long begun = System.nanoTime();
    long before = done;
    long tokens = 0;
    while (done < recipe.steps() && !stop.getAsBoolean()) {
      List<Scored> slices = new ArrayList<>();
      for (int i = 0; i < recipe.accumulation(); i++) {
        List<Example> batch = data.at(done * recipe.accumulation() + i);
        tokens += batch.stream().mapToLong(Example::length).sum();
        slices.addAll(slicing.of(batch));
      }
      Loss loss = model.gradient(slices);
      double norm = optimiser.norm();
      if (!Double.isFinite(loss.mean()) || !Double.isFinite(norm)) {
        diverged = true;
        throw InputException.at(folder)
            .place("step " + (done + 1))
            .expected("should have a finite loss and gradient")
            .found("they are " + loss.mean() + " and " + norm)
            .remedy("lower the learning rate, or warm up for longer")
            .build();
      }
      double rate = recipe.rate(done + 1);
      optimiser.step(done + 1, rate, recipe.scale(norm));
      done++;
      double seconds = (System.nanoTime() - begun) * 1e-9;
      double left = seconds / (done - before) * (recipe.steps() - done);
      listener.accept(
          new Progress(
              done,
              recipe.steps(),
              loss.mean(),
              rate,
              norm,
              tokens / seconds,
              Duration.ofMillis((long) (left * 1000))));
      // Behind the listener, so that what it keeps of a step is never behind what is saved here.
      if (done - saved >= every) {
        snapshot.write(folder, done, model, optimiser);
        saved = done;
      }
    }
    if (saved != done) {
      snapshot.write(folder, done, model, optimiser);
    }
    return done == recipe.steps();
  }

  /** The loss of the present weights over other examples: nothing is learned. */
  public Loss evaluate(List<Example> examples) {
    return model.loss(slicing.of(examples));
  }

  /**
   * Writes the present weights under the names of the model that it began with.
   *
   * @param type F64, F32, or rounded to nearest even BF16 or F16
   */
  public void write(Path file, DType type) {
    model.write(file, type);
  }

  /** Frees the weights. A second call does nothing. */
  @Override
  public void close() {
    optimiser.close();
    model.close();
  }
}
