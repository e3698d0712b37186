package dev.orograph.instrument.embedding;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scatter;
import dev.orograph.finding.Scatter.Colouring;
import dev.orograph.finding.Scatter.Layout;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.geometry.TsneLayout;
import dev.orograph.input.Text;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.embedding.MapFigures.ByMetric;
import dev.orograph.instrument.rows.TokenSearch.Metric;
import dev.orograph.stats.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the maps say: a picture of each matrix, and what it may be trusted for. */
final class MapSection {
  private static final int K = MapMeasurement.NEIGHBOURS;

  private final Card card;
  private final List<MapFigures> results;
  private final List<Finding> findings = new ArrayList<>();

  MapSection(Card card, List<MapFigures> results) {
    this.card = card;
    this.results = results;
  }

  Section section() {
    List<String> sentences = new ArrayList<>();
    for (MapFigures m : results) {
      notes(m);
      if (!m.ids().isEmpty()) {
        for (ByMetric by : m.maps()) {
          String name = by.metric().name().toLowerCase(Locale.ROOT);
          boolean usual = by.metric() == Metric.COSINE;
          kept(m, by, by.kept(), usual ? "tsne" : "tsne_" + name, "t-SNE", sentences);
        }
        if (!m.maps().isEmpty()) {
          ByMetric first = m.maps().get(0);
          kept(m, first, m.pcaKept(), "pca", "first two principal components", sentences);
        }
        findings.add(
            Scalar.plain(
                id(m) + ".pca.variance",
                m.task().detail().id() + ": variance along the first two components",
                m.shares().get(0) + m.shares().get(1),
                "1",
                "The first two principal components of "
                    + m.task().detail().tensor()
                    + " hold "
                    + Spelling.percent(m.shares().get(0) + m.shares().get(1))
                    + " of the variance."));
        findings.add(scatter(m));
      }
    }
    String summary =
        sentences.isEmpty()
            ? "There are too few different rows to say what a map of them keeps."
            : String.join(" ", sentences);
    return card.section(summary, findings);
  }

  private String id(MapFigures m) {
    return card.id() + "." + m.task().detail().id();
  }

  private void notes(MapFigures m) {
    String rows = Text.grouped(m.task().detail().rows());
    if (m.shape().points() < m.task().detail().rows()) {
      findings.add(
          new Note(
              id(m) + ".sample",
              m.task().detail().id() + ": a sample",
              "The map shows "
                  + Text.grouped(m.shape().points())
                  + " of "
                  + rows
                  + " tokens, drawn at random; components, groups and neighbours are those of the"
                  + " sample."));
    }
    if (m.nonFinite() > 0) {
      findings.add(
          new Note(
              id(m) + ".non_finite",
              m.task().detail().id() + ": NaN or infinity",
              Text.grouped(m.nonFinite())
                  + " rows hold an entry that is NaN, infinite or beyond float32 and are left"
                  + " out."));
    }
    int same = m.ids().size() - m.distinct();
    if (same > 0) {
      findings.add(
          new Note(
              id(m) + ".duplicates",
              m.task().detail().id() + ": equal rows",
              Text.grouped(same)
                  + " tokens have the same row as an earlier one, to the bit, and stand at its"
                  + " place; components, groups and neighbours count each different row once."));
    }
  }

  /** The share of neighbours kept, against a placement at random: hypergeometric, per row. */
  private void kept(
      MapFigures m,
      ByMetric by,
      MapFigures.Kept kept,
      String layout,
      String words,
      List<String> sentences) {
    if (kept == null) {
      return;
    }
    double others = m.distinct() - 1.0;
    double chance = K / others;
    double deviation =
        Math.sqrt(chance * (1 - chance) * (others - K) / (others - 1) / K / kept.queries());
    Estimate e = Estimate.of(kept.share());
    if (kept.low() != null) {
      e = e.within(kept.low(), kept.high());
    }
    String sentence =
        String.format(
            Locale.ROOT,
            "Of a token's %d nearest rows by %s in %s, %s are among its %d nearest on the map by %s; by"
                + " chance %s.",
            K,
            RowsByMetric.measure(by.metric()),
            m.task().detail().tensor(),
            Spelling.number(round(K * kept.share())),
            K,
            words,
            Spelling.number(round(K * chance)));
    sentences.add(sentence);
    // No claim: a layout that is made to keep neighbours beats chance whatever the model is.
    findings.add(
        Scalar.of(
            id(m) + "." + layout + ".neighbours_kept",
            m.task().detail().id()
                + ": neighbours kept, "
                + words
                + (by.metric() == Metric.COSINE ? "" : ", by " + RowsByMetric.measure(by.metric())),
            e.against(chance, deviation),
            null,
            "1",
            null,
            sentence));
  }

  /** Two significant digits, or three from 1 on. */
  private static double round(double v) {
    return Double.parseDouble(String.format(Locale.ROOT, v >= 1 ? "%.2f" : "%.1e", v));
  }

  private Scatter scatter(MapFigures m) {
    List<Layout> layouts = new ArrayList<>();
    for (ByMetric by : m.maps()) {
      if (!by.places().isEmpty()) {
        layouts.add(tsne(m, by));
      }
    }
    layouts.add(
        new Layout(
            "PCA",
            null,
            null,
            m.pca().get(0),
            m.pca().get(1),
            "Across the first principal component with "
                + Spelling.percent(m.shares().get(0))
                + " of the variance, up the second with "
                + Spelling.percent(m.shares().get(1))
                + ". "
                + trust(m.pcaKept())
                + " Distances are shadows of the true ones and never longer."));
    List<Colouring> colourings = new ArrayList<>();
    if (!m.kinds().isEmpty()) {
      colourings.add(Colouring.by("Kind of token", TokenKinds.NAMES, m.kinds()));
    }
    if (!m.clusters().isEmpty()) {
      colourings.add(Colouring.by("Group", m.clusterNames(), m.clusters()));
    }
    colourings.add(new Colouring("Norm", Axis.linear("norm of the row"), m.norms(), null, null));
    return new Scatter(
        id(m),
        "Map of " + m.task().detail().tensor(),
        "token",
        m.ids(),
        m.labels(),
        layouts,
        colourings,
        m.maps().isEmpty()
            ? null
            : m.maps().stream()
                .map(
                    by ->
                        new Scatter.Neighbours(
                            RowsByMetric.measure(by.metric()),
                            m.shape().listed(),
                            by.nearest(),
                            by.values()))
                .toList(),
        "Each point is a token; points that lie close are likely, but far from sure, to have"
            + " similar rows; a click shows those that truly are nearest.");
  }

  private static Layout tsne(MapFigures m, ByMetric by) {
    String measure = RowsByMetric.measure(by.metric());
    int others = m.distinct() - by.anchors();
    return new Layout(
        "t-SNE",
        null,
        null,
        by.places().get(0),
        by.places().get(1),
        "t-SNE over the exact "
            + Math.min(TsneLayout.NEIGHBOURS, m.distinct() - 1)
            + " nearest rows of each by "
            + measure
            + ", in all dimensions. "
            + (others == 0
                ? ""
                : Text.grouped(by.anchors())
                    + " rows were laid out first; the other "
                    + Text.grouped(others)
                    + " started where the nearest of those stands, and moved from there with all. ")
            + trust(by.kept())
            + " Only nearness means something: not how far apart groups lie, nor how large"
            + " they look.",
        measure);
  }

  private static String trust(MapFigures.Kept kept) {
    return kept == null
        ? "There are too few points to say what is kept."
        : "It keeps " + Spelling.number(round(K * kept.share())) + " of " + K + " neighbours.";
  }
}
