package dev.orograph.input;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * File names that one file gives for another (an index for its shards), held inside their folder.
 *
 * <p>Refused are absolute names, {@code ..}, backslashes, colons, control characters, and links
 * whose real target lies outside of the folder. One exception: in the Hugging Face cache
 * (huggingface_hub, "cache system") a snapshot is a folder of links, {@code
 * models--org--name/snapshots/commit/file -> ../../blobs/hash}; from there a link is followed where
 * its real target lies among the {@code blobs} of the same {@code models--*} entry.
 */
public final class SafePath {
  private static final String CACHE_ENTRY = "models--";

  private SafePath() {}

  /**
   * The path of a named file inside a folder. The file need not exist.
   *
   * @param folder the folder that must contain it
   * @param name relative name with {@code /} between its parts
   * @param namedBy the file in which the name stands, for the message
   * @throws InputException where the name leads outside, or is a link to nothing
   */
  public static Path inside(Path folder, String name, Path namedBy) {
    return inside(folder, name, namedBy, false, "put a copy in its place");
  }

  /**
   * The path of a named file inside a folder, or where a link in it leads.
   *
   * @param links whether a link may lead out of the folder: the user vouches for it
   * @throws InputException where the name leads outside by itself, or is a link to nothing
   */
  public static Path inside(Path folder, String name, Path namedBy, boolean links) {
    String remedy = "if you made the link, allow it with --allow-links";
    return inside(folder, name, namedBy, links, remedy);
  }

  private static Path inside(Path folder, String name, Path namedBy, boolean links, String remedy) {
    requireInside(name, namedBy);
    Path path;
    try {
      path = folder.resolve(name);
    } catch (InvalidPathException e) {
      throw refused(namedBy, name, "is no file name on this system");
    }
    try {
      if (Files.isSymbolicLink(path) && !Files.exists(path)) {
        throw InputException.at(namedBy)
            .place(Text.quoted(name))
            .expected("is a link")
            .found("what it points to does not exist")
            .remedy("download it again")
            .build();
      }
      Path home = folder.toRealPath();
      Path real = existing(path).toRealPath();
      if (!links && !real.startsWith(home) && !sameCacheEntry(home, real)) {
        throw refused(namedBy, name, "is a link that leads outside of it", remedy);
      }
    } catch (IOException e) {
      throw InputException.unreadable(path, e);
    }
    return path;
  }

  /**
   * Checks a name by itself, without a folder.
   *
   * @param name relative name with {@code /} between its parts
   * @param namedBy the file in which the name stands, for the message
   * @throws InputException where the name could lead outside of a folder
   */
  public static void requireInside(String name, Path namedBy) {
    String reason = objection(name);
    if (reason != null) {
      throw refused(namedBy, name, reason);
    }
  }

  /**
   * Checks that what is about to be read is a file, or a link to one: a pipe or a device could keep
   * a reader waiting for ever.
   *
   * @throws InputException where something else stands there; nothing where nothing does
   */
  public static void requireFile(Path path) {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw InputException.at(path)
          .expected("must be a file")
          .found(Files.isDirectory(path) ? "is a folder" : "is neither file nor folder")
          .build();
    }
  }

  /**
   * Reads a whole file.
   *
   * @param most bytes that it may have
   * @param remedy what to do about one that has more; may be empty
   * @throws InputException where it is no file, cannot be read or has more
   */
  public static byte[] bytes(Path file, int most, String remedy) {
    requireFile(file);
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(most + 1);
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
    if (bytes.length > most) {
      throw InputException.at(file)
          .expected("must have at most " + Text.grouped(most) + " bytes")
          .found("has more")
          .remedy(remedy)
          .build();
    }
    return bytes;
  }

  /** Why a name is refused before the file system is asked; null where it is not. */
  private static String objection(String name) {
    if (name == null || name.isEmpty()) {
      return "is empty";
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      return "holds a control character";
    }
    if (name.startsWith("/")) {
      return "is absolute";
    }
    if (name.indexOf('\\') >= 0) {
      return "holds a backslash";
    }
    if (name.indexOf(':') >= 0) {
      return "holds a colon";
    }
    for (String part : name.split("/", -1)) {
      if (part.equals("..")) {
        return "leads upwards";
      }
      if (part.isEmpty() || part.equals(".")) {
        return "has an empty part";
      }
    }
    return null;
  }

  /** The path itself, or the nearest folder above that exists. */
  private static Path existing(Path path) {
    Path at = path.toAbsolutePath();
    while (at.getParent() != null && !Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
      at = at.getParent();
    }
    return at;
  }

  private static boolean sameCacheEntry(Path home, Path real) {
    for (Path at = home; at != null && at.getFileName() != null; at = at.getParent()) {
      if (at.getFileName().toString().startsWith(CACHE_ENTRY)) {
        return at.relativize(home).startsWith("snapshots") && real.startsWith(at.resolve("blobs"));
      }
    }
    return false;
  }

  private static InputException refused(Path namedBy, String name, String reason) {
    return refused(namedBy, name, reason, "do not use this download");
  }

  private static InputException refused(Path namedBy, String name, String reason, String remedy) {
    return InputException.at(namedBy)
        .place("the file name " + Text.quoted(name))
        .expected("must stay inside the folder")
        .found(reason)
        .remedy(remedy)
        .build();
  }
}
