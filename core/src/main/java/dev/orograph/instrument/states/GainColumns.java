package dev.orograph.instrument.states;

import dev.orograph.finding.Figure;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.states.GainFigures.Norms;
import dev.orograph.instrument.states.GainFigures.Stream;
import dev.orograph.stats.Samples;
import java.util.List;
import java.util.function.BiFunction;

/** The three gains, the figures of H25 and the columns of their table. */
public final class GainColumns {
  /** A row per stack and definition. */
  public static final String H25 = "gain.h25";

  /** From this rho on H25 predicts damping. */
  static final double THRESHOLD = 0.2;

  /** What an interval says that holds 1. */
  public static final String UNDECIDED = "UNDECIDED";

  /** A way to take the gain at the end. */
  public record Definition(
      String id, String about, boolean sound, BiFunction<Norms, Stream, Double> of) {}

  public static final List<Definition> DEFINITIONS =
      List.of(
          new Definition(
              "with_final_norm",
              "h[-1] / h[-2], across the last block and, where there is one, the final norm",
              false,
              Norms::withFinalNorm),
          new Definition(
              "seed_004",
              "h[-2] / h[-3], which seed 004 calls the true gain",
              false,
              Norms::seed004),
          new Definition(
              "last_block",
              "the last block's own output over its input",
              true,
              (n, s) -> n.lastBlock()));

  /** A line of the table of definitions. */
  public record Line(Stream s, Definition d, List<Double> values) {
    Double mean() {
      return values.isEmpty() ? null : Samples.mean(values);
    }

    String verdict() {
      List<Double> i = d.sound() && values.size() > 1 ? Samples.meanOf(values).interval() : null;
      return values.isEmpty()
          ? "undefined"
          : i != null && i.get(0) <= 1 && i.get(1) >= 1 ? UNDECIDED : word(mean() < 1);
    }

    String hit() {
      return values.isEmpty()
          ? "undefined"
          : verdict().equals(UNDECIDED)
              ? "undecided"
              : verdict().equals(predicted(s)) ? "hit" : "miss";
    }
  }

  /** Which gain a row is about. */
  public static final Figure<Line> DEFINITION =
      figure(
          "definition",
          "definition",
          "which gain; the first two are the reference notebooks'",
          l -> l.d().id());

  /** The gain. */
  public static final Figure<Line> GAIN = figure("gain", "gain", "mean over prompts", Line::mean);

  /** Whether it dampens or expands. */
  public static final Figure<Line> VERDICT =
      figure(
          "verdict",
          "verdict",
          "DAMPEN below 1, EXPAND from 1 on; the last block's own is UNDECIDED where its interval holds 1",
          Line::verdict);

  /** Density of heads. */
  public static final Figure<Line> RHO =
      figure("rho", "rho", "heads / (width / heads)", l -> l.s().rho());

  /** Depth of the stack. */
  public static final Figure<Line> LAYERS =
      figure("layers", "layers", "blocks of the stack", l -> (long) l.s().layers());

  /** What H25 says. */
  public static final Figure<Line> PREDICTED =
      figure("predicted", "predicted", "DAMPEN where rho is at least 0.2", l -> predicted(l.s()));

  /** Whether H25 is right. */
  public static final Figure<Line> HIT =
      figure("h25", "H25", "whether verdict and prediction agree", Line::hit);

  private GainColumns() {}

  private static Figure<Line> figure(
      String name, String words, String about, java.util.function.Function<Line, ?> of) {
    return Figure.of(H25, name, words, about, of);
  }

  static String word(boolean dampens) {
    return dampens ? "DAMPEN" : "EXPAND";
  }

  static String predicted(Stream s) {
    return word(s.rho() >= THRESHOLD);
  }

  static List<Column<Line>> columns() {
    return List.of(
        new Column<Line>("stack", "which stack", l -> l.s().stack()),
        DEFINITION.column(),
        new Column<>("about", "what it spans", l -> l.d().about()),
        GAIN.column(),
        new Column<>(
            "median",
            "median over prompts",
            l -> l.values().isEmpty() ? null : Samples.median(l.values())),
        new Column<>(
            "sd",
            "standard deviation over prompts, n - 1",
            l -> l.values().size() < 2 ? null : Samples.deviation(l.values())),
        new Column<>("prompts", "how many", l -> (long) l.values().size()),
        VERDICT.column(),
        RHO.column(),
        LAYERS.column(),
        PREDICTED.column(),
        HIT.column());
  }
}
