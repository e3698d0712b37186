package dev.orograph.spark;

import dev.orograph.checkpoint.StoreAddress;
import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Job;
import dev.orograph.instrument.Subject;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Workshop;
import dev.orograph.model.BundledCheckpoint;
import dev.orograph.model.forward.PassKernels;
import dev.orograph.survey.Engine;
import dev.orograph.survey.Machine;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import scala.concurrent.ExecutionContext;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction0;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;
import scala.util.Try;

/**
 * Executors of a Spark application. Each {@link #start} is one Spark job whose partitions are
 * {@link Piece}s; its results are handed over as each partition ends. Jobs that came first go first
 * (Spark's order, FIFO, must be that of the application). Spark runs again what a lost executor had
 * under way; what fails by itself is not tried again. After a failure nothing more starts.
 *
 * <p>The checkpoint must lie on a path that all executors see. So should the run's folder: where an
 * executor does not see it, arrays of up to 64 MiB a task travel with the result and larger ones
 * are refused.
 */
public final class SparkEngine implements Engine {
  private final SparkContext spark;
  private final Measuring.Run run;
  private final int pieces;
  private final ExecutorService handing =
      Executors.newSingleThreadExecutor(
          r -> {
            Thread t = new Thread(r, "orograph-results");
            t.setDaemon(true);
            return t;
          });
  private final Map<String, Batch<?, ?>> batches = new ConcurrentHashMap<>();
  private final Set<String> marked = new HashSet<>();
  private boolean closed;
  private Throwable failure;

  /**
   * An engine.
   *
   * @param spark the application, which its owner stops
   * @param memory bytes that the tasks under way in one executor may take together
   */
  public SparkEngine(SparkContext spark, long memory) {
    this(spark, memory, 0);
  }

  /**
   * An engine that cuts in a way of its own.
   *
   * @param pieces partitions of each job, or 0 for what suits the cores
   */
  SparkEngine(SparkContext spark, long memory, int pieces) {
    this.spark = spark;
    this.pieces = pieces;
    this.run =
        new Measuring.Run(
            UUID.randomUUID().toString(),
            Machine.kernels(false),
            PassKernels.expected(),
            memory,
            spark.isLocal() ? spark.defaultParallelism() : 0);
  }

  /** Tasks that came together. */
  private static final class Batch<
      D extends Record & Serializable, R extends Record & Serializable> {
    final List<Piece<D>> pieces;
    final Sink<D, R> sink;
    final Path folder;
    final Set<Integer> begun = ConcurrentHashMap.newKeySet();
    SimpleFutureAction<Object> job;
    int left;

    Batch(List<Piece<D>> pieces, Sink<D, R> sink, Path folder) {
      this.pieces = pieces;
      this.sink = sink;
      this.folder = folder;
      this.left = pieces.size();
    }

    void begun(int piece) {
      if (begun.add(piece)) {
        sink.begun(pieces.get(piece).tasks().get(0));
      }
    }
  }

  @Override
  public <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      Pending start(Job<S, D, R> job, List<Task<D>> tasks, Sink<D, R> sink) {
    if (tasks.isEmpty()) {
      return this::throwFailure;
    }
    Path folder = Path.of(job.folder());
    List<Piece<D>> cut =
        pieces > 0 ? Piece.deal(tasks, pieces) : Piece.cut(tasks, spark.defaultParallelism());
    Batch<D, R> batch = new Batch<>(cut, sink, folder);
    synchronized (this) {
      if (closed) {
        fail(new CancellationException("closed"));
      }
      if (failure != null) {
        batch.left = 0;
        return () -> await(batch);
      }
      mark(folder);
      submit(seenByAll(job), batch);
    }
    return () -> await(batch);
  }

  private <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      void submit(Job<S, D, R> job, Batch<D, R> batch) {
    String id = run.id() + "/" + batches.size();
    batches.put(id, batch);
    Begun.of(spark).tell(id, batch::begun);
    RDD<Piece<D>> all =
        JavaSparkContext.fromSparkContext(spark)
            .parallelize(batch.pieces, batch.pieces.size())
            .rdd();
    String before = spark.getLocalProperty(Begun.JOB);
    try {
      spark.setLocalProperty(Begun.JOB, id);
      spark.setJobGroup(run.id(), job.id(), true);
      batch.job =
          spark.submitJob(
              all,
              new Measuring<>(run, job),
              CollectionConverters.<Object>asScala(indices(batch.pieces.size())).toSeq(),
              new AbstractFunction2<Object, Outcome, BoxedUnit>() {
                @Override
                public BoxedUnit apply(Object piece, Outcome outcome) {
                  // Spark's own thread, which must not wait for a disk.
                  hand(() -> taken(batch, (Integer) piece, outcome));
                  return BoxedUnit.UNIT;
                }
              },
              new AbstractFunction0<Object>() {
                @Override
                public Object apply() {
                  return BoxedUnit.UNIT;
                }
              });
    } finally {
      spark.clearJobGroup();
      spark.setLocalProperty(Begun.JOB, before);
    }
    batch.job.onComplete(
        new AbstractFunction1<Try<Object>, Object>() {
          @Override
          public Object apply(Try<Object> ended) {
            if (ended.isFailure()) {
              hand(() -> gaveUp(ended.failed().get()));
            }
            return BoxedUnit.UNIT;
          }
        },
        ExecutionContext.fromExecutor(Runnable::run));
  }

  private static List<Object> indices(int count) {
    return java.util.stream.IntStream.range(0, count).<Object>mapToObj(i -> i).toList();
  }

  private void hand(Runnable work) {
    try {
      handing.execute(work);
    } catch (RejectedExecutionException e) {
      // Closed meanwhile: nobody waits for it any more.
    }
  }

  /**
   * Models by absolute path, or address: executors have working directories and samples of their
   * own.
   */
  private static <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      Job<S, D, R> seenByAll(Job<S, D, R> job) {
    List<Subject> subjects =
        job.subjects().stream()
            .map(
                s -> {
                  Path given = Path.of(s.path());
                  Path path =
                      BundledCheckpoint.of(given).map(BundledCheckpoint::locate).orElse(given);
                  return new Subject(
                      StoreAddress.told(path), s.name(), s.fingerprint(), s.opening());
                })
            .toList();
    return new Job<>(
        job.instrument(), subjects, job.settings(), job.seed(), job.memory(), job.folder());
  }

  /** Leaves in a job's folder by what executors see whether it is the one that the driver sees. */
  private void mark(Path folder) {
    if (!marked.add(folder.toString())) {
      return;
    }
    Path staging = folder.resolve(Worker.STAGING);
    try {
      Disk.delete(staging);
      Disk.writeUnforced(Disk.folder(folder, staging).resolve(run.id()), new byte[0]);
    } catch (IOException e) {
      throw InputException.unwritable(staging, e);
    }
  }

  /** Hands over what a piece brought; on one thread, one piece after the other. */
  @SuppressWarnings("unchecked")
  private <D extends Record & Serializable, R extends Record & Serializable> void taken(
      Batch<D, R> batch, int number, Outcome outcome) {
    try {
      batch.begun(number);
      Piece<D> piece = batch.pieces.get(number);
      for (int i = 0; i < outcome.measured().size(); i++) {
        synchronized (this) {
          if (failure != null) {
            return;
          }
        }
        Task<D> task = piece.tasks().get(i);
        Outcome.Measured measured = outcome.measured().get(i);
        place(batch.folder, task, measured);
        batch.sink.accept(task, (R) measured.result());
      }
      if (outcome.failure() != null) {
        fail(outcome.failure().thrown());
      }
    } catch (RuntimeException | Error e) {
      fail(e);
    } finally {
      synchronized (this) {
        batch.left--;
        notifyAll();
      }
    }
  }

  /** Puts the arrays of a task where the survey looks for them. */
  private static void place(Path folder, Task<?> task, Outcome.Measured measured) {
    Path target = Workshop.arrays(folder, task.label());
    try {
      if (!measured.folder().isEmpty()) {
        Disk.folder(folder, target.getParent());
        Disk.delete(target);
        Path from = Path.of(measured.folder());
        Disk.rename(from, target);
        Disk.delete(from.getParent().getParent());
      } else if (!measured.files().isEmpty()) {
        Disk.folder(folder, target);
        for (Outcome.Left left : measured.files()) {
          Disk.writeUnforced(target.resolve(Path.of(left.name()).getFileName()), left.bytes());
        }
      }
    } catch (IOException e) {
      throw InputException.unwritable(target, e);
    }
  }

  private void gaveUp(Throwable why) {
    fail(
        new IllegalStateException(
            "Spark gave up: " + String.valueOf(why.getMessage()).lines().findFirst().orElse(""),
            why));
  }

  private void await(Batch<?, ?> batch) {
    boolean interrupted = false;
    synchronized (this) {
      while (batch.left > 0 && failure == null) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
          fail(new CancellationException("interrupted"));
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    throwFailure();
  }

  private synchronized void throwFailure() {
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  /** The first failure is the one that is told; what is under way is stopped. */
  private void fail(Throwable t) {
    synchronized (this) {
      if (failure != null) {
        if (failure != t && !(t instanceof CancellationException)) {
          failure.addSuppressed(t);
        }
        return;
      }
      failure = t;
      notifyAll();
    }
    if (!spark.isStopped()) {
      spark.cancelJobGroup(run.id());
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (batches.values().stream().anyMatch(b -> b.left > 0)) {
        fail(new CancellationException("closed"));
      }
    }
    batches.keySet().forEach(Begun.of(spark)::forget);
    handing.shutdown();
    try {
      // A result that is in hand is stored before the run's folder is another's.
      handing.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Worker.end(run.id());
  }
}
