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
import java.util.function.Supplier;

/** The least that an instrument needs: one open model and a folder. */
public final class OneModel implements Context, AutoCloseable {
  /** A budget that no test needs to think about. */
  public static final long AMPLE = 4L << 30;

  private final Model model;
  private final ModelSubject subject;
  private final String instrument;
  private final Path folder;
  private final long memory;
  private final Shared shared = new Shared();

  /**
   * Opens a model.
   *
   * @param checkpoint folder or file
   * @param instrument id of the instrument, part of the key of its draws
   * @param folder where arrays go; made where it is missing
   * @param memory budget in bytes
   */
  public OneModel(Path checkpoint, String instrument, Path folder, long memory) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.model = Model.open(checkpoint);
    this.subject =
        new ModelSubject(
            checkpoint.toString(), model.checkpoint().name(), model.checkpoint().fingerprint());
    this.instrument = instrument;
    this.folder = folder;
    this.memory = memory;
  }

  /** The open model. */
  public Model model() {
    return model;
  }

  /** The model as the only subject. */
  public List<Subject> subjects() {
    return List.of(subject);
  }

  /** Plans and measures everything, one piece after the other. */
  public <
          S extends Record & Serializable,
          U extends Record & Piece & Serializable,
          R extends Record & Serializable>
      List<R> measureAll(Instrument<S, U, R> i, S settings) {
    List<R> results = new ArrayList<>();
    List<U> next = i.plan(this, subjects(), settings, List.of());
    while (!next.isEmpty()) {
      for (U piece : next) {
        results.add(i.measure(this, subjects(), settings, piece));
      }
      next = i.plan(this, subjects(), settings, List.copyOf(results));
    }
    return results;
  }

  @Override
  public Model model(ModelSubject wanted) {
    if (!wanted.equals(subject)) {
      throw new IllegalArgumentException(wanted + " is not open");
    }
    return model;
  }

  @Override
  public Generator generator(long seed, Piece piece) {
    return Generator.keyed(seed, instrument, piece.label());
  }

  @Override
  public Path folder() {
    return folder;
  }

  @Override
  public long memory() {
    return memory;
  }

  @Override
  public <T> T once(Object key, Supplier<T> value) {
    return shared.once(key, value);
  }

  @Override
  public void checkCancelled() {}

  @Override
  public void close() {
    model.close();
  }
}
