package dev.orograph.hub;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.BoundedJson;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Requests to the hub. Redirects are followed by hand, so that the token goes to the endpoint's own
 * scheme, host and port and nowhere else, and so that none leads to plain http or to this machine.
 */
final class HubClient implements AutoCloseable {
  private static final int MOST_REDIRECTS = 5;
  private static final int MOST_JSON = 16 << 20;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final HubSettings settings;
  private final HubName name;
  private final HttpClient http;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread t = new Thread(work, "orograph-silence");
            t.setDaemon(true);
            return t;
          });

  HubClient(HubSettings settings, HubName name) {
    this.settings = settings;
    this.name = name;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.silence())
            .build();
  }

  /**
   * What the hub knows of the model at its revision.
   *
   * @throws InputException where it has none, or will not say
   */
  JsonNode model() throws IOException {
    String revision = URLEncoder.encode(name.revision(), StandardCharsets.UTF_8);
    try (Answer answer =
        ask("GET", "/api/models/" + name.id() + "/revision/" + revision, Map.of())) {
      byte[] body = answer.read(MOST_JSON + 1);
      if (body.length > MOST_JSON) {
        throw refused("answers with more than " + Text.grouped(MOST_JSON) + " bytes");
      }
      return BoundedJson.parse(body, Path.of(name.id()), "the hub's answer");
    }
  }

  /** The facts about a file, from the headers of {@code HEAD}. */
  Answer head(String commit, String file) throws IOException {
    return ask("HEAD", resolve(commit, file), Map.of());
  }

  /** The bytes of a file, or with a {@code Range} some of them; also for 416. */
  Answer get(String commit, String file, Map<String, String> headers) throws IOException {
    return ask("GET", resolve(commit, file), headers);
  }

  private String resolve(String commit, String file) {
    StringBuilder path = new StringBuilder("/" + name.id() + "/resolve/" + commit);
    for (String part : file.split("/", -1)) {
      String escaped = URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
      path.append('/').append(escaped);
    }
    return path.toString();
  }

  private Answer ask(String method, String path, Map<String, String> headers) throws IOException {
    URI at = settings.at(path);
    HttpHeaders facts = null;
    for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
      HttpResponse<InputStream> response = send(method, at, headers);
      boolean own = settings.own(at);
      facts = own ? response.headers() : facts;
      String location = response.headers().firstValue("Location").orElse("");
      if (!REDIRECTS.contains(response.statusCode()) || location.isEmpty()) {
        Answer answer = Answer.of(response, facts, own, clock, settings.silence());
        try {
          return checked(answer);
        } catch (IOException | RuntimeException e) {
          answer.close();
          throw e;
        }
      }
      URI next = next(at, location);
      if (method.equals("HEAD") && !settings.own(next)) {
        // All that is asked for stands in this answer; the store need not be troubled.
        return Answer.of(response, facts, own, clock, settings.silence());
      }
      response.body().close();
      at = next;
    }
    throw refused("redirects more than " + MOST_REDIRECTS + " times");
  }

  private HttpResponse<InputStream> send(String method, URI at, Map<String, String> headers)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(settings.silence())
            .header("User-Agent", "orograph")
            .header("Accept-Encoding", "identity");
    headers.forEach(request::header);
    if (settings.own(at)) {
      settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while asking " + at.getHost());
    }
  }

  private URI next(URI at, String location) {
    URI next;
    try {
      next = at.resolve(location);
    } catch (IllegalArgumentException e) {
      throw refused("redirects to " + Text.quoted(location) + ", which is no address");
    }
    if (!settings.allowed(next)) {
      // Without the query, which may hold a signature.
      String where = next.getScheme() + "://" + next.getHost();
      throw refused("redirects to " + Text.quoted(where) + ", which is not asked");
    }
    return next;
  }

  /** The answer, where it is one that can be used. */
  private Answer checked(Answer answer) throws IOException {
    int status = answer.status();
    if (status == 200 || status == 206 || status == 416) {
      return answer;
    }
    if (status == 408 || status == 429 || status >= 500) {
      throw new Setback("answers with " + status, retryAfter(answer.headers()));
    }
    if (!answer.own()) {
      // Addresses of the store are valid for a while only; a new one is asked for.
      throw new Setback("leads to a store that answers with " + status);
    }
    String code = answer.headers().firstValue("X-Error-Code").orElse("");
    String page = settings.endpoint() + "/" + name.id();
    if (code.equals("GatedRepo") || status == 403) {
      throw refused(
          status,
          "may be read by those only who have accepted its licence",
          "accept it on " + page + " and set HF_TOKEN to a token that may read it");
    }
    if (code.equals("RevisionNotFound")) {
      throw refused(
          status,
          "has no revision " + Text.quoted(name.revision()),
          "see " + page + "/tree/main for its branches");
    }
    if (code.equals("EntryNotFound")) {
      throw refused(status, "lists a file that it does not have", "try again later");
    }
    if (status == 401) {
      throw settings.token().isPresent()
          ? refused(
              status, "does not exist, or is not for this token", "check the name and HF_TOKEN")
          : refused(
              status,
              "does not exist, or is private",
              "check the name; for a private or gated model set HF_TOKEN");
    }
    if (status == 404) {
      throw refused(status, "does not exist, or is private", "check the name on " + page);
    }
    throw refused("answers with " + status);
  }

  /** How long the server wants to be left alone: seconds, or until a time. */
  private static Duration retryAfter(HttpHeaders headers) {
    String after = headers.firstValue("Retry-After").orElse("").strip();
    if (after.matches("\\d{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(after));
    }
    try {
      ZonedDateTime until = ZonedDateTime.parse(after, DateTimeFormatter.RFC_1123_DATE_TIME);
      Duration left = Duration.between(ZonedDateTime.now(until.getZone()), until);
      return left.isNegative() ? Duration.ZERO : left;
    } catch (DateTimeException e) {
      return Duration.ZERO;
    }
  }

  private InputException refused(int status, String expected, String remedy) {
    return InputException.at(Path.of(name.id()))
        .place(Text.quoted(name.id()))
        .expected(expected + ", says " + settings.endpoint().getHost() + " (" + status + ")")
        .remedy(remedy)
        .build();
  }

  /** The exception for a hub that does what no hub does. */
  InputException refused(String found) {
    return InputException.at(Path.of(name.id()))
        .place(settings.endpoint().getHost())
        .found(found)
        .remedy("check HF_ENDPOINT, or try again later")
        .build();
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
