package dev.orograph.fuzz;

import dev.orograph.input.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Changes of a field somewhere in a message of protocol buffers; the lengths of the messages around
 * it are right again, so that what is inside is read.
 */
final class ProtoEdits {
  private static final int DEEP = 8;

  private final SplittableRandom random;
  private final Edits edits;

  ProtoEdits(SplittableRandom random, Edits edits) {
    this.random = random;
    this.edits = edits;
  }

  /** A field: a number, or bytes; the bits of fixed ones are bytes, too. */
  @SuppressWarnings("ArrayRecordComponent") // a field is never compared
  private record Field(int number, int wire, long value, byte[] bytes) {}

  byte[] change(byte[] bytes) {
    List<Field> fields = fields(bytes);
    return fields.isEmpty() ? edits.plain(bytes, bytes) : changed(fields, DEEP);
  }

  private byte[] changed(List<Field> fields, int depth) {
    int at = random.nextInt(fields.size());
    Field f = fields.get(at);
    List<Field> inner = f.wire == 2 && depth > 0 ? fields(f.bytes) : List.of();
    if (!inner.isEmpty() && random.nextInt(4) != 0) {
      fields.set(at, new Field(f.number, 2, 0, changed(inner, depth - 1)));
      return write(fields);
    }
    switch (random.nextInt(6)) {
      case 0 -> fields.remove(at);
      case 1 -> fields.add(random.nextInt(fields.size() + 1), f);
      case 2 -> fields.set(at, fields.get(random.nextInt(fields.size())));
      case 3 -> fields.set(at, new Field(1 + random.nextInt(24), f.wire, f.value, f.bytes));
      default -> fields.set(at, new Field(f.number, f.wire, value(f), content(f)));
    }
    return write(fields);
  }

  private long value(Field f) {
    return f.wire == 0 ? edits.number(f.value) : f.value;
  }

  private byte[] content(Field f) {
    if (f.wire != 2 || random.nextInt(3) == 0) {
      return f.bytes.length == 0 ? f.bytes : edits.plain(f.bytes, f.bytes);
    }
    if (random.nextInt(8) == 0) {
      byte[] nested = f.bytes;
      for (int i = 0; i < 150; i++) {
        nested = new ProtoWriter().bytes(1 + random.nextInt(7), nested).toBytes();
      }
      return nested;
    }
    return Edits.WORDS.get(random.nextInt(Edits.WORDS.size())).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] write(List<Field> fields) {
    ProtoWriter out = new ProtoWriter();
    for (Field f : fields) {
      switch (f.wire) {
        case 0 -> out.number(f.number, f.value);
        case 2 -> out.bytes(f.number, f.bytes);
        default -> out.raw(f.number, f.wire, f.bytes);
      }
    }
    return out.toBytes();
  }

  /** The fields of a message; none where the bytes are none. */
  private static List<Field> fields(byte[] bytes) {
    List<Field> fields = new ArrayList<>();
    int[] at = {0};
    while (at[0] < bytes.length) {
      long key = varint(bytes, at);
      int wire = (int) (key & 7);
      long value = wire == 0 || wire == 2 ? varint(bytes, at) : 0;
      long length = wire == 0 ? 0 : wire == 1 ? 8 : wire == 5 ? 4 : wire == 2 ? value : -1;
      if (key < 8 || key >>> 3 > 100 || length < 0 || length > bytes.length - at[0]) {
        return List.of();
      }
      byte[] content = Arrays.copyOfRange(bytes, at[0], at[0] + (int) length);
      fields.add(new Field((int) (key >>> 3), wire, value, content));
      at[0] += (int) length;
    }
    return fields;
  }

  /** A number; -1 where it does not end. */
  private static long varint(byte[] bytes, int[] at) {
    long value = 0;
    for (int shift = 0; shift < 64 && at[0] < bytes.length; shift += 7) {
      byte b = bytes[at[0]++];
      value |= (long) (b & 127) << shift;
      if (b >= 0) {
        return value;
      }
    }
    return -1;
  }
}
