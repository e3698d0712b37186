package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Neither threads nor memory nor where the model lies change a byte of what is found. */
@Tag("numeric")
class SameDigitsTest {
  @TempDir private Path dir;

  /** The third has a tokenizer. One run is a process, with hashes of objects of its own. */
  @ParameterizedTest
  @ValueSource(strings = {"t5-tiny", "llama-tiny", "meta-llama-bytes"})
  void threadsAndMemoryChangeNoByte(String shape) {
    Path model = Path.of("../core/src/test/resources/families", shape).toAbsolutePath();
    if (!Files.exists(model)) {
      model = dir.resolve("model");
      Cli.inside("make", shape, model).exits(0);
    }
    List<Map<String, String>> runs = new ArrayList<>();
    for (Object[] more :
        new Object[][] {
          {"--threads", 1, "--memory", "4g"},
          {"--threads", 2, "--memory", "512m"},
          {"--threads", 5, "--memory", "4g"}
        }) {
      Path run = dir.resolve("run" + runs.size());
      Object[] args = {"survey", model, "--out", run, more[0], more[1], more[2], more[3]};
      Cli.Outcome said = runs.size() < 2 ? Cli.inside(args) : Cli.run(dir, args);
      said.exits(0);
      assertThat(Runs.run(run).path("settings").path("threads").asInt()).isEqualTo(more[1]);
      runs.add(Runs.content(run));
    }
    assertThat(runs.get(0)).containsKey("arrays/spectra.safetensors");
    Runs.requireSame(dir.resolve("run1"), runs.get(0));
    Runs.requireSame(dir.resolve("run2"), runs.get(0));
  }
}
