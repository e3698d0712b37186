package dev.orograph.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.finding.Axis;
import dev.orograph.finding.Bars;
import dev.orograph.finding.Boxes;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Histogram;
import dev.orograph.finding.Note;
import dev.orograph.finding.Results;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Scatter;
import dev.orograph.finding.Scatter.Colouring;
import dev.orograph.finding.Scatter.Layout;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** Results that look like a real survey's, for the report's tests; the numbers are made up. */
public final class ReportFixture {
  private static final List<String> LLAMA =
      List.of(
          "self_attn_q",
          "self_attn_k",
          "self_attn_v",
          "self_attn_o",
          "mlp_up",
          "mlp_gate",
          "mlp_down");
  private static final List<String> ENCODER_DECODER =
      List.of(
          "self_attn_q",
          "self_attn_k",
          "self_attn_v",
          "self_attn_o",
          "cross_attn_q",
          "cross_attn_k",
          "cross_attn_v",
          "cross_attn_o",
          "mlp_up",
          "mlp_gate",
          "mlp_down",
          "norm_attn",
          "norm_mlp");

  private final Random random = new Random(7);

  private ReportFixture() {}

  /** Several of them, as {@code results.json} has them. */
  public static List<byte[]> written() {
    return List.of(small(), hostile(), awkward(), WordsFixture.results()).stream()
        .map(ResultsJson::write)
        .toList();
  }

  /** A Llama of two layers and 14 matrices. */
  static Results small() {
    return new ReportFixture().model("tinystories-656k", "Llama", LLAMA, 2, List.of("decoder"));
  }

  /** An encoder-decoder of 24 + 24 layers, some 550 matrices. */
  static Results big() {
    return new ReportFixture()
        .model("t5-like-24x24", "T5", ENCODER_DECODER, 24, List.of("encoder", "decoder"));
  }

  /** Names that would run, break out, or deceive if they were taken for anything but text. */
  static Results hostile() {
    String name = "</script><img src=x onerror=\"document.body.dataset.errors='owned'\">";
    List<Finding> findings =
        List.of(
            new Scalar(
                "hostile.scalar",
                name,
                0.5,
                null,
                null,
                0.1,
                0.01,
                null,
                40.0,
                null,
                "1",
                "claim",
                "<b>bold</b> & \u202eevil"),
            new Table(
                "hostile.table",
                "<script>alert(1)</script>",
                List.of("tensor", "<i>value</i>"),
                List.of("\"><svg onload=alert(1)>", "a value"),
                List.of(
                    List.of("=cmd|' /C calc'!A0", 1.0),
                    List.of("\u001b[31mred\u001b[0m", -2.5),
                    List.of("a\u202egpj.exe", 3L),
                    List.of("line\r\nbreak,\"quoted\"", 4.0),
                    List.of("lone \ud800 surrogate", 5.0),
                    List.of("\u2028", 6.0),
                    List.of(name, 7.0))),
            new Bars(
                "hostile.bars",
                name,
                new Axis("<u>y</u>", "</script>", false),
                List.of(name, "{b}", "{a|x}"),
                List.of(new Bars.Group(name, List.of(1.0, 2.0, 3.0), 1.5, false)),
                name),
            new Curve(
                "hostile.curve",
                name,
                Axis.linear(name),
                Axis.log(name),
                List.of(
                    new Curve.Panel(
                        name,
                        List.of(new Curve.Line(name, List.of(0.0, 1.0), List.of(0.0, 2.0), false)),
                        List.of())),
                name),
            new Heatmap(
                "hostile.heatmap",
                name,
                List.of(name, "<b>"),
                List.of(name),
                List.of(Arrays.asList(1.0, null)),
                Axis.linear(name),
                null,
                Axis.linear(name),
                null,
                name,
                new Heatmap.Group(name, "<b>")),
            new Heatmap(
                "hostile.heatmap.beside",
                name,
                List.of("{a|x}", "<b>"),
                List.of(name, "\u202e"),
                List.of(Arrays.asList(1.0, null), Arrays.asList(null, null)),
                Axis.linear(name),
                Axis.linear(name),
                Axis.linear(name),
                null,
                name,
                new Heatmap.Group(name, "\u202e")),
            new Boxes(
                "hostile.boxes",
                name,
                Axis.linear(name),
                Axis.linear(name),
                List.of(
                    new Boxes.Panel(
                        name,
                        List.of(
                            box(name, 1, 2, 3, 4, 5), box("<b>", 1, 1, 1, 1, 1), box("", 0, 1)))),
                null,
                name),
            new Histogram(
                "hostile.histogram",
                name,
                Axis.linear(name),
                List.of(0.0, 1.0, 2.0),
                List.of(
                    new Histogram.Series(name, List.of(0.5, 0.5), 2, false),
                    new Histogram.Series("<b>", List.of(0.1, 0.9), 2, true)),
                List.of(new Histogram.Mark(name, 1, true), new Histogram.Mark("\u202e", 1, false)),
                name),
            TokenFixture.hostile(name),
            new Note("hostile.note", name, name + "\u001b]0;owned\u0007"));
    return Results.of(
        new Results.ModelCard(name, "<em>Llama</em>", Map.of(name, name), "00", name),
        Map.of("seed", name),
        List.of(
            new Results.Analysis("hostile", name, "done", null),
            new Results.Analysis("other", name, "not_applicable", name)),
        List.of(new Section("hostile", name, name, name, name, name, findings)));
  }

  /** Shapes at the edge of what charts and tables can hold: empty, single, gaps, zero on logs. */
  static Results awkward() {
    Axis plain = Axis.linear("x");
    Axis log = Axis.log("value");
    List<Double> one = List.of(3.0);
    List<Double> none = Arrays.asList((Double) null);
    List<Double> long5000 = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      long5000.add(i + 1.0);
    }
    List<String> labels = new ArrayList<>();
    List<List<Double>> square = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      labels.add("a rather long label " + i);
      List<Double> row = new ArrayList<>();
      for (int j = 0; j < 90; j++) {
        row.add(Math.sin(i * 0.1) * Math.cos(j * 0.2));
      }
      square.add(row);
    }
    Curve.Band point = new Curve.Band("null", one, List.of(1.0), List.of(2.0));
    List<Finding> findings =
        List.of(
            curve("no_panels", plain, plain, List.of()),
            curve("no_lines", plain, plain, List.of(new Curve.Panel("", List.of(), List.of()))),
            curve(
                "one_point",
                plain,
                plain,
                List.of(
                    new Curve.Panel(
                        "p", List.of(new Curve.Line("l", one, one, false)), List.of(point)),
                    new Curve.Panel(
                        "q", List.of(new Curve.Line("l", one, none, true)), List.of()))),
            curve(
                "zero_on_logs",
                log,
                log,
                List.of(
                    new Curve.Panel(
                        "",
                        List.of(
                            new Curve.Line(
                                "l", List.of(0.0, 1.0, 10.0), Arrays.asList(1.0, 0.0, null), false),
                            new Curve.Line("m", List.of(1.0, 10.0), List.of(1e-30, 1e30), false)),
                        List.of(
                            new Curve.Band(
                                "null", List.of(1.0, 10.0), List.of(0.0, 0.0), one100()))))),
            curve(
                "constant",
                plain,
                plain,
                List.of(
                    new Curve.Panel(
                        "",
                        List.of(
                            new Curve.Line("l", List.of(1.0, 2.0), List.of(5.0, 5.0), false),
                            new Curve.Line("k", List.of(1.0, 2.0), List.of(-5e9, 5.0), true)),
                        List.of()))),
            curve(
                "long",
                log,
                plain,
                List.of(
                    new Curve.Panel(
                        "", List.of(new Curve.Line("l", long5000, long5000, false)), List.of()))),
            new Bars("no_bars", "No bars", plain, List.of(), List.of(), ""),
            new Bars(
                "bars.signs",
                "Signs, gaps, two nulls",
                new Axis("share", "%", false),
                List.of("a", "b"),
                List.of(
                    new Bars.Group("g", Arrays.asList(-1.0, null), -0.5, false),
                    new Bars.Group("h", List.of(2.0, 1.0), 0.5, false),
                    new Bars.Group("h (seed)", List.of(2.5, 0.5), null, true, "h")),
                ""),
            new Bars(
                "bars.log",
                "Bars on a logarithmic axis",
                log,
                List.of("1", "2", "3"),
                List.of(new Bars.Group("g", List.of(0.0, 0.001, 1000.0), 1.0, false)),
                ""),
            new Heatmap(
                "heat.empty", "Empty", List.of(), List.of(), List.of(), plain, plain, null, ""),
            new Heatmap(
                "heat.one", "One", List.of("a"), List.of("b"), List.of(one), plain, plain, 3.0, ""),
            new Heatmap("heat.large", "Large", labels, labels, square, plain, plain, 0.0, ""),
            new Boxes("boxes.empty", "No boxes", plain, plain, List.of(), null, ""),
            new Boxes(
                "boxes.one",
                "One box, all the same, and a panel without any",
                plain,
                plain,
                List.of(
                    new Boxes.Panel("p", List.of(box("3", 2, 2, 2, 2, 2))),
                    new Boxes.Panel("q", List.of())),
                2.0,
                ""),
            new Boxes(
                "boxes.log",
                "Boxes on a logarithmic axis",
                plain,
                log,
                List.of(
                    new Boxes.Panel(
                        "",
                        List.of(
                            box("a rather long name of a box", 0.01, 0.1, 1, 10, 1e6),
                            box("b", 0, 0.5, 1, 2, 3)))),
                0.0,
                ""),
            new Histogram("histogram.empty", "No bins", plain, List.of(), List.of(), List.of(), ""),
            new Histogram(
                "histogram.zeros",
                "No values, marks outside",
                plain,
                List.of(0.0, 1.0),
                List.of(new Histogram.Series("s", List.of(0.0), 0, false)),
                List.of(new Histogram.Mark("far", 5, false)),
                ""),
            new Histogram(
                "histogram.log",
                "Zero on a logarithmic axis",
                log,
                List.of(0.0, 0.01, 1.0, 100.0),
                List.of(
                    new Histogram.Series("s", List.of(0.5, 0.25, 0.25), 4, false),
                    new Histogram.Series("t", List.of(0.0, 0.5, 0.5), 4, false),
                    new Histogram.Series("null", List.of(0.1, 0.8, 0.1), 9, true)),
                List.of(new Histogram.Mark("0", 0, false)),
                ""),
            new Scatter(
                "scatter.empty",
                "No points",
                "token",
                List.of(),
                List.of(),
                List.of(Layout.map("m", new double[0], new double[0], "")),
                List.of(),
                ""),
            new Scatter(
                "scatter.one",
                "One point without a colour",
                "token",
                List.of(3L),
                List.of("a"),
                List.of(Layout.map("m", new double[] {2}, new double[] {2}, "")),
                List.of(),
                ""),
            new Scatter(
                "scatter.gaps",
                "No values, no places",
                "token",
                List.of(1L, 2L, 3L),
                List.of("a", "b", "c"),
                List.of(
                    Layout.between(
                        "log",
                        log,
                        log,
                        new double[] {0, 1, Double.NaN},
                        new double[] {1, 1e-300, 1},
                        "about")),
                List.of(
                    Colouring.by("none", log, new double[] {Double.NaN, -1, 0}),
                    Colouring.by("no kinds", List.of(), Arrays.asList(null, null, null))),
                ""),
            new Table("table.empty", "Empty", List.of("a"), List.of(""), List.of()),
            new Table(
                "table.nulls",
                "Nulls",
                List.of("a", "b"),
                List.of("", ""),
                List.of(Arrays.asList(null, null), Arrays.asList("x", 1e-300))),
            new Scalar(
                "point", "Point", 1, 1.0, null, 1.0, 0.0, null, null, null, null, null, null));
    return Results.of(
        new Results.ModelCard("awkward", "matrices", Map.of(), "", ""),
        Map.of(),
        List.of(),
        List.of(
            new Section("awkward", "Awkward", "", "", "", "", findings),
            new Section("empty", "Empty", "", "", "", "", List.of())));
  }

  private static Boxes.Box box(
      String label, double min, double q1, double median, double q3, double max) {
    return new Boxes.Box(label, min, q1, median, q3, max, 4, null);
  }

  private static Boxes.Box box(String label, double low, double high) {
    return new Boxes.Box(label, low, low, low, high, high, 2, (low + high) / 2);
  }

  private static List<Double> one100() {
    return List.of(1.0, 100.0);
  }

  private static Curve curve(String id, Axis x, Axis y, List<Curve.Panel> panels) {
    return new Curve(id, "Curve " + id, x, y, panels, "");
  }

  /** A {@code run.json}. */
  static ObjectNode run() {
    ObjectNode run = JsonNodeFactory.instance.objectNode();
    run.put("version", "0.1.0");
    run.put("java", "17.0.15 (Debian)");
    ObjectNode machine = run.putObject("machine");
    machine.put("os", "Linux 6.1 amd64");
    machine.put("cores", 2);
    machine.put("cpu", "Intel(R) Xeon(R) Processor");
    machine.put("kernels", "SkylakeX");
    run.put("started", "2026-11-21T23:40:02Z");
    run.put("seconds", 14.7321);
    run.putObject("settings").put("threads", "2").put("memory", "4 GiB");
    run.putArray("arrays").add("spectra.safetensors").add("similarity.safetensors");
    run.putObject("timings").put("spectra", 11.2034).put("sparsity", 2.7).put("report", 0.21);
    return run;
  }

  private Results model(
      String name, String family, List<String> components, int layers, List<String> stacks) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Parameters", layers > 2 ? "737,668,096" : "656,768");
    facts.put("Layers", stacks.size() > 1 ? "24 + 24" : "2");
    facts.put("d_model", layers > 2 ? "1024" : "128");
    facts.put("Heads", layers > 2 ? "16 of 64" : "8 of 16, 4 key heads");
    facts.put("d_ff", layers > 2 ? "2816" : "384");
    facts.put("Vocabulary", layers > 2 ? "32,128" : "2,048");
    facts.put("Types", "float32");
    facts.put("Files", "1 file, 2.6 MB");
    facts.put("Fingerprint", "3f9a1c07b2e4d5a8");
    String paragraph =
        layers > 2
            ? "A T5 encoder-decoder with 24 encoder and 24 decoder layers, 737,668,096 parameters"
                + " in 558 tensors of float32. Attention projects without 1/sqrt(d_h), which is"
                + " folded into W_q at initialisation; input and output embeddings are tied."
            : "A Llama decoder of 2 layers, width 128, with 656,768 parameters in 21 tensors of"
                + " float32. Eight query heads share four key heads; input and output embeddings"
                + " are tied. Nothing in it is NaN, infinite or exactly zero.";
    return Results.of(
        new Results.ModelCard(
            name,
            family,
            layers > 2 ? 737_668_096L : 656_768L,
            facts,
            "3f9a1c07b2e4d5a84410aa93ce1f7e2d55b1c09e",
            paragraph),
        Map.of("seed", "42", "figures", "sound and seed", "spectra.tail", "10"),
        List.of(
            new Results.Analysis("spectra", "Singular values", "done", null),
            new Results.Analysis("sparsity", "Small weights", "done", null),
            new Results.Analysis("layers", "Layer by layer", "done", null),
            new Results.Analysis("tokens", "Tokens", "done", null),
            new Results.Analysis(
                "bias",
                "Relative position bias",
                "not_applicable",
                "a Llama has rotary positions and no bias table"),
            new Results.Analysis(
                "cross",
                "Cross-attention alignment",
                "not_applicable",
                "the model has one stack, and cross-attention needs two"),
            new Results.Analysis(
                "levelset", "KL level-sets", "skipped", "asked for with --only weights")),
        List.of(
            spectra(components, layers, stacks),
            sparsity(components, layers, stacks),
            layers(components, layers, stacks),
            TokenFixture.section(layers > 2 ? 20_000 : 600)));
  }

  private Section spectra(List<String> components, int layers, List<String> stacks) {
    List<Finding> findings = new ArrayList<>();
    double[] z = {-812.4, 12.94, -3.2, 41.8, 5.61, -1.3, 2412.9};
    for (int i = 0; i < Math.min(7, components.size()); i++) {
      String c = components.get(i);
      double expected = 30.2 + i;
      double deviation = 0.0213 * (i + 1);
      double value = expected + z[i] * deviation * 0.04;
      findings.add(
          new Scalar(
              "spectra." + c + ".stable_rank",
              "Stable rank of " + c + ", median over layers",
              value,
              i % 3 == 2 ? null : value * 0.987,
              i % 2 == 0 ? List.of(value - 0.61, value + 0.7) : null,
              expected,
              deviation,
              i % 2 == 0 ? 200 : null,
              (value - expected) / deviation * 25,
              i % 2 == 0 ? 0.00498 : null,
              "1",
              "spectra." + i,
              String.format(
                  Locale.ROOT,
                  "The median %s has a stable rank of %.2f where shuffled entries of the same"
                      + " matrix give %.2f: its energy lies in fewer directions than chance needs.",
                  c,
                  value,
                  expected)));
    }
    findings.add(
        Scalar.plain(
            "spectra.log10_s1.max",
            "Largest singular value, log10",
            1.60318207,
            "log10",
            "The largest singular value of any matrix is 40.1."));
    findings.add(
        Scalar.seed(
            "spectra.condition.max",
            "Condition number, largest",
            48120311.75,
            "1",
            "The reference notebooks' condition number is dominated by one near-singular matrix."));
    findings.add(layers > 2 ? layerCurve(components, layers) : spectrumCurve(components, layers));
    if (layers > 2) {
      findings.add(rampCurve(layers));
      findings.add(similarity(layers));
    } else {
      findings.add(oneCurve());
    }
    findings.add(spectraTable(components, layers, stacks));
    findings.add(
        new Note(
            "spectra.note.fallback",
            "Direct decomposition",
            "One matrix is so ill-conditioned that its smallest singular values were taken from a"
                + " direct SVD and not from the Gram matrix: decoder.layer_1.self_attn_k."));
    return new Section(
        "spectra",
        "Singular values",
        "All matrices were decomposed in float64. The attention output projections keep their"
            + " energy in far fewer directions than shuffled copies of themselves (median stable"
            + " rank 18.4 against 31.2), the MLP matrices nearly as many. 3 of 14 have a singular"
            + " value above the Marchenko-Pastur edge.",
        "Singular values of every two-dimensional weight from the eigenvalues of the Gram matrix on"
            + " the short side, in float64. The null shuffles the entries of the same matrix 200"
            + " times.",
        "Roy & Vetterli 2007; Martin, Peng & Mahoney, Nature Communications 2021; seed 003, section"
            + " 4.",
        "A low rank of the weights says nothing about how often the directions that remain are used"
            + " on real text, and shuffling also destroys structure that training did not make.",
        findings);
  }

  private Curve spectrumCurve(List<String> components, int layers) {
    List<Curve.Panel> panels = new ArrayList<>();
    for (String c : components) {
      List<Curve.Line> lines = new ArrayList<>();
      List<Double> x = new ArrayList<>();
      List<Double> low = new ArrayList<>();
      List<Double> high = new ArrayList<>();
      for (int k = 1; k <= 128; k++) {
        x.add((double) k);
        low.add(2.1 * (1.02 - k / 128.0) + 0.02);
        high.add(2.5 * (1.04 - k / 128.0) + 0.05);
      }
      for (int l = 0; l < layers; l++) {
        List<Double> y = new ArrayList<>();
        double slope = 0.25 + 0.2 * random.nextDouble();
        double s1 = 6 + 6 * random.nextDouble();
        for (int k = 1; k <= 128; k++) {
          y.add(s1 * Math.pow(k, -slope) * (1.03 - k / 128.0));
        }
        lines.add(new Curve.Line("layer " + l, x, y, false));
      }
      panels.add(
          new Curve.Panel(
              c, lines, List.of(new Curve.Band("shuffled entries, 2.5 to 97.5 %", x, low, high))));
    }
    return new Curve(
        "spectra.spectrum",
        "Singular values by rank",
        Axis.linear("rank"),
        new Axis("singular value", "", true),
        panels,
        "A line above the grey band at the left has more energy in its first directions than the"
            + " same entries in random order would have.",
        "layer");
  }

  private Curve layerCurve(List<String> components, int layers) {
    List<Curve.Panel> panels = new ArrayList<>();
    for (String c : components) {
      List<Double> x = new ArrayList<>();
      List<Double> sound = new ArrayList<>();
      List<Double> seed = new ArrayList<>();
      List<Double> low = new ArrayList<>();
      List<Double> high = new ArrayList<>();
      double at = 20 + 60 * random.nextDouble();
      for (int l = 0; l < layers; l++) {
        at += 6 * random.nextGaussian();
        x.add((double) l);
        sound.add(l == 7 && c.equals("self_attn_k") ? null : Math.abs(at));
        seed.add(Math.abs(at) * 0.96);
        low.add(96.0);
        high.add(104.0);
      }
      panels.add(
          new Curve.Panel(
              c,
              List.of(
                  new Curve.Line("stable rank", x, sound, false),
                  new Curve.Line("stable rank (seed)", x, seed, true, "stable rank")),
              List.of(new Curve.Band("shuffled entries, 95 %", x, low, high))));
    }
    return new Curve(
        "spectra.stable_rank.by_layer",
        "Stable rank through the layers",
        Axis.linear("layer"),
        Axis.linear("stable rank"),
        panels,
        "The nearer a line is to the grey band, the more its matrix looks like one with shuffled"
            + " entries; low means few directions carry the energy.");
  }

  private Curve oneCurve() {
    List<Double> x = new ArrayList<>();
    List<Double> gain = new ArrayList<>();
    List<Double> low = new ArrayList<>();
    List<Double> high = new ArrayList<>();
    List<Double> other = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      x.add(i * 5.0);
      gain.add(0.9 + 0.5 * Math.exp(-i / 6.0) + 0.03 * random.nextGaussian());
      other.add(1.1 + 0.02 * i + 0.03 * random.nextGaussian());
      low.add(0.86);
      high.add(0.97);
    }
    return new Curve(
        "spectra.energy",
        "Energy kept by the first directions",
        new Axis("directions kept", "%", false),
        new Axis("energy over the null's", "", false),
        List.of(
            new Curve.Panel(
                "",
                List.of(
                    new Curve.Line("attention", x, gain, false),
                    new Curve.Line(
                        "attention (seed)",
                        x,
                        gain.stream().map(v -> v - 0.06).toList(),
                        true,
                        "attention"),
                    new Curve.Line("MLP", x, other, false)),
                List.of(new Curve.Band("shuffled, 95 %", x, low, high)))),
        "Above the grey band a part of the directions holds more than chance would give it.");
  }

  private Curve rampCurve(int layers) {
    List<Curve.Line> lines = new ArrayList<>();
    for (int l = 0; l < layers; l++) {
      List<Double> x = new ArrayList<>();
      List<Double> y = new ArrayList<>();
      double slope = 0.2 + 0.02 * l;
      for (int k = 1; k <= 1024; k += k < 32 ? 1 : 16) {
        x.add((double) k);
        y.add(12 * Math.pow(k, -slope) * (1.002 - k / 1024.0));
      }
      lines.add(new Curve.Line("layer " + l, x, y, false));
    }
    return new Curve(
        "spectra.self_attn_q.spectrum",
        "Singular values of self_attn_q by rank",
        Axis.log("rank"),
        Axis.log("singular value"),
        List.of(new Curve.Panel("self_attn_q", lines, List.of())),
        "Later layers fall off faster.",
        "layer");
  }

  private Heatmap similarity(int layers) {
    List<String> labels = new ArrayList<>();
    List<List<Double>> values = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      labels.add(Integer.toString(i));
      List<Double> row = new ArrayList<>();
      for (int j = 0; j < layers; j++) {
        row.add(i == j ? null : 0.02 * Math.exp(-Math.abs(i - j) / 4.0) * random.nextGaussian());
      }
      values.add(row);
    }
    return new Heatmap(
        "spectra.self_attn_q.cross_layer",
        "Cosine between layers, self_attn_q",
        labels,
        labels,
        values,
        Axis.ordinal("layer"),
        Axis.linear("cosine"),
        0.0,
        "White is what unrelated matrices give; orange layers point the same way, blue ones"
            + " apart.");
  }

  private Table spectraTable(List<String> components, int layers, List<String> stacks) {
    List<List<Object>> rows = new ArrayList<>();
    for (String stack : stacks) {
      for (int l = 0; l < layers; l++) {
        for (String c : components) {
          if (stack.equals("encoder") && c.startsWith("cross")) {
            continue;
          }
          double rank = 4 + 80 * random.nextDouble();
          List<Object> row = new ArrayList<>();
          row.add(stack + ".layer_" + l + "." + c);
          row.add(stack);
          row.add((long) l);
          row.add(c);
          row.add(c.startsWith("mlp") ? 393216L : 16384L);
          row.add(rank);
          row.add(rank * 0.99);
          row.add(rank * 1.7 + random.nextDouble());
          row.add((long) (rank * 1.2));
          row.add(Math.exp(random.nextGaussian()));
          row.add(1e-5 * random.nextDouble());
          row.add(random.nextInt(9) == 0 ? null : 2 + 3 * random.nextDouble());
          row.add(1 / (1e-7 + 1e-5 * random.nextDouble()));
          row.add(rank < 30);
          rows.add(row);
        }
      }
    }
    return new Table(
        "spectra.matrices",
        "Every matrix",
        List.of(
            "tensor",
            "stack",
            "layer",
            "component",
            "entries",
            "stable_rank",
            "stable_rank_seed",
            "effective_rank",
            "rank90",
            "s1",
            "s_min",
            "alpha",
            "condition",
            "above_edge"),
        List.of(
            "Name in the checkpoint.",
            "Which stack it belongs to.",
            "Layer, from 0.",
            "Its role.",
            "Number of entries.",
            "Frobenius norm squared over the largest singular value squared; 1 to the short side.",
            "The same from the reference notebooks' float32 SVD.",
            "exp of the entropy of the normalised singular values (Roy & Vetterli 2007).",
            "How many singular values make 90 % of their sum.",
            "Largest singular value.",
            "Smallest singular value.",
            "Exponent of a power law fitted to the tail of the squared singular values; none where"
                + " fewer than 10 lie in it.",
            "Largest over smallest singular value.",
            "Whether any lies above the Marchenko-Pastur edge."),
        List.of("stable_rank_seed"),
        rows);
  }

  private Section sparsity(List<String> components, int layers, List<String> stacks) {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        new Scalar(
            "sparsity.share_0_1",
            "Share of |w| below 0.1",
            0.98765432101,
            0.98765432101,
            null,
            0.9612,
            0.00021,
            null,
            125.9,
            null,
            "1",
            "sparsity",
            "98.8 % of all weights are below 0.1, and 96.1 % would be in a fresh model of this"
                + " shape: the threshold says more about the scale than about the training."));
    findings.add(
        new Scalar(
            "sparsity.kurtosis",
            "Kurtosis of the weights, median",
            5.8123,
            null,
            List.of(5.31, 6.2),
            3.0,
            0.0383,
            null,
            73.4,
            null,
            "1",
            "kurtosis",
            "The median matrix has a kurtosis of 5.81 where a Gaussian has 3: its tails are"
                + " heavy."));
    findings.add(
        Scalar.plain("sparsity.zeros", "Exact zeros", 0, "weights", "No weight is exactly zero."));
    List<Double> below = new ArrayList<>();
    for (int i = 0; i < components.size(); i++) {
      below.add(0.05 + 0.09 * random.nextDouble());
    }
    findings.add(
        new Bars(
            "sparsity.below_own_scale",
            "Weights near zero, by their own scale",
            new Axis("share below 0.1 standard deviations", "", false),
            components,
            List.of(new Bars.Group("share", below, 0.0797, false)),
            "A bar beyond the grey line has more near-zero weights than a Gaussian of the same"
                + " spread."));
    findings.add(
        new Bars(
            "sparsity.thresholds",
            "Small weights by threshold",
            new Axis("share of weights", "", false),
            List.of("1e-6", "1e-4", "1e-3", "1e-2", "1e-1"),
            List.of(
                new Bars.Group(
                    "attention", List.of(0.00002, 0.0021, 0.021, 0.2, 0.97), null, false),
                new Bars.Group("MLP", List.of(0.00001, 0.0011, 0.012, 0.12, 0.99), null, false),
                new Bars.Group("seed", List.of(0.00002, 0.0019, 0.019, 0.19, 0.96), null, true)),
            "Taller bars mean more weights under the threshold written below them."));
    List<List<Double>> values = new ArrayList<>();
    List<String> columns = new ArrayList<>();
    for (int l = 0; l < Math.max(layers, 6); l++) {
      columns.add(Integer.toString(l));
    }
    for (int i = 0; i < components.size(); i++) {
      List<Double> row = new ArrayList<>();
      for (int l = 0; l < columns.size(); l++) {
        row.add(3 + 4 * random.nextDouble() * (i + 1) / components.size());
      }
      values.add(row);
    }
    findings.add(
        new Heatmap(
            "sparsity.kurtosis.map",
            "Kurtosis by component and layer",
            columns,
            components,
            values,
            Axis.ordinal("layer"),
            Axis.linear("kurtosis"),
            null,
            "Dark cells have heavy tails; a Gaussian has 3."));
    findings.add(
        new Table(
            "sparsity.stacks",
            "By stack",
            List.of("stack", "weights", "below_1e_3", "below_1e_1", "hoyer"),
            List.of(
                "Stack.",
                "Number of weights.",
                "Share below 0.001.",
                "Share below 0.1.",
                "Hoyer sparsity."),
            stacks.stream()
                .map(s -> List.<Object>of(s, 327680L, 0.0191232, 0.98211, 0.2231))
                .toList()));
    return new Section(
        "sparsity",
        "Small weights",
        "How many weights are small depends on the threshold's unit. Against an absolute 0.1 nearly"
            + " all are; against each matrix's own standard deviation the model is a little sparser"
            + " than a Gaussian.",
        "Shares of |w| below fixed thresholds and below shares of each matrix's own standard"
            + " deviation. The null is a Gaussian of the same standard deviation in closed form.",
        "Seed 003, section 5; Hurley & Rickard 2009 for the Hoyer and Gini indices.",
        "Whether small weights can be removed without harm.",
        findings);
  }

  /**
   * Norms as boxes; for a deep model also heads as lines, and squares of layers beside each other.
   */
  private Section layers(List<String> components, int layers, List<String> stacks) {
    List<Finding> findings = new ArrayList<>();
    findings.add(normScales(layers, stacks));
    if (layers > 2) {
      for (String stack : stacks) {
        for (String component : components.subList(0, 8)) {
          if (stack.equals("decoder") || !component.startsWith("cross")) {
            findings.add(crossLayer(stack, component, layers));
          }
        }
      }
      findings.add(heads(16, 64));
      for (String stack : stacks) {
        findings.add(positionBias(stack));
      }
    }
    return new Section(
        "layers",
        "Layer by layer",
        "The scales of the norms lie below 1 in the first layers and rise from there.",
        "Smallest, quartiles and largest of every norm's scales.",
        "Seed 003, section 6.",
        "What a scale does to the activations it multiplies.",
        findings);
  }

  private Boxes normScales(int layers, List<String> stacks) {
    List<Boxes.Panel> panels = new ArrayList<>();
    for (String stack : stacks) {
      for (String kind : List.of("norm_attn", "norm_cross", "norm_mlp")) {
        List<Boxes.Box> boxes = new ArrayList<>();
        for (int l = 0; l < layers; l++) {
          double middle = 0.4 + 0.9 * l / layers + 0.1 * random.nextDouble();
          double half = 0.05 + 0.1 * random.nextDouble();
          if (l != 5 || !kind.equals("norm_mlp")) {
            boxes.add(
                new Boxes.Box(
                    Integer.toString(l),
                    middle - half - 0.4 * random.nextDouble(),
                    middle - half,
                    middle,
                    middle + 1.3 * half,
                    middle + 1.3 * half + 1.5 * random.nextDouble(),
                    1024,
                    middle + 0.1 * half));
          }
        }
        panels.add(new Boxes.Panel(stack + " " + kind, boxes));
      }
    }
    return new Boxes(
        "layers.norms",
        "Scales of the norms by layer",
        Axis.ordinal("layer"),
        Axis.linear("scale"),
        panels,
        1.0,
        "A norm starts with every scale at the grey line; a tall box treats its directions"
            + " differently.");
  }

  private Heatmap crossLayer(String stack, String component, int layers) {
    Heatmap one = similarity(layers);
    return new Heatmap(
        "layers.cross." + stack + "." + component,
        "Cosine between layers: " + stack + " " + component,
        one.columns(),
        one.rows(),
        one.values(),
        one.x(),
        Axis.ordinal("layer"),
        one.value(),
        one.middle(),
        one.reading(),
        new Heatmap.Group("Cosine between layers", stack + " " + component));
  }

  private Curve heads(int few, int many) {
    List<Curve.Panel> panels = new ArrayList<>();
    for (int heads : List.of(few, many)) {
      List<Double> x = new ArrayList<>();
      for (int l = 0; l < 24; l++) {
        x.add((double) l);
      }
      List<Curve.Line> lines = new ArrayList<>();
      for (int h = 0; h < heads; h++) {
        double at = random.nextGaussian();
        List<Double> y = new ArrayList<>();
        for (int l = 0; l < x.size(); l++) {
          at = 0.9 * at + 0.3 * random.nextGaussian();
          y.add(0.1 * at);
        }
        lines.add(new Curve.Line("head " + h, x, y, false));
      }
      panels.add(
          new Curve.Panel(
              heads + " heads",
              lines,
              List.of(
                  new Curve.Band(
                      "null, 95 %",
                      x,
                      x.stream().map(v -> -0.05).toList(),
                      x.stream().map(v -> 0.05).toList()))));
    }
    return new Curve(
        "layers.heads",
        "Score of each head by layer",
        Axis.linear("layer"),
        Axis.linear("score"),
        panels,
        "Lines that leave the grey band belong to heads that attend to their like.",
        "head");
  }

  private Heatmap positionBias(String stack) {
    List<String> buckets = new ArrayList<>();
    for (int b = 0; b < 32; b++) {
      buckets.add(Integer.toString(b));
    }
    List<String> heads = buckets.subList(0, 16);
    List<List<Double>> values = new ArrayList<>();
    for (int h = 0; h < heads.size(); h++) {
      List<Double> row = new ArrayList<>();
      for (int b = 0; b < buckets.size(); b++) {
        row.add(b == 16 ? null : 4 * Math.sin(0.1 * h * b) - 0.2 * (b % 16));
      }
      values.add(row);
    }
    return new Heatmap(
        "layers.position_bias." + stack,
        "Position bias, " + stack,
        buckets,
        List.copyOf(heads),
        values,
        Axis.ordinal("bucket"),
        Axis.ordinal("head"),
        Axis.linear("bias"),
        0.0,
        "Each row is a head; where it is bright, that distance is preferred.",
        new Heatmap.Group("Position bias", stack));
  }
}
