package dev.orograph.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import dev.orograph.model.Model;
import dev.orograph.model.RandomCheckpoint;
import dev.orograph.model.RandomCheckpoint.Shape;
import dev.orograph.model.forward.Inputs;
import dev.orograph.model.forward.Loss;
import dev.orograph.model.forward.Precision;
import dev.orograph.model.forward.States;
import dev.orograph.model.forward.Transformer;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds of a training from its first step to the file that it writes. */
class TrainingTest {
  @TempDir private Path folder;

  private Path weights;

  @BeforeEach
  void untrained() {
    weights = folder.resolve("llama");
    RandomCheckpoint.write(Shape.LLAMA_TINY, 1, weights);
  }

  /** Texts of several lengths, so that slices have padding. */
  private static List<Example> texts(int n) {
    Generator g = Generator.of(7);
    List<Example> all = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int[] tokens = new int[6 + i % 5];
      for (int j = 0; j < tokens.length; j++) {
        tokens[j] = (int) g.integers(0, 512);
      }
      all.add(Example.text(i % 3, tokens));
    }
    return all;
  }

  private static List<Example> pairs(int n) {
    Generator g = Generator.of(8);
    List<Example> all = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int[] source = {(int) g.integers(3, 512), (int) g.integers(3, 512), i % 2 == 0 ? 5 : 9};
      all.add(Example.pair(source, new int[] {source[1], source[0], 1}, 0));
    }
    return all;
  }

  private List<Double> losses(Recipe recipe, Batches data, Path at, int threads, long until) {
    List<Double> losses = new ArrayList<>();
    try (Model model = Model.open(weights);
        Training t = Training.of(model, recipe, data)) {
      t.threads(threads);
      boolean all = t.run(at, 4, () -> t.done() >= until, p -> losses.add(p.loss()));
      assertThat(all).isEqualTo(until >= recipe.steps());
      assertThat(t.done()).isEqualTo(Math.min(until, recipe.steps()));
      t.write(at.resolve("model.safetensors"), DType.F32);
    }
    return losses;
  }

  private static byte[] bytes(Path at) {
    try {
      return Files.readAllBytes(at.resolve("model.safetensors"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Neither the number of threads nor where it was interrupted changes a bit. */
  @Tag("numeric")
  @Test
  void aTrainingThatWasInterruptedEndsWithTheSameBits() {
    Recipe recipe = Recipe.of(11, 1e-3);
    Batches data = new Permuted(texts(700), 256, 3);
    List<Double> whole = losses(recipe, data, folder.resolve("a"), 2, 99);
    List<Double> parts = losses(recipe, data, folder.resolve("b"), 1, 6);
    assertThat(parts).hasSize(6);
    parts.addAll(losses(recipe, data, folder.resolve("b"), 2, 99));
    assertThat(parts).containsExactlyElementsOf(whole);
    assertThat(bytes(folder.resolve("b"))).isEqualTo(bytes(folder.resolve("a")));
    assertThat(whole.get(10)).isLessThan(whole.get(0));
    // All is done: nothing is left to do, and nothing is done.
    assertThat(losses(recipe, data, folder.resolve("b"), 2, 99)).isEmpty();
  }

  /** What was saved before goes on where the process ended without a word. */
  @Tag("numeric")
  @Test
  void aKilledTrainingGoesOnFromWhatWasSaved() {
    Recipe recipe = Recipe.of(10, 1e-3);
    Batches data = new Permuted(texts(60), 20, 3);
    List<Double> whole = losses(recipe, data, folder.resolve("a"), 1, 99);
    try (Model model = Model.open(weights);
        Training t = Training.of(model, recipe, data)) {
      assertThatThrownBy(
              () ->
                  t.run(
                      folder.resolve("b"),
                      4,
                      () -> false,
                      p -> {
                        if (p.step() == 6) {
                          throw new IllegalStateException("killed");
                        }
                      }))
          .hasMessage("killed");
    }
    List<Double> rest = losses(recipe, data, folder.resolve("b"), 1, 99);
    assertThat(rest).containsExactlyElementsOf(whole.subList(4, 10));
  }

  @Test
  void anotherTrainingIsNotResumed() {
    Path at = folder.resolve("a");
    Batches data = new Permuted(texts(60), 20, 3);
    losses(Recipe.of(4, 1e-3), data, at, 1, 2);
    assertThatThrownBy(() -> losses(Recipe.of(4, 2e-3), data, at, 1, 4))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("same recipe");
    assertThatThrownBy(() -> losses(Recipe.of(4, 1e-3), new Permuted(texts(60), 20, 4), at, 1, 4))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("same batches");
    RandomCheckpoint.write(Shape.LLAMA_TINY, 2, weights);
    assertThatThrownBy(() -> losses(Recipe.of(4, 1e-3), data, at, 1, 4))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("same initial weights");
  }

  /** A folder that cannot be written is named; what was saved before is as it was. */
  @Test
  void whatCannotBeWrittenIsSaid() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    Batches data = new Permuted(texts(60), 20, 3);
    assertThatThrownBy(() -> losses(Recipe.of(4, 1e-3), data, file.resolve("inside"), 1, 99))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("cannot be written");
    Path at = folder.resolve("a");
    losses(Recipe.of(4, 1e-3), data, at, 1, 2);
    Path saved = at.resolve("training.safetensors");
    byte[] before = Files.readAllBytes(saved);
    Files.write(saved, java.util.Arrays.copyOf(before, before.length - 8));
    assertThatThrownBy(() -> losses(Recipe.of(4, 1e-3), data, at, 1, 4))
        .isInstanceOf(InputException.class);
  }

  /** Small batches that make up a step are one large batch, but for the order of sums. */
  @Tag("numeric")
  @Test
  void accumulationIsALargerBatch() {
    List<Example> examples = texts(24);
    Batches large = fixed(List.of(examples));
    // Of unequal numbers of labels: a mean of means would be another loss.
    Batches small = fixed(List.of(examples.subList(0, 4), examples.subList(4, 24)));
    List<List<Double>> losses = new ArrayList<>();
    for (Batches data : List.of(large, small)) {
      Recipe recipe = Recipe.of(5, 1e-3).withAccumulation(data == large ? 1 : 2);
      try (Model model = Model.open(weights);
          Training t = Training.of(model, recipe, data, Precision.FLOAT64)) {
        List<Double> each = new ArrayList<>();
        t.run(folder.resolve("a" + losses.size()), 9, () -> false, p -> each.add(p.loss()));
        losses.add(each);
      }
    }
    for (int i = 0; i < 5; i++) {
      assertThat(losses.get(1).get(i)).isCloseTo(losses.get(0).get(i), Offset.offset(1e-9));
    }
  }

  private static Batches fixed(List<List<Example>> batches) {
    return new Batches() {
      @Override
      public List<Example> at(long number) {
        return batches.get((int) (number % batches.size()));
      }

      @Override
      public String fingerprint() {
        return batches.size() + " batches";
      }
    };
  }

  /**
   * A constant answer cannot do better than ln 40 = 3.7 where every target begins with its own
   * token; a model that has read the source can.
   */
  @Tag("numeric")
  @ParameterizedTest
  @EnumSource(
      value = Shape.class,
      names = {"LLAMA_TINY", "T5_TINY"})
  void learnsByHeart(Shape shape) {
    RandomCheckpoint.write(shape, 1, weights);
    List<Example> examples = shape == Shape.T5_TINY ? pairs(40) : texts(40);
    Recipe recipe = Recipe.of(150, 3e-3).withDecay(0);
    Path written = folder.resolve("written");
    try (Model model = Model.open(weights);
        Training t = Training.of(model, recipe, new Permuted(examples, 40, 1))) {
      Loss before = t.evaluate(examples);
      assertThat(before.mean()).isGreaterThan(5);
      t.run(folder.resolve("t"), 1000, () -> false, p -> {});
      Loss after = t.evaluate(examples);
      assertThat(after.mean()).isLessThan(1);
      assertThat(after.count()).isEqualTo(before.count()).isPositive();
      // The model as it is written is the model that was trained, through the usual forward pass.
      try {
        Files.createDirectories(written);
        Files.copy(weights.resolve("config.json"), written.resolve("config.json"));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      t.write(written.resolve("model.safetensors"), DType.F32);
      assertThat(plain(written, examples).mean()).isCloseTo(after.mean(), Offset.offset(1e-4));
      t.write(written.resolve("model.safetensors"), DType.BF16);
      try (Checkpoint a = Checkpoint.open(weights);
          Checkpoint b = Checkpoint.open(written)) {
        assertThat(b.tensors().stream().map(TensorInfo::name))
            .containsExactlyElementsOf(a.tensors().stream().map(TensorInfo::name).toList());
        assertThat(b.tensors()).allMatch(i -> i.dtype() == DType.BF16);
      }
    }
  }

  /** The slow plain way: example by example, from all logits. */
  private static Loss plain(Path folder, List<Example> examples) {
    double sum = 0;
    long count = 0;
    try (Model model = Model.open(folder);
        Transformer t = Transformer.load(model)) {
      for (Example e : examples) {
        Inputs in = Inputs.ids(e.ids());
        in = e.decoder() == null ? in : in.decoder(Inputs.ids(e.decoder()));
        try (States s = t.forward(in, Set.of("logits"))) {
          for (int i = 0; i < e.labels().length; i++) {
            if (e.labels()[i] >= 0) {
              double[] scores = s.get("logits").vector(0, i);
              double all = 0;
              for (double x : scores) {
                all += Math.exp(x);
              }
              sum += Math.log(all) - scores[e.labels()[i]];
              count++;
            }
          }
        }
      }
    }
    return new Loss(sum, count);
  }

  /** It could not be written as it was stored. */
  @Test
  void fusedWeightsAreRefusedBeforeTheFirstStep() throws java.net.URISyntaxException {
    Path gpt2 = Path.of(TrainingTest.class.getResource("/families/gpt2/model.safetensors").toURI());
    try (Model model = Model.open(gpt2.getParent())) {
      Batches data = new Permuted(texts(4), 2, 1);
      assertThatThrownBy(() -> Training.of(model, Recipe.of(1, 1e-3), data))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("holds several");
    }
  }

  /** Native memory is given back: eight hundred steps hold what two hundred did. */
  @Test
  void memoryDoesNotGrow() throws IOException {
    Path status = Path.of("/proc/self/status");
    org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(status), "no /proc here");
    List<Long> resident = new ArrayList<>();
    try (Model model = Model.open(weights);
        Training t = Training.of(model, Recipe.of(800, 1e-4), new Permuted(texts(60), 4, 3))) {
      t.run(
          folder.resolve("t"),
          10_000,
          () -> false,
          p -> {
            if (p.step() == 200 || p.step() == 800) {
              resident.add(resident(status));
            }
          });
    }
    // A step that leaked one vector of its 0.3 M parameters would keep 700 MB.
    assertThat(resident.get(1) - resident.get(0)).isLessThan(100_000);
  }

  private static long resident(Path status) {
    try {
      return Files.readAllLines(status).stream()
          .filter(l -> l.startsWith("VmRSS"))
          .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")))
          .sum();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void theRateRisesAndFalls() {
    Recipe r = new Recipe(100, 1, 10, 0.1, 0.9, 0.95, 1e-8, 0, 0, 1, false, 0, 0);
    assertThat(r.rate(1)).isEqualTo(0.1);
    assertThat(r.rate(10)).isEqualTo(1);
    assertThat(r.rate(55)).isCloseTo(0.55, Offset.offset(1e-15));
    assertThat(r.rate(100)).isEqualTo(0.1);
  }

  /** Every window is in the stream, no token is scored twice in an epoch, and all are the same. */
  @Test
  void windowsCoverTheStreamOnce() {
    int[] stream = java.util.stream.IntStream.range(0, 1000).toArray();
    Windows w = new Windows(stream, 16, 4, 5);
    List<Integer> scored = new ArrayList<>();
    for (long b = 0; b < w.perEpoch(); b++) {
      for (Example e : w.at(b)) {
        for (int i = 0; i < 16; i++) {
          assertThat(e.labels()[i]).isEqualTo(e.ids()[i] + 1);
          scored.add(e.labels()[i]);
        }
      }
    }
    assertThat(scored).doesNotHaveDuplicates().hasSize(960);
    assertThat(w.at(20).get(0).ids()).isEqualTo(new Windows(stream, 16, 4, 5).at(20).get(0).ids());
    assertThat(w.at(0).get(0).ids()).isNotEqualTo(w.at(15).get(0).ids());
  }
}
