package dev.orograph.instrument.weights;

import dev.orograph.finding.Figure;
import dev.orograph.instrument.weights.SpectrumFigures.Figures;
import dev.orograph.stats.Estimate;
import java.util.List;

/**
 * A figure of a component as a scalar.
 *
 * @param figure the figure of one spectrum
 * @param name last part of its id
 * @param below what it means to lie below the null
 * @param above what it means to lie above it
 * @param seed whether the seed prints it
 * @param claim whether it claims something of its own, rather than the same in other words
 */
record SpectrumFigure(
    Figure<Figures> figure, String name, String below, String above, boolean seed, boolean claim) {
  private static final String FEWER = "it prefers fewer directions than chance";
  private static final String MORE = "it spreads over more directions than chance";

  private SpectrumFigure(
      Figure<Figures> figure, String below, String above, boolean seed, boolean claim) {
    this(figure, figure.name(), below, above, seed, claim);
  }

  /** All of them, in the order of the report. */
  static final List<SpectrumFigure> ALL =
      List.of(
          new SpectrumFigure(
              SpectraColumns.STABLE_RANK,
              "its strongest direction carries more than chance",
              "its strongest direction carries less than chance",
              true,
              true),
          new SpectrumFigure(SpectraColumns.EFFECTIVE_RANK, FEWER, MORE, false, true),
          new SpectrumFigure(SpectraColumns.PARTICIPATION_RATIO, FEWER, MORE, true, false),
          new SpectrumFigure(
              SpectraColumns.ALPHA,
              "its spectrum has a heavier tail than chance",
              "its spectrum has a lighter tail than chance",
              false,
              true),
          new SpectrumFigure(
              SpectraColumns.SPIKES,
              "spikes",
              "fewer directions stand out than by chance",
              "these directions stand out of the noise",
              false,
              false),
          new SpectrumFigure(
              SpectraColumns.BEYOND,
              "fewer directions stand out than by chance",
              "these directions stand out of the noise",
              false,
              true),
          new SpectrumFigure(
              SpectraColumns.LOG10_SPECTRAL_NORM,
              "its largest gain is smaller than chance",
              "its largest gain is beyond chance",
              false,
              true),
          new SpectrumFigure(SpectraColumns.RANK90, FEWER, MORE, true, false),
          new SpectrumFigure(SpectraColumns.ACTIVE_SHARE, FEWER, MORE, true, false),
          new SpectrumFigure(
              SpectraColumns.CONDITION,
              "it is better conditioned than chance",
              "it is worse conditioned than chance",
              true,
              false));

  /** The same with an interval that lies in the figure's range, for a short side n. */
  Estimate inside(Estimate e, long n) {
    if (figure.equals(SpectraColumns.LOG10_SPECTRAL_NORM)) {
      return e;
    }
    if (figure.equals(SpectraColumns.ACTIVE_SHARE)) {
      return e.inside(0, 1);
    }
    boolean open = figure.equals(SpectraColumns.ALPHA) || figure.equals(SpectraColumns.CONDITION);
    double high = open ? Double.POSITIVE_INFINITY : n;
    return e.inside(count() ? 0 : 1, high);
  }

  /** Whether it counts what reaches over an edge. */
  boolean count() {
    return figure.equals(SpectraColumns.SPIKES) || figure.equals(SpectraColumns.BEYOND);
  }

  /** Its name in sentences. */
  String words() {
    return figure.words();
  }

  /** Its value of one spectrum; null where there is none. */
  Double of(Figures f) {
    return figure.number(f);
  }
}
