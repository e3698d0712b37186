package dev.orograph.instrument;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.input.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * One option of one analysis, declared where the analysis is: the command line, its completion, the
 * key of a run and the documents read this.
 *
 * @param name its name, such as "token_ids"; on the command line {@code --token-ids}
 * @param value what stands behind it, such as "all|N"
 * @param words what it means, in one sentence
 * @param kind what the user gives
 * @param parser turns it into a value
 * @param usual the value without a choice
 * @param <T> type of the value
 */
public record Choice<T>(
    String name, String value, String words, Kind kind, Parser<T> parser, T usual) {
  private static final int MOST_BYTES = 1 << 20;

  /** What the user gives. */
  public enum Kind {
    /** The value itself. */
    VALUE,
    /** A file whose text is the value. */
    TEXT,
    /** A file of arrays, which is part of the run by its content. */
    ARRAY,
    /** A file of any size that is read where the task runs; part of the run by its content. */
    INPUT,
    /** A file to write. */
    TARGET
  }

  /** Turns what was given into a value. */
  public interface Parser<T> {
    /**
     * The value.
     *
     * @throws IllegalArgumentException whose message says what is needed: "a whole number above 0"
     * @throws InputException where the text of a file is at fault
     */
    T parse(Given given);
  }

  /**
   * What was given.
   *
   * @param text the value, the text of a file, or the absolute path of an array, input or target
   * @param source the file that the text comes from, or ""
   * @param fingerprint of an array's or input's content, or ""
   */
  public record Given(String text, String source, String fingerprint) implements Serializable {
    /** How the results tell it: no path of this machine. */
    String told(Kind kind) {
      return switch (kind) {
        case VALUE, TEXT -> text;
        case ARRAY, INPUT, TARGET -> String.valueOf(Path.of(text).getFileName());
      };
    }
  }

  /** A choice of a value. */
  public static <T> Choice<T> of(
      String name, String value, String words, Function<String, T> parser, T usual) {
    return new Choice<>(name, value, words, Kind.VALUE, g -> parser.apply(g.text()), usual);
  }

  /** A choice of a file whose text is parsed. */
  public static <T> Choice<T> text(
      String name, String value, String words, Parser<T> parser, T usual) {
    return new Choice<>(name, value, words, Kind.TEXT, parser, usual);
  }

  /** A choice of a file of arrays; its value is the path, or "". */
  public static Choice<String> array(String name, String words) {
    return new Choice<>(name, "FILE", words, Kind.ARRAY, Given::text, "");
  }

  /** A choice of a file to read, of any size. */
  public static Choice<InputFile> input(String name, String value, String words) {
    return new Choice<>(
        name,
        value,
        words,
        Kind.INPUT,
        g -> new InputFile(g.text(), g.fingerprint()),
        InputFile.NONE);
  }

  /** A choice of a file to write; its value is the path, or "". */
  public static Choice<String> target(String name, String words) {
    return new Choice<>(name, "FILE", words, Kind.TARGET, Given::text, "");
  }

  /** Its name on the command line. */
  public String option() {
    return "--" + name.replace('_', '-');
  }

  /**
   * What a user's word stands for; files are read here.
   *
   * @throws InputException where a file cannot be read
   */
  public Given given(String word) {
    return switch (kind) {
      case VALUE -> new Given(word, "", "");
      case TEXT -> new Given(text(Path.of(word)), word, "");
      case TARGET -> new Given(target(Path.of(word).toAbsolutePath()).toString(), "", "");
      case INPUT -> {
        InputFile file = InputFile.of(Path.of(word));
        yield new Given(file.path(), "", file.sha256());
      }
      case ARRAY -> {
        Path file = Path.of(word).toAbsolutePath();
        try (Checkpoint c = Checkpoint.open(file)) {
          yield new Given(file.toString(), "", c.fingerprint());
        }
      }
    };
  }

  /** The same as far as it is known without looking into an array. */
  public Given named(String word) {
    return kind == Kind.ARRAY
        ? new Given(Path.of(word).toAbsolutePath().toString(), "", "")
        : given(word);
  }

  /** The value of what was given. */
  T parse(Given given) {
    try {
      return parser.parse(given);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          option() + " needs a number, found '" + given.text() + "'", e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          option() + " needs " + e.getMessage() + ", found '" + given.text() + "'", e);
    }
  }

  /**
   * A file that is there may be this run's own; whatever else is there is told before it begins.
   */
  private Path target(Path file) {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw InputException.at(file)
          .expected("should be a file to write for " + option())
          .found("there is something else of that name")
          .remedy("choose another name")
          .build();
    }
    return file;
  }

  private String text(Path file) {
    byte[] bytes;
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw wrong(file, "is no file");
      }
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(MOST_BYTES + 1);
      }
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
    if (bytes.length > MOST_BYTES) {
      throw wrong(file, "is larger than " + MOST_BYTES + " bytes");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw wrong(file, "is not UTF-8");
    }
  }

  private InputException wrong(Path file, String found) {
    return InputException.at(file)
        .expected("should hold text in UTF-8 for " + option())
        .found(found)
        .remedy("write it into a file of its own")
        .build();
  }

  /** A whole number above 0. */
  public static int positive(String text) {
    try {
      int n = Integer.parseInt(text);
      if (n > 0) {
        return n;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new IllegalArgumentException("a whole number above 0");
  }

  /**
   * A finite number above 0.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static double above0(String text) {
    double v = Double.parseDouble(text);
    if (!(v > 0) || Double.isInfinite(v)) {
      throw new IllegalArgumentException("a number above 0");
    }
    return v;
  }

  /** A parser of one of some words. */
  public static Function<String, String> oneOf(java.util.List<String> words) {
    return text -> {
      if (!words.contains(text)) {
        throw new IllegalArgumentException(String.join(", ", words));
      }
      return text;
    };
  }
}
