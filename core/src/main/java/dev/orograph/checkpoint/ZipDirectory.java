package dev.orograph.checkpoint;

import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a zip archive holds and where, believed only after every check; nothing is extracted.
 *
 * <p>The central directory is compared with the header before each entry: name, method, sizes and
 * checksum must agree, entries must lie before the directory and must not overlap, and names must
 * be unique and relative. Zip64 is read; encryption, several disks and methods other than "stored"
 * and "deflated" are refused. Source: PKWARE, APPNOTE 6.3.
 *
 * @param entries in the order of the directory
 * @param byName the same by name
 * @param begin first byte of the directory
 */
record ZipDirectory(List<Entry> entries, Map<String, Entry> byName, long begin) {
  private static final int MAX_BYTES = 32 << 20;
  private static final int END = 22;
  private static final int LOCATOR = 20;
  private static final int MAX_COMMENT = 0xFFFF;
  private static final long SATURATED = 0xFFFF_FFFFL;

  /** No input inflates to more than this many times its size (RFC 1951). */
  private static final int MOST_INFLATED = 1032;

  /**
   * An entry.
   *
   * @param name its name
   * @param header first byte of the header before it
   * @param data its first byte
   * @param stored bytes that it takes in the archive
   * @param size bytes that it has
   * @param crc CRC-32 of these
   * @param deflated whether it is compressed
   */
  record Entry(
      String name, long header, long data, long stored, long size, long crc, boolean deflated) {
    /** The byte after its last. */
    long end() {
      return data + stored;
    }
  }

  /** The entry of a name. */
  Optional<Entry> entry(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * Reads and checks the directory.
   *
   * @throws InputException where the archive breaks a rule
   */
  static ZipDirectory read(FileBytes in) {
    int tail = (int) Math.min(in.size(), END + MAX_COMMENT);
    ByteBuffer last = in.at(in.size() - tail, tail, "the archive");
    int at = tail - END;
    while (at >= 0
        && (last.getInt(at) != 0x06054b50
            || at + END + (last.getShort(at + 20) & 0xFFFF) != tail)) {
      at--;
    }
    if (at < 0) {
      throw in.fault("the archive", "must end with a directory", "has none").build();
    }
    long end = in.size() - tail + at;
    long disks = last.getInt(at + 4);
    long count = last.getShort(at + 10) & 0xFFFF;
    long size = last.getInt(at + 12) & SATURATED;
    long begin = last.getInt(at + 16) & SATURATED;
    if (end >= LOCATOR && in.at(end - LOCATOR, 4, "the archive").getInt() == 0x07064b50) {
      ByteBuffer locator = in.at(end - LOCATOR, LOCATOR, "the archive");
      long record = locator.getLong(8);
      ByteBuffer wide = in.at(record, 56, "the zip64 record");
      if (wide.getInt(0) != 0x06064b50 || wide.getLong(4) != end - LOCATOR - record - 12) {
        throw in.fault("the zip64 record", "must lie before its locator", "does not").build();
      }
      if (differs(count, 0xFFFF, wide.getLong(32))
          || differs(size, SATURATED, wide.getLong(40))
          || differs(begin, SATURATED, wide.getLong(48))) {
        throw in.fault("the zip64 record", "must agree with the end record", "does not").build();
      }
      disks |= wide.getLong(16);
      count = wide.getLong(32);
      size = wide.getLong(40);
      begin = wide.getLong(48);
      end = record;
    }
    if (disks != 0) {
      throw in.fault("the archive", "must be one file", "is one of several disks").build();
    }
    if (size < 0 || size > MAX_BYTES || begin < 0 || begin != end - size) {
      throw in.fault(
              "the directory",
              "must have at most "
                  + Text.grouped(MAX_BYTES)
                  + " bytes and end at byte "
                  + Text.grouped(end),
              "has " + size + " from byte " + begin + " on")
          .build();
    }
    Map<String, Entry> byName =
        entries(in, in.at(begin, (int) size, "the directory"), count, begin);
    return new ZipDirectory(List.copyOf(byName.values()), byName, begin);
  }

  private static boolean differs(long narrow, long saturated, long wide) {
    return narrow != saturated && narrow != wide;
  }

  private static Map<String, Entry> entries(
      FileBytes in, ByteBuffer directory, long count, long directoryBegin) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    while (directory.remaining() >= 46) {
      Entry entry = entry(in, directory);
      if (entry.end() > directoryBegin || entry.end() < entry.data()) {
        throw in.fault(
                Text.quoted(entry.name()),
                "must end before the directory at byte " + Text.grouped(directoryBegin),
                "ends at byte " + Text.grouped(entry.end()))
            .build();
      }
      if (entries.put(entry.name(), entry) != null) {
        throw in.fault(Text.quoted(entry.name()), "must be there once", "is there twice").build();
      }
    }
    if (directory.hasRemaining() || entries.size() != count) {
      throw in.fault(
              "the directory",
              "must list " + count + " entries",
              "lists " + entries.size() + (directory.hasRemaining() ? " and more bytes" : ""))
          .build();
    }
    requireApart(in, entries.values());
    return entries;
  }

  private static Entry entry(FileBytes in, ByteBuffer d) {
    int at = d.position();
    int nameLength = d.getShort(at + 28) & 0xFFFF;
    int extraLength = d.getShort(at + 30) & 0xFFFF;
    int length = 46 + nameLength + extraLength + (d.getShort(at + 32) & 0xFFFF);
    if (d.getInt(at) != 0x02014b50 || length > d.remaining()) {
      throw in.fault("the directory", "must be a list of entries", "is not").build();
    }
    String name = name(in, d, at + 46, nameLength);
    String place = Text.quoted(name);
    int flags = d.getShort(at + 8);
    int method = d.getShort(at + 10);
    if ((flags & 1) != 0) {
      throw in.fault(place, "must be readable", "is encrypted").remedy("decrypt it").build();
    }
    if (method != 0 && method != 8) {
      throw in.fault(place, "must be stored or deflated", "has compression method " + method)
          .remedy("save it again")
          .build();
    }
    long crc = d.getInt(at + 16) & SATURATED;
    Wide wide = new Wide(in, place, d, at + 46 + nameLength, extraLength);
    long size = wide.next(d.getInt(at + 24));
    long stored = wide.next(d.getInt(at + 20));
    long header = wide.next(d.getInt(at + 42));
    if (size < 0 || stored < 0 || header < 0 || header > in.size()) {
      throw in.fault(place, "must lie inside the file", "begins at byte " + header).build();
    }
    d.position(at + length);

    ByteBuffer h = in.at(header, 30, place);
    int localName = h.getShort(26) & 0xFFFF;
    int localExtra = h.getShort(28) & 0xFFFF;
    ByteBuffer rest = in.at(header + 30, localName + localExtra, place);
    Wide localWide = new Wide(in, place, rest, localName, localExtra);
    long localSize = localWide.next(h.getInt(22));
    long localStored = localWide.next(h.getInt(18));
    // A writer that streams gives sizes and checksum behind the entry, and zeros before it.
    boolean behind = (h.getShort(6) & 8) != 0;
    boolean blank = behind && h.getInt(14) == 0 && localSize == 0 && localStored == 0;
    boolean agrees =
        blank || ((h.getInt(14) & SATURATED) == crc && localSize == size && localStored == stored);
    if (h.getInt(0) != 0x04034b50
        || h.getShort(8) != method
        || (h.getShort(6) & 1) != 0
        || !agrees
        || !rest.slice(0, localName).equals(d.slice(at + 46, nameLength))) {
      throw in.fault(place, "must have a header that agrees with the directory", "has not").build();
    }
    if (method == 0 ? stored != size : size / MOST_INFLATED > stored) {
      throw in.fault(
              place,
              "takes " + Text.grouped(stored) + " bytes",
              "claims to hold " + Text.grouped(size))
          .build();
    }
    return new Entry(
        name, header, header + 30 + localName + localExtra, stored, size, crc, method == 8);
  }

  private static String name(FileBytes in, ByteBuffer d, int at, int length) {
    String name;
    try {
      name = StandardCharsets.UTF_8.newDecoder().decode(d.slice(at, length)).toString();
    } catch (CharacterCodingException e) {
      throw in.fault("an entry's name", "must be UTF-8", "is not").cause(e).build();
    }
    boolean upwards = Arrays.asList(name.split("/", -1)).contains("..");
    if (name.isEmpty()
        || upwards
        || name.startsWith("/")
        || name.indexOf('\\') >= 0
        || name.chars().anyMatch(Character::isISOControl)) {
      throw in.fault(
              "the entry " + Text.quoted(name),
              "must have a plain relative name",
              upwards ? "leads upwards" : "has another")
          .remedy("do not use this download")
          .build();
    }
    return name;
  }

  private static void requireApart(FileBytes in, Collection<Entry> entries) {
    List<Entry> ordered = new ArrayList<>(entries);
    ordered.sort(Comparator.comparingLong(Entry::header));
    for (int i = 1; i < ordered.size(); i++) {
      Entry before = ordered.get(i - 1);
      Entry entry = ordered.get(i);
      if (entry.header() < before.end()) {
        throw in.fault(
                Text.quoted(entry.name()),
                "overlaps "
                    + Text.quoted(before.name())
                    + ": it begins at byte "
                    + Text.grouped(entry.header()),
                "that ends at " + Text.grouped(before.end()))
            .build();
      }
    }
  }

  /** The zip64 numbers of an extra field, which stand in for those that are saturated. */
  private static final class Wide {
    private final FileBytes in;
    private final String place;
    private final ByteBuffer numbers;

    Wide(FileBytes in, String place, ByteBuffer extra, int at, int length) {
      this.in = in;
      this.place = place;
      ByteBuffer found = ByteBuffer.allocate(0);
      for (int i = at; i + 4 <= at + length; ) {
        int n = extra.getShort(i + 2) & 0xFFFF;
        if (extra.getShort(i) == 1 && i + 4 + n <= at + length) {
          found = extra.slice(i + 4, n);
        }
        i += 4 + n;
      }
      numbers = found.order(ByteOrder.LITTLE_ENDIAN);
    }

    long next(int narrow) {
      if ((narrow & SATURATED) != SATURATED) {
        return narrow & SATURATED;
      }
      if (numbers.remaining() < Long.BYTES) {
        throw in.fault(place, "must have its sizes in a zip64 field", "lacks one").build();
      }
      return numbers.getLong();
    }
  }
}
