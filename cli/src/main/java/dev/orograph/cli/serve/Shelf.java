package dev.orograph.cli.serve;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.comparison.Comparison;
import dev.orograph.finding.FirstScreen;
import dev.orograph.finding.Results;
import dev.orograph.finding.Scalar;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.report.Outputs;
import dev.orograph.survey.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The runs of a folder: those that lie in it, or itself where it is one. Reads only. */
final class Shelf {
  /** So many words of a first finding say what the run is about. */
  private static final int HEADLINE = 400;

  private final Path folder;
  private final Map<String, Kept> known = new ConcurrentHashMap<>();

  /**
   * A run as the list shows it.
   *
   * @param id name of its folder
   * @param kind "model", "pair" (an analysis of two models), "comparison", or "" where it cannot be
   *     told
   * @param model name
   * @param family family, "" where unknown
   * @param parameters how many; null where unknown
   * @param started when, as {@code run.json} says it
   * @param seconds how long it took; null while it runs
   * @param status "done", "running", or "broken"
   * @param analyses ids of the sections
   * @param headlines what stands out, most first; that nothing does, where that was tested
   * @param fault why it is broken, or ""
   */
  record Shelved(
      String id,
      String kind,
      String model,
      String family,
      Long parameters,
      String started,
      Double seconds,
      String status,
      List<String> analyses,
      List<String> headlines,
      String fault) {}

  /** What was read of a run when its files were of that state. */
  private record Kept(String state, Shelved run) {}

  Shelf(Path folder) {
    this.folder = folder;
  }

  /** All of them, newest first. */
  List<Shelved> all() {
    return folders().parallelStream()
        .map(this::read)
        .sorted(Comparator.comparing(Shelved::started).reversed().thenComparing(Shelved::id))
        .toList();
  }

  /**
   * The folder of a run of the list: no other name leads anywhere.
   *
   * @throws InputException where there is none of that name
   */
  Path folder(String id) {
    return folders().stream()
        .filter(f -> name(f).equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                InputException.at(folder)
                    .place("'" + id + "'")
                    .expected("should be a run of this folder")
                    .remedy("load the list again")
                    .build());
  }

  /** What a run of the list found. */
  Results results(String id) {
    return Outputs.read(folder(id));
  }

  private static String name(Path folder) {
    return folder.getFileName().toString();
  }

  private List<Path> folders() {
    Path whole = folder.toAbsolutePath().normalize();
    if (isRun(whole)) {
      return List.of(whole);
    }
    if (Files.notExists(whole)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(whole)) {
      return new ArrayList<>(list.filter(Shelf::isRun).toList());
    } catch (IOException e) {
      throw InputException.unreadable(folder, e);
    }
  }

  /** No link is followed: what lies in the folder is what is shown. */
  private static boolean isRun(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
        && Files.isRegularFile(path.resolve(RunFolder.RUN), LinkOption.NOFOLLOW_LINKS);
  }

  private Shelved read(Path path) {
    String state = state(path.resolve(RunFolder.RUN)) + state(path.resolve(RunFolder.RESULTS));
    Kept kept = known.get(name(path));
    if (kept == null || !kept.state().equals(state)) {
      kept = new Kept(state, look(path));
      known.put(name(path), kept);
    }
    return kept.run();
  }

  private static String state(Path file) {
    try {
      BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
      return a.size() + " " + a.lastModifiedTime().toMillis() + ";";
    } catch (IOException absent) {
      return "none;";
    }
  }

  private static Shelved look(Path path) {
    String started = "";
    String named = name(path);
    try {
      ObjectNode run = RunFolder.run(path);
      started = run.path("started").asText("");
      named = run.path("model").path("name").asText(named);
      if (!Files.exists(path.resolve(RunFolder.RESULTS))) {
        return bare(path, named, started, "running", "");
      }
      Results r = Outputs.read(path);
      return new Shelved(
          name(path),
          kind(r),
          Text.visible(r.model().name()),
          Text.visible(r.model().family()),
          r.model().parameters(),
          Text.visible(started),
          run.has("seconds") ? run.path("seconds").asDouble() : null,
          "done",
          r.sections().stream().map(s -> s.id()).toList(),
          headlines(r),
          "");
    } catch (InputException e) {
      return bare(path, named, started, "broken", Text.visible(e.getMessage(), HEADLINE));
    }
  }

  private static Shelved bare(
      Path path, String named, String started, String status, String fault) {
    return new Shelved(
        name(path),
        "",
        Text.visible(named),
        "",
        null,
        Text.visible(started),
        null,
        status,
        List.of(),
        List.of(),
        fault);
  }

  private static String kind(Results r) {
    if (Comparison.is(r)) {
      return "comparison";
    }
    return r.model().parameters() == null ? "pair" : "model";
  }

  private static List<String> headlines(Results r) {
    if (r.highlights().isEmpty() && FirstScreen.tested(r.sections())) {
      return List.of(FirstScreen.NOTHING);
    }
    return r.highlights().stream()
        .flatMap(id -> r.find(id).stream())
        .filter(Scalar.class::isInstance)
        .map(f -> ((Scalar) f).sentence() == null ? f.title() : ((Scalar) f).sentence())
        .map(s -> Text.visible(s, HEADLINE))
        .toList();
  }
}
