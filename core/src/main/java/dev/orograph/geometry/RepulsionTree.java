package dev.orograph.geometry;

import java.util.Arrays;

/**
 * What all points of a plane together push each one with, where two at distance r push with r / (1
 * + r^2)^2: cells of a quadtree that are seen under less than {@value #ANGLE} count as one point at
 * their centre of mass. Nodes lie in the order in which they are visited, each with the number of
 * the node to go on with when it is not entered, and points lie sorted along the tree.
 *
 * <p>Source: Barnes & Hut 1986; van der Maaten 2014.
 */
final class RepulsionTree {
  private static final double ANGLE = 0.8;
  private static final int LEAF = 6;

  /** Bits of each coordinate, so that both and the point's number fit into a positive long. */
  private static final int BITS = 19;

  private static final int NUMBER_BITS = 24;

  private final int n;
  private final long[] keys;
  private final double[] x;
  private final double[] y;
  private final int[] points;
  private int nodes;
  private double[] centreX = new double[0];
  private double[] centreY = new double[0];
  private double[] reach = new double[0];
  private int[] from = new int[0];
  private int[] to = new int[0];
  private int[] skip = new int[0];
  private boolean[] leaf = new boolean[0];

  /** What one point is pushed with. */
  static final class Push {
    double x;
    double y;

    /** The sum of 1 / (1 + r^2) over all other points. */
    double near;
  }

  RepulsionTree(int n) {
    this.n = n;
    keys = new long[n];
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
    Arrays.sort(keys);
    for (int s = 0; s < n; s++) {
      points[s] = (int) (keys[s] & (1 << NUMBER_BITS) - 1);
      x[s] = px[points[s]];
      y[s] = py[points[s]];
    }
    nodes = 0;
    split(0, n, BITS, side);
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

  /** What the others push the point at that place of the order with. */
  void push(int place, Push sum) {
    double px = x[place];
    double py = y[place];
    double fx = 0;
    double fy = 0;
    double near = 0;
    for (int node = 0; node < nodes; ) {
      double dx = px - centreX[node];
      double dy = py - centreY[node];
      double square = dx * dx + dy * dy;
      if (square > reach[node]) {
        double q = 1 / (1 + square);
        double weight = (to[node] - from[node]) * q;
        near += weight;
        fx += weight * q * dx;
        fy += weight * q * dy;
        node = skip[node];
      } else if (leaf[node]) {
        for (int s = from[node]; s < to[node]; s++) {
          if (s != place) {
            double ex = px - x[s];
            double ey = py - y[s];
            double q = 1 / (1 + ex * ex + ey * ey);
            near += q;
            fx += q * q * ex;
            fy += q * q * ey;
          }
        }
        node = skip[node];
      } else {
        node++;
      }
    }
    sum.x = fx;
    sum.y = fy;
    sum.near = near;
  }
}
