package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The script {@code orograph} of a program that is built, with Javas of several versions. All but
 * one are stand-ins that write down what they were asked and make the archive that they should.
 */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final String STAND_IN =
      """
      #!/bin/sh
      # A Java of version %s that takes no option with '%s' in it.
      case "$*" in *%<s*) echo "Unrecognized VM option" >&2; exit 1 ;; esac
      case "$*" in *-version) echo 'openjdk version "%1$s" 2030-01-01' >&2; exit ;; esac
      printf '%%s\\n' "$*" >> "$0.asked"
      for option in "$@"; do
        case $option in
          -XX:ArchiveClassesAtExit=* | -XX:AOTCacheOutput=*) echo made > "${option#*=}" ;;
        esac
      done
      echo ran
      """;

  /** Javas that one call may start. */
  private static final int STARTED = 4;

  @TempDir private Path dir;
  private Path home;

  @BeforeEach
  void builtProgram() throws IOException {
    home = Files.createDirectories(dir.resolve("a home"));
    Path target = Files.createDirectories(home.resolve("cli/target"));
    Files.createDirectories(target.resolve("lib"));
    Files.copy(
        Path.of("..", "orograph"), home.resolve("orograph"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.createFile(target.resolve("orograph-cli-1.jar"));
    Files.writeString(target.resolve("built"), Cli.classPath() + "\n");
  }

  /** LC_ALL of the script; null for that of the tests. */
  private String locale;

  @ParameterizedTest
  @CsvSource({
    "17.0.15, jsa, false",
    "21, jsa, false",
    "23.0.2, jsa, false",
    "24, jsa, true",
    "25-ea, aot, true",
    "31.0.1, aot, true",
  })
  void eachJavaIsToldWhatItKnows(String version, String kind, boolean nativeAccess)
      throws IOException {
    Path java = standIn("java", version, "nothing");
    Cli.Outcome first = launch(java, "list").exits(0);
    assertThat(first.err()).startsWith("Preparing Orograph for Java ").hasLineCount(1);
    assertThat(first.out()).isEqualTo("ran\n");
    Cli.Outcome second = launch(java, "list").exits(0);
    assertThat(second.err()).isEmpty();

    List<String> asked = asked(java);
    assertThat(asked).hasSize(3);
    String making = kind.equals("aot") ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=";
    String using = kind.equals("aot") ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=";
    assertThat(asked.get(0)).contains(making, " survey sample:bytes ");
    assertThat(asked.get(1)).contains(using).endsWith("Main list").isEqualTo(asked.get(2));
    assertThat(asked)
        .allMatch(line -> line.contains("--enable-native-access=ALL-UNNAMED") == nativeAccess)
        .allMatch(line -> line.contains(" -XX:Tier3BackEdgeThreshold="));
    assertThat(prepared()).hasSize(2).anyMatch(name -> name.endsWith("." + kind));
  }

  @ParameterizedTest
  @ValueSource(strings = {"16.0.2", "11", "1.8.0_402"})
  void anOlderOneIsRefused(String version) throws IOException {
    Path java = standIn("java", version, "nothing");
    String said = launch(java, "list").exits(4).err();
    assertThat(said).hasLineCount(1).contains(java.toString(), "17 or newer", "JAVA_HOME");
    assertThat(java.resolveSibling("java.asked")).doesNotExist();
  }

  @Test
  void aFolderWithoutJavaIsNamed() throws IOException {
    String said = launch(dir.resolve("none/bin/java"), "list").exits(4).err();
    assertThat(said).hasLineCount(1).contains("JAVA_HOME", dir.resolve("none").toString());
  }

  @Test
  void everyJavaHasAnArchiveOfItsOwn() throws IOException {
    Path old = standIn("old", "17", "nothing");
    Path young = standIn("young", "25", "nothing");
    launch(old, "list").exits(0);
    launch(young, "list").exits(0);
    assertThat(prepared()).hasSize(4);
    assertThat(launch(old, "list").exits(0).err()).isEmpty();
    assertThat(launch(young, "list").exits(0).err()).isEmpty();
    assertThat(asked(old).get(2)).contains(".jsa ").doesNotContain(".aot", "ArchiveClassesAtExit");
    assertThat(asked(young).get(2)).contains(".aot ").doesNotContain(".jsa", "AOTCacheOutput");
    // Another Java in the same place: an update.
    standIn("young", "26.0.1", "nothing");
    assertThat(launch(young, "list").exits(0).err()).contains("for Java 26");
  }

  /** One that is not installed would leave Java with ASCII, and a shell with a warning. */
  @ParameterizedTest
  @ValueSource(strings = {"xx_YY.UTF-8", "nonsense", "C", "POSIX"})
  void withoutALocaleThatIsThereItIsUtf8(String locale) throws IOException {
    Path java = standIn("java", "17", "nothing");
    Files.writeString(
        java,
        Files.readString(java)
            .replaceFirst("\n", "\nprintf '%s\\\\n' \"\\$LC_ALL\" > \"\\$0.locale\"\n"));
    this.locale = locale;
    assertThat(launch(java, "list").exits(0).err()).hasLineCount(1).startsWith("Preparing");
    assertThat(java.resolveSibling("java.locale")).hasContent("C.UTF-8");
  }

  @Test
  void newerJarsNeedANewArchive() throws IOException {
    Path java = standIn("java", "17", "nothing");
    launch(java, "list").exits(0);
    Path jar = Files.createFile(home.resolve("cli/target/lib/another.jar"));
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(2)));
    assertThat(launch(java, "list").exits(0).err()).contains("Preparing");
    assertThat(asked(java).get(2)).contains("ArchiveClassesAtExit");
  }

  @Test
  void aJavaWithoutATuningOptionRunsWithoutAny() throws IOException {
    Path java = standIn("java", "40", "UseLoopPredicate");
    assertThat(launch(java, "list").exits(0).out()).isEqualTo("ran\n");
    assertThat(asked(java))
        .hasSize(2)
        .allMatch(line -> line.contains("-Xms128m -Xmx1g") && !line.contains("Tier"));
  }

  /** With the Java that runs this test; native libraries are loaded and files mapped. */
  @Test
  void nothingIsWrittenButWhatTheProgramSays() throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path model = Models.of(dir.resolve("m"), Models.normal("a.weight", 1, 12, 8));
    assertThat(launch(java, "--version").exits(0).err())
        .matches("Preparing Orograph for Java \\d+ \\(once\\) \\.\\.\\.\n");
    // An archive that is none is passed over in silence.
    String known = prepared().stream().filter(name -> !name.contains(".")).findAny().orElseThrow();
    String kind = Runtime.version().feature() >= 25 ? ".aot" : ".jsa";
    Files.writeString(home.resolve("cli/target").resolve(known + kind), "no archive");
    Cli.Outcome outcome =
        launch(java, "survey", "--quiet", "--out", "run", model.toString()).exits(0);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).isEmpty();
    assertThat(dir.resolve("run/results.json")).exists();
  }

  /** What the launcher keeps for each Java, by name. */
  private List<String> prepared() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("cli/target"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals("lib") && !name.equals("built") && !name.endsWith(".jar"))
          .toList();
    }
  }

  private List<String> asked(Path java) throws IOException {
    return Files.readAllLines(java.resolveSibling("java.asked"));
  }

  private Path standIn(String folder, String version, String refuses) throws IOException {
    Path java = dir.resolve(folder).resolve("bin").resolve("java");
    Files.createDirectories(java.getParent());
    Files.writeString(java, STAND_IN.formatted(version, refuses));
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    return java;
  }

  /** Runs the script with that Java's folder as {@code JAVA_HOME}. */
  private Cli.Outcome launch(Path java, String... args) throws IOException {
    Path out = dir.resolve("out");
    Path err = dir.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(
                Stream.concat(Stream.of("sh", home.resolve("orograph").toString()), Stream.of(args))
                    .toList())
            .directory(dir.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    if (locale != null) {
      builder.environment().put("LC_ALL", locale);
    }
    builder.environment().put("JAVA_HOME", java.getParent().getParent().toString());
    builder
        .environment()
        .keySet()
        .removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "OROGRAPH_JAVA_OPTS"));
    Process process = builder.start();
    try {
      assertThat(process.waitFor(STARTED * Cli.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      process.destroyForcibly();
    }
    return new Cli.Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
