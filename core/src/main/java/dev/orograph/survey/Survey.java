package dev.orograph.survey;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.finding.Results;
import dev.orograph.finding.Section;
import dev.orograph.hub.HubCache;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Applicability;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Context;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Instruments;
import dev.orograph.instrument.ModelSubject;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Piece;
import dev.orograph.instrument.Shared;
import dev.orograph.instrument.Subject;
import dev.orograph.linalg.Lapack;
import dev.orograph.model.BundledCheckpoint;
import dev.orograph.model.Model;
import dev.orograph.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs instruments on one model into one run folder, resuming what an earlier, interrupted run with
 * the same key left there.
 */
public final class Survey implements AutoCloseable {
  /** Version of the program; part of every run's key. */
  public static final String VERSION = "0.1.0";

  private final Request request;
  private final Model model;
  private final ModelSubject subject;
  private final RunFolder folder;
  private final Shared shared = new Shared();
  private final ObjectNode run = JsonNodeFactory.instance.objectNode();
  private final long startedNanos = System.nanoTime();

  private int piecesDone;
  private int piecesKnown;
  private int piecesResumed;
  private double workDone;
  private double workKnown;

  /**
   * What to do.
   *
   * @param model folder or file, or a name that {@link Model#open} takes
   * @param options seed and figures
   * @param chosen ids of the instruments to run; the others are listed as skipped
   * @param threads pieces at once
   * @param memory bytes that all pieces together may take
   * @param out the run folder, or empty for one under {@code parent} named after model and key
   * @param parent where run folders go
   * @param fresh whether to throw away what an earlier run left
   */
  public record Request(
      Path model,
      Options options,
      List<String> chosen,
      int threads,
      long memory,
      Optional<Path> out,
      Path parent,
      boolean fresh) {
    /** All instruments with the defaults of the command line, run folder under orograph-runs. */
    public static Request of(Path model) {
      return new Request(
          model,
          new Options(42, Options.Figures.ALL),
          Instruments.ALL.stream().map(i -> i.card().id()).toList(),
          Runtime.getRuntime().availableProcessors(),
          3L << 30,
          Optional.empty(),
          Path.of("orograph-runs"),
          false);
    }
  }

  private Survey(Request request, Model model, ModelSubject subject, RunFolder folder) {
    this.request = request;
    this.model = model;
    this.subject = subject;
    this.folder = folder;
  }

  /**
   * Opens the model and the run folder.
   *
   * @throws dev.orograph.input.InputException where the model or the folder is at fault; nothing
   *     was written then
   */
  public static Survey open(Request request) {
    // Once: a name may stand for another revision by the time that a piece opens it again.
    Path located = HubCache.usual().locate(request.model());
    Model model = Model.open(located);
    try {
      ModelSubject subject =
          new ModelSubject(located.toString(), model.name(), model.checkpoint().fingerprint());
      String key = key(request, model, subject);
      Path path =
          request
              .out()
              .orElse(request.parent().resolve(model.fileName() + "-" + key.substring(0, 8)));
      RunFolder folder = RunFolder.open(path, key, request.fresh());
      return new Survey(request, model, subject, folder);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** Everything that must be equal for an earlier run's pieces to be this run's. */
  private static String key(Request r, Model model, ModelSubject subject) {
    StringBuilder s = new StringBuilder(VERSION).append('\n').append(subject.fingerprint());
    for (Path f : model.checkpoint().files()) {
      try {
        s.append('\n').append(f.getFileName()).append(' ').append(Files.size(f));
        s.append(' ').append(Files.getLastModifiedTime(f)).append(' ').append(changed(f));
      } catch (IOException e) {
        throw InputException.unreadable(f, e);
      }
    }
    s.append('\n').append(Tokenizer.fingerprint(model.checkpoint().root()));
    s.append('\n').append(r.options()).append('\n').append(r.chosen());
    s.append('\n').append(Lapack.kernels());
    return RunFolder.key(s.toString());
  }

  /** When file or attributes last changed, which no program sets back; "" where it is not told. */
  private static String changed(Path file) throws IOException {
    try {
      return Files.getAttribute(file, "unix:ctime").toString();
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return "";
    }
  }

  /** The run folder. */
  public RunFolder folder() {
    return folder;
  }

  /** The open model. */
  public Model model() {
    return model;
  }

  /** Pieces done and known so far, for the line that an interrupted run leaves behind. */
  public synchronized int[] pieces() {
    return new int[] {piecesDone, piecesKnown};
  }

  /** Pieces that an earlier run had finished. */
  public int resumed() {
    return piecesResumed;
  }

  /** Measures whatever is not there yet and concludes. */
  public Results run(Progress progress) {
    begin();
    List<Subject> subjects = List.of(subject);
    List<Results.Analysis> analyses = new ArrayList<>();
    List<Stage<?, ?, ?>> stages = new ArrayList<>();
    for (Instrument<?, ?, ?> i : Instruments.ALL) {
      Card card = i.card();
      if (!request.chosen().contains(card.id())) {
        analyses.add(new Results.Analysis(card.id(), card.title(), "skipped", "not asked for"));
        continue;
      }
      Stage<?, ?, ?> stage = stage(i, subjects);
      if (stage.applicability.yes()) {
        analyses.add(new Results.Analysis(card.id(), card.title(), "done", null));
        stages.add(stage);
      } else {
        analyses.add(
            new Results.Analysis(
                card.id(), card.title(), "not_applicable", stage.applicability.reason()));
      }
    }
    // All first plans are made before anything runs, so that the time left covers the whole.
    stages.forEach(Stage::plan);
    List<Section> sections = measure(stages, progress);
    ObjectNode timings = run.putObject("timings");
    for (Stage<?, ?, ?> stage : stages) {
      ObjectNode t = timings.putObject(stage.instrument.card().id());
      t.put("seconds", stage.seconds);
      t.put("pieces", stage.count);
    }
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("seed", Long.toString(request.options().seed()));
    settings.put("figures", request.options().figures().name().toLowerCase(java.util.Locale.ROOT));
    settings.putAll(request.options().shown());
    if (!request.options().words().isEmpty()) {
      settings.put("words", request.options().words().toString());
    }
    settings.put("version", VERSION);
    return Results.of(ModelCards.of(model, subject), settings, analyses, sections);
  }

  /** Side by side: what one instrument leaves of the threads at its end the next one takes. */
  private List<Section> measure(List<Stage<?, ?, ?>> stages, Progress progress) {
    List<Section> sections = new ArrayList<>();
    List<Beside<Section>> running = new ArrayList<>();
    RuntimeException failure = null;
    Engine engine = new LocalEngine(request.threads(), request.memory());
    for (Stage<?, ?, ?> stage : stages) {
      running.add(Beside.start(() -> stage.run(engine, progress)));
    }
    for (Beside<Section> r : running) {
      try {
        sections.add(r.result());
      } catch (RuntimeException e) {
        // All of them end before the model is closed under them; the first failure is told.
        failure = failure == null ? e : failure;
        engine.close();
      }
    }
    engine.close();
    if (failure != null) {
      throw failure;
    }
    return sections;
  }

  private void begin() {
    run.setAll(RunFolder.preamble());
    ObjectNode m = run.putObject("model");
    m.put("name", subject.name());
    m.put(
        "path",
        model
            .bundled()
            .map(BundledCheckpoint::id)
            .orElseGet(() -> Path.of(subject.path()).toAbsolutePath().normalize().toString()));
    m.put("fingerprint", subject.fingerprint());
    ObjectNode s = run.putObject("settings");
    s.put("seed", request.options().seed());
    s.put("figures", request.options().figures().name().toLowerCase(java.util.Locale.ROOT));
    s.put("threads", request.threads());
    s.put("memory_bytes", request.memory());
    s.put("instruments", String.join(",", request.chosen()));
    folder.begin(run);
  }

  /** What {@code run.json} will say, so that a report drawn now and one drawn again are equal. */
  public ObjectNode describe() {
    if (!run.has("seconds")) {
      run.put("seconds", seconds(startedNanos));
      run.put("pieces", piecesDone);
      run.put("pieces_resumed", piecesResumed);
      run.put("peak_memory_bytes", Machine.peakMemory());
    }
    return run.deepCopy();
  }

  private static double seconds(long start) {
    return Math.round((System.nanoTime() - start) / 1e6) / 1e3;
  }

  private <
          S extends Record & Serializable,
          U extends Record & Piece & Serializable,
          R extends Record & Serializable>
      Stage<S, U, R> stage(Instrument<S, U, R> instrument, List<Subject> subjects) {
    return new Stage<>(instrument, subjects);
  }

  @Override
  public void close() {
    try {
      model.close();
    } finally {
      folder.close();
    }
  }

  /** One instrument of this run. */
  private final class Stage<
      S extends Record & Serializable,
      U extends Record & Piece & Serializable,
      R extends Record & Serializable> {
    final Instrument<S, U, R> instrument;
    final Applicability applicability;
    int count;
    double seconds;
    private final List<Subject> subjects;
    private final S settings;
    private final Context context;
    private final PieceStore store;
    private List<U> next = List.of();
    private int stage;
    private Map<String, Integer> index = Map.of();

    Stage(Instrument<S, U, R> instrument, List<Subject> subjects) {
      this.instrument = instrument;
      this.subjects = subjects;
      this.settings = instrument.settings(request.options());
      this.store = folder.store(instrument.card().id());
      this.context = context(folder.arraysOf(instrument.card().id()));
      this.applicability = instrument.applies(context, subjects, settings);
    }

    private Context context(Path arrays) {
      return new SurveyContext(
          Map.of(subject, model),
          shared,
          instrument.card().id(),
          arrays,
          request.memory(),
          () -> Thread.currentThread().isInterrupted());
    }

    private Context context(Piece piece) {
      return context(store.arrays(stage, index.get(piece.label())));
    }

    void plan() {
      next = instrument.plan(context, subjects, settings, List.of());
      known(next);
    }

    private void known(List<U> pieces) {
      synchronized (Survey.this) {
        piecesKnown += pieces.size();
        workKnown += pieces.stream().mapToDouble(Piece::work).sum();
      }
    }

    /** Measures and concludes. */
    Section run(Engine engine, Progress progress) {
      long start = System.nanoTime();
      List<R> results = new ArrayList<>();
      for (stage = 0; !next.isEmpty(); stage++) {
        results.addAll(measure(engine, progress));
        next = instrument.plan(context, subjects, settings, List.copyOf(results));
        known(next);
      }
      count = results.size();
      folder.gatherArrays(instrument.card().id());
      Section section = instrument.conclude(subjects, settings, results);
      seconds = Survey.seconds(start);
      return section;
    }

    private List<R> measure(Engine engine, Progress progress) {
      index = new HashMap<>();
      Map<Integer, R> results = new HashMap<>();
      List<U> missing = new ArrayList<>();
      for (U piece : next) {
        int i = index.size();
        if (index.put(piece.label(), i) != null) {
          throw new IllegalStateException("planned twice: " + piece.label());
        }
        Optional<R> stored = store.read(stage, i, piece, instrument.resultType());
        if (stored.isPresent()) {
          results.put(i, stored.get());
          resumed();
          ended(piece, progress);
        } else {
          store.discard(stage, i);
          missing.add(piece);
        }
      }
      engine.measure(
          this::context,
          instrument,
          subjects,
          settings,
          missing,
          (piece, result) -> {
            int i = index.get(piece.label());
            store.write(stage, i, piece, result);
            results.put(i, result);
            ended(piece, progress);
          });
      List<R> ordered = new ArrayList<>();
      for (int i = 0; i < next.size(); i++) {
        ordered.add(results.get(i));
      }
      return ordered;
    }

    private void resumed() {
      synchronized (Survey.this) {
        piecesResumed++;
      }
    }

    private void ended(U piece, Progress progress) {
      double done;
      double total;
      int pieces;
      int of;
      synchronized (Survey.this) {
        workDone += piece.work();
        piecesDone++;
        done = workDone;
        total = workKnown;
        pieces = piecesDone;
        of = piecesKnown;
      }
      progress.piece(instrument.card().title(), piece.label(), done, total, pieces, of);
    }
  }
}
