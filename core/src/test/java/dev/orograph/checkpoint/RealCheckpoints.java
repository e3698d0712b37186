package dev.orograph.checkpoint;

import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Real checkpoints and tokenizers: those that lie beside the project, and where there are none the
 * small ones that are among its resources ({@code real}), unpacked once for all tests. Of two
 * checkpoints the resources hold the header only.
 */
public final class RealCheckpoints {
  private static final String SAMPLE = "sample:";
  private static final String HEADER = "header.gz";
  private static final String WEIGHTS = "model.safetensors";
  private static final String LLAMA = "tinystories-656k-llama";
  private static final String NARROW = "tinystories-656k-bf16-derived";

  /** The sizes of the files of which the header is here. */
  private static final Map<String, Long> SIZES =
      Map.of("mt3-t5", 91_815_632L, "broken-truncated-minilm", 1_835_008L);

  private static final Map<String, Path> UNPACKED = new HashMap<>();

  private RealCheckpoints() {}

  /**
   * The folder of that name, or of one that comes along ({@code sample:t5}); where it lacks the
   * weights the calling test is left out.
   */
  public static Path at(String name) {
    if (name.startsWith(SAMPLE)) {
      Path samples = Path.of(Files.isDirectory(Path.of("samples")) ? "samples" : "../samples");
      return samples.resolve("checkpoints").resolve(name.substring(SAMPLE.length()));
    }
    Path beside = beside(name);
    if (beside != null) {
      return beside;
    }
    boolean header = RealCheckpoints.class.getResource("/real/" + name + "/" + HEADER) != null;
    boolean here = RealCheckpoints.class.getResource("/real/" + name) != null;
    if (header || !(here || name.equals(NARROW))) {
      abort("left out: '" + name + "' is at ../shared/checkpoints only (set -Dorograph.shared)");
    }
    return unpacked(name);
  }

  /** The folder of that name for tests that need no weights: they may be zeros. */
  public static Path named(String name) {
    Path beside = beside(name);
    return beside == null ? unpacked(name) : beside;
  }

  /** Reference values among the resources, made by other programs. */
  public static JsonNode reference(String name) throws IOException {
    try (InputStream in = RealCheckpoints.class.getResourceAsStream("/reference/" + name)) {
      return new ObjectMapper().readTree(in);
    }
  }

  private static Path beside(String name) {
    String set = System.getProperty("orograph.shared");
    return (set == null ? Stream.of("../shared", "../../shared") : Stream.of(set))
        .map(shared -> Path.of(shared, "checkpoints", name).toAbsolutePath().normalize())
        .filter(Files::isDirectory)
        .findFirst()
        .orElse(null);
  }

  private static synchronized Path unpacked(String name) {
    return UNPACKED.computeIfAbsent(
        name,
        n -> {
          try {
            return unpack(n, scratch().resolve(n));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static Path scratch() throws IOException {
    Path scratch = Files.createTempDirectory("real-checkpoints");
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try (Stream<Path> all = Files.walk(scratch)) {
                    all.sorted(Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                }));
    return scratch;
  }

  private static Path unpack(String name, Path folder) throws IOException, URISyntaxException {
    Files.createDirectories(folder);
    URL resource =
        RealCheckpoints.class.getResource("/real/" + (name.equals(NARROW) ? LLAMA : name));
    List<Path> files;
    try (Stream<Path> list = Files.list(Path.of(resource.toURI()))) {
      files = list.toList();
    }
    for (Path file : files) {
      String as = file.getFileName().toString();
      if (!as.endsWith(".gz")) {
        Files.copy(file, folder.resolve(as));
        continue;
      }
      Path to = folder.resolve(as.equals(HEADER) ? WEIGHTS : as.replace(".gz", ""));
      try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
        Files.copy(in, to);
      }
      if (as.equals(HEADER)) {
        try (RandomAccessFile whole = new RandomAccessFile(to.toFile(), "rw")) {
          whole.setLength(SIZES.get(name));
        }
      }
    }
    if (name.equals(NARROW)) {
      narrow(folder.resolve(WEIGHTS));
    }
    return folder;
  }

  /** Float32 that bfloat16 holds exactly, as bfloat16. */
  private static void narrow(Path file) throws IOException {
    ByteBuffer wide = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] text = new byte[(int) wide.getLong()];
    wide.get(text);
    ObjectNode header = (ObjectNode) new ObjectMapper().readTree(text);
    for (JsonNode tensor : header) {
      if (tensor.has("dtype")) {
        JsonNode at = tensor.get("data_offsets");
        long begin = at.get(0).longValue() / 2;
        long end = at.get(1).longValue() / 2;
        ((ObjectNode) tensor).put("dtype", "BF16").putArray("data_offsets").add(begin).add(end);
      }
    }
    byte[] narrow = header.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate(8 + narrow.length + wide.remaining() / 2)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(narrow.length)
            .put(narrow);
    while (wide.hasRemaining()) {
      int bits = wide.getInt();
      if ((bits & 0xffff) != 0) {
        throw new IllegalStateException("bfloat16 does not hold " + Float.intBitsToFloat(bits));
      }
      out.putShort((short) (bits >>> 16));
    }
    Files.write(file, out.array());
  }
}
