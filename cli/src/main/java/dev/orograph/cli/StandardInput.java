package dev.orograph.cli;

import dev.orograph.input.InputException;
import dev.orograph.instrument.Choice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** The file {@code -}: what a program writes into this one, kept while it is read once or more. */
final class StandardInput {
  private static final Set<Choice.Kind> READ = Set.of(Choice.Kind.TEXT, Choice.Kind.INPUT);
  private static Path kept;

  private StandardInput() {}

  /** The word as it is, or where the choice is a file to read and the word is -, a file of it. */
  static String file(Choice<?> choice, String word) {
    return word.equals("-") && READ.contains(choice.kind()) ? file().toString() : word;
  }

  private static synchronized Path file() {
    if (kept == null) {
      try {
        Path folder = Files.createTempDirectory("orograph");
        folder.toFile().deleteOnExit();
        Path file = folder.resolve("stdin");
        file.toFile().deleteOnExit();
        Files.copy(System.in, file);
        kept = file;
      } catch (IOException e) {
        throw InputException.unreadable(Path.of("-"), e);
      }
    }
    return kept;
  }
}
