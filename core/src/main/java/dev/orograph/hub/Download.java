package dev.orograph.hub;

import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file on its way into the cache: gathered under a name of its own, continued where it was cut,
 * by this process or an earlier one, and given its final name when its hash is right.
 */
final class Download {
  private static final int BUFFER = 1 << 18;

  /** So much must have come for earlier failures to be forgotten. */
  private static final long PROGRESS = 1 << 20;

  private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,16})-(\\d{1,16})/(\\d{1,16})");

  private final HubClient client;
  private final CacheEntry entry;
  private final String commit;
  private final HubFile file;
  private final Patience patience;
  private final LongConsumer came;
  private final Path incomplete;
  private String validator;

  /**
   * A file to fetch.
   *
   * @param came told how many more bytes there are; negative where some had to be thrown away
   */
  Download(
      HubClient client,
      CacheEntry entry,
      String commit,
      HubFile file,
      Patience patience,
      LongConsumer came) {
    this.client = client;
    this.entry = entry;
    this.commit = commit;
    this.file = file;
    this.patience = patience;
    this.came = came;
    this.incomplete = entry.incomplete(file);
  }

  /**
   * Fetches the file.
   *
   * @throws InputException where the hub does not give it, it is not what its hash says, or it
   *     cannot be written
   */
  void run() throws IOException {
    if (gathered() > file.size()) {
      Disk.delete(incomplete); // never counted: no more comes than there is
    }
    // What an earlier process left may have lost its end when the machine went down.
    boolean leftover = gathered() > 0;
    came.accept(gathered());
    gather();
    String hash = file.hashOf(incomplete);
    if (leftover && !hash.equals(file.etag())) {
      restart();
      gather();
      hash = file.hashOf(incomplete);
    }
    if (!hash.equals(file.etag())) {
      Disk.delete(incomplete);
      throw InputException.at(Path.of(file.name()))
          .expected("must have the hash " + file.etag())
          .found("what came has " + hash + " and was deleted")
          .remedy("fetch it again; if it stays so, do not use this download")
          .build();
    }
    entry.complete(file);
  }

  private void gather() throws IOException {
    while (gathered() < file.size() || !Files.exists(incomplete)) {
      long before = gathered();
      try {
        patience.requireWanted();
        continueFrom(before);
      } catch (IOException e) {
        if (gathered() - before >= PROGRESS) {
          patience.progress();
        }
        patience.after(e);
      }
    }
  }

  private void continueFrom(long have) throws IOException {
    Map<String, String> headers = new HashMap<>();
    if (have > 0) {
      headers.put("Range", "bytes=" + have + "-");
      if (validator != null) {
        headers.put("If-Range", validator);
      }
    }
    try (Answer answer = client.get(commit, file.name(), headers)) {
      String etag = answer.etag();
      if (!etag.isEmpty() && !etag.equals(file.etag())) {
        Disk.delete(incomplete);
        throw InputException.at(Path.of(file.name()))
            .expected("must have the hash " + file.etag())
            .found("the hub now says " + Text.quoted(etag))
            .remedy("fetch it again when nobody changes it")
            .build();
      }
      if (answer.status() == 416) {
        restart();
        throw new Setback("has no such range of " + file.name());
      }
      long from = answer.status() == 206 ? from(answer, have) : 0;
      if (from < have) {
        restart();
      }
      OptionalLong length = answer.length();
      if (length.isPresent() && length.getAsLong() != file.size() - from) {
        throw client.refused(
            "sends "
                + Text.grouped(length.getAsLong())
                + " bytes of "
                + Text.quoted(file.name())
                + " where "
                + Text.grouped(file.size() - from)
                + " are left");
      }
      validator = answer.validator().orElse(null);
      write(answer, from);
    }
  }

  /** Where the part begins that came; only what continues the file can be used. */
  private long from(Answer answer, long have) throws IOException {
    Matcher range = RANGE.matcher(answer.headers().firstValue("Content-Range").orElse(""));
    boolean fits =
        range.matches()
            && Long.parseLong(range.group(1)) == have
            && Long.parseLong(range.group(3)) == file.size();
    if (!fits) {
      restart();
      throw new Setback("sends another part of " + file.name() + " than was asked for");
    }
    return have;
  }

  private void write(Answer answer, long from) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long at = from;
    Disk.Part out = out();
    try {
      for (int n = answer.body().read(buffer); n >= 0; n = answer.body().read(buffer)) {
        patience.requireWanted();
        if (n > file.size() - at) {
          throw client.refused(
              "sends more than the "
                  + Text.grouped(file.size())
                  + " bytes of "
                  + Text.quoted(file.name()));
        }
        put(out, ByteBuffer.wrap(buffer, 0, n), at);
        at += n;
        came.accept(n);
      }
      if (at == file.size()) {
        force(out);
      }
    } finally {
      // What has come is gone on from later.
      out.keep();
    }
    if (at < file.size()) {
      throw new Setback("ended " + file.name() + " after " + Text.grouped(at) + " bytes");
    }
  }

  private Disk.Part out() {
    try {
      return Disk.named(entry.blob(file), incomplete, true).orElseThrow(this::taken);
    } catch (IOException e) {
      throw CacheEntry.unwritable(incomplete, e);
    }
  }

  private InputException taken() {
    return InputException.at(incomplete)
        .expected("must be written")
        .found("another process writes it")
        .remedy("wait for it, and fetch it again")
        .build();
  }

  private void put(Disk.Part out, ByteBuffer bytes, long at) {
    try {
      out.write(bytes, at);
    } catch (IOException e) {
      throw CacheEntry.unwritable(incomplete, e);
    }
  }

  private void force(Disk.Part out) {
    try {
      out.force();
    } catch (IOException e) {
      throw CacheEntry.unwritable(incomplete, e);
    }
  }

  private long gathered() throws IOException {
    return Files.isRegularFile(incomplete, LinkOption.NOFOLLOW_LINKS) ? Files.size(incomplete) : 0;
  }

  private void restart() throws IOException {
    came.accept(-gathered());
    Disk.delete(incomplete);
    validator = null;
  }
}
