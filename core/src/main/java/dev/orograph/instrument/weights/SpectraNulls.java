package dev.orograph.instrument.weights;

import dev.orograph.instrument.weights.SpectrumFigures.Figures;
import dev.orograph.stats.PairedMean;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The shuffled copies that a matrix is set against: its own, or where it has none those of matrices
 * of its component and shape, brought to its scale.
 */
final class SpectraNulls {
  private final Map<List<Object>, List<SpectrumFigures>> byKind = new HashMap<>();
  private final Map<List<Object>, Optional<Double>> spreads = new HashMap<>();

  SpectraNulls(List<SpectrumFigures> results) {
    for (SpectrumFigures r : results) {
      byKind.computeIfAbsent(kind(r), k -> new ArrayList<>()).add(r);
    }
  }

  private static List<Object> kind(SpectrumFigures r) {
    return List.of(
        r.task().place().component(), r.task().detail().rows(), r.task().detail().columns());
  }

  /** A figure of every copy that this matrix is set against, where it exists. */
  List<Double> of(SpectrumFigures r, Function<Figures, Double> figure) {
    List<Figures> copies = r.shuffled();
    if (copies.isEmpty() && r.own() != null) {
      copies =
          byKind.get(kind(r)).stream()
              .flatMap(o -> o.shuffled().stream())
              .map(f -> f.frobenius() > 0 ? f.times(r.own().frobenius() / f.frobenius()) : f)
              .toList();
    }
    return copies.stream().map(figure).filter(SpectraColumns::finite).toList();
  }

  /** Matrices of one component and shape that have the figure, each against its copies. */
  PairedMean paired(List<SpectrumFigures> members, Function<Figures, Double> figure) {
    PairedMean test = new PairedMean();
    for (SpectrumFigures r : members) {
      Double own = figure.apply(r.own());
      List<Double> copies = of(r, figure);
      if (SpectraColumns.finite(own) && !copies.isEmpty()) {
        if (r.shuffled().isEmpty()) {
          test.borrow(own, Samples.mean(copies));
        } else {
          test.add(own, copies);
        }
      }
    }
    return test;
  }

  /**
   * Deviation of a figure among the copies of a matrix, pooled over those of its component and
   * shape; null where none has two.
   */
  Double spread(SpectrumFigures r, Function<Figures, Double> figure) {
    // One pass over a kind for each figure, not one for each of its matrices.
    return spreads
        .computeIfAbsent(List.of(kind(r), figure), k -> Optional.ofNullable(pooled(r, figure)))
        .orElse(null);
  }

  private Double pooled(SpectrumFigures r, Function<Figures, Double> figure) {
    double squares = 0;
    int degrees = 0;
    for (SpectrumFigures o : byKind.get(kind(r))) {
      List<Double> copies = SpectraColumns.nulls(o, figure);
      if (copies.size() > 1) {
        squares += Math.pow(Samples.deviation(copies), 2) * (copies.size() - 1);
        degrees += copies.size() - 1;
      }
    }
    return degrees == 0 ? null : (Double) Math.sqrt(squares / degrees);
  }
}
