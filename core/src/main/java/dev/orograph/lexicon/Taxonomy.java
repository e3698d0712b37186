package dev.orograph.lexicon;

import dev.orograph.input.InputException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How far synsets of WordNet are from each other in what they are kinds or instances of, by the
 * conventions of NLTK 3.8.
 *
 * <p>Of every synset its ancestors (itself among them) are kept with the shortest distance to each,
 * ascending by number, so that a pair is one merge of two short lists. Where one of a pair is no
 * noun, NLTK puts a root over everything: it lies one above the farthest ancestor of a synset. So
 * two different adjectives or adverbs, which have no hypernyms, always have distance 2.
 *
 * <p>WordNet 3.0 has one cycle of two verbs; the longest ways count no synset twice.
 */
public final class Taxonomy {
  private static final int MOST = 1 << 27;

  private final WordNet words;
  private final int[] start;
  private final int[] ancestor;
  private final byte[] distance;

  /** The same over any ancestor of both: a way round over what is higher may be shorter. */
  private final byte[] apart;

  private final byte[] far;
  private final int[] minDepth;
  private final int[] maxDepth;
  private final int[] deepest = new int[PartOfSpeech.values().length];

  /** The taxonomy of all synsets. */
  public Taxonomy(WordNet words) {
    this.words = words;
    int n = words.size();
    int[] edgeStarts = words.edgeStarts();
    int[] edges = words.edges();
    start = new int[n + 1];
    far = new byte[n];
    minDepth = new int[n];
    int[] kept = new int[1 << 20];
    byte[] steps = new byte[1 << 20];
    int[] seen = new int[n];
    int[] queue = new int[n];
    byte[] depth = new byte[n];
    boolean[] cyclic = new boolean[n];
    int count = 0;
    for (int s = 0; s < n; s++) {
      int head = 0;
      int tail = 0;
      queue[tail++] = s;
      seen[s] = s + 1;
      depth[s] = 0;
      minDepth[s] = -1;
      while (head < tail) {
        int a = queue[head++];
        if (edgeStarts[a] == edgeStarts[a + 1] && minDepth[s] < 0) {
          minDepth[s] = depth[a];
        }
        for (int k = edgeStarts[a]; k < edgeStarts[a + 1]; k++) {
          int h = edges[k];
          cyclic[s] |= h == s;
          if (seen[h] != s + 1) {
            if (depth[a] == Byte.MAX_VALUE) {
              throw deep();
            }
            seen[h] = s + 1;
            depth[h] = (byte) (depth[a] + 1);
            queue[tail++] = h;
          }
        }
      }
      minDepth[s] = Math.max(0, minDepth[s]);
      far[s] = depth[queue[tail - 1]];
      if (count + tail > kept.length) {
        if (count > MOST) {
          throw deep();
        }
        int size = Math.max(2 * kept.length, count + tail);
        kept = Arrays.copyOf(kept, size);
        steps = Arrays.copyOf(steps, size);
      }
      Arrays.sort(queue, 0, tail);
      for (int k = 0; k < tail; k++) {
        kept[count] = queue[k];
        steps[count++] = depth[queue[k]];
      }
      start[s + 1] = count;
    }
    ancestor = Arrays.copyOf(kept, count);
    distance = Arrays.copyOf(steps, count);
    apart = new byte[count];
    for (int s = 0; s < n; s++) {
      for (int k = start[s]; k < start[s + 1]; k++) {
        apart[k] = (byte) over(s, ancestor[k], distance[k]);
      }
    }
    maxDepth = longest(n, edgeStarts, edges, cyclic);
    for (int s = 0; s < n; s++) {
      int p = words.pos(s).number();
      deepest[p] = Math.max(deepest[p], maxDepth[s]);
    }
  }

  private static InputException deep() {
    return InputException.at(Path.of("data"))
        .expected("must be a taxonomy of at most " + Byte.MAX_VALUE + " levels")
        .found("hypernyms go on and on")
        .remedy("take the data of WordNet 3.0, whole")
        .build();
  }

  /** Longest ways up, by taking synsets in an order in which hypernyms come first. */
  private static int[] longest(int n, int[] starts, int[] edges, boolean[] cyclic) {
    int[] below = new int[n + 1];
    for (int h : edges) {
      below[h + 1]++;
    }
    for (int i = 0; i < n; i++) {
      below[i + 1] += below[i];
    }
    int[] children = new int[edges.length];
    int[] next = Arrays.copyOf(below, n);
    int[] waits = new int[n];
    int[] ready = new int[n];
    int tail = 0;
    for (int s = 0; s < n; s++) {
      waits[s] = starts[s + 1] - starts[s];
      for (int k = starts[s]; k < starts[s + 1]; k++) {
        children[next[edges[k]]++] = s;
      }
      if (waits[s] == 0) {
        ready[tail++] = s;
      }
    }
    int[] depth = new int[n];
    int cycle = 0;
    for (int head = 0; head < n; head++) {
      if (head == tail) { // everything that is left hangs on a cycle: it is cut at its first synset
        while (!cyclic[cycle] || waits[cycle] <= 0) {
          cycle++;
        }
        waits[cycle] = 0;
        ready[tail++] = cycle;
      }
      int s = ready[head];
      for (int k = below[s]; k < below[s + 1]; k++) {
        int c = children[k];
        if (waits[c] > 0) {
          depth[c] = Math.max(depth[c], depth[s] + 1);
          if (--waits[c] == 0) {
            ready[tail++] = c;
          }
        }
      }
    }
    return depth;
  }

  /** Steps from a root by the shortest way; 0 for a root. */
  public int minDepth(int synset) {
    return minDepth[synset];
  }

  /** Steps from a root by the longest way. */
  public int maxDepth(int synset) {
    return maxDepth[synset];
  }

  /** Whether the second is the first or above it. */
  public boolean isAncestor(int synset, int above) {
    return place(synset, above) >= 0;
  }

  /** Its ancestors, itself among them, ascending by number. */
  public int[] ancestors(int synset) {
    return Arrays.copyOfRange(ancestor, start[synset], start[synset + 1]);
  }

  private int place(int synset, int above) {
    return Arrays.binarySearch(ancestor, start[synset], start[synset + 1], above);
  }

  /** Whether NLTK puts a root over the pair: where one of them is no noun. */
  private boolean rooted(int a, int b) {
    return words.pos(a) != PartOfSpeech.NOUN || words.pos(b) != PartOfSpeech.NOUN;
  }

  /** Steps by the shortest way over a common ancestor; -1 where there is none. */
  public int distance(int a, int b) {
    if (a == b) {
      return 0;
    }
    int best = over(a, b, rooted(a, b) ? far[a] + far[b] + 2 : Integer.MAX_VALUE);
    return best == Integer.MAX_VALUE ? -1 : best;
  }

  /** The shortest way over a common ancestor, or a bound where that is shorter. */
  private int over(int a, int b, int bound) {
    int best = bound;
    int i = start[a];
    int j = start[b];
    int ends = start[a + 1];
    int other = start[b + 1];
    while (i < ends && j < other) {
      int x = ancestor[i];
      int y = ancestor[j];
      if (x == y) {
        best = Math.min(best, distance[i] + distance[j]);
        i++;
        j++;
      } else if (x < y) {
        i++;
      } else {
        j++;
      }
    }
    return best;
  }

  /** 1 / (distance + 1), 1 for the same synset; NaN where nothing is above both. */
  public double path(int a, int b) {
    int d = distance(a, b);
    return d < 0 ? Double.NaN : 1.0 / (d + 1);
  }

  /**
   * Leacock and Chodorow's -log((distance + 1) / (2 D)), D the greatest depth of that part of
   * speech, one more where NLTK puts a root over it; in nats.
   *
   * @throws IllegalArgumentException for two parts of speech
   */
  public double leacockChodorow(int a, int b) {
    PartOfSpeech p = words.pos(a);
    if (p != words.pos(b)) {
      throw new IllegalArgumentException(
          words.name(a) + " and " + words.name(b) + " are of two parts of speech");
    }
    int depth = deepest[p.number()] + (p == PartOfSpeech.NOUN ? 0 : 1);
    int d = distance(a, b);
    return d < 0 || depth == 0 ? Double.NaN : -Math.log((d + 1) / (2.0 * depth));
  }

  /**
   * Wu and Palmer's 2 D / (L1 + L2) as NLTK computes it. Of the common ancestors the ones with the
   * greatest {@link #minDepth} count, and of these the first synset itself where it is one, else
   * the first by name; D is its {@link #maxDepth} plus 1, L1 and L2 are D plus the distances to it.
   * Since the first synset is preferred, the figure is not symmetric. NaN where there is no common
   * ancestor.
   */
  public double wuPalmer(int a, int b) {
    boolean rooted = rooted(a, b);
    int deepest = rooted ? 0 : -1;
    int subsumer = -1;
    int up = far[a] + 1;
    int down = far[b] + 1;
    int i = start[a];
    int j = start[b];
    int ends = start[a + 1];
    int other = start[b + 1];
    while (i < ends && j < other) {
      int x = ancestor[i];
      int y = ancestor[j];
      if (x < y) {
        i++;
      } else if (y < x) {
        j++;
      } else {
        int depth = minDepth[x];
        boolean first =
            depth > deepest || (depth == deepest && (x == a || preferred(x, subsumer, a)));
        if (first) {
          deepest = depth;
          subsumer = x;
          up = apart[i];
          down = apart[j];
        }
        i++;
        j++;
      }
    }
    if (deepest < 0) {
      return Double.NaN;
    }
    int depth = (subsumer < 0 ? 0 : maxDepth[subsumer]) + 1;
    return 2.0 * depth / (up + down + 2 * depth);
  }

  /** The root's name, *ROOT*, comes before all others. */
  private boolean preferred(int x, int than, int self) {
    return than >= 0 && than != self && words.rank(x) < words.rank(than);
  }

  /**
   * Wu and Palmer's similarity of two synsets in any order: the greatest 2 D / (L1 + L2) over all
   * common ancestors, with D, L1 and L2 as in {@link #wuPalmer}. NaN where there is none.
   */
  public double wuPalmerSymmetric(int a, int b) {
    double best = rooted(a, b) ? 2.0 / (far[a] + far[b] + 4) : Double.NaN;
    int i = start[a];
    int j = start[b];
    while (i < start[a + 1] && j < start[b + 1]) {
      int x = ancestor[i];
      int y = ancestor[j];
      if (x == y) {
        double depth = maxDepth[x] + 1.0;
        double s = 2 * depth / (distance[i] + distance[j] + 2 * depth);
        best = Double.isNaN(best) || s > best ? s : best;
      }
      i += x <= y ? 1 : 0;
      j += y <= x ? 1 : 0;
    }
    return best;
  }
}
