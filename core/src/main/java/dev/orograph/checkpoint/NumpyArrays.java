package dev.orograph.checkpoint;

import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * NumPy's arrays: one in a {@code .npy} file, several in a {@code .npz} archive, each a tensor that
 * is called after its file or entry. C and Fortran order, little-endian numbers; entries of an
 * archive are stored, or deflated up to {@link Deflated#MOST} bytes.
 *
 * <p>The format: <code>\x93NUMPY</code>, version, the length of the header, and the header, a
 * Python dictionary with {@code descr}, {@code fortran_order} and {@code shape}, which is matched
 * and never evaluated. Source: NumPy, {@code numpy.lib.format}.
 */
final class NumpyArrays {
  private static final int MAX_HEADER = 1 << 16;
  private static final int START = 12;
  private static final int LISTED = 8;
  private static final String EXTENSION = ".npy";

  private static final Map<String, DType> TYPES =
      Map.ofEntries(
          Map.entry("<f8", DType.F64),
          Map.entry("<f4", DType.F32),
          Map.entry("<f2", DType.F16),
          Map.entry("<i8", DType.I64),
          Map.entry("<i4", DType.I32),
          Map.entry("<i2", DType.I16),
          Map.entry("|i1", DType.I8),
          Map.entry("<u8", DType.U64),
          Map.entry("<u4", DType.U32),
          Map.entry("<u2", DType.U16),
          Map.entry("|u1", DType.U8),
          Map.entry("|b1", DType.BOOL));

  private static final Pattern FIELD =
      Pattern.compile(
          "\\s*+'(descr|fortran_order|shape)'\\s*+:\\s*+"
              + "('[^']*+'|True|False|\\([0-9, ]*+\\)|\\[.*\\])\\s*+(,|(?=\\}))");

  /** Bytes of a file or an entry. */
  private interface Source {
    byte[] first(int n);
  }

  /**
   * What the start of an array says.
   *
   * @param data bytes before the elements
   */
  private record Head(DType dtype, List<Long> shape, boolean fortran, long data) {
    Strided view() {
      if (!fortran || shape.size() < 2 || shape.contains(0L)) {
        return null;
      }
      List<Long> strides = new ArrayList<>();
      long stride = 1;
      for (long size : shape) {
        strides.add(stride);
        stride = Math.multiplyExact(stride, size);
      }
      return Strided.of(0, shape, strides);
    }
  }

  private final FileBytes in;
  private final String place;

  /** Whether it is one of several, of which those that hold no numbers are left out. */
  private boolean member;

  /** What it holds in place of numbers, in words. */
  private String other;

  private NumpyArrays(FileBytes in, String place) {
    this.in = in;
    this.place = place;
  }

  /**
   * Reads the header of a {@code .npy} file.
   *
   * @throws InputException where it breaks a rule of the format
   */
  static WeightFile readArray(FileBytes in) {
    String name = CheckpointName.stem(in.file());
    NumpyArrays array = new NumpyArrays(in, "the array");
    HeaderEntry.requireName(in.file(), name);
    Head head = array.head(in::first, in.size());
    return new WeightFile(
        in,
        List.of(new WeightFile.Range(0, head.data())),
        List.of(tensor(in, name, head, head.data(), in.size(), null)));
  }

  /**
   * Reads the headers of the entries of a {@code .npz} file.
   *
   * @throws InputException where one breaks a rule of the format
   */
  static WeightFile readArchive(FileBytes in, ZipDirectory zip) {
    List<TensorInfo> tensors = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    for (ZipDirectory.Entry e : zip.entries()) {
      NumpyArrays array = new NumpyArrays(in, Text.quoted(e.name()));
      if (!e.name().endsWith(EXTENSION)) {
        leftOut.add(array.place + ", no array");
        continue;
      }
      String name = e.name().substring(0, e.name().length() - EXTENSION.length());
      array.member = true;
      Head head = array.head(n -> array.first(e, n), e.size());
      if (head == null) {
        leftOut.add(array.place + ", " + array.other);
        continue;
      }
      if (e.deflated() && e.size() > Deflated.MOST) {
        throw in.fault(
                array.place,
                "must have at most "
                    + Text.grouped(Deflated.MOST)
                    + " bytes where it is compressed",
                "has " + Text.grouped(e.size()))
            .remedy("save it with numpy.savez")
            .build();
      }
      tensors.add(
          e.deflated()
              ? tensor(
                  in, name, head, e.data(), e.end(), new Deflated(head.data(), e.size(), e.crc()))
              : tensor(in, name, head, e.data() + head.data(), e.end(), null));
    }
    if (tensors.isEmpty()) {
      throw in.fault("the archive", "must hold an array of numbers", "has " + named(leftOut))
          .build();
    }
    WeightFile file =
        new WeightFile(
            in, List.of(new WeightFile.Range(zip.begin(), in.size())), List.copyOf(tensors));
    return leftOut.isEmpty() ? file : file.leavingOut(List.of(named(leftOut)));
  }

  private static String named(List<String> members) {
    int shown = Math.min(LISTED, members.size());
    return members.isEmpty()
        ? "none"
        : String.join("; ", members.subList(0, shown))
            + (shown < members.size() ? " and " + (members.size() - shown) + " more" : "");
  }

  private static TensorInfo tensor(
      FileBytes in, String name, Head head, long begin, long end, Deflated deflated) {
    return new TensorInfo(
        name, head.dtype(), head.shape(), in.file(), begin, end, deflated, head.view(), name);
  }

  private byte[] first(ZipDirectory.Entry e, int n) {
    int most = (int) Math.min(n, e.size());
    if (!e.deflated()) {
      return in.at(e.data(), most, place).array();
    }
    try (InputStream inflated = Deflated.open(in.file(), e.data(), e.end())) {
      return inflated.readNBytes(most);
    } catch (IOException x) {
      throw in.fault(place, "must inflate", "does not: " + x.getMessage()).cause(x).build();
    }
  }

  private Head head(Source source, long size) {
    byte[] start = source.first(START);
    boolean numpy =
        start.length == START
            && Arrays.equals(
                start, 0, 6, "\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1), 0, 6);
    ByteBuffer numbers = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
    int version = numpy ? start[6] : 0;
    if (version < 1 || version > 3) {
      throw in.fault(
              place,
              "must be an array of version 1 to 3",
              numpy ? "has version " + (version & 0xFF) : "does not start as one")
          .build();
    }
    int before = version == 1 ? 10 : START;
    long length = version == 1 ? numbers.getShort(8) & 0xFFFF : numbers.getInt(8) & 0xFFFF_FFFFL;
    byte[] header = length > MAX_HEADER ? start : source.first(before + (int) length);
    if (length > MAX_HEADER || header.length < before + length) {
      throw in.fault(
              place,
              "must have a header of at most " + Text.grouped(MAX_HEADER) + " bytes inside it",
              "says " + Text.grouped(length))
          .build();
    }
    return parse(
        new String(header, before, (int) length, StandardCharsets.ISO_8859_1),
        before + length,
        size);
  }

  private Head parse(String text, long data, long size) {
    Map<String, String> fields = new HashMap<>();
    String header = text.strip();
    int at = header.startsWith("{") ? 1 : header.length();
    Matcher field = FIELD.matcher(header);
    while (field.region(at, header.length()).lookingAt()
        && fields.put(field.group(1), field.group(2)) == null) {
      at = field.end();
    }
    boolean closed = at < header.length() && header.substring(at).strip().equals("}");
    String order = fields.getOrDefault("fortran_order", "");
    String sizes = fields.getOrDefault("shape", "");
    if (!closed || fields.size() != 3 || !order.matches("True|False") || !sizes.startsWith("(")) {
      throw in.fault(
              place,
              "must have a header with descr, fortran_order and shape",
              "has " + Text.quoted(header))
          .build();
    }
    String descr = fields.get("descr");
    if (member && descr.matches("'[<>|=]?[USaOVMmT].*")) {
      boolean words = descr.matches("'[<>|=]?[USaT].*");
      other = words ? "a text" : descr.contains("O") ? "Python objects" : "no plain numbers";
      return null;
    }
    DType dtype = dtype(descr);
    List<Long> shape = shape(sizes);
    long bytes;
    try {
      bytes = TensorInfo.bytes(dtype, shape);
    } catch (ArithmeticException e) {
      throw in.fault(place, "must have fewer than 2^63 bytes", dtype + " " + shape + " has more")
          .cause(e)
          .build();
    }
    if (bytes != size - data) {
      throw in.fault(
              place,
              "must have " + Text.grouped(bytes) + " bytes for " + dtype + " " + shape,
              "has " + Text.grouped(size - data))
          .build();
    }
    return new Head(dtype, shape, order.equals("True"), data);
  }

  private DType dtype(String descr) {
    String plain = descr.replace("'", "");
    DType dtype = descr.startsWith("'") ? TYPES.get(plain) : null;
    if (dtype != null) {
      return dtype;
    }
    String found = "is " + Text.visible(plain, 60);
    String remedy = "save it as float32";
    if (plain.matches("[<>|=]?[USaT].*")) {
      found = "holds text (" + Text.visible(plain, 20) + ")";
      remedy = "give an array of numbers";
    }
    if (plain.matches(">[^USaT].*")) {
      found = "is big-endian (" + Text.visible(plain, 20) + ")";
      remedy = "save it again: a.astype(a.dtype.newbyteorder('<'))";
    } else if (plain.startsWith("|O")) {
      found = "holds Python objects, which only running them could read";
      remedy = "save it as an array of numbers";
    }
    List<String> read = new ArrayList<>(TYPES.keySet());
    Collections.sort(read);
    throw in.fault(place, "must be of one of the types " + String.join(" ", read), found)
        .remedy(remedy)
        .build();
  }

  private List<Long> shape(String sizes) {
    String inside = sizes.substring(1, sizes.length() - 1).replace(" ", "");
    List<Long> shape = new ArrayList<>();
    boolean tuple =
        inside.isEmpty()
            || (inside.length() < 256 && inside.matches("\\d{1,18},(\\d{1,18}(,\\d{1,18})*,?)?"));
    if (tuple && !inside.isEmpty()) {
      for (String size : inside.split(",", 0)) {
        shape.add(Long.parseLong(size));
      }
    }
    if (!tuple || shape.size() > SafetensorsHeader.MAX_RANK) {
      throw in.fault(
              place,
              "must have a shape of at most " + SafetensorsHeader.MAX_RANK + " sizes",
              "has " + Text.visible(sizes, 60))
          .build();
    }
    return shape;
  }
}
