package dev.orograph.instrument.corpus;

import dev.orograph.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;

/** What reads the lines of a text, for tests elsewhere. */
public final class Texts {
  private Texts() {}

  /** The ids of each line. */
  public static List<int[]> read(Path file, Tokenizer tokenizer) {
    return new Lines(file, tokenizer, tokenizer.size(), 0, 512).ids();
  }
}
