package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.orograph.instrument.Options;
import dev.orograph.model.RandomCheckpoint;
import dev.orograph.model.forward.Capability;
import dev.orograph.report.ResultsJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Results are equal to the byte for the same kernels, and what says so (the run's key, and the
 * digest in {@code run.json}) differs with them: of OpenBLAS for every run, of libtorch for runs
 * with a forward pass.
 */
class KernelsTest {
  private static final String ATEN = "ATEN_CPU_CAPABILITY";
  private static final String OPENBLAS = "OPENBLAS_CORETYPE";

  /** What the tests themselves may have been started under. */
  private static final List<String> OTHERS =
      List.of(ATEN, OPENBLAS, "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA");

  private static final long MINUTES = 10;

  @TempDir private Path dir;
  private Path model;

  @BeforeEach
  void make() {
    model = dir.resolve("model");
    RandomCheckpoint.write(RandomCheckpoint.Shape.LLAMA_TINY, 1, model);
  }

  /** What another process, with other kernels, finds and says of them. */
  private record Run(
      String weightsKey,
      String weightsKernels,
      String passKey,
      String passKernels,
      String results,
      String expected,
      String capability) {}

  /** That process. */
  public static void main(String[] args) throws IOException {
    Path model = Path.of(args[0]);
    Path out = Path.of(args[1]);
    survey(model, out, "weights", List.of("norms"));
    System.out.println("expected: " + Machine.kernels(true));
    survey(model, out, "pass", List.of("norms", "gain", "states"));
    System.out.println("capability: " + Capability.loaded());
  }

  private static void survey(Path model, Path out, String what, List<String> chosen) {
    Survey.Request request =
        new Survey.Request(
            List.of(model),
            new Options(42, Options.Figures.ALL),
            chosen,
            2,
            1L << 30,
            Optional.empty(),
            out,
            true);
    try (Survey survey = Survey.open(request)) {
      byte[] results = ResultsJson.write(survey.run((i, label, done, total, pieces, of) -> {}));
      System.out.println(what + " key: " + survey.folder().path().getFileName());
      System.out.println(
          what + " kernels: " + survey.describe().path("machine").path("kernels").asText());
      System.out.println(
          what + " results: " + new String(results, StandardCharsets.UTF_8).hashCode());
    }
  }

  private Run run(String name, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path log = dir.resolve(name + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                KernelsTest.class.getName(),
                model.toString(),
                dir.resolve(name).toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().keySet().removeAll(OTHERS);
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
      String said = Files.readString(log);
      assertThat(ended && process.exitValue() == 0).as(name + ": " + said).isTrue();
      Map<String, String> told = new LinkedHashMap<>();
      said.lines()
          .filter(l -> l.contains(": "))
          .forEach(l -> told.put(l.split(": ", 2)[0], l.split(": ", 2)[1]));
      return new Run(
          told.get("weights key"),
          told.get("weights kernels"),
          told.get("pass key"),
          told.get("pass kernels"),
          told.get("pass results"),
          told.get("expected"),
          told.get("capability"));
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void sameKernelsSameBytesAndOthersAreTold() throws Exception {
    Set<String> features = features();
    assumeTrue(
        features.contains("sse3") || features.contains("pni"),
        "left out: no x86 processor that /proc/cpuinfo tells of");
    List<Map<String, String>> kernels = new ArrayList<>();
    kernels.add(Map.of(ATEN, "default", OPENBLAS, "Prescott"));
    if (features.containsAll(Set.of("avx2", "fma"))) {
      kernels.add(Map.of(ATEN, "avx2", OPENBLAS, "Prescott"));
      kernels.add(Map.of(ATEN, "avx2", OPENBLAS, "Haswell"));
    }
    List<Run> runs = new ArrayList<>();
    for (Map<String, String> k : kernels) {
      Run run = run("run" + runs.size(), k);
      assertThat(run.capability().toLowerCase(Locale.ROOT)).isEqualTo(k.get(ATEN));
      assertThat(run.expected()).isEqualTo(run.weightsKernels() + " libtorch-" + k.get(ATEN));
      assertThat(run.passKernels()).startsWith(run.expected() + "-");
      runs.add(run);
    }
    int last = runs.size() - 1;
    assertThat(run("again", kernels.get(last))).isEqualTo(runs.get(last));
    assertThat(runs).extracting(Run::passKernels).doesNotHaveDuplicates();
    assertThat(runs).extracting(Run::passKey).doesNotHaveDuplicates();
    if (runs.size() > 1) {
      // Other kernels of libtorch alone are none of the matter of a run without a pass.
      assertThat(runs.get(1).weightsKey()).isEqualTo(runs.get(0).weightsKey());
      assertThat(runs.get(1).weightsKernels()).isEqualTo(runs.get(0).weightsKernels());
      assertThat(runs.get(2).weightsKey()).isNotEqualTo(runs.get(0).weightsKey());
      assertThat(runs.get(2).weightsKernels()).isNotEqualTo(runs.get(0).weightsKernels());
    }
  }

  /** What libtorch decides for by itself is what is expected of it. */
  @Test
  void leftToItselfItTakesWhatIsExpected() throws Exception {
    Run run = run("free", Map.of());
    assumeTrue(
        run.expected().contains("libtorch-"), "left out: nothing tells the processor's features");
    assertThat(run.expected()).endsWith(" libtorch-" + run.capability().toLowerCase(Locale.ROOT));
  }

  private static Set<String> features() throws IOException {
    Path cpuinfo = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(cpuinfo)) {
      return Set.of();
    }
    return new HashSet<>(
        List.of(
            Files.readAllLines(cpuinfo).stream()
                .filter(l -> l.startsWith("flags"))
                .findFirst()
                .orElse("")
                .split("\\s+")));
  }
}
