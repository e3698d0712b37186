package dev.orograph.report;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Histogram;
import dev.orograph.finding.Scatter;
import dev.orograph.finding.Scatter.Colouring;
import dev.orograph.finding.Scatter.Layout;
import dev.orograph.finding.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Tokens as points and their norms as histograms, for the report's tests; made up. */
final class TokenFixture {
  /** What a stranger's vocabulary may hold; "found" is in each but the last. */
  static final List<String> HOSTILE =
      List.of(
          "found</script><img src=x onerror=\"document.body.dataset.errors='owned'\">",
          "found\u001b[31mred\u001b[0m",
          "found\u202egpj.exe",
          "found\ud800",
          "\udc00found",
          "found\r\n\u0000\u2028",
          "  found ",
          "found" + "\u202e<b>".repeat(2500),
          "");

  private static final String[] SYLLABLES = {
    "la", "mo", "ri", "the", "ne", "sto", "ka", "in", "ver", "a", "qui", "lu"
  };

  private TokenFixture() {}

  /** Points named by a stranger. */
  static Scatter hostile(String name) {
    double[] along = new double[HOSTILE.size()];
    List<Long> ids = new ArrayList<>();
    List<Integer> members = new ArrayList<>();
    for (int i = 0; i < along.length; i++) {
      along[i] = i;
      ids.add((long) i);
      members.add(i == 3 ? null : i % 2);
    }
    return new Scatter(
        "hostile.scatter",
        name,
        "<i>token</i>",
        ids,
        HOSTILE,
        List.of(
            Layout.map(name, along, along, name),
            Layout.between("<b>", Axis.log(name), Axis.linear(name), along, along, name)),
        List.of(
            Colouring.by("<u>kind</u>", List.of(name, "\u202e"), members),
            Colouring.by(name, Axis.linear(name), along)),
        name);
  }

  /** Two histograms and a map. */
  static Section section(int points) {
    Random random = new Random(11);
    List<Finding> findings = new ArrayList<>();
    findings.add(cosines());
    findings.add(norms());
    findings.add(map(points, random));
    return new Section(
        "tokens",
        "Tokens",
        "Tokens of a kind lie together.",
        "Cosines of pairs of rows, and their places on a map.",
        "Seed 003, section 1.",
        "What a token means.",
        findings);
  }

  private static Histogram cosines() {
    List<Double> edges = new ArrayList<>();
    for (int i = 0; i <= 60; i++) {
      edges.add(-0.3 + i * 0.0125);
    }
    return new Histogram(
        "tokens.cosines",
        "Cosine of pairs of tokens",
        Axis.linear("cosine"),
        edges,
        List.of(
            new Histogram.Series("pairs of rows", bell(edges, 0.03, 0.09), 2_096_128, false),
            new Histogram.Series("random directions", bell(edges, 0, 0.044), 2_096_128, true)),
        List.of(
            new Histogram.Mark("mean", 0.0312, false),
            new Histogram.Mark("mean (seed)", 0.0298, true),
            new Histogram.Mark("0.29154", 0.29154, true)),
        "Mass to the right of the grey steps is pairs that point the same way more than chance"
            + " would have it.");
  }

  private static Histogram norms() {
    List<Double> edges = new ArrayList<>();
    for (int i = 0; i <= 40; i++) {
      edges.add(0.05 * Math.pow(10, i / 16.0));
    }
    List<Double> logs = edges.stream().map(Math::log10).toList();
    return new Histogram(
        "tokens.norms",
        "Norms of embedding and head",
        new Axis("norm", "logit", true),
        edges,
        List.of(
            new Histogram.Series("embedding", bell(logs, 0, 0.2), 32_128, false),
            new Histogram.Series("head", bell(logs, 0.5, 0.3), 32_128, false),
            new Histogram.Series("Gaussian of the same spread", bell(logs, 0.1, 0.1), 1, true)),
        List.of(new Histogram.Mark("median of the embedding", 1.01, false)),
        "Further right is longer.");
  }

  private static List<Double> bell(List<Double> edges, double mean, double deviation) {
    List<Double> shares = new ArrayList<>();
    for (int i = 1; i < edges.size(); i++) {
      double middle = (edges.get(i - 1) + edges.get(i)) / 2;
      double z = (middle - mean) / deviation;
      double width = (edges.get(i) - edges.get(i - 1)) / deviation;
      shares.add(width * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI));
    }
    return shares;
  }

  private static Scatter map(int n, Random random) {
    double[] x = new double[n];
    double[] y = new double[n];
    double[] norm = new double[n];
    double[] density = new double[n];
    List<Long> ids = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    List<Integer> groups = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int g = 0; g < 12; g++) {
      names.add(SYLLABLES[g] + ", " + SYLLABLES[(g + 5) % 12] + ", " + SYLLABLES[(g + 7) % 12]);
    }
    for (int i = 0; i < n; i++) {
      int g = random.nextInt(12);
      double far = 2 * random.nextDouble();
      x[i] = 9 * Math.cos(g * 0.52 + far) * far + random.nextGaussian();
      y[i] = 9 * Math.sin(g * 0.52 + far) * far + random.nextGaussian();
      norm[i] = 1 + 0.1 * g + 0.2 * random.nextGaussian();
      density[i] = Math.exp(3 * norm[i] + random.nextGaussian());
      ids.add(i * 3L);
      StringBuilder label = new StringBuilder(random.nextInt(3) == 0 ? "" : " ");
      for (int k = random.nextInt(3); k >= 0; k--) {
        label.append(SYLLABLES[random.nextInt(12)]);
      }
      labels.add(label.toString());
      groups.add(g);
    }
    return new Scatter(
        "tokens.map",
        "Map of the embedding",
        "token",
        ids,
        labels,
        List.of(
            by("cosine", x, y, "Near means alike. It keeps 3.4 of 10 neighbours."),
            by("distance", y, x, "By distance."),
            Layout.between(
                "Density", Axis.linear("norm"), Axis.log("density"), norm, density, "By norm.")),
        List.of(
            Colouring.by("Group", names, groups),
            Colouring.by("Norm", new Axis("norm", "logit", false), norm)),
        List.of(
            new Scatter.Neighbours(
                "cosine",
                2,
                IntStream.range(0, 2 * n).mapToObj(k -> (k / 2 + 1 + k % 2) % n).toList(),
                IntStream.range(0, 2 * n).mapToObj(k -> 0.75 - 0.25 * (k % 2)).toList()),
            new Scatter.Neighbours(
                "distance",
                1,
                IntStream.range(0, n).mapToObj(i -> (i + 7) % n).toList(),
                IntStream.range(0, n).mapToObj(i -> 1.25).toList())),
        "Each point is a token.");
  }

  private static Layout by(String measure, double[] x, double[] y, String about) {
    return new Layout(
        "Map", null, null, Scatter.rounded(x, false), Scatter.rounded(y, false), about, measure);
  }
}
