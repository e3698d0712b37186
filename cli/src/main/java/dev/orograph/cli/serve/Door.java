package dev.orograph.cli.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.orograph.input.BoundedJson;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.report.ResultsJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Answers a browser on this machine, and nobody else: bound to the loopback address, a secret in
 * every address, and no request that another page or another name of this machine leads to.
 *
 * <p>Reports are shown at addresses with a secret of their own and in a sandbox, so that what
 * somebody else's run folder holds can neither read the list nor start anything.
 */
public final class Door implements AutoCloseable {
  private static final int SECRET_BYTES = 18;
  private static final int MOST_BODY = 64 << 10;
  private static final int THREADS = 4;

  /** Of the page itself: its own script and style, and answers of this door. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /** Of a report, beside the policy that stands in it. */
  private static final String SANDBOX =
      "sandbox allow-scripts allow-downloads allow-popups allow-modals; frame-ancestors 'none'";

  private final HttpServer server;
  private final Pages pages;
  private final ExecutorService threads;
  private final String secret = secret();
  private final String shown = secret();

  /** What went wrong, as the page shows it. */
  private record Fault(String fault) {}

  /** What is sent back. */
  static final class Answer {
    private final String type;
    private final byte[] body;

    Answer(String type, byte[] body) {
      this.type = type;
      this.body = body;
    }

    static Answer json(String text) {
      return new Answer("application/json", text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * Opens it.
   *
   * @param folder where runs lie
   * @param port 0 for any that is free
   * @param runs whether surveys may be started
   * @throws InputException where the port is taken
   */
  public Door(Path folder, int port, boolean runs) {
    pages = new Pages(folder, runs);
    threads =
        Executors.newFixedThreadPool(
            THREADS,
            r -> {
              Thread t = new Thread(r, "orograph-serve");
              t.setDaemon(true);
              return t;
            });
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw InputException.at(folder)
          .place("port " + port)
          .expected("should be free")
          .found(Text.visible(String.valueOf(e.getMessage())))
          .remedy("name another with --port, or none for any that is free")
          .cause(e)
          .build();
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** What to open in a browser. */
  public String address() {
    return "http://" + host() + "/" + secret + "/";
  }

  /** Models whose surveys, started by the page, are not over. */
  public List<String> surveying() {
    return pages.surveying();
  }

  private String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  private static String secret() {
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private void answer(HttpExchange e) throws IOException {
    try (e) {
      try {
        String path = e.getRequestURI().getPath();
        Optional<String> inside = below(path, secret);
        Optional<String> report = below(path, shown);
        if (!ours(e) || (inside.isEmpty() && report.isEmpty())) {
          // Whoever does not know the secret learns nothing, not even that there is one.
          send(e, 404, new Answer("text/plain", new byte[0]), POLICY);
        } else if (report.isPresent()) {
          get(e);
          send(e, 200, pages.report(report.get(), query(e)), SANDBOX);
        } else if (e.getRequestMethod().equals("POST")) {
          send(e, 200, pages.post(inside.get(), body(e)), POLICY);
        } else {
          get(e);
          send(e, 200, pages.get(inside.get(), query(e), "/" + shown + "/"), POLICY);
        }
      } catch (InputException | IllegalArgumentException fault) {
        send(e, 400, fault(fault.getMessage()), POLICY);
      } catch (RuntimeException | Error fault) {
        String said = "a fault of this program: " + Text.visible(fault.toString(), 400);
        send(e, 500, fault(said), POLICY);
      }
    }
  }

  private static Answer fault(String message) {
    return Answer.json(ResultsJson.text(new Fault(String.valueOf(message))));
  }

  private static void get(HttpExchange e) {
    if (!e.getRequestMethod().equals("GET")) {
      throw new IllegalArgumentException("only GET is answered here");
    }
  }

  /** What follows the secret in a path; empty where it is another. */
  private static Optional<String> below(String path, String secret) {
    if (path == null || path.length() < secret.length() + 2) {
      return Optional.empty();
    }
    byte[] given = path.substring(0, secret.length() + 2).getBytes(StandardCharsets.UTF_8);
    byte[] wanted = ("/" + secret + "/").getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(given, wanted)
        ? Optional.of(path.substring(secret.length() + 2))
        : Optional.empty();
  }

  /**
   * Whether this machine's own browser asks, from the page or from its address line: a name that
   * somebody made point here has another Host, and another page says its Origin.
   */
  private boolean ours(HttpExchange e) {
    Headers h = e.getRequestHeaders();
    String port = ":" + server.getAddress().getPort();
    String host = String.valueOf(h.getFirst("Host"));
    String origin = h.getFirst("Origin");
    String site = h.getFirst("Sec-Fetch-Site");
    return e.getRemoteAddress().getAddress().isLoopbackAddress()
        && (host.equals("127.0.0.1" + port) || host.equals("localhost" + port))
        && (origin == null || origin.equals("http://" + host))
        && (site == null || site.equals("same-origin") || site.equals("none"));
  }

  private static Query query(HttpExchange e) {
    return Query.of(e.getRequestURI().getRawQuery());
  }

  private static JsonNode body(HttpExchange e) throws IOException {
    String type = String.valueOf(e.getRequestHeaders().getFirst("Content-Type"));
    if (!type.equals("application/json")) {
      throw new IllegalArgumentException("what is sent must be JSON");
    }
    byte[] bytes = e.getRequestBody().readNBytes(MOST_BODY + 1);
    if (bytes.length > MOST_BODY) {
      throw new IllegalArgumentException("what is sent has more than " + MOST_BODY + " bytes");
    }
    return BoundedJson.parse(bytes, Path.of("request"), "");
  }

  private static void send(HttpExchange e, int status, Answer answer, String policy) {
    Headers h = e.getResponseHeaders();
    h.set("Content-Type", answer.type + "; charset=utf-8");
    h.set("Content-Security-Policy", policy);
    h.set("X-Content-Type-Options", "nosniff");
    h.set("Referrer-Policy", "no-referrer");
    h.set("Cache-Control", "no-store");
    h.set("Cross-Origin-Resource-Policy", "same-origin");
    h.set("Cross-Origin-Opener-Policy", "same-origin");
    try {
      e.sendResponseHeaders(status, answer.body.length == 0 ? -1 : answer.body.length);
      if (answer.body.length > 0) {
        e.getResponseBody().write(answer.body);
      }
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    pages.close();
  }
}
