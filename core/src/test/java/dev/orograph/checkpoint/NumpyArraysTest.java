package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that NumPy wrote (see formats/make.py), and hand-made ones that break a rule. */
class NumpyArraysTest {
  private static final String TYPES =
      "must be of one of the types <f2 <f4 <f8 <i2 <i4 <i8 <u2 <u4 <u8 |b1 |i1 |u1";

  @TempDir Path folder;

  private void refused(String header, int data, String message) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    byte[] bytes =
        ByteBuffer.allocate(10 + text.length + data)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put("\u0093NUMPY\u0001\u0000".getBytes(StandardCharsets.ISO_8859_1))
            .putShort((short) text.length)
            .put(text)
            .array();
    refused(bytes, message);
  }

  private void refused(byte[] bytes, String message) throws IOException {
    Path file = Files.write(folder.resolve("x.npy"), bytes);
    assertThatThrownBy(() -> Checkpoint.open(file))
        .isInstanceOf(InputException.class)
        .hasMessage("x.npy: the array " + message);
  }

  @Test
  void oneArrayInEitherOrder() {
    try (Checkpoint c = Checkpoint.open(Fixtures.file("c.npy"))) {
      assertThat(c.tensors()).hasSize(1);
      assertThat(c.tensor("c").orElseThrow().dtype()).isEqualTo(DType.F32);
      assertThat(Fixtures.doubles(c, "c")).isEqualTo(Fixtures.values(15));
    }
    try (Checkpoint fortran = Checkpoint.open(Fixtures.file("fortran.npy"))) {
      assertThat(fortran.tensor("fortran").orElseThrow().shape()).containsExactly(3L, 5L);
      assertThat(Fixtures.doubles(fortran, "fortran")).isEqualTo(Fixtures.values(15));
      assertThat(fortran.fingerprint()).hasSize(64);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stored.npz", "deflated.npz"})
  void archives(String name) {
    Map<String, DType> types =
        Map.of(
            "float64", DType.F64,
            "float32", DType.F32,
            "float16", DType.F16,
            "int64", DType.I64,
            "int32", DType.I32,
            "int16", DType.I16,
            "int8", DType.I8,
            "bool", DType.BOOL);
    try (Checkpoint c = Checkpoint.open(Fixtures.file(name))) {
      types.forEach(
          (array, dtype) -> {
            assertThat(c.tensor(array).orElseThrow().dtype()).isEqualTo(dtype);
            double[] expected = Fixtures.values(15);
            for (int i = 0; i < expected.length; i++) {
              expected[i] =
                  dtype == DType.BOOL
                      ? expected[i] == 0 ? 0 : 1
                      : dtype.floating() ? expected[i] : (long) expected[i];
            }
            assertThat(Fixtures.doubles(c, array)).as(array).isEqualTo(expected);
          });
      assertThat(Fixtures.doubles(c, "uint64")).containsExactly(1, 0x1p63);
      assertThat(c.tensor("layers.0/kernel:0").orElseThrow().shape()).containsExactly(2L, 3L, 4L);
      assertThat(Fixtures.doubles(c, "layers.0/kernel:0")).isEqualTo(Fixtures.values(24));
      assertThat(Fixtures.doubles(c, "scalar")).containsExactly(2.5);
      assertThat(c.tensor("scalar").orElseThrow().shape()).isEmpty();
      assertThat(Fixtures.doubles(c, "vector")).isEqualTo(Fixtures.values(3));
      assertThat(c.fingerprint()).hasSize(64);
    }
  }

  @Test
  void compressedAndPlainHaveTheSameContent() {
    try (Checkpoint stored = Checkpoint.open(Fixtures.file("stored.npz"));
        Checkpoint deflated = Checkpoint.open(Fixtures.file("deflated.npz"))) {
      for (TensorInfo info : stored.tensors()) {
        TensorInfo other = deflated.tensor(info.name()).orElseThrow();
        assertThat(other.encoded()).isNotNull();
        assertThat(deflated.contentSha256(other)).isEqualTo(stored.contentSha256(info));
      }
    }
  }

  @Test
  void damagedCompressionIsNoticedWhenItIsRead() throws IOException {
    byte[] bytes = Files.readAllBytes(Fixtures.file("deflated.npz"));
    TensorInfo info;
    try (Checkpoint c = Checkpoint.open(Fixtures.file("deflated.npz"))) {
      info = c.tensor("float64").orElseThrow();
    }
    for (long at = info.begin() + 100; at < info.end(); at++) {
      byte[] damaged = bytes.clone();
      damaged[(int) at] ^= 0x55;
      Path file = Files.write(folder.resolve("d.npz"), damaged);
      assertThatThrownBy(
              () -> {
                try (Checkpoint c = Checkpoint.open(file)) {
                  Fixtures.doubles(c, "float64");
                }
              })
          .as("byte " + at)
          .isInstanceOf(InputException.class)
          .hasMessageContaining("'float64'");
    }
  }

  /** An archive with one compressed array, whose directory says what it likes about its size. */
  private Path deflated(String shape, int elements, int junk, int claimed) throws IOException {
    String head = "{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }\n";
    byte[] array = new byte[10 + head.length() + elements];
    ByteBuffer.wrap(array)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("\u0093NUMPY\u0001\u0000".getBytes(StandardCharsets.ISO_8859_1))
        .putShort((short) head.length())
        .put(head.getBytes(StandardCharsets.ISO_8859_1));
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(array);
    deflater.finish();
    byte[] packed = new byte[array.length + 64 + junk];
    int length = deflater.deflate(packed) + junk;
    deflater.end();
    byte[] zip = HostileZipTest.zip(Map.of("a.npy", Arrays.copyOf(packed, length)));
    ByteBuffer z = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    int directory = z.getInt(zip.length - 6);
    int size = claimed + 10 + head.length();
    CRC32 crc = new CRC32();
    crc.update(array, 0, Math.min(array.length, size));
    z.putShort(8, (short) 8).putInt(14, (int) crc.getValue()).putInt(22, size);
    z.putShort(directory + 10, (short) 8).putInt(directory + 16, (int) crc.getValue());
    z.putInt(directory + 24, size);
    return Files.write(folder.resolve("b.npz"), zip);
  }

  @Test
  void bombs() throws IOException {
    try (Checkpoint good = Checkpoint.open(deflated("(1000,)", 1000, 0, 1000))) {
      assertThat(Fixtures.doubles(good, "a")).hasSize(1000).containsOnly(0);
    }
    Path large = deflated("(1073741824,)", 10, 1_100_000, 1 << 30);
    assertThatThrownBy(() -> Checkpoint.open(large))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "b.npz: 'a.npy' must have at most 1,073,741,824 bytes where it is compressed but has"
                + " 1,073,741,901: save it with numpy.savez");
    try (Checkpoint more = Checkpoint.open(deflated("(8,)", 100_000, 0, 8))) {
      assertThatThrownBy(() -> Fixtures.doubles(more, "a"))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "b.npz: 'a' must inflate to the 76 bytes that were declared but there are more:"
                  + " download it again");
    }
    try (Checkpoint fewer = Checkpoint.open(deflated("(80,)", 8, 0, 80))) {
      assertThatThrownBy(() -> Fixtures.doubles(fewer, "a"))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("'a' must inflate to the ");
    }
  }

  @Test
  void nothingIsLeftBehindByInflation() {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    try (Checkpoint c = Checkpoint.open(Fixtures.file("deflated.npz"));
        TensorData data = c.map(c.tensor("float64").orElseThrow())) {
      double[] one = new double[1];
      data.read(0, one, 0, 1);
      assertThat(one[0]).isEqualTo(-2);
      String ours = "orograph-" + ProcessHandle.current().pid() + "-";
      assertThat(folder.toFile().list((f, name) -> name.startsWith(ours))).isEmpty();
    }
  }

  @Test
  void typesThatAreNotReadAreNamed() {
    assertThatThrownBy(() -> Checkpoint.open(Fixtures.file("big-endian.npy")))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "big-endian.npy: the array "
                + TYPES
                + " but is big-endian (>f4): save it again:"
                + " a.astype(a.dtype.newbyteorder('<'))");
    assertThatThrownBy(() -> Checkpoint.open(Fixtures.file("objects.npy")))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "objects.npy: the array "
                + TYPES
                + " but holds Python objects, which only running them could read:"
                + " save it as an array of numbers");
  }

  @Test
  void headersThatBreakARule() throws IOException {
    String good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n";
    refused(good, 7, "must have 8 bytes for F32 [2] but has 7: download it again");
    refused(good.replace("<f4", "<c8"), 16, TYPES + " but is <c8: save it as float32");
    refused(
        good.replace("'<f4'", "[('a', '<f4')]"),
        8,
        TYPES + " but is [(a, <f4)]: save it as float32");
    refused(
        good.replace("(2,)", "(2, -1)"),
        8,
        "must have a header with descr, fortran_order and shape but has"
            + " '{'descr': '<f4', 'fortran_order': False, 'shape': (2, -1), }': download it again");
    refused(
        good.replace("(2,)", "(4294967296, 4294967296)"),
        8,
        "must have fewer than 2^63 bytes but F32 [4294967296, 4294967296] has more:"
            + " download it again");
    refused(
        good.replace("(2,)", "(2)"),
        8,
        "must have a shape of at most 8 sizes but has (2): download it again");
    refused(
        good.replace("(2,)", "(" + "1,".repeat(9) + ")"),
        4,
        "must have a shape of at most 8 sizes but has (1,1,1,1,1,1,1,1,1,): download it again");
    for (String bad :
        new String[] {
          "",
          "{",
          "{}",
          "[]",
          "{'descr': '<f4'}",
          "{'descr': __import__('os')}",
          "x" + good,
          good.replace("'shape'", "'descr'"),
          good.replace("False", "0"),
          good + "}",
          good.replace("}", "'more': True}"),
          good.replace("(2,)", "(2,"),
          good.replace(": (", "(")
        }) {
      assertThatThrownBy(() -> refused(bad, 8, ""))
          .hasMessageContaining("must have a header with descr, fortran_order and shape");
    }
  }

  @Test
  void startsThatBreakARule() throws IOException {
    byte[] start =
        "\u0093NUMPY\u0004\u0000\u0001\u0000\u0000\u0000".getBytes(StandardCharsets.ISO_8859_1);
    refused(
        start.clone(), "must be an array of version 1 to 3 but has version 4: download it again");
    start[6] = 2;
    refused(
        start.clone(),
        "must have a header of at most 65,536 bytes inside it but says 1: download it again");
    start[10] = 127;
    refused(
        start.clone(),
        "must have a header of at most 65,536 bytes inside it but says 8,323,073:"
            + " download it again");
    refused(
        new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1},
        "must be an array of version 1 to 3 but does not start as one: download it again");
  }
}
