package dev.orograph.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.Effort;
import dev.orograph.fuzz.Seed.Format;
import dev.orograph.input.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Changed files of every format that is read. An input follows from the format and its number
 * alone, so a fault that is named can be made again; its bytes are kept in {@code target/fuzz}.
 *
 * <p>Every build reads a few thousand, {@code -Pcampaign} more than a million, or as many for each
 * format as {@code -Dorograph.fuzz.inputs} says, from {@code -Dorograph.fuzz.from} on; of all
 * formats or of those in {@code -Dorograph.fuzz.formats=TOKENIZER,NPY}.
 */
class FuzzTest {
  private static final Path KEPT = Path.of("target", "fuzz");
  private static final int WORKERS = 2;
  private static final int OPENED = 0;
  private static final int REFUSED = 1;
  private static final int MOST_FAULTS = 20;

  /** An input that has not ended after so many ns never will. */
  private static final long STUCK = 600_000_000_000L;

  static final List<Format> FORMATS =
      Arrays.stream(Format.values())
          .filter(
              f ->
                  List.of(System.getProperty("orograph.fuzz.formats", f.name()).split(",", -1))
                      .contains(f.name()))
          .toList();

  private Path base;

  @BeforeEach
  void folder() throws IOException {
    Path memory = Path.of("/dev/shm");
    Path parent = Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    base = Files.createTempDirectory(parent.toRealPath(), "orograph-fuzz");
  }

  @AfterEach
  void delete() throws IOException {
    try (Stream<Path> all = Files.walk(base)) {
      all.sorted((a, b) -> b.compareTo(a)).forEach(path -> path.toFile().delete());
    }
  }

  @Test
  void everySeedIsReadOrRefusedForAReasonOfItsOwn() throws IOException {
    List<String> refused = new ArrayList<>();
    int n = 0;
    for (Seed seed : Seeds.all()) {
      Trial trial = new Trial(base.resolve("seed" + n++), seed, Readings::survey);
      try {
        assertThat(trial.run(seed.bytes().copy(), new SplittableRandom(1)))
            .as(seed.name())
            .isEmpty();
      } catch (InputException e) {
        refused.add(seed.name());
      }
    }
    assertThat(refused)
        .containsExactlyInAnyOrder(
            "big-endian.npy",
            "complex.pt",
            "expanded.pt",
            "objects.npy",
            "quantised.pt",
            "script.pt");
  }

  /** What {@code -Pfuzz} found to reach further than the seeds, or to be a fault once. */
  @Test
  void whatAFuzzerFoundIsReadOrRefused() throws IOException {
    Guided inputs = new Guided();
    Map<String, byte[]> kept = Guided.kept();
    for (Map.Entry<String, byte[]> input : kept.entrySet()) {
      Seed seed = inputs.seed(input.getValue());
      try {
        SplittableRandom random = new SplittableRandom(Arrays.hashCode(input.getValue()));
        Trial trial = inputs.trial(seed, base, Trial.MEMORY);
        assertThat(trial.run(inputs.file(input.getValue()), random))
            .as(seed.format() + " " + input.getKey())
            .isEmpty();
      } catch (InputException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
    assertThat(kept.values().stream().map(Guided::format)).contains(Format.values());
  }

  @Test
  void aFaultIsSeenAndItsInputKept() throws IOException {
    Seed seed = new Seed(Format.NPY, "x.npy", new Seed.Bytes(new byte[] {1, 2}), Map.of());
    Map<String, Trial.Reading> faults =
        Map.of(
            "IllegalStateException", (path, folder, random) -> fail(),
            "bytes of objects", (path, folder, random) -> assertThat(new byte[1 << 27]).isNotNull(),
            "it took", (path, folder, random) -> toil(),
            "the folder has", (path, folder, random) -> write(folder.resolve("more")),
            "lies in the base", (path, folder, random) -> write(base.resolve("more")));
    for (Map.Entry<String, Trial.Reading> fault : faults.entrySet()) {
      Campaign campaign = new Campaign(List.of(seed), fault.getValue(), 1);
      campaign.run(0, Format.NPY);
      assertThat(campaign.faults.values().toString()).contains(fault.getKey());
      Path kept = KEPT.resolve(campaign.faults.keySet().iterator().next()).resolve("x.npy");
      assertThat(kept).exists();
      Files.delete(kept);
      Files.deleteIfExists(base.resolve("more"));
      Files.deleteIfExists(base.resolve("w0").resolve("0").resolve("more"));
    }
  }

  private static void fail() {
    throw new IllegalStateException("on purpose");
  }

  private static void toil() {
    for (long until = Effort.now() + Trial.SLOW + 100_000_000; Effort.now() < until; ) {
      Thread.onSpinWait();
    }
  }

  private static void write(Path file) {
    try {
      Files.write(file, new byte[1]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aSliceOfTheCampaign() throws Exception {
    all(600, "slice.txt");
  }

  @Test
  @Tag("campaign")
  void campaign() throws Exception {
    all(Long.getLong("orograph.fuzz.inputs", 160_000), "counts.txt");
  }

  private void all(long inputs, String file) throws Exception {
    long start = System.nanoTime();
    Campaign campaign = new Campaign(Seeds.all(), Readings::survey, inputs);
    campaign.run();
    String counts =
        campaign.counts()
            + String.format(Locale.ROOT, "%.0f seconds%n", (System.nanoTime() - start) / 1e9);
    System.out.print(counts);
    Files.createDirectories(KEPT);
    Files.writeString(KEPT.resolve(file), counts);
    assertThat(campaign.faults).as("inputs that are neither read nor refused").isEmpty();
    for (Format format : FORMATS) {
      AtomicLongArray of = campaign.outcomes.get(format);
      assertThat(of.get(OPENED)).as(format + " read").isPositive();
      assertThat(of.get(REFUSED)).as(format + " refused").isPositive();
      assertThat(of.get(OPENED) + of.get(REFUSED)).as(format + " in all").isEqualTo(inputs);
    }
  }

  /** Inputs 0, 1, ... of every format, read side by side. */
  private final class Campaign {
    private final List<Seed> seeds;
    private final Trial.Reading reading;
    private final long inputs;
    private final long from = Long.getLong("orograph.fuzz.from", 0);
    private final Map<Format, AtomicLongArray> outcomes = new EnumMap<>(Format.class);
    private final Map<String, String> faults = new ConcurrentSkipListMap<>();
    private final Map<String, Trial> trials = new ConcurrentSkipListMap<>();

    /** For each worker the input that it reads, and since when. */
    private final List<AtomicLong> since =
        Stream.generate(AtomicLong::new).limit(WORKERS).collect(Collectors.toList());

    private final String[] reads = new String[WORKERS];

    Campaign(List<Seed> seeds, Trial.Reading reading, long inputs) throws IOException {
      this.seeds = seeds;
      this.reading = reading;
      this.inputs = inputs;
      for (Format format : Format.values()) {
        outcomes.put(format, new AtomicLongArray(2));
      }
      // What no index may lead to.
      Seed outside = Seeds.all().get(0);
      Files.write(base.resolve("outside.safetensors"), outside.bytes().copy());
      for (int w = 0; w < WORKERS; w++) {
        Files.createDirectories(base.resolve("w" + w));
      }
    }

    void run() throws InterruptedException {
      AtomicLong next = new AtomicLong();
      long all = inputs * FORMATS.size();
      Thread[] threads = new Thread[WORKERS];
      for (int w = 0; w < WORKERS; w++) {
        int worker = w;
        threads[w] =
            new Thread(
                () -> {
                  for (long i; (i = next.getAndIncrement()) < all && !full(); ) {
                    Format format = FORMATS.get((int) (i % FORMATS.size()));
                    one(worker, format, from + i / FORMATS.size());
                  }
                });
        threads[w].setDaemon(true);
        threads[w].start();
      }
      for (int w = 0; w < WORKERS; w++) {
        while (threads[w].isAlive() && !full()) {
          threads[w].join(200);
          for (int v = 0; v < WORKERS; v++) {
            long start = since.get(v).get();
            if (start != 0 && System.nanoTime() - start > STUCK) {
              faults.put(reads[v], "never ends");
              return;
            }
          }
        }
      }
    }

    private boolean full() {
      return faults.size() >= MOST_FAULTS;
    }

    /** One input, in this thread. */
    void run(int worker, Format format) {
      one(worker, format, from);
    }

    private void one(int worker, Format format, long number) {
      SplittableRandom random = new SplittableRandom(number * 64 + format.name().hashCode());
      random = random.split();
      int[] own = of(format);
      int chosen = own[random.nextInt(own.length)];
      Seed seed = seeds.get(chosen);
      Seed other =
          random.nextInt(4) == 0
              ? seeds.get(random.nextInt(seeds.size()))
              : seeds.get(own[random.nextInt(own.length)]);
      byte[] bytes = new Edits(random).change(seed, other.bytes().copy());
      String name = format.name().toLowerCase(Locale.ROOT) + "-" + number;
      reads[worker] = name;
      since.get(worker).set(System.nanoTime());
      try {
        Throwable fault = trial(worker, chosen).run(bytes, random).orElse(elsewhere());
        if (fault == null) {
          outcomes.get(format).incrementAndGet(OPENED);
        } else {
          keep(name, seed, bytes, fault);
        }
      } catch (InputException e) {
        outcomes.get(format).incrementAndGet(REFUSED);
        Throwable fault = e.getMessage().isBlank() ? e : elsewhere();
        if (fault != null) {
          keep(name, seed, bytes, fault);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        since.get(worker).set(0);
      }
    }

    private int[] of(Format format) {
      int[] own = new int[seeds.size()];
      int n = 0;
      for (int i = 0; i < own.length; i++) {
        if (seeds.get(i).format() == format) {
          own[n++] = i;
        }
      }
      return Arrays.copyOf(own, n);
    }

    private Trial trial(int worker, int seed) {
      return trials.computeIfAbsent(
          worker + " " + seed,
          key -> {
            try {
              Path folder = base.resolve("w" + worker).resolve(Integer.toString(seed));
              return new Trial(folder, seeds.get(seed), reading);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }

    /** A file that was written where none belongs. */
    private Throwable elsewhere() {
      String[] names = base.toFile().list();
      return names != null && names.length == WORKERS + 1
          ? null
          : new AssertionError(String.join(" ", names) + " lies in the base");
    }

    private void keep(String name, Seed seed, byte[] bytes, Throwable fault) {
      String trace =
          Stream.concat(
                  Stream.of(fault.toString()),
                  Arrays.stream(fault.getStackTrace()).limit(6).map(StackTraceElement::toString))
              .collect(Collectors.joining("\n  at "));
      // The same place once.
      String place = trace.replaceAll("^[^\\n]*", fault.getClass().getName());
      if (faults.values().stream().noneMatch(f -> f.endsWith(place.replaceAll("^[^\\n]*", "")))) {
        faults.put(name, seed.name() + ": " + trace);
        try {
          Files.createDirectories(KEPT.resolve(name));
          Files.write(KEPT.resolve(name).resolve(seed.name()), bytes);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }

    String counts() {
      StringBuilder text = new StringBuilder();
      text.append(String.format("%-12s %10s %10s %10s%n", "format", "inputs", "read", "refused"));
      long[] sums = new long[2];
      outcomes.forEach(
          (format, of) -> {
            line(text, format.name().toLowerCase(Locale.ROOT), of.get(OPENED), of.get(REFUSED));
            sums[OPENED] += of.get(OPENED);
            sums[REFUSED] += of.get(REFUSED);
          });
      line(text, "all", sums[OPENED], sums[REFUSED]);
      faults.forEach((name, fault) -> text.append(name).append(": ").append(fault).append('\n'));
      return text.toString();
    }

    private static void line(StringBuilder text, String name, long opened, long refused) {
      text.append(
          String.format(
              Locale.ROOT, "%-12s %10d %10d %10d%n", name, opened + refused, opened, refused));
    }
  }
}
