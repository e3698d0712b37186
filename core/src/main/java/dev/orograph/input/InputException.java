package dev.orograph.input;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * A fault in what was given to read: which file, where in it, what was expected, what was found,
 * and what to do. The message is one line of the form
 *
 * <pre>{@code
 * file: place expected but found: remedy
 * model-00002.safetensors: 'layers.0.k_proj' ends at byte 90,864,192 but the file has 1,835,008:
 *     download it again
 * }</pre>
 *
 * <p>(without the break), where parts that are not given are left out. Control characters and
 * terminal escapes from hostile names are escaped in the message and long parts are shortened; the
 * accessors return the parts as they were given.
 */
public final class InputException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int PLACE_LIMIT = 240;
  private static final int PART_LIMIT = 1000;

  private final String file;
  private final String place;
  private final String expected;
  private final String found;
  private final String remedy;

  private InputException(Builder parts) {
    super(render(parts), parts.cause);
    this.file = parts.file.toString();
    this.place = parts.place;
    this.expected = parts.expected;
    this.found = parts.found;
    this.remedy = parts.remedy;
  }

  /** Starts an exception about a file or a folder. */
  public static Builder at(Path file) {
    return new Builder(file);
  }

  /**
   * The exception for a failure of the operating system to read a file or a folder.
   *
   * @return an {@code InputException}, except where the reading thread was interrupted: that is no
   *     fault of the file and comes as an {@link UncheckedIOException}
   */
  public static RuntimeException unreadable(Path file, IOException cause) {
    if (cause instanceof ClosedByInterruptException) {
      return new UncheckedIOException("interrupted while reading " + file.getFileName(), cause);
    }
    Builder parts = at(file).cause(cause);
    if (cause instanceof NoSuchFileException) {
      return parts
          .expected("does not exist")
          .remedy("check the path " + Text.visible(file.toAbsolutePath().toString(), PLACE_LIMIT))
          .build();
    }
    if (cause instanceof AccessDeniedException) {
      return parts.expected("may not be read").remedy("check its permissions").build();
    }
    if (cause instanceof NotDirectoryException) {
      return parts.expected("is not a folder").remedy("check the path").build();
    }
    if (cause instanceof FileSystemLoopException) {
      return parts.expected("is a link that leads to itself").remedy("name the file").build();
    }
    return parts.expected("cannot be read").found("the system says: " + reason(cause)).build();
  }

  /**
   * The exception for a failure of the operating system to write a file or a folder: a full disk, a
   * limit, no permission.
   *
   * @return an {@code InputException}, except where the writing thread was interrupted
   */
  public static RuntimeException unwritable(Path file, IOException cause) {
    if (cause instanceof ClosedByInterruptException) {
      return new UncheckedIOException("interrupted while writing " + file.getFileName(), cause);
    }
    Builder parts = at(file).cause(cause);
    if (cause instanceof AccessDeniedException) {
      return parts.expected("may not be written").remedy("check its permissions").build();
    }
    if (cause instanceof NoSuchFileException) {
      return parts
          .expected("cannot be written, since there is no such folder")
          .remedy("make it, or choose another one")
          .build();
    }
    return parts
        .expected("cannot be written")
        .found("the system says: " + reason(cause))
        .remedy("make room there, or choose another folder, and run the same command again")
        .build();
  }

  private static String reason(IOException cause) {
    return cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage();
  }

  /** The file or folder at fault. */
  public Path file() {
    return Path.of(file);
  }

  /** Where in the file: a tensor, a key, a line; empty for the file as a whole. */
  public String place() {
    return place;
  }

  /** What was expected, or what the file claims. */
  public String expected() {
    return expected;
  }

  /** What was found instead. */
  public String found() {
    return found;
  }

  /** What to do about it; empty where there is nothing to advise. */
  public String remedy() {
    return remedy;
  }

  /**
   * The message with the whole path of the file, as it was given: for whoever sits at this machine.
   * What is kept or sent elsewhere tells {@link #getMessage} instead, which names the file alone.
   */
  public String whole() {
    String name = name(Path.of(file)) + ":";
    return Text.whole(file) + ":" + getMessage().substring(name.length());
  }

  private static String name(Path file) {
    Path last = file.getFileName();
    return Text.visible((last == null || last.toString().isEmpty() ? file : last).toString());
  }

  private static String render(Builder parts) {
    StringBuilder line = new StringBuilder(name(parts.file)).append(':');
    append(line, " ", parts.place, PLACE_LIMIT);
    append(line, " ", parts.expected, PART_LIMIT);
    append(line, parts.expected.isEmpty() ? " " : " but ", parts.found, PART_LIMIT);
    append(line, ": ", parts.remedy, PART_LIMIT);
    return line.toString();
  }

  private static void append(StringBuilder line, String before, String part, int limit) {
    if (!part.isEmpty()) {
      line.append(before).append(Text.visible(part, limit));
    }
  }

  /** Collects the parts of an {@link InputException}; parts left out are empty. */
  public static final class Builder {
    private final Path file;
    private String place = "";
    private String expected = "";
    private String found = "";
    private String remedy = "";
    private Throwable cause;

    private Builder(Path file) {
      this.file = file;
    }

    /** Where in the file: {@code 'layers.0.k_proj'}, {@code the header}. */
    public Builder place(String where) {
      this.place = where;
      return this;
    }

    /** Follows the place in the sentence: {@code must be an object}, {@code ends at byte 12}. */
    public Builder expected(String what) {
      this.expected = what;
      return this;
    }

    /** Follows "but" in the sentence: {@code is a list}, {@code the file has 10}. */
    public Builder found(String what) {
      this.found = what;
      return this;
    }

    /** What the reader should do: {@code download it again}. */
    public Builder remedy(String what) {
      this.remedy = what;
      return this;
    }

    /** What went wrong underneath. */
    public Builder cause(Throwable underneath) {
      this.cause = underneath;
      return this;
    }

    /** The exception, ready to throw. */
    public InputException build() {
      return new InputException(this);
    }
  }
}
