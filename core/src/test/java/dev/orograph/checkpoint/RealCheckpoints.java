package dev.orograph.checkpoint;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The checkpoints that lie beside the project, for the tests that want real ones. */
public final class RealCheckpoints {
  private RealCheckpoints() {}

  /** Their folder; where there is none the calling test is left out, and says why. */
  public static Path folder() {
    Path here = Path.of(System.getProperty("user.dir"));
    Path checkpoints =
        Stream.of(
                Path.of(System.getProperty("orograph.shared", "../shared")),
                here.resolve("../shared"),
                here.resolve("../../shared"))
            .map(shared -> shared.resolve("checkpoints").toAbsolutePath().normalize())
            .filter(Files::isDirectory)
            .findFirst()
            .orElse(null);
    assumeTrue(
        checkpoints != null,
        "left out: no real checkpoints at ../shared/checkpoints (set -Dorograph.shared)");
    return checkpoints;
  }
}
