package dev.orograph.cli;

import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsStream;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.input.InputException;
import dev.orograph.model.Model;
import dev.orograph.model.forward.State;
import dev.orograph.model.forward.States;
import dev.orograph.model.forward.Transformer;
import dev.orograph.report.ResultsJson;
import dev.orograph.survey.Survey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder of one extraction: {@code arrays/states.safetensors} and {@code extract.json}, which
 * is written last. States go to the disk batch by batch, so that they may be larger than memory.
 */
final class StateFolder {
  private static final int AT_ONCE = 1 << 22;

  private final Path folder;

  /**
   * A folder that is new, empty, or was left by a command that was ended.
   *
   * @param fresh whether an earlier extraction may be written over
   */
  StateFolder(Path folder, boolean fresh) {
    this.folder = folder;
    List<String> names = names(folder);
    boolean done = names.contains("extract.json");
    boolean foreign =
        names.stream().anyMatch(n -> !n.equals("arrays") && !n.equals("extract.json"));
    boolean strange =
        names(folder.resolve("arrays")).stream()
            .anyMatch(
                n -> !n.equals("states.safetensors") && !n.equals(".states.safetensors.part"));
    if (foreign || strange || (done && !fresh)) {
      throw InputException.at(folder)
          .expected("should be a new folder")
          .found(foreign || strange ? "it holds other files" : "it holds an extraction")
          .remedy(
              foreign || strange
                  ? "choose another folder"
                  : "choose another folder, or give --fresh to write over it")
          .build();
    }
  }

  private static List<String> names(Path folder) {
    if (Files.notExists(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(p -> p.getFileName().toString()).toList();
    } catch (IOException e) {
      throw InputException.unreadable(folder, e);
    }
  }

  Path states() {
    return folder.resolve("arrays").resolve("states.safetensors");
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
      file.finish();
    } finally {
      if (file != null) {
        file.close();
      }
    }
    told(
        new Extraction(
            Survey.VERSION,
            model.checkpoint().name(),
            model.checkpoint().fingerprint(),
            corpus instanceof Sequences && model.whyNoTokenizer().isEmpty()
                ? model.tokenizer().orElseThrow().fingerprint()
                : "",
            precision,
            size,
            shapes));
  }

  /** The file with room for all, once the first states have shown their sizes. */
  private SafetensorsStream begin(
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
    try {
      Files.createDirectories(folder.resolve("arrays"));
      Files.deleteIfExists(folder.resolve("extract.json"));
    } catch (IOException e) {
      throw InputException.unwritable(folder, e);
    }
    return new SafetensorsStream(states(), Map.of(), entries);
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
    Path file = folder.resolve("extract.json");
    try {
      Path part = folder.resolve("arrays").resolve(".states.safetensors.part");
      Files.writeString(part, ResultsJson.text(what) + "\n");
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw InputException.unwritable(file, e);
    }
  }
}
