package dev.orograph.instrument.corpus;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsStream;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.corpus.ExtractFigures.Written;
import dev.orograph.model.forward.State;
import dev.orograph.model.forward.States;
import dev.orograph.model.forward.Transformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * Writes states batch by batch, so that they may be larger than memory, and notes now and then how
 * far it is, so that another process can go on from there.
 */
final class StateWriter implements AutoCloseable {
  private static final String FILE = "extract.safetensors";
  private static final String PART = FILE + ".part";
  private static final String PROGRESS = "progress.json";
  private static final int AT_ONCE = 1 << 22;
  private static final long EVERY = Duration.ofMillis(250).toNanos();
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * How far it is.
   *
   * @param done sequences of which everything is written
   * @param bytes how long the unfinished file is at least
   * @param arrays what is written, with the sums so far
   */
  record Progress(int done, long bytes, List<Written> arrays) {}

  private final Work work;
  private final Corpus corpus;
  private final Path part;
  private final Path progress;
  private final Map<String, Sum> sums = new LinkedHashMap<>();
  private SafetensorsStream file;
  private int done;
  private long noted = System.nanoTime();

  /** One array as it grows. */
  private static final class Sum {
    final DType dtype;
    final List<Long> shape;
    long vectors;
    double norms;

    Sum(DType dtype, List<Long> shape) {
      this.dtype = dtype;
      this.shape = shape;
    }
  }

  /** A writer that goes on where one for the same task stopped. */
  StateWriter(Work work, Corpus corpus) {
    this.work = work;
    this.corpus = corpus;
    part = work.keep().resolve(PART);
    progress = work.keep().resolve(PROGRESS);
    Progress before = before();
    if (before != null) {
      for (Written w : before.arrays()) {
        Sum sum = new Sum(DType.valueOf(w.dtype()), w.shape());
        sum.vectors = w.vectors();
        sum.norms = w.norms();
        sums.put(w.name(), sum);
      }
      done = before.done();
      open();
    }
  }

  private Progress before() {
    try {
      if (!Files.isRegularFile(progress) || !Files.isRegularFile(part)) {
        return null;
      }
      Progress before = JSON.readValue(progress.toFile(), Progress.class);
      boolean fits =
          before.done() > 0 && before.done() <= corpus.size() && Files.size(part) >= before.bytes();
      return fits ? before : null;
    } catch (IOException e) {
      return null; // It is as good as none.
    }
  }

  private void open() {
    List<Entry> entries = new ArrayList<>();
    Map<String, Long> written = new HashMap<>();
    sums.forEach(
        (name, sum) -> {
          entries.add(Entry.streamed(name, sum.dtype, sum.shape));
          if (done > 0) {
            written.put(name, done * each(sum.shape));
          }
        });
    file = new SafetensorsStream(work.arrays().resolve(FILE), part, entries, written);
  }

  private static long each(List<Long> shape) {
    return shape.stream().skip(1).reduce(1L, Math::multiplyExact);
  }

  /** Computes and writes what is missing. */
  List<Written> write(Transformer t, Outline outline) {
    int size = corpus.size();
    while (done < size) {
      goOn();
      int left = size - done;
      int to = left <= (long) outline.step() + outline.slice() ? size : done + outline.step();
      try (States states = t.forward(corpus.inputs(done, to), outline.states())) {
        if (file == null) {
          begin(states);
        }
        for (String name : states.names()) {
          append(states.get(name));
        }
      }
      for (Corpus.Beside b : corpus.beside()) {
        for (int i = done; i < to; i++) {
          file.append(b.name(), b.row().apply(i));
        }
      }
      done = to;
      if (System.nanoTime() - noted >= EVERY) {
        note();
      }
    }
    file.finish();
    try {
      Disk.delete(progress);
    } catch (IOException e) {
      throw InputException.unwritable(progress, e);
    }
    return written();
  }

  private void goOn() {
    try {
      work.checkCancelled();
    } catch (CancellationException e) {
      // A channel closes under a thread that is interrupted.
      boolean interrupted = Thread.interrupted();
      note();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      throw e;
    }
  }

  private List<Written> written() {
    List<Written> all = new ArrayList<>();
    sums.forEach(
        (name, s) -> all.add(new Written(name, s.dtype.name(), s.shape, s.vectors, s.norms)));
    return all;
  }

  /** The file with room for all, once the first states have shown their sizes. */
  private void begin(States first) {
    long size = corpus.size();
    for (Corpus.Beside b : corpus.beside()) {
      sums.put(b.name(), new Sum(DType.I64, List.of(size, (long) b.width())));
    }
    for (String name : first.names()) {
      List<Long> shape = new ArrayList<>(first.get(name).shape());
      shape.set(0, size);
      sums.put(name, new Sum(DType.F32, List.copyOf(shape)));
    }
    open();
  }

  private void note() {
    noted = System.nanoTime();
    if (file == null) {
      return;
    }
    try {
      Progress now = new Progress(done, file.keep(), written());
      Disk.writeUnforced(progress, JSON.writeValueAsBytes(now));
    } catch (IOException e) {
      throw InputException.unwritable(progress, e);
    }
  }

  /** A sequence at a time, or a position where that is large. */
  private void append(State state) {
    List<Long> shape = state.shape();
    int batch = Math.toIntExact(shape.get(0));
    int positions = shape.size() < 3 ? 1 : Math.toIntExact(shape.get(1));
    for (int i = 0; i < batch; i++) {
      int[] seen = corpus.seen(state.name(), done + i, positions);
      if (each(shape) <= AT_ONCE || shape.size() < 3) {
        append(state.name(), state.sequence(i), seen, positions);
      } else {
        for (int p = 0; p < positions; p++) {
          int[] here = seen == null ? null : new int[] {seen[p]};
          append(state.name(), state.vector(i, p), here, 1);
        }
      }
    }
  }

  private void append(String name, double[] values, int[] seen, int positions) {
    file.append(name, values);
    Sum sum = sums.get(name);
    int width = values.length / positions;
    for (int p = 0; p < positions; p++) {
      if (seen == null || seen[p] != 0) {
        double square = Arrays.stream(values, p * width, (p + 1) * width).map(v -> v * v).sum();
        sum.norms += Math.sqrt(square);
        sum.vectors++;
      }
    }
  }

  /** Leaves what is not finished to the next. */
  @Override
  public void close() {
    if (file != null) {
      file.close();
    }
  }
}
