package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.checkpoint.DType;
import dev.orograph.instrument.Given;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Instruments;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Plan;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Workshop;
import dev.orograph.model.RandomCheckpoint;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Results of every instrument come back from disk as they were, and only to whom they belong. */
class TaskStoreTest {
  /** Instruments that one of the models here lacks something for. */
  private static final Set<String> NOT_ALL =
      Set.of(
          "adapter",
          "unembedding",
          "words",
          "gain",
          "states",
          "entropy",
          "extract",
          "wordnet",
          "levelset",
          "modulate",
          "normal",
          "waterfill");

  @TempDir Path folder;

  static Stream<Instrument<?, ?, ?>> instruments() {
    return Instruments.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("instruments")
  void resultsOfAnOddModelComeBack(Instrument<?, ?, ?> instrument) throws IOException {
    comeBack(instrument, Made.oddT5(Files.createDirectories(folder.resolve("model"))));
  }

  @Test
  void resultsOfAnAdapterComeBack() throws IOException {
    Path model = Files.createDirectories(folder.resolve("model"));
    new Made()
        .add("h.0.q.lora_A.weight", DType.F32, new double[] {1, 2, 3, 4, 5, 6}, 2, 3)
        .add("h.0.q.lora_B.weight", DType.F32, new double[] {1, 0, 1, 1, 0, 2}, 3, 2)
        .write(model);
    comeBack(Instruments.find("adapter").orElseThrow(), model);
    assertThat(folder.resolve("stored").resolve(TaskStore.FILE)).exists();
  }

  /** Those that need no known family. */
  @ParameterizedTest
  @ValueSource(strings = {"spectra", "sparsity"})
  void resultsOfAModelOfNoFamilyComeBack(String id) throws IOException {
    comeBack(
        Instruments.find(id).orElseThrow(),
        Made.awkward(Files.createDirectories(folder.resolve("model"))));
  }

  @ParameterizedTest
  @MethodSource("instruments")
  void resultsOfAUsualModelComeBack(Instrument<?, ?, ?> instrument) throws IOException {
    RandomCheckpoint.write(RandomCheckpoint.Shape.T5_TINY, 1, folder.resolve("model"));
    comeBack(instrument, folder.resolve("model"));
  }

  private <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      void comeBack(Instrument<S, D, R> i, Path checkpoint) throws IOException {
    Path stored = Files.createDirectories(folder.resolve("stored"));
    List<Path> models = Collections.nCopies(i.needs().models(), checkpoint);
    try (OneModel c = new OneModel(models, i.card().id(), stored, OneModel.AMPLE)) {
      S settings = i.settings(Given.options(new Options(1, Options.Figures.ALL), folder));
      if (!Plan.of(i, c, settings).applies()) {
        assertThat(i.card().id()).isIn(NOT_ALL);
        return;
      }
      List<Task<D>> tasks = i.tasks(c, settings);
      TaskStore store = new TaskStore(stored, "key");
      for (Task<D> task : tasks) {
        assertThat(store.read(task, i.resultType())).isEmpty();
        R result = c.measure(i, settings, task);
        store.write(task, result);
        assertThat(store.read(task, i.resultType())).as(task.label()).contains(result);
      }
      Task<D> first = tasks.get(0);
      assertThat(new TaskStore(stored, "other").read(first, i.resultType()))
          .as("another run")
          .isEmpty();
      Path file = stored.resolve(TaskStore.FILE);
      List<String> lines = Files.readAllLines(file);
      assertThat(lines).hasSize(tasks.size());
      // The result of the first under the names of the others.
      int name = lines.get(0).indexOf(' ');
      Files.writeString(
          file,
          lines.stream()
              .map(line -> line.substring(0, name) + lines.get(0).substring(name) + "\n")
              .collect(Collectors.joining()));
      for (Task<D> other : tasks.subList(1, tasks.size())) {
        assertThat(new TaskStore(stored, "key").read(other, i.resultType()))
            .as("another task's")
            .isEmpty();
      }
      damaged(file, i, first);
      Path arrays = Files.createDirectories(Workshop.arrays(stored, first.label()));
      Path array = arrays.resolve("a.safetensors");
      Files.writeString(array, "one");
      assertThat(store.read(first, i.resultType())).as("an array too many").isEmpty();
      store.write(first, c.measure(i, settings, first));
      assertThat(store.read(first, i.resultType())).isPresent();
      Files.writeString(array, "two");
      assertThat(store.read(first, i.resultType())).as("another array").isEmpty();
      Files.delete(array);
      assertThat(store.read(first, i.resultType())).as("an array too few").isEmpty();
      store.discard(first);
      assertThat(arrays).doesNotExist();
    }
  }

  /** A line with any one byte changed, or cut anywhere, is as good as none. */
  private <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      void damaged(Path file, Instrument<S, D, R> i, Task<D> task) throws IOException {
    Path stored = file.getParent();
    byte[] whole = (Files.readAllLines(file).get(0) + "\n").getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at < whole.length; at += 1 + whole.length / 40) {
      byte[] bytes = whole.clone();
      bytes[at] ^= 1;
      Files.write(file, bytes);
      assertThat(new TaskStore(stored, "key").read(task, i.resultType()))
          .as("byte %d changed", at)
          .isEmpty();
      Files.write(file, java.util.Arrays.copyOf(whole, at));
      assertThat(new TaskStore(stored, "key").read(task, i.resultType()))
          .as("cut at %d", at)
          .isEmpty();
    }
    Files.write(file, whole);
    assertThat(new TaskStore(stored, "key").read(task, i.resultType())).isPresent();
  }
}
