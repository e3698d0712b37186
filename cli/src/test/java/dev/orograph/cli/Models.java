package dev.orograph.cli;

import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Checkpoints that tests make themselves. */
final class Models {
  private Models() {}

  /** A folder with these tensors in {@code model.safetensors} and no configuration. */
  static Path of(Path folder, Entry... entries) {
    return of(folder, List.of(entries));
  }

  static Path of(Path folder, List<Entry> entries) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), entries);
    return folder;
  }

  /** The same with a {@code config.json}. */
  static Path of(Path folder, String config, Entry... entries) {
    of(folder, entries);
    try {
      Files.writeString(folder.resolve("config.json"), config);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder;
  }

  /** A small Llama whose configuration calls it something that nobody knows. */
  static Path ofNoKnownType(Path folder, int seed) {
    Cli.inside("make", "llama-tiny", folder, "--seed", seed).exits(0);
    Path config = folder.resolve("config.json");
    try {
      Files.writeString(config, Files.readString(config).replace("\"llama\"", "\"mycorp\""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder;
  }

  /** Normal entries. */
  static Entry normal(String name, long seed, long... shape) {
    return Entry.of(name, normals(seed, count(shape)), shape);
  }

  /** The same value everywhere. */
  static Entry filled(String name, float value, long... shape) {
    float[] w = new float[count(shape)];
    java.util.Arrays.fill(w, value);
    return Entry.of(name, w, shape);
  }

  /** Normal entries, one of which is another value. */
  static Entry spoiled(String name, long seed, float value, long... shape) {
    float[] w = normals(seed, count(shape));
    w[w.length / 2] = value;
    return Entry.of(name, w, shape);
  }

  /** 16-bit entries. */
  static Entry bf16(String name, long seed, long... shape) {
    float[] w = normals(seed, count(shape));
    ByteBuffer b = ByteBuffer.allocate(2 * w.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float v : w) {
      b.putShort((short) (Float.floatToRawIntBits(v) >>> 16));
    }
    return Entry.of(name, DType.BF16, b.array(), shape);
  }

  /**
   * Every kind of matrix whose figures are stored and read again between two runs: plain ones, one
   * without a spectrum, one of zeros, one of rank one, one of 16 bits, and what is no matrix.
   */
  static Path mixed(Path folder) {
    List<Entry> entries = new ArrayList<>();
    for (int layer = 0; layer < 8; layer++) {
      entries.add(normal("blocks." + layer + ".in.weight", 100 + layer, 48, 40));
      entries.add(normal("blocks." + layer + ".out.weight", 200 + layer, 40, 48));
      entries.add(normal("blocks." + layer + ".norm.weight", 300 + layer, 40));
    }
    entries.add(spoiled("broken.nan.weight", 1, Float.NaN, 24, 16));
    entries.add(spoiled("broken.infinite.weight", 2, Float.NEGATIVE_INFINITY, 24, 16));
    entries.add(filled("zeros.weight", 0, 24, 16));
    entries.add(filled("ones.weight", 1, 24, 16));
    entries.add(spoiled("large.weight", 3, 1e38f, 24, 16));
    entries.add(filled("subnormal.weight", Float.MIN_VALUE, 8, 8));
    entries.add(bf16("half.weight", 4, 48, 40));
    entries.add(normal("cube.weight", 5, 6, 6, 6));
    entries.add(Entry.of("steps", new long[] {1, 2, 3}, 3));
    return of(folder, entries);
  }

  /** The Llama of 656 thousand weights, from the test resources of the library. */
  static Path stories(Path folder) {
    Path core = Path.of(Files.isDirectory(Path.of("core")) ? "core" : "../core");
    Path real = core.resolve("src/test/resources/real/tinystories-656k-llama");
    try (Stream<Path> files = Files.list(real)) {
      Files.createDirectories(folder);
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        try (InputStream plain = Files.newInputStream(file);
            InputStream in = name.endsWith(".gz") ? new GZIPInputStream(plain) : plain) {
          Files.copy(in, folder.resolve(name.replace(".gz", "")));
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file put together by hand: the header as it is given, with its true length before it. */
  static Path raw(Path folder, String header, int dataBytes) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return raw(folder, json.length, json, dataBytes);
  }

  /** The same with any length before it. */
  static Path raw(Path folder, long length, byte[] header, int dataBytes) {
    byte[] bytes =
        ByteBuffer.allocate(8 + header.length + dataBytes)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(length)
            .put(header)
            .array();
    try {
      Files.createDirectories(folder);
      Files.write(folder.resolve("model.safetensors"), bytes);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static float[] normals(long seed, int count) {
    Random random = new Random(seed);
    float[] w = new float[count];
    for (int i = 0; i < count; i++) {
      w[i] = (float) (0.05 * random.nextGaussian());
    }
    return w;
  }

  private static int count(long... shape) {
    long n = 1;
    for (long s : shape) {
      n *= s;
    }
    return Math.toIntExact(n);
  }
}
