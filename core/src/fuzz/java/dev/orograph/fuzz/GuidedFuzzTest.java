package dev.orograph.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.fuzz.Seed.Format;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every reader under Jazzer, whose mutations are kept where they reach code that none before them
 * did: {@code mvn -B test -Pfuzz -pl core}, a process for each format, one after the other. It goes
 * on from what an earlier run left in {@code target/fuzz/guided}, and from the kept inputs.
 *
 * <p>{@code -Dorograph.fuzz.inputs} says how many inputs of each format, {@code
 * -Dorograph.fuzz.formats=GGUF,NPY} of which, {@code -Dorograph.fuzz.keep=true} has the fewest that
 * reach everything written into {@code target/fuzz/guided/FORMAT.zip}, to take the place of {@code
 * src/test/resources/fuzz/FORMAT.zip}.
 */
@Tag("fuzz")
class GuidedFuzzTest {
  private static final Path TARGET = Path.of("target", "fuzz", "guided").toAbsolutePath();
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final long INPUTS = Long.getLong("orograph.fuzz.inputs", 100_000);
  private static final Pattern STATE =
      Pattern.compile("#(\\d+)\\s+\\w+\\s+cov: (\\d+) ft: (\\d+) corp: (\\d+)/");
  private static final Pattern FAULT = Pattern.compile("== Java Exception: (.*(?:\\n\\tat .*)?)");

  @Test
  void everyReader() throws Exception {
    List<String> faults = new ArrayList<>();
    StringBuilder table =
        new StringBuilder(
            String.format(
                "%-14s %10s %8s %8s %8s %8s%n",
                "format", "inputs", "edges", "at first", "kept", "seconds"));
    long all = 0;
    for (Format format : FuzzTest.FORMATS) {
      Path folder = Files.createDirectories(TARGET.resolve(format.name()));
      Path corpus = Files.createDirectories(folder.resolve("corpus"));
      List<byte[]> start = new Guided(format).start();
      start.addAll(Guided.kept(format));
      for (int i = 0; i < start.size(); i++) {
        Files.write(corpus.resolve("start" + i), start.get(i));
      }
      long begun = System.nanoTime();
      String said = jazzer(format, folder, List.of("-runs=" + INPUTS, "corpus"));
      List<MatchResult> states = STATE.matcher(said).results().toList();
      assertThat(states).as(said).isNotEmpty();
      MatchResult last = states.get(states.size() - 1);
      all += Long.parseLong(last.group(1));
      table.append(
          String.format(
              Locale.ROOT,
              "%-14s %10s %8s %8s %8s %8.0f%n",
              format.name().toLowerCase(Locale.ROOT),
              last.group(1),
              last.group(2),
              states.get(0).group(2),
              last.group(4),
              (System.nanoTime() - begun) / 1e9));
      FAULT.matcher(said).results().forEach(f -> faults.add(format + ": " + f.group(1)));
      if (Boolean.getBoolean("orograph.fuzz.keep")) {
        keep(format, folder);
      }
    }
    table.append(String.format(Locale.ROOT, "%-14s %10d%n", "all", all));
    System.out.print(table);
    Files.writeString(TARGET.resolve("counts.txt"), table);
    assertThat(faults).as("inputs that are neither read nor refused").isEmpty();
  }

  /** Says what Jazzer said. */
  private static String jazzer(Format format, Path folder, List<String> arguments)
      throws IOException, InterruptedException {
    Path parent = Files.isWritable(MEMORY) ? MEMORY : folder;
    Path base = Files.createTempDirectory(parent.toRealPath(), "orograph-guided");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx768m",
                "-XX:+UseSerialGC",
                "-D" + GuidedTarget.FORMAT + "=" + format,
                "-D" + GuidedTarget.FOLDER + "=" + base,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + GuidedTarget.class.getName(),
                "--instrumentation_includes=dev.orograph.**",
                "--instrumentation_excludes=dev.orograph.fuzz.**",
                "--custom_hook_excludes=dev.orograph.fuzz.**",
                "--keep_going=50",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + "/",
                "-max_len=24000",
                "-timeout=60",
                "-rss_limit_mb=4000"));
    command.addAll(arguments);
    Path log = folder.resolve("log.txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      process.waitFor();
      return Files.readString(log, StandardCharsets.ISO_8859_1);
    } finally {
      delete(base);
    }
  }

  private static void keep(Format format, Path folder) throws IOException, InterruptedException {
    Path kept = folder.resolve("kept");
    delete(kept);
    Files.createDirectory(kept);
    jazzer(format, folder, List.of("-set_cover_merge=1", "kept", "corpus"));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes);
        Stream<Path> files = Files.list(kept)) {
      for (Path file : files.sorted().toList()) {
        ZipEntry entry = new ZipEntry(file.getFileName().toString());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(Files.readAllBytes(file));
      }
    }
    Files.write(TARGET.resolve(format + ".zip"), bytes.toByteArray());
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    }
  }
}
