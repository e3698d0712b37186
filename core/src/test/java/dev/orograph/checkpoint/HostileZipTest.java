package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One broken archive per attack, made from a good one; each message is part of the contract. */
class HostileZipTest {
  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final String AGAIN = ": download it again";

  /** {@code {'w': a float32 tensor of two elements in storage 0}}. */
  static final String PICKLE =
      "\u0080\u0002}X\u0001\0\0\0wctorch._utils\n_rebuild_tensor_v2\n((X\u0007\0\0\0storage"
          + "ctorch\nFloatStorage\nX\u0001\0\0\0"
          + "0X\u0003\0\0\0cpuK\u0002tQK\0K\u0002\u0085"
          + "K\u0001\u0085\u0089ccollections\nOrderedDict\n)RtRs.";

  @TempDir Path folder;

  /** A torch file of these entries, stored. */
  static byte[] zip(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> e : entries.entrySet()) {
        CRC32 crc = new CRC32();
        crc.update(e.getValue());
        ZipEntry entry = new ZipEntry(e.getKey());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(e.getValue().length);
        entry.setCrc(crc.getValue());
        out.putNextEntry(entry);
        out.write(e.getValue());
      }
    }
    return bytes.toByteArray();
  }

  static Map<String, byte[]> entries(String pickle) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("m/data.pkl", pickle.getBytes(StandardCharsets.ISO_8859_1));
    entries.put("m/byteorder", "little".getBytes(StandardCharsets.ISO_8859_1));
    entries.put("m/data/0", new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0x40});
    return entries;
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("x.pt"), bytes);
  }

  private void refused(byte[] bytes, String message) throws IOException {
    Path file = write(bytes);
    assertThatThrownBy(() -> Checkpoint.open(file))
        .isInstanceOf(InputException.class)
        .hasMessage("x.pt: " + message);
  }

  private void refused(Consumer<ByteBuffer> change, String message) throws IOException {
    byte[] bytes = zip(entries(PICKLE));
    change.accept(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    refused(bytes, message);
  }

  /** Where the n-th record of a kind starts. */
  private static int at(ByteBuffer zip, int kind, int n) {
    int left = n;
    for (int i = 0; ; i++) {
      if (zip.getInt(i) == kind && left-- == 0) {
        return i;
      }
    }
  }

  @Test
  void theGoodOneIsRead() throws IOException {
    try (Checkpoint c = Checkpoint.open(write(zip(entries(PICKLE))))) {
      assertThat(Fixtures.doubles(c, "w")).containsExactly(1, 2);
    }
  }

  @Test
  void noDirectory() throws IOException {
    byte[] all = zip(entries(PICKLE));
    refused(
        Arrays.copyOf(all, all.length - 1),
        "the archive must end with a directory but has none" + AGAIN);
    int end = all.length - 22;
    refused(
        z -> z.putInt(at(z, END, 0) + 16, 7),
        "the directory must have at most 33,554,432 bytes and end at byte "
            + end
            + " but has "
            + (end - directory())
            + " from byte 7 on"
            + AGAIN);
  }

  @Test
  void countsAndDisks() throws IOException {
    refused(
        z -> z.putShort(at(z, END, 0) + 10, (short) 2),
        "the directory must list 2 entries but lists 3" + AGAIN);
    refused(
        z -> z.putShort(at(z, END, 0) + 4, (short) 1),
        "the archive must be one file but is one of several disks" + AGAIN);
    refused(
        z -> z.putInt(at(z, CENTRAL, 1), 7),
        "the directory must be a list of entries but is not" + AGAIN);
  }

  @Test
  void headersThatDisagree() throws IOException {
    String message = " must have a header that agrees with the directory but has not" + AGAIN;
    refused(z -> z.putInt(at(z, LOCAL, 2) + 18, 4), "'m/data/0'" + message);
    refused(z -> z.putInt(at(z, LOCAL, 2) + 14, 4), "'m/data/0'" + message);
    refused(z -> z.putShort(at(z, LOCAL, 2) + 8, (short) 8), "'m/data/0'" + message);
    refused(z -> z.put(at(z, LOCAL, 2) + 30, (byte) 'n'), "'m/data/0'" + message);
    refused(z -> z.putInt(at(z, LOCAL, 2), 5), "'m/data/0'" + message);
  }

  @Test
  void entriesThatLieElsewhere() throws IOException {
    refused(
        z -> z.putInt(at(z, CENTRAL, 2) + 42, 0x7fffffff),
        "'m/data/0' must lie inside the file but begins at byte 2147483647" + AGAIN);
    refused(
        z -> {
          for (int at : new int[] {at(z, CENTRAL, 2) + 20, at(z, LOCAL, 2) + 18}) {
            z.putInt(at, 80).putInt(at + 4, 80);
          }
        },
        "'m/data/0' must end before the directory at byte "
            + directory()
            + " but ends at byte "
            + (directory() + 72)
            + AGAIN);
    refused(
        z -> {
          for (int at : new int[] {at(z, CENTRAL, 1) + 20, at(z, LOCAL, 1) + 18}) {
            z.putInt(at, 20).putInt(at + 4, 20);
          }
        },
        "'m/data/0' overlaps 'm/byteorder': it begins at byte "
            + (directory() - 46)
            + " but that ends at "
            + (directory() - 46 + 14)
            + AGAIN);
    refused(
        z -> z.putInt(at(z, CENTRAL, 2) + 42, -1),
        "'m/data/0' must have its sizes in a zip64 field but lacks one" + AGAIN);
  }

  private static int directory() throws IOException {
    ByteBuffer zip = ByteBuffer.wrap(zip(entries(PICKLE))).order(ByteOrder.LITTLE_ENDIAN);
    return at(zip, CENTRAL, 0);
  }

  @Test
  void methodsAndEncryption() throws IOException {
    refused(
        z -> z.putShort(at(z, CENTRAL, 2) + 8, (short) 1),
        "'m/data/0' must be readable but is encrypted: decrypt it");
    refused(
        z -> z.putShort(at(z, CENTRAL, 2) + 10, (short) 12),
        "'m/data/0' must be stored or deflated but has compression method 12: save it again");
    refused(
        z -> {
          z.putShort(at(z, CENTRAL, 2) + 10, (short) 8).putShort(at(z, LOCAL, 2) + 8, (short) 8);
        },
        "'m/data/0' must be stored, as torch.save does but is compressed:"
            + " pack the archive again without compression");
    refused(
        z -> {
          for (int at : new int[] {at(z, CENTRAL, 2) + 24, at(z, LOCAL, 2) + 22}) {
            z.putInt(at, 2_000_000_000);
          }
          z.putShort(at(z, CENTRAL, 2) + 10, (short) 8).putShort(at(z, LOCAL, 2) + 8, (short) 8);
        },
        "'m/data/0' takes 8 bytes but claims to hold 2,000,000,000" + AGAIN);
  }

  @Test
  void names() throws IOException {
    for (String name : new String[] {"../m/0", "m/../../0", "/m", "m\\0", "m\n"}) {
      Map<String, byte[]> entries = entries(PICKLE);
      entries.put(name, new byte[1]);
      Path file = write(zip(entries));
      assertThatThrownBy(() -> Checkpoint.open(file))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("must have a plain relative name but ")
          .hasMessageEndingWith(": do not use this download");
    }
    Map<String, byte[]> same = entries(PICKLE);
    same.put("m/data/1", new byte[8]);
    String text =
        new String(zip(same), StandardCharsets.ISO_8859_1).replace("m/data/1", "m/data/0");
    refused(
        text.getBytes(StandardCharsets.ISO_8859_1),
        "'m/data/0' must be there once but is there twice" + AGAIN);
  }

  @Test
  void contents() throws IOException {
    Map<String, byte[]> entries = entries(PICKLE);
    entries.put("m/byteorder", "big".getBytes(StandardCharsets.ISO_8859_1));
    refused(
        zip(entries),
        "'m/byteorder' must be 'little' but is 'big': save it again on a little-endian machine");
    entries = entries(PICKLE);
    entries.put("m/code/__torch__.py", new byte[1]);
    refused(
        zip(entries),
        "must hold a state_dict but is a TorchScript program:"
            + " save the state_dict of torch.jit.load with torch.save");
    entries = entries(PICKLE);
    entries.remove("m/data/0");
    refused(zip(entries), "'w' needs the entry 'm/data/0' but there is none" + AGAIN);
    entries.put("m/data/0", new byte[7]);
    refused(
        zip(entries), "'m/data/0' must have 2 elements of 4 bytes for 'w' but has 7 bytes" + AGAIN);
    entries = entries(PICKLE);
    entries.put("n/data.pkl", new byte[1]);
    refused(
        zip(entries),
        "must be a zip archive of torch.save or numpy.savez but has 2 entries like"
            + " 'NAME/data.pkl' and no '.npy': check that it is a weight file");
  }

  /** Whatever a single changed byte does, it is a checkpoint or a fault of the file. */
  @Test
  void anyByteMayBeWrong() throws IOException {
    byte[] good = zip(entries(PICKLE));
    Random random = new Random(3);
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] = (byte) random.nextInt();
      Path file = write(bad);
      assertThatCode(
              () -> {
                try (Checkpoint c = Checkpoint.open(file)) {
                  for (TensorInfo info : c.tensors()) {
                    Fixtures.floats(c, info);
                  }
                } catch (InputException e) {
                  // Refused: as it should be.
                }
              })
          .as("byte " + i)
          .doesNotThrowAnyException();
      byte[] cut = Arrays.copyOf(good, i);
      Path shorter = write(cut);
      assertThatThrownBy(() -> Checkpoint.open(shorter)).isInstanceOf(InputException.class);
    }
  }
}
