package dev.orograph.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.BoundedJson;
import dev.orograph.input.InputException;
import dev.orograph.input.SafePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The settings that lie beside the weights.
 *
 * @param configFile {@code config.json}, or {@code params.json} where there is none
 * @param config the object in it
 * @param adapterConfig {@code adapter_config.json}
 */
record Companions(
    Optional<Path> configFile, Optional<JsonNode> config, Optional<Path> adapterConfig) {
  private static final int MAX_BYTES = 16 << 20;

  /**
   * Finds and reads the settings in a folder.
   *
   * @throws InputException where one leads outside of the folder or is no JSON object
   */
  static Companions in(Path folder) {
    Optional<Path> config = beside(folder, "config.json").or(() -> beside(folder, "params.json"));
    return new Companions(
        config, config.map(Companions::object), beside(folder, "adapter_config.json"));
  }

  /** The settings in full by file name, in a fixed order. */
  Map<String, byte[]> contents() {
    Map<String, byte[]> contents = new TreeMap<>();
    Stream.of(configFile, adapterConfig)
        .flatMap(Optional::stream)
        .forEach(file -> contents.put(file.getFileName().toString(), bytes(file)));
    return contents;
  }

  private static Optional<Path> beside(Path folder, String name) {
    return Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS)
        ? Optional.of(SafePath.inside(folder, name, folder))
        : Optional.empty();
  }

  private static JsonNode object(Path file) {
    JsonNode node = BoundedJson.read(file, MAX_BYTES);
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
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }
}
