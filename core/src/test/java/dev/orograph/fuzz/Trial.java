package dev.orograph.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.ThreadMXBean;
import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.finding.Results;
import dev.orograph.fuzz.Seed.Bytes;
import dev.orograph.input.InputException;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.report.CsvTables;
import dev.orograph.report.HtmlReport;
import dev.orograph.report.Outputs;
import dev.orograph.survey.RunFolder;
import dev.orograph.tokenizer.Encoding;
import dev.orograph.tokenizer.Tokenizer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Reads one hostile input as a survey would: opens it, recognises the model, takes the fingerprint
 * and reads elements of every tensor and every part. It may be read or refused with an {@link
 * InputException}, within {@value #SLOW} ns and {@value #MEMORY} bytes of objects, and nothing may
 * be written beside it or read from outside of its folder. Everything else is a fault.
 */
final class Trial {
  /** Longest that an input may take. */
  static final long SLOW = 1_000_000_000L;

  /** Most that an input may make of objects, all together and whether they live on or not. */
  static final long MEMORY = 96L << 20;

  private static final int TENSORS = 48;
  private static final int ELEMENTS = 300;
  private static final int AGAIN = 3;

  /** One report of so many is drawn: the program and the charts that it brings along are large. */
  private static final int DRAWN = 16;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** What reads an input. */
  interface Reading {
    void read(Path path, Path folder, SplittableRandom random);
  }

  private final Path folder;
  private final Path file;
  private final Set<String> names = new LinkedHashSet<>();
  private final Reading reading;

  /**
   * Prepares a folder with what lies beside the input.
   *
   * @param folder a new folder
   */
  Trial(Path folder, Seed seed, Reading reading) throws IOException {
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
    for (int i = 0; i < AGAIN && (fastest > SLOW || least > MEMORY); i++) {
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
    if (least > MEMORY) {
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

  /** Texts that a tokenizer is tried on, with what it may trip over. */
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "ab A  cafe\u0301 12|x.\n\n",
          "<x> a<x><own></s>b <unk>[CLS]",
          "\u2581\u2581a\u00e9 \ud83d\ude00\u0301\u4f60\u597d\u200b\u0000",
          "a".repeat(300) + " ".repeat(300) + "A\u0301".repeat(100) + "\ud83d");

  /** What is read in earnest. */
  static void survey(Path path, Path folder, SplittableRandom random) {
    if (folder.resolve(RunFolder.RESULTS).toFile().exists()) {
      Results results = Outputs.read(folder);
      CsvTables.files(results);
      JsonNode run = RunFolder.run(folder);
      if (random.nextInt(DRAWN) == 0) {
        HtmlReport.render(results, run);
      }
      return;
    }
    if (tokenizer(folder)) {
      tokenize(path, random);
      return;
    }
    try (Model model = Model.open(path)) {
      Checkpoint checkpoint = model.checkpoint();
      checkpoint.fingerprint();
      model.spec().facts();
      model.packed();
      checkpoint.leftOut();
      checkpoint.passedOver();
      List<TensorInfo> tensors = new ArrayList<>(checkpoint.tensors());
      model.parameters().stream()
          .map(Parameter::tensor)
          .filter(TensorInfo::isPart)
          .forEach(tensors::add);
      for (TensorInfo t : tensors) {
        if (!t.file().startsWith(folder)) {
          throw new AssertionError(t.file() + " is read from outside of " + folder);
        }
      }
      int step = Math.max(1, tensors.size() / TENSORS);
      for (int i = random.nextInt(step); i < tensors.size(); i += step) {
        read(checkpoint, tensors.get(i), random);
      }
    }
  }

  private static boolean tokenizer(Path folder) {
    String[] names = folder.toFile().list();
    return names != null
        && Arrays.stream(names)
            .anyMatch(n -> n.matches("tokenizer.json|vocab.(json|txt)|.*\\.model"));
  }

  private static void tokenize(Path path, SplittableRandom random) {
    try (Tokenizer tokenizer = Tokenizer.open(path)) {
      tokenizer.fingerprint();
      tokenizer.specials();
      for (String text : TEXTS) {
        Encoding encoding = tokenizer.encodeWithSpecials(text);
        for (int i = 0; i < encoding.ids().size(); i++) {
          Encoding.Span span = encoding.spans().get(i);
          if (tokenizer.token(encoding.ids().get(i)).isEmpty()
              || span.begin() > span.end()
              || span.end() > text.length()) {
            throw new AssertionError("token " + encoding.ids().get(i) + " at " + span);
          }
        }
        tokenizer.decode(encoding.ids(), random.nextBoolean());
      }
      for (int i = 0; i < TENSORS; i++) {
        assertThat(tokenizer.text(random.nextInt(-1, tokenizer.size() + 1))).isNotNull();
      }
    }
  }

  private static void read(Checkpoint checkpoint, TensorInfo t, SplittableRandom random) {
    try (TensorData data = checkpoint.map(t)) {
      long count = t.count();
      if (count == 0) {
        return;
      }
      double[] doubles = new double[ELEMENTS];
      float[] floats = new float[ELEMENTS];
      data.read(0, doubles, 0, 1);
      data.read(count - 1, floats, 0, 1);
      long from = random.nextLong(count);
      int n = (int) Math.min(ELEMENTS, count - from);
      data.read(from, doubles, 0, n);
      data.read(from, floats, 0, n);
      data.readRaw(t.byteLength() - 1, new byte[1], 0, 1);
    }
  }
}
