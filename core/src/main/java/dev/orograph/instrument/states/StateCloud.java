package dev.orograph.instrument.states;

import dev.orograph.geometry.Cka;
import dev.orograph.linalg.Gram;
import dev.orograph.model.forward.State;
import dev.orograph.stats.Quantiles;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One state over all sequences that are read, gathered one by one. */
final class StateCloud {
  private static final double FLOOR = 1e-8;

  private final String name;
  private final Integer tuple;
  private final int d;
  private final List<double[]> rows = new ArrayList<>();
  private final List<Double> norms = new ArrayList<>();
  private final List<Double> means = new ArrayList<>();
  private final List<Double> deviations = new ArrayList<>();
  private final List<Double> cosines = new ArrayList<>();
  private final List<Double> cosineDeviations = new ArrayList<>();
  private StateFigures.Massive largest;

  StateCloud(String name, Integer tuple, int d) {
    this.name = name;
    this.tuple = tuple;
    this.d = d;
  }

  /** Takes one sequence in. */
  void add(Reading reading, State state) {
    double[] x = state.sequence(0);
    double[] n = GainFigures.norms(state);
    Arrays.stream(n).forEach(norms::add);
    means.add(mean(n));
    deviations.add(deviation(n));
    if (n.length > 1) {
      double[] all = pairs(x, n);
      cosines.add(mean(all));
      cosineDeviations.add(deviation(all));
    }
    for (int i = 0; i < x.length; i++) {
      if (largest == null || Math.abs(x[i]) > Math.abs(largest.value())) {
        // A decoder's own ids may be longer than the encoder's; the place says enough there.
        int token = i / d < reading.ids().size() ? reading.ids().get(i / d) : -1;
        largest = new StateFigures.Massive(i % d, i / d, token, x[i], null);
      }
    }
    for (int t = 0; t < n.length && rows.size() < ForwardInstrument.MOST_POSITIONS; t++) {
      rows.add(Arrays.copyOfRange(x, t * d, (t + 1) * d));
    }
  }

  /** Cosines of all pairs of positions. */
  private double[] pairs(double[] x, double[] n) {
    double[] products = Gram.ofRows(x, n.length, d);
    double[] cosines = new double[n.length * (n.length - 1) / 2];
    int at = 0;
    for (int a = 0; a < n.length; a++) {
      for (int b = a + 1; b < n.length; b++) {
        cosines[at++] = products[a * n.length + b] / ((n[a] + FLOOR) * (n[b] + FLOOR));
      }
    }
    return cosines;
  }

  int positions() {
    return rows.size();
  }

  /** Its figures; needs one sequence. */
  StateFigures.Layer layer() {
    double[] n = norms.stream().mapToDouble(Double::doubleValue).toArray();
    double mean = mean(n);
    double spread = deviation(n);
    double outliers =
        Arrays.stream(n).filter(v -> Math.abs(v - mean) > spread).count() / (double) n.length;
    double range = Arrays.stream(n).max().orElseThrow() / Arrays.stream(n).min().orElseThrow();
    return new StateFigures.Layer(
        name,
        tuple,
        Samples.mean(means),
        Samples.mean(deviations),
        cosines.isEmpty() ? null : Samples.mean(cosines),
        cosineDeviations.isEmpty() ? null : Samples.mean(cosineDeviations),
        GainFigures.finite(range),
        outliers,
        spread,
        largest());
  }

  private StateFigures.Massive largest() {
    float[] sizes = new float[rows.size() * d];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = (float) Math.abs(rows.get(i / d)[i % d]);
    }
    Double over = GainFigures.finite(Math.abs(largest.value()) / Quantiles.of(sizes, 0.5)[0]);
    return new StateFigures.Massive(
        largest.dimension(), largest.position(), largest.token(), largest.value(), over);
  }

  /** Ready to be compared. */
  Cka cka() {
    double[] all = new double[rows.size() * d];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, all, i * d, d);
    }
    return Cka.of(all, rows.size(), d);
  }

  /** Inner product of a row of x with one of y. */
  static double dot(double[] x, int a, double[] y, int b, int d) {
    double sum = 0;
    for (int i = 0; i < d; i++) {
      sum += x[a * d + i] * y[b * d + i];
    }
    return sum;
  }

  private static double mean(double[] v) {
    return Arrays.stream(v).sum() / v.length;
  }

  private static double deviation(double[] v) {
    double mean = mean(v);
    return Math.sqrt(Arrays.stream(v).map(x -> (x - mean) * (x - mean)).sum() / v.length);
  }
}
