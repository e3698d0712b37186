package dev.orograph.fuzz;

import dev.orograph.fuzz.Seed.Format;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Inputs of a fuzzer that is guided by coverage, and knows of bytes only. The first byte says which
 * format, the second which of its seeds the input stands for, and with it what lies beside; the
 * others are the file or, where the first bit of the second is set, what a frame is put around: the
 * header of safetensors and of an array gets its length, an entry of an archive its sizes and
 * checksum, so that what is changed in it is reached.
 */
final class Guided {
  private static final int HEAD = 2;
  private static final int DRESSED = 0x80;
  private static final Format[] FORMATS = Format.values();
  private static final String KEPT = "/fuzz/kept.zip";

  private final Map<Format, List<Seed>> seeds = new EnumMap<>(Format.class);
  private final Map<Seed, Trial> trials = new HashMap<>();

  Guided() throws IOException {
    Seeds.all().forEach(s -> seeds.computeIfAbsent(s.format(), f -> new ArrayList<>()).add(s));
  }

  /** The format of an input. */
  static Format format(byte[] input) {
    return FORMATS[input.length == 0 ? 0 : (input[0] & 0xFF) % FORMATS.length];
  }

  /** The seed that an input stands for. */
  Seed seed(byte[] input) {
    List<Seed> own = seeds.get(format(input));
    return own.get(input.length < HEAD ? 0 : (input[1] & (DRESSED - 1)) % own.size());
  }

  /**
   * What reads inputs that stand for that seed.
   *
   * @param base where it has a folder of its own
   * @param memory see {@link Trial}
   */
  Trial trial(Seed seed, Path base, long memory) throws IOException {
    if (!trials.containsKey(seed)) {
      Path folder = base.resolve("seed" + trials.size());
      trials.put(seed, new Trial(folder, seed, Readings::survey, memory));
    }
    return trials.get(seed);
  }

  /** The file of an input. */
  byte[] file(byte[] input) {
    if (input.length < HEAD) {
      return new byte[0];
    }
    byte[] rest = Arrays.copyOfRange(input, HEAD, input.length);
    return (input[1] & DRESSED) == 0 ? rest : dressed(seed(input), rest);
  }

  /** Inputs that stand for the seeds of some formats. */
  List<byte[]> start(Collection<Format> formats) {
    List<byte[]> all = new ArrayList<>();
    for (Format format : formats) {
      List<Seed> own = seeds.get(format);
      for (int i = 0; i < Math.min(own.size(), DRESSED); i++) {
        byte[] bytes = own.get(i).bytes().copy();
        byte first = (byte) List.of(Format.values()).indexOf(format);
        all.add(Edits.join(new byte[] {first, (byte) i}, bytes));
        byte[] bare = bare(own.get(i), bytes);
        if (bare.length > 0) {
          all.add(Edits.join(new byte[] {first, (byte) (i | DRESSED)}, bare));
        }
      }
    }
    return all;
  }

  /** Inputs that a fuzzer found before, by a name. */
  static Map<String, byte[]> kept() throws IOException {
    try (InputStream in = Guided.class.getResourceAsStream(KEPT)) {
      return in == null ? Map.of() : ZipEdits.unpacked(in.readAllBytes());
    }
  }

  private static byte[] dressed(Seed seed, byte[] bare) {
    byte[] bytes = seed.bytes().copy();
    return switch (seed.format()) {
      case SAFETENSORS -> around(bytes, 8, bare);
      case NPY -> around(bytes, 10, bare);
      case TORCH, NPZ -> {
        Map<String, byte[]> entries = ZipEdits.unpacked(bytes);
        if (entries.isEmpty()) {
          yield bare; // Java's reader does not take it
        }
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
        yield entries.isEmpty() ? new byte[0] : entries.get(entry(entries));
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
    ByteBuffer head = ByteBuffer.wrap(Arrays.copyOf(bytes, start)).order(ByteOrder.LITTLE_ENDIAN);
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
