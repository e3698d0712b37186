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
  /** The stamp of a file of this machine, or of one in a store for which it stands. */
  static FileStamp of(Path file, BasicFileAttributes attributes) {
    StoredFile stored = StoredFile.of(file).orElse(null);
    if (stored != null) {
      return stored.stamp();
    }
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
    StoredFile stored = StoredFile.of(file).orElse(null);
    if (stored != null) {
      stored.requireUnchanged();
      return;
    }
    FileStamp now;
    try {
      now = of(file, Files.readAttributes(file, BasicFileAttributes.class));
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

  /**
   * The same with what tells when attributes last changed, which no program sets back: whoever
   * finds it equal to that of an earlier run need not look into the file.
   *
   * @throws IOException where the system does not tell
   */
  String text(Path file) throws IOException {
    String changed = "";
    if (StoredFile.of(file).isEmpty()) {
      try {
        changed = Files.getAttribute(file, "unix:ctime").toString();
      } catch (UnsupportedOperationException | IllegalArgumentException e) {
        // A system without it.
      }
    } else {
      changed = key;
    }
    return file.getFileName() + " " + size + " " + modified + " " + changed;
  }
}
