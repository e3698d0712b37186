package dev.orograph.input;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;

/**
 * A message of protocol buffers in the wire format, read field by field from bytes that may be
 * hostile: {@code while (m.next()) switch (m.field()) ...}. Nothing is read before it is asked for,
 * so that a file may be larger than memory; nothing is allocated before its length is known to lie
 * within the message; messages within messages are read at most {@value #MOST_DEPTH} deep. Groups
 * are refused. Source: Protocol Buffers documentation, "Encoding".
 */
public final class ProtoMessage {
  /** Messages within messages, as many as the format's own readers allow. */
  public static final int MOST_DEPTH = 100;

  private static final int WINDOW = 1 << 16;
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  /** Where the bytes lie. */
  public interface Source {
    /**
     * Bytes from a place on.
     *
     * @param position the first, counted from the start
     * @param length how many, all of them there
     */
    ByteBuffer read(long position, int length);

    /** The exception for what was found wrong, in words that follow the file's name. */
    InputException damaged(String found);
  }

  private final Window window;
  private final long end;
  private final int depth;
  private long at;
  private int field;
  private int wire;
  private long value;
  private long from;

  private ProtoMessage(Window window, long begin, long end, int depth) {
    this.window = window;
    this.at = begin;
    this.end = end;
    this.depth = depth;
  }

  /** The message that fills bytes {@code begin} to {@code end} of a source. */
  public static ProtoMessage of(Source source, long begin, long end) {
    return new ProtoMessage(new Window(source, end), begin, end, 0);
  }

  /** The message that fills an array. */
  public static ProtoMessage of(
      byte[] bytes, java.util.function.Function<String, InputException> damaged) {
    return of(
        new Source() {
          @Override
          public ByteBuffer read(long position, int length) {
            return ByteBuffer.wrap(bytes, (int) position, length);
          }

          @Override
          public InputException damaged(String found) {
            return damaged.apply(found);
          }
        },
        0,
        bytes.length);
  }

  /**
   * Goes on to the next field.
   *
   * @return false where the message ends
   * @throws InputException where it is cut off, or the field is none
   */
  public boolean next() {
    if (at == end) {
      return false;
    }
    long start = at;
    long key = varint();
    long number = key >>> 3;
    if (number < 1 || number >= 1 << 29) {
      throw window.source.damaged("is damaged at byte " + start);
    }
    field = (int) number;
    wire = (int) (key & 7);
    value = wire == VARINT ? varint() : 0;
    long length =
        switch (wire) {
          case VARINT -> 0;
          case FIXED64 -> 8;
          case FIXED32 -> 4;
          case BYTES -> varint();
          default -> -1;
        };
    if (length < 0 || length > end - at) {
      throw window.source.damaged("is damaged or cut off at byte " + start);
    }
    from = at;
    at += length;
    return true;
  }

  /** The number of the field. */
  public int field() {
    return field;
  }

  /** Whether the field is bytes: a text, a message, packed numbers. */
  public boolean isBytes() {
    return wire == BYTES;
  }

  /** Where the field's bytes begin, counted from the start of the source. */
  public long begin() {
    return from;
  }

  /** The place after the field's last byte. */
  public long end() {
    return at;
  }

  /** The field as a whole number: a varint, or the bits of a fixed one; 0 where it is bytes. */
  public long number() {
    return wire == FIXED32 || wire == FIXED64 ? fixed(from, (int) (at - from)) : value;
  }

  /** The field as a float32; 0 where it is none. */
  public float real() {
    return wire == FIXED32 ? Float.intBitsToFloat((int) number()) : 0;
  }

  /**
   * Numbers of a repeated field, be they packed or one by one.
   *
   * @param size bytes of one, 0 for varints
   */
  public void numbers(int size, LongConsumer each) {
    if (wire != BYTES) {
      each.accept(number());
      return;
    }
    ProtoMessage packed = new ProtoMessage(window, from, at, depth);
    while (packed.at < packed.end) {
      if (size == 0) {
        each.accept(packed.varint());
      } else if (packed.end - packed.at < size) {
        throw window.source.damaged("is damaged or cut off at byte " + packed.at);
      } else {
        each.accept(packed.fixed(packed.at, size));
        packed.at += size;
      }
    }
  }

  /**
   * The field as a message.
   *
   * @throws InputException where messages lie too deep in each other
   */
  public ProtoMessage message() {
    if (depth == MOST_DEPTH) {
      throw window.source.damaged(
          "has messages more than " + MOST_DEPTH + " deep in each other at byte " + from);
    }
    return new ProtoMessage(window, from, wire == BYTES ? at : from, depth + 1);
  }

  /**
   * The field as bytes.
   *
   * @param most longest that is expected
   * @throws InputException where there are more
   */
  public byte[] bytes(int most) {
    long length = wire == BYTES ? at - from : 0;
    if (length > most) {
      throw window.source.damaged(
          "has "
              + Text.grouped(length)
              + " bytes at byte "
              + from
              + " where at most "
              + Text.grouped(most)
              + " are expected");
    }
    byte[] copy = new byte[(int) length];
    window.copy(from, copy);
    return copy;
  }

  /**
   * The field as a text.
   *
   * @param most longest that is expected, in bytes
   * @throws InputException where it is longer, or no UTF-8
   */
  public String text(int most) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(most))).toString();
    } catch (CharacterCodingException e) {
      throw window.source.damaged("has a text that is not UTF-8 at byte " + from);
    }
  }

  private long varint() {
    long number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == end) {
        throw window.source.damaged("is cut off at byte " + end);
      }
      byte b = window.get(at++);
      number |= (long) (b & 127) << shift;
      if (b >= 0) {
        return number;
      }
    }
    throw window.source.damaged("has a number that does not end at byte " + at);
  }

  private long fixed(long position, int size) {
    long bits = 0;
    for (int i = size - 1; i >= 0; i--) {
      bits = bits << 8 | (window.get(position + i) & 0xFF);
    }
    return bits;
  }

  /** A stretch of the source, moved to where bytes are asked for; shared by all its messages. */
  private static final class Window {
    private final Source source;
    private final long end;
    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private long begin;

    Window(Source source, long end) {
      this.source = source;
      this.end = end;
    }

    byte get(long position) {
      if (position < begin || position >= begin + bytes.limit()) {
        int length = (int) Math.min(WINDOW, end - position);
        bytes = source.read(position, length).slice().order(ByteOrder.LITTLE_ENDIAN);
        begin = position;
      }
      return bytes.get((int) (position - begin));
    }

    void copy(long position, byte[] into) {
      for (int done = 0; done < into.length; ) {
        get(position + done);
        int skip = (int) (position + done - begin);
        int n = Math.min(into.length - done, bytes.limit() - skip);
        bytes.slice(skip, n).get(into, done, n);
        done += n;
      }
    }
  }
}
