package dev.orograph.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.BoundedJson;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The header of a safetensors file, believed only after every check.
 *
 * <p>The format: 8 bytes, the header's length N, unsigned and little-endian; N bytes, a JSON object
 * in UTF-8 that starts with <code>{</code> and may end in spaces; then the data. The object maps
 * each tensor's name to {@code {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}},
 * offsets counted from the start of the data; {@code __metadata__} maps strings to strings. The
 * tensors cover the data without overlap, hole or rest. Source: the format section of the
 * safetensors README and {@code SafeTensors::read_metadata} of its reference implementation,
 * including its limit of 100,000,000 bytes for N. Stricter than the reference: names with control
 * characters, more than {@value #MAX_RANK} dimensions, duplicate names and unknown keys of a tensor
 * are refused.
 *
 * @param file the file
 * @param stamp the file as it was when it was read
 * @param dataStart the first byte after the header
 * @param metadata the strings of {@code __metadata__}, sorted
 * @param tensors by their place in the file
 */
record SafetensorsHeader(
    Path file,
    FileStamp stamp,
    long dataStart,
    Map<String, String> metadata,
    List<TensorInfo> tensors) {
  /** Longest header that is read, as in the reference implementation. */
  static final long MAX_BYTES = 100_000_000;

  /** The key that is no tensor. */
  static final String METADATA = "__metadata__";

  /** Most dimensions. */
  static final int MAX_RANK = 8;

  private static final String AGAIN = "download it again";

  /**
   * Reads and checks the header of a file.
   *
   * @throws InputException where the file cannot be read or breaks a rule of the format
   */
  static SafetensorsHeader read(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (!attributes.isRegularFile()) {
        String found = attributes.isDirectory() ? "is a folder" : "is something else";
        throw InputException.at(file).expected("must be a file").found(found).build();
      }
      FileStamp stamp = FileStamp.of(attributes);
      try (InputStream in = Files.newInputStream(file)) {
        byte[] first = in.readNBytes(FileKind.BYTES);
        int length = headerLength(file, stamp.size(), first);
        byte[] header = new byte[length];
        int have = Math.min(length, first.length - 8);
        System.arraycopy(first, 8, header, 0, have);
        if (in.readNBytes(header, have, length - have) != length - have) {
          throw InputException.at(file).found("became shorter while it was read").build();
        }
        return parse(file, stamp, header);
      }
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }

  private static int headerLength(Path file, long size, byte[] first) {
    boolean complete = size >= 8 && first.length >= 8;
    long length = complete ? ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getLong(0) : -1;
    boolean plausible = length >= 2 && length <= MAX_BYTES;
    Optional<FileKind> kind = plausible ? Optional.empty() : FileKind.of(first);
    if (kind.isPresent()) {
      throw InputException.at(file)
          .expected("must be a safetensors file")
          .found("is " + kind.get().what())
          .remedy(kind.get().remedy())
          .build();
    }
    if (!complete) {
      throw InputException.at(file)
          .expected("must start with the 8 bytes of a safetensors header length")
          .found(size == 0 ? "is empty" : "has " + size + (size == 1 ? " byte" : " bytes"))
          .remedy(AGAIN)
          .build();
    }
    if (!plausible) {
      throw InputException.at(file)
          .place("the header")
          .expected("must have 2 to " + Text.grouped(MAX_BYTES) + " bytes")
          .found("its length field says " + Long.toUnsignedString(length))
          .remedy("check that it is a safetensors file, or " + AGAIN)
          .build();
    }
    if (length > size - 8) {
      throw InputException.at(file)
          .place("the header")
          .expected("ends at byte " + Text.grouped(length + 8))
          .found("the file has " + Text.grouped(size))
          .remedy(AGAIN)
          .build();
    }
    return (int) length;
  }

  private static SafetensorsHeader parse(Path file, FileStamp stamp, byte[] header) {
    if (header[0] != '{') {
      throw InputException.at(file)
          .place("the header")
          .expected("must start with '{'")
          .found(String.format("starts with byte 0x%02x", header[0] & 0xFF))
          .remedy("check that it is a safetensors file, or " + AGAIN)
          .build();
    }
    JsonNode tree = BoundedJson.parse(header, file, "the header");
    long dataStart = 8L + header.length;
    Map<String, String> metadata = new TreeMap<>();
    List<TensorInfo> tensors = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : tree.properties()) {
      if (field.getKey().equals(METADATA)) {
        metadata = HeaderEntry.metadata(file, field.getValue());
      } else {
        tensors.add(HeaderEntry.tensor(file, dataStart, field.getKey(), field.getValue()));
      }
    }
    tensors.sort(
        Comparator.comparingLong(TensorInfo::begin)
            .thenComparingLong(TensorInfo::end)
            .thenComparing(TensorInfo::name));
    checkCover(file, stamp.size(), dataStart, tensors);
    return new SafetensorsHeader(file, stamp, dataStart, metadata, List.copyOf(tensors));
  }

  /** Refuses overlaps, holes, an end past the file and bytes after the last tensor. */
  private static void checkCover(Path file, long size, long dataStart, List<TensorInfo> tensors) {
    long covered = dataStart;
    String before = "";
    for (TensorInfo tensor : tensors) {
      if (tensor.begin() != covered) {
        boolean overlap = tensor.begin() < covered;
        String last = before.isEmpty() ? "the header" : Text.quoted(before);
        throw InputException.at(file)
            .place(Text.quoted(tensor.name()))
            .expected(
                (overlap ? "overlaps " : "must follow ")
                    + last
                    + (overlap ? ": it" : " without a hole, but it")
                    + " begins at byte "
                    + Text.grouped(tensor.begin()))
            .found("the bytes before it end at " + Text.grouped(covered))
            .remedy(AGAIN)
            .build();
      }
      if (tensor.end() > size) {
        throw InputException.at(file)
            .place(Text.quoted(tensor.name()))
            .expected("ends at byte " + Text.grouped(tensor.end()))
            .found("the file has " + Text.grouped(size))
            .remedy(AGAIN)
            .build();
      }
      covered = tensor.end();
      before = tensor.name();
    }
    if (covered != size) {
      throw InputException.at(file)
          .expected("must end with its last tensor at byte " + Text.grouped(covered))
          .found("has " + Text.grouped(size))
          .remedy(AGAIN)
          .build();
    }
  }
}
