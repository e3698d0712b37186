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
  static Map<String, TensorInfo> stored(List<WeightFile> files) {
    Map<String, TensorInfo> stored = new TreeMap<>();
    for (WeightFile file : files) {
      for (TensorInfo tensor : file.tensors()) {
        TensorInfo before = stored.put(tensor.name(), tensor);
        if (before != null) {
          throw InputException.at(file.file())
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
  static Map<String, String> metadata(List<WeightFile> files) {
    Map<String, String> all = new TreeMap<>();
    files.forEach(file -> file.metadata().forEach(all::putIfAbsent));
    return Collections.unmodifiableMap(all);
  }

  /**
   * Further names of the files that are no stored tensor's and lead to one. Source:
   * safetensors.torch {@code save_model}, which stores shared tensors once and notes the names that
   * it dropped.
   *
   * @throws InputException where two files give one name to different tensors
   */
  static Map<String, String> aliases(List<WeightFile> files, Map<String, TensorInfo> stored) {
    Map<String, String> aliases = new TreeMap<>();
    for (WeightFile file : files) {
      file.aliases()
          .forEach(
              (alias, target) -> {
                if (stored.containsKey(alias) || !stored.containsKey(target)) {
                  return;
                }
                HeaderEntry.requireName(file.file(), alias);
                String before = aliases.putIfAbsent(alias, target);
                if (before != null && !before.equals(target)) {
                  throw InputException.at(file.file())
                      .place("the name " + Text.quoted(alias))
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
