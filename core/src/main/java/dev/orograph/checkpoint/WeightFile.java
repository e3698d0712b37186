package dev.orograph.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * A weight file of any format, its header read and checked. This is the one door to the formats:
 * {@link SafetensorsHeader}, {@link TorchArchive}, {@link Gguf}, {@link NumpyArrays}, {@link Onnx}.
 * The format is told by the first bytes, never by the name.
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
 * @param remarks what else to know of how it was read, in words
 * @param arguments what a training run says it made the model with, in the form of a config.json,
 *     which counts where there is none
 */
record WeightFile(
    Path file,
    FileStamp stamp,
    List<Range> heads,
    Map<String, String> metadata,
    List<TensorInfo> tensors,
    Map<String, String> aliases,
    Optional<JsonNode> config,
    List<String> leftOut,
    List<String> remarks,
    Optional<JsonNode> arguments) {
  /**
   * Bytes of the file.
   *
   * @param begin the first
   * @param end the one after the last
   */
  record Range(long begin, long end) {}

  /** A file that holds tensors and nothing else. */
  WeightFile(FileBytes in, List<Range> heads, List<TensorInfo> tensors) {
    this(
        in.file(),
        in.stamp(),
        heads,
        Map.of(),
        tensors,
        Map.of(),
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty());
  }

  /** The same with these further names. */
  WeightFile with(Map<String, String> further) {
    return new WeightFile(
        file, stamp, heads, metadata, tensors, further, config, leftOut, remarks, arguments);
  }

  /** The same with these tensors in place of its own. */
  WeightFile holding(List<TensorInfo> others) {
    return new WeightFile(
        file,
        stamp,
        heads,
        metadata,
        List.copyOf(others),
        aliases,
        config,
        leftOut,
        remarks,
        arguments);
  }

  /** The same where this was left out. */
  WeightFile leavingOut(List<String> what) {
    return new WeightFile(
        file,
        stamp,
        heads,
        metadata,
        tensors,
        aliases,
        config,
        List.copyOf(what),
        remarks,
        arguments);
  }

  /** The same with these remarks. */
  WeightFile remarking(List<String> what) {
    return new WeightFile(
        file,
        stamp,
        heads,
        metadata,
        tensors,
        aliases,
        config,
        leftOut,
        List.copyOf(what),
        arguments);
  }

  /** The same with what a training run says. */
  WeightFile arguedBy(Optional<JsonNode> said) {
    return new WeightFile(
        file, stamp, heads, metadata, tensors, aliases, config, leftOut, remarks, said);
  }

  /** The same with what the file says of itself. */
  WeightFile saying(Map<String, String> texts, Optional<JsonNode> configuration) {
    return new WeightFile(
        file, stamp, heads, texts, tensors, aliases, configuration, leftOut, remarks, arguments);
  }

  /** The same with every name changed; they must stay different. */
  WeightFile renamed(UnaryOperator<String> rename) {
    Map<String, String> names = new TreeMap<>();
    aliases.forEach((alias, target) -> names.put(rename.apply(alias), rename.apply(target)));
    return new WeightFile(
        file,
        stamp,
        heads,
        metadata,
        tensors.stream().map(t -> t.named(rename.apply(t.name()))).toList(),
        names,
        config,
        leftOut,
        remarks,
        arguments);
  }

  /**
   * Reads and checks the headers of the files of a checkpoint.
   *
   * @param key of torch files the dictionary that holds the tensors; empty where its shape says
   * @throws InputException where one cannot be read, is of no known format, or breaks a rule of its
   *     format
   */
  static List<WeightFile> read(List<Path> files, Optional<String> key) {
    List<WeightFile> read = new ArrayList<>();
    List<FileBytes> parts = new ArrayList<>();
    try {
      for (Path file : files) {
        FileBytes in = FileBytes.open(file);
        parts.add(in);
        byte[] first = in.first(FileKind.BYTES);
        switch (FileKind.format(first)) {
          case GGUF -> {}
          case NPY -> read.add(NumpyArrays.readArray(in));
          case ZIP -> read.add(zip(in, key));
          case ONNX -> read.addAll(Onnx.read(in));
          case TORCH -> read.add(TorchArchive.readLegacy(in, key));
          case SAFETENSORS -> read.add(SafetensorsHeader.read(in, first));
        }
      }
      return read.isEmpty() ? Gguf.read(parts) : read;
    } finally {
      parts.forEach(FileBytes::close);
    }
  }

  private static WeightFile zip(FileBytes in, Optional<String> key) {
    ZipDirectory zip = ZipDirectory.read(in);
    if (zip.entries().stream().anyMatch(e -> e.name().endsWith(".npy"))) {
      return NumpyArrays.readArchive(in, zip);
    }
    return TorchArchive.read(in, zip, key);
  }
}
