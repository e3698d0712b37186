package dev.orograph.checkpoint;

import dev.orograph.input.ProtoMessage;
import dev.orograph.input.Text;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A TensorProto: an initialiser or a constant, whose elements stay in the file. They lie there as
 * raw bytes, or as a typed field of the message, or in a file beside it.
 *
 * @param name its name; of a constant, that of the value
 * @param type number of the element type
 * @param shape sizes, slowest first
 * @param message the bytes of the message
 * @param data the bytes of the elements; of typed fields in numbers of variable length those of the
 *     message
 * @param numbers how elements are made from these; null where they are the elements
 * @param external keys and values that say where in which file the elements lie; empty where in
 *     this one
 */
record OnnxTensor(
    String name,
    int type,
    List<Long> shape,
    WeightFile.Range message,
    WeightFile.Range data,
    ProtoNumbers numbers,
    Map<String, String> external) {
  static final int MAX_TEXT = 4096;
  private static final int MAX_DIMENSIONS = 32;
  private static final int MAX_EXTERNAL = 16;

  private static final Map<Integer, DType> TYPES =
      Map.ofEntries(
          Map.entry(1, DType.F32),
          Map.entry(2, DType.U8),
          Map.entry(3, DType.I8),
          Map.entry(4, DType.U16),
          Map.entry(5, DType.I16),
          Map.entry(6, DType.I32),
          Map.entry(7, DType.I64),
          Map.entry(9, DType.BOOL),
          Map.entry(10, DType.F16),
          Map.entry(11, DType.F64),
          Map.entry(12, DType.U32),
          Map.entry(13, DType.U64),
          Map.entry(16, DType.BF16),
          Map.entry(17, DType.F8_E4M3),
          Map.entry(19, DType.F8_E5M2),
          // Two in a byte; what is told of them is the byte's type.
          Map.entry(21, DType.U8),
          Map.entry(22, DType.I8));

  private static final Map<Integer, String> UNREAD =
      Map.of(
          8, "STRING",
          14, "COMPLEX64",
          15, "COMPLEX128",
          18, "FLOAT8E4M3FNUZ",
          20, "FLOAT8E5M2FNUZ",
          23, "FLOAT4E2M1",
          24, "FLOAT8E8M0");

  /**
   * Reads a message.
   *
   * @param begin its first byte
   * @param end the one after its last
   */
  static OnnxTensor read(FileBytes in, ProtoMessage m, long begin, long end) {
    List<Long> shape = new ArrayList<>();
    Map<String, String> external = new LinkedHashMap<>();
    WeightFile.Range raw = null;
    WeightFile.Range packed = null;
    int typed = 0;
    int times = 0;
    int type = 0;
    String name = "";
    boolean outside = false;
    while (m.next()) {
      switch (m.field()) {
        case 1 ->
            m.numbers(
                0,
                size -> {
                  if (shape.size() == MAX_DIMENSIONS) {
                    throw in.fault(
                            "the tensor at byte " + begin,
                            "must have at most " + MAX_DIMENSIONS + " dimensions",
                            "has more")
                        .build();
                  }
                  shape.add(size);
                });
        case 2 -> type = (int) Math.max(0, Math.min(m.number(), 1 << 20));
        case 3 ->
            throw in.fault("the tensor at byte " + begin, "must be whole", "is a segment").build();
        case 4, 5, 7, 10, 11 -> {
          typed = m.field();
          packed = new WeightFile.Range(m.begin(), m.end());
          times += m.isBytes() ? 1 : 2;
        }
        case 8 -> name = m.text(MAX_TEXT);
        case 9 -> raw = new WeightFile.Range(m.begin(), m.end());
        case 13 -> entry(in, m.message(), external);
        case 14 -> outside = m.number() == 1;
        default -> {
          // A text for people, or nothing known.
        }
      }
    }
    WeightFile.Range message = new WeightFile.Range(begin, end);
    Map<String, String> where = outside ? external : Map.of();
    if (outside && external.isEmpty()) {
      throw in.fault(Text.quoted(name), "lies in another file", "it is not said in which").build();
    }
    if (raw != null || typed == 0 || outside) {
      WeightFile.Range data = raw != null ? raw : new WeightFile.Range(end, end);
      return new OnnxTensor(name, type, List.copyOf(shape), message, data, null, where);
    }
    int size = typed == 4 ? 4 : typed == 10 ? 8 : 0;
    DType dtype = TYPES.get(type);
    boolean there = times == 1 && dtype != null && size == dtype.bytes();
    ProtoNumbers numbers =
        there
            ? null
            : new ProtoNumbers(
                typed, size, dtype == null ? 1 : dtype.bytes(), count(in, name, shape, type));
    return new OnnxTensor(
        name, type, List.copyOf(shape), message, there ? packed : message, numbers, where);
  }

  private static void entry(FileBytes in, ProtoMessage m, Map<String, String> external) {
    String key = "";
    String value = "";
    while (m.next()) {
      if (m.field() == 1) {
        key = m.text(MAX_TEXT);
      } else if (m.field() == 2) {
        value = m.text(MAX_TEXT);
      }
    }
    if (external.size() == MAX_EXTERNAL) {
      throw in.fault("a tensor", "must lie in one other file", "says too much about it").build();
    }
    external.put(key, value);
  }

  /** The same under another name. */
  OnnxTensor named(String other) {
    return new OnnxTensor(other, type, shape, message, data, numbers, external);
  }

  /** The element type; empty for one that is not read. */
  Optional<DType> dtype() {
    return Optional.ofNullable(TYPES.get(type));
  }

  /** What the element type is called where it is not read. */
  String typeName() {
    return UNREAD.getOrDefault(type, "type " + type);
  }

  /** Bits of an element. */
  int bits() {
    return type == 21 || type == 22 ? 4 : TYPES.get(type).bytes() * 8;
  }

  boolean floating() {
    return dtype().map(DType::floating).orElse(false);
  }

  /** Number of elements. */
  long count() {
    long count = 1;
    for (long size : shape) {
      count *= size; // checked when it was read
    }
    return count;
  }

  /** Checks the shape, and that raw bytes are as many as it says. */
  void require(FileBytes in) {
    long count = count(in, name, shape, type);
    long bytes = Quantised.bytes(count, bits());
    long held = data.end() - data.begin();
    if (external.isEmpty() && numbers == null && held != bytes) {
      throw in.fault(
              Text.quoted(name),
              "needs " + Text.grouped(bytes) + " bytes for " + dtype().get() + " " + shape,
              "has " + Text.grouped(held))
          .build();
    }
    if (numbers != null && numbers.length() > Deflated.MOST) {
      throw in.fault(
              Text.quoted(name),
              "must have at most "
                  + Text.grouped(Deflated.MOST)
                  + " bytes where they are numbers of a message",
              "has " + Text.grouped(numbers.length()))
          .remedy("save it with raw data")
          .build();
    }
    if (numbers != null && count > message.end() - message.begin()) {
      throw in.fault(
              Text.quoted(name),
              "must have " + Text.grouped(count) + " elements",
              "its message has " + Text.grouped(message.end() - message.begin()) + " bytes")
          .build();
    }
  }

  private static long count(FileBytes in, String name, List<Long> shape, int type) {
    try {
      DType dtype = TYPES.getOrDefault(type, DType.U8);
      long count = TensorInfo.bytes(dtype, shape) / dtype.bytes();
      Math.multiplyExact(count, (long) Long.SIZE); // bits of any type can be counted
      return count;
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw in.fault(Text.quoted(name), "must have fewer than 2^63 bytes", "has shape " + shape)
          .cause(e)
          .build();
    }
  }

  /** The whole numbers of a small constant (a shape, an axis); empty where it is none. */
  Optional<List<Long>> wholeNumbers(FileBytes in, int most) {
    DType dtype = TYPES.get(type);
    if (dtype == null || dtype.floating() || bits() < 8 || !external.isEmpty() || count() > most) {
      return Optional.empty();
    }
    List<Long> found = new ArrayList<>();
    if (numbers != null) {
      ProtoMessage m = in.message(message.begin(), message.end(), Onnx.WHAT);
      while (m.next()) {
        if (m.field() == numbers.field()) {
          m.numbers(
              0,
              n -> {
                if (found.size() < most) {
                  found.add(n);
                }
              });
        }
      }
    } else {
      ByteBuffer bytes = in.at(data.begin(), (int) (data.end() - data.begin()), "a constant");
      while (bytes.hasRemaining()) {
        found.add(
            switch (dtype.bytes()) {
              case 1 -> (long) bytes.get();
              case 2 -> (long) bytes.getShort();
              case 4 -> (long) bytes.getInt();
              default -> bytes.getLong();
            });
      }
    }
    return found.size() == count() ? Optional.of(found) : Optional.empty();
  }

  /** The float32 number that a constant of one element is. */
  Optional<Float> real(FileBytes in) {
    if (type != 1 || !external.isEmpty() || numbers != null || count() != 1) {
      return Optional.empty();
    }
    return Optional.of(in.at(data.begin(), Float.BYTES, "a constant").getFloat());
  }

  /** The elements as they lie in this file. */
  TensorInfo inFile(FileBytes in) {
    return new TensorInfo(
        name,
        dtype().orElseThrow(),
        shape,
        in.file(),
        data.begin(),
        data.end(),
        numbers,
        null,
        name);
  }
}
