package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A model is fetched by its name from a hub on this machine, and surveyed by its name. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class FetchCommandTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final String CONFIG = "{\"model_type\":\"none\"}";

  @TempDir private Path dir;
  private Path cache;
  private HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, byte[]> files = new TreeMap<>();
  private final List<String> ranges = new CopyOnWriteArrayList<>();

  /** Bytes of a weight file after which the server says nothing more; -1: it sends all. */
  private volatile int silentAfter = -1;

  @BeforeEach
  void serve() throws IOException {
    cache = dir.resolve("cache");
    Path made = Models.of(dir.resolve("made"), Models.normal("a.weight", 1, 1000, 500));
    files.put("config.json", CONFIG.getBytes(StandardCharsets.UTF_8));
    files.put("model.safetensors", Files.readAllBytes(made.resolve("model.safetensors")));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange e) throws IOException {
    try (e) {
      String path = e.getRequestURI().getPath();
      String file = path.substring(path.lastIndexOf('/') + 1);
      byte[] content = files.get(file);
      if (path.startsWith("/api/models/org/model/revision/")) {
        String names =
            files.keySet().stream()
                .map(n -> "{\"rfilename\":\"" + n + "\"}")
                .collect(Collectors.joining(","));
        content =
            ("{\"sha\":\"" + COMMIT + "\",\"siblings\":[" + names + "]}")
                .getBytes(StandardCharsets.UTF_8);
      } else if (content == null || !path.startsWith("/org/model/resolve/" + COMMIT + "/")) {
        e.sendResponseHeaders(404, -1);
        return;
      } else {
        e.getResponseHeaders().set("ETag", "\"" + sha256(content) + "\"");
      }
      if (e.getRequestMethod().equals("HEAD")) {
        e.getResponseHeaders().set("Content-Length", Integer.toString(content.length));
        e.sendResponseHeaders(200, -1);
        return;
      }
      String range = e.getRequestHeaders().getFirst("Range");
      int from = 0;
      if (range != null) {
        ranges.add(range);
        from = Integer.parseInt(range.replaceAll("\\D", ""));
        e.getResponseHeaders()
            .set(
                "Content-Range",
                "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
      }
      e.sendResponseHeaders(range == null ? 200 : 206, content.length - from);
      int silent = file.equals("model.safetensors") ? silentAfter : -1;
      int to = silent < 0 ? content.length : silent;
      e.getResponseBody().write(content, from, to - from);
      e.getResponseBody().flush();
      if (silent >= 0) {
        LockSupport.parkNanos(Cli.LIMIT.toNanos());
      }
    } catch (IOException gone) {
      // The client was stopped.
    }
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<String> environment(String... more) {
    List<String> env = new ArrayList<>(List.of("env", "-u", "HF_TOKEN", "-u", "HF_HOME"));
    env.add("HOME=" + dir);
    env.add("HF_HUB_CACHE=" + cache);
    env.add("HF_ENDPOINT=http://127.0.0.1:" + server.getAddress().getPort());
    env.addAll(Arrays.asList(more));
    return env;
  }

  private Cli.Outcome run(Object... args) {
    try (Cli.Running running = Cli.start(environment(), dir, args)) {
      return running.await();
    }
  }

  private Path blob() {
    return cache.resolve("models--org--model/blobs/" + sha256(files.get("model.safetensors")));
  }

  @Test
  void aModelIsFetchedAndSurveyedByItsName() {
    assertThat(run("survey", "org/model", "--only", "sparsity").fault())
        .contains("'org/model' is no file or folder here", "orograph fetch org/model");
    Cli.Outcome fetched = run("fetch", "org/model").exits(0);
    assertThat(fetched.err()).isEmpty();
    assertThat(fetched.out())
        .contains("org/model is in the cache: commit 01234567, 2 files, 1.9 MiB; 2 were not there")
        .contains("orograph survey org/model");
    assertThat(run("fetch", "org/model@main").exits(0).out()).contains("all were there already");
    assertThat(run("fetch", "--quiet", "org/model").exits(0).out()).isEmpty();

    Cli.Outcome survey =
        run("survey", "org/model", "--only", "sparsity", "--out", dir.resolve("run")).exits(0);
    assertThat(survey.out()).contains("org--model holds 1 tensors with 500 k parameters");
    Path snapshot = cache.resolve("models--org--model/snapshots").resolve(COMMIT);
    assertThat(Runs.run(dir.resolve("run")).path("model").path("path").asText())
        .isEqualTo(snapshot.toString());
    assertThat(run("inspect", "org/model@0123").exits(0).out()).contains("org--model holds 1");
    assertThat(run("inspect", "org/modle").fault()).contains("near names in it are org/model");
    assertThat(run("inspect", "org/model@v2").fault()).contains("there are main, 01234567");
  }

  @Test
  void aNameThatIsNoneAndAModelThatIsNotThere() {
    assertThat(run("fetch", "../model").fault()).contains("must be the name of a model");
    assertThat(run("fetch", "org/absent").fault()).contains("'org/absent' does not exist");
    assertThat(run("fetch").exits(2).err()).contains("NAME");
    assertThat(cache).doesNotExist();
  }

  @Test
  void aFetchThatIsInterruptedGoesOn() throws IOException {
    silentAfter = 1_000_000;
    Path part = blob().resolveSibling(blob().getFileName() + ".orograph.incomplete");
    Cli.Outcome outcome;
    try (Cli.Running running = Cli.start(environment(), dir, "fetch", "org/model")) {
      long limit = System.nanoTime() + Cli.LIMIT.toNanos();
      while (!Files.exists(part) || Files.size(part) < silentAfter) {
        assertThat(running.process().isAlive()).isTrue();
        assertThat(System.nanoTime()).isLessThan(limit);
        LockSupport.parkNanos(5_000_000);
      }
      running.signal("TERM");
      outcome = running.await().exits(Main.INTERRUPTED);
    }
    assertThat(outcome.errors()).hasSize(1);
    assertThat(outcome.errors().get(0))
        .startsWith("orograph: interrupted while fetching org/model; what has come is kept in ")
        .endsWith(": give the same command again to go on");
    assertThat(blob()).doesNotExist();
    silentAfter = -1;
    run("fetch", "org/model").exits(0);
    assertThat(ranges).containsExactly("bytes=1000000-");
    assertThat(blob()).hasBinaryContent(files.get("model.safetensors"));
  }

  /** The system refuses to write more of a file, as it does when the disk is full. */
  @Test
  void aDiskThatTakesNoMoreIsToldAndNothingHalfHasAName() {
    List<String> before =
        new ArrayList<>(List.of("bash", "-c", "ulimit -f 1000 && exec \"$@\"", "limited"));
    before.addAll(environment());
    try (Cli.Running running = Cli.start(before, dir, "fetch", "org/model")) {
      assertThat(running.await().fault())
          .contains("must be written but the system says: ", "make room on the disk");
    }
    assertThat(blob()).doesNotExist();
    assertThat(cache.resolve("models--org--model/snapshots")).doesNotExist();
    run("fetch", "org/model").exits(0);
    assertThat(ranges).hasSize(1);
    assertThat(blob()).hasBinaryContent(files.get("model.safetensors"));
  }

  @Test
  void offlineMeansNoConnection() {
    try (Cli.Running running =
        Cli.start(environment("HF_HUB_OFFLINE=1"), dir, "fetch", "org/model")) {
      assertThat(running.await().fault()).contains("HF_HUB_OFFLINE forbids any connection");
    }
  }
}
