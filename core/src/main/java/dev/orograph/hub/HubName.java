package dev.orograph.hub;

import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The name of a model on the hub: {@code org/model}, {@code org/model@revision}, or {@code model}
 * alone for the oldest ones. Parts hold letters, digits, {@code - _ .}, at most {@value #LONGEST}
 * characters, begin and end with a letter, digit or underscore, and hold neither {@code --} nor
 * {@code ..}: the hub allows no others, and what is left is safe as a file name.
 *
 * @param id {@code org/model}
 * @param revision a branch, a tag, or a commit hash or the beginning of one
 */
public record HubName(String id, String revision) {
  /** The revision that is meant where none is named. */
  public static final String MAIN = "main";

  private static final int LONGEST = 96;
  private static final int LONGEST_REVISION = 200;
  private static final Pattern PART = Pattern.compile("\\w(?:[\\w.-]{0,94}\\w)?");

  /** What git allows in the name of a branch, less what no file system takes. */
  private static final Pattern REVISION =
      Pattern.compile("(?:[\\w+=#%,!-][\\w.+=#%,!-]*)(?:/[\\w+=#%,!-][\\w.+=#%,!-]*)*");

  /** A commit hash, or enough of one. */
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{4,40}");

  /** Checks both parts; {@link #parse} makes them from a text. */
  public HubName {
    String fault = fault(id, revision);
    if (!fault.isEmpty()) {
      throw new IllegalArgumentException(fault);
    }
  }

  /**
   * Reads a name.
   *
   * @throws InputException where it is none
   */
  public static HubName parse(String text) {
    String fault = fault(id(text), revision(text));
    if (!fault.isEmpty()) {
      throw InputException.at(Path.of("name"))
          .place(Text.quoted(text))
          .expected("must be the name of a model")
          .found(fault)
          .remedy("write org/model or org/model@revision")
          .build();
    }
    return new HubName(id(text), revision(text));
  }

  /** Whether a path that leads nowhere may be meant as a name; absolute ones are not. */
  static boolean possible(Path path) {
    return path.getRoot() == null && fault(id(text(path)), revision(text(path))).isEmpty();
  }

  /** The path as it was typed, with {@code /} on every system. */
  static String text(Path path) {
    return StreamSupport.stream(path.spliterator(), false)
        .map(Path::toString)
        .collect(Collectors.joining("/"));
  }

  /** The folder of the model in the cache: {@code models--org--model}. */
  String entry() {
    return "models--" + id.replace("/", "--");
  }

  /** Whether the revision is a commit hash or may be the beginning of that one. */
  boolean names(String commit) {
    return HASH.matcher(revision).matches() && commit.startsWith(revision);
  }

  /** Whether a text is a whole commit hash. */
  static boolean commit(String text) {
    return text.length() == 40 && HASH.matcher(text).matches();
  }

  @Override
  public String toString() {
    return revision.equals(MAIN) ? id : id + "@" + revision;
  }

  private static String id(String text) {
    int at = text.indexOf('@');
    return at < 0 ? text : text.substring(0, at);
  }

  private static String revision(String text) {
    int at = text.indexOf('@');
    return at < 0 ? MAIN : text.substring(at + 1);
  }

  private static String fault(String id, String revision) {
    int slash = id.indexOf('/');
    if (slash >= 0 && id.indexOf('/', slash + 1) >= 0) {
      return "has more than two parts";
    }
    for (String part : id.split("/", -1)) {
      if (part.length() > LONGEST) {
        return "has a part of more than " + LONGEST + " characters";
      }
      if (!PART.matcher(part).matches() || part.endsWith(".git")) {
        return "has the part " + Text.quoted(part) + ", which no model can have";
      }
      if (part.contains("--") || part.contains("..")) {
        return "holds '--' or '..'";
      }
    }
    if (revision.length() > LONGEST_REVISION) {
      return "has a revision of more than " + LONGEST_REVISION + " characters";
    }
    if (!REVISION.matcher(revision).matches() || revision.contains("..")) {
      return "has the revision " + Text.quoted(revision) + ", which is none";
    }
    return "";
  }
}
