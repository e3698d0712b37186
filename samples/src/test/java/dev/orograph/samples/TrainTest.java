package dev.orograph.samples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orograph.model.Model;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The command as it is started, in a process of its own. */
@DisabledOnOs(OS.WINDOWS)
class TrainTest {
  private static final long SECONDS = 600;

  @TempDir Path folder;
  private Path corpus;

  @BeforeEach
  void text() throws IOException {
    corpus = folder.resolve("text.txt");
    Files.write(
        corpus, IntStream.range(0, 60).mapToObj(i -> "line " + i + ": say " + i * i).toList());
  }

  private record Outcome(int exit, String said) {}

  private Process start(String before, String... args) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("bash", "-c", before + " exec \"$@\"", "limited"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Train.class.getName());
    command.addAll(List.of("--out", folder.resolve("out").toString()));
    command.addAll(List.of("--work", folder.resolve("work").toString(), "--threads", "1"));
    command.addAll(List.of(args));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("said").toFile())
        .start();
  }

  private Outcome ended(Process p) throws IOException, InterruptedException {
    try {
      assertThat(p.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
      return new Outcome(p.exitValue(), Files.readString(folder.resolve("said")));
    } finally {
      p.destroyForcibly();
    }
  }

  private Outcome run(String before, String... args) throws IOException, InterruptedException {
    return ended(start(before, args));
  }

  private String[] bytes(String... more) {
    List<String> args = new ArrayList<>(List.of("--only", "bytes", "--corpus", corpus.toString()));
    args.addAll(List.of(more));
    return args.toArray(String[]::new);
  }

  @Test
  void theCardAndTheLogTellWhatWasDone() throws IOException, InterruptedException {
    Outcome first = run("", bytes("--steps", "2"));
    assertThat(first.exit()).as(first.said()).isZero();
    Path out = folder.resolve("out/bytes");
    JsonNode log = new ObjectMapper().readTree(out.resolve("training.json").toFile());
    assertThat(log.path("command").asText())
        .isEqualTo("samples/train --only bytes --seed 42 --steps 2 --corpus text.txt");
    JsonNode n = new ObjectMapper().readTree(out.resolve("evaluation.json").toFile());
    String card = Files.readString(out.resolve("README.md"));
    JsonNode entrants = n.path("contests").path(0).path("entrants");
    assertThat(entrants).hasSize(3);
    for (JsonNode e : entrants) {
      assertThat(card)
          .contains(
              String.format(
                  Locale.ROOT,
                  "| %s | %.3f | %.3f to %.3f |",
                  e.path("name").asText(),
                  e.path("value").asDouble(),
                  e.path("interval").path(0).asDouble(),
                  e.path("interval").path(1).asDouble()));
    }
    // Two steps teach nothing that counting does not know better.
    assertThat(entrants.path(1).path("verdict").asText()).isEqualTo("the model is WORSE");
    assertThat(card)
        .contains("against bigrams, Kneser-Ney, the model is WORSE", log.path("command").asText())
        .contains(log.path("sha256").path("model.safetensors").asText())
        .doesNotContain("WordNet");
    JsonNode rounding = n.path("rounding_to_bf16");
    assertThat(rounding.path("held_out_loss_stored").asDouble())
        .isBetween(
            rounding.path("held_out_loss_float32").asDouble() - 0.01,
            rounding.path("held_out_loss_float32").asDouble() + 0.01);

    // Alone it finds the same; with another seed it would measure on what was learned.
    Files.delete(out.resolve("README.md"));
    Outcome again = run("", bytes("--evaluate"));
    assertThat(again.exit()).as(again.said()).isZero();
    assertThat(out.resolve("README.md")).hasContent(card);
    Outcome other = run("", bytes("--evaluate", "--seed", "43"));
    assertThat(other.exit()).isEqualTo(1);
    assertThat(other.said()).contains("training.json: seed says '42' but here it is '43'");
  }

  @Test
  void theWeightsAfterStepsAreModelsAndThoseOfTheLastAreTheResult()
      throws IOException, InterruptedException {
    Outcome o = run("", bytes("--smoke", "--steps", "6", "--snapshots", "0,3,6"));
    assertThat(o.exit()).as(o.said()).isZero();
    Path steps = folder.resolve("out/bytes-steps");
    for (String name : List.of("step-0", "step-3", "step-6")) {
      try (Model m = Model.open(steps.resolve(name))) {
        assertThat(m.spec().family()).isNotEqualTo("matrices");
      }
    }
    Path last = folder.resolve("out/bytes/model.safetensors");
    assertThat(steps.resolve("step-6/model.safetensors")).hasSameBinaryContentAs(last);
    assertThat(Files.readAllBytes(steps.resolve("step-3/model.safetensors")))
        .isNotEqualTo(Files.readAllBytes(last));
    // The same as without snapshots; asked for too late they are not to be had.
    Path with = Files.move(last, folder.resolve("with.safetensors"));
    Outcome plain = run("", bytes("--steps", "6"));
    assertThat(plain.exit()).as(plain.said()).isZero();
    assertThat(last).hasSameBinaryContentAs(with);
    Outcome late = run("", bytes("--steps", "6", "--snapshots", "5"));
    assertThat(late.exit()).isEqualTo(1);
    assertThat(late.said()).contains("step 6", "cannot be beyond step 5");
    assertThat(run("", bytes("--steps", "6", "--snapshots", "7")).exit()).isEqualTo(2);
  }

  @Test
  void aTextOfAnotherEncodingIsRefusedByLineAndByte() throws IOException, InterruptedException {
    byte[] good = Files.readAllBytes(corpus);
    byte[] bad = "caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
    byte[] both = new byte[good.length + bad.length];
    System.arraycopy(good, 0, both, 0, good.length);
    System.arraycopy(bad, 0, both, good.length, bad.length);
    Files.write(corpus, both);
    Outcome o = run("", bytes());
    assertThat(o.exit()).isEqualTo(1);
    assertThat(o.said())
        .contains(
            "samples/train: text.txt: line 61",
            String.format(Locale.ROOT, "byte %,d is 0xe9", good.length + 3));
  }

  /** The system refuses to write more of a file, as it does when the disk is full. */
  @Test
  void aDiskThatTakesNoMoreIsToldAndTrainingGoesOnAfterwards()
      throws IOException, InterruptedException {
    Outcome o = run("ulimit -f 1200 &&", bytes("--steps", "2"));
    assertThat(o.exit()).as(o.said()).isEqualTo(1);
    assertThat(o.said()).contains("cannot be written but the system says: ", "make room there");
    assertThat(folder.resolve("out")).doesNotExist();
    Outcome after = run("", bytes("--steps", "2"));
    assertThat(after.exit()).as(after.said()).isZero();
    assertThat(folder.resolve("out/bytes/README.md")).exists();
  }

  /** A program of that name that goes on until it is told to end. */
  private String pieces(String body) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path program = bin.resolve("spm_train");
    Files.writeString(program, "#!/bin/sh\n: > '" + folder + "/started'\n" + body + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return "PATH='" + bin + "':$PATH &&";
  }

  private String[] lm() {
    return new String[] {"--only", "lm", "--corpus", corpus.toString()};
  }

  @Test
  void anInterruptWhileTheTokenizerIsTrainedIsToldAsOne() throws IOException, InterruptedException {
    Process p = start(pieces("exec sleep 600"), lm());
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!Files.exists(folder.resolve("started")) && System.nanoTime() < until) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    p.destroy();
    Outcome o = ended(p);
    assertThat(o.exit()).as(o.said()).isEqualTo(3);
    assertThat(o.said()).contains("samples/train: interrupted; give the same command again");
  }

  /**
   * The program hears it too, and perhaps first. Not INT, which a job in the background ignores.
   */
  @Test
  void aTokenizerProgramThatWasInterruptedIsNoFault() throws IOException, InterruptedException {
    Outcome o = run(pieces("kill -TERM $$; sleep 600"), lm());
    assertThat(o.exit()).as(o.said()).isEqualTo(3);
    assertThat(o.said()).contains("samples/train: interrupted; give the same command again");
  }

  @Test
  void aTokenizerProgramThatFailsIsAFault() throws IOException, InterruptedException {
    Outcome o = run(pieces("echo 'no such vocabulary'; exit 7"), lm());
    assertThat(o.exit()).as(o.said()).isEqualTo(1);
    assertThat(o.said()).contains("spm_train", "ended with 7 and said: no such vocabulary");
  }
}
