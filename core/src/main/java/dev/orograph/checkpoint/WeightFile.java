package dev.orograph.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A weight file of any format, its header read and checked. This is the one door to the formats:
 * {@link SafetensorsHeader}, {@link TorchArchive}, {@link Gguf}, {@link NumpyArrays}, {@link Onnx}. The format is
 * told by the first bytes, never by the name.
 *
 * @param file the file
 * @param stamp the file as it was when it was read
 * @param heads the bytes that say what it holds, for the fingerprint
 * @param metadata strings that it holds beside the tensors, sorted
 * @param tensors by their place in the file
 * @param aliases further names of tensors, in this file or another of the checkpoint; what names no
 *     tensor is none
 * @param config the configuration that its metadata amount to, as a config.json would give it
 * @param leftOut what it holds beside tensors and is not read, in words
 */
record WeightFile(
    Path file,
    FileStamp stamp,
    List<Range> heads,
    Map<String, String> metadata,
    List<TensorInfo> tensors,
    Map<String, String> aliases,
    Optional<JsonNode> config,
    List<String> leftOut) {
  /**
   * Bytes of the file.
   *
   * @param begin the first
   * @param end the one after the last
   */
  record Range(long begin, long end) {}

  /** A file that holds tensors and nothing else. */
  WeightFile(FileBytes in, List<Range> heads, List<TensorInfo> tensors) {
    this(in.file(), in.stamp(), heads, Map.of(), tensors, Map.of(), Optional.empty(), List.of());
  }

  /**
   * Reads and checks the header of a file.
   *
   * @return the file, and those beside it that it says hold weights of its own
   * @throws InputException where the file cannot be read, is of no known format, or breaks a rule
   *     of its format
   */
  static List<WeightFile> read(Path file) {
    try (FileBytes in = FileBytes.open(file)) {
      byte[] first = in.first(FileKind.BYTES);
      return switch (FileKind.format(first)) {
        case GGUF -> List.of(Gguf.read(in));
        case NPY -> List.of(NumpyArrays.readArray(in));
        case ZIP -> List.of(zip(in));
        case ONNX -> Onnx.read(in);
        case SAFETENSORS -> List.of(SafetensorsHeader.read(in, first));
      };
    }
  }

  private static WeightFile zip(FileBytes in) {
    ZipDirectory zip = ZipDirectory.read(in);
    if (zip.entries().stream().anyMatch(e -> e.name().endsWith(".npy"))) {
      return NumpyArrays.readArchive(in, zip);
    }
    return TorchArchive.read(in, zip);
  }
}
