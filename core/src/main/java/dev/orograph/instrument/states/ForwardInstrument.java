package dev.orograph.instrument.states;

import dev.orograph.input.InputException;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Nothing;
import dev.orograph.instrument.Task.Place;
import dev.orograph.instrument.Work;
import dev.orograph.model.Model;
import dev.orograph.model.design.StackDesign;
import dev.orograph.model.forward.States;
import dev.orograph.model.forward.Transformer;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What instruments of hidden states have in common: one model that reads token ids, computed in
 * float32, each sequence by itself and so without padding and by one native thread, a few of them
 * side by side where they are much work, in one piece.
 *
 * @param <R> what measuring gives
 */
interface ForwardInstrument<R extends Record & Serializable>
    extends Instrument<ReadingSettings, Nothing, R> {
  /** Positions that are held at once. */
  int MOST_POSITIONS = 512;

  /** Sequences that are read side by side, unless one is longer than what is held at once. */
  int SIDE_BY_SIDE = 4;

  /** Multiplications from which on that is worth a start. */
  double MUCH = 2e10;

  /** What is done with the states of one sequence. */
  interface Sink {
    /** Called once for each sequence that the model could read, in order. */
    void accept(Reading reading, States states);
  }

  /** Whether the activations of neurons are wanted beside the residual stream. */
  default boolean neurons(ReadingSettings settings) {
    return false;
  }

  @Override
  default Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS, Need.TEXT_PASS);
  }

  @Override
  default Optional<String> obstacle(Work work, ReadingSettings settings) {
    Model model = work.model();
    return work.noRoom(
        "a forward pass in float32 needs", bytes(model, neurons(settings), MOST_POSITIONS));
  }

  /**
   * What is held of sequences of so many positions in all, at most {@link #MOST_POSITIONS} each.
   */
  private static long bytes(Model model, boolean neurons, long positions) {
    long held = 0;
    for (StackDesign s : model.design().orElseThrow().stacks()) {
      long states = s.shape().layers() + 2L;
      held += states * positions * (8L * s.shape().dModel() + 8L * MOST_POSITIONS);
      held += neurons ? 4L * s.shape().layers() * positions * s.shape().dFf() : 0;
    }
    return 4 * model.count() + held + (64L << 20);
  }

  @Override
  default List<Task<Nothing>> tasks(Work work, ReadingSettings settings) {
    Model model = work.model();
    double tokens = 16.0 * settings.prompts().size();
    boolean small = true;
    if (!settings.ids().isEmpty()) {
      tokens = settings.ids().stream().mapToInt(List::size).sum();
      small = settings.ids().stream().allMatch(ids -> ids.size() <= MOST_POSITIONS);
    }
    double multiplications = Math.max(1, tokens) * (1.0 + model.count());
    boolean neurons = neurons(settings);
    long some = bytes(model, neurons, (long) SIDE_BY_SIDE * MOST_POSITIONS);
    boolean side = small && multiplications > MUCH && some <= work.memory();
    return List.of(
        new Task<>(
            "forward pass",
            Place.MODEL,
            multiplications,
            side ? some : bytes(model, neurons, MOST_POSITIONS),
            side ? SIDE_BY_SIDE : 1,
            new Nothing()));
  }

  /** Measures what is read; {@code drawn} says that ids were drawn for want of a tokenizer. */
  R measure(Work work, ReadingSettings settings, Task<Nothing> task, Model model, boolean drawn);

  /** No figures, but why there are none. */
  R fault(boolean drawn, String message);

  /** What turns out to be at fault is told as a finding, but where the user chose the input. */
  @Override
  default R measure(Work work, ReadingSettings settings, Task<Nothing> task) {
    Model model = work.model();
    boolean drawn = Reading.drawn(settings, model);
    try {
      return measure(work, settings, task, model, drawn);
    } catch (InputException e) {
      if (settings.chosen()) {
        throw e;
      }
      return fault(drawn, e.getMessage());
    }
  }

  /**
   * Reads everything.
   *
   * @return what was left out and why: texts of our own that the model cannot read
   * @throws InputException where the model or the user's own input is at fault
   */
  default List<String> read(
      Work work,
      ReadingSettings settings,
      Task<Nothing> task,
      Model model,
      List<Reading> readings,
      Sink sink) {
    List<String> leftOut = new ArrayList<>();
    try (Transformer t = Transformer.load(model)) {
      t.threads(task.sideBySide());
      Set<String> wanted = new LinkedHashSet<>();
      for (ResidualStream s : ResidualStream.of(t.design())) {
        wanted.addAll(s.all());
        wanted.addAll(neurons(settings) ? s.neurons() : List.of());
      }
      for (int from = 0; from < readings.size(); from += task.nativeThreads()) {
        int to = Math.min(readings.size(), from + task.nativeThreads());
        Iterator<Integer> next = IntStream.range(from, to).iterator();
        t.each(
            readings.subList(from, to).stream().map(r -> r.inputs(t.design())).toList(),
            wanted,
            all -> {
              int i = next.next();
              try (States states = all.get()) {
                work.checkCancelled();
                sink.accept(readings.get(i), states);
              } catch (InputException e) {
                if (settings.chosen()) {
                  throw Reading.refused(settings, i, e);
                }
                leftOut.add(readings.get(i).label() + ": " + e.getMessage());
              }
            });
      }
    }
    return leftOut;
  }
}
