package dev.orograph.hub;

import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the environment says about the hub, as its other tools read it.
 *
 * @param endpoint where the hub is: {@code HF_ENDPOINT}, else the public one; {@code https}, or any
 *     on the machine itself
 * @param token {@code HF_TOKEN}, else the file {@code HF_HOME/token}; never shown
 * @param offline {@code HF_HUB_OFFLINE}: no connection at all
 * @param cache where files go
 * @param silence how long a connection may say nothing
 * @param pause how long to wait after a first failure; twice that after the second, and so on
 */
public record HubSettings(
    URI endpoint,
    Optional<String> token,
    boolean offline,
    HubCache cache,
    Duration silence,
    Duration pause) {
  private static final String PUBLIC = "https://huggingface.co";
  private static final int LONGEST_TOKEN = 4096;
  private static final Set<String> YES = Set.of("1", "on", "yes", "true");

  /**
   * Reads the environment of this process. The system properties {@code orograph.fetch.silence} and
   * {@code orograph.fetch.pause} give the waiting times in milliseconds (30,000 and 1,000).
   *
   * @throws InputException where a variable holds nonsense
   */
  public static HubSettings usual() {
    return of(System.getenv());
  }

  static HubSettings of(Map<String, String> environment) {
    return new HubSettings(
        endpoint(environment.getOrDefault("HF_ENDPOINT", "")),
        token(environment),
        YES.contains(environment.getOrDefault("HF_HUB_OFFLINE", "").toLowerCase(Locale.ROOT)),
        HubCache.of(environment),
        Duration.ofMillis(Math.max(1, Long.getLong("orograph.fetch.silence", 30_000))),
        Duration.ofMillis(Math.max(1, Long.getLong("orograph.fetch.pause", 1_000))));
  }

  /** The endpoint with a path below it, already escaped. */
  URI at(String path) {
    return URI.create(endpoint + path);
  }

  /** Whether an address lies at the endpoint: the same scheme, host and port. */
  boolean own(URI address) {
    return endpoint.getScheme().equalsIgnoreCase(address.getScheme())
        && endpoint.getHost().equalsIgnoreCase(address.getHost())
        && port(endpoint) == port(address);
  }

  /**
   * Whether an address may be asked: {@code https}, and where the endpoint is on this machine also
   * {@code http} on it. A hub elsewhere cannot send us to a service of this machine.
   */
  boolean allowed(URI address) {
    if (address.getHost() == null || address.getUserInfo() != null) {
      return false;
    }
    if (local(address)) {
      return local(endpoint) && Set.of("http", "https").contains(scheme(address));
    }
    return scheme(address).equals("https");
  }

  private static URI endpoint(String value) {
    String text = value.isEmpty() ? PUBLIC : value.replaceAll("/+$", "");
    try {
      URI uri = new URI(text);
      boolean plain =
          uri.getHost() != null
              && uri.getUserInfo() == null
              && uri.getQuery() == null
              && uri.getFragment() == null;
      if (plain && (scheme(uri).equals("https") || (scheme(uri).equals("http") && local(uri)))) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Told below, as any other address that is none.
    }
    throw InputException.at(Path.of("HF_ENDPOINT"))
        .expected("must be an https address, or http on this machine")
        .found("is " + Text.quoted(value.contains("@") ? "one with a password" : value))
        .remedy("correct it, or unset it for " + PUBLIC)
        .build();
  }

  private static Optional<String> token(Map<String, String> environment) {
    String token = environment.getOrDefault("HF_TOKEN", "").strip();
    Path file = HubCache.home(environment).resolve("token");
    if (token.isEmpty() && Files.isRegularFile(file)) {
      try (InputStream in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes(LONGEST_TOKEN + 1);
        token = new String(bytes, StandardCharsets.ISO_8859_1).strip();
      } catch (IOException e) {
        throw InputException.unreadable(file, e);
      }
    }
    // Anything else could add lines to a request. The token itself is in no message.
    if (token.length() > LONGEST_TOKEN || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw InputException.at(Path.of("HF_TOKEN"))
          .expected("must be one word of plain characters")
          .found("it, or the file " + file + ", holds others")
          .remedy("copy it again")
          .build();
    }
    return token.isEmpty() ? Optional.empty() : Optional.of(token);
  }

  private static String scheme(URI uri) {
    return uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
  }

  private static int port(URI uri) {
    return uri.getPort() >= 0 ? uri.getPort() : scheme(uri).equals("https") ? 443 : 80;
  }

  private static boolean local(URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
  }

  /** Everything but the token. */
  @Override
  public String toString() {
    return endpoint + (token.isPresent() ? " with a token, " : ", ") + cache.root();
  }
}
