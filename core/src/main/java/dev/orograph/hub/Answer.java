package dev.orograph.hub;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * An answer of the hub, or of the store that it led to. To be closed.
 *
 * @param status of the last answer
 * @param headers of the last answer
 * @param facts headers of the last answer that came from the endpoint itself
 * @param own whether those two are the same
 * @param body of the last answer; silent for too long, it fails
 */
record Answer(int status, HttpHeaders headers, HttpHeaders facts, boolean own, InputStream body)
    implements AutoCloseable {
  /** The longest file that is believed; 4096 of them still fit a long. */
  private static final long LARGEST = 1L << 50;

  static Answer of(
      HttpResponse<InputStream> last,
      HttpHeaders facts,
      boolean own,
      ScheduledExecutorService clock,
      Duration silence) {
    InputStream body = new Watched(last.body(), clock, silence);
    return new Answer(last.statusCode(), last.headers(), facts, own, body);
  }

  /**
   * The hash under which the hub keeps the file: {@code X-Linked-Etag}, else {@code ETag}, without
   * quotes; empty where it gives none.
   */
  String etag() {
    String etag = facts.firstValue("X-Linked-Etag").or(() -> facts.firstValue("ETag")).orElse("");
    return etag.replaceFirst("^W/", "").replaceAll("^\"|\"$", "");
  }

  /** What the last answer may be compared with later ({@code If-Range}); weak ones may not. */
  Optional<String> validator() {
    return headers.firstValue("ETag").filter(tag -> tag.startsWith("\""));
  }

  /** {@code X-Linked-Size}, else {@code Content-Length}; empty where there is none. */
  OptionalLong size() throws IOException {
    String size =
        facts.firstValue("X-Linked-Size").or(() -> facts.firstValue("Content-Length")).orElse("");
    return number(size);
  }

  /** The length of this answer's body. */
  OptionalLong length() throws IOException {
    return number(headers.firstValue("Content-Length").orElse(""));
  }

  static OptionalLong number(String text) throws IOException {
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    if (!text.matches("\\d{1,16}") || Long.parseLong(text) > LARGEST) {
      throw new Setback("gives a size that is none");
    }
    return OptionalLong.of(Long.parseLong(text));
  }

  /** At most so many bytes. */
  byte[] read(int limit) throws IOException {
    return body.readNBytes(limit);
  }

  @Override
  public void close() {
    try {
      body.close();
    } catch (IOException e) {
      // The connection is given up either way.
    }
  }

  /** A stream that a clock closes when nothing has come for too long. */
  private static final class Watched extends FilterInputStream {
    private final ScheduledFuture<?> watch;
    private final Duration silence;
    private volatile long asked;
    private volatile boolean waiting;
    private volatile boolean late;

    Watched(InputStream in, ScheduledExecutorService clock, Duration silence) {
      super(in);
      this.silence = silence;
      long every = Math.max(1, silence.toMillis() / 4);
      watch = clock.scheduleWithFixedDelay(this::look, every, every, TimeUnit.MILLISECONDS);
    }

    private void look() {
      // Time that the reader spends elsewhere is not the server's silence.
      if (waiting && System.nanoTime() - asked > silence.toNanos()) {
        late = true;
        try {
          in.close();
        } catch (IOException e) {
          // The reader learns of it by its own.
        }
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
      int n;
      asked = System.nanoTime();
      waiting = true;
      try {
        n = in.read(bytes, from, count);
      } catch (IOException e) {
        throw late ? silent() : e;
      } finally {
        waiting = false;
      }
      if (n < 0 && late) {
        throw silent();
      }
      return n;
    }

    private Setback silent() {
      return new Setback("nothing came for " + silence.toMillis() / 1000.0 + " s");
    }

    @Override
    public void close() throws IOException {
      watch.cancel(false);
      super.close();
    }
  }
}
