package dev.orograph.spark;

import dev.orograph.instrument.Instruments;
import dev.orograph.instrument.Job;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Nothing;
import dev.orograph.instrument.Task.Place;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Tasks of tests. */
final class Pieces {
  private Pieces() {}

  static List<Task<Nothing>> tasks(double... work) {
    List<Task<Nothing>> tasks = new ArrayList<>();
    for (double w : work) {
      tasks.add(Task.of("t" + tasks.size(), Place.MODEL, w, 1, new Nothing()));
    }
    return tasks;
  }

  static Piece<Nothing> one() {
    return new Piece<>(new ArrayList<>(tasks(1)));
  }

  /** A job of the analysis of norms on no model at all. */
  static <S extends Record & Serializable, R extends Record & Serializable> Job<S, Nothing, R> job(
      Path folder) {
    @SuppressWarnings("unchecked")
    dev.orograph.instrument.Instrument<S, Nothing, R> norms =
        (dev.orograph.instrument.Instrument<S, Nothing, R>) Instruments.find("norms").orElseThrow();
    return new Job<>(
        norms, List.of(), norms.settings(Options.usual()), 1, 1 << 20, folder.toString());
  }
}
