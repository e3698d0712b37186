package dev.orograph.fuzz;

import dev.orograph.fuzz.Seed.Format;
import dev.orograph.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What Jazzer calls, in a process of its own: reads one input of the format that {@value #FORMAT}
 * names in the folder that {@value #FOLDER} names. Whatever {@link Trial} holds to be a fault is
 * thrown.
 */
public final class GuidedTarget {
  static final String FORMAT = "orograph.fuzz.format";
  static final String FOLDER = "orograph.fuzz.folder";

  private static Guided inputs;
  private static Path base;
  private static int entries;
  private static final Map<Integer, Trial> TRIALS = new HashMap<>();

  private GuidedTarget() {}

  /** Called once. */
  public static void fuzzerInitialize() throws IOException {
    inputs = new Guided(Format.valueOf(System.getProperty(FORMAT)));
    base = Path.of(System.getProperty(FOLDER));
    Files.write(base.resolve("outside.safetensors"), Seeds.all().get(0).bytes().copy());
    Files.createDirectories(base.resolve("in"));
    entries = base.toFile().list().length;
  }

  /** Called for every input. */
  public static void fuzzerTestOneInput(byte[] input) throws Throwable {
    int seed = inputs.seed(input);
    if (!TRIALS.containsKey(seed)) {
      Path folder = base.resolve("in").resolve(Integer.toString(seed));
      TRIALS.put(seed, new Trial(folder, inputs.seed(seed), Readings::survey));
    }
    Optional<Throwable> fault;
    try {
      SplittableRandom random = new SplittableRandom(Arrays.hashCode(input));
      fault = TRIALS.get(seed).run(inputs.file(input), random);
    } catch (InputException e) {
      fault = e.getMessage().isBlank() ? Optional.of(e) : Optional.empty();
    }
    if (fault.isPresent()) {
      throw fault.get();
    }
    if (base.toFile().list().length != entries) {
      throw new AssertionError("a file was written beside the folder of the input");
    }
  }
}
