package dev.orograph.fuzz;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Changes of an archive: of the fields of its records, in one place or in both that must agree, and
 * of what an entry holds, packed again with true sizes and checksums so that the change is reached.
 */
final class ZipEdits {
  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int END = 0x06054b50;

  /** Where the same fields lie behind the start of a local and of a central record. */
  private static final int[][] BOTH = {{6, 8}, {8, 10}, {14, 16}, {18, 20}, {22, 24}, {26, 28}};

  private static final int MOST_UNPACKED = 1 << 20;

  private final SplittableRandom random;
  private final Edits edits;

  ZipEdits(SplittableRandom random, Edits edits) {
    this.random = random;
    this.edits = edits;
  }

  byte[] change(byte[] zip) {
    return random.nextInt(3) == 0 ? records(zip) : content(zip);
  }

  private byte[] records(byte[] zip) {
    byte[] changed = zip.clone();
    ByteBuffer file = ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN);
    List<Integer> locals = new ArrayList<>();
    List<Integer> centrals = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    for (int i = 0; i + 22 <= changed.length; i++) {
      switch (file.getInt(i)) {
        case LOCAL -> locals.add(i);
        case CENTRAL -> centrals.add(i);
        case END -> ends.add(i);
        default -> {}
      }
    }
    int n = Math.min(locals.size(), centrals.size());
    if (n == 0 || ends.isEmpty()) {
      return edits.plain(zip, zip);
    }
    int which = random.nextInt(n);
    switch (random.nextInt(4)) {
      case 0 -> field(file, locals.get(which) + 4 + random.nextInt(26));
      case 1 -> field(file, centrals.get(which) + 4 + random.nextInt(42));
      case 2 -> field(file, ends.get(ends.size() - 1) + 4 + random.nextInt(18));
      default -> {
        int[] places = BOTH[random.nextInt(BOTH.length)];
        int one = locals.get(which) + places[0];
        int two = centrals.get(which) + places[1];
        field(file, one);
        if (two + 4 <= changed.length) {
          file.putInt(two, one + 4 <= changed.length ? file.getInt(one) : 0);
        }
      }
    }
    return changed;
  }

  private void field(ByteBuffer file, int at) {
    if (at + 4 > file.capacity()) {
      return;
    }
    if (random.nextBoolean()) {
      file.putShort(at, (short) edits.number(file.getShort(at)));
    } else {
      file.putInt(at, (int) edits.number(file.getInt(at)));
    }
  }

  private byte[] content(byte[] zip) {
    Map<String, byte[]> entries = unpacked(zip);
    if (entries.isEmpty()) {
      return edits.plain(zip, zip);
    }
    List<String> names = new ArrayList<>(entries.keySet());
    String name = names.get(random.nextInt(names.size()));
    String pickle = names.stream().filter(n -> n.endsWith(".pkl")).findFirst().orElse(name);
    if (random.nextInt(4) != 0) {
      name = pickle;
    }
    byte[] bytes = entries.get(name);
    switch (random.nextInt(10)) {
      case 0 -> entries.remove(name);
      case 1 -> {
        String word = Edits.WORDS.get(random.nextInt(Edits.WORDS.size()));
        entries.put(random.nextBoolean() ? word : name.replace("/data", "/" + word), bytes);
      }
      case 2 -> entries.put(name, edits.plain(bytes, bytes));
      default ->
          entries.put(
              name,
              name.endsWith(".pkl")
                  ? new PickleEdits(random, edits).change(bytes)
                  : edits.array(bytes));
    }
    return packed(
        entries, random.nextInt(12) == 0 || (!name.endsWith(".pkl") && random.nextBoolean()));
  }

  static Map<String, byte[]> unpacked(byte[] zip) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
        entries.put(e.getName(), in.readNBytes(MOST_UNPACKED));
      }
    } catch (IOException | IllegalArgumentException e) {
      // Changed before: what was read so far is packed again.
      return entries;
    }
    return entries;
  }

  static byte[] packed(Map<String, byte[]> entries, boolean deflated) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes, StandardCharsets.UTF_8)) {
      for (Map.Entry<String, byte[]> e : entries.entrySet()) {
        ZipEntry entry = new ZipEntry(e.getKey());
        if (!deflated) {
          CRC32 crc = new CRC32();
          crc.update(e.getValue());
          entry.setMethod(ZipEntry.STORED);
          entry.setSize(e.getValue().length);
          entry.setCrc(crc.getValue());
        }
        out.putNextEntry(entry);
        out.write(e.getValue());
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalStateException(e);
    }
    return bytes.toByteArray();
  }
}
