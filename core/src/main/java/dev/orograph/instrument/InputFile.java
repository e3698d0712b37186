package dev.orograph.instrument;

import dev.orograph.input.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file of any size that an analysis reads, which is part of a run by its content.
 *
 * @param path absolute; "" for none
 * @param sha256 of its content; "" for none
 */
public record InputFile(String path, String sha256) implements Serializable {
  /** No file. */
  public static final InputFile NONE = new InputFile("", "");

  /**
   * A file as it is now.
   *
   * @throws InputException where it cannot be read or is no file
   */
  public static InputFile of(Path file) {
    Path absolute = file.toAbsolutePath();
    return new InputFile(absolute.toString(), digest(absolute));
  }

  /** Whether there is one. */
  public boolean given() {
    return !path.isEmpty();
  }

  /**
   * Where it is.
   *
   * @throws InputException where its content is another one than the run began with
   */
  public Path unchanged() {
    Path file = Path.of(path);
    if (!digest(file).equals(sha256)) {
      throw InputException.at(file)
          .expected("must stay as it was when the run began")
          .found("its content is another one")
          .remedy("run again once the file no longer changes, or put the same file there")
          .build();
    }
    return file;
  }

  private static String digest(Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw InputException.at(file)
          .expected("should be a file")
          .found("is no file")
          .remedy("name a file that can be read more than once")
          .build();
    }
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }
}
