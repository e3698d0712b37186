package dev.orograph.hub;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Brings the files of a model that a survey needs into the cache, in the layout of the other tools
 * of the hub, so that those find them too. What is there already is not asked for again.
 */
public final class Fetch {
  private static final int AT_ONCE = 2;

  /** Room that is left to others on the disk. */
  private static final long MARGIN = 64L << 20;

  private final HubSettings settings;

  private final HubName name;
  private final Optional<String> pattern;
  private final Heard heard;
  private volatile boolean failed;
  private long done;
  private long total;
  private int files;
  private int of;

  private Fetch(HubSettings settings, HubName name, Optional<String> pattern, Heard heard) {
    this.settings = settings;
    this.name = name;
    this.pattern = pattern;
    this.heard = heard;
  }

  /** Hears how far it is. Called from several threads, one at a time. */
  public interface Heard {
    /**
     * More has come.
     *
     * @param file the file
     * @param done bytes that are here
     * @param total bytes in all
     * @param files files that are whole
     * @param of files in all
     */
    void bytes(String file, long done, long total, int files, int of);

    /** Something that takes time: another process is waited for, a request is made again. */
    default void waits(String why) {}
  }

  /**
   * What is in the cache now.
   *
   * @param snapshot the folder with the files
   * @param commit what the revision stands for
   * @param files files of the model that a survey needs
   * @param fetched how many of them were not there before
   * @param bytes their size together
   */
  public record Fetched(Path snapshot, String commit, int files, int fetched, long bytes) {}

  /**
   * Fetches a model.
   *
   * @param pattern which weights, with {@code *} and {@code ?}; empty for the usual ones
   * @throws InputException where the hub does not have it or give it, a file is not what its hash
   *     says, or the disk does not take it; nothing half-written has a final name then
   */
  public static Fetched run(
      HubSettings settings, HubName name, Optional<String> pattern, Heard heard) {
    if (settings.offline()) {
      throw InputException.at(Path.of(name.id()))
          .place(Text.quoted(name.toString()))
          .expected("is to be fetched")
          .found("HF_HUB_OFFLINE forbids any connection")
          .remedy("unset it, or survey what is in the cache " + settings.cache().root())
          .build();
    }
    ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
    try (HubClient client = new HubClient(settings, name)) {
      return new Fetch(settings, name, pattern, heard).run(client, pool);
    } finally {
      pool.shutdownNow();
    }
  }

  private Fetched run(HubClient client, ExecutorService pool) {
    JsonNode model = patience().until(client::model);
    String commit = model.path("sha").asText().toLowerCase(Locale.ROOT);
    if (!HubName.commit(commit)) {
      throw client.refused("names no commit for " + Text.quoted(name.toString()));
    }
    Set<String> listed = new LinkedHashSet<>();
    model.path("siblings").forEach(file -> listed.add(file.path("rfilename").asText()));
    WantedFiles wanted = WantedFiles.of(name, List.copyOf(listed), pattern);
    try (CacheEntry entry =
        CacheEntry.open(
            settings.cache(), name, () -> heard.waits("another process is fetching this model"))) {
      Set<String> all = new LinkedHashSet<>(wanted.companions());
      all.addAll(wanted.weights());
      int fetched = bring(client, entry, commit, wanted.indexes(), pool);
      for (String index : wanted.indexes()) {
        Path file = entry.snapshot(commit).resolve(index);
        all.addAll(WantedFiles.shards(name, index, file, listed));
      }
      fetched += bring(client, entry, commit, List.copyOf(all), pool);
      if (!name.names(commit)) {
        entry.refer(name.revision(), commit);
      }
      long bytes = 0;
      for (String file : all) {
        bytes += Files.size(entry.snapshot(commit).resolve(file));
      }
      return new Fetched(entry.snapshot(commit), commit, all.size(), fetched, bytes);
    } catch (IOException e) {
      throw CacheEntry.unwritable(settings.cache().root(), e);
    }
  }

  /** Fetches those of the files that are missing; returns how many that were. */
  private int bring(
      HubClient client, CacheEntry entry, String commit, List<String> names, ExecutorService pool)
      throws IOException {
    List<String> missing = names.stream().filter(file -> !entry.has(commit, file)).toList();
    List<HubFile> facts = new ArrayList<>(all(pool, missing, file -> facts(client, commit, file)));
    Set<String> blobs = new HashSet<>();
    List<HubFile> news =
        facts.stream().filter(f -> !kept(entry, f) && blobs.add(f.etag())).toList();
    requireRoom(entry, news);
    synchronized (this) {
      total += news.stream().mapToLong(HubFile::size).sum();
      of += news.size();
    }
    all(
        pool,
        news,
        file -> {
          new Download(client, entry, commit, file, patience(), n -> count(file, n)).run();
          whole();
          return file;
        });
    for (HubFile file : facts) {
      entry.show(commit, file);
    }
    return missing.size();
  }

  /** Whether the content is there under another name or from another revision. */
  private static boolean kept(CacheEntry entry, HubFile file) {
    Path blob = entry.blob(file);
    try {
      return Files.isRegularFile(blob) && Files.size(blob) == file.size();
    } catch (IOException e) {
      throw InputException.unreadable(blob, e);
    }
  }

  private HubFile facts(HubClient client, String commit, String file) {
    return patience()
        .until(
            () -> {
              try (Answer answer = client.head(commit, file)) {
                String of = answer.facts().firstValue("X-Repo-Commit").orElse(commit);
                OptionalLong size = answer.size();
                if (!of.equals(commit) || size.isEmpty() || !HubFile.hash(answer.etag())) {
                  throw client.refused(
                      "gives no commit, size and hash of "
                          + Text.quoted(file)
                          + " that could be checked");
                }
                return new HubFile(file, answer.etag(), size.getAsLong());
              }
            });
  }

  private void requireRoom(CacheEntry entry, List<HubFile> news) throws IOException {
    long needed = 0;
    for (HubFile file : news) {
      Path part = entry.incomplete(file);
      needed += file.size() - (Files.isRegularFile(part) ? Files.size(part) : 0);
    }
    long free = entry.free();
    if (!news.isEmpty() && needed > free - MARGIN) {
      throw InputException.at(settings.cache().root())
          .place(Text.quoted(name.id()))
          .expected("needs " + Text.grouped(needed) + " bytes")
          .found("the disk has " + Text.grouped(free) + " free")
          .remedy("make room, or set HF_HUB_CACHE to another disk")
          .build();
    }
  }

  /** Does something with each file, two at a time; the first failure ends all. */
  private <T, R> List<R> all(ExecutorService pool, List<T> items, Work<T, R> work)
      throws IOException {
    CompletionService<Integer> ended = new ExecutorCompletionService<>(pool);
    List<R> results = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      int at = i;
      results.add(null);
      Callable<Integer> task =
          () -> {
            R result = work.on(items.get(at));
            synchronized (results) {
              results.set(at, result);
            }
            return at;
          };
      ended.submit(task);
    }
    Throwable first = null;
    for (int i = 0; i < items.size(); i++) {
      try {
        ended.take().get();
      } catch (ExecutionException e) {
        failed = true;
        first = first == null ? e.getCause() : first;
      } catch (InterruptedException e) {
        failed = true;
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while fetching");
      }
    }
    if (first instanceof IOException e) {
      throw e;
    }
    if (first instanceof Error e) {
      throw e;
    }
    if (first != null) {
      throw (RuntimeException) first;
    }
    return results;
  }

  /** What is done with a file. */
  private interface Work<T, R> {
    R on(T item) throws IOException;
  }

  private Patience patience() {
    return new Patience(settings, name, heard::waits, () -> failed);
  }

  private synchronized void count(HubFile file, long bytes) {
    done += bytes;
    heard.bytes(file.name(), done, total, files, of);
  }

  private synchronized void whole() {
    files++;
  }
}
