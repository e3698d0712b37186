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
  private static final Set<String> FORWARD = Set.of("gain", "states");

  @TempDir static Path models;
  private static SecondJvm second;

  @TempDir Path folder;

  @BeforeAll
  static void make() throws IOException {
    RandomCheckpoint.write(RandomCheckpoint.Shape.LLAMA_TINY, 3, models.resolve("llama"));
    RandomCheckpoint.write(RandomCheckpoint.Shape.T5_TINY, 3, models.resolve("t5"));
    Made.awkward(Files.createDirectories(models.resolve("awkward")));
    Made.oddT5(Files.createDirectories(models.resolve("odd")));
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
                Stream.of("llama", "t5", "odd", "awkward")
                    .flatMap(
                        m ->
                            Stream.of(Figures.values())
                                .filter(f -> applies(i, m, models.resolve("draft"), f).yes())
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
                card.needs(),
                card.measures(),
                card.method(),
                card.source(),
                card.limits()))
        .allMatch(text -> !text.isBlank() && text.equals(text.strip()));
    assertThat(card.limits()).endsWith(".");
    assertThat(card.method()).endsWith(".");
    assertThat(card.arity()).isNotNull();
    assertThat(card.references()).isNotEmpty().allMatch(r -> r.matches("(?s).+\\(\\d{4}\\).+\\."));
    assertThat(Instruments.find(card.id())).containsSame(instrument);
    assertThat(instrument.resultType().isRecord()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("instruments")
  void whatDoesNotApplySaysWhy(Instrument<?, ?, ?> instrument) {
    Applicability tied = applies(instrument, "t5", folder);
    assertThat(tied.yes() || tied.reason().matches(".*only 'shared.weight'|no tokenizer .*"))
        .as(tied.reason())
        .isTrue();
    Applicability odd = applies(instrument, "odd", folder);
    if (FORWARD.contains(instrument.card().id())) {
      assertThat(odd.yes()).isFalse();
      assertThat(odd.reason()).contains("the configuration does not say how many layers");
    } else {
      assertThat(odd).isEqualTo(Applicability.applies());
    }
    assertThat(applies(instrument, "packed", folder).yes()).isFalse();
    assertThat(applies(instrument, "packed", folder).reason()).contains("'layer.0.qweight'");
    assertThat(applies(instrument, "whole", folder).yes()).isFalse();
    assertThat(applies(instrument, "whole", folder).reason()).contains("no ");
    Applicability unknown = applies(instrument, "awkward", folder);
    assertThat(unknown.yes() || unknown.reason().contains("family")).isTrue();
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

  private static <S extends Record & Serializable> S settings(
      Instrument<S, ?, ?> i, Figures figures) {
    return i.settings(new Options(42, figures));
  }

  private OneModel open(Instrument<?, ?, ?> i, String model, String name) {
    return new OneModel(models.resolve(model), i.card().id(), folder.resolve(name), OneModel.AMPLE);
  }

  private static <
          S extends Record & Serializable,
          U extends Record & Piece & Serializable,
          R extends Record & Serializable>
      Applicability applies(Instrument<S, U, R> i, String model, Path folder, Figures figures) {
    try (OneModel c = new OneModel(models.resolve(model), "applies", folder, OneModel.AMPLE)) {
      return i.applies(c, c.subjects(), settings(i, figures));
    }
  }

  private static Applicability applies(Instrument<?, ?, ?> i, String model, Path folder) {
    return applies(i, model, folder, Figures.ALL);
  }

  private <
          S extends Record & Serializable,
          U extends Record & Piece & Serializable,
          R extends Record & Serializable>
      void fixedPlan(Instrument<S, U, R> i, String model, Figures figures) {
    S settings = settings(i, figures);
    List<U> pieces;
    try (OneModel c = open(i, model, "a")) {
      pieces = i.plan(c, c.subjects(), settings, List.of());
      assertThat(i.plan(c, c.subjects(), settings, List.of())).isEqualTo(pieces);
    }
    try (OneModel c = open(i, model, "b")) {
      assertThat(i.plan(c, c.subjects(), settings, List.of())).isEqualTo(pieces);
    }
    assertThat(pieces).isNotEmpty();
    assertThat(new HashSet<>(pieces)).hasSameSizeAs(pieces);
    assertThat(pieces).extracting(Piece::label).doesNotHaveDuplicates();
    assertThat(pieces)
        .allMatch(p -> p.work() > 0 && p.bytes() > 0 && p.nativeThreads() >= 1)
        .allMatch(p -> p.bytes() < OneModel.AMPLE);
  }

  private <
          S extends Record & Serializable,
          U extends Record & Piece & Serializable,
          R extends Record & Serializable>
      void anyOrder(Instrument<S, U, R> i, String model, Figures figures) throws IOException {
    S settings = settings(i, figures);
    List<R> forward;
    Map<String, String> arrays;
    try (OneModel c = open(i, model, "forward")) {
      forward = c.measureAll(i, settings);
      arrays = arrays(c.folder());
    }
    assertThat(forward).isNotEmpty().allMatch(r -> i.resultType().isInstance(r));
    try (OneModel c = open(i, model, "backward")) {
      List<U> pieces = i.plan(c, c.subjects(), settings, List.of());
      Map<U, R> backward = new HashMap<>();
      for (int k = pieces.size() - 1; k >= 0; k--) {
        backward.put(pieces.get(k), i.measure(c, c.subjects(), settings, pieces.get(k)));
      }
      for (int k = 0; k < pieces.size(); k++) {
        assertThat(backward.get(pieces.get(k))).as(pieces.get(k).label()).isEqualTo(forward.get(k));
      }
      assertThat(arrays(c.folder())).isEqualTo(arrays);
      for (U piece : pieces.subList(0, Math.min(3, pieces.size()))) {
        assertThat(i.measure(c, c.subjects(), settings, piece)).isEqualTo(backward.get(piece));
      }
      assertThat(arrays(c.folder())).isEqualTo(arrays);
      assertThat(i.plan(c, c.subjects(), settings, forward)).as("one stage").isEmpty();

      Section section = i.conclude(c.subjects(), settings, forward);
      assertThat(section).isEqualTo(i.conclude(c.subjects(), settings, forward));
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
          U extends Record & Piece & Serializable,
          R extends Record & Serializable>
      void throughAnotherProcess(Instrument<S, U, R> i, String model) throws Exception {
    S settings = settings(i, Figures.ALL);
    try (OneModel c = open(i, model, "here")) {
      List<U> pieces = i.plan(c, c.subjects(), settings, List.of());
      List<R> results = c.measureAll(i, settings);
      List<Integer> measure = List.of(pieces.size() - 1, pieces.size() / 2, 0);
      SecondJvm.Answer answer =
          second.send(
              new SecondJvm.Task(
                  i.card().id(),
                  models.resolve(model).toString(),
                  c.subjects(),
                  settings,
                  new ArrayList<>(pieces),
                  new ArrayList<>(results),
                  measure,
                  folder.resolve("there").toString()));
      assertThat(answer.settings()).isEqualTo(settings);
      assertThat(answer.pieces()).isEqualTo(pieces);
      assertThat(answer.results()).isEqualTo(results);
      assertThat(answer.planned())
          .as("with another number of processors, native threads included")
          .isEqualTo(pieces);
      for (int k = 0; k < measure.size(); k++) {
        assertThat(answer.measured().get(k)).isEqualTo(results.get(measure.get(k)));
      }
    }
  }

  /** Every array that pieces left, by file and name, as hash of its content. */
  private static Map<String, String> arrays(Path folder) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        try (Checkpoint c = Checkpoint.open(file)) {
          for (TensorInfo t : c.tensors()) {
            try (TensorData data = c.map(t)) {
              assertThat(data.info().count()).isPositive();
            }
            hashes.put(file.getFileName() + " " + t.name(), c.contentSha256(t));
          }
        }
      }
    }
    return hashes;
  }
}
