package dev.orograph.spark;

import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Job;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Workshop;
import dev.orograph.model.forward.PassKernels;
import dev.orograph.survey.Machine;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.storage.BlockManagerId;

/**
 * What an executor's process has for the tasks of a run: checkpoints, each opened once, values that
 * tasks share, and the memory and threads that are still free. There is one at a time; a task of
 * another run closes what the run before it had open.
 */
final class Worker implements AutoCloseable {
  /** Where in a job's folder tasks leave arrays until the driver takes them, and the mark lies. */
  static final String STAGING = "spark";

  /** The most that a task's arrays may have where the driver does not see what it writes. */
  static final long MOST_BYTES = 64L << 20;

  private static Worker current;

  private final Measuring.Run run;
  private final int threads;
  private final Workshop workshop = new Workshop();
  private Path own;
  private int running;
  private long held;
  private int busy;

  private Worker(Measuring.Run run) {
    this.run = run;
    this.threads =
        run.threads() > 0
            ? run.threads()
            : SparkEnv.get()
                .conf()
                .getInt("spark.executor.cores", Runtime.getRuntime().availableProcessors());
  }

  /** The worker of this process for a run. */
  static synchronized Worker of(Measuring.Run run) {
    if (current == null || !current.run.id().equals(run.id())) {
      if (current != null) {
        current.close();
      }
      current = new Worker(run);
    }
    return current;
  }

  /** Ends what this process has open for a run, once none of its tasks is under way. */
  static synchronized void end(String run) {
    if (current != null && current.run.id().equals(run)) {
      current.close();
      current = null;
    }
  }

  /** Measures the tasks of a piece, up to the first that fails. */
  <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      Outcome measure(Job<S, D, R> job, Piece<D> piece) {
    List<Outcome.Measured> measured = new ArrayList<>();
    for (Task<D> task : piece.tasks()) {
      try {
        enter(task);
        try {
          check(job);
          measured.add(measure(job, task));
        } finally {
          leave(task);
        }
      } catch (RuntimeException | Error | IOException | InterruptedException e) {
        Throwable told = e instanceof InterruptedException ? new CancellationException() : e;
        return new Outcome(measured, Failure.of(host(), task.label(), told));
      }
    }
    return new Outcome(measured, null);
  }

  private <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      Outcome.Measured measure(Job<S, D, R> job, Task<D> task) throws IOException {
    if (TaskContext.get() != null && TaskContext.get().isInterrupted()) {
      throw new CancellationException("stopped");
    }
    Path folder = Path.of(job.folder());
    Path shared = folder.resolve(STAGING);
    boolean seen = Files.exists(shared.resolve(run.id()));
    // Each attempt has a folder of its own: one that was given up may still be writing.
    Path staging = (seen ? shared : own()).resolve(UUID.randomUUID().toString());
    Path left = Workshop.arrays(staging, task.label());
    try {
      R result =
          job.measure(
              workshop.at(job, task, staging, seen ? folder : own().resolve(job.id())), task);
      boolean any = Files.isDirectory(left);
      if (seen && any) {
        return new Outcome.Measured(result, left.toString(), List.of());
      }
      return new Outcome.Measured(result, "", any ? files(left, task) : List.of());
    } catch (RuntimeException | Error | IOException e) {
      Disk.delete(staging);
      throw e;
    } finally {
      if (!seen) {
        Disk.delete(staging);
      }
    }
  }

  /** Where this process keeps what no other one sees; made when first asked for. */
  private synchronized Path own() throws IOException {
    if (own == null) {
      own = Files.createTempDirectory("orograph-worker-");
    }
    return own;
  }

  private List<Outcome.Left> files(Path left, Task<?> task) throws IOException {
    List<Outcome.Left> files = new ArrayList<>();
    long bytes = 0;
    try (Stream<Path> all = Files.list(left)) {
      for (Path file : all.sorted().toList()) {
        bytes += Files.size(file);
        if (bytes > MOST_BYTES) {
          throw InputException.at(file)
              .place("of task '" + task.label() + "'")
              .expected("must be written where the driver sees it")
              .found("this worker does not see the run's folder")
              .remedy("name a folder with --out or --runs that all workers share")
              .build();
        }
        files.add(new Outcome.Left(file.getFileName().toString(), Files.readAllBytes(file)));
      }
    }
    return files;
  }

  /** Whether this process computes what the driver would, to the digit. */
  private void check(Job<?, ?, ?> job) {
    require(Machine.kernels(false), run.kernels(), "OPENBLAS_CORETYPE", "Haswell");
    if (job.instrument().needs().pass()) {
      require(PassKernels.expected(), run.pass(), "ATEN_CPU_CAPABILITY", "avx2");
    }
  }

  private static void require(String own, String drivers, String variable, String such) {
    if (!own.equals(drivers)) {
      throw new IllegalStateException(
          "its processor adds in another order than the driver's (kernels "
              + own
              + ", the driver's "
              + drivers
              + "), so digits would follow from who measured what; set "
              + variable
              + " to a kind that all have, such as "
              + such
              + ", where the driver is started");
    }
  }

  private synchronized void enter(Task<?> task) throws InterruptedException {
    while (running > 0
        && (held + task.bytes() > run.memory() || busy + task.nativeThreads() > threads)) {
      wait();
    }
    running++;
    held += task.bytes();
    busy += task.nativeThreads();
  }

  private synchronized void leave(Task<?> task) {
    running--;
    held -= task.bytes();
    busy -= task.nativeThreads();
    notifyAll();
  }

  /** Waits for tasks under way: the memory that they read is unmapped then. */
  @Override
  public synchronized void close() {
    boolean interrupted = false;
    while (running > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    workshop.close();
    try {
      if (own != null) {
        Disk.delete(own);
      }
    } catch (IOException e) {
      // In the folder of what is temporary.
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** As the application knows it. */
  private static String host() {
    BlockManagerId id = SparkEnv.get().blockManager().blockManagerId();
    return id.host() + " (executor " + id.executorId() + ")";
  }
}
