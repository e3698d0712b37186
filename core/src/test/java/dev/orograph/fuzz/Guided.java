package dev.orograph.fuzz;

import dev.orograph.fuzz.Seed.Format;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Inputs of a fuzzer that is guided by coverage, and knows of bytes only. The first byte says which
 * seed of the format the input stands for, and with it what lies beside; the others are the file
 * or, where the first bit is set, what a frame is put around: the header of safetensors and of an
 * array gets its length, an entry of an archive its sizes and checksum, so that what is changed in
 * it is reached.
 */
final class Guided {
  private static final int DRESSED = 0x80;

  private final List<Seed> seeds;

  /** The seeds of one format. */
  Guided(Format format) throws IOException {
    seeds = Seeds.all().stream().filter(s -> s.format() == format).toList();
  }

  /** The seed that an input stands for. */
  int seed(byte[] input) {
    return input.length == 0 ? 0 : (input[0] & (DRESSED - 1)) % seeds.size();
  }

  Seed seed(int number) {
    return seeds.get(number);
  }

  /** The file of an input. */
  byte[] file(byte[] input) {
    byte[] rest = input.length == 0 ? input : Arrays.copyOfRange(input, 1, input.length);
    boolean dressed = input.length > 0 && (input[0] & DRESSED) != 0;
    return dressed ? dressed(seeds.get(seed(input)), rest) : rest;
  }

  /** Inputs that stand for the seeds themselves. */
  List<byte[]> start() {
    List<byte[]> all = new ArrayList<>();
    for (int i = 0; i < Math.min(seeds.size(), DRESSED); i++) {
      Seed seed = seeds.get(i);
      byte[] bytes = seed.bytes().copy();
      all.add(Edits.join(new byte[] {(byte) i}, bytes));
      byte[] bare = bare(seed, bytes);
      if (bare.length > 0) {
        all.add(Edits.join(new byte[] {(byte) (i | DRESSED)}, bare));
      }
    }
    return all;
  }

  /** Inputs of the format that a fuzzer found before. */
  static List<byte[]> kept(Format format) throws IOException {
    List<byte[]> all = new ArrayList<>();
    try (InputStream in = Guided.class.getResourceAsStream("/fuzz/" + format + ".zip")) {
      if (in != null) {
        all.addAll(ZipEdits.unpacked(in.readAllBytes()).values());
      }
    }
    return all;
  }

  private static byte[] dressed(Seed seed, byte[] bare) {
    byte[] bytes = seed.bytes().copy();
    return switch (seed.format()) {
      case SAFETENSORS -> around(bytes, 8, bare);
      case NPY -> around(bytes, 10, bare);
      case TORCH, NPZ -> {
        Map<String, byte[]> entries = ZipEdits.unpacked(bytes);
        entries.put(entry(entries), bare);
        yield ZipEdits.packed(entries, seed.name().startsWith("deflated"));
      }
      default -> bare;
    };
  }

  /** What is inside of the frame; empty where the format has none. */
  private static byte[] bare(Seed seed, byte[] bytes) {
    return switch (seed.format()) {
      case SAFETENSORS -> Arrays.copyOfRange(bytes, 8, 8 + length(bytes, 8));
      case NPY -> Arrays.copyOfRange(bytes, 10, 10 + length(bytes, 10));
      case TORCH, NPZ -> {
        Map<String, byte[]> entries = ZipEdits.unpacked(bytes);
        yield entries.get(entry(entries));
      }
      default -> new byte[0];
    };
  }

  /** Length of the text that begins there, as the bytes before it say. */
  private static int length(byte[] bytes, int start) {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    return start == 8 ? (int) file.getLong(0) : file.getShort(start - 2) & 0xFFFF;
  }

  private static byte[] around(byte[] bytes, int start, byte[] text) {
    ByteBuffer head =
        ByteBuffer.wrap(Arrays.copyOf(bytes, start)).order(ByteOrder.LITTLE_ENDIAN);
    if (start == 8) {
      head.putLong(0, text.length);
    } else {
      head.putShort(start - 2, (short) text.length);
    }
    int data = start + length(bytes, start);
    return Edits.join(head.array(), text, Arrays.copyOfRange(bytes, data, bytes.length));
  }

  /** The pickle, or the last array. */
  private static String entry(Map<String, byte[]> entries) {
    List<String> names = List.copyOf(entries.keySet());
    return names.stream()
        .filter(n -> n.endsWith(".pkl"))
        .findFirst()
        .orElse(names.get(names.size() - 1));
  }
}
