package dev.orograph.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.fuzz.Seed.Format;
import dev.orograph.input.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every reader under Jazzer, in one process, whose mutations are kept where they reach code that
 * none before them did: {@code mvn -B test -Pfuzz -pl core}. It starts from the seeds and from what
 * was kept, and goes on from what an earlier run left in {@code target/fuzz/guided}.
 *
 * <p>{@code -Dorograph.fuzz.inputs} says how many inputs, {@code -Dorograph.fuzz.formats=GGUF,NPY}
 * from whose seeds, {@code -Dorograph.fuzz.keep=true} has the fewest inputs that reach everything,
 * {@value #KEPT} at most of each format, written into {@code target/fuzz/guided/kept.zip}, to take
 * the place of {@code src/test/resources/fuzz/kept.zip}.
 */
@Tag("fuzz")
class GuidedFuzzTest {
  private static final Path TARGET = Path.of("target", "fuzz", "guided").toAbsolutePath();
  private static final Path LARGE = TARGET.resolve("large");

  /** Inputs of a format that every build reads. */
  private static final int KEPT = 30;

  private static final String JAZZER = "com.code_intelligence.jazzer.Jazzer";
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final long INPUTS = Long.getLong("orograph.fuzz.inputs", 2_100_000);
  private static final Pattern STATE =
      Pattern.compile("#(\\d+)\\s+\\w+\\s+cov: (\\d+) ft: (\\d+) corp: (\\d+)/");
  private static final Pattern FAULT = Pattern.compile("== Java Exception: (.*(?:\\n\\tat .*)?)");

  @Test
  void everyReader() throws Exception {
    Path corpus = Files.createDirectories(TARGET.resolve("corpus"));
    int n = 0;
    for (byte[] start : new Guided().start(FuzzTest.FORMATS)) {
      Files.write(corpus.resolve("start" + n++), start);
    }
    for (Map.Entry<String, byte[]> kept : Guided.kept().entrySet()) {
      Files.write(corpus.resolve(kept.getKey()), kept.getValue());
    }
    delete(LARGE);
    Files.createDirectories(LARGE);
    long begun = System.nanoTime();
    String said = jazzer(List.of("-runs=" + INPUTS, "corpus"));
    List<MatchResult> states = STATE.matcher(said).results().toList();
    assertThat(states).as(said).isNotEmpty();
    StringBuilder table =
        new StringBuilder(
            String.format("%-14s %10s %10s %10s%n", "format", "inputs", "read", "refused"));
    for (String line : Files.readAllLines(TARGET.resolve("counts"))) {
      table.append(String.format("%-14s %10s %10s %10s%n", (Object[]) line.split(" ", -1)));
    }
    MatchResult first = states.get(0);
    MatchResult last = states.get(states.size() - 1);
    table.append(
        String.format(
            Locale.ROOT,
            "%s inputs in %.0f s; edges from %s to %s, %s inputs kept%n",
            last.group(1),
            (System.nanoTime() - begun) / 1e9,
            first.group(2),
            last.group(2),
            last.group(4)));
    table.append(large());
    System.out.print(table);
    Files.writeString(TARGET.resolve("counts.txt"), table);
    if (Boolean.getBoolean("orograph.fuzz.keep")) {
      keep();
    }
    assertThat(FAULT.matcher(said).results().map(f -> f.group(1)))
        .as("inputs that are neither read nor refused, in " + TARGET)
        .isEmpty();
    assertThat(Long.parseLong(last.group(1))).as(said).isGreaterThanOrEqualTo(INPUTS);
  }

  /** Reads what made many objects under Jazzer once more, without its hooks. */
  private static String large() throws IOException {
    Guided inputs = new Guided();
    Path base = Files.createTempDirectory("orograph-large");
    long most = 0;
    int n = 0;
    try (Stream<Path> files = Files.list(LARGE)) {
      for (Path file : files.sorted().toList()) {
        byte[] input = Files.readAllBytes(file);
        Seed seed = inputs.seed(input);
        Trial trial = inputs.trial(seed, base, Trial.MEMORY);
        try {
          SplittableRandom random = new SplittableRandom(Arrays.hashCode(input));
          assertThat(trial.run(inputs.file(input), random)).as(file.toString()).isEmpty();
        } catch (InputException e) {
          assertThat(e.getMessage()).as(file.toString()).isNotBlank();
        }
        most = Math.max(most, trial.made());
        n++;
      }
    } finally {
      delete(base);
    }
    return String.format(
        Locale.ROOT,
        "%d inputs made more than %d MiB of objects with Jazzer's hooks; without them %d at most%n",
        n,
        Trial.MEMORY >> 20,
        most >> 20);
  }

  /** What Jazzer says. */
  private static String jazzer(List<String> arguments) throws IOException, InterruptedException {
    Path parent = Files.isWritable(MEMORY) ? MEMORY : TARGET;
    Path base = Files.createTempDirectory(parent.toRealPath(), "orograph-guided");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx768m",
                "-XX:+UseSerialGC",
                "-D" + GuidedTarget.FOLDER + "=" + base,
                "-D" + GuidedTarget.LARGE + "=" + LARGE,
                "-D" + GuidedTarget.COUNTS + "=" + TARGET.resolve("counts"),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                JAZZER,
                "--target_class=" + GuidedTarget.class.getName(),
                "--instrumentation_includes=dev.orograph.**",
                "--instrumentation_excludes=dev.orograph.fuzz.**",
                "--custom_hook_includes=dev.orograph.**",
                "--custom_hook_excludes=dev.orograph.fuzz.**",
                "--keep_going=50",
                "--reproducer_path=" + TARGET,
                "-artifact_prefix=" + TARGET + "/",
                "-max_len=16000",
                "-timeout=600", // on the clock: a machine may sleep, or have other work
                "-rss_limit_mb=4000"));
    command.addAll(arguments);
    Path log = TARGET.resolve("log.txt");
    try {
      ProcessBuilder process = new ProcessBuilder(command);
      // To merge it starts a command of that name with its own arguments, again after each fault.
      String again =
          command.subList(0, command.indexOf(JAZZER) + 1).stream()
              .map(word -> "'" + word.replace("'", "'\\''") + "'")
              .collect(Collectors.joining(" "));
      Path name =
          Files.writeString(base.resolve("jazzer"), "#!/bin/sh\nexec " + again + " \"$@\"\n");
      name.toFile().setExecutable(true);
      process.environment().merge("PATH", base.toString(), (path, own) -> own + ":" + path);
      process
          .directory(TARGET.toFile())
          .redirectErrorStream(true)
          .redirectOutput(log.toFile())
          .start()
          .waitFor();
      return Files.readString(log, StandardCharsets.ISO_8859_1);
    } finally {
      delete(base);
    }
  }

  private static void keep() throws IOException, InterruptedException {
    Path kept = TARGET.resolve("kept");
    delete(kept);
    Files.createDirectory(kept);
    String said = jazzer(List.of("-set_cover_merge=1", "kept", "corpus"));
    assertThat(kept).as(said).isNotEmptyDirectory();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes);
        Stream<Path> files = Files.list(kept)) {
      Map<Format, Integer> taken = new EnumMap<>(Format.class);
      for (Path file : files.sorted().toList()) {
        byte[] input = Files.readAllBytes(file);
        // Their names are digests, so that the first are any.
        if (taken.merge(Guided.format(input), 1, Integer::sum) <= KEPT) {
          ZipEntry entry = new ZipEntry(file.getFileName().toString());
          entry.setTime(0);
          zip.putNextEntry(entry);
          zip.write(input);
        }
      }
    }
    Files.write(TARGET.resolve("kept.zip"), bytes.toByteArray());
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    }
  }
}
