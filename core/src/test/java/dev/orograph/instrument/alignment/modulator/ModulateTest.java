package dev.orograph.instrument.alignment.modulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Section;
import dev.orograph.input.InputException;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Plan;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Piece;
import dev.orograph.model.Model;
import dev.orograph.model.forward.ModulatorFolder;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pipeline of the reference notebook on a few words of the bundled T5. */
@Tag("numeric")
class ModulateTest {
  private static final Path T5 = Path.of("../samples/checkpoints/t5");
  private static final Modulate MODULATE = new Modulate();

  @TempDir Path folder;

  private static ModulateSettings settings(String what, String... more) {
    Options o =
        Options.usual()
            .with("modulate", "what", what)
            .with("modulate", "words", "200")
            .with("modulate", "epochs", "2")
            .with("modulate", "tokens", "6");
    for (int i = 0; i < more.length; i += 2) {
      o = o.with("modulate", more[i], more[i + 1]);
    }
    return MODULATE.settings(o);
  }

  /** Work that is stopped after so many questions whether it should be. */
  private static final class Stopped implements Work {
    private final OneModel model;
    private final Path keep;
    private int left;

    Stopped(OneModel model, Path keep, int left) {
      this.model = model;
      this.keep = keep;
      this.left = left;
    }

    @Override
    public int models() {
      return 1;
    }

    @Override
    public Model model(int i) {
      return model.model(i);
    }

    @Override
    public String fingerprint(int i) {
      return model.fingerprint(i);
    }

    @Override
    public Generator generator(Task<?> task) {
      return model.generator(task);
    }

    @Override
    public Path arrays() {
      return keep;
    }

    @Override
    public Path keep() {
      return keep;
    }

    @Override
    public Optional<Path> left(String label) {
      return Optional.empty();
    }

    @Override
    public <T> T once(Object key, Supplier<T> value) {
      return model.once(key, value);
    }

    @Override
    public long memory() {
      return model.memory();
    }

    @Override
    public void checkCancelled() {
      if (left-- <= 0) {
        left = 0;
        throw new CancellationException();
      }
    }
  }

  private static ModulateFigures run(Work work, ModulateSettings s, Piece piece) {
    Task<Piece> task =
        MODULATE.tasks(work, s).stream()
            .filter(t -> t.detail().equals(piece))
            .findFirst()
            .orElseThrow();
    return MODULATE.measure(work, s, task);
  }

  private static Piece train(String variant) {
    return new Piece("train", variant, 42, 0.01);
  }

  private Path place(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  private static final int ALWAYS = Integer.MAX_VALUE;

  /** Killed anywhere, also where what was noted is ahead of what was saved, it ends the same. */
  @Test
  void aKilledTrainingEndsWithTheSameDigits() throws IOException {
    ModulateSettings s = settings("train");
    try (OneModel model = new OneModel(T5, "modulate", folder, OneModel.AMPLE)) {
      ModulateFigures whole =
          run(new Stopped(model, place("whole"), ALWAYS), s, train(Variant.WORDNET));
      assertThat(whole.trained().steps()).isEqualTo(12);
      assertThat(whole.trained().losses()).hasSize(2);
      assertThat(whole.trained().heldOut()).hasSize(3);
      assertThat(whole.trained().alphaSteps()).containsExactly(1L, 7L);
      Path keep = place("killed");
      // The states of the glosses are made and shared by now, so that what asks is the training.
      int asked = stop(model, s, keep, 4);
      Path early = place("early");
      copy(keep, early);
      assertThat(stop(model, s, keep, 9)).isGreaterThanOrEqualTo(asked);
      Files.copy(
          early.resolve("training.safetensors"),
          keep.resolve("training.safetensors"),
          StandardCopyOption.REPLACE_EXISTING);
      assertThat(run(new Stopped(model, keep, ALWAYS), s, train(Variant.WORDNET))).isEqualTo(whole);
      // All done, only the result is missing.
      assertThat(run(new Stopped(model, keep, ALWAYS), s, train(Variant.WORDNET))).isEqualTo(whole);
    }
  }

  private static int stop(OneModel model, ModulateSettings s, Path keep, int questions) {
    assertThatThrownBy(() -> run(new Stopped(model, keep, questions), s, train(Variant.WORDNET)))
        .isInstanceOf(CancellationException.class);
    return keep.resolve("training.safetensors").toFile().exists() ? 1 : 0;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path f : files.toList()) {
        Files.copy(f, to.resolve(f.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  @Test
  void variantsBeginAndLearnWhatTheySay() throws IOException {
    ModulateSettings s = settings("train", "controls", "yes", "seeds", "1");
    try (OneModel model = new OneModel(T5, "modulate", folder, OneModel.AMPLE)) {
      ModulateFigures low =
          run(new Stopped(model, place("low"), ALWAYS), s, train(Variant.LOW_RANK));
      // An adapter whose second factor is 0 is the model itself.
      assertThat(low.trained().heldOut().get(0)).isCloseTo(low.trained().frozen(), offset(1e-6));
      assertThat(low.trained().loss()).isNotEqualTo(low.trained().frozen());
      assertThat(low.built().parameters()).isEqualTo(6000 * 64 + 128 * 64 + 4);
      ModulateFigures alphas =
          run(new Stopped(model, place("alphas"), ALWAYS), s, train(Variant.ALPHA_ONLY));
      assertThat(alphas.built().learned()).isEqualTo(4);
      assertThat(alphas.built().parameters()).isEqualTo(low.built().parameters());
      assertThat(alphas.built().reconstruction()).isGreaterThan(0.5);
      assertThat(alphas.built().alignment()).isBetween(0.0, 1.0);
      ModulateFigures field =
          run(
              new Stopped(model, place("field"), ALWAYS),
              settings("train", "controls", "yes", "seeds", "1", "early_stop", "yes"),
              train(Variant.FIELD));
      assertThat(field.trained().cv()).hasSize(2).allMatch(c -> c > 0 && c < 1);
      assertThat(field.trained().last()).hasSize(12);
      List<ModulateFigures> all = List.of(alphas, low, field);
      Section section = MODULATE.conclude(s, all);
      assertThat(section.findings())
          .extracting(Finding::id)
          .contains("modulate.runs", "modulate.loss_curves", "modulate.health", "modulate.field");
    }
  }

  @Test
  void asTheNotebookTrainsIsAnotherTraining() throws IOException {
    try (OneModel model = new OneModel(T5, "modulate", folder, OneModel.AMPLE)) {
      ModulateSettings seed = settings("train", "as_seed", "yes");
      ModulateFigures a = run(new Stopped(model, place("seed"), ALWAYS), seed, train("wordnet"));
      ModulateFigures b =
          run(new Stopped(model, place("sound"), ALWAYS), settings("train"), train("wordnet"));
      assertThat(a.trained().frozen()).isNotEqualTo(b.trained().frozen());
      assertThat(MODULATE.conclude(seed, List.of(a)).findings())
          .extracting(Finding::id)
          .contains(
              "modulate.as_seed", "modulate.alpha", "modulate.preservation", "modulate.bands");
      // What is another training is not gone on with.
      assertThatThrownBy(
              () ->
                  run(
                      new Stopped(model, place("seed"), ALWAYS),
                      settings("train"),
                      train("wordnet")))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("another training");
    }
  }

  /** It ends with what it had before, and says so. */
  @Test
  void aDivergingTrainingKeepsItsLastGoodState() throws IOException {
    ModulateSettings s = settings("train", "learning_rate", "1e30");
    try (OneModel model = new OneModel(T5, "modulate", folder, OneModel.AMPLE)) {
      ModulateFigures r = run(new Stopped(model, place("d"), ALWAYS), s, train("wordnet"));
      assertThat(r.trained().ended()).isEqualTo("diverged");
      assertThat(r.trained().steps()).isZero();
      assertThat(r.trained().last()).allMatch(a -> Math.abs(a - 0.01) < 1e-6);
      assertThat(r.trained().loss()).isFinite();
      assertThat(MODULATE.conclude(s, List.of(r)).findings())
          .extracting(Finding::id)
          .contains("modulate.ended.wordnet");
    }
  }

  @Test
  void whatIsSavedTalksAndSweeps() throws IOException {
    Path save = folder.resolve("mod");
    try (OneModel model = new OneModel(T5, "modulate", folder, OneModel.AMPLE)) {
      Work work = new Stopped(model, place("x"), ALWAYS);
      ModulateFigures built =
          run(
              work,
              settings("build", "save", save.toString()),
              new Piece("build", Variant.WORDNET, 42, 0.01));
      assertThat(built.after().preservation()).isBetween(0.5, 1.0);
      assertThat(built.before().preservation()).isCloseTo(1, offset(1e-6));
      String config = save.resolve(ModulatorFolder.CONFIG).toString();
      ModulateSettings talk = settings("talk", "modulator", config, "alphas", "0.9");
      ModulateFigures said = run(work, talk, new Piece("talk", Variant.WORDNET, 42, 0.01));
      assertThat(said.said()).hasSize(6).anyMatch(x -> x.differences() > 0);
      ModulateSettings sweep = settings("sweep", "modulator", config, "alphas", "0.01,0.5");
      ModulateFigures swept = run(work, sweep, new Piece("sweep", Variant.WORDNET, 42, 0.01));
      assertThat(swept.sweep()).hasSize(2);
      assertThat(swept.sweep().get(0).measured().preservation())
          .isEqualTo(built.after().preservation())
          .isGreaterThan(swept.sweep().get(1).measured().preservation());
    }
  }

  @Test
  void whatHasNoEncoderOrIsNotAskedForSaysWhy() {
    for (String name : List.of("lm", "bytes")) {
      try (OneModel model =
          new OneModel(
              Path.of("../samples/checkpoints", name), "modulate", folder, OneModel.AMPLE)) {
        assertThat(Plan.of(MODULATE, model, settings("train")).whyNot()).contains("encoder");
      }
    }
    try (OneModel model = new OneModel(T5, "modulate", folder, OneModel.AMPLE)) {
      assertThat(Plan.of(MODULATE, model, MODULATE.settings(Options.usual())).whyNot())
          .contains("asked for by itself");
      assertThat(Plan.of(MODULATE, model, settings("train", "controls", "yes")).tasks())
          .hasSize(3 * 6 + 2 + 3);
    }
    assertThatThrownBy(() -> settings("sweep", "alphas", "0.1,2"))
        .hasMessageContaining("between 0 and 1");
    assertThatThrownBy(() -> settings("dance")).hasMessageContaining("build, train, sweep, talk");
  }
}
