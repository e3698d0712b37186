package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What lies in run folders. */
final class Runs {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The part of the report that tells when and where the run was. */
  private static final Pattern RUN_PART =
      Pattern.compile("\"run\":\\{\"version\".*?\\},\"files\":\\{", Pattern.DOTALL);

  private Runs() {}

  /**
   * Everything in a finished run folder that no machine, clock or interruption may change: path to
   * bytes; of the report all but what {@code run.json} told it, of {@code run.json} only that it is
   * there.
   */
  static Map<String, String> content(Path folder) {
    Map<String, String> content = new TreeMap<>();
    files(folder)
        .forEach(
            (name, bytes) -> {
              if (name.equals("run.json")) {
                content.put(name, "");
              } else if (name.equals("report.html")) {
                content.put(name, withoutRun(new String(bytes, UTF_8)));
              } else {
                content.put(name, HexFormat.of().formatHex(bytes));
              }
            });
    return content;
  }

  private static final java.nio.charset.Charset UTF_8 = java.nio.charset.StandardCharsets.UTF_8;

  private static String withoutRun(String report) {
    String without = RUN_PART.matcher(report).replaceAll("\"run\":{},\"files\":{");
    assertThat(without).as("the report tells of its run").isNotEqualTo(report);
    return without;
  }

  /** Asserts that two finished runs found the same, byte for byte. */
  static void requireSame(Path found, Map<String, String> expected) {
    Map<String, String> content = content(found);
    assertThat(content.keySet()).isEqualTo(expected.keySet());
    // Not one assertion over the maps: its message would hold megabytes.
    List<String> different =
        expected.keySet().stream().filter(n -> !expected.get(n).equals(content.get(n))).toList();
    assertThat(different).as("files that differ in %s", found).isEmpty();
  }

  /** Every file under a folder with its bytes, by its path inside. */
  static Map<String, byte[]> files(Path folder) {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path p : tree.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(p).toString(), Files.readAllBytes(p));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  /** Every file and folder with its content and when it was changed. */
  static Map<String, String> untouched(Path folder) {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path p : tree.toList()) {
        String what =
            Files.isRegularFile(p) ? HexFormat.of().formatHex(Files.readAllBytes(p)) : "folder";
        all.put(folder.relativize(p).toString(), Files.getLastModifiedTime(p) + " " + what);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  /** The pieces on disk of a run that is not finished: whole lines. */
  static List<String> pieces(Path folder) {
    List<String> found = new ArrayList<>();
    for (Path file : work(folder, "results.lines", 1)) {
      found.addAll(lines(file));
    }
    return found;
  }

  /** The lines of a file that have an end; a letter for each byte. */
  static List<String> lines(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (IOException e) {
      return List.of(); // It was removed while it was read: the run has just ended.
    }
  }

  /** The arrays that such pieces have left, each in a folder of its piece. */
  static List<Path> arrays(Path folder) {
    return work(folder, ".safetensors", 3);
  }

  private static List<Path> work(Path folder, String ending, int depth) {
    List<Path> found = new ArrayList<>();
    for (String instrument : List.of("spectra", "sparsity")) {
      Path work = folder.resolve("work").resolve(instrument);
      try (Stream<Path> list = Files.isDirectory(work) ? Files.walk(work, depth) : Stream.empty()) {
        list.filter(p -> p.toString().endsWith(ending)).sorted().forEach(found::add);
      } catch (IOException | UncheckedIOException e) {
        return found; // It was removed while it was listed: the run has just ended.
      }
    }
    return found;
  }

  static JsonNode json(Path file) {
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode run(Path folder) {
    return json(folder.resolve("run.json"));
  }

  static JsonNode results(Path folder) {
    return json(folder.resolve("results.json"));
  }

  /** The finding of that id. */
  static JsonNode finding(JsonNode results, String id) {
    for (JsonNode section : results.path("sections")) {
      for (JsonNode f : section.path("findings")) {
        if (f.path("id").asText().equals(id)) {
          return f;
        }
      }
    }
    throw new AssertionError("no finding " + id);
  }

  /** What became of an instrument. */
  static JsonNode analysis(JsonNode results, String id) {
    for (JsonNode a : results.path("analyses")) {
      if (a.path("id").asText().equals(id)) {
        return a;
      }
    }
    throw new AssertionError("no analysis " + id);
  }

  /** One row of a table as column name to value. */
  static Map<String, JsonNode> row(JsonNode table, String tensor) {
    for (JsonNode row : table.path("rows")) {
      Map<String, JsonNode> cells = new TreeMap<>();
      for (int i = 0; i < row.size(); i++) {
        cells.put(table.path("columns").get(i).asText(), row.get(i));
      }
      if (cells.get("tensor").asText().equals(tensor)) {
        return cells;
      }
    }
    throw new AssertionError("no row for " + tensor);
  }

  /** The tensors of a table. */
  static List<String> tensors(JsonNode table) {
    int at = -1;
    for (int i = 0; i < table.path("columns").size(); i++) {
      at = table.path("columns").get(i).asText().equals("tensor") ? i : at;
    }
    List<String> names = new ArrayList<>();
    for (JsonNode row : table.path("rows")) {
      names.add(row.get(at).asText());
    }
    return names;
  }
}
