package dev.orograph.hub;

import dev.orograph.input.InputException;
import dev.orograph.input.SafePath;
import dev.orograph.input.Text;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder in which tools of the Hugging Face hub keep what they have downloaded.
 *
 * <pre>{@code
 * models--org--model/blobs/HASH              content, named after itself
 * models--org--model/snapshots/COMMIT/FILE   a link to a blob
 * models--org--model/refs/REVISION           the commit that a branch or a tag stands for
 * }</pre>
 *
 * @param root the folder; it need not exist
 */
public record HubCache(Path root) {
  private static final String ENTRY = "models--";
  private static final int LISTED = 5;
  private static final int SHORT = 8;
  private static final int MOST_ENTRIES = 10_000;

  /**
   * The cache that the environment names: {@code HF_HUB_CACHE}, else {@code HF_HOME/hub}, else
   * {@code XDG_CACHE_HOME/huggingface/hub}, else {@code ~/.cache/huggingface/hub}.
   */
  public static HubCache usual() {
    return of(System.getenv());
  }

  static HubCache of(Map<String, String> environment) {
    return new HubCache(
        variable(environment, "HF_HUB_CACHE").orElseGet(() -> home(environment).resolve("hub")));
  }

  /** The folder of the hub's tools: {@code HF_HOME}, else {@code huggingface} among caches. */
  static Path home(Map<String, String> environment) {
    return variable(environment, "HF_HOME")
        .orElseGet(
            () ->
                variable(environment, "XDG_CACHE_HOME")
                    .orElseGet(() -> user(environment).resolve(".cache"))
                    .resolve("huggingface"));
  }

  private static Optional<Path> variable(Map<String, String> environment, String name) {
    String value = environment.getOrDefault(name, "");
    if (value.isEmpty()) {
      return Optional.empty();
    }
    boolean inHome = value.equals("~") || value.startsWith("~/");
    Path path =
        inHome
            ? user(environment).resolve(value.substring(Math.min(2, value.length())))
            : Path.of(value);
    return Optional.of(path.toAbsolutePath());
  }

  private static Path user(Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", "");
    return Path.of(home.isEmpty() ? System.getProperty("user.home") : home).toAbsolutePath();
  }

  /**
   * Where a model lies that was named by a path or by its name on the hub. What exists is taken as
   * a path; so is what can be no name, and a name of one part that the cache does not have.
   *
   * @throws InputException where a name is not in the cache
   */
  public Path locate(Path given) {
    if (Files.exists(given, LinkOption.NOFOLLOW_LINKS) || !HubName.possible(given)) {
      return given;
    }
    HubName name = HubName.parse(HubName.text(given));
    boolean path = given.getNameCount() == 1 && name.revision().equals(HubName.MAIN);
    return path && !Files.isDirectory(entry(name)) ? given : snapshot(name);
  }

  /**
   * The folder of a model's files at a revision.
   *
   * @throws InputException where the cache lacks the model or the revision, or is damaged
   */
  public Path snapshot(HubName name) {
    Path entry = entry(name);
    Path snapshots = entry.resolve("snapshots");
    if (!Files.isDirectory(snapshots)) {
      throw missing(name);
    }
    String commit = ref(entry, name).orElseGet(() -> hash(snapshots, name));
    Path snapshot = SafePath.inside(snapshots, commit, entry);
    if (!Files.isDirectory(snapshot)) {
      throw refused(name, "stands for the commit " + commit, "none of its files are there");
    }
    return snapshot;
  }

  /** The folder of a model, whether it exists or not. */
  Path entry(HubName name) {
    return root.resolve(name.entry());
  }

  /** The commit that a branch or a tag stood for when it was last asked for. */
  private static Optional<String> ref(Path entry, HubName name) {
    Path refs = entry.resolve("refs");
    if (!Files.isDirectory(refs)) {
      return Optional.empty();
    }
    Path file = SafePath.inside(refs, name.revision(), refs);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      String commit = new String(in.readNBytes(64), StandardCharsets.ISO_8859_1).strip();
      if (!HubName.commit(commit)) {
        throw InputException.at(file)
            .expected("must hold a commit hash")
            .found("holds " + Text.quoted(commit))
            .remedy(download(name))
            .build();
      }
      return Optional.of(commit);
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }

  private static String hash(Path snapshots, HubName name) {
    List<String> commits = names(snapshots);
    List<String> fitting = commits.stream().filter(name::names).toList();
    if (fitting.size() == 1) {
      return fitting.get(0);
    }
    if (fitting.size() > 1) {
      throw InputException.at(Path.of(name.id()))
          .place("the revision " + Text.quoted(name.revision()))
          .expected("must name one commit")
          .found("fits " + some(fitting))
          .remedy("write more of the hash")
          .build();
    }
    Path refs = snapshots.resolveSibling("refs");
    List<String> known =
        Stream.concat(
                Files.isDirectory(refs) ? names(refs).stream() : Stream.of(),
                commits.stream().map(c -> c.substring(0, Math.min(SHORT, c.length()))))
            .toList();
    throw refused(
        name, "is not in the cache", known.isEmpty() ? "it is empty" : "there are " + some(known));
  }

  private static InputException refused(HubName name, String expected, String found) {
    return InputException.at(Path.of(name.id()))
        .place("the revision " + Text.quoted(name.revision()))
        .expected(expected)
        .found(found)
        .remedy(download(name))
        .build();
  }

  private InputException missing(HubName name) {
    List<String> near = near(name.id());
    return InputException.at(Path.of(name.id()))
        .place(Text.quoted(name.id()))
        .expected("is no file or folder here, nor a model in the cache " + root)
        .found(near.isEmpty() ? "" : "near names in it are " + some(near))
        .remedy(download(name) + ", or check the path")
        .build();
  }

  private static String download(HubName name) {
    return "download it with 'orograph fetch " + name + "'";
  }

  /** Models of the cache with a name much like this one, the likest first. */
  List<String> near(String id) {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    String asked = id.toLowerCase(Locale.ROOT);
    return names(root).stream()
        .filter(folder -> folder.startsWith(ENTRY))
        .map(folder -> folder.substring(ENTRY.length()).replaceFirst("--", "/"))
        .filter(known -> !known.equals(id) && like(asked, known.toLowerCase(Locale.ROOT)))
        .sorted(
            Comparator.<String>comparingInt(known -> distance(asked, known))
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  private static boolean like(String asked, String known) {
    String model = asked.substring(asked.indexOf('/') + 1);
    return known.contains(model)
        || model.contains(known.substring(known.indexOf('/') + 1))
        || distance(asked, known) <= Math.max(2, asked.length() / 4);
  }

  /** Least number of letters to put in, take out or change (Levenshtein). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }

  private static List<String> names(Path folder) {
    try (Stream<Path> list = Files.list(folder)) {
      return list.limit(MOST_ENTRIES).map(p -> p.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw InputException.unreadable(folder, e);
    }
  }

  /** The first few of a list in words. */
  static String some(List<String> names) {
    List<String> first = names.stream().limit(LISTED).map(n -> Text.visible(n, 80)).toList();
    int more = names.size() - first.size();
    return String.join(", ", first) + (more > 0 ? " and " + more + " more" : "");
  }
}
