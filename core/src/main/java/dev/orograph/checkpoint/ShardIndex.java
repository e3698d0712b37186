package dev.orograph.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.BoundedJson;
import dev.orograph.input.InputException;
import dev.orograph.input.SafePath;
import dev.orograph.input.Text;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * An index over several weight files: {@code {"metadata": {...}, "weight_map": {"tensor":
 * "file"}}}. Every file must lie inside the index's folder, exist, and hold what the index says.
 * Source: the transformers library, "sharded checkpoints".
 *
 * @param file the index
 * @param shards the files, in natural order of their names
 * @param fileOf for each tensor the file that holds it
 */
record ShardIndex(Path file, List<Path> shards, Map<String, Path> fileOf) {
  private static final long MAX_BYTES = 256L << 20;

  /**
   * Reads an index and finds its files.
   *
   * @param links whether links may lead out of the folder
   * @throws InputException where it is no index, names a file outside, or files are missing
   */
  static ShardIndex read(Path index, boolean links) {
    JsonNode map = BoundedJson.read(index, MAX_BYTES).path("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      throw InputException.at(index)
          .place("weight_map")
          .expected("must be an object that names a file for each tensor")
          .found(map.isMissingNode() ? "is missing" : "is empty or something else")
          .remedy("download it again")
          .build();
    }
    Path folder = index.toAbsolutePath().getParent();
    Map<String, Path> byName = new TreeMap<>(NaturalOrder.INSTANCE);
    Map<String, Path> fileOf = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : map.properties()) {
      String name = field.getValue().textValue();
      if (name == null || !name.matches("(?s).*\\.(safetensors|bin|pt|pth)")) {
        throw InputException.at(index)
            .place("weight_map " + Text.quoted(field.getKey()))
            .expected("must name a file that ends in .safetensors, .bin, .pt or .pth")
            .found("is " + Text.visible(field.getValue().toString()))
            .remedy("download it again")
            .build();
      }
      Path shard = byName.computeIfAbsent(name, n -> SafePath.inside(folder, n, index, links));
      fileOf.put(field.getKey(), shard);
    }
    requirePresent(index, byName);
    return new ShardIndex(index, List.copyOf(byName.values()), fileOf);
  }

  private static void requirePresent(Path index, Map<String, Path> byName) {
    List<String> missing = new ArrayList<>();
    byName.forEach(
        (name, path) -> {
          if (!Files.exists(path)) {
            missing.add(name);
          }
        });
    if (!missing.isEmpty()) {
      String others = missing.size() == 1 ? "" : " and " + (missing.size() - 1) + " more";
      throw InputException.at(index)
          .expected("names " + byName.size() + (byName.size() == 1 ? " file" : " files"))
          .found(
              (byName.size() - missing.size())
                  + " are present; missing is "
                  + Text.quoted(missing.get(0))
                  + others)
          .remedy("download the missing files")
          .build();
    }
  }

  /**
   * Checks that each tensor is in the file that the index names.
   *
   * @param stored the stored tensors by name
   * @param aliases further names of stored tensors
   * @return names of tensors that are stored but not in the index, sorted
   */
  List<String> requireStored(Map<String, TensorInfo> stored, Map<String, String> aliases) {
    fileOf.forEach(
        (name, shard) -> {
          TensorInfo tensor = stored.get(aliases.getOrDefault(name, name));
          if (tensor == null || !tensor.file().equals(shard)) {
            throw InputException.at(file)
                .place(Text.quoted(name))
                .expected("should be in " + Text.visible(shard.getFileName().toString()))
                .found(
                    tensor == null
                        ? "that file lacks it"
                        : "is in " + Text.visible(tensor.file().getFileName().toString()))
                .remedy("download index and files again, of the same revision")
                .build();
          }
        });
    TreeSet<String> extra = new TreeSet<>(NaturalOrder.INSTANCE);
    extra.addAll(stored.keySet());
    fileOf.keySet().forEach(name -> extra.remove(aliases.getOrDefault(name, name)));
    return List.copyOf(extra);
  }
}
