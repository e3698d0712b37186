package dev.orograph.instrument.weights;

import dev.orograph.instrument.weights.SpectrumFigures.Figures;
import java.util.List;
import java.util.function.Function;

/**
 * A figure of a component.
 *
 * @param name last part of its id
 * @param words its name in sentences
 * @param below what it means to lie below the null
 * @param above what it means to lie above it
 * @param of the figure of one spectrum
 * @param seed whether the seed prints it
 * @param claim whether it claims something of its own, rather than the same in other words
 */
record SpectrumFigure(
    String name,
    String words,
    String below,
    String above,
    Function<Figures, Double> of,
    boolean seed,
    boolean claim) {
  private static final String FEWER = "it prefers fewer directions than chance";
  private static final String MORE = "it spreads over more directions than chance";

  /** All of them, in the order of the report. */
  static final List<SpectrumFigure> ALL =
      List.of(
          new SpectrumFigure(
              "stable_rank",
              "stable rank",
              "its strongest direction carries more than chance",
              "its strongest direction carries less than chance",
              Figures::stableRank,
              true,
              true),
          new SpectrumFigure(
              "effective_rank", "effective rank", FEWER, MORE, Figures::effectiveRank, false, true),
          new SpectrumFigure(
              "participation_ratio",
              "participation ratio",
              FEWER,
              MORE,
              Figures::participationRatio,
              true,
              false),
          new SpectrumFigure(
              "alpha",
              "power-law exponent",
              "its spectrum has a heavier tail than chance",
              "its spectrum has a lighter tail than chance",
              Figures::alpha,
              false,
              true),
          new SpectrumFigure(
              "spikes",
              "Marchenko-Pastur spikes",
              "fewer directions stand out than by chance",
              "these directions stand out of the noise",
              f -> (double) f.spikes(),
              false,
              true),
          new SpectrumFigure(
              "log10_spectral_norm",
              "log10 of s1",
              "its largest gain is smaller than chance",
              "its largest gain is beyond chance",
              f -> f.largest() > 0 ? Math.log10(f.largest()) : null,
              false,
              true),
          new SpectrumFigure(
              "rank90", "90 % rank", FEWER, MORE, f -> (double) f.rank90(), true, false),
          new SpectrumFigure(
              "active_share",
              "share of s above 1 % of s1",
              FEWER,
              MORE,
              Figures::activeShare,
              true,
              false),
          new SpectrumFigure(
              "condition",
              "condition number",
              "it is better conditioned than chance",
              "it is worse conditioned than chance",
              Figures::condition,
              true,
              false));
}
