package dev.orograph.instrument.weights;

import dev.orograph.instrument.weights.SpectrumFigures.Figures;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The shuffled copies that a matrix is set against: its own, or where it has none those of matrices
 * of its component and shape.
 */
final class SpectraNulls {
  private final Map<List<Object>, List<Figures>> byKind = new HashMap<>();

  SpectraNulls(List<SpectrumFigures> results) {
    for (SpectrumFigures r : results) {
      byKind.computeIfAbsent(kind(r), k -> new ArrayList<>()).addAll(r.shuffled());
    }
  }

  private static List<Object> kind(SpectrumFigures r) {
    return List.of(
        r.task().place().component(), r.task().detail().rows(), r.task().detail().columns());
  }

  /** A figure of every copy that this matrix is set against, where it exists. */
  List<Double> of(SpectrumFigures r, Function<Figures, Double> figure) {
    List<Figures> copies = r.shuffled().isEmpty() ? byKind.get(kind(r)) : r.shuffled();
    return copies.stream().map(figure).filter(SpectraColumns::finite).toList();
  }
}
