package dev.orograph.samples;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.random.Generator;
import dev.orograph.stats.Binomial;
import dev.orograph.stats.Bootstrap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * A model beside what needs no model, all measured on the same entries.
 *
 * @param title what is measured on which entries
 * @param measure of each entrant
 * @param entries how many
 * @param entrants the model first
 */
record Contest(String title, Measure measure, int entries, List<Entrant> entrants) {
  /** Samples of a bootstrap. */
  static final int DRAWS = 1000;

  /** What is measured. */
  enum Measure {
    /** exp of the nats per token. */
    PERPLEXITY("perplexity", "nats per token", "%,.2f", "%.3f"),
    /** Nats per byte by ln 2. */
    BITS("bits per byte", "nats per byte", "%,.3f", "%.3f"),
    /** Percent of entries that are right. */
    ACCURACY("right, %", "percentage points", "%,.1f", "%.1f");

    private final String unit;
    private final String leadUnit;
    private final String format;
    private final String leadFormat;

    Measure(String unit, String leadUnit, String format, String leadFormat) {
      this.unit = unit;
      this.leadUnit = leadUnit;
      this.format = format;
      this.leadFormat = leadFormat;
    }

    String unit() {
      return unit;
    }

    String leadUnit() {
      return leadUnit;
    }

    String format() {
      return format;
    }

    String leadFormat() {
      return leadFormat;
    }

    private double of(double mean) {
      return switch (this) {
        case PERPLEXITY -> Math.exp(mean);
        case BITS -> mean / Math.log(2);
        case ACCURACY -> 100 * mean;
      };
    }
  }

  /**
   * One of them.
   *
   * @param name of the model, or of what it is measured against
   * @param value in the unit of the measure
   * @param interval 95 %; null for fewer than two entries
   * @param lead 95 % interval of how much better the model is than this one, entry by entry; null
   *     for the model itself and for fewer than two entries
   */
  record Entrant(String name, double value, List<Double> interval, List<Double> lead) {
    /** What may be said of the model beside this one. */
    String verdict() {
      return lead == null || (lead.get(0) <= 0 && lead.get(1) >= 0)
          ? "not told apart"
          : lead.get(0) > 0 ? "the model is better" : "the model is WORSE";
    }
  }

  /**
   * By loss.
   *
   * @param tokens of each entry
   * @param losses of each entrant, the model first: nats of each entry
   */
  static Contest losses(
      String title, Measure measure, int[] tokens, Map<String, double[]> losses, long seed) {
    double[] model = losses.values().iterator().next();
    List<Entrant> all = new ArrayList<>();
    losses.forEach(
        (name, loss) ->
            all.add(
                new Entrant(
                    name,
                    measure.of(mean(loss, tokens, null)),
                    interval(tokens.length, seed, n -> measure.of(mean(loss, tokens, n))),
                    all.isEmpty()
                        ? null
                        : interval(
                            tokens.length,
                            seed,
                            n -> mean(loss, tokens, n) - mean(model, tokens, n)))));
    return new Contest(title, measure, tokens.length, List.copyOf(all));
  }

  /**
   * By right answers; intervals of shares are Wilson's.
   *
   * @param right of each entrant, the model first: 1 for an entry that is right, 0 for one that is
   *     not
   */
  static Contest answers(String title, Map<String, double[]> right, long seed) {
    double[] model = right.values().iterator().next();
    int[] ones = new int[model.length];
    Arrays.fill(ones, 1);
    List<Entrant> all = new ArrayList<>();
    right.forEach(
        (name, hits) ->
            all.add(
                new Entrant(
                    name,
                    Measure.ACCURACY.of(mean(hits, ones, null)),
                    Binomial.interval((int) Arrays.stream(hits).sum(), hits.length).stream()
                        .map(Measure.ACCURACY::of)
                        .toList(),
                    all.isEmpty()
                        ? null
                        : interval(
                            ones.length,
                            seed,
                            n -> 100 * (mean(model, ones, n) - mean(hits, ones, n))))));
    return new Contest(title, Measure.ACCURACY, model.length, List.copyOf(all));
  }

  private static List<Double> interval(int n, long seed, ToDoubleFunction<int[]> figure) {
    return n < 2
        ? null
        : Bootstrap.interval(n, DRAWS, Generator.keyed(seed, "samples", "evaluation"), figure);
  }

  /** Sum by tokens of entries that count so often; once each without counts. */
  private static double mean(double[] sums, int[] tokens, int[] counts) {
    double sum = 0;
    long count = 0;
    for (int i = 0; i < sums.length; i++) {
      int n = counts == null ? 1 : counts[i];
      sum += n * sums[i];
      count += (long) n * tokens[i];
    }
    return sum / count;
  }

  /** Writes it into a list of contests. */
  void into(ArrayNode list) {
    ObjectNode n = list.addObject();
    n.put("title", title).put("unit", measure.unit()).put("entries", entries);
    n.put("lead_unit", measure.leadUnit());
    ArrayNode rows = n.putArray("entrants");
    for (Entrant e : entrants) {
      ObjectNode row = rows.addObject().put("name", e.name()).put("value", e.value());
      numbers(row, "interval", e.interval());
      if (!e.equals(entrants.get(0))) {
        numbers(row, "lead_of_the_model", e.lead());
        row.put("verdict", e.verdict());
      }
    }
  }

  private static void numbers(ObjectNode row, String name, List<Double> interval) {
    if (interval != null) {
      interval.forEach(row.putArray(name)::add);
    }
  }
}
