package dev.orograph.tokenizer;

import java.util.Arrays;

/**
 * A text in code points, each of which knows which chars of the original it stands for. Changing it
 * makes another one; a part of it shares its arrays.
 */
final class Aligned {
  /** Most code points that normalising may make of a text. */
  static final int MOST = 1 << 22;

  private final int[] points;
  private final int[] from;
  private final int[] to;
  private final int begin;
  private final int end;
  private final int origin;

  private Aligned(int[] points, int[] from, int[] to, int begin, int end, int origin) {
    this.points = points;
    this.from = from;
    this.to = to;
    this.begin = begin;
    this.end = end;
    this.origin = origin;
  }

  /** A text as it is. */
  static Aligned of(String text) {
    int n = text.codePointCount(0, text.length());
    int[] points = new int[n];
    int[] from = new int[n];
    int[] to = new int[n];
    int at = 0;
    for (int i = 0; i < n; i++) {
      points[i] = text.codePointAt(at);
      from[i] = at;
      at += Character.charCount(points[i]);
      to[i] = at;
    }
    return new Aligned(points, from, to, 0, n, 0);
  }

  int length() {
    return end - begin;
  }

  boolean isEmpty() {
    return begin == end;
  }

  /** The code point at a place. */
  int at(int i) {
    return points[begin + i];
  }

  /** Where the char of the original begins that a place stands for. */
  int from(int i) {
    return from[begin + i];
  }

  /** Where it ends. */
  int to(int i) {
    return to[begin + i];
  }

  /** Where in the original this part began before it was changed. */
  int origin() {
    return origin;
  }

  /** The places from {@code first} to before {@code last}. */
  Aligned part(int first, int last) {
    if (first == 0 && last == length() && origin == (isEmpty() ? origin : from[begin])) {
      return this;
    }
    int start = first < last ? from[begin + first] : origin;
    return new Aligned(points, from, to, begin + first, begin + last, start);
  }

  /** Whether every code point is below a bound. */
  boolean below(int bound) {
    for (int i = begin; i < end; i++) {
      if (points[i] >= bound) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return new String(points, begin, length());
  }

  /** What becomes of a text, from its beginning to its end. */
  final class Change {
    private int[] newPoints;
    private int[] newFrom;
    private int[] newTo;
    private int n;
    private int next;

    Change() {
      int size = length() + 16;
      newPoints = new int[size];
      newFrom = new int[size];
      newTo = new int[size];
    }

    /**
     * A code point that stands for what a place stands for.
     *
     * @param place below 0 for the empty beginning
     */
    void put(int point, int place) {
      if (n == newPoints.length) {
        if (n >= MOST) {
          throw new Codec.Refused("it makes more than " + MOST + " characters of a text");
        }
        int size = Math.min(MOST, 2 * n);
        newPoints = Arrays.copyOf(newPoints, size);
        newFrom = Arrays.copyOf(newFrom, size);
        newTo = Arrays.copyOf(newTo, size);
      }
      newPoints[n] = point;
      newFrom[n] = place < 0 ? origin : from[begin + place];
      newTo[n++] = place < 0 ? origin : to[begin + place];
    }

    /** The code point of a place. */
    void keep(int place) {
      put(points[begin + place], place);
    }

    /**
     * The next code point as the tokenizers library counts: in place of the next one (0), beside
     * the one before (1), or in place of the next one and {@code -change} more.
     */
    void next(int point, int change) {
      if (change > 0 || isEmpty()) {
        put(point, Math.min(next, length()) - 1);
      } else {
        put(point, Math.min(next, length() - 1));
        next += 1 - change;
      }
    }

    Aligned done() {
      return new Aligned(newPoints, newFrom, newTo, 0, n, origin);
    }
  }
}
