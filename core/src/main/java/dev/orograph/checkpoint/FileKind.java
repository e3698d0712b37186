package dev.orograph.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a file is by its first bytes, and what often stands where weights should be.
 *
 * @param what a noun phrase for the message
 * @param remedy what to do about it
 */
record FileKind(String what, String remedy) {
  /** How many first bytes are looked at. */
  static final int BYTES = 32;

  /** What to do about weights of TensorFlow. */
  static final String FROM_TENSORFLOW =
      "load it in the transformers library (from_tf=True) and use save_pretrained";

  /** What to do about weights of Flax. */
  static final String FROM_FLAX =
      "load it in the transformers library (from_flax=True) and use save_pretrained";

  private static final String TORCH_LEGACY = "\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P";

  /** Keys of the fields that ModelProto may have second: texts, the graph, operators. */
  private static final String ONNX_FIELDS = "\u0012\u001a\"(2:Br";

  /** The formats that are read. */
  enum Format {
    /** See {@link SafetensorsHeader}; also what nothing else fits. */
    SAFETENSORS,
    /** See {@link ZipDirectory}. */
    ZIP,
    /** See {@link Gguf}. */
    GGUF,
    /** See {@link NumpyArrays}. */
    NPY,
    /** See {@link TorchArchive#readLegacy}. */
    TORCH,
    /** See {@link Onnx}. */
    ONNX
  }

  /** The format of a file that starts so. */
  static Format format(byte[] first) {
    if (plausibleLength(first) && first.length > 8 && first[8] == '{') {
      return Format.SAFETENSORS;
    }
    if (startsWith(first, "GGUF")) {
      return Format.GGUF;
    }
    if (startsWith(first, "PK\u0003\u0004") || startsWith(first, "PK\u0005\u0006")) {
      return Format.ZIP;
    }
    if (startsWith(first, TORCH_LEGACY)) {
      return Format.TORCH;
    }
    if (startsWith(first, "\u0093NUMPY")) {
      return Format.NPY;
    }
    return onnx(first) ? Format.ONNX : Format.SAFETENSORS;
  }

  /** A ModelProto begins with its version, a small number, and then another of its fields. */
  private static boolean onnx(byte[] first) {
    return first.length > 2
        && first[0] == 0x08
        && first[1] > 0
        && ONNX_FIELDS.indexOf(first[2]) >= 0;
  }

  /** Whether a file starts with a header length of safetensors. */
  static boolean plausibleLength(byte[] first) {
    long length =
        first.length < 8 ? -1 : ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    return length >= 2 && length <= SafetensorsHeader.MAX_BYTES;
  }

  /** The kind of file that starts so, if it is a known one that holds no weights to read. */
  static Optional<FileKind> of(byte[] first) {
    if (startsWith(first, "version https://git-lfs")) {
      return Optional.of(new FileKind("a Git LFS pointer", "run 'git lfs pull' to fetch it"));
    }
    String text = new String(first, StandardCharsets.ISO_8859_1).stripLeading();
    if (text.regionMatches(true, 0, "<!doctype", 0, 9)
        || text.regionMatches(true, 0, "<html", 0, 5)) {
      return Optional.of(new FileKind("a web page", "download the file itself"));
    }
    if (first.length > 1 && first[0] == (byte) 0x80 && first[1] >= 2 && first[1] <= 5) {
      return Optional.of(
          new FileKind("a Python pickle", "save the state_dict in it with torch.save"));
    }
    if (startsWith(first, "\u0089HDF\r\n")) {
      return Optional.of(
          new FileKind("an HDF5 file, as TensorFlow and Keras write it", FROM_TENSORFLOW));
    }
    if (msgpack(first)) {
      return Optional.of(new FileKind("a msgpack file, as Flax writes it", FROM_FLAX));
    }
    if (startsWith(first, "lmgg") || startsWith(first, "fmgg") || startsWith(first, "tjgg")) {
      return Optional.of(new FileKind("a GGML file of before GGUF", "convert it to GGUF"));
    }
    return Optional.empty();
  }

  /** A map whose first key is a text. */
  private static boolean msgpack(byte[] first) {
    int map = first.length > 5 ? first[0] & 0xFF : 0;
    int key = map == 0 ? 0 : first[map == 0xDE ? 3 : map == 0xDF ? 5 : 1] & 0xFF;
    return ((map & 0xF0) == 0x80 || map == 0xDE || map == 0xDF)
        && ((key & 0xE0) == 0xA0 || key == 0xD9);
  }

  private static boolean startsWith(byte[] bytes, String text) {
    byte[] start = text.getBytes(StandardCharsets.ISO_8859_1);
    return bytes.length >= start.length
        && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
  }
}
