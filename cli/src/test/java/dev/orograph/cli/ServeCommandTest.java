package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.orograph.cli.serve.Door;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page of all runs: what it shows, what it may do, and who may ask it. */
class ServeCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Path T5 = Path.of("../samples/checkpoints/t5").toAbsolutePath();

  @TempDir private static Path shared;
  @TempDir private Path dir;
  private Path runs;
  private Door door;

  @BeforeAll
  static void survey() {
    Cli.inside("survey", T5, "--only", "norms", "--out", shared.resolve("t5")).exits(0);
    Path other = shared.resolve("model");
    Cli.inside("make", "t5-tiny", other).exits(0);
    Cli.inside("survey", other, "--only", "norms", "--out", shared.resolve("tiny")).exits(0);
  }

  @BeforeEach
  void open() throws IOException {
    runs = Files.createDirectory(dir.resolve("runs"));
    for (String run : new String[] {"t5", "tiny"}) {
      for (Map.Entry<String, byte[]> file : Runs.files(shared.resolve(run)).entrySet()) {
        Path to = runs.resolve(run).resolve(file.getKey());
        Files.createDirectories(to.getParent());
        Files.write(to, file.getValue());
      }
    }
    door = new Door(runs, 0, false);
  }

  @AfterEach
  void close() {
    door.close();
  }

  private HttpResponse<String> ask(String address) {
    return send(HttpRequest.newBuilder(URI.create(address)).build());
  }

  private static HttpResponse<String> send(HttpRequest request) {
    try {
      return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private JsonNode told(String path) throws IOException {
    HttpResponse<String> said = ask(door.address() + path);
    assertThat(said.statusCode()).as(said.body()).isEqualTo(200);
    return JSON.readTree(said.body());
  }

  private HttpResponse<String> post(String path, String body) {
    return send(
        HttpRequest.newBuilder(URI.create(door.address() + path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private String reports() throws IOException {
    String address = door.address();
    return address.substring(0, address.indexOf('/', "http://".length()))
        + told("runs").path("reports").asText();
  }

  @Test
  void everyRunIsListedWithWhatItFound() throws IOException {
    JsonNode listed = told("runs").path("runs");
    assertThat(listed.findValuesAsText("id")).containsExactlyInAnyOrder("t5", "tiny");
    for (JsonNode run : listed) {
      JsonNode results = Runs.results(runs.resolve(run.path("id").asText()));
      assertThat(run.path("model")).isEqualTo(results.path("model").path("name"));
      assertThat(run.path("family").asText()).isEqualTo("T5");
      assertThat(run.path("parameters")).isEqualTo(results.path("model").path("parameters"));
      assertThat(run.path("status").asText()).isEqualTo("done");
      assertThat(run.path("analyses")).hasSize(results.path("sections").size());
    }
    // One that comes later, and what is none.
    Files.createDirectory(runs.resolve("no run"));
    Files.createSymbolicLink(runs.resolve("elsewhere"), shared.resolve("tiny"));
    Path begun = Files.createDirectory(runs.resolve("begun"));
    Files.writeString(begun.resolve("run.json"), "{\"model\": {\"name\": \"\\u001b[2Jx\"}}");
    Path broken = Files.createDirectory(runs.resolve("broken"));
    Files.writeString(broken.resolve("run.json"), "{}");
    Files.writeString(broken.resolve("results.json"), "[]");
    listed = told("runs").path("runs");
    assertThat(listed.findValuesAsText("id"))
        .containsExactlyInAnyOrder("t5", "tiny", "begun", "broken");
    assertThat(listed.findValuesAsText("status"))
        .containsExactlyInAnyOrder("done", "done", "running", "broken");
    assertThat(listed.findValuesAsText("model")).contains("\\u001b[2Jx");
  }

  @Test
  void figuresAreThoseThatGetPrints() {
    for (String ids : new String[] {"norms", "norms.encoder.steps", "norms claims"}) {
      String[] all = ids.split(" ");
      Object[] args = new Object[all.length + 3];
      args[0] = "get";
      args[1] = runs.resolve("t5");
      System.arraycopy(all, 0, args, 2, all.length);
      args[args.length - 1] = "--json";
      Cli.Outcome printed = Cli.inside(args);
      HttpResponse<String> said = ask(door.address() + "get?run=t5&id=" + String.join("&id=", all));
      if (printed.exit() == 0) {
        assertThat(said.body() + "\n").isEqualTo(printed.out());
      } else {
        assertThat(said.statusCode()).isEqualTo(400);
        assertThat(said.body()).contains("is no id of this run");
      }
    }
  }

  @Test
  void neighboursAndAnalogiesAreThoseOfTheCommands() throws IOException {
    JsonNode found = told("neighbours?run=t5&word=dog&metric=euclidean&k=4");
    String printed =
        Cli.inside("neighbours", T5, "dog", "--metric", "euclidean", "-k", 4).exits(0).out();
    assertThat(found.path("hits")).hasSize(4);
    for (JsonNode hit : found.path("hits")) {
      assertThat(printed).contains("'" + hit.path("text").asText() + "'");
    }
    JsonNode analogy = told("analogy?run=t5&a=man&b=king&c=woman&metric=cosine&k=3");
    assertThat(analogy.path("words")).hasSize(3);
    printed = Cli.inside("analogy", T5, "man", "king", "woman", "-k", 3).exits(0).out();
    for (JsonNode hit : analogy.path("hits")) {
      assertThat(printed).contains("'" + hit.path("text").asText() + "'");
    }
    // The other run's model has no tokenizer, and then weights of another are not taken for it.
    HttpResponse<String> no =
        ask(door.address() + "neighbours?run=tiny&word=dog&metric=cosine&k=3");
    assertThat(no.statusCode()).isEqualTo(400);
    assertThat(no.body()).contains("no tokenizer lies beside the weights");
    Path run = runs.resolve("tiny/run.json");
    String text = Files.readString(run);
    Files.writeString(run, text.replace(shared.resolve("model").toString(), T5.toString()));
    door.close();
    door = new Door(runs, 0, false);
    assertThat(ask(door.address() + "neighbours?run=tiny&word=dog&metric=cosine&k=3").body())
        .contains("should be the model that was surveyed");
  }

  /** The page searches the matrix that the survey was told to take for the embedding. */
  @Test
  void theModelIsOpenedAsTheRunWasTold() throws IOException {
    Path model = Models.ofNoKnownType(dir.resolve("model"), 1);
    String question = "neighbours?run=odd&word=%2370&metric=cosine&k=3";
    for (String tensor : new String[] {"lm_head.weight", "model.embed_tokens.weight"}) {
      Path run = runs.resolve("odd");
      Cli.inside("survey", model, "--only", "norms", "--embedding", tensor, "--out", run, "--fresh")
          .exits(0);
      door.close();
      door = new Door(runs, 0, false);
      JsonNode found = told(question);
      assertThat(found.path("tensor").asText()).isEqualTo(tensor);
      JsonNode printed =
          JSON.readTree(
              Cli.inside("neighbours", model, "#70", "-k", 3, "--json", "--embedding", tensor)
                  .exits(0)
                  .out());
      assertThat(found.path("hits")).isEqualTo(printed.path("hits"));
    }
  }

  @Test
  void reportsAreDrawnInASandboxAndRunsCompared() throws IOException {
    HttpResponse<String> one = ask(reports() + "report?run=t5");
    assertThat(one.statusCode()).isEqualTo(200);
    assertThat(one.body()).contains("\"norms.encoder.");
    HttpResponse<String> two = ask(reports() + "report?run=t5&run=tiny");
    assertThat(two.body()).contains("\"family\":\"comparison\"");
    for (HttpResponse<String> said : List.of(one, two)) {
      String policy = said.headers().firstValue("Content-Security-Policy").orElseThrow();
      assertThat(policy).startsWith("sandbox ").doesNotContain("allow-same-origin");
      assertThat(said.body()).doesNotContain(secret());
    }
    // What reports know opens nothing else.
    assertThat(ask(reports() + "runs").statusCode()).isEqualTo(400);
    assertThat(ask(reports() + "report?run=../t5").statusCode()).isEqualTo(400);
    assertThat(ask(reports() + "report?run=nowhere").body()).contains("should be a run of this");
  }

  private String secret() {
    String address = door.address();
    return address.substring(address.indexOf('/', "http://".length()) + 1, address.length() - 1);
  }

  @Test
  void withoutLeaveNothingIsStarted() throws IOException {
    assertThat(told("runs").path("mayStart").asBoolean()).isFalse();
    HttpResponse<String> said = post("surveys", "{\"model\": \"sample:t5\"}");
    assertThat(said.statusCode()).isEqualTo(400);
    assertThat(said.body()).contains("--allow-runs");
    assertThat(told("surveys")).isEmpty();
  }

  @Test
  void withLeaveASurveyIsStartedAndSeen() throws IOException {
    door.close();
    door = new Door(runs, 0, true);
    assertThat(post("surveys", "{\"model\": \"" + T5 + "\", \"only\": [\"nothing\"]}").body())
        .contains("no analysis 'nothing'");
    assertThat(post("surveys", "{\"model\": \"\"}").statusCode()).isEqualTo(400);
    post("surveys", "{\"model\": \"" + T5 + "\", \"only\": [\"norms\"]}");
    post("surveys", "{\"model\": \"" + dir.resolve("nowhere") + "\"}");
    JsonNode surveys = told("surveys");
    long limit = System.nanoTime() + Cli.LIMIT.toNanos();
    while (!surveys.path(1).path("status").asText().equals("failed")) {
      assertThat(System.nanoTime()).isLessThan(limit);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      surveys = told("surveys");
    }
    assertThat(surveys.path(1).path("fault").asText()).contains("nowhere");
    assertThat(surveys.path(0).path("status").asText()).isEqualTo("done");
    assertThat(surveys.path(0).path("share").asDouble()).isEqualTo(1);
    assertThat(door.surveying()).isEmpty();
    String run = surveys.path(0).path("run").asText();
    assertThat(told("runs").path("runs").findValuesAsText("id")).contains(run);
    assertThat(Runs.results(runs.resolve(run)).path("sections"))
        .isEqualTo(Runs.results(shared.resolve("t5")).path("sections"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: evil.example",
        "Host: evil.example:PORT",
        "Host: 127.0.0.1:PORT\r\nOrigin: http://evil.example",
        "Host: 127.0.0.1:PORT\r\nOrigin: null",
        "Host: 127.0.0.1:PORT\r\nSec-Fetch-Site: cross-site",
        "Host: 127.0.0.1:PORT\r\nSec-Fetch-Site: same-site",
      })
  void othersLearnNothing(String headers) throws IOException {
    int port = URI.create(door.address()).getPort();
    String mine = "Host: 127.0.0.1:PORT";
    for (String path : new String[] {"/" + secret() + "/", "/" + secret() + "/runs", "/"}) {
      assertThat(raw(port, "GET " + path, headers)).startsWith("HTTP/1.1 404 ");
    }
    assertThat(raw(port, "GET /" + secret() + "/runs", mine)).startsWith("HTTP/1.1 200 ");
    for (String path :
        new String[] {"/", "/runs", "/" + secret() + "x/runs", "/" + "0".repeat(36) + "/runs"}) {
      String said = raw(port, "GET " + path, mine);
      assertThat(said).startsWith("HTTP/1.1 404 ").doesNotContain("t5");
    }
  }

  private static String raw(int port, String request, String headers) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String text = request + " HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n";
      socket
          .getOutputStream()
          .write(
              text.replace("PORT", Integer.toString(port)).getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A page of another origin that even knows the address can neither read nor start anything. */
  @Test
  void aHostilePageCanDoNothing() throws Exception {
    Path chromium = Path.of("/usr/bin/chromium");
    assumeTrue(Files.isExecutable(chromium), "left out: no Chromium here");
    door.close();
    door = new Door(runs, 0, true);
    String page =
        "<body>tries<script>(async () => {"
            + "const to = '"
            + door.address()
            + "'; const say = t => document.body.append(' ' + t);"
            + "await fetch(to + 'runs').then(r => r.text()).then(() => say('READ'), () => say('kept'));"
            + "await fetch(to + 'surveys', {method: 'POST', mode: 'no-cors', body: '{\"model\":\"sample:t5\"}'})"
            + ".then(() => 0, () => 0);"
            + "await fetch(to + 'surveys', {method: 'POST', headers: {'Content-Type': 'application/json'},"
            + "body: '{\"model\":\"sample:t5\"}'}).then(() => say('STARTED'), () => say('refused'));"
            + "const s = document.createElement('script'); s.src = to + 'page.js';"
            + "s.onload = () => say('RAN'); s.onerror = () => say('blocked'); document.body.append(s);"
            + "})()</script>";
    AtomicInteger asked = new AtomicInteger();
    HttpServer hostile =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hostile.createContext(
        "/",
        e -> {
          byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
          e.getResponseHeaders().set("Content-Type", "text/html");
          e.sendResponseHeaders(200, bytes.length);
          e.getResponseBody().write(bytes);
          e.close();
          asked.incrementAndGet();
        });
    hostile.start();
    try {
      Path dom = dir.resolve("dom");
      Process process =
          new ProcessBuilder(
                  chromium.toString(),
                  "--headless",
                  "--no-sandbox",
                  "--disable-gpu",
                  "--user-data-dir=" + dir.resolve("profile"),
                  "--virtual-time-budget=5000",
                  "--dump-dom",
                  "http://localhost:" + hostile.getAddress().getPort() + "/")
              .redirectOutput(dom.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      assertThat(process.waitFor(Cli.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(asked.get()).isPositive();
      assertThat(Files.readString(dom).replaceAll("(?s)<script>.*?</script>", ""))
          .contains(" kept", " refused", " blocked")
          .doesNotContain("READ", "STARTED", "RAN");
      assertThat(told("surveys")).isEmpty();
    } finally {
      hostile.stop(0);
    }
  }

  /** Ctrl-C ends the page, and says how to go on where it cuts surveys off. */
  @ParameterizedTest
  @ValueSource(ints = {0, 3})
  void anInterruptEndsIt(int surveys) throws IOException {
    List<String> hearing = List.of("env", "--default-signal=INT");
    try (Cli.Running serving = Cli.start(hearing, dir, "serve", runs, "--allow-runs")) {
      long limit = System.nanoTime() + Cli.LIMIT.toNanos();
      while (!serving.said().contains("Ctrl-C")) {
        assertThat(System.nanoTime()).isLessThan(limit);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
      String address = serving.said().lines().findFirst().orElseThrow().replace("Open ", "");
      for (int i = 0; i < surveys; i++) {
        HttpRequest request =
            HttpRequest.newBuilder(URI.create(address + "surveys"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"model\": \"" + T5 + "\"}"))
                .build();
        assertThat(send(request).statusCode()).isEqualTo(200);
      }
      serving.signal("INT");
      Cli.Outcome outcome = serving.await().exits(surveys == 0 ? 0 : Main.INTERRUPTED);
      if (surveys == 0) {
        assertThat(outcome.err()).isEmpty();
      } else {
        assertThat(outcome.errors()).hasSize(1);
        assertThat(outcome.errors().get(0))
            .startsWith("orograph: interrupted while surveying " + T5)
            .contains("kept in " + runs)
            .endsWith("to go on");
      }
    }
  }

  @Test
  void whatCannotBeServedIsTold() throws IOException {
    assertThat(Cli.inside("serve", dir.resolve("nowhere")).fault())
        .contains("should be a folder of runs");
    assertThat(Cli.inside("serve", runs, "--port", 70_000).exits(2).err()).contains("--port");
    int taken = URI.create(door.address()).getPort();
    assertThat(Cli.inside("serve", runs, "--port", taken).fault()).contains("should be free");
  }
}
