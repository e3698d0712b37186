package dev.orograph.cli;

import dev.orograph.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Text that is written token by token. The last tokens are decoded each time, since what a token
 * stands for follows from its neighbours (spaces, bytes of one character); what is new is given
 * out, and an end that further tokens may still change is held back.
 */
final class Streamed {
  private static final char REPLACEMENT = '\uFFFD';

  /** Longer than any neighbourhood that changes what a token stands for. */
  private static final int KEPT = 16;

  /** Bytes of one character, and some to spare; replacements before them are there to stay. */
  private static final int MOST_HELD = 8;

  private final Tokenizer tokenizer;
  private final List<Integer> ids = new ArrayList<>();
  private List<String> markers = List.of();
  private String held = "";
  private int given;
  private boolean ended;

  Streamed(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** From now on the text ends where one of these stands in it, which is not given out. */
  void endsAt(List<String> texts) {
    markers = List.copyOf(texts);
  }

  /** Whether such an end was met; nothing is given out behind it. */
  boolean ended() {
    return ended;
  }

  /** What these tokens add to the text, as far as it stands. */
  String add(List<Integer> tokens) {
    ids.addAll(tokens);
    return upToMarker(decoded(false), false);
  }

  /** What was held back and comes no more. */
  String rest() {
    return upToMarker(decoded(true), true);
  }

  private String decoded(boolean all) {
    String text = tokenizer.decode(ids, true);
    int end = text.length();
    int least = Math.max(0, end - MOST_HELD);
    while (!all && end > least && text.charAt(end - 1) == REPLACEMENT) {
      end--;
    }
    String added = end > given ? text.substring(given, end) : "";
    given = Math.max(given, end);
    if (ids.size() > 2 * KEPT) {
      // Counted from the end, where both texts are the same.
      int after = text.length() - given;
      ids.subList(0, ids.size() - KEPT).clear();
      given = Math.max(0, tokenizer.decode(ids, true).length() - after);
    }
    return added;
  }

  private String upToMarker(String added, boolean all) {
    String text = ended ? "" : held + added;
    held = "";
    for (String marker : markers) {
      int at = text.indexOf(marker);
      if (at >= 0) {
        ended = true;
        text = text.substring(0, at);
      }
    }
    int kept = ended || all ? 0 : begun(text);
    held = text.substring(text.length() - kept);
    return text.substring(0, text.length() - kept);
  }

  /** How many characters at the end may be the begin of a marker. */
  private int begun(String text) {
    int most = 0;
    for (String marker : markers) {
      for (int n = Math.min(marker.length() - 1, text.length()); n > most; n--) {
        if (text.endsWith(marker.substring(0, n))) {
          most = n;
        }
      }
    }
    return most;
  }
}
