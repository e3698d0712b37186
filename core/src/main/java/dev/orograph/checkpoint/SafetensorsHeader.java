package dev.orograph.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.BoundedJson;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
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
 */
final class SafetensorsHeader {
  /** Longest header that is read, as in the reference implementation. */
  static final long MAX_BYTES = 100_000_000;

  /** The key that is no tensor. */
  static final String METADATA = "__metadata__";

  /** Most dimensions. */
  static final int MAX_RANK = 8;

  private static final String AGAIN = "download it again";

  private SafetensorsHeader() {}

  /**
   * Reads and checks the header of a file.
   *
   * @param first its first bytes, {@link FileKind#BYTES} or all
   * @throws InputException where the file cannot be read or breaks a rule of the format
   */
  static WeightFile read(FileBytes in, byte[] first) {
    Path file = in.file();
    boolean plausible = FileKind.plausibleLength(first);
    Optional<FileKind> kind = plausible ? Optional.empty() : FileKind.of(first);
    if (kind.isPresent()) {
      throw InputException.at(file)
          .expected("must be a file of weights")
          .found("is " + kind.get().what())
          .remedy(kind.get().remedy())
          .build();
    }
    if (first.length < 8) {
      throw InputException.at(file)
          .expected(
              file.toString().endsWith(".safetensors")
                  ? "must start with the 8 bytes of a safetensors header length"
                  : "must be a file of weights")
          .found(
              in.size() == 0
                  ? "is empty"
                  : "has " + in.size() + (in.size() == 1 ? " byte" : " bytes"))
          .remedy(AGAIN)
          .build();
    }
    long length = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    if (!plausible) {
      throw InputException.at(file)
          .place("the header")
          .expected("must have 2 to " + Text.grouped(MAX_BYTES) + " bytes")
          .found("its length field says " + Long.toUnsignedString(length))
          .remedy("check that it is a safetensors file, or " + AGAIN)
          .build();
    }
    return parse(in, in.at(8, (int) length, "the header").array());
  }

  private static WeightFile parse(FileBytes in, byte[] header) {
    Path file = in.file();
    if (header[0] != '{') {
      throw InputException.at(file)
          .place("the header")
          .expected("must start with '{'")
          .found(String.format(Locale.ROOT, "starts with byte 0x%02x", header[0] & 0xFF))
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
    checkCover(file, in.size(), dataStart, tensors);
    // Where tensors share storage, save_model stores one and notes under the others' names which.
    return new WeightFile(in, List.of(new WeightFile.Range(0, dataStart)), List.copyOf(tensors))
        .saying(metadata, Optional.empty())
        .with(metadata);
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
