package dev.orograph.instrument;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What the analyses that read a user's files are given in tests of all analyses. */
public final class Given {
  private static final String IDS = "{\"input_ids\": [[3, 1, 4, 1, 5, 9, 2, 6], [5, 3, 5]]}";
  private static final String ONE = "{\"input_ids\": [[3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]]}";

  private static final Map<String, String> FILES =
      Map.of("extract", IDS, "entropy", ONE, "waterfill", ONE);

  private Given() {}

  /** The options with these files, which are written to the folder. */
  public static Options options(Options options, Path folder) {
    Options all = options;
    for (String id : List.of("extract", "entropy", "waterfill")) {
      try {
        Path file = folder.resolve(id + ".ids.json");
        if (Files.notExists(file)) {
          Files.writeString(file, FILES.get(id));
        }
        all = all.with(id, "ids", file.toString());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all.with("extract", "states", "all")
        .with("wordnet", "read", "glosses")
        .with("levelset", "target_id", "5")
        .with("levelset", "epsilon", "5.5")
        .with("levelset", "points", "3")
        .with("levelset", "iterations", "5");
  }
}
