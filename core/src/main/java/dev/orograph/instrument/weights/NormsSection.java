package dev.orograph.instrument.weights;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Boxes;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.instrument.Card;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What the scales say: scalars by stack, quartiles by layer, one row per tensor. */
final class NormsSection {
  private final Card card;
  private final WeightSettings settings;
  private final List<NormFigures> all;
  private final List<NormFigures> measured;
  private final List<Finding> findings = new ArrayList<>();

  NormsSection(Card card, WeightSettings settings, List<NormFigures> results) {
    this.card = card;
    this.settings = settings;
    this.all = results;
    this.measured = results.stream().filter(r -> r.mean() != null).toList();
  }

  Section section() {
    long broken = all.stream().mapToLong(NormFigures::nonFinite).sum();
    if (broken > 0) {
      NormFigures first = all.stream().filter(r -> r.nonFinite() > 0).findFirst().orElseThrow();
      findings.add(
          new Note(
              "norms.non_finite",
              "NaN or infinity",
              broken
                  + " entries are NaN, infinite or beyond float32 and are left out; the first are in"
                  + " '"
                  + first.task().label()
                  + "'."));
    }
    long more = all.stream().filter(r -> r.offset() != 0).count();
    if (more > 0) {
      findings.add(
          new Note(
              "norms.stored_less_one",
              "Stored less one",
              (more == all.size() ? "The scales" : more + " of " + all.size() + " scales")
                  + " are stored less one in this family: the figures are of what the norms"
                  + " multiply with, one more than what is stored."));
    }
    Groups.byStack(measured, NormFigures::task).forEach(this::stack);
    layers();
    findings.add(Table.of(NormColumns.SCALES, "Every scale", NormColumns.columns(), all));
    if (settings.sound()) {
      findings.add(NormColumns.entries(measured));
    }
    return card.section(summary(), findings);
  }

  private String summary() {
    if (measured.isEmpty()) {
      return "No scale holds a finite number.";
    }
    return Spelling.percent(share(measured, NormFigures::near))
        + " of the entries of "
        + measured.size()
        + " scales of normalisation lie between 0.8 and 1.2, "
        + Spelling.percent(share(measured, NormFigures::above))
        + " above 1.5 and "
        + Spelling.percent(share(measured, NormFigures::below))
        + " below 0.5. Before training all are 1.";
  }

  private static double share(List<NormFigures> of, Function<NormFigures, Long> count) {
    return (double) of.stream().mapToLong(count::apply).sum()
        / of.stream().mapToLong(NormFigures::count).sum();
  }

  private void stack(String stack, List<NormFigures> scales) {
    List<Double> means = scales.stream().map(NormFigures::mean).toList();
    List<Double> spreads = scales.stream().map(NormFigures::deviation).toList();
    figure(stack, NormColumns.MEAN.name(), NormColumns.MEAN.words(), Samples.meanOf(means), 1);
    figure(stack, "std", "standard deviation within a scale", Samples.meanOf(spreads), 0);
    share(stack, scales, "near_1", "between 0.8 and 1.2", NormFigures::near, 1);
    share(stack, scales, "above_1_5", "above 1.5", NormFigures::above, 0);
    share(stack, scales, "below_0_5", "below 0.5", NormFigures::below, 0);
  }

  private void share(
      String stack,
      List<NormFigures> scales,
      String name,
      String words,
      Function<NormFigures, Long> of,
      double start) {
    Estimate e = Estimate.of(share(scales, of));
    figure(stack, name, "share of entries " + words, e, start);
  }

  private void figure(String stack, String name, String words, Estimate e, double start) {
    findings.add(
        Scalar.of(
            "norms." + stack + "." + name,
            stack + " norms: " + words,
            settings.sound() ? e.from(start) : e,
            e.value(),
            "1",
            null,
            "In the "
                + stack
                + " the "
                + words
                + " is "
                + Spelling.number(e.value())
                + "; training starts at "
                + Spelling.number(start)
                + ", which is no chance level."));
  }

  private void layers() {
    List<Boxes.Panel> panels = new ArrayList<>();
    Groups.by(measured, NormFigures::place)
        .forEach(
            (place, scales) -> {
              Map<String, Boxes.Box> boxes = new LinkedHashMap<>();
              scales.stream()
                  .filter(r -> r.task().place().layer() >= 0 && !r.quartiles().isEmpty())
                  .forEach(r -> boxes.putIfAbsent(label(r), box(r)));
              if (panels.size() < Groups.MOST_PANELS && !boxes.isEmpty()) {
                panels.add(new Boxes.Panel(place, List.copyOf(boxes.values())));
              }
            });
    if (!panels.isEmpty()) {
      findings.add(
          new Boxes(
              "norms.by_layer",
              "Scales by layer",
              Axis.ordinal("layer"),
              Axis.linear("scale"),
              panels,
              1.0,
              "Smallest, quartiles and largest of each scale; the grey line is 1, where training"
                  + " starts."));
    }
  }

  private static String label(NormFigures r) {
    return Integer.toString(r.task().place().layer());
  }

  private static Boxes.Box box(NormFigures r) {
    List<Double> q = r.quartiles();
    return new Boxes.Box(
        label(r), r.min(), q.get(0), q.get(1), q.get(2), r.max(), r.count(), r.mean());
  }
}
