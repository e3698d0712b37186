package dev.orograph.survey;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.StoreAddress;
import dev.orograph.comparison.Outliers;
import dev.orograph.finding.Note;
import dev.orograph.finding.Results;
import dev.orograph.finding.Section;
import dev.orograph.finding.SeedClaims;
import dev.orograph.hub.HubCache;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Choice;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Instruments;
import dev.orograph.instrument.Job;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Plan;
import dev.orograph.instrument.Subject;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.Workshop;
import dev.orograph.linalg.Lapack;
import dev.orograph.model.BundledCheckpoint;
import dev.orograph.model.Model;
import dev.orograph.model.forward.PassKernels;
import dev.orograph.tokenizer.Tokenizer;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Runs analyses on one model, or on several that belong together, into one run folder, resuming
 * what an earlier, interrupted run with the same key left there.
 */
public final class Survey implements AutoCloseable {
  /** Version of the program; part of every run's key. */
  public static final String VERSION = "0.1.0";

  private final Request request;
  private final List<Instrument<?, ?, ?>> instruments;
  private final List<Model> models;
  private final List<Subject> subjects;
  private final RunFolder folder;
  private final Workshop workshop;
  private final ObjectNode run = JsonNodeFactory.instance.objectNode();
  private final long startedNanos = System.nanoTime();

  private int tasksDone;
  private int tasksKnown;
  private int tasksResumed;
  private double workDone;
  private double workKnown;

  /**
   * What to do.
   *
   * @param models folders or files, or names that {@link Model#open} takes; one but for analyses of
   *     several models at once
   * @param options seed and figures
   * @param chosen ids of the analyses to run; the others are listed as skipped
   * @param threads tasks at once
   * @param memory bytes that all tasks together may take
   * @param out the run folder, or empty for one under {@code parent} named after model and key
   * @param parent where run folders go
   * @param fresh whether to throw away what an earlier run left
   * @param engine where the tasks are measured, which changes no digit
   */
  public record Request(
      List<Path> models,
      Options options,
      List<String> chosen,
      int threads,
      long memory,
      Optional<Path> out,
      Path parent,
      boolean fresh,
      EngineChoice engine) {
    /** On threads of this process. */
    public Request(
        List<Path> models,
        Options options,
        List<String> chosen,
        int threads,
        long memory,
        Optional<Path> out,
        Path parent,
        boolean fresh) {
      this(models, options, chosen, threads, memory, out, parent, fresh, EngineChoice.LOCAL);
    }

    /** All analyses with the defaults of the command line, run folder under orograph-runs. */
    public static Request of(Path... models) {
      return new Request(
          List.of(models),
          Options.usual(),
          Instruments.ids(),
          Runtime.getRuntime().availableProcessors(),
          3L << 30,
          Optional.empty(),
          Path.of("orograph-runs"),
          false);
    }

    private Request with(Options others) {
      return new Request(models, others, chosen, threads, memory, out, parent, fresh, engine);
    }
  }

  private Survey(
      Request request,
      List<Instrument<?, ?, ?>> instruments,
      List<Model> models,
      List<Subject> subjects,
      Workshop workshop,
      RunFolder folder) {
    this.request = request;
    this.instruments = List.copyOf(instruments);
    this.models = models;
    this.subjects = subjects;
    this.workshop = workshop;
    this.folder = folder;
  }

  /**
   * Opens the models and the run folder.
   *
   * @throws dev.orograph.input.InputException where a model or the folder is at fault; nothing was
   *     written then
   * @throws IllegalArgumentException where an option cannot be meant, in words
   */
  public static Survey open(Request request) {
    return open(request, Instruments.ALL);
  }

  /**
   * The same with other analyses than the program's own, of which {@link Request#chosen} names
   * some.
   */
  public static Survey open(Request asked, List<Instrument<?, ?, ?>> instruments) {
    Request request = asked.with(asked.options().only(asked.chosen()));
    request.engine().check();
    List<Model> models = new ArrayList<>();
    List<Subject> subjects = new ArrayList<>();
    Workshop workshop = new Workshop();
    try {
      subjects.addAll(opened(request, models, workshop));
      RunKey key = key(request, instruments, models);
      String names = models.stream().map(Model::fileName).collect(Collectors.joining("-"));
      Path path =
          request.out().orElse(request.parent().resolve(names + "-" + key.whole().substring(0, 8)));
      // Planned once before, so that input that is at fault is refused before anything is written.
      for (Instrument<?, ?, ?> i : instruments) {
        if (request.chosen().contains(i.card().id())) {
          plan(i, request, subjects, workshop);
        }
      }
      RunFolder folder = RunFolder.open(path, key, request.fresh());
      requireSameFormulas(folder, instruments);
      return new Survey(request, instruments, models, subjects, workshop, folder);
    } catch (RuntimeException e) {
      models.forEach(Model::close);
      throw e;
    }
  }

  /** What a run keeps while it grows was measured by the formulas of this program. */
  private static void requireSameFormulas(RunFolder folder, List<Instrument<?, ?, ?>> instruments) {
    Map<String, String> versions = new HashMap<>();
    instruments.forEach(i -> versions.put(i.card().id(), i.card().version() + " "));
    boolean same =
        folder.kept().analyses().entrySet().stream()
            .allMatch(
                e ->
                    versions.containsKey(e.getKey())
                        && (e.getValue() + " ").startsWith(versions.get(e.getKey())));
    if (folder.grows() && !same) {
      folder.close();
      throw InputException.at(folder.path())
          .expected("should be a run by the formulas of this program, to add to it")
          .found("some of its analyses have others")
          .remedy("choose another folder with --out, or replace it with --fresh")
          .build();
    }
  }

  /** Why an analysis does not apply to the models of a request, or empty; nothing is written. */
  public static Optional<String> whyNot(Request request, String analysis) {
    List<Model> models = new ArrayList<>();
    try (Workshop workshop = new Workshop()) {
      List<Subject> subjects = opened(request, models, workshop);
      Instrument<?, ?, ?> instrument = Instruments.find(analysis).orElseThrow();
      return Optional.ofNullable(plan(instrument, request, subjects, workshop).whyNot());
    } finally {
      models.forEach(Model::close);
    }
  }

  /** Opens the models of a request, which the caller closes. */
  private static List<Subject> opened(Request request, List<Model> models, Workshop workshop) {
    List<Subject> subjects = new ArrayList<>();
    for (Path name : request.models()) {
      // Once: a name may stand for another revision by the time that a task opens it again.
      Path located = HubCache.usual().locate(name);
      Model model = Model.open(located, request.options().opening());
      models.add(model);
      subjects.add(
          new Subject(
              StoreAddress.of(located).map(StoreAddress::toString).orElse(located.toString()),
              model.name(),
              model.checkpoint().fingerprint(),
              request.options().opening()));
      workshop.lend(subjects.get(subjects.size() - 1), model);
    }
    return subjects;
  }

  private static <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      Plan<D> plan(
          Instrument<S, D, R> i, Request request, List<Subject> subjects, Workshop workshop) {
    S settings = i.settings(request.options());
    Job<S, D, R> job =
        new Job<>(i, subjects, settings, request.options().seed(), request.memory(), "");
    return Plan.of(i, workshop.planning(job), settings);
  }

  /** Everything that must be equal for an earlier run's results to be this run's. */
  private static RunKey key(Request r, List<Instrument<?, ?, ?>> instruments, List<Model> models) {
    StringBuilder s = new StringBuilder(VERSION);
    for (Model model : models) {
      s.append('\n').append(model.checkpoint().fingerprint());
      model.checkpoint().states().forEach(state -> s.append('\n').append(state));
      s.append('\n').append(Tokenizer.fingerprint(model.checkpoint().root()));
    }
    s.append('\n').append(r.options().only(List.of())).append("\nmemory ").append(r.memory());
    s.append('\n').append(Lapack.kernels());
    Map<String, String> analyses = new LinkedHashMap<>();
    for (Instrument<?, ?, ?> i : instruments) {
      if (r.chosen().contains(i.card().id())) {
        analyses.put(i.card().id(), version(i, r.options()));
      }
    }
    return new RunKey(RunFolder.key(s.toString()), analyses);
  }

  /** What tells an analysis from the same one with other formulas, choices or kernels. */
  private static String version(Instrument<?, ?, ?> i, Options options) {
    // Asked now, so that what cannot be meant is refused before anything is written.
    i.settings(options);
    Map<String, Choice.Given> given = options.of(i.card().id());
    String own = given.isEmpty() ? "" : given.toString();
    if (i.needs().pass()) {
      own += '\n' + PassKernels.expected();
    }
    return i.card().version() + (own.isEmpty() ? "" : " " + RunFolder.key(own));
  }

  /** Whether a forward pass may be among what was asked for, now or in the run that grows. */
  private boolean pass() {
    return instruments.stream()
        .filter(i -> i.needs().pass())
        .map(i -> i.card().id())
        .anyMatch(id -> request.chosen().contains(id) || folder.keeps().contains(id));
  }

  /** What was asked for. */
  Request request() {
    return request;
  }

  /** The run folder. */
  public RunFolder folder() {
    return folder;
  }

  /** The open model; the first of several. */
  public Model model() {
    return models.get(0);
  }

  /** Tasks done and known so far, for the line that an interrupted run leaves behind. */
  public synchronized int[] tasks() {
    return new int[] {tasksDone, tasksKnown};
  }

  /** Tasks that an earlier run had finished. */
  public int resumed() {
    return tasksResumed;
  }

  /**
   * Measures whatever is not there yet and concludes.
   *
   * @throws IllegalStateException where the folder {@linkplain RunFolder#grows grows}
   */
  public Results run(Progress progress) {
    if (folder.grows()) {
      throw new IllegalStateException("a run that grows needs what it found before");
    }
    return run(progress, Optional.empty(), Optional.empty());
  }

  /** The same on an engine that measures other surveys too; see {@link Sweep}. */
  Results run(Progress progress, Engine shared) {
    return run(progress, Optional.empty(), Optional.of(shared));
  }

  /**
   * The same where the folder {@linkplain RunFolder#grows grows}: what the finished run found
   * stays, and together they are what one run of all these analyses finds.
   *
   * @param earlier what the run in the folder found
   */
  public Results run(Progress progress, Results earlier) {
    return run(progress, Optional.of(earlier), Optional.empty());
  }

  private Results run(Progress progress, Optional<Results> earlier, Optional<Engine> shared) {
    begin();
    List<Results.Analysis> analyses = new ArrayList<>();
    List<Stage<?, ?, ?>> stages = new ArrayList<>();
    Set<String> kept = new LinkedHashSet<>();
    for (Instrument<?, ?, ?> i : instruments) {
      Card card = i.card();
      Optional<Results.Analysis> before = earlier.flatMap(e -> before(e, i));
      if (before.isPresent()) {
        analyses.add(before.get());
        kept.add(card.id());
        continue;
      }
      if (!request.chosen().contains(card.id())) {
        analyses.add(analysis(i, "skipped", "not asked for"));
        continue;
      }
      // All first tasks are known before anything runs, so that the time left covers the whole.
      Stage<?, ?, ?> stage = stage(i);
      if (stage.whyNot == null) {
        analyses.add(analysis(i, "done", null));
        stages.add(stage);
      } else {
        analyses.add(analysis(i, "not_applicable", stage.whyNot));
      }
    }
    List<Section> sections = measure(stages, progress, shared);
    sections.forEach(section -> requireComputed(section, analyses));
    earlier.ifPresent(
        e -> e.sections().stream().filter(s -> kept.contains(s.id())).forEach(sections::add));
    List<String> order = instruments.stream().map(i -> i.card().id()).toList();
    sections.sort(Comparator.comparingInt(s -> order.indexOf(s.id())));
    boolean several =
        sections.size() > 1 || sections.stream().anyMatch(s -> SeedClaims.ALONE.contains(s.id()));
    if (several && request.options().figures() == Options.Figures.ALL) {
      SeedClaims.of(sections).ifPresent(sections::add);
    }
    if (request.options().figures() != Options.Figures.SEED) {
      Outliers.of(sections).ifPresent(sections::add);
    }
    ObjectNode timings = run.putObject("timings");
    for (Stage<?, ?, ?> stage : stages) {
      ObjectNode t = timings.putObject(stage.instrument.card().id());
      t.put("seconds", stage.seconds);
      t.put("pieces", stage.count);
    }
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("seed", Long.toString(request.options().seed()));
    settings.put("figures", request.options().figures().name().toLowerCase(java.util.Locale.ROOT));
    settings.putAll(request.options().told());
    earlier.ifPresent(
        e ->
            e.settings()
                .forEach(
                    (name, value) -> {
                      int dot = name.indexOf('.');
                      if (dot > 0 && kept.contains(name.substring(0, dot))) {
                        settings.put(name, value);
                      }
                    }));
    settings.put("version", VERSION);
    return Results.of(
        ModelCards.of(models, subjects), settings, analyses, sections, ReferenceFile.all());
  }

  /** What became of an analysis in the run that grows; empty where it was not part of it. */
  private Optional<Results.Analysis> before(Results earlier, Instrument<?, ?, ?> i) {
    String id = i.card().id();
    return folder.keeps().contains(id)
        ? earlier.analyses().stream().filter(a -> a.id().equals(id)).findFirst()
        : Optional.empty();
  }

  private static Results.Analysis analysis(Instrument<?, ?, ?> i, String status, String reason) {
    return new Results.Analysis(i.card().id(), i.card().title(), status, reason, i.needs().group());
  }

  /** An analysis that says that nothing was computed is not done. */
  private static void requireComputed(Section section, List<Results.Analysis> analyses) {
    section.findings().stream()
        .filter(f -> f.id().endsWith(".fault") && f instanceof Note)
        .findFirst()
        .ifPresent(
            fault ->
                analyses.replaceAll(
                    a ->
                        fault.id().equals(a.id() + ".fault")
                            ? new Results.Analysis(
                                a.id(),
                                a.title(),
                                "not_applicable",
                                ((Note) fault).text(),
                                a.group())
                            : a));
  }

  /**
   * Side by side: what one analysis leaves of the threads at its end the next one takes. They come
   * to the engine in their order, so that a run that is cut short has the same tasks done wherever
   * it was.
   */
  private List<Section> measure(
      List<Stage<?, ?, ?>> stages, Progress progress, Optional<Engine> shared) {
    List<Section> sections = new ArrayList<>();
    List<Beside<Section>> running = new ArrayList<>();
    RuntimeException failure = null;
    Engine engine =
        shared.orElseGet(
            () -> request.engine().open(request.threads(), request.memory(), workshop));
    try {
      for (Stage<?, ?, ?> stage : stages) {
        stage.start(engine, progress);
        running.add(Beside.start(() -> stage.run(engine, progress)));
      }
    } catch (RuntimeException e) {
      failure = e;
      engine.close();
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
    if (shared.isEmpty()) {
      engine.close();
    }
    if (failure != null) {
      throw failure;
    }
    return sections;
  }

  private void begin() {
    run.setAll(RunFolder.preamble());
    kernels();
    ArrayNode all = models.size() > 1 ? run.putArray("models") : null;
    for (int i = 0; i < models.size(); i++) {
      ObjectNode m = all == null ? run.putObject("model") : all.addObject();
      Subject subject = subjects.get(i);
      m.put("name", subject.name());
      m.put(
          "path",
          models
              .get(i)
              .bundled()
              .map(BundledCheckpoint::id)
              .orElseGet(() -> StoreAddress.told(Path.of(subject.path()))));
      m.put("fingerprint", subject.fingerprint());
      MeasuredModel.tell(subject.opening(), m);
    }
    ObjectNode s = run.putObject("settings");
    s.put("seed", request.options().seed());
    s.put("figures", request.options().figures().name().toLowerCase(java.util.Locale.ROOT));
    s.put("threads", request.threads());
    s.put("memory_bytes", request.memory());
    s.put(
        "instruments",
        instruments.stream()
            .map(i -> i.card().id())
            .filter(id -> folder.keeps().contains(id) || request.chosen().contains(id))
            .collect(Collectors.joining(",")));
    s.put("engine", request.engine().name());
    folder.begin(run);
  }

  /** Those of a forward pass are known to the digit once one has run. */
  private void kernels() {
    ((ObjectNode) run.get("machine")).put("kernels", Machine.kernels(pass()));
  }

  /** What {@code run.json} will say, so that a report drawn now and one drawn again are equal. */
  public ObjectNode describe() {
    if (!run.has("seconds")) {
      run.put("seconds", seconds(startedNanos));
      run.put("pieces", tasksDone);
      run.put("pieces_resumed", tasksResumed);
      run.put("peak_memory_bytes", Machine.peakMemory());
      kernels();
      folder.join(run);
    }
    return run.deepCopy();
  }

  private static double seconds(long start) {
    return Math.round((System.nanoTime() - start) / 1e6) / 1e3;
  }

  private <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      Stage<S, D, R> stage(Instrument<S, D, R> instrument) {
    return new Stage<>(instrument);
  }

  @Override
  public void close() {
    try {
      workshop.close();
      models.forEach(Model::close);
    } finally {
      folder.close();
    }
  }

  /** One analysis of this run. */
  private final class Stage<
      S extends Record & Serializable,
      D extends Record & Serializable,
      R extends Record & Serializable> {
    final Instrument<S, D, R> instrument;
    final String whyNot;
    int count;
    double seconds;
    private final Job<S, D, R> job;
    private final Work planning;
    private final TaskStore store;
    private final Set<String> labels = new LinkedHashSet<>();
    private List<Task<D>> next;
    private long startedAt;
    private Supplier<List<R>> begun;

    Stage(Instrument<S, D, R> instrument) {
      this.instrument = instrument;
      String id = instrument.card().id();
      this.store = folder.store(id);
      this.job =
          new Job<>(
              instrument,
              subjects,
              instrument.settings(request.options()),
              request.options().seed(),
              request.memory(),
              folder.work(id).toAbsolutePath().toString());
      this.planning = workshop.planning(job);
      Plan<D> plan = Plan.of(instrument, planning, job.settings());
      this.whyNot = plan.whyNot();
      this.next = plan.tasks();
      known(next);
    }

    private void known(List<Task<D>> tasks) {
      for (Task<D> task : tasks) {
        if (!labels.add(task.label())) {
          throw new IllegalStateException("planned twice: " + task.label());
        }
      }
      synchronized (Survey.this) {
        tasksKnown += tasks.size();
        workKnown += tasks.stream().mapToDouble(Task::work).sum();
      }
    }

    /** Hands the first tasks over. */
    void start(Engine engine, Progress progress) {
      startedAt = System.nanoTime();
      begun = begin(engine, progress);
    }

    /** Waits for what was handed over, measures what comes after it, and concludes. */
    Section run(Engine engine, Progress progress) {
      List<R> results = new ArrayList<>();
      while (!next.isEmpty()) {
        results.addAll(begun.get());
        next = instrument.more(planning, job.settings(), List.copyOf(results));
        known(next);
        begun = begin(engine, progress);
      }
      count = results.size();
      List<String> order = List.copyOf(labels);
      Map<String, List<SafetensorsWriter.Entry>> held = new HashMap<>();
      for (int i = 0; i < order.size(); i++) {
        held.put(order.get(i), instrument.arrays(results.get(i)));
      }
      folder.gatherArrays(instrument.card().id(), order, held);
      Section section = instrument.conclude(job.settings(), results);
      seconds = Survey.seconds(startedAt);
      return section;
    }

    /** The results of the next tasks, for which whoever asks waits. */
    private Supplier<List<R>> begin(Engine engine, Progress progress) {
      Map<String, R> results = new HashMap<>();
      List<Task<D>> missing = new ArrayList<>();
      for (Task<D> task : next) {
        Optional<R> stored = store.read(task, instrument.resultType());
        if (stored.isPresent()) {
          results.put(task.label(), stored.get());
          resumed();
          ended(task, progress);
        } else {
          store.discard(task);
          missing.add(task);
        }
      }
      List<Task<D>> all = next;
      Engine.Pending pending =
          engine.start(
              job,
              missing,
              new Engine.Sink<>() {
                @Override
                public void begun(Task<D> task) {
                  progress.begun(instrument.card().title(), task.label());
                }

                @Override
                public void accept(Task<D> task, R result) {
                  store.write(task, result);
                  results.put(task.label(), result);
                  ended(task, progress);
                }
              });
      return () -> {
        pending.await();
        return all.stream().map(task -> results.get(task.label())).toList();
      };
    }

    private void resumed() {
      synchronized (Survey.this) {
        tasksResumed++;
      }
    }

    private void ended(Task<D> task, Progress progress) {
      double done;
      double total;
      int tasks;
      int of;
      synchronized (Survey.this) {
        workDone += task.work();
        tasksDone++;
        done = workDone;
        total = workKnown;
        tasks = tasksDone;
        of = tasksKnown;
      }
      progress.task(instrument.card().title(), task.label(), done, total, tasks, of);
    }
  }
}
