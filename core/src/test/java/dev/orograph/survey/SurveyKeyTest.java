package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.instrument.Options;
import dev.orograph.instrument.Options.Figures;
import dev.orograph.model.Model;
import dev.orograph.model.RandomCheckpoint;
import dev.orograph.tokenizer.TinyTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which runs are the same run: those of one model with one choice of settings. */
class SurveyKeyTest {
  private static final Options OPTIONS = new Options(42, Figures.ALL);
  private static final List<String> BOTH = List.of("spectra", "sparsity");

  @TempDir private Path dir;
  private Path model;
  private Path weights;

  @BeforeEach
  void make() {
    model = dir.resolve("model");
    weights = model.resolve("model.safetensors");
    RandomCheckpoint.write(RandomCheckpoint.Shape.T5_TINY, 1, model);
  }

  /** The folder that a run would have; its name holds the key. */
  private Path folder(Options options, List<String> chosen, int threads, long memory) {
    Survey.Request request =
        new Survey.Request(
            List.of(model),
            options,
            chosen,
            threads,
            memory,
            Optional.empty(),
            dir.resolve("runs"),
            false);
    try (Survey survey = Survey.open(request)) {
      return survey.folder().path();
    }
  }

  private Path folder() {
    return folder(OPTIONS, BOTH, 2, 1L << 30);
  }

  @Test
  void threadsAreNoPartOfIt() {
    assertThat(folder(OPTIONS, BOTH, 1, 1L << 30)).isEqualTo(folder());
  }

  @Test
  void theOrderInWhichAnalysesAreNamedIsNoPartOfIt() {
    assertThat(folder(OPTIONS, List.of("sparsity", "spectra"), 2, 1L << 30)).isEqualTo(folder());
  }

  /** Some figures are left out where memory is short. */
  @Test
  void memoryIs() {
    assertThat(folder(OPTIONS, BOTH, 2, 1L << 32)).isNotEqualTo(folder());
  }

  @Test
  void anOptionOfOneAnalysisIs() {
    List<String> density = List.of("density");
    Path with = folder(OPTIONS.with("density", "k", "5"), density, 2, 1L << 30);
    assertThat(with).isNotEqualTo(folder(OPTIONS, density, 2, 1L << 30));
    assertThat(folder(OPTIONS.with("density", "k", "6"), density, 2, 1L << 30)).isNotEqualTo(with);
  }

  @Test
  void anOptionOfAnAnalysisThatIsNotAskedForIsNot() {
    assertThat(folder(OPTIONS.with("density", "k", "5"), BOTH, 2, 1L << 30)).isEqualTo(folder());
  }

  @Test
  void seedFiguresAndInstrumentsAre() {
    assertThat(
            List.of(
                folder(),
                folder(new Options(43, Figures.ALL), BOTH, 2, 1L << 30),
                folder(new Options(42, Figures.SEED), BOTH, 2, 1L << 30),
                folder(OPTIONS, List.of("spectra"), 2, 1L << 30)))
        .doesNotHaveDuplicates();
  }

  /** Most of these bytes are in no sample of the fingerprint. */
  @ParameterizedTest
  @ValueSource(doubles = {0.0151, 0.111, 0.333, 0.519, 0.777, 0.987})
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aChangedWeightIsAnotherModelEvenWhereItsTimeWasSetBack(double where) throws IOException {
    Path before = folder();
    FileTime time = Files.getLastModifiedTime(weights);
    byte[] bytes = Files.readAllBytes(weights);
    bytes[(int) (bytes.length * where)] ^= 0x20;
    Object changed = Files.getAttribute(weights, "unix:ctime");
    // The clock of a file system ticks every few milliseconds.
    do {
      Files.write(weights, bytes);
      Files.setLastModifiedTime(weights, time);
    } while (Files.getAttribute(weights, "unix:ctime").equals(changed));
    assertThat(folder()).isNotEqualTo(before);
  }

  @Test
  void aChangedConfigurationIsAnotherModel() throws IOException {
    Path before = folder();
    Path config = model.resolve("config.json");
    FileTime time = Files.getLastModifiedTime(config);
    Files.writeString(
        config, Files.readString(config).replace("\"num_heads\" : 4", "\"num_heads\" : 2"));
    Files.setLastModifiedTime(config, time);
    assertThat(folder()).isNotEqualTo(before);
  }

  @Test
  void theTokenizerIsPartOfItAndSoIsItsFault() throws IOException {
    Path without = folder();
    Path tokenizer = model.resolve("tokenizer.json");
    Files.writeString(tokenizer, TinyTokenizers.wordPiece());
    Path with = folder();
    Files.writeString(tokenizer, "{");
    Path faulty = folder();
    assertThat(List.of(without, with, faulty)).doesNotHaveDuplicates();
    try (Model open = Model.open(model)) {
      assertThat(open.whyNoTokenizer().orElseThrow()).contains("at fault: tokenizer.json");
      org.assertj.core.api.Assertions.assertThatThrownBy(open::tokenizer)
          .isInstanceOf(dev.orograph.input.InputException.class);
    }
  }

  /** The second of two lies beside it, without which it would not count. */
  @ParameterizedTest
  @CsvSource({
    "tokenizer.json,",
    "tokenizer_config.json,",
    "special_tokens_map.json, tokenizer.json",
    "added_tokens.json, spiece.model",
    "spiece.model,",
    "other.model,",
    "vocab.json, merges.txt",
    "merges.txt, vocab.json",
    "vocab.txt,",
    "params.json,"
  })
  void eachFileThatATokenizerIsMadeOfIsPartOfIt(String name, String beside) throws IOException {
    if (beside != null) {
      Files.writeString(model.resolve(beside), "{}");
    }
    Path without = folder();
    Path file = model.resolve(name);
    Files.writeString(file, "{\"a\": 1}");
    Path with = folder();
    FileTime time = Files.getLastModifiedTime(file);
    Files.writeString(file, "{\"a\": 2}");
    Files.setLastModifiedTime(file, time);
    assertThat(List.of(without, with, folder())).doesNotHaveDuplicates();
  }

  @Test
  void anOpenRunHoldsItsFolderInThisProcessToo() {
    Survey.Request request =
        new Survey.Request(
            List.of(model),
            OPTIONS,
            BOTH,
            1,
            1L << 30,
            Optional.of(dir.resolve("run")),
            dir,
            false);
    try (Survey first = Survey.open(request)) {
      assertThat(first.folder().done()).isFalse();
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> Survey.open(request))
          .isInstanceOf(dev.orograph.input.InputException.class)
          .hasMessageContaining("another one is still going on");
    }
    Survey.open(request).close();
  }
}
