package dev.orograph.instrument.weights;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Figure;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.weights.QkFigures.Draw;
import dev.orograph.instrument.weights.QkFigures.Head;
import dev.orograph.instrument.weights.QkFigures.Whole;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.PairedMean;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the query-key forms say: by place, by layer, by head. */
final class QkSection {
  private static final String SELF = "self_attn";

  /** Standard deviations from the null beyond which a head is said to stand apart. */
  private static final double APART = 4;

  /** Difference of two shares that makes none. */
  private static final double ALIKE = 0.05;

  private final Card card;
  private final WeightSettings settings;
  private final List<QkFigures> all;
  private final Map<String, List<QkFigures>> places;
  private final List<Finding> findings = new ArrayList<>();

  QkSection(Card card, WeightSettings settings, List<QkFigures> results) {
    this.card = card;
    this.settings = settings;
    this.all = results;
    this.places =
        results.stream()
            .collect(
                Collectors.groupingBy(r -> r.attention(), LinkedHashMap::new, Collectors.toList()));
  }

  Section section() {
    notes();
    places.forEach(
        (place, members) -> {
          if (members.get(0).task().place().component().equals(SELF)) {
            sound(place, members);
          }
          seed(place, members);
        });
    charts();
    findings.add(Table.of(QkColumns.LAYERS, "Every attention", QkColumns.ofLayers(), all));
    List<QkColumns.Row> rows = new ArrayList<>();
    all.forEach(r -> r.heads().forEach(h -> rows.add(new QkColumns.Row(r, h))));
    if (!rows.isEmpty()) {
      findings.add(Table.of(QkColumns.HEADS, "Every head", QkColumns.ofHeads(), rows));
    }
    return card.section(summary(), findings);
  }

  private String summary() {
    if (!settings.sound()) {
      return "Only the reference notebooks' figures were asked for; nothing here is set against chance.";
    }
    int heads = 0;
    int symmetric = 0;
    int antisymmetric = 0;
    for (QkFigures r : all) {
      if (r.task().place().component().equals(SELF)) {
        for (Head h : r.heads()) {
          Double z = QkColumns.z(r, h);
          heads += z != null ? 1 : 0;
          symmetric += z != null && z > APART ? 1 : 0;
          antisymmetric += z != null && z < -APART ? 1 : 0;
        }
      }
    }
    if (heads == 0) {
      return "No head of self-attention could be set against chance.";
    }
    return symmetric
        + " of "
        + heads
        + " heads of self-attention compare more symmetrically than with permuted inputs (more than "
        + Spelling.number(APART)
        + " deviations), "
        + antisymmetric
        + " more antisymmetrically. A symmetric head with positive energy above one half looks for"
        + " tokens like its own, in the directions that it sees; one below, for unlike ones.";
  }

  private void notes() {
    long broken = all.stream().filter(r -> r.nonFinite() > 0).count();
    if (broken > 0) {
      QkFigures first = all.stream().filter(r -> r.nonFinite() > 0).findFirst().orElseThrow();
      findings.add(
          new Note(
              "qk.non_finite",
              "Not measured: NaN or infinity",
              broken
                  + " attentions hold NaN or infinite weights; the first is "
                  + first.task().label()
                  + " with "
                  + first.nonFinite()
                  + "."));
    }
    all.stream()
        .filter(r -> !r.task().detail().obstacle().isEmpty())
        .findFirst()
        .ifPresent(
            r ->
                findings.add(
                    new Note(
                        "qk.obstacle",
                        "Not measured",
                        r.task().label()
                            + " and its like: "
                            + r.task().detail().obstacle()
                            + ".")));
    if (all.stream().anyMatch(r -> r.task().detail().heads() == 0 && r.whole() != null)) {
      findings.add(
          new Note(
              "qk.heads_unknown",
              "Heads not known",
              "The configuration does not say how many heads there are, so only the reference notebooks' product"
                  + " of whole matrices was measured."));
    }
    if (all.stream()
        .anyMatch(r -> r.task().detail().obstacle().isEmpty() && !r.task().detail().seed())) {
      findings.add(
          new Note(
              "qk.no_whole",
              "Seed's product left out",
              "Some products of whole matrices do not fit into the memory budget; heads were"
                  + " measured. Give more with --memory, and --fresh."));
    }
    lock();
  }

  /** What the seed's share of positive eigenvalues near one half is worth, from this model. */
  private void lock() {
    String evidence =
        places.values().stream()
            .map(ms -> ms.get(0))
            .filter(r -> r.whole() != null && r.whole().permuted() != null)
            .map(QkSection::probe)
            .collect(Collectors.joining(" "));
    boolean same =
        places.values().stream()
            .map(ms -> ms.get(0))
            .filter(r -> r.whole() != null && r.whole().permuted() != null)
            .allMatch(
                r ->
                    Math.abs(r.whole().positive() - r.whole().permuted())
                        <= ALIKE * r.task().detail().inner());
    if (!evidence.isEmpty()) {
      findings.add(
          new Note(
              "qk.lock",
              "What the reference notebooks' \"0.500 lock\" is worth",
              (same
                      ? "Nothing in this model: it is what unrelated matrices have. "
                      : "It is no property of what attention does, though it differs here from what"
                          + " unrelated matrices have. ")
                  + "A product of unrelated matrices has as many positive as negative eigenvalues. "
                  + evidence
                  + " For the form that a head uses, the counts are d_head and d_head by Sylvester's"
                  + " law, whatever was learned."));
    }
  }

  private static String probe(QkFigures r) {
    Whole w = r.whole();
    double n = r.task().detail().inner();
    return "In "
        + r.attention()
        + " of layer "
        + r.task().place().layer()
        + " it is "
        + share(w.positive(), n)
        + ", with the inputs of W_k permuted "
        + share(w.permuted(), n)
        + (w.rescaled() == null
            ? "."
            : ", and "
                + share(w.rescaled(), n)
                + " after scaling each key head's queries by a number and its keys by the inverse,"
                + " which leaves every attention as it is.");
  }

  private static String share(int count, double n) {
    return String.format(java.util.Locale.ROOT, "%.3f", count / n);
  }

  private void sound(String place, List<QkFigures> members) {
    layers(place, members);
    figure(
        place,
        members,
        QkColumns.HEAD_SCORE,
        Draw::score,
        "its heads compare more antisymmetrically than chance",
        "its heads compare more symmetrically than chance");
    figure(
        place,
        members,
        QkColumns.HEAD_POSITIVE_ENERGY,
        Draw::positiveEnergy,
        "unlikeness outweighs likeness",
        "likeness outweighs unlikeness");
    figure(
        place,
        members,
        QkColumns.HEAD_SIGNED_BALANCE,
        Draw::signedBalance,
        "unlikeness outweighs likeness",
        "likeness outweighs unlikeness");
  }

  /** The forms of whole layers, which add up what their heads do and may cancel it. */
  private void layers(String place, List<QkFigures> members) {
    List<QkFigures> known = members.stream().filter(r -> r.layer() != null).toList();
    if (known.isEmpty()) {
      return;
    }
    List<Double> scores = known.stream().map(r -> r.layer().score()).toList();
    PairedMean test = new PairedMean();
    known.stream()
        .filter(r -> !r.layer().draws().isEmpty())
        .forEach(r -> test.add(r.layer().score(), r.layer().draws(), r.layer().expectedScore()));
    Estimate e = test.of(Samples.meanOf(scores)).inside(-1, 1);
    double median = Samples.median(scores.stream().sorted().toList());
    QkFigures most = known.get(scores.indexOf(Collections.max(scores)));
    QkFigures least = known.get(scores.indexOf(Collections.min(scores)));
    findings.add(
        Scalar.of(
                id(place) + "." + QkColumns.LAYER_SCORE.name(),
                place + ": " + QkColumns.LAYER_SCORE.words(),
                e,
                null,
                "1",
                "qk." + QkColumns.LAYER_SCORE.name(),
                "Taken whole, W_q^T W_k of "
                    + place
                    + " has symmetry "
                    + Spelling.number(e.value())
                    + (known.size() > 1 ? " in the mean over layers" : "")
                    + Words.against(
                        e,
                        "with permuted inputs it has ",
                        "it compares more antisymmetrically than chance",
                        "it compares more symmetrically than chance")
                    + (known.size() < 2
                        ? ""
                        : " The median is "
                            + Spelling.number(median)
                            + ", from "
                            + Spelling.number(least.layer().score())
                            + " in layer "
                            + least.task().place().layer()
                            + " to "
                            + Spelling.number(most.layer().score())
                            + " in layer "
                            + most.task().place().layer()
                            + "."))
            .on(QkColumns.LAYER_SCORE.scale()));
    findings.add(
        Scalar.plain(
            id(place) + "." + QkColumns.LAYER_SCORE.name() + "_median",
            place + ": " + QkColumns.LAYER_SCORE.words() + ", median over layers",
            median,
            "1",
            "Half of the layers of "
                + place
                + " have a symmetry of the whole layer below "
                + Spelling.number(median)
                + "."));
  }

  private void figure(
      String place,
      List<QkFigures> members,
      Figure<Head> figure,
      Function<Draw, Double> chance,
      String below,
      String above) {
    List<Double> layers =
        members.stream()
            .map(r -> QkColumns.mean(r, figure::number))
            .filter(Objects::nonNull)
            .toList();
    if (layers.isEmpty()) {
      return;
    }
    Estimate e = Samples.meanOf(layers);
    List<QkFigures> tested = new ArrayList<>();
    PairedMean test = new PairedMean();
    for (QkFigures r : members) {
      Double own = QkColumns.mean(r, figure::number);
      List<Double> draws = own == null ? List.of() : QkColumns.byOrder(r, chance);
      if (!draws.isEmpty()) {
        tested.add(r);
      }
      if (!draws.isEmpty() && figure.equals(QkColumns.HEAD_SCORE)) {
        test.add(own, draws, QkColumns.mean(r, Head::expectedScore));
      } else if (!draws.isEmpty()) {
        test.add(own, draws);
      }
    }
    e = test.of(e).inside(figure.equals(QkColumns.HEAD_POSITIVE_ENERGY) ? 0 : -1, 1);
    findings.add(
        Scalar.of(
                id(place) + "." + figure.name(),
                place + ": " + figure.words(),
                e,
                null,
                "1",
                figure.equals(QkColumns.HEAD_SIGNED_BALANCE) ? null : "qk." + figure.name(),
                "The heads of "
                    + place
                    + " have on average "
                    + figure.words()
                    + " "
                    + Spelling.number(e.value())
                    + Words.against(e, "with permuted inputs they have ", below, above)
                    + (e.z() == null || Math.abs(e.z()) < APART || tested.size() < 2
                        ? ""
                        : farthest(tested.get(test.farthest()), figure, Math.signum(e.z()))))
            .on(figure.scale()));
  }

  /** The head of that layer that lies farthest on that side. */
  private static String farthest(QkFigures r, Figure<Head> figure, double side) {
    Head far =
        r.heads().stream()
            .filter(h -> figure.number(h) != null)
            .max(Comparator.comparingDouble(h -> side * figure.number(h)))
            .orElseThrow();
    return " It is farthest in layer "
        + r.task().place().layer()
        + ", whose head "
        + far.head()
        + " has "
        + Spelling.number(figure.number(far))
        + ".";
  }

  private void seed(String place, List<QkFigures> members) {
    List<QkFigures> whole = members.stream().filter(r -> r.whole() != null).toList();
    if (whole.isEmpty()) {
      return;
    }
    double first = QkColumns.positiveShare(whole.get(0));
    double last = QkColumns.positiveShare(whole.get(whole.size() - 1));
    scalar(place, "seed_positive_share_first", "positive share, first layer", first);
    scalar(place, "seed_positive_share_last", "positive share, last layer", last);
    scalar(place, "seed_positive_share_trend", "trend of the positive share", last - first);
    scalar(
        place,
        "seed_stable_rank",
        "mean stable rank of W_q W_k^T",
        Samples.mean(whole.stream().map(r -> r.whole().stableRank()).toList()));
    scalar(
        place,
        "seed_asymmetry",
        "mean asymmetry of W_q W_k^T",
        Samples.mean(whole.stream().map(r -> r.whole().asymmetry()).toList()));
  }

  private void scalar(String place, String name, String words, double value) {
    findings.add(
        Scalar.seed(
            id(place) + "." + name,
            place + ": the reference notebooks' " + words,
            value,
            "1",
            "The reference notebooks' "
                + words
                + " of "
                + place
                + " is "
                + Spelling.number(value)
                + "."));
  }

  private static String id(String place) {
    return "qk." + place.replace(' ', '_');
  }

  private void charts() {
    if (all.stream().anyMatch(r -> !r.heads().isEmpty())) {
      places.forEach(this::heatmap);
      byLayer(
          "score_by_layer",
          "Symmetry score by layer",
          "score",
          Head::score,
          Draw::score,
          "1 is a symmetric comparison, -1 an antisymmetric one; the grey band holds 95 % of single"
              + " heads with permuted inputs. Cross-attention is drawn for completeness.");
      byLayer(
          "positive_energy_by_layer",
          "Positive energy by layer",
          "positive energy",
          Head::positiveEnergy,
          Draw::positiveEnergy,
          "Above one half likeness outweighs unlikeness; the grey band is the range of single heads"
              + " with permuted inputs.");
    }
    List<Curve.Panel> panels = new ArrayList<>();
    places.forEach(
        (place, members) -> {
          List<QkFigures> whole = members.stream().filter(r -> r.whole() != null).toList();
          if (whole.size() > 1) {
            panels.add(
                new Curve.Panel(
                    place,
                    List.of(
                        new Curve.Line(
                            "positive share",
                            whole.stream().map(r -> (double) r.task().place().layer()).toList(),
                            whole.stream().map(QkColumns::positiveShare).toList(),
                            true)),
                    List.of()));
          }
        });
    if (!panels.isEmpty()) {
      findings.add(
          new Curve(
              "qk.seed_positive_share_by_layer",
              "The reference notebooks' positive share by layer",
              Axis.linear("layer"),
              Axis.linear("positive eigenvalues / all"),
              panels,
              "One half is what unrelated matrices give; the figure changes under rescalings that"
                  + " change no attention."));
    }
  }

  private void heatmap(String place, List<QkFigures> members) {
    List<QkFigures> measured = members.stream().filter(r -> !r.heads().isEmpty()).toList();
    if (measured.isEmpty() || !members.get(0).task().place().component().equals(SELF)) {
      return;
    }
    int heads = measured.stream().mapToInt(r -> r.heads().size()).max().orElseThrow();
    List<List<Double>> values = new ArrayList<>();
    List<String> rows = new ArrayList<>();
    for (int h = 0; h < heads; h++) {
      List<Double> row = new ArrayList<>();
      for (QkFigures r : measured) {
        row.add(h < r.heads().size() ? r.heads().get(h).score() : null);
      }
      values.add(row);
      rows.add(String.valueOf(h));
    }
    findings.add(
        new Heatmap(
            id(place) + ".score_map",
            "Symmetry score of " + place,
            measured.stream().map(r -> String.valueOf(r.task().place().layer())).toList(),
            rows,
            values,
            Axis.ordinal("layer"),
            Axis.ordinal("head"),
            Axis.linear("score"),
            1.0 / measured.get(0).task().detail().dModel(),
            "1 is a symmetric comparison of tokens, -1 an antisymmetric one; neutral is 1/d_model, what"
                + " unrelated weights give.",
            new Heatmap.Group("score", "Symmetry score of " + place)));
  }

  private void byLayer(
      String name,
      String title,
      String axis,
      Function<Head, Double> of,
      Function<Draw, Double> chance,
      String reading) {
    List<Curve.Panel> panels = new ArrayList<>();
    places.forEach(
        (place, members) -> {
          List<QkFigures> measured =
              members.stream().filter(r -> QkColumns.mean(r, of) != null).toList();
          if (measured.size() < 2) {
            return;
          }
          List<Double> x = measured.stream().map(r -> (double) r.task().place().layer()).toList();
          List<Curve.Line> lines =
              List.of(
                  new Curve.Line(
                      "highest head",
                      x,
                      measured.stream().map(r -> QkColumns.extreme(r, of, 1)).toList(),
                      false),
                  new Curve.Line(
                      "mean", x, measured.stream().map(r -> QkColumns.mean(r, of)).toList(), false),
                  new Curve.Line(
                      "lowest head",
                      x,
                      measured.stream().map(r -> QkColumns.extreme(r, of, -1)).toList(),
                      false));
          panels.add(new Curve.Panel(place, lines, band(measured, chance)));
        });
    if (!panels.isEmpty()) {
      findings.add(
          new Curve("qk." + name, title, Axis.linear("layer"), Axis.linear(axis), panels, reading));
    }
  }

  private static List<Curve.Band> band(List<QkFigures> members, Function<Draw, Double> chance) {
    List<Double> x = new ArrayList<>();
    List<Double> low = new ArrayList<>();
    List<Double> high = new ArrayList<>();
    for (QkFigures r : members) {
      List<Double> nulls =
          r.draws().stream().map(chance).filter(Objects::nonNull).sorted().toList();
      if (nulls.size() > 1) {
        // Of two hundred draws five lie outside of the band at either end.
        int tail = (int) (0.025 * nulls.size());
        x.add((double) r.task().place().layer());
        low.add(nulls.get(tail));
        high.add(nulls.get(nulls.size() - 1 - tail));
      }
    }
    return x.isEmpty() ? List.of() : List.of(new Curve.Band("permuted inputs", x, low, high));
  }
}
