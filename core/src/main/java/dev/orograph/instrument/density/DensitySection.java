package dev.orograph.instrument.density;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scale;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.density.DensityFigures.Beside;
import dev.orograph.instrument.density.DensityFigures.Counts;
import dev.orograph.instrument.density.DensityFigures.Seed;
import dev.orograph.instrument.density.DensityFigures.Sound;
import dev.orograph.instrument.rows.Whitening;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What the densities of a matrix say. */
final class DensitySection {
  /** Deviations from a null that count as another density. */
  private static final double CLEAR = 4;

  private final Card card;
  private final DensitySettings settings;
  private final List<DensityFigures> all;
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> sentences = new ArrayList<>();

  DensitySection(Card card, DensitySettings settings, List<DensityFigures> all) {
    this.card = card;
    this.settings = settings;
    this.all = all;
  }

  Section section() {
    for (DensityFigures f : all) {
      String id = card.id() + "." + f.task().detail().id();
      if (f.written() != null) {
        written(id, f);
      } else {
        notes(id, f);
        if (f.seed() == null) {
          sentences.add(
              "The " + f.task().detail().name() + " has too few different rows for a density.");
        } else {
          matrix(id, f);
        }
      }
    }
    return card.section(String.join(" ", sentences), findings);
  }

  private void written(String id, DensityFigures f) {
    String text =
        "The "
            + settings.metric()
            + " distances of "
            + number(f.written().tokens())
            + " tokens were written to "
            + Path.of(f.written().file()).getFileName()
            + " (float32, numpy.load).";
    findings.add(new Note(id + ".written", "Distances", text));
    sentences.add(text);
  }

  private void notes(String id, DensityFigures f) {
    Counts n = f.counts();
    List<String> text = new ArrayList<>();
    text.add(
        n.drawn() == f.task().detail().rows()
            ? "All " + number(n.drawn()) + " tokens are measured."
            : number(n.drawn())
                + " of the "
                + number(f.task().detail().rows())
                + (settings.distances().isEmpty()
                    ? " tokens are measured, drawn at random (seed " + settings.seed() + ")."
                    : " tokens are measured: those of the given distances."));
    if (n.broken() > 0) {
      text.add(
          n.broken()
              + " rows of the matrix hold a NaN or an infinite number and are left out of every"
              + " figure.");
    }
    if (n.zeros() > 0) {
      text.add(
          n.zeros()
              + " rows of the matrix hold only zeros"
              + (settings.metric().equals("cosine") ? " and have no direction." : "."));
    }
    if (n.measured() > n.distinct() && n.distinct() > 0) {
      text.add(
          number(n.measured())
              + " tokens stand at "
              + number(n.distinct())
              + " different points; "
              + number(n.clusters())
              + (n.clusters() == 1 ? " point is shared," : " points are shared,")
              + " the most by "
              + number(n.largest())
              + ". The sound figures count each point once.");
    }
    if (n.single()) {
      text.add(
          "Points are held in float32; distances below 1 % of the norms are taken from the"
              + " differences of the rows in float64.");
    }
    findings.add(new Note(id + ".tokens", "Tokens", String.join(" ", text)));
    MetricFigures m = f.metric();
    if (m != null && m.shrinkage() > 0) {
      String shrunk =
          "The covariance has the condition number "
              + Spelling.number(m.condition())
              + ", beyond "
              + Spelling.number(Whitening.LIMIT)
              + ": it is shrunk by Ledoit and Wolf towards a multiple of the identity with the"
              + " weight "
              + Spelling.number(m.shrinkage())
              + ", which leaves "
              + Spelling.number(m.shrunkCondition())
              + ". Mean squared norm and distance are then tr(M C) = "
              + Spelling.number(m.trace())
              + " and twice that, not d = "
              + m.dimensions()
              + ".";
      findings.add(new Note(id + ".regularised", "Regularised metric", shrunk));
      sentences.add(shrunk);
    }
  }

  private void matrix(String id, DensityFigures f) {
    String name = f.task().detail().name();
    Seed seed = f.seed();
    Sound sound = f.sound();
    double seedRatio = seed.radial().ratio();
    if (sound != null) {
      sound(id, f, seedRatio);
    } else if (!Double.isNaN(seedRatio)) {
      String text =
          "By the reference notebooks' norm the core of the "
              + name
              + " has "
              + Spelling.number(seedRatio)
              + " times the density of the shell, which its program calls "
              + Radial.verdict(seedRatio)
              + ".";
      sentences.add(text);
      findings.add(
          Scalar.seed(id + ".core_shell", "core over shell, " + name, seedRatio, "1", text));
    }
    double median = seed.densities().median();
    findings.add(
        Scalar.of(
            id + ".density",
            "median density, " + name,
            Estimate.of(sound == null ? median : sound.densities().median()),
            median,
            "1 / logometer",
            null,
            "Half the tokens of the "
                + name
                + " have a density of at least "
                + Spelling.number(median)
                + "."));
    if (sound != null) {
      new DensityCharts(id, f).addTo(findings);
    }
    new DensityTables(id, settings, f).addTo(findings);
  }

  private void sound(String id, DensityFigures f, double seedRatio) {
    Sound s = f.sound();
    String name = f.task().detail().name();
    if (s.ratio() == null) {
      sentences.add("The " + name + " has too few different rows for a core and a shell.");
    } else {
      zones(id, name, s, seedRatio);
    }
    if (s.correlation() != null) {
      radial(id, name, s);
    }
    if (s.hubness() != null) {
      hubness(id, name, s, f.counts().k());
    }
    if (s.volumes() != null) {
      volumes(id, name, s, f.seed().volumes().get(0).seed());
    }
    beside(id, name, f.beside());
  }

  /** Who is near whom depends on the metric. */
  private void beside(String id, String name, List<Beside> others) {
    for (Beside b : others) {
      List<String> words = new ArrayList<>();
      other(id, b, "core_shell", "core over shell", b.ratio(), name, words);
      other(id, b, "radial", "norm against density", b.correlation(), name, words);
      other(id, b, "hubness", "skewness of k-occurrence", b.skewness(), name, words);
      if (!words.isEmpty()) {
        sentences.add(
            "By "
                + b.metric()
                + " distance, of "
                + number(b.points())
                + " points: "
                + String.join(", ", words)
                + ".");
      }
    }
  }

  private void other(
      String id,
      Beside b,
      String figure,
      String words,
      Double value,
      String name,
      List<String> said) {
    if (value != null) {
      String text = words + " " + Spelling.number(value);
      said.add(text);
      findings.add(
          Scalar.plain(
              id + "." + figure + ".by_" + b.metric(),
              words + " by " + b.metric() + " distance, " + name,
              value,
              "1",
              "By " + b.metric() + " distance " + text + "."));
    }
  }

  private void zones(String id, String name, Sound s, double seedRatio) {
    String lead =
        "The core of the "
            + name
            + " (the tenth of its tokens nearest to their mean) has "
            + Spelling.number(s.ratio().value())
            + " times the density of the shell by "
            + settings.metric()
            + " distance"
            + (Double.isNaN(seedRatio)
                ? "."
                : "; by norms that are not centred, as the reference notebooks take them, "
                    + Spelling.number(seedRatio)
                    + ", which its program calls "
                    + Radial.verdict(seedRatio)
                    + ".");
    findings.add(
        Scalar.of(
            id + ".core_shell",
            "core over shell, " + name,
            s.ratio(),
            Double.isNaN(seedRatio) ? null : (Double) seedRatio,
            "1",
            null,
            lead));
    sentences.add(lead);
    Estimate gaussian = against(s, s.gaussian(), Shape::ratio);
    Estimate directions = against(s, s.directions(), Shape::ratio);
    if (gaussian == null) {
      return;
    }
    String chance =
        "Of "
            + number(s.cloud())
            + " points the core has "
            + Spelling.number(gaussian.value())
            + " times the density of the shell"
            + ": a Gaussian cloud of the same covariance "
            + level(gaussian)
            + ", the same norms in random directions "
            + level(directions)
            + ". "
            + verdict(gaussian, directions);
    sentences.add(chance);
    pair(id + ".core_shell", "core over shell", name, gaussian, directions, "core", null, chance);
  }

  private void radial(String id, String name, Sound s) {
    String correlation =
        "Rank correlation of centred norm and density by "
            + settings.metric()
            + " distance: "
            + Spelling.number(s.correlation().value())
            + (s.plainCorrelation() == null
                ? ""
                : " (of the reference notebooks' norm "
                    + Spelling.number(s.plainCorrelation().value())
                    + ")")
            + "; negative means that density falls outwards.";
    sentences.add(correlation);
    findings.add(
        Scalar.of(
            id + ".radial",
            "norm against density, " + name,
            s.correlation(),
            null,
            "1",
            null,
            correlation));
    pair(
        id + ".radial",
        "norm against density",
        name,
        against(s, s.gaussian(), Shape::correlation),
        against(s, s.directions(), Shape::correlation),
        "radial trend",
        Scale.BOUNDED,
        null);
  }

  private void hubness(String id, String name, Sound s, int k) {
    findings.add(
        Scalar.of(
            id + ".hubness",
            "skewness of the " + k + "-occurrence, " + name,
            s.hubness(),
            null,
            "1",
            null,
            "How often tokens are among the "
                + k
                + " nearest of others by "
                + settings.metric()
                + " distance has a skewness of "
                + Spelling.number(s.hubness().value())
                + "."));
    pair(
        id + ".hubness",
        "skewness of k-occurrence",
        name,
        against(s, s.gaussian(), Shape::skewness),
        against(s, s.directions(), Shape::skewness),
        "hubs by " + settings.metric() + " distance",
        null,
        null);
  }

  private void volumes(String id, String name, Sound s, List<Double> seed) {
    findings.add(
        Scalar.of(
            id + ".log_volumetric",
            "median log density per volume, " + name,
            Estimate.of(s.volumes().median()),
            seed.isEmpty() ? null : seed.get(0),
            "log(1 / logometer^D)",
            null,
            "The median log density per volume is "
                + Spelling.number(s.volumes().median())
                + " in D = "
                + Spelling.number(s.volume().dimension())
                + " dimensions, all of them finite; the reference notebooks' program overflows from D = 342"
                + " on."));
  }

  /** Two scalars, one per null; none where the data's clouds have no figure. */
  private void pair(
      String id,
      String what,
      String name,
      Estimate gaussian,
      Estimate directions,
      String claim,
      Scale scale,
      String sentence) {
    if (gaussian == null) {
      return;
    }
    findings.add(
        Scalar.of(
                id + ".gaussian",
                what + " against a Gaussian cloud, " + name,
                gaussian,
                null,
                "1",
                claim + " against a Gaussian cloud",
                plain(what, name, gaussian, "a Gaussian cloud of the same covariance"))
            .on(scale));
    findings.add(
        Scalar.of(
                id + ".directions",
                what + " against random directions, " + name,
                directions,
                null,
                "1",
                claim + " against random directions",
                sentence != null
                    ? sentence
                    : plain(what, name, directions, "the same norms in random directions"))
            .on(scale));
  }

  private static String plain(String what, String name, Estimate e, String chance) {
    return what.substring(0, 1).toUpperCase(Locale.ROOT)
        + what.substring(1)
        + " of the "
        + name
        + " is "
        + Spelling.number(e.value())
        + ", that of "
        + chance
        + " of as many points "
        + level(e)
        + ".";
  }

  /** Mean over the data's clouds against those of a null; null where they have no such figure. */
  static Estimate against(Sound s, List<Shape> nulls, ToDoubleFunction<Shape> figure) {
    List<Double> values = finite(nulls, figure);
    List<Double> own = finite(s.data(), figure);
    if (own.isEmpty()) {
      return null;
    }
    // Parts of one sample share rows with each other, the more the larger a part of it they are.
    double shared = Math.min(1, (double) s.cloud() / s.norms().count());
    return Samples.meanOf(own).among(values, shared + (1 - shared) / own.size());
  }

  private static List<Double> finite(List<Shape> shapes, ToDoubleFunction<Shape> figure) {
    return shapes.stream().map(figure::applyAsDouble).filter(Double::isFinite).toList();
  }

  private static String level(Estimate e) {
    return e.expected() == null
        ? "has none"
        : "has " + Spelling.spread(e.expected(), e.deviation());
  }

  /** -1 sparser, 1 denser, 0 neither. */
  private static int clear(Estimate e) {
    return e.z() == null || Math.abs(e.z()) < CLEAR ? 0 : e.z() > 0 ? 1 : -1;
  }

  /**
   * In words what both nulls allow to say; a difference counts from 4 deviations of 8 clouds on.
   */
  static String verdict(Estimate gaussian, Estimate directions) {
    if (gaussian.z() == null || directions.z() == null) {
      return "Neither null can be drawn, so nothing follows.";
    }
    int g = clear(gaussian);
    int d = clear(directions);
    String beyond =
        g == 0
            ? "as dense against its shell as a Gaussian cloud's"
            : (g > 0 ? "denser" : "sparser") + " against its shell than a Gaussian cloud's";
    if (d == 0) {
      return "So the core is "
          + beyond
          + (g == 0 ? ", and nothing remains to be explained." : "; norms alone explain that.");
    }
    return "So the core is "
        + beyond
        + (d == g || g == 0 ? " and " : " but ")
        + (d > 0 ? "denser" : "sparser")
        + " than its norms alone explain.";
  }

  private static String number(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }
}
