package dev.orograph.tokenizer;

import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/**
 * A regular expression that {@link SafeRegex} has read, and the first match of it from a place on:
 * the leftmost, and at one place the first alternative that fits, as expressions that go back do.
 *
 * <p>Every node knows what follows it. So for a repetition it holds at every place, whatever came
 * before, whether what follows can match there; places where it cannot are kept while a text is
 * read, and each character is looked at by a repetition about once (after memoization by Norvig,
 * Computational Linguistics 17(1), 1991, kept for repetitions only).
 */
final class Expression implements Pattern {
  /** Most steps within a text. */
  private static final long MOST_STEPS = 1L << 28;

  /** Begin and end of a run, first and last place in it behind which nothing follows. */
  private static final int[] NO_RUN = {-1, -2, 0, -1};

  private final Node first;
  private final int repetitions;

  /**
   * A whole expression.
   *
   * @param code what makes its nodes, given what follows
   * @param repetitions how many numbers of repetitions it uses
   */
  Expression(UnaryOperator<Node> code, int repetitions) {
    this.first = code.apply(END);
    this.repetitions = repetitions;
  }

  /** Matches in one text, found one behind the other. */
  final class Search implements Pattern.Matches {
    private final Aligned text;
    private final int[][] known = new int[repetitions][4];
    private long steps;
    private int start;
    private int end;

    Search(Aligned text) {
      this.text = text;
      for (int[] run : known) {
        System.arraycopy(NO_RUN, 0, run, 0, NO_RUN.length);
      }
    }

    @Override
    public boolean next() {
      for (start = end; start < text.length(); start++) {
        int behind = first.match(this, start);
        if (behind > start) {
          end = behind;
          return true;
        }
      }
      return false;
    }

    @Override
    public int start() {
      return start;
    }

    @Override
    public int end() {
      return end;
    }

    /** Steps so far. */
    long steps() {
      return steps;
    }

    private void step() {
      if (++steps > MOST_STEPS) {
        throw new Codec.Refused("an expression takes more than " + MOST_STEPS + " steps");
      }
    }
  }

  @Override
  public Search in(Aligned text) {
    return new Search(text);
  }

  /** A part of an expression with all that follows it. */
  interface Node {
    /** The end of a match that begins at a place; below 0 where there is none. */
    int match(Search in, int at);
  }

  private static final Node END = (in, at) -> at;

  /** Characters, one behind the other. */
  static Node characters(CharacterSet[] sets, Node next) {
    if (sets.length == 1) {
      CharacterSet set = sets[0];
      return (in, at) ->
          at < in.text.length() && set.contains(in.text.at(at)) ? next.match(in, at + 1) : -1;
    }
    return (in, at) -> {
      if (at + sets.length > in.text.length()) {
        return -1;
      }
      for (int i = 0; i < sets.length; i++) {
        if (!sets[i].contains(in.text.at(at + i))) {
          return -1;
        }
      }
      return next.match(in, at + sets.length);
    };
  }

  /** The first of several that matches, with what follows all of them. */
  static Node either(Node[] nodes) {
    return (in, at) -> {
      for (Node node : nodes) {
        in.step();
        int end = node.match(in, at);
        if (end >= 0) {
          return end;
        }
      }
      return -1;
    };
  }

  /** Whether something stands at a place, which stays; or does not. */
  static Node look(UnaryOperator<Node> ahead, boolean there, Node next) {
    Node inside = ahead.apply(END);
    return (in, at) -> inside.match(in, at) >= 0 == there ? next.match(in, at) : -1;
  }

  /** A part whose first match is the only one. */
  static Node once(UnaryOperator<Node> part, Node next) {
    Node inside = part.apply(END);
    return (in, at) -> {
      int end = inside.match(in, at);
      return end < 0 ? -1 : next.match(in, end);
    };
  }

  /** A place between characters. */
  interface Place {
    boolean is(Aligned text, int at);
  }

  static Node place(Place place, Node next) {
    return (in, at) -> place.is(in.text, at) ? next.match(in, at) : -1;
  }

  /** How often a repetition repeats, and in which order it tries. */
  enum Manner {
    /** As often as it can, then less often. */
    GREEDY,
    /** As seldom as it can, then more often. */
    LAZY,
    /** As often as it can. */
    POSSESSIVE
  }

  /**
   * A character again and again.
   *
   * @param most how often at most; {@link Integer#MAX_VALUE} for as often as it is there
   * @param number a number of its own within the expression
   */
  static Node repeated(
      CharacterSet set, int least, int most, Manner manner, int number, Node next) {
    return new Node() {
      @Override
      public int match(Search in, int at) {
        in.step();
        int[] known = known(in, at);
        int last = Math.min(known[1], most < Integer.MAX_VALUE ? at + most : known[1]);
        int first = at + least;
        if (last < first) {
          return -1;
        }
        return switch (manner) {
          case POSSESSIVE -> next.match(in, last);
          case GREEDY -> down(in, known, first, last);
          case LAZY -> up(in, known, first, last);
        };
      }

      /** The run of the character, and the places in it behind which nothing follows. */
      private int[] known(Search in, int at) {
        int[] known = in.known[number];
        if (known[0] <= at && at <= known[1]) {
          return known;
        }
        int end = end(in, at, known[0]);
        // Another run, or the same one seen from further before.
        if (end != known[0]) {
          known[1] = end;
          known[2] = 0;
          known[3] = -1;
        }
        known[0] = at;
        return known;
      }

      /** Where the run ends that begins at a place, or comes to another one. */
      private int end(Search in, int at, int other) {
        int end = at;
        while (end != other && end < in.text.length() && set.contains(in.text.at(end))) {
          end++;
        }
        return end;
      }

      private int down(Search in, int[] known, int first, int last) {
        int at = last;
        while (at >= first) {
          if (at >= known[2] && at <= known[3]) {
            at = known[2] - 1;
            continue;
          }
          in.step();
          int end = next.match(in, at);
          if (end >= 0) {
            fails(known, at + 1, last);
            return end;
          }
          at--;
        }
        fails(known, first, last);
        return -1;
      }

      private int up(Search in, int[] known, int first, int last) {
        int at = first;
        while (at <= last) {
          if (at >= known[2] && at <= known[3]) {
            at = known[3] + 1;
            continue;
          }
          in.step();
          int end = next.match(in, at);
          if (end >= 0) {
            fails(known, first, at - 1);
            return end;
          }
          at++;
        }
        fails(known, first, last);
        return -1;
      }

      private void fails(int[] known, int first, int last) {
        if (first > last) {
          return;
        }
        boolean joins = first <= known[3] + 1 && last >= known[2] - 1 && known[2] <= known[3];
        known[2] = joins ? Math.min(first, known[2]) : first;
        known[3] = joins ? Math.max(last, known[3]) : last;
      }
    };
  }

  /** Whether a word begins or ends at a place. */
  static boolean edge(Aligned text, int at) {
    IntPredicate inWord = i -> i >= 0 && i < text.length() && Characters.wordOutside(text.at(i));
    return inWord.test(at - 1) != inWord.test(at);
  }
}
