package dev.orograph.instrument.embedding;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Histogram;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.input.Text;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.embedding.IntrinsicFigures.Hub;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;

/** What the clouds say: scalars against Gaussian clouds, curves by k and by scale, hubs. */
final class IntrinsicSection {
  private static final String ID = "intrinsic_dimension.";
  private static final String CLOUD = "Gaussian, same covariance";

  /** Deviations from the null beyond which a sentence says that it differs. */
  private static final double CLEAR = 4;

  private final Card card;
  private final List<IntrinsicFigures> all;
  private final List<IntrinsicFigures> known;
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> words = new ArrayList<>();

  IntrinsicSection(Card card, List<IntrinsicFigures> results) {
    this.card = card;
    this.all = results;
    this.known = results.stream().filter(IntrinsicFigures::known).toList();
  }

  Section section() {
    all.forEach(this::rows);
    known.forEach(this::scalars);
    if (!known.isEmpty()) {
      byNeighbours();
      byScale();
    }
    known.stream().filter(r -> !r.hubs().isEmpty()).forEach(this::hubs);
    findings.add(Table.of(ID + "rows", "Rows of every matrix", columns(), all));
    String summary =
        words.isEmpty() ? "No matrix has rows enough that differ." : String.join(" ", words);
    return card.section(summary, findings);
  }

  private static String id(IntrinsicFigures r, String name) {
    return ID + Spelling.id(r.task().detail().tensor()) + "." + name;
  }

  private void rows(IntrinsicFigures r) {
    List<String> said = new ArrayList<>();
    if (r.nonFinite() > 0) {
      said.add(r.nonFinite() + " rows hold NaN, infinity or numbers beyond float32: left out.");
    }
    if (r.copies() > 0) {
      said.add(
          r.copies()
              + " rows equal an earlier one ("
              + r.clusters()
              + " sets of equal rows): of each set one row counts.");
    }
    if (r.zeros() > 0) {
      said.add(r.zeros() + " rows hold zeros only.");
    }
    if (r.measured() < r.distinct()) {
      said.add(
          String.format(
              java.util.Locale.ROOT,
              "Of %,d distinct rows %,d were drawn at random and measured by themselves: all figures"
                  + " are of such a part.",
              r.distinct(),
              r.measured()));
    }
    if (!r.known()) {
      said.add("Fewer than three rows differ: nothing can be said of their distances.");
    } else if (r.twonn() == null) {
      said.add("The two nearest rows are equally far from every row: TwoNN says nothing.");
    }
    if (!said.isEmpty()) {
      findings.add(
          new Note(
              id(r, "rows_left_out"),
              r.task().detail().tensor() + ": rows",
              String.join(" ", said)));
    }
  }

  private void scalars(IntrinsicFigures r) {
    Scalar headline =
        figure(
            r,
            "twonn",
            "intrinsic dimension by Euclidean distance, TwoNN",
            r.twonn(),
            CloudFigures::twonn);
    figure(
        r,
        "twonn_fit",
        "intrinsic dimension by Euclidean distance, TwoNN by the fit",
        r.fit(),
        f -> null);
    for (int i = 0; i < r.levinaBickel().size(); i++) {
      int k = i;
      figure(
          r,
          "levina_bickel_k" + CloudFigures.KS.get(i),
          "intrinsic dimension by Euclidean distance, Levina-Bickel, k = " + CloudFigures.KS.get(i),
          r.levinaBickel().get(i),
          f -> f.levinaBickel().get(k));
    }
    figure(
        r,
        "hubness_skewness",
        "skewness of the 10-occurrence by Euclidean distance",
        r.skewness(),
        f -> f.skewness());
    if (!r.hubs().isEmpty()) {
      Hub hub = r.hubs().get(0);
      figure(
          r,
          "max_10_occurrence",
          "largest 10-occurrence by Euclidean distance (" + hub.name() + ")",
          Estimate.of(hub.occurrence()),
          f -> f.most() == null ? null : (Double) (double) f.most());
    }
    plain(
        r,
        "twonn_without_hubs",
        "intrinsic dimension by Euclidean distance, TwoNN, without its hubs",
        r.without());
    if (r.cosine() != null) {
      plain(r, "twonn_cosine", "intrinsic dimension by cosine, TwoNN", r.cosine().twonn());
      plain(
          r,
          "hubness_skewness_cosine",
          "skewness of the 10-occurrence by cosine",
          r.cosine().skewness());
      plain(r, "shared_neighbours", "of ten nearest rows, those so by both distances", r.shared());
    }
    if (headline != null) {
      words.add(summary(r));
    }
  }

  private void plain(IntrinsicFigures r, String name, String title, Double value) {
    if (value != null) {
      String tensor = r.task().detail().tensor();
      findings.add(
          Scalar.plain(
              id(r, name),
              tensor + ": " + title,
              value,
              "1",
              tensor + ": " + title + " is " + Spelling.number(value) + "."));
    }
  }

  /** What all rows, fewer rows, fewer neighbours, the other distance and no hubs make of it. */
  private static String summary(IntrinsicFigures r) {
    StringBuilder text =
        new StringBuilder(r.task().detail().tensor())
            .append(": intrinsic dimension by Euclidean distances (TwoNN) is ")
            .append(Spelling.number(r.twonn().value()))
            .append(" over ")
            .append(rows(r.measured()));
    List<Double> parts = values(r.data(), CloudFigures::twonn);
    List<Double> nulls = values(r.nulls(), CloudFigures::twonn);
    if (!r.whole() && !parts.isEmpty()) {
      text.append(" and ")
          .append(Spelling.number(Samples.mean(parts)))
          .append(" over ")
          .append(Text.grouped(r.cloud()))
          .append(" random ones");
    }
    if (!nulls.isEmpty()) {
      text.append(" (Gaussian clouds of the same covariance: ")
          .append(Spelling.number(Samples.mean(nulls)))
          .append(")");
    }
    List<Double> scales = new ArrayList<>(parts);
    r.data().forEach(c -> c.byScale().stream().filter(Objects::nonNull).forEach(scales::add));
    r.levinaBickel().stream().filter(Objects::nonNull).forEach(e -> scales.add(e.value()));
    scales.add(r.twonn().value());
    text.append("; over all scales, from fewer rows to ")
        .append(CloudFigures.KS.get(CloudFigures.KS.size() - 1))
        .append(" neighbours, it ranges from ")
        .append(Spelling.number(scales.stream().min(Double::compare).orElseThrow()))
        .append(" to ")
        .append(Spelling.number(scales.stream().max(Double::compare).orElseThrow()))
        .append(".");
    if (!r.hubs().isEmpty()) {
      Hub hub = r.hubs().get(0);
      text.append(" The strongest hub, ")
          .append(hub.name())
          .append(", is among the ten nearest of ")
          .append(Text.grouped(hub.occurrence()))
          .append(" rows");
      if (r.without() != null) {
        text.append(
                r.overall() == 1
                    ? "; without it TwoNN is "
                    : "; without the "
                        + r.overall()
                        + " that more than a tenth of all rows count it is ")
            .append(Spelling.number(r.without()));
      }
      text.append(".");
    }
    if (r.cosine() != null && r.cosine().twonn() != null) {
      text.append(" By cosine it is ")
          .append(Spelling.number(r.cosine().twonn()))
          .append(r.cosine().skewness() == null ? "" : " and hubness ")
          .append(r.cosine().skewness() == null ? "" : Spelling.number(r.cosine().skewness()))
          .append(
              r.skewness() == null
                  ? ""
                  : " (" + Spelling.number(r.skewness().value()) + " by Euclid)")
          .append("; of ten nearest rows ")
          .append(Spelling.number(r.shared()))
          .append(" are so by both.");
    }
    return text.toString();
  }

  private static String rows(int n) {
    return "all " + Text.grouped(n) + " rows";
  }

  /**
   * A figure of all rows; where the clouds are smaller another one of as many rows as they have,
   * since both depend on how many there are. Returns the one with the null.
   */
  private Scalar figure(
      IntrinsicFigures r,
      String name,
      String title,
      Estimate e,
      Function<CloudFigures, Double> of) {
    if (e == null) {
      return null;
    }
    List<Double> nulls = values(r.nulls(), of);
    Scalar all = scalar(r, name, title, r.whole() ? e.among(nulls) : e, r.measured());
    findings.add(all);
    List<Double> parts = values(r.data(), of);
    if (r.whole() || parts.isEmpty()) {
      return all;
    }
    // Parts of one sample share rows with each other, the more the larger a part of it they are.
    double shared = (double) r.cloud() / r.measured();
    Scalar part =
        scalar(
            r,
            name + "_of_" + r.cloud(),
            title + ", of " + r.cloud() + " random rows",
            Samples.meanOf(parts).among(nulls, shared + (1 - shared) / parts.size()),
            r.cloud());
    findings.add(part);
    return part;
  }

  private static Scalar scalar(
      IntrinsicFigures r, String name, String title, Estimate e, int rows) {
    String tensor = r.task().detail().tensor();
    String sentence =
        tensor + ": " + title + " is " + Spelling.number(e.value()) + " over " + rows + " rows";
    if (e.interval() != null) {
      sentence +=
          " (95 % interval "
              + Spelling.number(e.interval().get(0))
              + " to "
              + Spelling.number(e.interval().get(1))
              + ")";
    }
    if (e.expected() != null) {
      sentence +=
          "; Gaussian clouds of the same covariance and as many rows give "
              + Spelling.spread(e.expected(), e.deviation());
      if (e.z() != null && Math.abs(e.z()) >= CLEAR) {
        sentence += e.z() > 0 ? ", clearly less" : ", clearly more";
      }
    }
    return Scalar.of(
        id(r, name),
        tensor + ": " + title,
        e,
        null,
        "1",
        e.expected() == null ? null : ID + name.replaceAll("_of_\\d+$", ""),
        sentence + ".");
  }

  private static List<Double> values(List<CloudFigures> of, Function<CloudFigures, Double> figure) {
    return of.stream().map(figure).filter(Objects::nonNull).toList();
  }

  private void byNeighbours() {
    List<Curve.Panel> panels = new ArrayList<>();
    for (IntrinsicFigures r : known) {
      int count = r.nulls().isEmpty() ? 0 : r.nulls().get(0).levinaBickel().size();
      List<Double> ks = CloudFigures.KS.stream().limit(count).map(k -> (double) k).toList();
      if (count > 0) {
        panels.add(panel(r, ks, i -> f -> f.levinaBickel().get(i)));
      }
    }
    if (!panels.isEmpty()) {
      findings.add(
          new Curve(
              ID + "by_neighbours",
              "Dimension by number of neighbours",
              Axis.log("neighbours k"),
              Axis.linear("Levina-Bickel dimension"),
              panels,
              "Each point is an estimate from that many neighbours; the grey band is the range of"
                  + " Gaussian clouds with the same covariance and as many rows."));
    }
  }

  private void byScale() {
    List<Curve.Panel> panels = new ArrayList<>();
    for (IntrinsicFigures r : known) {
      List<Integer> parts = CloudFigures.parts(r.cloud());
      List<Double> sizes = new ArrayList<>(parts.stream().map(n -> (double) n).toList());
      sizes.add((double) r.cloud());
      if (sizes.size() > 1) {
        panels.add(panel(r, sizes, i -> f -> i < parts.size() ? f.byScale().get(i) : f.twonn()));
      }
    }
    if (!panels.isEmpty()) {
      findings.add(
          new Curve(
              ID + "by_scale",
              "Dimension by number of rows",
              Axis.log("random rows"),
              Axis.linear("TwoNN dimension"),
              panels,
              "Fewer rows lie farther apart: to the left is the cloud seen from afar. The grey band is"
                  + " the range of Gaussian clouds with the same covariance and as many rows."));
    }
  }

  /** The mean over the data's clouds in front of the range of the Gaussian ones. */
  private static Curve.Panel panel(
      IntrinsicFigures r, List<Double> x, Function<Integer, Function<CloudFigures, Double>> at) {
    List<Double> line = new ArrayList<>();
    List<Double> placed = new ArrayList<>();
    List<Double> low = new ArrayList<>();
    List<Double> high = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      List<Double> own = values(r.data(), at.apply(i));
      line.add(own.isEmpty() ? null : (Double) Samples.mean(own));
      List<Double> nulls = values(r.nulls(), at.apply(i));
      if (!nulls.isEmpty()) {
        placed.add(x.get(i));
        low.add(nulls.stream().min(Double::compare).orElseThrow());
        high.add(nulls.stream().max(Double::compare).orElseThrow());
      }
    }
    return new Curve.Panel(
        r.task().detail().tensor(),
        List.of(new Curve.Line("rows of the matrix", x, line, false)),
        List.of(new Curve.Band(CLOUD, placed, low, high)));
  }

  private void hubs(IntrinsicFigures r) {
    findings.add(
        new Histogram(
            id(r, "occurrences"),
            r.task().detail().tensor() + ": how often a row is among the 10 nearest of others",
            Axis.linear("10-occurrence"),
            IntrinsicMeasurement.EDGES,
            List.of(
                new Histogram.Series(
                    "rows of the matrix",
                    r.cloudShares(),
                    (long) r.cloud() * (r.whole() ? 1 : r.data().size()),
                    false),
                new Histogram.Series(
                    CLOUD, r.nullShares(), (long) r.cloud() * r.nulls().size(), true)),
            List.of(new Histogram.Mark("mean", CloudFigures.HUB_K, false)),
            "Clouds of "
                + r.cloud()
                + " rows. A long tail to the right are hubs; what lies at 0 is nobody's neighbour."
                + " Rows above the last bin are in the table of hubs."));
    List<Column<Hub>> columns =
        List.of(
            new Column<>("token", "row of the matrix", h -> (long) h.row()),
            new Column<>("text", "what it stands for", Hub::name),
            new Column<>(
                "occurrence",
                "how many of the "
                    + r.measured()
                    + " rows count it among their 10 nearest by Euclidean distance",
                h -> (long) h.occurrence()),
            new Column<>("norm", "norm of the row", h -> h.norm()),
            new Column<>("copies", "rows equal to it, itself included", h -> (long) h.copies()));
    findings.add(
        Table.of(
            id(r, "hubs"), r.task().detail().tensor() + ": strongest hubs", columns, r.hubs()));
  }

  private static List<Column<IntrinsicFigures>> columns() {
    List<Column<IntrinsicFigures>> c = new ArrayList<>();
    c.add(new Column<>("tensor", "full name", r -> r.task().detail().tensor()));
    c.add(new Column<>("rows", "rows as stored", r -> r.task().detail().rows()));
    c.add(new Column<>("columns", "columns as stored", r -> r.task().detail().columns()));
    c.add(
        new Column<>(
            "non_finite", "rows with NaN, infinity or beyond float32", r -> r.nonFinite()));
    c.add(new Column<>("zeros", "rows of zeros only", r -> r.zeros()));
    c.add(new Column<>("copies", "finite rows equal to an earlier one", r -> r.copies()));
    c.add(new Column<>("clusters", "sets of equal rows", r -> (long) r.clusters()));
    c.add(new Column<>("distinct", "finite rows without copies", r -> (long) r.distinct()));
    c.add(new Column<>("measured", "of them measured", r -> (long) r.measured()));
    c.add(
        new Column<>(
            "in_float64",
            "rows whose neighbours float32 could not decide: found in float64",
            r -> (long) r.again()));
    c.add(estimate("twonn", "TwoNN, maximum likelihood; sound", IntrinsicFigures::twonn));
    c.add(estimate("twonn_fit", "TwoNN, fit; sound", IntrinsicFigures::fit));
    IntStream.range(0, CloudFigures.KS.size())
        .forEach(
            i ->
                c.add(
                    estimate(
                        "levina_bickel_k" + CloudFigures.KS.get(i),
                        "Levina-Bickel; sound",
                        r -> i < r.levinaBickel().size() ? r.levinaBickel().get(i) : null)));
    c.add(estimate("hubness_skewness", "skewness of the 10-occurrence; sound", r -> r.skewness()));
    c.add(
        new Column<>(
            "max_10_occurrence",
            "largest 10-occurrence; sound",
            r -> r.hubs().isEmpty() ? null : (Object) (long) r.hubs().get(0).occurrence()));
    return c;
  }

  private static Column<IntrinsicFigures> estimate(
      String name, String about, Function<IntrinsicFigures, Estimate> of) {
    return new Column<>(
        name,
        about,
        r -> {
          Estimate e = of.apply(r);
          return e == null ? null : (Object) e.value();
        });
  }
}
