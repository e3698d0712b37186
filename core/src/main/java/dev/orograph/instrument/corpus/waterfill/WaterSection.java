package dev.orograph.instrument.corpus.waterfill;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.input.Text;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Fact;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Filling;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Kept;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Signal;
import dev.orograph.stats.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What water-filling says, in words and figures. */
final class WaterSection {
  private final Card card;
  private final WaterSettings settings;
  private final WaterFigures r;
  private final List<Finding> findings = new ArrayList<>();

  WaterSection(Card card, WaterSettings settings, WaterFigures r) {
    this.card = card;
    this.settings = settings;
    this.r = r;
  }

  Section section() {
    if (r.fault() != null) {
      return card.section(
          "Nothing could be placed.",
          List.of(new Note("waterfill.fault", "Nothing to place", r.fault())));
    }
    WaterTables tables = new WaterTables(r);
    plain("points", "points", r.reading().points(), "Points that were placed");
    filling(find(WaterSettings.OSMOTIC).orElseThrow(), "");
    find(WaterMeasurement.BASELINE).ifPresent(f -> filling(f, "baseline."));
    signal();
    if (r.fewer() != null) {
      plain(
          "fewer_promotions",
          "share of promotions that lateral moves save",
          r.fewer(),
          "Share of promotions that lateral moves save, against every such point going out");
    }
    r.facts().forEach(this::fact);
    r.kept().forEach(this::kept);
    findings.add(tables.expected());
    findings.addAll(new WaterCharts(settings, r).all());
    findings.addAll(tables.all());
    left();
    for (int k = 0; k < r.notes().size(); k++) {
      findings.add(new Note("waterfill.note_" + k, "What was left out", r.notes().get(k)));
    }
    return card.section(summary(), findings);
  }

  private Optional<Filling> find(String of) {
    return r.fillings().stream().filter(f -> f.of().equals(of)).findFirst();
  }

  private void plain(String id, String title, double value, String words) {
    findings.add(
        Scalar.plain(
            "waterfill." + id, title, value, "1", words + ": " + Spelling.number(value) + "."));
  }

  private void filling(Filling f, String of) {
    String who = of.isEmpty() ? "" : ", unit vectors";
    plain(
        of + "inner", "inner shells" + who, f.inner(), "Share of points in the inner shells" + who);
    plain(of + "middle", "middle shells" + who, f.middle(), "Share in the middle shells" + who);
    plain(of + "outer", "outer shells" + who, f.outer(), "Share in the outer shells" + who);
    plain(
        of + "off",
        "points beyond capacity" + who,
        f.off(),
        "Share of points beyond a shell's room" + who);
    plain(of + "iterations", "iterations" + who, f.iterations(), "Iterations" + who);
    plain(
        of + "settled",
        "whether it settled" + who,
        f.settled() ? 1 : 0,
        "1 where no point was eligible to change its shell at the end" + who);
  }

  private void signal() {
    Signal s = r.signals().get(0);
    plain("norm", "mean length", s.mean(), "Mean length before the final norm");
    plain("deviation", "deviation of lengths", s.deviation(), "Standard deviation of lengths");
    plain("outliers", "share of outliers", s.outliers(), "Share longer than mean + 1 deviation");
    if (r.signals().size() > 2) {
      Signal post = r.signals().get(1);
      double share = (post.deviation() / post.mean()) / (s.deviation() / s.mean());
      if (Double.isFinite(share)) {
        plain(
            "left_after_norm",
            "relative spread of lengths behind the final norm over that before",
            share,
            "Relative spread of lengths behind the final norm, over that before");
      }
    }
  }

  private void fact(Fact f) {
    Estimate e = f.spearman();
    findings.add(
        Scalar.of(
                "waterfill." + f.of() + "." + f.with().replace(' ', '_'),
                "Spearman of " + f.of() + " and " + f.with(),
                e,
                null,
                "1",
                f.of().equals("norm") ? "length and " + f.with() : null,
                "The rank correlation of "
                    + f.of()
                    + " and "
                    + f.with()
                    + " over "
                    + Text.grouped(f.count())
                    + (f.with().equals("frequency") ? " kinds" : " points")
                    + " is "
                    + Spelling.number(e.value())
                    + "; by chance "
                    + Spelling.spread(e.expected(), e.deviation())
                    + " (permuted p "
                    + Spelling.number(f.p())
                    + ").")
            .on(Scale.BOUNDED));
  }

  private void kept(Kept k) {
    String id = k.of().equals(settings.method()) ? "" : "directions.";
    String words = k.of().equals(settings.method()) ? "the placement" : "directions alone";
    for (boolean trust : new boolean[] {true, false}) {
      Estimate e = trust ? k.trustworthiness() : k.overlap();
      findings.add(
          Scalar.of(
              "waterfill." + id + (trust ? "trustworthiness" : "overlap"),
              (trust ? "trustworthiness of " : "share of neighbours kept by ") + words,
              e,
              null,
              "1",
              null,
              (trust ? "Trustworthiness of " : "Share of the nearest neighbours kept by ")
                  + words
                  + " over "
                  + Text.grouped(k.points())
                  + " points and "
                  + k.neighbours()
                  + " neighbours: "
                  + Spelling.number(e.value())
                  + (e.expected() == null
                      ? "."
                      : "; with radii dealt at random "
                          + Spelling.spread(e.expected(), e.deviation())
                          + ".")));
    }
  }

  private void left() {
    if (r.reading().broken() > 0) {
      findings.add(
          new Note(
              "waterfill.broken",
              "Left out",
              Text.grouped(r.reading().broken())
                  + " vectors with NaN or infinite numbers are left out of everything."));
    }
    if (r.reading().zeros() > 0) {
      findings.add(
          new Note(
              "waterfill.zeros",
              "Vectors of zeros",
              Text.grouped(r.reading().zeros())
                  + " vectors are zero: they have the least prominence and no direction, and stay at"
                  + " the origin whatever their shell."));
    }
  }

  private static String counted(int n, String what) {
    return Text.grouped(n) + " " + what + (n == 1 ? "" : "s");
  }

  private String summary() {
    Filling f = find(settings.method()).orElseThrow();
    Filling o = find(WaterSettings.OSMOTIC).orElseThrow();
    StringBuilder text =
        new StringBuilder(
            counted(r.reading().points(), "point")
                + " on "
                + counted(r.shells().size(), "shell")
                + " ("
                + f.of()
                + "): "
                + Spelling.percent(f.inner())
                + " inner, "
                + Spelling.percent(f.middle())
                + " middle, "
                + Spelling.percent(f.outer())
                + " outer. "
                + (o.settled()
                    ? "The osmotic flow settled after " + counted(o.iterations(), "iteration")
                    : "The osmotic flow did not settle in " + counted(o.iterations(), "iteration"))
                + ".");
    find(WaterMeasurement.BASELINE)
        .ifPresent(
            b ->
                text.append(
                    " On unit vectors, where all lengths are equal, it "
                        + (b.settled() ? "settled after " : "did not settle in ")
                        + b.iterations()
                        + "."));
    r.facts().stream()
        .filter(k -> k.of().equals("norm") && k.with().equals("surprisal"))
        .forEach(
            k ->
                text.append(
                    " Length and surprisal: Spearman "
                        + Spelling.number(k.spearman().value())
                        + " (permuted p "
                        + Spelling.number(k.p())
                        + ")."));
    return text.toString();
  }
}
