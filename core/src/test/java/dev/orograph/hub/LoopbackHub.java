package dev.orograph.hub;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * A hub on this machine with one model, {@code org/model}, and a store on another port to which it
 * sends whoever wants a large file. Each request can be answered otherwise, once, by a {@link
 * Fault}.
 */
final class LoopbackHub implements AutoCloseable {
  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  static final String TOKEN = "hf_secret";

  private final HttpServer hub;
  private final HttpServer store;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, byte[]> small = new LinkedHashMap<>();
  private final Map<String, byte[]> large = new LinkedHashMap<>();
  private final Map<String, ConcurrentLinkedDeque<Fault>> faults = new ConcurrentHashMap<>();

  /** Every request: {@code hub GET /path}, with {@code +token} and its range where it has them. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  /** Files that are listed without being there. */
  final List<String> listed = new ArrayList<>();

  /** What a hub does instead of what it should. */
  interface Fault {
    void on(HttpExchange exchange, byte[] content) throws IOException;
  }

  LoopbackHub() {
    hub = server("hub");
    store = server("store");
  }

  private HttpServer server(String where) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(threads);
      server.createContext("/", e -> answer(where, e));
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  LoopbackHub small(String name, String content) {
    small.put(name, content.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  LoopbackHub large(String name, byte[] content) {
    large.put(name, content);
    return this;
  }

  /** Does otherwise, once, when asked so: {@code "hub HEAD config.json"}, {@code "hub GET api"}. */
  LoopbackHub once(String request, Fault fault) {
    faults.computeIfAbsent(request, r -> new ConcurrentLinkedDeque<>()).add(fault);
    return this;
  }

  LoopbackHub always(String request, Fault fault) {
    for (int i = 0; i < 50; i++) {
      once(request, fault);
    }
    return this;
  }

  /** The settings of somebody who uses this hub, asks again at once and waits for any machine. */
  HubSettings settings(Path cache, Map<String, String> more) {
    return settings(cache, more, Duration.ofMinutes(10));
  }

  /** The same where the hub may say nothing for so long. */
  HubSettings settings(Path cache, Map<String, String> more, Duration silence) {
    Map<String, String> environment = new HashMap<>(more);
    environment.putIfAbsent("HF_ENDPOINT", "http://127.0.0.1:" + hub.getAddress().getPort());
    environment.put("HF_HUB_CACHE", cache.toString());
    environment.put("HOME", cache.resolveSibling("home").toString());
    HubSettings s = HubSettings.of(environment);
    return new HubSettings(
        s.endpoint(), s.token(), s.offline(), s.cache(), silence, Duration.ofMillis(5));
  }

  String store() {
    return "http://127.0.0.1:" + store.getAddress().getPort();
  }

  /** Requests that hold all of the words. */
  List<String> asked(String... words) {
    return requests.stream()
        .filter(r -> List.of(words).stream().allMatch(r::contains))
        .collect(Collectors.toList());
  }

  static String etag(byte[] content, boolean linked) {
    return linked
        ? hash("SHA-256", content)
        : hash("SHA-1", concat(("blob " + content.length + "\0").getBytes(UTF_8), content));
  }

  private static final java.nio.charset.Charset UTF_8 = StandardCharsets.UTF_8;

  static byte[] concat(byte[] a, byte[] b) {
    byte[] both = java.util.Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static String hash(String algorithm, byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The answer about the model. */
  String api() {
    List<String> names = new ArrayList<>(small.keySet());
    names.addAll(large.keySet());
    names.addAll(listed);
    return "{\"id\":\"org/model\",\"sha\":\""
        + COMMIT
        + "\",\"siblings\":["
        + names.stream().map(n -> "{\"rfilename\":\"" + n + "\"}").collect(Collectors.joining(","))
        + "]}";
  }

  private void answer(String where, HttpExchange e) throws IOException {
    try (e) {
      String path = e.getRequestURI().getPath();
      String method = e.getRequestMethod();
      String file = path.startsWith("/api/") ? "api" : path.replaceFirst("^.*?/[0-9a-f]{40}/", "");
      requests.add(
          where
              + " "
              + method
              + " "
              + e.getRequestURI().getRawPath()
              + (("Bearer " + TOKEN).equals(e.getRequestHeaders().getFirst("Authorization"))
                  ? " +token"
                  : "")
              + Optional.ofNullable(e.getRequestHeaders().getFirst("Range"))
                  .map(r -> " " + r)
                  .orElse("")
              + Optional.ofNullable(e.getRequestHeaders().getFirst("If-Range"))
                  .map(r -> " if " + r)
                  .orElse(""));
      boolean linked = large.containsKey(file);
      byte[] content = linked ? large.get(file) : small.get(file);
      if (file.equals("api")) {
        content = api().getBytes(UTF_8);
      }
      Headers out = e.getResponseHeaders();
      if (content != null && !file.equals("api") && where.equals("hub")) {
        out.set("X-Repo-Commit", COMMIT);
        out.set(linked ? "X-Linked-Etag" : "ETag", "\"" + etag(content, linked) + "\"");
        if (linked) {
          out.set("X-Linked-Size", Integer.toString(content.length));
          out.set("Location", store() + "/xet/" + COMMIT + "/" + file + "?signature=1");
        }
      } else if (where.equals("store")) {
        out.set("ETag", "\"store-1\"");
      }
      Fault fault =
          faults
              .getOrDefault(where + " " + method + " " + file, new ConcurrentLinkedDeque<>())
              .poll();
      if (fault != null) {
        fault.on(e, content);
      } else if (content == null) {
        e.sendResponseHeaders(404, -1);
      } else if (where.equals("hub") && linked) {
        e.sendResponseHeaders(302, -1);
      } else if (method.equals("HEAD")) {
        out.set("Content-Length", Integer.toString(content.length));
        e.sendResponseHeaders(200, -1);
      } else {
        whole(e, content);
      }
    } catch (IOException gone) {
      // The client has left, as some tests want it to.
    }
  }

  /** The content, or the part of it that was asked for. */
  static void whole(HttpExchange e, byte[] content) throws IOException {
    String range = e.getRequestHeaders().getFirst("Range");
    String unless = e.getRequestHeaders().getFirst("If-Range");
    boolean same = unless == null || unless.equals(e.getResponseHeaders().getFirst("ETag"));
    int from =
        range == null || !same ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
    if (from > 0) {
      e.getResponseHeaders()
          .set(
              "Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    }
    e.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
    try (OutputStream body = e.getResponseBody()) {
      body.write(content, from, content.length - from);
    }
  }

  /** Says how long the content is and breaks off in the middle of it. */
  static Fault cutAfter(int bytes) {
    return (e, content) -> {
      String range = e.getRequestHeaders().getFirst("Range");
      int from = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
      if (from > 0) {
        e.getResponseHeaders()
            .set(
                "Content-Range",
                "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
      }
      e.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
      e.getResponseBody().write(content, from, bytes);
      e.getResponseBody().flush();
    };
  }

  /** Answers with a status and headers. */
  static Fault status(int status, String... headers) {
    return (e, content) -> {
      for (int i = 0; i < headers.length; i += 2) {
        e.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      e.sendResponseHeaders(status, -1);
    };
  }

  /** The right answer but for these headers. */
  static Fault with(String... headers) {
    return (e, content) -> {
      for (int i = 0; i < headers.length; i += 2) {
        e.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      boolean linked = e.getResponseHeaders().containsKey("Location");
      if (!linked && !e.getResponseHeaders().containsKey("Content-Length")) {
        e.getResponseHeaders().set("Content-Length", Integer.toString(content.length));
      }
      e.sendResponseHeaders(linked ? 302 : 200, -1);
    };
  }

  /** Another content than the right one. */
  static Fault body(byte[] other) {
    return (e, content) -> {
      e.sendResponseHeaders(200, other.length);
      e.getResponseBody().write(other);
    };
  }

  @Override
  public void close() {
    hub.stop(0);
    store.stop(0);
    threads.shutdownNow();
  }
}
