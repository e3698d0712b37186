package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Two thousand batches take no more memory than two hundred. */
@Tag("campaign")
@EnabledOnOs(OS.LINUX)
class ExtractMemoryTest {
  private static final Path BYTES = Path.of("../core/src/test/resources/families/meta-llama-bytes");

  /** Sequences that are computed together where each has 64 positions: two slices of 512. */
  private static final int BATCH = 16;

  private static final long MOST_GROWTH = 32L << 20;

  @TempDir private Path dir;

  @Test
  void batchesDoNotGrowTheProcess() throws IOException {
    long before = after(200);
    long then = after(2000);
    System.out.printf(
        "anonymous memory after 200 batches %,d bytes, after 2,000 more %,d%n", before, then);
    assertThat(then - before).isLessThan(MOST_GROWTH);
  }

  private long after(int batches) throws IOException {
    Path text = dir.resolve("text-" + batches);
    Files.writeString(text, ("x".repeat(62) + "\n").repeat(BATCH * batches));
    Path out = dir.resolve("out-" + batches);
    Cli.inside(
            "extract", BYTES, "--text", text, "--states", "embed", "--out", out, "--batch", BATCH)
        .exits(0);
    long bytes = Files.size(out.resolve("arrays/extract.safetensors"));
    assertThat(bytes).isGreaterThan(64L * 32 * 4 * BATCH * batches);
    System.gc();
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(l -> l.startsWith("RssAnon:"))
        .mapToLong(l -> 1024 * Long.parseLong(l.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
