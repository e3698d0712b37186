package dev.orograph.instrument.embedding;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What kind of token a text is, by its characters alone: special, digits, punctuation, Latin
 * letters that start a word or go on with one, letters of other scripts.
 *
 * <p>Which tokens start a word is told by a space or its mark in front (of GPT-2's and
 * SentencePiece's vocabularies), or where any token starts with {@code ##}, by not doing so.
 */
final class TokenKinds {
  /** Names, in the order of the numbers. */
  static final List<String> NAMES =
      List.of(
          "starts a word",
          "continues a word",
          "digits",
          "punctuation and space",
          "other scripts",
          "special");

  private static final Pattern SPECIAL =
      Pattern.compile("<[^<>\\s]+>|\\[[A-Za-z0-9_]+]|<\\|.+\\|>", Pattern.DOTALL);
  private static final String SPACES = " \u2581\u0120";
  private static final String GOES_ON = "##";

  private final boolean marksContinuation;

  TokenKinds(List<String> texts) {
    marksContinuation = texts.stream().filter(t -> continues(t)).count() > 1;
  }

  private static boolean continues(String text) {
    return text.startsWith(GOES_ON) && text.length() > GOES_ON.length();
  }

  /** The number of a text's kind in {@link #NAMES}. */
  int of(String text) {
    if (SPECIAL.matcher(text).matches()) {
      return 5;
    }
    boolean spaced = !text.isEmpty() && SPACES.indexOf(text.charAt(0)) >= 0;
    boolean goesOn = marksContinuation && continues(text);
    String core = text.substring(spaced ? 1 : goesOn ? GOES_ON.length() : 0);
    if (core.codePoints().noneMatch(Character::isLetterOrDigit)) {
      return 3;
    }
    if (core.codePoints().noneMatch(Character::isLetter)) {
      return 2;
    }
    if (core.codePoints().filter(Character::isLetter).noneMatch(TokenKinds::latin)) {
      return 4;
    }
    return (marksContinuation ? !goesOn : spaced) ? 0 : 1;
  }

  private static boolean latin(int code) {
    return Character.UnicodeScript.of(code) == Character.UnicodeScript.LATIN;
  }
}
