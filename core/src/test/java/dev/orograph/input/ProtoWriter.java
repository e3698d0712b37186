package dev.orograph.input;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes a message of protocol buffers. */
public final class ProtoWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A number of variable length. */
  public ProtoWriter number(int field, long value) {
    varint(out, (long) field << 3);
    varint(out, value);
    return this;
  }

  /** A float32. */
  public ProtoWriter real(int field, float value) {
    varint(out, (long) field << 3 | 5);
    out.writeBytes(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, value).array());
    return this;
  }

  /** The bytes of a field of fixed length. */
  public ProtoWriter raw(int field, int wire, byte[] bytes) {
    varint(out, (long) field << 3 | wire);
    out.writeBytes(bytes);
    return this;
  }

  /** Bytes, packed numbers. */
  public ProtoWriter bytes(int field, byte[] bytes) {
    varint(out, (long) field << 3 | 2);
    varint(out, bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  /** A text. */
  public ProtoWriter text(int field, String text) {
    return bytes(field, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A message within this one. */
  public ProtoWriter message(int field, ProtoWriter message) {
    return bytes(field, message.toBytes());
  }

  /** Numbers of variable length, one after the other. */
  public static byte[] packed(long... values) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    for (long value : values) {
      varint(packed, value);
    }
    return packed.toByteArray();
  }

  /** What was written. */
  public byte[] toBytes() {
    return out.toByteArray();
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    for (; (rest & ~127L) != 0; rest >>>= 7) {
      out.write((int) ((rest & 127) | 128));
    }
    out.write((int) rest);
  }
}
