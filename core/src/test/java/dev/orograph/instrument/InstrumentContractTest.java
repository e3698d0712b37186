package dev.orograph.instrument;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Section;
import dev.orograph.instrument.Options.Figures;
import dev.orograph.model.RandomCheckpoint;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every instrument promises, on a small model and on one whose tensors are all odd. */
@Tag("numeric")
class InstrumentContractTest {
  /** Instruments that need a forward pass, for which an odd model is too odd. */
  private static final Set<String> FORWARD =
      Set.of("gain", "states", "entropy", "extract", "levelset", "modulate", "normal", "waterfill");

  private static final String NO_FACTORS = "no pair of low-rank factors";

  @TempDir static Path models;
  private static SecondJvm second;

  @TempDir Path folder;

  @BeforeAll
  static void make() throws IOException {
    RandomCheckpoint.write(RandomCheckpoint.Shape.LLAMA_TINY, 3, models.resolve("llama"));
    RandomCheckpoint.write(RandomCheckpoint.Shape.T5_TINY, 3, models.resolve("t5"));
    RandomCheckpoint.write(RandomCheckpoint.Shape.LLAMA_TINY, 4, models.resolve("llama-other"));
    RandomCheckpoint.write(RandomCheckpoint.Shape.T5_TINY, 4, models.resolve("t5-other"));
    Made.awkward(Files.createDirectories(models.resolve("awkward")));
    Made.oddT5(Files.createDirectories(models.resolve("odd")));
    new Made()
        .add("h.0.q.lora_A.weight", DType.F32, new double[] {1, 2, 3, 4, 5, 6}, 2, 3)
        .add("h.0.q.lora_B.weight", DType.F32, new double[] {1, 0, 1, 1, 0, 2}, 3, 2)
        .add("h.1.q.lora_A.weight", DType.F32, new double[] {1, -2, 3, 4, 0, 6}, 2, 3)
        .add("h.1.q.lora_B.weight", DType.F32, new double[] {1, 0, 1, -1, 3, 2}, 3, 2)
        .write(Files.createDirectories(models.resolve("lora")));
    Files.createDirectories(models.resolve("packed"));
    new Made()
        .add("layer.0.qweight", DType.F32, new double[4], 2, 2)
        .write(models.resolve("packed"));
    Files.createDirectories(models.resolve("whole"));
    new Made()
        .add("ids", DType.I64, new double[] {1, 2, 3, 4}, 2, 2)
        .write(models.resolve("whole"));
    second = new SecondJvm(Files.createDirectories(models.resolve("second")));
  }

  @AfterAll
  static void end() {
    second.close();
  }

  static Stream<Arguments> instrumentsAndModels() {
    return Instruments.ALL.stream()
        .flatMap(
            i ->
                Stream.of("llama", "t5", "odd", "awkward", "lora")
                    .flatMap(
                        m ->
                            Stream.of(Figures.values())
                                .filter(f -> whyNot(i, m, models.resolve("draft"), f) == null)
                                .map(f -> Arguments.of(i, m, f))));
  }

  static Stream<Instrument<?, ?, ?>> instruments() {
    return Instruments.ALL.stream();
  }

  @Test
  void idsAreUnique() {
    assertThat(Instruments.ALL).extracting(i -> i.card().id()).doesNotHaveDuplicates();
    assertThat(Instruments.find("no such instrument")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("instruments")
  void theCardIsComplete(Instrument<?, ?, ?> instrument) {
    Card card = instrument.card();
    assertThat(card.id()).matches("[a-z][a-z0-9_]*");
    assertThat(
            List.of(
                card.title(),
                card.unit(),
                instrument.needs().words(),
                card.measures(),
                card.method(),
                card.source(),
                card.limits()))
        .allMatch(text -> !text.isBlank() && text.equals(text.strip()));
    assertThat(card.limits()).endsWith(".");
    assertThat(card.method()).endsWith(".");
    assertThat(card.version()).isPositive();
    assertThat(card.references()).isNotEmpty().allMatch(r -> r.matches("(?s).+\\(\\d{4}\\).+\\."));
    assertThat(Instruments.find(card.id())).containsSame(instrument);
    assertThat(instrument.resultType().isRecord()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("instruments")
  void whatDoesNotApplySaysWhy(Instrument<?, ?, ?> instrument) {
    assertThat(whyNot(instrument, "t5", folder))
        .isIn(
            null,
            "embedding and head are not stored apart: there is only 'shared.weight'",
            "no tokenizer lies beside the weights",
            NO_FACTORS,
            "no level-set is given: orograph levelset, then orograph normal RUN",
            "it writes what follows from another text, which an encoder reads");
    String odd = whyNot(instrument, "odd", folder);
    if (FORWARD.contains(instrument.card().id())) {
      assertThat(odd).contains("the configuration does not say how many layers");
    } else {
      assertThat(odd).isIn(null, NO_FACTORS);
    }
    assertThat(whyNot(instrument, "packed", folder)).contains("'layer.0.qweight'");
    assertThat(whyNot(instrument, "whole", folder)).containsAnyOf("no ", "whole numbers");
    String unknown = whyNot(instrument, "awkward", folder);
    assertThat(unknown == null || unknown.contains("family") || unknown.equals(NO_FACTORS))
        .as(unknown)
        .isTrue();
    assertThat(whyNot(Instruments.find("adapter").orElseThrow(), "lora", folder)).isNull();
  }

  @ParameterizedTest
  @MethodSource("instrumentsAndModels")
  void plansAreFixedAndPiecesDistinct(Instrument<?, ?, ?> instrument, String model, Figures f) {
    fixedPlan(instrument, model, f);
  }

  @ParameterizedTest
  @MethodSource("instrumentsAndModels")
  void orderAndRepetitionChangeNothing(Instrument<?, ?, ?> instrument, String model, Figures f)
      throws IOException {
    anyOrder(instrument, model, f);
  }

  @ParameterizedTest
  @MethodSource("instrumentsAndModels")
  void everythingPassesThroughAnotherProcess(
      Instrument<?, ?, ?> instrument, String model, Figures f) throws Exception {
    if (f == Figures.ALL) {
      throughAnotherProcess(instrument, model);
    } else {
      // One process per instrument and model is enough; here only that settings differ.
      assertThat((Object) settings(instrument, Figures.SEED))
          .isNotEqualTo(settings(instrument, Figures.ALL));
    }
  }

  /** Those of analyses that read what the user gives. */
  private static <S extends Record & Serializable> S settings(
      Instrument<S, ?, ?> i, Figures figures) {
    return i.settings(Given.options(new Options(42, figures), models));
  }

  private OneModel open(Instrument<?, ?, ?> i, String model, String name) {
    return new OneModel(given(i, model), i.card().id(), folder.resolve(name), OneModel.AMPLE);
  }

  /** A model, and for what takes two another of its kind. */
  private static List<Path> given(Instrument<?, ?, ?> i, String model) {
    Path first = models.resolve(model);
    Path other = models.resolve(model + "-other");
    return i.needs().models() == 1
        ? List.of(first)
        : List.of(first, Files.exists(other) ? other : first);
  }

  private static <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      String whyNot(Instrument<S, D, R> i, String model, Path folder, Figures figures) {
    try (OneModel c = new OneModel(given(i, model), "applies", folder, OneModel.AMPLE)) {
      return Plan.of(i, c, settings(i, figures)).whyNot();
    }
  }

  private static String whyNot(Instrument<?, ?, ?> i, String model, Path folder) {
    return whyNot(i, model, folder, Figures.ALL);
  }

  private <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      void fixedPlan(Instrument<S, D, R> i, String model, Figures figures) {
    S settings = settings(i, figures);
    List<Task<D>> tasks;
    try (OneModel c = open(i, model, "a")) {
      tasks = i.tasks(c, settings);
      assertThat(i.tasks(c, settings)).isEqualTo(tasks);
    }
    try (OneModel c = open(i, model, "b")) {
      assertThat(i.tasks(c, settings)).isEqualTo(tasks);
    }
    assertThat(tasks).isNotEmpty();
    assertThat(new HashSet<>(tasks)).hasSameSizeAs(tasks);
    assertThat(tasks).extracting(Task::label).doesNotHaveDuplicates();
    assertThat(tasks).allMatch(t -> t.bytes() < OneModel.AMPLE);
  }

  private <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      void anyOrder(Instrument<S, D, R> i, String model, Figures figures) throws IOException {
    S settings = settings(i, figures);
    List<R> forward;
    Map<String, String> arrays;
    try (OneModel c = open(i, model, "forward")) {
      forward = c.measureAll(i, settings);
      arrays = arrays(folder.resolve("forward"));
    }
    assertThat(forward).isNotEmpty().allMatch(r -> i.resultType().isInstance(r));
    try (OneModel c = open(i, model, "backward")) {
      List<Task<D>> tasks = i.tasks(c, settings);
      Map<Task<D>, R> backward = new HashMap<>();
      for (int k = tasks.size() - 1; k >= 0; k--) {
        backward.put(tasks.get(k), c.measure(i, settings, tasks.get(k)));
      }
      for (int k = 0; k < tasks.size(); k++) {
        assertThat(backward.get(tasks.get(k))).as(tasks.get(k).label()).isEqualTo(forward.get(k));
      }
      assertThat(arrays(folder.resolve("backward"))).isEqualTo(arrays);
      for (Task<D> task : tasks.subList(0, Math.min(3, tasks.size()))) {
        assertThat(c.measure(i, settings, task)).isEqualTo(backward.get(task));
      }
      assertThat(arrays(folder.resolve("backward"))).isEqualTo(arrays);

      Section section = i.conclude(settings, forward);
      assertThat(section).isEqualTo(i.conclude(settings, forward));
      assertThat(section.id()).isEqualTo(i.card().id());
      assertThat(section.summary()).isNotBlank();
      assertThat(section.findings()).isNotEmpty();
      assertThat(section.findings())
          .extracting(Finding::id)
          .doesNotHaveDuplicates()
          .allMatch(id -> id.startsWith(i.card().id() + "."));
    }
  }

  private <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      void throughAnotherProcess(Instrument<S, D, R> i, String model) throws Exception {
    S settings = settings(i, Figures.ALL);
    try (OneModel c = open(i, model, "here")) {
      List<Task<D>> tasks = i.tasks(c, settings);
      List<R> results = c.measureAll(i, settings);
      List<Integer> measure = List.of(tasks.size() - 1, tasks.size() / 2, 0);
      SecondJvm.Answer answer =
          second.send(
              new SecondJvm.Order(
                  c.job(i, settings), new ArrayList<>(tasks), new ArrayList<>(results), measure));
      assertThat(answer.settings()).isEqualTo(settings);
      assertThat(answer.tasks()).isEqualTo(tasks);
      assertThat(answer.results()).isEqualTo(results);
      assertThat(answer.planned())
          .as("with another number of processors, native threads included")
          .isEqualTo(tasks);
      for (int k = 0; k < measure.size(); k++) {
        assertThat(answer.measured().get(k)).isEqualTo(results.get(measure.get(k)));
      }
    }
  }

  /** Every array that tasks left, by file and name, as hash of its content. */
  private static Map<String, String> arrays(Path folder) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        try (Checkpoint c = Checkpoint.open(file)) {
          for (TensorInfo t : c.tensors()) {
            try (TensorData data = c.map(t)) {
              assertThat(data.info().count()).isPositive();
            }
            hashes.put(folder.relativize(file) + " " + t.name(), c.contentSha256(t));
          }
        }
      }
    }
    return hashes;
  }
}
