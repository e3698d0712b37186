package dev.orograph.fuzz;

import dev.orograph.fuzz.Seed.Format;
import dev.orograph.input.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What Jazzer calls, in a process of its own: reads one input in the folder that {@value #FOLDER}
 * names. Whatever {@link Trial} holds to be a fault is thrown. How many inputs of each format there
 * were, and how many of them were read and refused, is written into the file that {@value #COUNTS}
 * names.
 */
public final class GuidedTarget {
  static final String FOLDER = "orograph.fuzz.folder";
  static final String COUNTS = "orograph.fuzz.counts";

  /** Folder of inputs that make many objects, those of Jazzer's own hooks among them. */
  static final String LARGE = "orograph.fuzz.large";

  private static final int READ = 1;
  private static final int REFUSED = 2;
  private static final int OFTEN = 4096;

  private static Guided inputs;
  private static Path base;
  private static int entries;
  private static long number;
  private static final Map<Format, long[]> OUTCOMES = new EnumMap<>(Format.class);

  private GuidedTarget() {}

  /** Called once. */
  public static void fuzzerInitialize() throws IOException {
    for (Format format : Format.values()) {
      OUTCOMES.put(format, new long[3]);
    }
    inputs = new Guided();
    base = Path.of(System.getProperty(FOLDER));
    Files.write(base.resolve("outside.safetensors"), Seeds.all().get(0).bytes().copy());
    Files.createDirectories(base.resolve("in"));
    entries = base.toFile().list().length;
    // Classes that are loaded are instrumented first, at the cost of whoever asks for them.
    for (byte[] start : inputs.start(List.of(Format.values()))) {
      try {
        trial(inputs.seed(start)).run(inputs.file(start), new SplittableRandom(1));
      } catch (InputException e) {
        // Some seeds are there to be refused.
      }
    }
  }

  private static Trial trial(Seed seed) throws IOException {
    return inputs.trial(seed, base.resolve("in"), Long.MAX_VALUE);
  }

  /** Called at the end. */
  public static void fuzzerTearDown() {
    StringBuilder text = new StringBuilder();
    OUTCOMES.forEach(
        (format, own) -> {
          text.append(format.name().toLowerCase(Locale.ROOT));
          Arrays.stream(own).forEach(n -> text.append(' ').append(n));
          text.append('\n');
        });
    try {
      Files.writeString(Path.of(System.getProperty(COUNTS)), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Called for every input. */
  public static void fuzzerTestOneInput(byte[] input) throws Throwable {
    long[] own = OUTCOMES.get(Guided.format(input));
    own[0]++;
    if (number++ % OFTEN == 0) {
      fuzzerTearDown(); // a process may be killed
    }
    Trial trial = trial(inputs.seed(input));
    Optional<Throwable> fault;
    try {
      SplittableRandom random = new SplittableRandom(Arrays.hashCode(input));
      fault = trial.run(inputs.file(input), random);
      own[READ] += fault.isEmpty() ? 1 : 0;
    } catch (InputException e) {
      own[REFUSED]++;
      fault = e.getMessage().isBlank() ? Optional.of(e) : Optional.empty();
    }
    if (trial.made() > Trial.MEMORY) {
      Files.write(
          Path.of(System.getProperty(LARGE)).resolve(Integer.toHexString(Arrays.hashCode(input))),
          input);
    }
    if (fault.isPresent()) {
      throw fault.get();
    }
    if (base.toFile().list().length != entries) {
      throw new AssertionError("a file was written beside the folder of the input");
    }
  }
}
