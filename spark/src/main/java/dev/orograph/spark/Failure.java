package dev.orograph.spark;

import dev.orograph.checkpoint.StoreAddress;
import dev.orograph.input.InputException;
import java.io.PrintWriter;
import java.io.Serializable;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * What went wrong on a worker, as words: an exception's own class may not be known to the driver,
 * nor may what it holds travel.
 *
 * @param worker host of the worker
 * @param task label of the task
 * @param kind what the driver throws
 * @param file absolute, or an address, where the input is at fault
 * @param parts of an {@link InputException}: place, expected, found, remedy
 * @param message of anything else
 * @param trace where it arose
 */
record Failure(
    String worker,
    String task,
    Kind kind,
    String file,
    List<String> parts,
    String message,
    String trace)
    implements Serializable {
  /** What the driver throws. */
  enum Kind {
    INPUT,
    CANCELLED,
    MEMORY,
    OTHER
  }

  static Failure of(String worker, String task, Throwable t) {
    String trace = trace(t);
    if (t instanceof InputException e) {
      List<String> parts = List.of(e.place(), e.expected(), e.found(), e.remedy());
      String file = StoreAddress.told(e.file());
      return new Failure(worker, task, Kind.INPUT, file, parts, e.getMessage(), trace);
    }
    Kind kind =
        t instanceof CancellationException
            ? Kind.CANCELLED
            : t instanceof OutOfMemoryError ? Kind.MEMORY : Kind.OTHER;
    return new Failure(worker, task, kind, "", List.of(), t.toString(), trace);
  }

  /**
   * The exception that the driver throws: it names the worker, and the path as the worker sees it.
   */
  Throwable thrown() {
    return switch (kind) {
      case INPUT -> input();
      case CANCELLED -> new CancellationException("stopped on worker " + worker);
      case MEMORY -> new OutOfMemoryError("on worker " + worker + ": " + message);
      case OTHER ->
          new IllegalStateException(
              "on worker " + worker + ", task '" + task + "': " + message,
              new WorkerTrace("on worker " + worker + ":\n" + trace));
    };
  }

  private InputException input() {
    String remedy = "every worker has to read it as " + file;
    return InputException.at(Path.of(file))
        .place("on worker " + worker + (parts.get(0).isEmpty() ? "" : ", " + parts.get(0)))
        .expected(parts.get(1))
        .found(parts.get(2))
        .remedy(
            parts.get(3).contains(file)
                ? parts.get(3) + "; every worker has to read it"
                : remedy + (parts.get(3).isEmpty() ? "" : "; " + parts.get(3)))
        .cause(new WorkerTrace(trace))
        .build();
  }

  private static String trace(Throwable t) {
    StringWriter trace = new StringWriter();
    t.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }

  /** Where it arose, in another process. */
  private static final class WorkerTrace extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WorkerTrace(String trace) {
      super(trace, null, false, false);
    }
  }
}
