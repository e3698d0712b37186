package dev.orograph.cli;

import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsStream;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.model.Model;
import dev.orograph.model.forward.State;
import dev.orograph.model.forward.States;
import dev.orograph.model.forward.Transformer;
import dev.orograph.report.ResultsJson;
import dev.orograph.survey.Survey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The folder of one extraction: {@code arrays/states.safetensors} and {@code extract.json}, which
 * is written last. States go to the disk batch by batch, so that they may be larger than memory.
 */
final class StateFolder {
  private static final int AT_ONCE = 1 << 22;

  private final OwnFolder folder;
  private boolean begun;
  private boolean whole;
  private boolean abandoned;

  /**
   * A folder that is new, empty, or was left by a command that was ended.
   *
   * @param fresh whether an earlier extraction may be written over
   */
  StateFolder(Path folder, boolean fresh) {
    this.folder =
        new OwnFolder(
            folder,
            "extract.json",
            Map.of(
                "",
                Set.of("arrays", "extract.json"),
                "arrays",
                Set.of("states.safetensors", ".states.safetensors.part")),
            fresh);
  }

  Path states() {
    return folder.path().resolve("arrays").resolve("states.safetensors");
  }

  /** What an extraction was of; its shapes are those of the arrays. */
  record Extraction(
      String program,
      String model,
      String fingerprint,
      String tokenizer,
      String precision,
      int sequences,
      Map<String, List<Long>> arrays) {}

  /** Computes the states and writes them. */
  void write(
      Model model,
      Transformer t,
      Corpus corpus,
      Set<String> wanted,
      int batch,
      String precision,
      Quiet quiet) {
    int size = corpus.size();
    // The same digits whatever the batch: the passes' own slices are never cut, and none is
    // computed alone with all threads unless it is all there is.
    int slice = t.together(corpus.inputs(0, 1));
    long step = Math.max(2L * slice, (batch + slice - 1L) / slice * slice);
    SafetensorsStream file = null;
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    try (Bar bar = Bar.on(quiet.quiet(), "extract", "sequences")) {
      int to = 0;
      for (int from = 0; from < size; from = to) {
        to = size - from <= step + slice ? size : (int) (from + step);
        try (States states = t.forward(corpus.inputs(from, to), wanted)) {
          if (file == null) {
            file = begin(corpus, states, shapes, quiet);
          }
          for (String name : states.names()) {
            append(file, states.get(name));
          }
        }
        for (Corpus.Beside b : corpus.beside()) {
          for (int i = from; i < to; i++) {
            file.append(b.name(), b.row().apply(i));
          }
        }
        bar.piece("states", "", to, size, to, size);
      }
      publish(
          file,
          new Extraction(
              Survey.VERSION,
              model.name(),
              model.checkpoint().fingerprint(),
              corpus instanceof Sequences && model.whyNoTokenizer().isEmpty()
                  ? model.tokenizer().orElseThrow().fingerprint()
                  : "",
              precision,
              size,
              shapes));
    } finally {
      if (file != null) {
        file.close();
      }
    }
  }

  /** The arrays get their name and are told of, both or neither. */
  private synchronized void publish(SafetensorsStream file, Extraction what) {
    goOn();
    file.finish();
    told(what);
    whole = true;
  }

  /**
   * Takes away what is half-written, for a process that is about to end: whoever calls this holds
   * up the writing from here on.
   *
   * @return what is kept
   */
  synchronized String abandon() {
    abandoned = true;
    if (whole) {
      return "the states are whole in " + folder.path();
    }
    if (begun) {
      try {
        Disk.delete(part());
        Disk.delete(states());
      } catch (IOException e) {
        return "half of the states are left in " + part();
      }
    }
    return "nothing is kept in " + folder.path();
  }

  /** Never, once it is abandoned: the process ends. */
  private void goOn() {
    while (abandoned) {
      LockSupport.park();
    }
  }

  private Path part() {
    return folder.path().resolve("arrays").resolve(".states.safetensors.part");
  }

  /** The file with room for all, once the first states have shown their sizes. */
  private synchronized SafetensorsStream begin(
      Corpus corpus, States first, Map<String, List<Long>> shapes, Quiet quiet) {
    List<Entry> entries = new ArrayList<>();
    for (Corpus.Beside b : corpus.beside()) {
      entries.add(
          Entry.streamed(b.name(), DType.I64, List.of((long) corpus.size(), (long) b.width())));
    }
    double bytes = 0;
    for (String name : first.names()) {
      List<Long> shape = new ArrayList<>(first.get(name).shape());
      shape.set(0, (long) corpus.size());
      entries.add(Entry.streamed(name, DType.F32, shape));
      bytes += 4 * shape.stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
    }
    entries.forEach(e -> shapes.put(e.name(), e.shape()));
    quiet.say(
        String.format(
            Locale.ROOT,
            "%d states of %d sequences: %.1f MB",
            first.names().size(),
            corpus.size(),
            bytes / 1e6));
    goOn();
    folder.begin();
    try {
      Disk.folder(folder.path(), folder.path().resolve("arrays"));
    } catch (IOException e) {
      throw InputException.unwritable(folder.path(), e);
    }
    SafetensorsStream file = new SafetensorsStream(states(), Map.of(), entries);
    begun = true;
    return file;
  }

  /** A sequence at a time, or a position where that is large. */
  private static void append(SafetensorsStream file, State state) {
    List<Long> shape = state.shape();
    long each = shape.stream().skip(1).reduce(1L, (a, b) -> a * b);
    for (int i = 0; i < shape.get(0); i++) {
      if (each <= AT_ONCE || shape.size() < 3) {
        file.append(state.name(), state.sequence(i));
      } else {
        for (int p = 0; p < shape.get(1); p++) {
          file.append(state.name(), state.vector(i, p));
        }
      }
    }
  }

  private void told(Extraction what) {
    Path file = folder.path().resolve("extract.json");
    try {
      Disk.write(file, (ResultsJson.text(what) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw InputException.unwritable(file, e);
    }
  }
}
