package dev.orograph.checkpoint;

import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The header of a GGUF file of version 2 or 3, believed only after every check.
 *
 * <p>The format, little-endian: {@code GGUF}, version, number of tensors, number of metadata
 * entries; the entries (name, type, value); for each tensor its name, its sizes fastest first, its
 * type and the offset of its data; then the data from the next multiple of {@code
 * general.alignment} on. Read are F32, F16, BF16, F64, the integers, and the block types of {@link
 * DType}. Source: ggml, {@code docs/gguf.md}.
 *
 * <p>Limits: {@value #MAX_HEADER} bytes of header, {@value #MAX_ENTRIES} entries and tensors, texts
 * of {@value #MAX_TEXT} bytes. Lists among the metadata (tokens) are passed over.
 */
final class Gguf {
  private static final int MAX_HEADER = 64 << 20;
  private static final int MAX_ENTRIES = 1 << 17;
  private static final int MAX_TEXT = 1 << 24;
  private static final int MAX_DIMENSIONS = 4;
  private static final int MAX_NESTING = 4;
  private static final int BUFFER = 1 << 16;

  /** Longest text that is kept: templates of chats are not. */
  private static final int KEPT = 1 << 10;

  private static final Map<Integer, DType> TYPES =
      Map.ofEntries(
          Map.entry(0, DType.F32),
          Map.entry(1, DType.F16),
          Map.entry(2, DType.Q4_0),
          Map.entry(3, DType.Q4_1),
          Map.entry(6, DType.Q5_0),
          Map.entry(7, DType.Q5_1),
          Map.entry(8, DType.Q8_0),
          Map.entry(24, DType.I8),
          Map.entry(25, DType.I16),
          Map.entry(26, DType.I32),
          Map.entry(27, DType.I64),
          Map.entry(28, DType.F64),
          Map.entry(30, DType.BF16));

  private static final Map<Integer, String> UNREAD =
      Map.ofEntries(
          Map.entry(9, "Q8_1"),
          Map.entry(10, "Q2_K"),
          Map.entry(11, "Q3_K"),
          Map.entry(12, "Q4_K"),
          Map.entry(13, "Q5_K"),
          Map.entry(14, "Q6_K"),
          Map.entry(15, "Q8_K"),
          Map.entry(16, "IQ2_XXS"),
          Map.entry(17, "IQ2_XS"),
          Map.entry(18, "IQ3_XXS"),
          Map.entry(19, "IQ1_S"),
          Map.entry(20, "IQ4_NL"),
          Map.entry(21, "IQ3_S"),
          Map.entry(22, "IQ2_S"),
          Map.entry(23, "IQ4_XS"),
          Map.entry(29, "IQ1_M"),
          Map.entry(34, "TQ1_0"),
          Map.entry(35, "TQ2_0"),
          Map.entry(39, "MXFP4"));

  private static final int TEXT = 8;
  private static final int LIST = 9;

  private final FileBytes in;
  private final Map<String, Object> metadata = new TreeMap<>();
  private ByteBuffer buffer = ByteBuffer.allocate(0);
  private long bufferBegin;

  private Gguf(FileBytes in) {
    this.in = in;
  }

  /** A tensor as the header names it. */
  private record Named(String name, DType dtype, List<Long> shape, long offset) {}

  /** What the header of one file holds. */
  private record Head(Gguf of, List<TensorInfo> tensors, long end) {
    long number(String key) {
      return of.metadata.get(key) instanceof Long n ? n : -1;
    }
  }

  /**
   * Reads and checks the headers of a file, or of all parts of one that was cut.
   *
   * @throws InputException where a file breaks a rule of the format, or is no part of the set
   */
  static List<WeightFile> read(List<FileBytes> files) {
    List<Head> heads = files.stream().map(in -> new Gguf(in).head()).toList();
    Gguf first = heads.get(0).of;
    for (int i = 0; i < heads.size(); i++) {
      Gguf part = heads.get(i).of;
      long count = Math.max(1, heads.get(i).number("split.count"));
      if (count != heads.size() || (count > 1 && heads.get(i).number("split.no") != i)) {
        throw part.in
            .fault(
                "'split.count'",
                "must be that of "
                    + heads.size()
                    + (heads.size() == 1 ? " file" : " files in their order"),
                "is " + count + " in part " + (heads.get(i).number("split.no") + 1))
            .remedy("put all parts into one folder, as NAME-00001-of-0000N.gguf")
            .build();
      }
    }
    List<String> names =
        heads.stream().flatMap(h -> h.tensors.stream()).map(TensorInfo::name).toList();
    long said = heads.get(0).number("split.tensors.count");
    if (said >= 0 && said != names.size()) {
      throw first
          .in
          .fault("'split.tensors.count'", "is " + said, "the parts hold " + names.size())
          .build();
    }
    LlamaNames llama = LlamaNames.of(first.in.file(), first.metadata, names);
    List<WeightFile> read = new ArrayList<>();
    for (Head head : heads) {
      Map<String, String> texts = new TreeMap<>();
      head.of.metadata.forEach((key, value) -> texts.put(key, value.toString()));
      boolean own = head.equals(heads.get(0));
      read.add(
          new WeightFile(
                  head.of.in,
                  List.of(new WeightFile.Range(0, head.end)),
                  head.tensors.stream().map(llama::renamed).toList())
              .saying(texts, own ? llama.config() : Optional.empty())
              .with(own ? llama.aliases() : Map.of()));
    }
    return read;
  }

  private Head head() {
    next(4, "the header");
    int version = next(4, "the header").getInt();
    if (version != 2 && version != 3) {
      boolean big = Integer.reverseBytes(version) == 2 || Integer.reverseBytes(version) == 3;
      throw in.fault(
              "the header",
              "must be little-endian and of version 2 or 3",
              big ? "is big-endian" : "has version " + Integer.toUnsignedString(version))
          .remedy("convert it again with a current llama.cpp")
          .build();
    }
    long tensorCount = count("tensors", 24);
    long entryCount = count("metadata entries", 13);
    for (long i = 0; i < entryCount; i++) {
      String key = text("a metadata key");
      Object value = value(key, next(4, key).getInt(), 0);
      if (metadata.put(key, value) != null) {
        throw in.fault(Text.quoted(key), "must be there once", "is there twice").build();
      }
    }
    List<Named> named = new ArrayList<>();
    for (long i = 0; i < tensorCount; i++) {
      named.add(tensor());
    }
    long alignment = metadata.get("general.alignment") instanceof Long a ? a : 32;
    if (alignment < 8 || alignment > 1 << 20 || Long.bitCount(alignment) != 1) {
      throw in.fault("'general.alignment'", "must be a power of two from 8 on", "is " + alignment)
          .build();
    }
    long dataBegin = (position() + alignment - 1) / alignment * alignment;
    List<TensorInfo> tensors = new ArrayList<>();
    for (Named n : named) {
      tensors.add(place(n, dataBegin, alignment));
    }
    tensors.sort(Comparator.comparingLong(TensorInfo::begin).thenComparing(TensorInfo::name));
    requireApart(tensors);
    return new Head(this, List.copyOf(tensors), position());
  }

  /** A number of things that take at least so many bytes each. */
  private long count(String what, int bytes) {
    long count = next(8, "the header").getLong();
    long most = Math.min(MAX_ENTRIES, in.size() / bytes);
    if (count < 0 || count > most) {
      throw in.fault(
              "the header",
              "must have at most " + Text.grouped(most) + " " + what,
              "says " + Long.toUnsignedString(count))
          .build();
    }
    return count;
  }

  /** A value of the metadata: a text, a Long, a Double or a Boolean; what a list is, in words. */
  private Object value(String key, int type, int depth) {
    String place = Text.quoted(key);
    return switch (type) {
      case 0 -> (long) (next(1, place).get() & 0xFF);
      case 1 -> (long) next(1, place).get();
      case 2 -> (long) (next(2, place).getShort() & 0xFFFF);
      case 3 -> (long) next(2, place).getShort();
      case 4 -> next(4, place).getInt() & 0xFFFF_FFFFL;
      case 5 -> (long) next(4, place).getInt();
      case 6 -> (double) next(4, place).getFloat();
      case 7 -> next(1, place).get() != 0;
      case TEXT -> {
        String text = text(place);
        yield text.length() > KEPT ? text.length() + " characters" : text;
      }
      case LIST -> list(key, depth);
      case 10, 11 -> next(8, place).getLong();
      case 12 -> next(8, place).getDouble();
      default -> throw in.fault(place, "must be of type 0 to 12", "has type " + type).build();
    };
  }

  private String list(String key, int depth) {
    String place = Text.quoted(key);
    int type = next(4, place).getInt();
    long count = next(8, place).getLong();
    int bytes =
        switch (type) {
          case 0, 1, 7 -> 1;
          case 2, 3 -> 2;
          case 4, 5, 6 -> 4;
          case TEXT, 10, 11, 12 -> 8;
          default -> 12;
        };
    if (count < 0 || count > (in.size() - position()) / bytes || depth >= MAX_NESTING) {
      throw in.fault(
              place,
              "must be a list inside the file, at most " + MAX_NESTING + " deep",
              "has " + Long.toUnsignedString(count) + " elements at depth " + (depth + 1))
          .build();
    }
    if (type < TEXT || (type > LIST && type <= 12)) {
      skip(count * bytes, place);
    } else {
      for (long i = 0; i < count; i++) {
        if (type == TEXT) {
          skip(length(place), place);
        } else {
          value(key, type, depth + 1);
        }
      }
    }
    return "a list of " + count;
  }

  private Named tensor() {
    String name = text("a tensor's name");
    HeaderEntry.requireName(in.file(), name);
    String place = Text.quoted(name);
    int dimensions = next(4, place).getInt();
    if (dimensions < 0 || dimensions > MAX_DIMENSIONS) {
      throw in.fault(
              place,
              "must have at most " + MAX_DIMENSIONS + " dimensions",
              "has " + Integer.toUnsignedString(dimensions))
          .build();
    }
    List<Long> shape = new ArrayList<>();
    for (int i = 0; i < dimensions; i++) {
      shape.add(0, next(8, place).getLong());
    }
    int type = next(4, place).getInt();
    long offset = next(8, place).getLong();
    DType dtype = TYPES.get(type);
    if (dtype == null) {
      String called = UNREAD.getOrDefault(type, "number " + Integer.toUnsignedString(type));
      throw in.fault(place, "has type " + called, "this version reads " + typesRead())
          .remedy("quantise the model to Q8_0, or convert it to F16")
          .build();
    }
    return new Named(name, dtype, shape, offset);
  }

  private static String typesRead() {
    return String.join(
        ", ",
        TYPES.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(e -> e.getValue().name())
            .toList());
  }

  private TensorInfo place(Named n, long dataBegin, long alignment) {
    String place = Text.quoted(n.name());
    long bytes;
    try {
      bytes = TensorInfo.bytes(n.dtype(), n.shape());
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw in.fault(
              place,
              "must have fewer than 2^63 bytes in whole blocks of " + n.dtype().block(),
              "has shape " + n.shape())
          .cause(e)
          .build();
    }
    if (n.offset() < 0 || n.offset() % alignment != 0) {
      throw in.fault(
              place,
              "must begin at a multiple of " + alignment,
              "begins at " + Long.toUnsignedString(n.offset()))
          .build();
    }
    if (dataBegin > in.size()
        || n.offset() > in.size() - dataBegin
        || bytes > in.size() - dataBegin - n.offset()) {
      throw in.fault(
              place,
              "has "
                  + Text.grouped(bytes)
                  + " bytes from byte "
                  + Text.grouped(dataBegin)
                  + " + "
                  + Text.grouped(n.offset())
                  + " on",
              "the file has " + Text.grouped(in.size()))
          .build();
    }
    long begin = dataBegin + n.offset();
    return new TensorInfo(n.name(), n.dtype(), n.shape(), in.file(), begin, begin + bytes);
  }

  private void requireApart(List<TensorInfo> tensors) {
    for (int i = 1; i < tensors.size(); i++) {
      TensorInfo before = tensors.get(i - 1);
      TensorInfo tensor = tensors.get(i);
      if (tensor.begin() < before.end()) {
        throw in.fault(
                Text.quoted(tensor.name()),
                "overlaps "
                    + Text.quoted(before.name())
                    + ": it begins at byte "
                    + Text.grouped(tensor.begin()),
                "the bytes before it end at " + Text.grouped(before.end()))
            .build();
      }
    }
  }

  private String text(String what) {
    int length = length(what);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(next(length, what)).toString();
    } catch (CharacterCodingException e) {
      throw in.fault(what, "must be UTF-8", "is not").cause(e).build();
    }
  }

  private int length(String what) {
    long length = next(8, what).getLong();
    if (length < 0 || length > MAX_TEXT) {
      throw in.fault(
              what,
              "must be a text of at most " + Text.grouped(MAX_TEXT) + " bytes",
              "has " + Long.toUnsignedString(length))
          .build();
    }
    return (int) length;
  }

  private long position() {
    return bufferBegin + buffer.position();
  }

  /** The next bytes, as a buffer that is at the first of them and ends after the last. */
  private ByteBuffer next(int n, String what) {
    if (buffer.remaining() < n) {
      long from = position();
      requireHeader(from + n, what);
      int wanted = (int) Math.min(Math.max(n, BUFFER), Math.max(n, in.size() - from));
      buffer = in.at(from, wanted, what);
      bufferBegin = from;
    }
    ByteBuffer bytes = buffer.slice(buffer.position(), n).order(buffer.order());
    buffer.position(buffer.position() + n);
    return bytes;
  }

  private void skip(long n, String what) {
    if (n <= buffer.remaining()) {
      buffer.position(buffer.position() + (int) n);
    } else {
      bufferBegin = position() + n;
      buffer = ByteBuffer.allocate(0);
      requireHeader(bufferBegin, what);
    }
  }

  private void requireHeader(long end, String what) {
    if (end > MAX_HEADER) {
      throw in.fault(what, "must end within " + Text.grouped(MAX_HEADER) + " bytes", "does not")
          .build();
    }
  }
}
