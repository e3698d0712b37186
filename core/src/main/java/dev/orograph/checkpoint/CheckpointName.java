package dev.orograph.checkpoint;

import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A short name for a checkpoint, safe as a file name: the folder's, or the file's without its
 * extension where a file was named that is not one of the usual names, which say nothing. In the
 * Hugging Face cache, where the folder is called after a revision, it is {@code org--name}.
 */
final class CheckpointName {
  private static final int LIMIT = 100;
  private static final Pattern EXTENSION =
      Pattern.compile("\\.(safetensors|bin|pt|pth|ckpt|gguf|npz|npy|onnx)(\\.index\\.json)?$");
  private static final Set<String> USUAL =
      Set.of("model", "consolidated", "open_clip_model", "adapter_model", "pytorch_model");

  private CheckpointName() {}

  static String of(WeightFiles files) {
    String name = files.named().map(CheckpointName::stem).orElse("");
    name = files.files().size() > 1 ? name.replaceFirst("-00001-of-\\d{5}$", "") : name;
    if (name.isEmpty() || USUAL.contains(name)) {
      name = folder(files.root());
    }
    return safe(name);
  }

  /** A file's name without the extension of a weight file. */
  static String stem(Path file) {
    return EXTENSION.matcher(file.getFileName().toString()).replaceFirst("");
  }

  private static String folder(Path root) {
    Path snapshots = root.getParent();
    if (snapshots != null && snapshots.endsWith("snapshots") && snapshots.getParent() != null) {
      String entry = snapshots.getParent().getFileName().toString();
      if (entry.startsWith("models--")) {
        return entry.substring("models--".length());
      }
    }
    return root.getFileName() == null ? "" : root.getFileName().toString();
  }

  /** Letters, digits, dot, dash and underscore; not empty, not hidden. */
  static String safe(String name) {
    String plain = name.replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^[.-]+|[.]+$", "");
    String cut = plain.length() > LIMIT ? plain.substring(0, LIMIT) : plain;
    return cut.isEmpty() ? "checkpoint" : cut;
  }
}
