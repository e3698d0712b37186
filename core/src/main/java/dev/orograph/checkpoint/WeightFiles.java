package dev.orograph.checkpoint;

import dev.orograph.input.InputException;
import dev.orograph.input.SafePath;
import dev.orograph.input.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which files of a folder are the checkpoint. In this order: {@code model.safetensors.index.json},
 * {@code model.safetensors}, {@code consolidated.safetensors}, {@code open_clip_model.safetensors},
 * {@code adapter_model.safetensors}, the only {@code *.safetensors.index.json}, the only {@code
 * *.safetensors}. A path to a file is taken as it is; a path to an index opens its set.
 *
 * @param root the folder
 * @param files weight files in a fixed order
 * @param index the index, where there is one
 * @param named the file that was named, where the path was not a folder
 */
record WeightFiles(Path root, List<Path> files, Optional<ShardIndex> index, Optional<Path> named) {
  private static final String WEIGHTS = ".safetensors";
  private static final String INDEX = ".safetensors.index.json";
  private static final int LISTED = 8;
  private static final Pattern SHARD = Pattern.compile(".*-\\d+-of-\\d+\\.safetensors");
  private static final Pattern OTHER =
      Pattern.compile(".*\\.(bin|pt|pth|ckpt|pkl|gguf|ggml|onnx|h5|msgpack|npz)");

  /**
   * Finds the files.
   *
   * @throws InputException where there are none, or several and none is named
   */
  static WeightFiles find(Path given) {
    Path path = plain(given);
    if (!Files.isDirectory(path)) {
      return open(path.getParent(), path, Optional.of(path));
    }
    List<String> names = list(path);
    for (String usual :
        List.of(
            "model" + INDEX,
            "model" + WEIGHTS,
            "consolidated" + WEIGHTS,
            "open_clip_model" + WEIGHTS,
            "adapter_model" + WEIGHTS)) {
      if (names.contains(usual)) {
        return open(path, SafePath.inside(path, usual, path), Optional.empty());
      }
    }
    for (String ending : List.of(INDEX, WEIGHTS)) {
      List<String> candidates = names.stream().filter(name -> name.endsWith(ending)).toList();
      if (candidates.size() > 1) {
        throw several(path, candidates);
      }
      if (candidates.size() == 1) {
        return open(path, SafePath.inside(path, candidates.get(0), path), Optional.empty());
      }
    }
    throw nothing(path, names);
  }

  /** The absolute path without dots; where links make that another file, the real path. */
  private static Path plain(Path given) {
    try {
      Path absolute = given.toAbsolutePath();
      Files.readAttributes(absolute, BasicFileAttributes.class);
      Path normal = absolute.normalize();
      boolean same = Files.exists(normal) && Files.isSameFile(absolute, normal);
      return same ? normal : absolute.toRealPath();
    } catch (IOException e) {
      throw InputException.unreadable(given, e);
    }
  }

  private static WeightFiles open(Path root, Path file, Optional<Path> named) {
    if (file.getFileName().toString().endsWith(".index.json")) {
      ShardIndex index = ShardIndex.read(file);
      return new WeightFiles(root, index.shards(), Optional.of(index), named);
    }
    return new WeightFiles(root, List.of(file), Optional.empty(), named);
  }

  /** Names in a folder, in natural order. */
  private static List<String> list(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .sorted(NaturalOrder.INSTANCE)
          .toList();
    } catch (IOException e) {
      throw InputException.unreadable(folder, e);
    }
  }

  private static InputException several(Path folder, List<String> candidates) {
    boolean shards = candidates.stream().allMatch(name -> SHARD.matcher(name).matches());
    return InputException.at(folder)
        .expected("must hold one checkpoint")
        .found(
            shards
                ? "has shards without their model.safetensors.index.json: " + some(candidates)
                : "has several: " + some(candidates))
        .remedy(shards ? "download the index, or name one file" : "name one of them")
        .build();
  }

  private static InputException nothing(Path folder, List<String> names) {
    List<String> others = names.stream().filter(name -> OTHER.matcher(name).matches()).toList();
    if (!others.isEmpty()) {
      return InputException.at(folder)
          .expected("must hold safetensors weights, the format that this version reads,")
          .found("has " + some(others))
          .remedy(
              "convert with safetensors.torch.save_file, or save_pretrained of the transformers"
                  + " library")
          .build();
    }
    return InputException.at(folder)
        .expected("must hold safetensors weights")
        .found(names.isEmpty() ? "is empty" : "has " + some(names))
        .remedy("check the path")
        .build();
  }

  private static String some(List<String> names) {
    String listed =
        names.stream()
            .limit(LISTED)
            .map(name -> Text.visible(name, 80))
            .collect(Collectors.joining(", "));
    return names.size() > LISTED ? listed + " and " + (names.size() - LISTED) + " more" : listed;
  }
}
