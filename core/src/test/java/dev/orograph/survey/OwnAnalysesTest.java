package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.checkpoint.DType;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Results;
import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Nothing;
import dev.orograph.instrument.Task.Place;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.weights.Sparsity;
import dev.orograph.model.RandomCheckpoint;
import dev.orograph.model.RandomCheckpoint.Shape;
import dev.orograph.model.train.Batches;
import dev.orograph.model.train.Example;
import dev.orograph.model.train.Recipe;
import dev.orograph.model.train.Training;
import dev.orograph.random.Generator;
import dev.orograph.report.Outputs;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a survey carries beyond the program's own analyses: trainings, stages, several models. */
class OwnAnalysesTest {
  private static final int STEPS = 12;
  private static final int EVERY = 2;
  private static final int KILLED = 7;
  private static final int HALTED = 9;

  @TempDir private Path dir;

  private record Settings() implements Serializable {}

  private record Found(String label, double value) implements Serializable {}

  private static Card card(String id, int version) {
    return new Card(id, id, "task", version, "m", "m.", "s", "l.", List.of("A (2020). B."));
  }

  private abstract static class Own<D extends Record & Serializable>
      implements Instrument<Settings, D, Found> {
    private static final long serialVersionUID = 1L;
    private final String id;
    private final int version;

    Own(String id, int version) {
      this.id = id;
      this.version = version;
    }

    @Override
    public Card card() {
      return OwnAnalysesTest.card(id, version);
    }

    @Override
    public Choices<Settings> choices() {
      return Choices.none(made -> new Settings());
    }

    @Override
    public Class<Found> resultType() {
      return Found.class;
    }

    @Override
    public Needs needs() {
      return Needs.oneModel(Need.PLAIN_WEIGHTS);
    }

    @Override
    public Section conclude(Settings settings, List<Found> results) {
      List<Finding> findings = new ArrayList<>();
      for (Found f : results) {
        findings.add(new Note(id + "." + f.label(), f.label(), Double.toString(f.value())));
      }
      return card().section("s", findings);
    }
  }

  private static Task<Nothing> task(String label) {
    return Task.of(label, Place.MODEL, 1, 1, new Nothing());
  }

  /** Trains a model; one process ends in the middle of it when it is told to. */
  private static final class Learning extends Own<Nothing> {
    private static final long serialVersionUID = 1L;

    Learning() {
      super("learning", 1);
    }

    @Override
    public List<Task<Nothing>> tasks(Work work, Settings settings) {
      return List.of(task("training"));
    }

    @Override
    public Found measure(Work work, Settings settings, Task<Nothing> task) {
      List<Example> texts = texts(work.generator(task));
      try (Training t = Training.of(work.model(), Recipe.of(STEPS, 0.01), batches(texts))) {
        t.threads(1);
        t.run(
            work.keep(),
            EVERY,
            () -> false,
            p -> {
              log(p.step());
              if (p.step() == Integer.getInteger("halt.at", -1)) {
                Runtime.getRuntime().halt(HALTED);
              }
            });
        t.write(work.arrays().resolve("weights.safetensors"), DType.F32);
        return new Found("loss", t.evaluate(texts).mean());
      }
    }

    private static Batches batches(List<Example> texts) {
      return new Batches() {
        @Override
        public List<Example> at(long number) {
          return List.of(texts.get((int) (number % texts.size())));
        }

        @Override
        public String fingerprint() {
          return "five texts of a task's own generator";
        }
      };
    }

    private static List<Example> texts(Generator g) {
      return IntStream.range(0, 5)
          .mapToObj(
              i -> Example.text(IntStream.range(0, 8).map(j -> (int) g.integers(0, 512)).toArray()))
          .toList();
    }

    private static void log(long step) {
      try {
        Files.writeString(
            Path.of(System.getProperty("log")),
            step + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Another process: surveys a model with the training alone. */
  public static void main(String[] args) {
    survey(Path.of(args[1]), List.of(Path.of(args[0])), List.of(new Learning()));
  }

  private static Results survey(
      Path out, List<Path> models, List<Instrument<?, ?, ?>> instruments) {
    Survey.Request request =
        new Survey.Request(
            models,
            Options.usual(),
            instruments.stream().map(i -> i.card().id()).toList(),
            1,
            1L << 30,
            Optional.of(out),
            out,
            false);
    try (Survey survey = Survey.open(request, instruments)) {
      Results results = survey.run(Progress.SILENT);
      Outputs.write(survey, results);
      return results;
    }
  }

  private int child(Path model, Path out, Path log, String... flags)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of(flags));
    command.addAll(
        List.of(
            "-Dlog=" + log,
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            OwnAnalysesTest.class.getName(),
            model.toString(),
            out.toString()));
    Process p =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("said").toFile())
            .start();
    if (!p.waitFor(10, TimeUnit.MINUTES)) {
      p.destroyForcibly();
      throw new AssertionError("hangs: " + Files.readString(dir.resolve("said")));
    }
    String said = Files.readString(dir.resolve("said"));
    assertThat(said).isEmpty();
    return p.exitValue();
  }

  @Test
  void aKilledTrainingGoesOn() throws Exception {
    Path model = dir.resolve("llama");
    RandomCheckpoint.write(Shape.LLAMA_TINY, 1, model);
    Path whole = dir.resolve("whole");
    assertThat(child(model, whole, dir.resolve("whole.log"))).isZero();
    assertThat(Files.readAllLines(dir.resolve("whole.log"))).hasSize(STEPS);

    Path killed = dir.resolve("killed");
    Path log = dir.resolve("killed.log");
    assertThat(child(model, killed, log, "-Dhalt.at=" + KILLED)).isEqualTo(HALTED);
    assertThat(killed.resolve("results.json")).doesNotExist();
    assertThat(child(model, killed, log)).isZero();
    // Steps 1 to 7, and from the snapshot behind step 6 on.
    assertThat(Files.readAllLines(log)).hasSize(KILLED + STEPS - (KILLED - KILLED % EVERY));
    for (String file : List.of("results.json", "arrays/learning.safetensors")) {
      assertThat(killed.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
    }
    assertThat(killed.resolve("work")).doesNotExist();
  }

  /** Counts in a second stage what the first has found. */
  private static final class Staged extends Own<Nothing> {
    private static final long serialVersionUID = 1L;

    Staged() {
      super("staged", 1);
    }

    @Override
    public List<Task<Nothing>> tasks(Work work, Settings settings) {
      return List.of(task("a"), task("b"));
    }

    @Override
    public List<Task<Nothing>> more(Work work, Settings settings, List<Found> before) {
      return before.size() < 4 ? List.of(task("after" + before.size())) : List.of();
    }

    @Override
    public Found measure(Work work, Settings settings, Task<Nothing> task) {
      return new Found(task.label(), task.label().length());
    }
  }

  @Test
  void stagesFollowEachOther() {
    Path model = dir.resolve("t5");
    RandomCheckpoint.write(Shape.T5_TINY, 1, model);
    Results results = survey(dir.resolve("run"), List.of(model), List.of(new Staged()));
    assertThat(results.sections().get(0).findings())
        .extracting(Finding::title)
        .containsExactly("a", "b", "after2", "after3");
  }

  /** The difference of two models' sizes. */
  private static final class Pair extends Own<Nothing> {
    private static final long serialVersionUID = 1L;

    Pair() {
      super("pair", 1);
    }

    @Override
    public Needs needs() {
      return Needs.twoModels(Need.PLAIN_WEIGHTS);
    }

    @Override
    public List<Task<Nothing>> tasks(Work work, Settings settings) {
      return List.of(task("difference"));
    }

    @Override
    public Found measure(Work work, Settings settings, Task<Nothing> task) {
      return new Found(task.label(), work.model(0).count() - work.model(1).count());
    }
  }

  @Test
  void anAnalysisOfTwoModelsHasBothAndOthersSayWhyNot() {
    Path t5 = dir.resolve("t5");
    Path llama = dir.resolve("llama");
    RandomCheckpoint.write(Shape.T5_TINY, 1, t5);
    RandomCheckpoint.write(Shape.LLAMA_TINY, 1, llama);
    List<Instrument<?, ?, ?>> both = List.of(new Pair(), new Sparsity());
    Results results = survey(dir.resolve("run"), List.of(t5, llama), both);
    assertThat(results.analyses())
        .extracting(Results.Analysis::reason)
        .containsExactly(null, "it takes one model, and 2 are given");
    Results swapped = survey(dir.resolve("swapped"), List.of(llama, t5), both);
    String there = ((Note) results.find("pair.difference").orElseThrow()).text();
    String back = ((Note) swapped.find("pair.difference").orElseThrow()).text();
    assertThat(Double.parseDouble(there)).isNotZero().isEqualTo(-Double.parseDouble(back));
    assertThat(results.model().name()).isEqualTo("t5, llama");
    assertThat(results.model().facts()).containsKeys("t5: parameters", "llama: parameters");

    Results one = survey(dir.resolve("one"), List.of(t5), both);
    assertThat(one.analyses())
        .extracting(Results.Analysis::reason)
        .containsExactly("it takes 2 models, and 1 is given", null);
  }

  /** Its version is what a test says. */
  private static final class Versioned extends Own<Nothing> {
    private static final long serialVersionUID = 1L;

    Versioned(int version) {
      super("versioned", version);
    }

    @Override
    public List<Task<Nothing>> tasks(Work work, Settings settings) {
      return List.of(task("a"));
    }

    @Override
    public Found measure(Work work, Settings settings, Task<Nothing> task) {
      return new Found(task.label(), card().version());
    }
  }

  @Test
  void aChangedFormulaIsMeasuredAnew() {
    Path model = dir.resolve("t5");
    RandomCheckpoint.write(Shape.T5_TINY, 1, model);
    assertThat(folder(model, 1)).isEqualTo(folder(model, 1)).isNotEqualTo(folder(model, 2));
  }

  private Path folder(Path model, int version) {
    Survey.Request request =
        new Survey.Request(
            List.of(model),
            Options.usual(),
            List.of("versioned"),
            1,
            1L << 30,
            Optional.empty(),
            dir.resolve("runs"),
            false);
    try (Survey survey = Survey.open(request, List.of(new Versioned(version)))) {
      return survey.folder().path();
    }
  }
}
