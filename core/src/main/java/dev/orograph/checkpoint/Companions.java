package dev.orograph.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.BoundedJson;
import dev.orograph.input.InputException;
import dev.orograph.input.SafePath;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The settings that lie beside the weights.
 *
 * @param configFile {@code config.json}, or where there is none {@code params.json} or {@code
 *     open_clip_config.json}; beside open_clip's weights its own comes first
 * @param config the object in it
 * @param adapterConfig {@code adapter_config.json}
 */
record Companions(
    Optional<Path> configFile, Optional<JsonNode> config, Optional<Path> adapterConfig) {
  private static final int MAX_BYTES = 16 << 20;

  /**
   * Finds and reads the settings in the folder of the weights.
   *
   * @param links whether links may lead out of the folder
   * @throws InputException where one leads outside of the folder or is no JSON object
   */
  static Companions of(WeightFiles weights, boolean links) {
    Path folder = weights.root();
    List<String> names = new ArrayList<>(List.of("config.json", "params.json"));
    // A folder may hold the same model twice, for open_clip and for the transformers library.
    boolean openClip =
        weights.files().stream().allMatch(f -> f.getFileName().toString().startsWith("open_clip_"));
    names.add(openClip ? 0 : names.size(), "open_clip_config.json");
    Optional<Path> config =
        names.stream().map(n -> beside(folder, n, links)).flatMap(Optional::stream).findFirst();
    return new Companions(
        config, config.map(Companions::object), beside(folder, "adapter_config.json", links));
  }

  /** The settings in full by file name, in a fixed order. */
  Map<String, byte[]> contents() {
    Map<String, byte[]> contents = new TreeMap<>();
    Stream.of(configFile, adapterConfig)
        .flatMap(Optional::stream)
        .forEach(file -> contents.put(file.getFileName().toString(), bytes(file)));
    return contents;
  }

  private static Optional<Path> beside(Path folder, String name, boolean links) {
    return Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS)
        ? Optional.of(SafePath.inside(folder, name, folder, links))
        : Optional.empty();
  }

  static JsonNode object(Path file) {
    JsonNode node = BoundedJson.readPython(file, MAX_BYTES);
    if (!node.isObject()) {
      throw InputException.at(file)
          .expected("must be a JSON object")
          .found("is something else")
          .remedy("download it again")
          .build();
    }
    return node;
  }

  private static byte[] bytes(Path file) {
    return SafePath.bytes(file, MAX_BYTES, "check that it is the right file");
  }
}
