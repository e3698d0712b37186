package dev.orograph.fuzz;

import com.sun.management.ThreadMXBean;
import dev.orograph.fuzz.Seed.Bytes;
import dev.orograph.input.InputException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Reads one hostile input as the program would. It may be read or refused with an {@link
 * InputException}, within {@value #SLOW} ns and {@value #MEMORY} bytes of objects, and nothing may
 * be written beside it. Everything else is a fault.
 */
final class Trial {
  /** Longest that an input may take. */
  static final long SLOW = 1_000_000_000L;

  /** Most that an input may make of objects, all together and whether they live on or not. */
  static final long MEMORY = 96L << 20;

  private static final int AGAIN = 3;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** What reads an input. */
  interface Reading {
    void read(Path path, Path folder, SplittableRandom random);
  }

  private final Path folder;
  private final Path file;
  private final Set<String> names = new LinkedHashSet<>();
  private final Reading reading;
  private final long memory;
  private long made;

  /**
   * Prepares a folder with what lies beside the input.
   *
   * @param folder a new folder
   */
  Trial(Path folder, Seed seed, Reading reading) throws IOException {
    this(folder, seed, reading, MEMORY);
  }

  /** With another bound on the bytes of objects. */
  Trial(Path folder, Seed seed, Reading reading, long memory) throws IOException {
    this.memory = memory;
    this.folder = Files.createDirectories(folder);
    this.file = folder.resolve(seed.name());
    this.reading = reading;
    names.add(seed.name());
    for (Map.Entry<String, Bytes> e : seed.beside().entrySet()) {
      Files.write(folder.resolve(e.getKey()), e.getValue().copy());
      names.add(e.getKey());
    }
  }

  /**
   * Reads an input.
   *
   * @return what is wrong; empty where it was read or refused as it should be
   * @throws InputException where it is refused
   */
  Optional<Throwable> run(byte[] bytes, SplittableRandom random) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer all = ByteBuffer.wrap(bytes);
      while (all.hasRemaining()) {
        channel.write(all);
      }
    }
    // Where the weights are changed, a path to the file is the other way in.
    Path path = names.size() > 1 || random.nextBoolean() ? folder : file;
    SplittableRandom draws = random.split();
    long fastest = Long.MAX_VALUE;
    InputException refused = null;
    long least = Long.MAX_VALUE;
    // Classes that are loaded, or a machine that does something else in between, are no fault.
    for (int i = 0; i < AGAIN && (fastest > SLOW || least > memory); i++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      long start = THREADS.getCurrentThreadCpuTime();
      try {
        reading.read(path, folder, draws.split());
      } catch (InputException e) {
        refused = e;
      } catch (RuntimeException | Error e) {
        return Optional.of(e);
      }
      fastest = Math.min(fastest, THREADS.getCurrentThreadCpuTime() - start);
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    made = least;
    if (least > memory) {
      return Optional.of(new AssertionError("it made " + least + " bytes of objects"));
    }
    if (fastest > SLOW) {
      return Optional.of(new AssertionError("it took " + fastest + " ns"));
    }
    String[] now = folder.toFile().list();
    if (now == null || now.length != names.size() || !names.containsAll(List.of(now))) {
      return Optional.of(new AssertionError("the folder has " + String.join(" ", now)));
    }
    if (refused != null) {
      throw refused;
    }
    return Optional.empty();
  }

  /** Bytes of objects that the last input made. */
  long made() {
    return made;
  }
}
