package dev.orograph.instrument.density;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.density.DensityFigures.Identity;
import dev.orograph.instrument.density.DensityFigures.Pair;
import dev.orograph.instrument.density.DensityFigures.Sound;
import dev.orograph.instrument.density.DensityFigures.Volume;
import dev.orograph.instrument.rows.Spread;
import dev.orograph.instrument.rows.Token;
import dev.orograph.stats.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The tables of one matrix. */
final class DensityTables {
  private final String id;
  private final DensityFigures f;
  private final Sound sound;
  private final boolean causal;

  DensityTables(String id, DensitySettings settings, DensityFigures f) {
    this.id = id;
    this.f = f;
    this.sound = f.sound();
    causal = settings.metric().equals("causal");
  }

  void addTo(List<Finding> findings) {
    findings.add(seed());
    findings.add(zones());
    findings.add(identities());
    findings.add(metric());
    findings.add(volumes());
    findings.add(radial());
    if (sound != null) {
      findings.add(nulls());
      findings.add(tokens("isolated", "Most isolated tokens", "mean distance to k neighbours"));
      findings.add(pairs());
      findings.add(tokens("hubs", "Hubs", "how many others count it among their k nearest"));
    }
    if (!f.counts().some().isEmpty()) {
      findings.add(tokens("copies", "Points that tokens share", "how many tokens stand there"));
    }
  }

  private record Figure(String name, Double seed, Double sound) {}

  private Table figures(String part, String title, Column<Figure> column, List<Figure> rows) {
    return Table.of(
        id + "." + part,
        title + ", " + f.task().detail().name(),
        List.of(
            new Column<Figure>("figure", "what", Figure::name),
            column,
            new Column<Figure>("sound", "the figure to rely on", Figure::sound)),
        rows);
  }

  private Table seed() {
    List<Figure> rows = new ArrayList<>();
    spread(rows, "norm", f.seed().norms(), sound == null ? null : sound.norms());
    spread(rows, "density", f.seed().densities(), sound == null ? null : sound.densities());
    return figures(
        "seed",
        "Norms and densities",
        new Column<>(
            "seed_002",
            "seed 002: norms not centred, every token by itself, zero distances dropped",
            Figure::seed,
            true),
        rows);
  }

  private static void spread(List<Figure> rows, String what, Spread a, Spread b) {
    rows.add(new Figure("smallest " + what, a.min(), b == null ? null : b.min()));
    rows.add(new Figure("largest " + what, a.max(), b == null ? null : b.max()));
    rows.add(new Figure("mean " + what, a.mean(), b == null ? null : b.mean()));
    rows.add(new Figure("median " + what, a.median(), b == null ? null : b.median()));
    rows.add(new Figure("std of " + what, a.deviation(), b == null ? null : b.deviation()));
  }

  private record ZoneRow(String zone, Radial.Zone seed, Radial.Zone sound) {}

  private Table zones() {
    Radial a = f.seed().radial();
    Radial b = sound == null ? null : sound.radial();
    List<ZoneRow> rows =
        List.of(
            new ZoneRow("core, below the 10 % percentile", a.core(), b == null ? null : b.core()),
            new ZoneRow("shell, between 40 and 60 %", a.shell(), b == null ? null : b.shell()),
            new ZoneRow("outer, above 90 %", a.outer(), b == null ? null : b.outer()));
    List<Column<ZoneRow>> columns = new ArrayList<>();
    columns.add(new Column<>("zone", "by percentile of the norm", ZoneRow::zone));
    zone(columns, "seed", "by the reference notebooks' norm", ZoneRow::seed, true);
    zone(columns, "sound", "by the centred norm, points counted once", ZoneRow::sound, false);
    return Table.of(
        id + ".zones", "Core, shell, outer, " + f.task().detail().name(), columns, rows);
  }

  private static void zone(
      List<Column<ZoneRow>> columns,
      String name,
      String about,
      java.util.function.Function<ZoneRow, Radial.Zone> zone,
      boolean seed) {
    columns.add(
        new Column<>(
            name + "_tokens",
            "how many, " + about,
            r -> zone.apply(r) == null ? null : (Long) (long) zone.apply(r).count(),
            seed));
    columns.add(
        new Column<>(
            name + "_mean",
            "mean density, " + about,
            r -> zone.apply(r) == null ? null : (Double) zone.apply(r).mean(),
            seed));
    columns.add(
        new Column<>(
            name + "_std",
            "standard deviation (ddof 0), " + about,
            r -> zone.apply(r) == null ? null : (Double) zone.apply(r).deviation(),
            seed));
  }

  private Table identities() {
    return Table.of(
        id + ".identities",
        "What must be equal, over all rows, " + f.task().detail().name(),
        List.of(
            new Column<Identity>("name", "short name", Identity::name),
            new Column<Identity>("figure", "what", Identity::about),
            new Column<Identity>("measured", "from the points", Identity::measured),
            new Column<Identity>("exact", "what it must be", Identity::exact),
            new Column<Identity>(
                "difference", "relative", i -> (i.measured() - i.exact()) / i.exact())),
        f.identities());
  }

  private Table metric() {
    MetricFigures m = f.metric();
    List<Figure> rows = new ArrayList<>();
    rows.add(new Figure("rows of the covariance", null, (double) m.rows()));
    rows.add(new Figure("dimensions d", null, (double) m.dimensions()));
    rows.add(new Figure("largest eigenvalue", null, m.largest()));
    rows.add(new Figure("smallest eigenvalue", null, m.smallest()));
    rows.add(new Figure("condition number", m.condition(), m.shrunkCondition()));
    rows.add(new Figure("Ledoit-Wolf weight", 0.0, m.shrinkage()));
    rows.add(new Figure("tr(M C)", causal ? (double) m.dimensions() : null, m.trace()));
    rows.add(new Figure("mu'M mu", null, m.meanSquare()));
    rows.add(new Figure("participation ratio of the rows", m.participation(), m.corrected()));
    rows.add(
        new Figure(
            "participation ratio where distances are taken",
            causal ? (double) m.dimensions() : null,
            m.used()));
    return figures(
        "metric",
        "The metric",
        new Column<>("plain", "of the covariance as it is, without correction", Figure::seed),
        rows);
  }

  private Table volumes() {
    return Table.of(
        id + ".volumes",
        "Log density per volume, " + f.task().detail().name(),
        List.of(
            new Column<Volume>("name", "short name", Volume::name),
            new Column<Volume>("dimension_of", "what D is", Volume::about),
            new Column<Volume>("dimension", "D", Volume::dimension),
            new Column<Volume>(
                "seed_median",
                "log k - log V_D(r), r the mean distance: median over tokens",
                v -> at(v.seed(), 0),
                true),
            new Column<Volume>("seed_min", "its smallest", v -> at(v.seed(), 1), true),
            new Column<Volume>("seed_max", "its largest", v -> at(v.seed(), 2), true),
            new Column<Volume>(
                "sound_median",
                "log k - log(n - 1) - log V_D(r), r the k-th distance: median over points",
                v -> sound == null ? null : at(v.sound(), 0)),
            new Column<Volume>(
                "sound_min", "its smallest", v -> sound == null ? null : at(v.sound(), 1)),
            new Column<Volume>(
                "sound_max", "its largest", v -> sound == null ? null : at(v.sound(), 2)),
            new Column<Volume>(
                "seed_survives",
                "whether the reference notebooks' gamma function stays finite at this D",
                v -> v.dimension() < 342,
                true)),
        f.seed().volumes());
  }

  private static Double at(List<Double> values, int i) {
    return values.isEmpty() ? null : values.get(i);
  }

  private Table radial() {
    Radial a = f.seed().radial();
    Radial b = sound == null ? null : sound.radial();
    List<Integer> bins = IntStream.range(0, Radial.BINS).boxed().toList();
    List<Column<Integer>> columns = new ArrayList<>();
    bin(columns, "seed", a, true);
    if (b != null) {
      bin(columns, "sound", b, false);
    }
    return Table.of(id + ".bins", "Density by norm, " + f.task().detail().name(), columns, bins);
  }

  private static void bin(List<Column<Integer>> columns, String name, Radial r, boolean seed) {
    columns.add(new Column<>(name + "_from", "lower edge of the norm", r.edges()::get, seed));
    columns.add(new Column<>(name + "_to", "upper edge", i -> r.edges().get(i + 1), seed));
    columns.add(
        new Column<>(name + "_tokens", "how many", i -> (long) r.bins().get(i).count(), seed));
    columns.add(new Column<>(name + "_mean", "mean density", i -> r.bins().get(i).mean(), seed));
    columns.add(
        new Column<>(
            name + "_std", "standard deviation, ddof 0", i -> r.bins().get(i).deviation(), seed));
  }

  private record NullRow(String figure, Estimate gaussian, Estimate directions) {}

  private Table nulls() {
    List<NullRow> rows =
        Stream.of(
                row("core over shell, centred norm", Shape::ratio),
                row("core over shell, the reference notebooks' norm", Shape::plainRatio),
                row("rank correlation of centred norm and density", Shape::correlation),
                row(
                    "rank correlation of the reference notebooks' norm and density",
                    Shape::plainCorrelation),
                row("skewness of k-occurrence", Shape::skewness))
            .filter(r -> r.gaussian() != null)
            .toList();
    return Table.of(
        id + ".nulls",
        "Against chance, clouds of " + sound.cloud() + " points, " + f.task().detail().name(),
        List.of(
            new Column<NullRow>("figure", "what", NullRow::figure),
            new Column<NullRow>(
                "data",
                "mean over " + sound.data().size() + " random parts of as many points",
                r -> r.gaussian().value()),
            new Column<NullRow>(
                "gaussian",
                "Gaussian clouds of the same covariance, " + sound.gaussian().size() + " draws",
                r -> r.gaussian().expected()),
            new Column<NullRow>(
                "gaussian_sd", "their standard deviation", r -> r.gaussian().deviation()),
            new Column<NullRow>("gaussian_z", "z", r -> r.gaussian().z()),
            new Column<NullRow>(
                "directions",
                "the data's norms in random directions, " + sound.directions().size() + " draws",
                r -> r.directions().expected()),
            new Column<NullRow>(
                "directions_sd", "their standard deviation", r -> r.directions().deviation()),
            new Column<NullRow>("directions_z", "z", r -> r.directions().z())),
        rows);
  }

  private NullRow row(String name, ToDoubleFunction<Shape> figure) {
    return new NullRow(
        name,
        DensitySection.against(sound, sound.gaussian(), figure),
        DensitySection.against(sound, sound.directions(), figure));
  }

  private Table tokens(String part, String title, String about) {
    List<Token> rows =
        switch (part) {
          case "hubs" -> sound.hubs();
          case "isolated" -> sound.isolated();
          default -> f.counts().some();
        };
    return Table.of(
        id + "." + part,
        title + ", " + f.task().detail().name(),
        List.of(
            new Column<Token>("token", "number", t -> (long) t.id()),
            new Column<Token>("text", "what it stands for, where known", Token::text),
            new Column<Token>("value", about, Token::value)),
        rows);
  }

  private Table pairs() {
    return Table.of(
        id + ".nearest_pairs",
        "Nearest pairs, " + f.task().detail().name(),
        List.of(
            new Column<Pair>("token_a", "number of one", p -> (long) p.a().id()),
            new Column<Pair>("text_a", "what it stands for, where known", p -> p.a().text()),
            new Column<Pair>("token_b", "number of the other", p -> (long) p.b().id()),
            new Column<Pair>("text_b", "what it stands for, where known", p -> p.b().text()),
            new Column<Pair>("distance", "how far they lie apart", Pair::distance),
            new Column<Pair>("norm_a", "centred norm", p -> p.a().value()),
            new Column<Pair>("norm_b", "centred norm", p -> p.b().value())),
        sound.pairs());
  }
}
