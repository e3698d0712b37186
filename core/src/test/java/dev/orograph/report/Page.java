package dev.orograph.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A page in a headless Chromium that a test types and clicks in, over the DevTools protocol. */
final class Page implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATIENCE = 300;

  private final HttpClient client = HttpClient.newHttpClient();
  private final String browser;
  private final String tab;
  private final WebSocket socket;
  private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();
  private int asked;

  /**
   * Opens a report and waits until its scripts have run.
   *
   * @param browser host and port at which a Chromium is told what to do
   * @param address the page's
   */
  Page(String browser, String address, int width, int height)
      throws IOException, InterruptedException {
    this.browser = browser;
    JsonNode made = JSON.readTree(told("PUT", "new?about:blank"));
    tab = made.path("id").asText();
    URI uri = URI.create(made.path("webSocketDebuggerUrl").asText());
    socket = client.newWebSocketBuilder().buildAsync(uri, new Listener()).join();
    ask(
        "Emulation.setDeviceMetricsOverride",
        JSON.createObjectNode()
            .put("width", width)
            .put("height", height)
            .put("deviceScaleFactor", 1)
            .put("mobile", false));
    ask("Page.navigate", JSON.createObjectNode().put("url", address));
    for (int i = 0; !run("document.body?.dataset.ready || ''").asText().equals("true"); i++) {
      if (i > 10 * PATIENCE) {
        throw new IOException("the page was not ready within " + PATIENCE + " s");
      }
      Thread.sleep(100);
    }
  }

  private String told(String verb, String what) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + browser + "/json/" + what))
            .method(verb, HttpRequest.BodyPublishers.noBody())
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  /** The document as it stands, once two looks at it find it as long. */
  String document() throws IOException, InterruptedException {
    String before = "";
    for (int i = 0; i < 10 * PATIENCE; i++) {
      String now =
          run("new Promise(done => requestAnimationFrame(() => setTimeout("
                  + "() => done(document.documentElement.outerHTML), 300)))")
              .asText();
      if (now.length() == before.length()) {
        return now;
      }
      before = now;
    }
    throw new IOException("the page never rested within " + PATIENCE + " s");
  }

  /** Runs a program in the page, waits for its promise, and returns what it gives. */
  JsonNode run(String program) throws IOException, InterruptedException {
    JsonNode answer =
        ask(
            "Runtime.evaluate",
            JSON.createObjectNode()
                .put("expression", program)
                .put("awaitPromise", true)
                .put("returnByValue", true));
    if (answer.has("exceptionDetails")) {
      throw new IOException(answer.path("exceptionDetails").toString());
    }
    return answer.path("result").path("value");
  }

  private JsonNode ask(String method, ObjectNode params) throws IOException, InterruptedException {
    ObjectNode question = JSON.createObjectNode().put("id", ++asked).put("method", method);
    question.set("params", params);
    socket.sendText(question.toString(), true).join();
    JsonNode answer = answers.poll(PATIENCE, TimeUnit.SECONDS);
    if (answer == null || answer.path("id").asInt() != asked) {
      throw new IOException("no answer to " + method + " but " + answer);
    }
    return answer.path("result");
  }

  @Override
  public void close() {
    socket.abort();
    try {
      told("GET", "close/" + tab);
    } catch (IOException gone) {
      // With the browser.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Gathers answers; what the browser tells unasked is dropped. */
  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        try {
          JsonNode message = JSON.readTree(text.toString());
          if (message.has("id")) {
            answers.add(message);
          }
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }
}
