package dev.orograph.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page in a headless Chromium that a test types and clicks in, over the DevTools protocol. */
final class Page implements AutoCloseable {
  private static final Pattern LISTENING = Pattern.compile("DevTools listening on ws://(\\S+?)/");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATIENCE = 300;

  private final Process process;
  private final WebSocket socket;
  private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();
  private int asked;

  /**
   * Opens a report and waits until its scripts have run.
   *
   * @param process a Chromium that was started with {@code --remote-debugging-port=0}, its error
   *     stream readable
   */
  Page(Process process, Path report) throws IOException, InterruptedException {
    this.process = process;
    String address = listening(process);
    HttpClient client = HttpClient.newHttpClient();
    JsonNode tabs =
        JSON.readTree(
            client
                .send(
                    HttpRequest.newBuilder(URI.create("http://" + address + "/json")).build(),
                    HttpResponse.BodyHandlers.ofString())
                .body());
    String page = "";
    for (JsonNode tab : tabs) {
      page =
          tab.path("type").asText().equals("page")
              ? tab.path("webSocketDebuggerUrl").asText()
              : page;
    }
    socket = client.newWebSocketBuilder().buildAsync(URI.create(page), new Listener()).join();
    ask("Page.navigate", "url", report.toUri().toString());
    for (int i = 0; !run("document.body?.dataset.ready || ''").asText().equals("true"); i++) {
      if (i > 10 * PATIENCE) {
        throw new IOException("the page was not ready within " + PATIENCE + " s");
      }
      Thread.sleep(100);
    }
  }

  private static String listening(Process process) throws IOException {
    BufferedReader lines = process.errorReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher m = LISTENING.matcher(line);
      if (m.find()) {
        return m.group(1);
      }
    }
    throw new IOException("Chromium ended before it listened");
  }

  /** Runs a program in the page, waits for its promise, and returns what it gives. */
  JsonNode run(String program) throws IOException, InterruptedException {
    JsonNode answer = ask("Runtime.evaluate", "expression", program);
    if (answer.has("exceptionDetails")) {
      throw new IOException(answer.path("exceptionDetails").toString());
    }
    return answer.path("result").path("value");
  }

  private JsonNode ask(String method, String key, String value)
      throws IOException, InterruptedException {
    ObjectNode question = JSON.createObjectNode().put("id", ++asked).put("method", method);
    ObjectNode params = question.putObject("params").put(key, value);
    if (method.startsWith("Runtime")) {
      params.put("awaitPromise", true).put("returnByValue", true);
    }
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
    Chromium.end(process);
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
