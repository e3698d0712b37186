package dev.orograph.checkpoint;

import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The names of a checkpoint that may lie in several files: tensors, metadata, aliases. */
final class TensorNames {
  private TensorNames() {}

  /**
   * Every stored tensor by name.
   *
   * @throws InputException where two files store the same name
   */
  static Map<String, TensorInfo> stored(List<SafetensorsHeader> headers) {
    Map<String, TensorInfo> stored = new TreeMap<>();
    for (SafetensorsHeader header : headers) {
      for (TensorInfo tensor : header.tensors()) {
        TensorInfo before = stored.put(tensor.name(), tensor);
        if (before != null) {
          throw InputException.at(header.file())
              .place(Text.quoted(tensor.name()))
              .expected("must be stored once")
              .found("is also in " + Text.visible(before.file().getFileName().toString()))
              .remedy("name one of the files")
              .build();
        }
      }
    }
    return Collections.unmodifiableMap(stored);
  }

  /** The metadata of all files; the first file that has a key gives its value. */
  static Map<String, String> metadata(List<SafetensorsHeader> headers) {
    Map<String, String> all = new TreeMap<>();
    headers.forEach(header -> header.metadata().forEach(all::putIfAbsent));
    return Collections.unmodifiableMap(all);
  }

  /**
   * Metadata entries whose key is no stored tensor and whose value is one. Source:
   * safetensors.torch {@code save_model}, which stores shared tensors once and notes the names that
   * it dropped.
   *
   * @throws InputException where two files give one name to different tensors
   */
  static Map<String, String> aliases(
      List<SafetensorsHeader> headers, Map<String, TensorInfo> stored) {
    Map<String, String> aliases = new TreeMap<>();
    for (SafetensorsHeader header : headers) {
      header
          .metadata()
          .forEach(
              (alias, target) -> {
                if (stored.containsKey(alias) || !stored.containsKey(target)) {
                  return;
                }
                HeaderEntry.requireName(header.file(), alias);
                String before = aliases.putIfAbsent(alias, target);
                if (before != null && !before.equals(target)) {
                  throw InputException.at(header.file())
                      .place("__metadata__ " + Text.quoted(alias))
                      .expected("names " + Text.quoted(target))
                      .found("another file says " + Text.quoted(before))
                      .remedy("download it again")
                      .build();
                }
              });
    }
    return Collections.unmodifiableMap(aliases);
  }
}
