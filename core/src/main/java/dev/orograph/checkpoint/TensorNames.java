package dev.orograph.checkpoint;

import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The names of a checkpoint that may lie in several files: tensors, metadata, aliases. */
final class TensorNames {
  /** What PyTorch puts into names when it compiles or shards a module. */
  private static final Set<String> WRAPPERS =
      Set.of(
          "_orig_mod",
          "_fsdp_wrapped_module",
          "_checkpoint_wrapped_module",
          "_forward_module",
          "_fpw_module");

  private static final String PARALLEL = "module.";

  private TensorNames() {}

  /**
   * The same files where names have lost what wrappers of modules put into them: compiled and
   * sharded ones anywhere, {@code module.} in front where all have it.
   */
  static List<WeightFile> unwrapped(List<WeightFile> files) {
    List<WeightFile> read =
        renamed(
            files, TensorNames::unwrapped, "names are read without what wrappers put into them");
    while (read.stream().anyMatch(f -> !f.tensors().isEmpty())
        && read.stream()
            .flatMap(f -> f.tensors().stream())
            .allMatch(
                t -> t.name().startsWith(PARALLEL) && t.name().length() > PARALLEL.length())) {
      List<WeightFile> shorter =
          renamed(
              read,
              n -> n.startsWith(PARALLEL) ? n.substring(PARALLEL.length()) : n,
              "names are read without 'module.' in front");
      if (shorter == read) {
        return read;
      }
      read = shorter;
    }
    return read;
  }

  private static String unwrapped(String name) {
    if (!name.contains("_module") && !name.contains("_orig_mod")) {
      return name;
    }
    String bare =
        Arrays.stream(name.split("\\.", -1))
            .filter(part -> !WRAPPERS.contains(part))
            .collect(Collectors.joining("."));
    return bare.isEmpty() ? name : bare;
  }

  /**
   * The files with other names.
   *
   * @param remark said of a file with a name that changes
   * @return the same list where nothing changes, or names would fall together
   */
  static List<WeightFile> renamed(
      List<WeightFile> files, UnaryOperator<String> rename, String remark) {
    Set<String> before = new HashSet<>();
    Set<String> after = new HashSet<>();
    for (WeightFile file : files) {
      file.tensors().forEach(t -> before.add(t.name()));
    }
    before.forEach(name -> after.add(rename.apply(name)));
    if (after.size() < before.size() || after.equals(before)) {
      return files;
    }
    return files.stream()
        .map(
            file -> {
              List<String> remarks = new ArrayList<>(file.remarks());
              if (!remarks.contains(remark)) {
                remarks.add(remark);
              }
              return file.renamed(rename).remarking(remarks);
            })
        .toList();
  }

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
