package dev.orograph.instrument.weights;

import dev.orograph.geometry.Spectrum;
import dev.orograph.instrument.Task;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.SingularValues;
import dev.orograph.random.Generator;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The spectrum of one update of low rank, and of products of its shuffled factors.
 *
 * @param task which update
 * @param nonFinite NaN and infinite entries of the factors; above 0 there is no spectrum
 * @param values singular values of {@code scale B A}, as many as its rank; empty without a spectrum
 * @param stableRanks stable ranks of the products of shuffled factors
 * @param effectiveRanks effective ranks of them
 * @param updated the base's matrix and what becomes of it; null without one
 */
record LowRankFigures(
    Task<LowRankPair> task,
    long nonFinite,
    List<Double> values,
    List<Double> stableRanks,
    List<Double> effectiveRanks,
    UpdatedMatrix updated)
    implements Serializable {

  static LowRankFigures of(
      Task<LowRankPair> task, double[] a, double[] b, Generator generator, Runnable step) {
    long broken = nonFinite(a) + nonFinite(b);
    if (broken > 0) {
      return new LowRankFigures(task, broken, List.of(), List.of(), List.of(), null);
    }
    LowRankPair pair = task.detail();
    double[] s = values(task, a, b);
    List<Double> own = new ArrayList<>();
    for (double v : s) {
      own.add(pair.scale() * v);
    }
    List<Double> stable = new ArrayList<>();
    List<Double> effective = new ArrayList<>();
    for (int i = 0; i < pair.draws() && s[0] > 0; i++) {
      step.run();
      generator.shuffle(a);
      generator.shuffle(b);
      Spectrum copy = new Spectrum(values(task, a, b));
      stable.add(copy.stableRank());
      effective.add(copy.effectiveRank());
    }
    return new LowRankFigures(task, 0, own, stable, effective, null);
  }

  /** The same with what becomes of the base's matrix. */
  LowRankFigures with(UpdatedMatrix matrix) {
    return new LowRankFigures(task, nonFinite, values, stableRanks, effectiveRanks, matrix);
  }

  private static double[] values(Task<LowRankPair> task, double[] a, double[] b) {
    LowRankPair p = task.detail();
    return SingularValues.ofProduct(
        Entries.of((int) p.rows(), p.rank(), b),
        Entries.of(p.rank(), (int) p.columns(), a),
        task.nativeThreads());
  }

  private static long nonFinite(double[] values) {
    long n = 0;
    for (double v : values) {
      n += Double.isFinite(v) ? 0 : 1;
    }
    return n;
  }

  /** Whether it changes anything: an adapter's B is zero where training starts. */
  boolean updates() {
    return !values.isEmpty() && values.get(0) > 0;
  }

  private Spectrum spectrum() {
    return updates()
        ? new Spectrum(values.stream().mapToDouble(Double::doubleValue).toArray())
        : null;
  }

  Double frobenius() {
    return values.isEmpty() ? null : updates() ? (Double) spectrum().frobenius() : (Double) 0.0;
  }

  Double largest() {
    return values.isEmpty() ? null : values.get(0);
  }

  Double stableRank() {
    return updates() ? (Double) spectrum().stableRank() : null;
  }

  Double effectiveRank() {
    return updates() ? (Double) spectrum().effectiveRank() : null;
  }
}
