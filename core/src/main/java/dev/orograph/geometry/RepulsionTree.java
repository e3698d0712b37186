package dev.orograph.geometry;

import java.util.Arrays;

/**
 * What all points of a plane together push each one with, where two at distance r push with r / (1
 * + r^2)^2: cells of a quadtree that are seen under less than {@value #ANGLE} count as one point at
 * their centre of mass. Nodes lie in the order in which they are visited, each with the number of
 * the node to go on with when it is not entered, and points lie sorted along the tree. Up to
 * {@value #GROUP} that lie together go through it at once: a cell must be seen small from
 * everywhere in the box around them, so that each sees it at least as exactly as if it went alone.
 *
 * <p>Source: Barnes & Hut 1986; van der Maaten 2014.
 */
final class RepulsionTree {
  private static final double ANGLE = 0.8;
  private static final int LEAF = 6;

  /** Most points of a group. */
  private static final int GROUP = 128;

  /** Bits of each coordinate, so that both and the point's number fit into a positive long. */
  private static final int BITS = 19;

  private static final int NUMBER_BITS = 24;

  /** Bits of a cell that a pass of sorting looks at; an even number of passes sees all. */
  private static final int DIGIT_BITS = 10;

  private static final long DIGITS = (1 << DIGIT_BITS) - 1;
  private static final int PASSES = 4;

  private final int n;
  private final long[] keys;
  private final long[] spare;
  private final double[] x;
  private final double[] y;
  private final int[] points;
  private int nodes;
  private int groups;

  /** Where groups begin, and where the last ends. */
  private int[] starts = new int[1];

  private double[] centreX = new double[0];
  private double[] centreY = new double[0];
  private double[] reach = new double[0];
  private int[] from = new int[0];
  private int[] to = new int[0];
  private int[] skip = new int[0];
  private boolean[] leaf = new boolean[0];

  RepulsionTree(int n) {
    this.n = n;
    keys = new long[n];
    spare = new long[n];
    x = new double[n];
    y = new double[n];
    points = new int[n];
  }

  /** Which point stands at a place of the tree's order. */
  int point(int place) {
    return points[place];
  }

  /** Takes the points anew. */
  void build(double[] px, double[] py) {
    double lowX = Double.POSITIVE_INFINITY;
    double lowY = lowX;
    double highX = Double.NEGATIVE_INFINITY;
    double highY = highX;
    for (int i = 0; i < n; i++) {
      lowX = Math.min(lowX, px[i]);
      lowY = Math.min(lowY, py[i]);
      highX = Math.max(highX, px[i]);
      highY = Math.max(highY, py[i]);
    }
    double side = Math.max(Math.max(highX - lowX, highY - lowY), Double.MIN_NORMAL);
    // Places on a grid, their bits in turn, then the point's number: sorted, they are the tree.
    double cells = (1 << BITS) * (1 - 1e-9) / side;
    for (int i = 0; i < n; i++) {
      long cell =
          spread((long) ((px[i] - lowX) * cells)) | spread((long) ((py[i] - lowY) * cells)) << 1;
      keys[i] = cell << NUMBER_BITS | i;
    }
    sort();
    for (int s = 0; s < n; s++) {
      points[s] = (int) (keys[s] & (1 << NUMBER_BITS) - 1);
      x[s] = px[points[s]];
      y[s] = py[points[s]];
    }
    nodes = 0;
    split(0, n, BITS, side);
    group();
  }

  /** The largest cells of few points; those that are one place are cut anywhere. */
  private void group() {
    groups = 0;
    for (int node = 0; node < nodes; ) {
      int count = to[node] - from[node];
      if (count > GROUP && !leaf[node]) {
        node++;
        continue;
      }
      for (int s = from[node]; s < to[node]; s += GROUP) {
        if (groups + 1 == starts.length) {
          starts = Arrays.copyOf(starts, 2 * starts.length);
        }
        starts[groups++] = s;
      }
      node = skip[node];
    }
    starts[groups] = n;
  }

  /** By cell, some bits at a time from the lowest on; those of one cell stay in their order. */
  private void sort() {
    long[] from = keys;
    long[] to = spare;
    for (int pass = 0; pass < PASSES; pass++) {
      int shift = NUMBER_BITS + pass * DIGIT_BITS;
      int[] places = new int[(1 << DIGIT_BITS) + 1];
      for (long key : from) {
        places[(int) ((key >>> shift) & DIGITS) + 1]++;
      }
      for (int digit = 0; digit < DIGITS; digit++) {
        places[digit + 1] += places[digit];
      }
      for (long key : from) {
        to[places[(int) ((key >>> shift) & DIGITS)]++] = key;
      }
      long[] sorted = to;
      to = from;
      from = sorted;
    }
  }

  private static long spread(long v) {
    long s = v;
    s = (s | s << 16) & 0x0000ffff0000ffffL;
    s = (s | s << 8) & 0x00ff00ff00ff00ffL;
    s = (s | s << 4) & 0x0f0f0f0f0f0f0f0fL;
    s = (s | s << 2) & 0x3333333333333333L;
    return (s | s << 1) & 0x5555555555555555L;
  }

  private void split(int begin, int end, int bits, double side) {
    int node = nodes++;
    room(node);
    double sumX = 0;
    double sumY = 0;
    for (int s = begin; s < end; s++) {
      sumX += x[s];
      sumY += y[s];
    }
    centreX[node] = sumX / (end - begin);
    centreY[node] = sumY / (end - begin);
    reach[node] = side * side / (ANGLE * ANGLE);
    from[node] = begin;
    to[node] = end;
    leaf[node] = end - begin <= LEAF || bits == 0;
    if (!leaf[node]) {
      int shift = NUMBER_BITS + 2 * (bits - 1);
      int at = begin;
      for (int quarter = 0; quarter < 4; quarter++) {
        int next = at;
        while (next < end && (keys[next] >>> shift & 3) == quarter) {
          next++;
        }
        if (next > at) {
          split(at, next, bits - 1, side / 2);
        }
        at = next;
      }
    }
    skip[node] = nodes;
  }

  private void room(int node) {
    if (node == leaf.length) {
      int more = Math.max(1024, 2 * node);
      centreX = Arrays.copyOf(centreX, more);
      centreY = Arrays.copyOf(centreY, more);
      reach = Arrays.copyOf(reach, more);
      from = Arrays.copyOf(from, more);
      to = Arrays.copyOf(to, more);
      skip = Arrays.copyOf(skip, more);
      leaf = Arrays.copyOf(leaf, more);
    }
  }

  /** How many groups of neighbouring places there are; each point is in one. */
  int groups() {
    return groups;
  }

  /** What the others push the points of a group with. */
  void push(int group, Push sum) {
    sum.start(starts[group], starts[group + 1]);
    for (int node = 0; node < nodes; ) {
      boolean around = from[node] <= sum.from && sum.to <= to[node];
      if (!around && sum.square(centreX[node], centreY[node]) > reach[node]) {
        sum.add(centreX[node], centreY[node], to[node] - from[node]);
        node = skip[node];
      } else if (leaf[node]) {
        for (int s = from[node]; s < to[node]; s++) {
          sum.add(x[s], y[s], 1);
        }
        node = skip[node];
      } else {
        node++;
      }
    }
    sum.flush();
  }

  /**
   * One thread's group: places from the middle of its box and sums, all in float32, whose rounding
   * is far below what a cell's centre leaves out.
   */
  final class Push {
    private static final int SOURCES = 256;

    private final float[] placeX = new float[GROUP];
    private final float[] placeY = new float[GROUP];
    private final float[] forceX = new float[GROUP];
    private final float[] forceY = new float[GROUP];
    private final float[] close = new float[GROUP];
    private final float[] sourceX = new float[SOURCES];
    private final float[] sourceY = new float[SOURCES];
    private final float[] weights = new float[SOURCES];
    private int sources;
    private int from;
    private int to;
    private double lowX;
    private double highX;
    private double lowY;
    private double highY;
    private double middleX;
    private double middleY;

    private void start(int begin, int end) {
      from = begin;
      to = end;
      lowX = Double.POSITIVE_INFINITY;
      lowY = lowX;
      highX = Double.NEGATIVE_INFINITY;
      highY = highX;
      for (int s = begin; s < end; s++) {
        lowX = Math.min(lowX, x[s]);
        lowY = Math.min(lowY, y[s]);
        highX = Math.max(highX, x[s]);
        highY = Math.max(highY, y[s]);
      }
      middleX = (lowX + highX) / 2;
      middleY = (lowY + highY) / 2;
      for (int s = begin; s < end; s++) {
        placeX[s - begin] = (float) (x[s] - middleX);
        placeY[s - begin] = (float) (y[s] - middleY);
      }
      Arrays.fill(forceX, 0);
      Arrays.fill(forceY, 0);
      Arrays.fill(close, 0);
    }

    /** Squared distance of a place from the box of the group. */
    private double square(double px, double py) {
      double dx = Math.max(0, Math.max(lowX - px, px - highX));
      double dy = Math.max(0, Math.max(lowY - py, py - highY));
      return dx * dx + dy * dy;
    }

    private void add(double px, double py, int weight) {
      if (sources == SOURCES) {
        flush();
      }
      sourceX[sources] = (float) (px - middleX);
      sourceY[sources] = (float) (py - middleY);
      weights[sources++] = weight;
    }

    private void flush() {
      for (int s = 0; s < sources; s++) {
        push(placeX, placeY, forceX, forceY, close, to - from, sourceX[s], sourceY[s], weights[s]);
      }
      sources = 0;
    }

    /** The first place of the group in the tree's order. */
    int from() {
      return from;
    }

    /** The place after its last. */
    int to() {
      return to;
    }

    /** What pushes the point at a place to the right. */
    double x(int place) {
      return forceX[place - from];
    }

    /** What pushes it up. */
    double y(int place) {
      return forceY[place - from];
    }

    /** The sum of 1 / (1 + r^2) over all other points; its own, which is 1, was added as well. */
    double near(int place) {
      return close[place - from] - 1.0;
    }
  }

  /** Without a branch or a sum over its steps, so that compilers make vector instructions of it. */
  private static void push(
      float[] px,
      float[] py,
      float[] fx,
      float[] fy,
      float[] near,
      int n,
      float sx,
      float sy,
      float weight) {
    for (int i = 0; i < n; i++) {
      float dx = px[i] - sx;
      float dy = py[i] - sy;
      float q = 1 / (1 + dx * dx + dy * dy);
      float w = weight * q;
      float f = w * q;
      near[i] += w;
      fx[i] += f * dx;
      fy[i] += f * dy;
    }
  }
}
