package dev.orograph.model.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.orograph.instrument.Instruments;
import dev.orograph.instrument.Options;
import dev.orograph.model.Model;
import dev.orograph.model.RandomCheckpoint;
import dev.orograph.survey.Survey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The native library: it is ours, it is loaded by a forward pass only, and a loop of passes leaves
 * nothing behind.
 */
class NativeLibraryTest {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path MAPS = Path.of("/proc/self/maps");

  /** Tokens in each of a batch's eight rows. */
  private static final int LENGTH = 32;

  /** Room for the allocator and the Java heap to settle. */
  private static final long SETTLING = 60L << 20;

  @TempDir private Path dir;

  /** Another process: a survey of a model's weights, or one pass through it. */
  public static void main(String[] args) throws IOException {
    Path model = Path.of(args[1]);
    if (args[0].equals("survey")) {
      Survey.Request request =
          new Survey.Request(
              List.of(model),
              new Options(42, Options.Figures.ALL),
              Instruments.ALL.stream()
                  .filter(i -> !i.needs().pass())
                  .map(i -> i.card().id())
                  .toList(),
              2,
              1L << 30,
              Optional.of(Path.of(args[2])),
              Path.of(args[2]),
              true);
      try (Survey survey = Survey.open(request)) {
        survey.run((instrument, label, done, total, pieces, of) -> {});
      }
    } else {
      try (Model m = Model.open(model);
          Transformer t = Transformer.load(m);
          States s = t.forward(Inputs.ids(1, 2, 3), Set.of("logits"))) {
        System.out.println("computed " + s.get("logits").shape());
      }
    }
    Files.copy(MAPS, Path.of(args[2] + ".maps"));
  }

  /** It costs most of a second, which a survey that needs no forward pass must not pay. */
  @Test
  void aSurveyOfWeightsNeverLoadsIt() throws IOException, InterruptedException {
    RandomCheckpoint.write(RandomCheckpoint.Shape.LLAMA_TINY, 1, dir.resolve("model"));
    String survey = run(List.of("-Xlog:class+load"), "survey");
    assertThat(survey).contains("dev.orograph.model.family.Llama ");
    assertThat(survey).doesNotContain("org.bytedeco.pytorch");
    assertThat(libraries("survey")).isEmpty();
    String pass = run(List.of("-Xlog:class+load"), "pass");
    assertThat(pass).contains("org.bytedeco.pytorch.Tensor ");
    assertThat(libraries("pass")).isNotEmpty();
  }

  /**
   * From a cold cache, with libraries of the same names where the system's loader finds them first
   * (the distribution's, where it has any), the pass loads those of our own archive.
   */
  @Test
  void librariesOfTheDistributionAreNotPickedUp() throws IOException, InterruptedException {
    assumeTrue(
        Files.isReadable(MAPS) && System.getProperty("os.arch").equals("amd64"),
        "left out: no /proc/self/maps of a known platform to read loaded libraries from");
    RandomCheckpoint.write(RandomCheckpoint.Shape.LLAMA_TINY, 1, dir.resolve("model"));
    Path cache = dir.resolve("cache");
    Path foreign = Files.createDirectories(dir.resolve("foreign"));
    for (String name : List.of("libc10.so", "libtorch_cpu.so", "libtorch.so")) {
      Files.writeString(foreign.resolve(name), "not a library");
    }
    String out =
        run(
            List.of(
                "-Dorg.bytedeco.javacpp.cachedir=" + cache,
                "-Djava.library.path=" + foreign + ":/usr/lib/x86_64-linux-gnu"),
            "pass");
    assertThat(out).contains("computed [1, 3, 512]");
    assertThat(libraries("pass")).isNotEmpty().allMatch(l -> l.contains(cache.toString()));
  }

  private List<String> libraries(String what) throws IOException {
    return Files.readAllLines(dir.resolve(what + ".maps")).stream()
        .filter(l -> l.contains("libtorch") || l.contains("libc10"))
        .map(l -> l.substring(l.indexOf('/')))
        .distinct()
        .toList();
  }

  private String run(List<String> options, String what) throws IOException, InterruptedException {
    Path log = dir.resolve(what + ".log");
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(options);
    command.addAll(
        List.of(
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            NativeLibraryTest.class.getName(),
            what,
            dir.resolve("model").toString(),
            dir.resolve(what).toString()));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      boolean ended = process.waitFor(10, TimeUnit.MINUTES);
      String text = Files.readString(log);
      assertThat(ended && process.exitValue() == 0)
          .as(text.substring(Math.max(0, text.length() - 2000)))
          .isTrue();
      return text;
    } finally {
      process.destroyForcibly();
    }
  }

  /** Every pass below makes more than 800 KB: 150 that were kept would be 120 MB. */
  @Test
  void hundredsOfBatchesLeaveNothing() throws IOException {
    assumeTrue(
        Files.isReadable(STATUS), "left out: no /proc/self/status to read the resident size from");
    try (Model model = Model.open(FamilyFixture.of("llama-tied").folder());
        Transformer t = Transformer.load(model)) {
      passes(t, 60);
      long before = anonymous();
      passes(t, 150);
      assertThat(anonymous() - before).isLessThan(SETTLING);
    }
  }

  private static void passes(Transformer t, int count) {
    List<int[]> rows = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int row = i;
      rows.add(IntStream.range(0, LENGTH).map(j -> (17 * j + row) % 97).toArray());
    }
    Inputs in = Inputs.ids(rows);
    double[] x = new double[4 * 32];
    for (int i = 0; i < count; i++) {
      try (States s = t.forward(in, Set.of("block_0.out", "block_2.out", "logits"))) {
        assertThat(s.get("logits").vector(7, LENGTH - 1)[0]).isFinite();
      }
      if (i % 10 == 0) {
        t.gradient(Inputs.vectors(x, 1, 4, 32), "logits", y -> y);
        t.generate(Inputs.ids(1, 2), Generation.greedy(3, Set.of()), Generation.Listener.NONE);
      }
    }
  }

  private static long anonymous() throws IOException {
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith("RssAnon:")) {
        return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new AssertionError("no RssAnon in " + STATUS);
  }
}
