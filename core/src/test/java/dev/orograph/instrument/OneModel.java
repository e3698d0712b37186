package dev.orograph.instrument;

import dev.orograph.model.Model;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The least that an analysis needs: one open model, or a few, and a folder. */
public final class OneModel implements Work, AutoCloseable {
  /** A budget that no test needs to think about. */
  public static final long AMPLE = 4L << 30;

  /** Usual seed of every draw. */
  public static final long SEED = 42;

  private final List<Model> models = new ArrayList<>();
  private final List<Subject> subjects = new ArrayList<>();
  private final String instrument;
  private final Path folder;
  private final long memory;
  private final Workshop workshop = new Workshop();
  private final Shared shared = new Shared();
  private long seed = SEED;

  /**
   * Opens a model.
   *
   * @param checkpoint folder or file
   * @param instrument id of the analysis, part of the key of its draws
   * @param folder where arrays go; made where it is missing
   * @param memory budget in bytes
   */
  public OneModel(Path checkpoint, String instrument, Path folder, long memory) {
    this(List.of(checkpoint), instrument, folder, memory);
  }

  /** The same with several models. */
  public OneModel(List<Path> checkpoints, String instrument, Path folder, long memory) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (Path checkpoint : checkpoints) {
      Model model = Model.open(checkpoint);
      models.add(model);
      subjects.add(
          new Subject(
              checkpoint.toString(), model.checkpoint().name(), model.checkpoint().fingerprint()));
      workshop.lend(subjects.get(subjects.size() - 1), model);
    }
    this.instrument = instrument;
    this.folder = folder;
    this.memory = memory;
  }

  /** What an engine is given for an analysis of this model. */
  public <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      Job<S, D, R> job(Instrument<S, D, R> i, S settings) {
    return new Job<>(i, List.copyOf(subjects), settings, seed, memory, folder.toString());
  }

  /** Measures one task as an engine does. */
  public <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      R measure(Instrument<S, D, R> i, S settings, Task<D> task) {
    return i.measure(workshop.at(job(i, settings), task), settings, task);
  }

  /** Plans and measures everything, one task after the other. */
  public <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      List<R> measureAll(Instrument<S, D, R> i, S settings) {
    List<R> results = new ArrayList<>();
    List<Task<D>> next = i.tasks(this, settings);
    while (!next.isEmpty()) {
      for (Task<D> task : next) {
        results.add(measure(i, settings, task));
      }
      next = i.more(this, settings, List.copyOf(results));
    }
    return results;
  }

  /** Draws by another seed from now on. */
  public void seed(long other) {
    seed = other;
  }

  /** The file of arrays of that name that some task left in a folder. */
  public static Path left(Path folder, String name) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(f -> f.getFileName().toString().equals(name)).findFirst().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int models() {
    return models.size();
  }

  @Override
  public Model model(int i) {
    return models.get(i);
  }

  @Override
  public String fingerprint(int i) {
    return subjects.get(i).fingerprint();
  }

  @Override
  public Generator generator(Task<?> task) {
    return Generator.keyed(seed, instrument, task.label());
  }

  @Override
  public Path arrays() {
    return folder;
  }

  @Override
  public Path keep() {
    return folder;
  }

  @Override
  public long memory() {
    return memory;
  }

  @Override
  public Optional<Path> left(String label) {
    return Optional.empty();
  }

  @Override
  public <T> T once(Object key, Supplier<T> value) {
    return shared.once(key, value);
  }

  @Override
  public void checkCancelled() {}

  @Override
  public void close() {
    workshop.close();
    shared.close();
    models.forEach(Model::close);
  }
}
