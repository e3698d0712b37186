package dev.orograph.instrument;

import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.model.Model;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/**
 * Where tasks are measured: what one process has open for them, each model once, and the values
 * that they share. A worker on another machine needs nothing but a {@link Job} and a {@link Task}.
 */
public final class Workshop implements AutoCloseable {
  private static final String ARRAYS = "arrays";
  private static final String KEEP = "keep";

  private final Map<Subject, Model> models = new HashMap<>();
  private final Map<Subject, Model> lent = new HashMap<>();
  private final Shared shared = new Shared();

  /** Lends a model that is open already and that its owner closes. */
  public synchronized void lend(Subject subject, Model model) {
    lent.put(subject, model);
  }

  /** What a task of the job is given. */
  public Work at(Job<?, ?, ?> job, Task<?> task) {
    Path folder = Path.of(job.folder());
    return at(job, task, folder, folder);
  }

  /**
   * The same where a task has its folders elsewhere than in its job's.
   *
   * @param arrays in the place of the job's folder for arrays
   * @param keep in the place of the job's folder for what lives until there is a result
   */
  public Work at(Job<?, ?, ?> job, Task<?> task, Path arrays, Path keep) {
    return new Bench(
        job,
        new Place(arrays, arrays(arrays, task.label())),
        new Place(keep, keep(keep, task.label())));
  }

  /** What planning a job is given: everything but a task's folders. */
  public Work planning(Job<?, ?, ?> job) {
    return new Bench(job, null, null);
  }

  /** Where in a job's folder the task of that label leaves arrays. */
  public static Path arrays(Path folder, String label) {
    return folder.resolve(ARRAYS).resolve(name(label));
  }

  /** Where in a job's folder the task of that label has a folder until there is a result. */
  public static Path keep(Path folder, String label) {
    return folder.resolve(KEEP).resolve(name(label));
  }

  /** A label as the name of a file: labels hold whatever names of tensors hold. */
  public static String name(String label) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(label.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private synchronized Model open(Subject subject) {
    Model model = lent.getOrDefault(subject, models.get(subject));
    if (model == null) {
      model = Model.open(Path.of(subject.path()), subject.opening());
      String found = model.checkpoint().fingerprint();
      if (!found.equals(subject.fingerprint())) {
        model.close();
        throw InputException.at(Path.of(subject.path()))
            .expected("must be the model that the run began with")
            .found("its content is another one")
            .remedy("run again once the file no longer changes, or put the same file there")
            .build();
      }
      models.put(subject, model);
    }
    return model;
  }

  @Override
  public synchronized void close() {
    shared.close();
    models.values().forEach(Model::close);
    models.clear();
  }

  /** A folder below another one, made when it is asked for. */
  private record Place(Path root, Path folder) {}

  /** The work of one task. */
  private final class Bench implements Work {
    private final Job<?, ?, ?> job;
    private final Place arrays;
    private final Place keep;

    Bench(Job<?, ?, ?> job, Place arrays, Place keep) {
      this.job = job;
      this.arrays = arrays;
      this.keep = keep;
    }

    @Override
    public int models() {
      return job.subjects().size();
    }

    @Override
    public Model model(int i) {
      return open(job.subjects().get(i));
    }

    @Override
    public String fingerprint(int i) {
      return job.subjects().get(i).fingerprint();
    }

    @Override
    public Generator generator(Task<?> task) {
      return Generator.keyed(job.seed(), job.id(), task.label());
    }

    @Override
    public Path arrays() {
      return made(arrays);
    }

    @Override
    public Path keep() {
      return made(keep);
    }

    @Override
    public Optional<Path> left(String label) {
      // Where what lives through restarts is, tasks' arrays lie in the end.
      return Optional.ofNullable(keep)
          .map(k -> Workshop.arrays(k.root(), label))
          .filter(Files::isDirectory);
    }

    private Path made(Place place) {
      if (place == null) {
        throw new IllegalStateException("only a task has folders");
      }
      try {
        return Disk.folder(place.root(), place.folder());
      } catch (IOException e) {
        throw InputException.unwritable(place.folder(), e);
      }
    }

    @Override
    public <T> T once(Object key, Supplier<T> value) {
      // Of one name in two models there are two values.
      return shared.once(java.util.List.of(job.subjects(), key), value);
    }

    @Override
    public long memory() {
      return job.memory();
    }

    @Override
    public void checkCancelled() {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("stopped");
      }
    }
  }
}
