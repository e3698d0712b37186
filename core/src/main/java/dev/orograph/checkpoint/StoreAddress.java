package dev.orograph.checkpoint;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a checkpoint in a {@link CheckpointStore}: {@code hdfs://host:8020/models/a}. As a
 * {@link Path}, in which double slashes are one, it is {@code hdfs:/host:8020/models/a}.
 *
 * @param scheme the part before the colon
 * @param rest what follows the slashes
 */
public record StoreAddress(String scheme, String rest) {
  /** One letter would be a drive. */
  private static final Pattern FORM = Pattern.compile("([a-z][a-z0-9+.-]+):/+(.+)");

  /** The address that a path stands for; none where it exists as a file. */
  public static Optional<StoreAddress> of(Path given) {
    Matcher form = FORM.matcher(given.toString());
    return !form.matches() || Files.exists(given, LinkOption.NOFOLLOW_LINKS)
        ? Optional.empty()
        : Optional.of(new StoreAddress(form.group(1), form.group(2)));
  }

  /**
   * A path as a user knows it: the address that it stands for, or from which what lies there came;
   * the absolute path of everything else.
   */
  public static String told(Path path) {
    return of(path)
        .or(() -> StoredFile.of(path).map(f -> of(Path.of(f.address())).orElseThrow()))
        .map(StoreAddress::toString)
        .orElseGet(() -> path.toAbsolutePath().normalize().toString());
  }

  /** With a host, but for {@code file}, which has none. */
  @Override
  public String toString() {
    return scheme + (scheme.equals("file") ? ":///" : "://") + rest;
  }

  /** As a path, for messages. */
  Path path() {
    return Path.of(toString());
  }
}
