package dev.orograph.instrument.alignment.modulator;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.input.Text;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Measured;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Point;
import dev.orograph.stats.Bootstrap;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** What modulators did, in words and figures. */
final class ModulateSection {
  /** Of these alphas a parabola says what .29154 should give if it were nothing special. */
  private static final List<Double> AROUND = List.of(0.2, 0.25, 0.35, 0.4);

  private final Card card;
  private final ModulateSettings settings;
  private final List<ModulateFigures> results;
  private final String main;
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> summary = new ArrayList<>();

  ModulateSection(Card card, ModulateSettings settings, List<ModulateFigures> results) {
    this.card = card;
    this.settings = settings;
    this.results = results;
    this.main = Variant.main(settings);
  }

  Section section() {
    Optional<ModulateFigures> fault = results.stream().filter(r -> r.fault() != null).findFirst();
    if (fault.isPresent()) {
      return card.section(
          "There is no geometry to put in.",
          List.of(new Note("modulate.fault", "Too few words", fault.get().fault())));
    }
    if (!trainings(main, settings.start()).isEmpty()) {
      trained();
    }
    ModulateFigures first = results.get(0);
    if (first.after() != null) {
      measured(first);
    }
    special();
    notes();
    findings.addAll(new ModulateCharts(settings, results, main).all());
    if (summary.isEmpty()) {
      summary.add(
          first.said().isEmpty()
              ? "The modulator was measured at " + settings.alphas().size() + " alphas."
              : first.said().stream().filter(s -> s.differences() > 0).count()
                  + " of "
                  + first.said().size()
                  + " answers differ with the modulator.");
    }
    return card.section(String.join(" ", summary), findings);
  }

  private List<ModulateFigures> trainings(String variant, double start) {
    return results.stream()
        .filter(r -> r.trained() != null)
        .filter(r -> r.piece().variant().equals(variant) && r.piece().start() == start)
        .toList();
  }

  private static List<Double> of(
      List<ModulateFigures> runs, ToDoubleFunction<ModulateFigures> figure) {
    return runs.stream().map(r -> (Double) figure.applyAsDouble(r)).toList();
  }

  private void scalar(String id, String title, Estimate e, Double seed, String sentence) {
    if (Double.isFinite(e.value())) {
      findings.add(Scalar.of("modulate." + id, title, e, seed, "1", "modulate." + id, sentence));
    }
  }

  private static String number(Estimate e) {
    return Spelling.number(e.value())
        + (e.interval() == null
            ? ""
            : " ("
                + Spelling.number(e.interval().get(0))
                + " to "
                + Spelling.number(e.interval().get(1))
                + ")");
  }

  private void trained() {
    alpha("alpha", settings.start());
    for (double start : List.of(ModulateSettings.CONSTANT, 0.5)) {
      if (start != settings.start() && !trainings(main, start).isEmpty()) {
        alpha("alpha_from_" + start, start);
      }
    }
    List<ModulateFigures> own = trainings(main, settings.start());
    reach(own.get(0));
    Estimate gain = Samples.meanOf(of(own, r -> r.trained().frozen() - r.trained().loss()));
    scalar(
        "loss_gain",
        "held-out loss that training the modulator saves",
        gain,
        null,
        "Training takes the held-out loss from "
            + Spelling.number(Samples.mean(of(own, r -> r.trained().frozen())))
            + " nats without a modulator to "
            + Spelling.number(Samples.mean(of(own, r -> r.trained().loss())))
            + ", by "
            + number(gain)
            + ".");
    summary.add(
        "Trained beside the frozen model, the modulator changes the loss on words held out by "
            + number(Estimate.of(-gain.value()))
            + " nats per token.");
    for (String control :
        List.of(
            Variant.RANDOM,
            Variant.SHUFFLED,
            Variant.ALPHA_ONLY,
            Variant.LOW_RANK,
            Variant.FIELD)) {
      if (!control.equals(main)) {
        against(own, control);
      }
    }
  }

  /**
   * How far AdamW can take a logit: by steps as long as the rate, which they are about, and by
   * steps (1 - b1) / sqrt(1 - b2) = 3.16 times as long, the most there is (Kingma and Ba 2015,
   * section 2.1).
   */
  private void reach(ModulateFigures r) {
    if (main.equals(Variant.FIELD)) {
      return;
    }
    int epochs = settings.epochs();
    double rates = settings.rate() * r.trained().perEpoch() * (epochs + 1) / 2;
    double logit = Math.log(settings.start() / (1 - settings.start()));
    double most = 1 / (1 + Math.exp(-logit - rates));
    double longest = (1 - Course.FIRST) / Math.sqrt(1 - Course.SECOND);
    double limit = 1 / (1 + Math.exp(-logit - rates * longest));
    scalar(
        "alpha_reach",
        "alpha that the training can reach",
        Estimate.of(most),
        null,
        "A step of AdamW is about as long as the learning rate, and the rates of this training add up"
            + " to "
            + Spelling.number(rates)
            + ": from "
            + settings.start()
            + " alpha can get to about "
            + Spelling.number(most)
            + ", and to "
            + Spelling.number(limit)
            + " if every step were the longest there is, 3.16 rates"
            + (limit < ModulateSettings.CONSTANT
                ? ", so that 0.29154 is out of its reach whatever it would find."
                : "."));
  }

  private void alpha(String id, double start) {
    List<ModulateFigures> runs = trainings(main, start);
    Estimate e = Samples.meanOf(of(runs, r -> r.trained().alpha()));
    double a = e.value();
    String sentence =
        "From "
            + start
            + " alpha ends at "
            + number(e)
            + " on average over layers and "
            + runs.size()
            + (runs.size() == 1 ? " training" : " trainings")
            + ": "
            + Spelling.number(Math.abs(a - ModulateSettings.CONSTANT))
            + " from 0.29154, "
            + Spelling.number(Math.abs(a - 0.5))
            + " from 0.5, "
            + Spelling.number(Math.abs(a - (1 - ModulateSettings.CONSTANT)))
            + " from 0.70846.";
    scalar(id, "alpha after training from " + start, e, a, sentence);
    if (id.equals("alpha")) {
      summary.add(sentence);
    }
  }

  /** Control less main of one seed each, so that split and order are the same in both. */
  private void against(List<ModulateFigures> own, String control) {
    List<ModulateFigures> others = trainings(control, settings.start());
    List<Double> losses = new ArrayList<>();
    List<Double> relations = new ArrayList<>();
    for (ModulateFigures r : own) {
      others.stream()
          .filter(o -> o.piece().seed() == r.piece().seed())
          .findFirst()
          .ifPresent(
              o -> {
                losses.add(o.trained().loss() - r.trained().loss());
                if (o.after().nouns() != null && r.after().nouns() != null) {
                  relations.add(r.after().nouns().value() - o.after().nouns().value());
                }
              });
    }
    if (losses.isEmpty()) {
      return;
    }
    String id = control.replace(' ', '_');
    Estimate e = Samples.meanOf(losses);
    String verdict =
        e.interval() == null
            ? "too few trainings for an interval"
            : e.interval().get(0) > 0
                ? main + " is better"
                : e.interval().get(1) < 0 ? control + " is better" : "the two are not told apart";
    String sentence =
        "With "
            + control
            + " the loss on words held out is "
            + number(e)
            + " nats higher than with "
            + main
            + ", over "
            + losses.size()
            + " pairs of trainings: "
            + verdict
            + ".";
    scalar("geometry." + id, "loss with " + control + " less that with " + main, e, null, sentence);
    if (control.equals(Variant.RANDOM) || control.equals(Variant.SHUFFLED)) {
      summary.add(sentence);
    }
    if (!relations.isEmpty()) {
      Estimate r = Samples.meanOf(relations);
      scalar(
          "relations." + id,
          "correlation with WordNet over nouns, " + main + " less " + control,
          r,
          null,
          "Cosines of glosses correlate with path similarity by "
              + number(r)
              + " more with "
              + main
              + " than with "
              + control
              + ", both trained.");
    }
  }

  private void measured(ModulateFigures r) {
    Measured a = r.after();
    Measured b = r.before();
    String with = r.trained() == null ? "at alpha " + settings.start() : "after training";
    findings.add(
        Scalar.of(
                "modulate.preservation",
                "cosine of states with and without the modulator",
                Estimate.of(a.preservation()),
                a.preservation(),
                "1",
                "modulate.preservation",
                "The state of a gloss has cosine "
                    + Spelling.number(a.preservation())
                    + " with its own without the modulator, "
                    + with
                    + ".")
            .on(Scale.BOUNDED));
    if (a.cv() != null) {
      scalar(
          "cv",
          "CV of the volumes of five states",
          Estimate.of(a.cv()),
          a.cv(),
          "Volumes of five states vary by "
              + Spelling.number(a.cv())
              + " of their mean "
              + with
              + (b.cv() == null
                  ? "."
                  : ", and by " + Spelling.number(b.cv()) + " without the modulator."));
    }
    scalar(
        "pearson_gain",
        "correlation with path similarity, with less without the modulator",
        Estimate.of(a.pearson() - b.pearson()),
        a.pearson() - b.pearson(),
        "Over the notebook's pairs cosines correlate with path similarity at "
            + Spelling.number(a.pearson())
            + ", and at "
            + Spelling.number(b.pearson())
            + " without the modulator (ranks: "
            + Spelling.number(a.spearman())
            + " and "
            + Spelling.number(b.spearman())
            + ").");
    if (a.gain() != null) {
      scalar(
          "nouns_gain",
          "the same over all pairs of nouns",
          a.gain(),
          null,
          "Over all pairs of nouns it is "
              + number(a.nouns())
              + ", "
              + number(a.gain())
              + " more than without the modulator.");
    }
    summary.add(
        "Glosses keep a cosine of "
            + Spelling.number(a.preservation())
            + " with their states without it "
            + with
            + ".");
  }

  /** Whether .29154 stands out of its neighbours in a sweep. */
  private void special() {
    for (ModulateFigures r : results) {
      List<Point> around = r.sweep().stream().filter(p -> AROUND.contains(p.alpha())).toList();
      Optional<Point> at =
          r.sweep().stream().filter(p -> p.alpha() == ModulateSettings.CONSTANT).findFirst();
      if (around.size() < AROUND.size() || at.isEmpty() || at.get().measured().nouns() == null) {
        continue;
      }
      double[] weights = weights();
      Estimate e =
          Estimate.of(
              at.get().measured().nouns().value()
                  - IntStream.range(0, weights.length)
                      .mapToDouble(i -> weights[i] * around.get(i).measured().nouns().value())
                      .sum());
      List<Double> draws = at.get().measured().draws();
      if (around.stream().allMatch(p -> p.measured().draws().size() == draws.size())) {
        e =
            Bootstrap.around(
                e,
                IntStream.range(0, draws.size())
                    .mapToDouble(
                        d ->
                            draws.get(d)
                                - IntStream.range(0, weights.length)
                                    .mapToDouble(
                                        i -> weights[i] * around.get(i).measured().draws().get(d))
                                    .sum())
                    .toArray());
      }
      double low =
          r.sweep().stream().mapToDouble(p -> p.measured().nouns().value()).min().orElse(0);
      double high =
          r.sweep().stream().mapToDouble(p -> p.measured().nouns().value()).max().orElse(0);
      String id = "special." + r.piece().variant().replace(' ', '_');
      String sentence =
          String.format(
              Locale.ROOT,
              "At alpha 0.29154 the correlation over nouns is %s above the cubic through its"
                  + " neighbours in the sweep of %s, of a range of %s from the smallest alpha to the"
                  + " largest.",
              number(e),
              r.piece().variant(),
              Spelling.number(high - low));
      scalar(id, "how far 0.29154 stands out of its neighbours", e, null, sentence);
      if (r.piece().variant().equals(main)) {
        summary.add(sentence);
      }
    }
  }

  /** Lagrange's weights of the neighbours at .29154. */
  private static double[] weights() {
    double[] w = new double[AROUND.size()];
    for (int i = 0; i < w.length; i++) {
      w[i] = 1;
      for (int j = 0; j < w.length; j++) {
        if (j != i) {
          w[i] *= (ModulateSettings.CONSTANT - AROUND.get(j)) / (AROUND.get(i) - AROUND.get(j));
        }
      }
    }
    return w;
  }

  private void notes() {
    results.stream()
        .filter(r -> r.trained() != null && !r.trained().ended().isEmpty())
        .forEach(
            r ->
                findings.add(
                    new Note(
                        "modulate.ended." + r.piece().variant().replace(' ', '_'),
                        "A training ended early",
                        r.piece().label()
                            + (r.trained().ended().equals("diverged")
                                ? ": the loss or its gradient was no longer a number; figures are"
                                    + " those of step "
                                : ": the CV stayed outside its band; figures are those of step ")
                            + Text.grouped(r.trained().steps())
                            + " of "
                            + Text.grouped(r.trained().of())
                            + ".")));
    if (settings.asSeed()) {
      findings.add(
          new Note(
              "modulate.as_seed",
              "As the reference notebook trains",
              "The decoder reads at each place the token that it should write there, and scores lack"
                  + " T5's factor: losses are not comparable with those of a sound training, and the"
                  + " model need not look at the encoder to lower them."));
    }
    if (results.stream().anyMatch(r -> r.piece().variant().equals(Variant.FIELD))) {
      findings.add(
          new Note(
              "modulate.field",
              "What the field does not do",
              "The expert of k = 1 gives the same gate whatever the stream is: its two features are"
                  + " equal, and LayerNorm makes 0 of them. The notebook's validity is computed and"
                  + " changes nothing. Its CV check takes 8 dimensions, where a Gaussian has .61, so"
                  + " that no noise meets its band of .16 to .26."));
    }
  }
}
