package dev.orograph.checkpoint;

import dev.orograph.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * What shows that a file is still the one whose header was checked.
 *
 * @param size bytes
 * @param modified when it was last written
 * @param key the file's identity, text of the system's own; empty where it has none
 */
record FileStamp(long size, FileTime modified, String key) {
  static FileStamp of(BasicFileAttributes attributes) {
    Object key = attributes.fileKey();
    return new FileStamp(
        attributes.size(), attributes.lastModifiedTime(), key == null ? "" : key.toString());
  }

  /**
   * Checks that the file is unchanged.
   *
   * @throws InputException where it is not, or is gone
   */
  void requireUnchanged(Path file) {
    FileStamp now;
    try {
      now = of(Files.readAttributes(file, BasicFileAttributes.class));
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
    if (!equals(now)) {
      throw InputException.at(file)
          .found("has changed since it was opened")
          .remedy("start again when nothing writes to it")
          .build();
    }
  }
}
