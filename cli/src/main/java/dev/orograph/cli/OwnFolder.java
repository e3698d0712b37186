package dev.orograph.cli;

import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder that a command writes: new, empty, or left by the same command. The file that is written
 * last tells that the rest is whole.
 */
final class OwnFolder {
  private final Path path;
  private final String last;

  /**
   * Checks a folder.
   *
   * @param last the file that is written last
   * @param names what may stand in it and in its subfolders, by subfolder; "" is the folder
   * @param fresh whether what the command left there before may be written over
   * @throws InputException where it holds anything else
   */
  OwnFolder(Path path, String last, Map<String, Set<String>> names, boolean fresh) {
    this.path = path;
    this.last = last;
    boolean foreign =
        names.entrySet().stream()
            .anyMatch(e -> !e.getValue().containsAll(names(path.resolve(e.getKey()))));
    if (foreign || (!fresh && names(path).contains(last))) {
      throw InputException.at(path)
          .expected("should be a new folder")
          .found(foreign ? "it holds other files" : "it holds what an earlier command wrote")
          .remedy(
              foreign
                  ? "choose another folder"
                  : "choose another folder, or give --fresh to write over it")
          .build();
    }
  }

  private static List<String> names(Path folder) {
    if (Files.notExists(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(p -> p.getFileName().toString()).toList();
    } catch (IOException e) {
      throw InputException.unreadable(folder, e);
    }
  }

  Path path() {
    return path;
  }

  /** From now on it is not whole, until the last file is written. */
  void begin() {
    try {
      Disk.folder(path);
      Disk.delete(path.resolve(last));
    } catch (IOException e) {
      throw InputException.unwritable(path, e);
    }
  }
}
