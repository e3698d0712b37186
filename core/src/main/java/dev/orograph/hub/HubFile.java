package dev.orograph.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A file of a model at a commit.
 *
 * @param name its path in the repository
 * @param etag the hash of its content: 64 hexadecimal digits are its SHA-256 (large files), 40 the
 *     SHA-1 of git's blob, {@code "blob " + size + NUL + content}
 * @param size bytes
 */
record HubFile(String name, String etag, long size) {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
  private static final int BUFFER = 1 << 20;

  /** Whether an ETag is a hash by which content can be checked. */
  static boolean hash(String etag) {
    return HASH.matcher(etag).matches();
  }

  /** The hash of what lies there, of the kind that {@link #etag} is. */
  String hashOf(Path file) throws IOException {
    boolean large = etag.length() == 64;
    MessageDigest digest = digest(large ? "SHA-256" : "SHA-1");
    if (!large) {
      digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
    }
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }
}
