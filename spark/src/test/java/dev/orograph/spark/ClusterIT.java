package dev.orograph.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program in one jar on a master and two workers of one core, all of them processes of their
 * own: {@code mvn -B verify -Pcluster}, and these tests alone with {@code -Dgroups=cluster}.
 */
@Tag("cluster")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class ClusterIT {
  private static final Path TARGET = Path.of(System.getProperty("orograph.spark", "target"));
  private static final Path SCRIPT = TARGET.toAbsolutePath().resolveSibling("cluster");

  /** A trained model where there is one beside the sources, otherwise the one that comes along. */
  private static final String MODEL =
      Optional.of(Path.of(System.getProperty("orograph.shared", ""), "checkpoints", "mt3-t5"))
          .filter(Files::isDirectory)
          .map(p -> p.toAbsolutePath().normalize().toString())
          .orElse("sample:t5");

  @TempDir static Path dir;
  private static String master;

  /** What a process said and how it ended. */
  private record Outcome(int exit, String out, String err) {
    Outcome exits(int code) {
      assertThat(exit).as(err).isEqualTo(code);
      return this;
    }
  }

  @BeforeAll
  static void begin() throws Exception {
    Outcome started =
        ended(start("start", List.of(SCRIPT.toString(), "start", cluster(), "2", "1")));
    master = started.exits(0).out().strip();
  }

  @AfterAll
  static void end() throws Exception {
    ended(start("stop", List.of(SCRIPT.toString(), "stop", cluster())));
  }

  private static String cluster() {
    return dir.resolve("cluster").toString();
  }

  private static Process start(String name, List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .directory(dir.toFile())
        .redirectOutput(dir.resolve(name + ".out").toFile())
        .redirectError(dir.resolve(name + ".err").toFile())
        .start();
  }

  private static Outcome ended(Process process) throws Exception {
    assertThat(process.waitFor(20, TimeUnit.MINUTES)).isTrue();
    return said(process.exitValue());
  }

  private static Outcome said(int exit) throws IOException {
    StringBuilder out = new StringBuilder();
    StringBuilder err = new StringBuilder();
    try (Stream<Path> files = Files.list(dir)) {
      for (Path file : files.sorted().toList()) {
        if (file.toString().endsWith(".out")) {
          out.append(Files.readString(file));
        } else if (file.toString().endsWith(".err")) {
          err.append(Files.readString(file));
        }
      }
    }
    try (Stream<Path> files = Files.list(dir)) {
      for (Path file : files.filter(f -> f.toString().matches(".*\\.(out|err)")).toList()) {
        Files.delete(file);
      }
    }
    return new Outcome(exit, out.toString(), err.toString());
  }

  /** A survey as ./orograph starts it with this engine. */
  private static Process program(String run, String... args) throws IOException {
    List<String> words = new ArrayList<>(List.of("survey", "--out", run));
    words.addAll(List.of(args));
    return command(words);
  }

  private static Process command(List<String> words) throws IOException {
    List<String> command = java();
    command.add(jar() + ":" + TARGET.resolve("spark/jars").toAbsolutePath() + "/*");
    command.add("dev.orograph.cli.Main");
    command.addAll(words);
    return start("program", command);
  }

  private static Path jar() throws IOException {
    try (Stream<Path> jars = Files.list(TARGET)) {
      return jars.filter(j -> j.toString().endsWith("-application.jar"))
          .findFirst()
          .orElseThrow()
          .toAbsolutePath();
    }
  }

  /** Java up to its class path. */
  private static List<String> java() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xms128m", "-Xmx1g", "-XX:+UseSerialGC"));
    command.addAll(List.of(System.getProperty("orograph.spark.java", "").split(" ")));
    command.add("-Dorograph.samples=" + System.getProperty("orograph.samples"));
    command.add("-cp");
    return command;
  }

  private static Process onCluster(String run, String model, String... more) throws IOException {
    List<String> args = new ArrayList<>(List.of(model));
    args.addAll(engine());
    args.addAll(List.of(more));
    return program(run, args.toArray(String[]::new));
  }

  private static List<String> engine() {
    return List.of(
        "--engine", "spark", "--master", master, "--conf", "spark.driver.host=127.0.0.1");
  }

  /** The lines of finished tasks that a run has so far. */
  private static long finished(String run) throws IOException {
    Path work = dir.resolve(run).resolve("work");
    if (!Files.isDirectory(work)) {
      return 0;
    }
    long lines = 0;
    try (Stream<Path> analyses = Files.list(work)) {
      for (Path analysis : analyses.toList()) {
        Path file = analysis.resolve("results.lines");
        if (Files.exists(file)) {
          lines += new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().count();
        }
      }
    }
    return lines;
  }

  private static void untilSomeAreFinished(String run, Process program) throws IOException {
    while (finished(run) < 3) {
      assertThat(program.isAlive()).as("it has not ended yet").isTrue();
      LockSupport.parkNanos(20_000_000);
    }
  }

  private static List<ProcessHandle> executors() throws IOException {
    List<ProcessHandle> executors = new ArrayList<>();
    for (String worker : List.of("worker1", "worker2")) {
      Path file = Path.of(cluster(), worker + ".pid");
      long pid = Long.parseLong(Files.readString(file).strip());
      executors.addAll(ProcessHandle.of(pid).orElseThrow().children().toList());
    }
    return executors;
  }

  private static byte[] results(String run) throws IOException {
    return Files.readAllBytes(dir.resolve(run).resolve("results.json"));
  }

  @Test
  void theSameToTheByteWithAnExecutorKilledAndADriverKilled() throws Exception {
    ended(program("local", MODEL)).exits(0);
    byte[] local = results("local");

    Outcome whole = ended(onCluster("whole", MODEL)).exits(0);
    assertThat(results("whole")).as("on a cluster").isEqualTo(local);
    assertThat(whole.err()).as("Spark says nothing").doesNotContain("INFO", "WARN", "log4j");

    Process program = onCluster("executor", MODEL);
    untilSomeAreFinished("executor", program);
    List<ProcessHandle> executors = executors();
    assertThat(executors).isNotEmpty();
    assertThat(executors.get(0).destroyForcibly()).isTrue();
    ended(program).exits(0);
    assertThat(results("executor")).as("an executor was killed").isEqualTo(local);

    Process killed = onCluster("driver", MODEL);
    untilSomeAreFinished("driver", killed);
    killed.destroyForcibly().waitFor();
    assertThat(dir.resolve("driver/results.json")).doesNotExist();
    Outcome again = ended(onCluster("driver", MODEL)).exits(0);
    assertThat(again.err() + again.out()).contains("pieces of an earlier run were kept");
    assertThat(results("driver")).as("the driver was killed").isEqualTo(local);
  }

  @Test
  void aWorkerThatCannotReadTheCheckpointIsNamedWithThePath() throws Exception {
    Path samples = Path.of(System.getProperty("orograph.samples"), "checkpoints", "bytes");
    Path model = Files.createDirectory(dir.resolve("mine"));
    try (Stream<Path> files = Files.list(samples)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    // Executors take seconds to start: they find it gone, as those of another machine would.
    Process program = onCluster("unread", model.toString());
    while (!Files.exists(dir.resolve("unread/run.json"))) {
      LockSupport.parkNanos(1_000_000);
    }
    Files.move(model, dir.resolve("elsewhere"));
    Outcome refused = ended(program).exits(1);
    assertThat(refused.err())
        .containsPattern("on worker 127\\.0\\.0\\.1 \\(executor [01]\\)")
        .contains(model.toString())
        .contains("every worker has to read it");
  }

  /** Executors are processes that have nothing of the checkpoint but its address. */
  @Test
  void aCheckpointInHdfsIsReadByExecutors() throws Exception {
    Path model = Path.of(System.getProperty("orograph.samples"), "checkpoints", "bytes");
    ended(program("here", model.toString())).exits(0);
    try (Hdfs hdfs = new Hdfs(dir.resolve("hdfs"))) {
      String address = hdfs.put(model);
      ended(onCluster("there", address)).exits(0);
      assertThat(results("there")).isEqualTo(results("here"));
      assertThat(Files.readString(dir.resolve("there/run.json"))).contains(address);

      Process program = onCluster("gone", address);
      while (!Files.exists(dir.resolve("gone/run.json"))) {
        LockSupport.parkNanos(1_000_000);
      }
      hdfs.files().delete(new org.apache.hadoop.fs.Path(address), true);
      assertThat(ended(program).exits(1).err())
          .containsPattern("on worker 127\\.0\\.0\\.1 \\(executor [01]\\)")
          .contains(address);
    }
  }

  @Test
  void modelsThatAreComparedAreMeasuredSideBySide() throws Exception {
    sameOnBoth(
        "compare",
        "sample:bytes",
        "sample:lm",
        "sample:lm-untrained",
        "--only",
        "norms,spectra,sparsity");
  }

  /** Seeds of a model and controls of a training are measured by whoever is free. */
  @Test
  void seedsAndControlsArePieces() throws Exception {
    sameOnBoth("wordnet", "sample:t5");
    sameOnBoth(
        "modulate",
        "train",
        "sample:t5",
        "--controls",
        "--words=110",
        "--epochs=1",
        "--seeds=2",
        "--figures=seed");
  }

  /** Runs a command on threads of one process and on the cluster. */
  private static void sameOnBoth(String... command) throws Exception {
    List<byte[]> results = new ArrayList<>();
    for (String where : List.of("threads", "executors")) {
      List<String> words = new ArrayList<>(List.of(command));
      words.addAll(List.of("--out", command[0] + "-" + where, "--runs", where + "-runs"));
      if (where.equals("executors")) {
        words.addAll(engine());
      }
      ended(command(words)).exits(0);
      results.add(results(command[0] + "-" + where));
    }
    assertThat(results.get(1)).isEqualTo(results.get(0));
  }

  /** As on a cluster that has Spark: its class starts the program from the jar. */
  @Test
  void sparkSubmitRunsTheJar() throws Exception {
    Path model = Path.of(System.getProperty("orograph.samples"), "checkpoints", "bytes");
    ended(program("alone-here", model.toString())).exits(0);
    List<String> command = java();
    command.add(TARGET.resolve("spark/jars").toAbsolutePath() + "/*");
    command.addAll(
        List.of(
            "org.apache.spark.deploy.SparkSubmit",
            "--master",
            master,
            "--deploy-mode",
            "client",
            "--conf",
            "spark.driver.host=127.0.0.1",
            "--conf",
            "spark.executor.memory=1g",
            jar().toString(),
            "survey",
            model.toString(),
            "--engine",
            "spark",
            "--out",
            "submitted"));
    ended(start("program", command)).exits(0);
    assertThat(results("submitted")).isEqualTo(results("alone-here"));
  }
}
